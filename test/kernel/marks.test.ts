/** The marks of a block are those of all its words and addresses, and the same of both implementations. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needleMarks, wordMarks } from '../../src/kernel/index.ts';
import { Blocks } from '../../src/select/blocks.ts';
import { TwinKernel } from '../../src/kernel/twin.ts';
import { openWasmKernel } from '../../src/kernel/wasm.ts';
import { linesOf, put, someBlock, wordsIn } from './oracle.ts';

const wasm = openWasmKernel();
const twin = new TwinKernel();
const stale = Buffer.from('1stale@stale2');

const someLog = fc.oneof(
  someBlock,
  fc
    .array(
      fc.constantFrom(
        'to=<wim.ulmer98@big.example.net>, ',
        '3F5A24ECE7: ',
        'QUEUED as 4jWmkZ2yfxz2xnY\n',
        'user_a1b2c3+tag@host',
        'a@b',
        '@',
        '\n',
        'x'.repeat(63),
        '1234567',
      ),
      { maxLength: 60 },
    )
    .map((parts) => Buffer.from(parts.join(''), 'latin1')),
);

test('the WASM module notes what the twin notes', () => {
  fc.assert(
    fc.property(someLog, (block) => {
      const expected = twin.noteWords(put(twin, block, Buffer.from('\n'))) ?? new Uint32Array();
      if (wasm === undefined) throw new Error('no WASM kernel: run node .scripts/build.mjs');
      const noted = [...(wasm.noteWords(put(wasm, block, Buffer.from('\n'))) ?? [])];
      // a word that spans 64 bytes may be noted without a digit: more than the twin's, never less
      expect([...expected].filter((mark) => !noted.includes(mark))).toEqual([]);
    }),
  );
});

test('more marks than there is room for: nothing is known', () => {
  const words = (count: number): Buffer =>
    Buffer.from(Array.from({ length: count }, (_, i) => `x${100_000 + i}`).join('\n'));
  for (const kernel of [twin, wasm]) {
    if (kernel === undefined) continue;
    for (const count of [3000, 12_000])
      expect(kernel.noteWords(put(kernel, words(count), stale))?.length).toBeGreaterThan(count - 10);
    expect(kernel.noteWords(put(kernel, words(13_000), stale))).toBeUndefined();
  }
});

test('a word or a piece of a line that stands in the block may be held', () => {
  for (const kernel of [twin, wasm]) {
    if (kernel === undefined) continue;
    fc.assert(
      fc.property(someLog, fc.nat(), fc.nat(), (block, from, length) => {
        const blocks = new Blocks();
        blocks.add(0, 1, block.length, kernel.noteWords(put(kernel, block, stale)), undefined);
        const mayHold = (marks: readonly number[]): boolean => blocks.holding([marks]).length === 1;
        for (const line of linesOf(block)) {
          for (const word of wordsIn(line)) {
            const marks = wordMarks(word.toUpperCase());
            const isHeld = marks && (mayHold([marks.alone]) || mayHold([marks.joined]));
            expect(isHeld ?? true, word).toBe(true);
          }
          const start = from % (line.text.length + 1);
          const needle = line.text.slice(start, start + (length % 60));
          expect(mayHold(needleMarks(needle)), needle).toBe(true);
        }
      }),
    );
  }
});

test('a word that does not stand in the block is seldom held', () => {
  const ids = Array.from({ length: 2000 }, (_, i) => (0x4a3f1000000 + i * 7919).toString(16).toUpperCase());
  const block = Buffer.from(ids.slice(0, 500).join('\n'));
  const blocks = new Blocks();
  blocks.add(0, 1, block.length, twin.noteWords(put(twin, block, stale)), undefined);
  const marks = ids.map((id) => [wordMarks(id)?.alone as number]);
  const held = blocks.holdingEach(marks).get(0) as number[];
  expect(held.filter((i) => i < 500)).toHaveLength(500);
  expect(held.length).toBeLessThan(503);
  expect(wordMarks('postfix')).toBeUndefined();
  expect(needleMarks('a@b')).toEqual([]);
});
