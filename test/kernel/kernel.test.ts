/** The kernel in WASM and its twin find what a plain search over lines finds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openKernel, wordHash, type Kernel } from '../../src/kernel/index.ts';
import { Heads } from '../../src/kernel/heads.ts';
import { TwinKernel } from '../../src/kernel/twin.ts';
import { openWasmKernel } from '../../src/kernel/wasm.ts';
import {
  answerOf,
  expected,
  hashOf,
  headsIn,
  holdsNeedle,
  holdsWord,
  linesOf,
  put,
  someBlock,
  someNeedle,
  someWord,
  wordsIn,
} from './oracle.ts';

function openWasm(): Kernel {
  const kernel = openWasmKernel();
  if (kernel === undefined) throw new Error('no WASM kernel: run node .scripts/build.mjs');
  return kernel;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

test('the kernel that is opened is the one in WASM', () => {
  expect(openKernel()).not.toBeInstanceOf(TwinKernel);
});

test('a hash tells the length of its word, and is never 0', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (word) => {
      const hash = wordHash(word, 0, word.length);
      expect(hash).toBeGreaterThan(0);
      expect((hash & 63) + 1).toBe(word.length);
    }),
  );
});

const following = (from: number): string[] =>
  Array.from({ length: 100_000 }, (_, i) => (from + i * 7).toString(16).toUpperCase());

test('hashes of ids that follow each other differ', () => {
  const ids = following(0x4a3f1000000);
  const heads = new Set(ids.map((id) => hashOf(id) >>> 8));
  // of 2^24 places, by chance: 100,000^2 / 2 / 2^24 = 298 meet
  expect(ids.length - heads.size).toBeLessThan(600);
});

describe.each([
  ['twin', (): Kernel => new TwinKernel()],
  ['wasm', openWasm],
])('%s', (_name, open) => {
  const kernel = open();

  test('needles: any lines, any needles', () => {
    fc.assert(
      fc.property(someBlock, fc.array(someNeedle, { maxLength: 7 }), (block, needles) => {
        expect(kernel.setNeedles(needles)).toBe(true);
        const end = put(kernel, block, needles[0] ?? bytes('a'));
        expect(answerOf(kernel.findNeedles(end))).toEqual(expected(block, (line) => holdsNeedle(line, needles)));
      }),
      { numRuns: 1000 },
    );
  });

  test('needles: which of them each line holds', () => {
    const others = Array.from({ length: 40 }, (_, i) => bytes(`~${i}~`));
    fc.assert(
      fc.property(
        someBlock,
        fc.array(someNeedle, { minLength: 1, maxLength: 7 }),
        fc.constantFrom(0, 28, 40),
        (block, some, before) => {
          const needles = [...others.slice(0, before), ...some];
          kernel.setNeedles(needles);
          const { count, lows, highs } = kernel.findNeedles(put(kernel, block, some[0] as Uint8Array));
          const held = needles.filter((needle) => !needle.includes(10));
          const lines = linesOf(block).filter((line) => holdsNeedle(line, needles));
          const told = (i: number): boolean[] =>
            held.map((_, bit) => (((bit < 32 ? lows[i] : highs[i]) as number) & (1 << (bit & 31))) !== 0);
          expect(Array.from({ length: count }, (_, i) => told(i))).toEqual(
            lines.map((line) => held.map((needle) => holdsNeedle(line, [needle]))),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('needles: each place around the borders of 16 and 64 bytes, alone and among others', () => {
    for (const needle of ['x', '@x', 'Rare-Needle@X', 'q'.repeat(70)]) {
      for (const others of [[], ['zzz'], ['zzz', 'yyy', '??', '!', ';;;;']]) {
        kernel.setNeedles([...others, needle].map((text) => bytes(text)));
        for (let at = 0; at < 140; at++) {
          const block = bytes(`${'.'.repeat(at)}${needle.toUpperCase()}\n\n.`);
          const end = put(kernel, block, bytes(needle));
          const answer = { lines: 3, found: [[0, at + needle.length, 0]] };
          expect(answerOf(kernel.findNeedles(end))).toEqual(answer);
          // one byte short of the needle: what follows the block does not complete it
          expect(kernel.findNeedles(at + needle.length - 1).count).toBe(0);
        }
      }
    }
  });

  test('needles: none set, one that spans lines, one longer than all lines', () => {
    const fresh = open();
    const end = put(fresh, bytes('a\nb\nc'), bytes('a'));
    expect(answerOf(fresh.findNeedles(end))).toEqual({ lines: 3, found: [] });
    fresh.setNeedles([bytes('a\nb'), bytes('a'.repeat(4000))]);
    expect(answerOf(fresh.findNeedles(end))).toEqual({ lines: 3, found: [] });
  });

  test('needles: too many are refused, and those before stay', () => {
    const many = (count: number, size: number): Buffer[] =>
      Array.from({ length: count }, (_, i) => bytes(`${i}.`.padEnd(size, 'x')));
    const end = put(kernel, bytes('a 63.X b\n'), bytes('a'));
    expect(kernel.setNeedles(many(64, 4))).toBe(true);
    expect(kernel.setNeedles(many(65, 4))).toBe(false);
    expect(kernel.setNeedles([bytes('x'.repeat(4097))])).toBe(false);
    expect(kernel.setNeedles([bytes('?'), bytes('')])).toBe(false);
    expect(kernel.findNeedles(end).count).toBe(1);
    expect(kernel.setNeedles(many(64, 64))).toBe(true);
    expect(kernel.findNeedles(end).count).toBe(0);
    expect(kernel.setNeedles([bytes('x'.repeat(4096))])).toBe(true);
  });

  test('needles: 64 of them, each is found', () => {
    const needles = Array.from({ length: 64 }, (_, i) => bytes(`user${i}@x${(i * 7919) % 97}.example`));
    kernel.setNeedles(needles);
    const block = Buffer.concat(
      needles.flatMap((needle, i) => [bytes(`${'.'.repeat(i)} <`), needle, bytes('>\nuser\n')]),
    );
    const end = put(kernel, block, bytes('a'));
    expect(answerOf(kernel.findNeedles(end))).toEqual(expected(block, (line) => holdsNeedle(line, needles)));
    expect(kernel.findNeedles(end).count).toBe(64);
  });

  test('words: any lines, any words', () => {
    fc.assert(
      fc.property(someBlock, fc.array(someWord, { maxLength: 6 }), (block, words) => {
        kernel.setWords(words.map((word) => hashOf(word)));
        const end = put(kernel, block, bytes(words[0] ?? 'a'));
        expect(answerOf(kernel.findWords(end))).toEqual(expected(block, (line) => holdsWord(line, words)));
      }),
      { numRuns: 1000 },
    );
  });

  test('words: each length at each place around the borders, not as part of a longer one', () => {
    for (const length of [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64]) {
      const word = 'Word-5'.repeat(11).slice(0, length);
      kernel.setWords([hashOf(word)]);
      for (let at = 0; at < 70; at++) {
        const text = `${'.'.repeat(at)}${word}`;
        let end = put(kernel, bytes(text), bytes('x'));
        expect(answerOf(kernel.findWords(end))).toEqual({ lines: 1, found: [[0, text.length, 0]] });
        end = put(kernel, bytes(`x${text}x\n${text}\n`), bytes('x'));
        const from = text.length + 3;
        expect(answerOf(kernel.findWords(end))).toEqual({ lines: 2, found: [[from, from + text.length, 1]] });
      }
    }
  });

  test('words: many in the set, all are found and no others', () => {
    const word = (i: number): string => (i * 2_654_435_761).toString(36);
    kernel.setWords(Array.from({ length: 20_000 }, (_, i) => hashOf(word(i * 2))));
    const block = bytes(Array.from({ length: 40_000 }, (_, i) => `${word(i)}\n`).join(''));
    const end = put(kernel, block, bytes('x'));
    const { count, indexes } = kernel.findWords(end);
    expect(count).toBeGreaterThanOrEqual(20_000);
    // 26 bits beside the length: 20,000 others, 20,000 in the set: about 6 meet
    expect(count).toBeLessThan(20_050);
    expect(new Set(indexes.subarray(0, count).filter((index) => index % 2 === 0)).size).toBe(20_000);
  });

  test('words: a set replaces the one before', () => {
    const end = put(kernel, bytes('abc\nxyz\n'), bytes('x'));
    kernel.setWords([hashOf('abc')]);
    expect(kernel.findWords(end).count).toBe(1);
    kernel.setWords([]);
    expect(answerOf(kernel.findWords(end))).toEqual({ lines: 2, found: [] });
    kernel.setWords([hashOf('xyz')]);
    expect(answerOf(kernel.findWords(end)).found).toEqual([[4, 7, 1]]);
  });

  test('heads: those of the lines and no others', () => {
    fc.assert(
      fc.property(fc.array(someBlock, { minLength: 1, maxLength: 2 }), (blocks) => {
        const fresh = open();
        for (const block of blocks) fresh.noteHeads(put(fresh, block, bytes('stale')));
        const lines = blocks.flatMap((block) => linesOf(block));
        const heads = new Set(lines.flatMap((line) => headsIn(line)));
        for (const word of [...lines.flatMap((line) => wordsIn(line)), 'stale', 'stalestale', 'absent']) {
          // of two of these words, one in 2^52 pairs is the same by chance
          if (word.length > 4) expect(fresh.mayHead(bytes(word)), word).toBe(heads.has(word));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('heads: a word that begins in the 64 bytes behind the mark, at each place of the line', () => {
    const fresh = open();
    for (let at = 0; at < 140; at++) {
      const [inside, outside] = [`${'I'.repeat(9)}${at}`, `${'O'.repeat(9)}${at}`];
      const line = (gap: number, word: string): string => `${'.'.repeat(at)}[7]: ${' '.repeat(gap)}${word}\n`;
      fresh.noteHeads(put(fresh, bytes(`${line(63, inside)}${line(64, outside)}`), bytes('x')));
      expect(fresh.mayHead(bytes(inside)), inside).toBe(true);
      expect(fresh.mayHead(bytes(outside)), outside).toBe(false);
      // no mark: all of the line
      for (const [i, other] of ['[]: ', '[a7]: ', '[7]:', '7]: ', '[7:7]: '].entries()) {
        const word = `${'N'.repeat(9)}${at}-${i}`;
        fresh.noteHeads(put(fresh, bytes(`${'.'.repeat(at)}${other}${'.'.repeat(99)}${word}`), bytes('x')));
        expect(fresh.mayHead(bytes(word)), word).toBe(true);
      }
    }
  });

  test('heads: hardly an id is taken for one of 100,000 others', () => {
    const heads = new Heads();
    for (const id of following(0x4a3f1000000)) heads.note(bytes(id), 0, id.length);
    const others = following(0x5b3f1000000).filter((id) => heads.mayHold(bytes(id)));
    // two bits, of which 1 in 335 is set: 100,000 / 335^2 = 0.9
    expect(others.length).toBeLessThan(12);
  });

  test('heads: no pieces of addresses, host names and sessions', () => {
    const fresh = open();
    const uuid = 'A1B2C3D4-E5F6-4711-8899-AABBCCDDEEFF';
    for (const text of ['q[1]: from=<local-part@host-name.example>\n', `q[1]: <session1>: ${uuid}.1 word1.x NAME1=x\n`])
      fresh.noteHeads(put(fresh, bytes(text), bytes('x')));
    for (const word of ['local-part', 'host-name', 'session1', 'word1', 'NAME1'])
      expect(fresh.mayHead(bytes(word)), word).toBe(false);
    expect(fresh.mayHead(bytes(uuid))).toBe(true);
  });

  test('heads: words of 5 to 64 bytes', () => {
    const fresh = open();
    const word = (length: number): string => 'W'.repeat(length);
    const lengths = [4, 5, 6, 63, 64, 65, 66];
    fresh.noteHeads(put(fresh, bytes(lengths.map((length) => `q[1]: ${word(length)}\n`).join('')), bytes('W')));
    expect(lengths.filter((length) => fresh.mayHead(bytes(word(length))))).toEqual([5, 6, 63, 64]);
  });

  test('heads: the ids of the lines of servers', () => {
    const block = bytes(
      [
        'Nov 19 18:00:00 mx1 postfix/cleanup[9388]: 3AF5A24ECE7: message-id=<a@b.example>',
        '2025-11-19T18:00:00.123456+01:00 mx1.corp.example postfix/qmgr[93]: 4jWmkZ2yfxz2xnY: removed',
        '2025-11-19 18:00:00 1xUhBW-000CXd-DU == a@b.example H=mx [192.0.2.1]: SMTP error: 550 q[12]: no',
        'Nov 19 18:00:00 mx1 exim[77]: 2025-11-19 18:00:00 1xUhBW-000CXd-DV Completed',
        '<22>1 2025-11-19T18:00:00Z mx1 postfix/smtp 1234 - - 3AF5A24ECE8: to=<c@d.example>',
        `{"MESSAGE_ID":"${'0'.repeat(32)}","_HOSTNAME":"mx1","MESSAGE":"3AF5A24ECE9: removed"}`,
      ].join('\n'),
    );
    const fresh = open();
    fresh.noteHeads(put(fresh, block, bytes('x')));
    const ids = [
      '3AF5A24ECE7',
      '4jWmkZ2yfxz2xnY',
      '1xUhBW-000CXd-DU',
      '1xUhBW-000CXd-DV',
      '3AF5A24ECE8',
      '3AF5A24ECE9',
    ];
    for (const id of ids) expect(fresh.mayHead(bytes(id)), id).toBe(true);
    expect(fresh.mayHead(bytes('3AF5A24ECEA'))).toBe(false);
  });

  test('a full buffer: of empty lines, of lines of one byte, of one line', () => {
    const { buffer } = kernel;
    kernel.setNeedles([bytes('a')]);
    kernel.setWords([hashOf('a')]);
    buffer.fill('\n');
    expect(answerOf(kernel.findNeedles(buffer.length))).toEqual({ lines: buffer.length, found: [] });
    expect(answerOf(kernel.findWords(buffer.length))).toEqual({ lines: buffer.length, found: [] });
    buffer.fill('a\n');
    for (const { count, lines, ends, indexes } of [
      kernel.findNeedles(buffer.length),
      kernel.findWords(buffer.length),
    ]) {
      expect([count, lines]).toEqual([buffer.length / 2, buffer.length / 2]);
      expect([ends[count - 1], indexes[count - 1]]).toEqual([buffer.length - 1, count - 1]);
    }
    buffer.fill('a');
    expect(answerOf(kernel.findNeedles(buffer.length))).toEqual({ lines: 1, found: [[0, buffer.length, 0]] });
    expect(answerOf(kernel.findWords(buffer.length))).toEqual({ lines: 1, found: [] });
    expect(() => kernel.noteHeads(buffer.length)).not.toThrow();
    expect(answerOf(kernel.findNeedles(0))).toEqual({ lines: 0, found: [] });
    expect(answerOf(kernel.findWords(0))).toEqual({ lines: 0, found: [] });
  });
});

test('words: more than the memory of WASM holds are found all the same', () => {
  const kernel = openWasm();
  const hashes = new Uint32Array(2 ** 22 + 1).map((_, i) => (Math.imul(i, 0x9e3779b1) & ~63) | 8);
  hashes[77] = hashOf('4jWmkZ2yfxz2xnY');
  kernel.setWords(hashes);
  const end = put(kernel, bytes('a b\nx: 4jWmkZ2yfxz2xnY\n'), bytes('x'));
  expect(answerOf(kernel.findWords(end))).toEqual({ lines: 2, found: [[4, 22, 1]] });
  kernel.setWords([hashOf('a')]);
  expect(answerOf(kernel.findWords(end)).found).toEqual([[0, 3, 0]]);
});

test('WASM and twin agree on any bytes', () => {
  const wasm = openWasm();
  const twin = new TwinKernel();
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 600 }),
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 2 }), { maxLength: 6 }),
      (block, needles) => {
        const words = linesOf(block)
          .flatMap((line) => wordsIn(line))
          .slice(0, 5);
        const answers = [wasm, twin].map((kernel) => {
          const end = put(kernel, block, bytes('stale'));
          kernel.setNeedles(needles);
          kernel.setWords(words.map((word) => hashOf(word)));
          return [answerOf(kernel.findNeedles(end)), answerOf(kernel.findWords(end))];
        });
        expect(answers[0]).toEqual(answers[1]);
        expect(answers[0]?.[1]?.found.length).toBe(linesOf(block).filter((line) => holdsWord(line, words)).length);
      },
    ),
    { numRuns: 1000 },
  );
});
