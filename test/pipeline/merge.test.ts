/** Streams merged by stamp: the order of lines, their places, and what does not matter. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Run, pipeOf, readLogs, textsOf, writeLogs } from './stub.ts';

/** A log as a list of lines: stamps that mostly grow, sometimes step back, and lines without a stamp. */
const logLines = fc
  .array(
    fc.record({
      step: fc.integer({ min: -2, max: 4 }),
      text: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('line', 'line', 'line', 'loose', 'noise'),
    }),
    { maxLength: 25 },
  )
  .map((parts) => {
    let at = 10;
    return parts.map(({ step, text, kind }) => {
      if (kind === 'loose') return `\t${text}`;
      if (kind === 'noise') return `#${text}`;
      at = Math.max(0, at + step);
      return `${at} ${text}`;
    });
  });

const toLog = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const places = (run: Run) => run.lines.map(({ text, line, offset, length }) => ({ text, line, offset, length }));

describe('one stream', () => {
  test('every line comes in the order of the file, with its place in it', async () => {
    const text = '7 first\r\n3 clock stepped back\n\theaders\n\n#noise\n9 ends without line feed';
    const { lines, readings, problems } = await readLogs(writeLogs({ 'mail.log': text }), ['mail.log']);
    expect(lines.map(({ text, line, offset, length }) => [text, line, offset, length])).toEqual([
      ['7 first', 1, 0, 7],
      ['3 clock stepped back', 2, 9, 20],
      ['\theaders', 3, 30, 8],
      ['', 4, 39, 0],
      ['9 ends without line feed', 6, 47, 24],
    ]);
    expect(readings).toMatchObject([{ lines: 6, bytes: 71, first: 7, last: 9, cutLines: 0 }]);
    expect(problems).toEqual([]);
  });

  test('standard input in any pieces, also packed, gives the same as the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        logLines,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        async (lines, size, blockSize) => {
          const text = toLog(lines);
          const folder = writeLogs({ 'mail.log': text, packed: gzipSync(text) });
          const file = places(await readLogs(folder, ['mail.log']));
          expect(places(await readLogs('/', ['-'], { stdin: pipeOf(text, size), block: { blockSize } }))).toEqual(file);
          expect(places(await readLogs(folder, ['packed'], { block: { blockSize } }))).toEqual(file);
          expect(file.map((line) => text.slice(line.offset, line.offset + line.length))).toEqual(
            file.map((line) => line.text),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a line longer than a mebibyte is its head, and the next lines are whole', async () => {
    const text = `1 a\n2 ${'x'.repeat(3_000_000)}\n3 b\n`;
    const { lines, readings } = await readLogs(writeLogs({ 'mail.log': text }), ['mail.log']);
    expect(lines.map(({ line, offset, length }) => [line, offset, length])).toEqual([
      [1, 0, 3],
      [2, 4, 1024 * 1024],
      [3, 3_000_007, 3],
    ]);
    expect(readings).toMatchObject([{ lines: 3, bytes: text.length, cutLines: 1 }]);
  });

  test('an empty file has no lines and no problem', async () => {
    expect(await readLogs(writeLogs({ 'mail.log': '' }), ['mail.log'])).toMatchObject({
      lines: [],
      problems: [],
      readings: [{ lines: 0 }],
    });
  });
});

describe('several streams', () => {
  test('are merged by stamp; lines without one follow their predecessor at once', async () => {
    const folder = writeLogs({ a: '1 a\n4 a\n\ta4 more\n\ta4 yet more\n6 a\n', b: '2 b\n\tb2 more\n4 b\n5 b\n' });
    expect(textsOf(await readLogs(folder, ['a', 'b']))).toEqual([
      '1 a',
      '2 b',
      '\tb2 more',
      '4 a',
      '\ta4 more',
      '\ta4 yet more',
      '4 b',
      '5 b',
      '6 a',
    ]);
  });

  test('a clock that steps back leaves the order of its file alone', async () => {
    const folder = writeLogs({ a: '1 a\n9 a\n2 a\n3 a\n10 a\n', b: '4 b\n9 b\n11 b\n' });
    expect(textsOf(await readLogs(folder, ['b', 'a']))).toEqual([
      '1 a',
      '4 b',
      '9 a',
      '2 a',
      '3 a',
      '9 b',
      '10 a',
      '11 b',
    ]);
  });

  test('at equal stamps the stream that begins earlier goes first, then the lesser first line', async () => {
    const folder = writeLogs({ x: '5 z\n7 z\n', y: '4 m\n5 m\n7 m\n', z: '5 a\n7 a\n' });
    expect(textsOf(await readLogs(folder, ['x', 'y', 'z']))).toEqual(['4 m', '5 m', '5 a', '5 z', '7 m', '7 a', '7 z']);
  });

  test('two hosts in one interleaved file give the same as in two', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 40 }),
        async (parts) => {
          let at = 10;
          const both = parts.map(([step, isFirst], i) => {
            at += step + 1;
            return `${at} ${isFirst ? 'mx1' : 'mx2'} ${i}`;
          });
          const folder = writeLogs({
            both: toLog(both),
            one: toLog(both.filter((line) => line.includes('mx1'))),
            two: toLog(both.filter((line) => line.includes('mx2'))),
          });
          expect(textsOf(await readLogs(folder, ['one', 'two']))).toEqual(textsOf(await readLogs(folder, ['both'])));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('the order of the arguments does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(logLines, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        fc.infiniteStream(fc.nat()),
        async (logs, blockSize, order) => {
          const folder = writeLogs(Object.fromEntries(logs.map((lines, i) => [`log${i}`, toLog(lines)])));
          const names = logs.map((_, i) => `log${i}`);
          const shuffled = names
            .map((name) => ({ name, by: order.next().value as number }))
            .sort((a, b) => a.by - b.by);
          const take = async (paths: string[]) =>
            (await readLogs(folder, paths, { block: { blockSize } })).lines.map(
              ({ text, file, line, offset, duplicate }) => ({ text, file, line, offset, duplicate }),
            );
          const straight = await take(names);
          expect(await take(shuffled.map(({ name }) => name))).toEqual(straight);
          // each file's lines are all there, in its order
          for (const [i, name] of names.entries()) {
            expect(straight.filter((line) => line.file === name).map((line) => line.text)).toEqual(
              logs[i]?.filter((line) => !line.startsWith('#')),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a file and standard input side by side', async () => {
    const folder = writeLogs({ a: '1 a\n3 a\n5 a\n' });
    expect(textsOf(await readLogs(folder, ['-', 'a'], { stdin: pipeOf('2 b\n4 b\n', 1) }))).toEqual([
      '1 a',
      '2 b',
      '3 a',
      '4 b',
      '5 a',
    ]);
  });

  test('one that cannot be read to its end is a problem, the others go on', async () => {
    const packed = gzipSync('1 a\n3 a\n');
    const folder = writeLogs({ 'a.gz': packed.subarray(0, -4), b: '2 b\n4 b\n' });
    const { problems, ...run } = await readLogs(folder, ['a.gz', 'b', 'missing']);
    expect(run.lines.map((line) => line.text)).toEqual(['1 a', '2 b', '3 a', '4 b']);
    expect(problems.map(({ where, what }) => [where, what])).toEqual([
      ['missing', 'no such file or folder'],
      ['a.gz', 'gzip data ends early'],
    ]);
  });

  test('hundreds of files at once', async () => {
    const folder = writeLogs(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`host${i}/mail`, `${i} x\n${i + 300} y\n`])),
    );
    const { lines } = await readLogs(folder, ['.']);
    expect(lines.map((line) => Number.parseInt(line.text, 10))).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });
});

describe('stopping', () => {
  test('an abort ends the reading soon, and timers run in the middle of it', async () => {
    const folder = writeLogs({ 'mail.log': '1 some line of a log that goes on and on\n'.repeat(200_000) });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1);
    const { lines } = await readLogs(folder, ['mail.log'], {
      signal: stop.signal,
      onTaken: () => {
        // a slow reader: 10 µs a line would take two seconds in all
        const until = performance.now() + 0.01;
        while (performance.now() < until);
      },
    });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(200_000);
  });

  test('an abort ends the wait for standard input, alone and beside a file', async () => {
    const folder = writeLogs({ a: '1 a\n' });
    for (const paths of [['-'], ['-', 'a']]) {
      const stop = new AbortController();
      const silent = new Readable({ read: () => undefined });
      setTimeout(() => stop.abort(), 20);
      const { lines } = await readLogs(folder, paths, { signal: stop.signal, stdin: silent });
      expect(lines).toEqual([]);
      expect(silent.destroyed).toBe(true);
    }
  });

  test('input without any line to give does not hold up the rest', async () => {
    const folder = writeLogs({ 'mail.log': `#${'noise '.repeat(20)}\n`.repeat(300_000) });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await readLogs(folder, ['mail.log']);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});

test('the raw bytes of a line can be read at its place', async () => {
  const folder = writeLogs({ a: '1 a\0b\n\xff2\r\n3 \r\r\n' });
  const { lines } = await readLogs(folder, ['a']);
  const bytes = readFileSync(join(folder, 'a'));
  for (const { offset, length, text } of lines) expect(bytes.toString('latin1', offset, offset + length)).toBe(text);
  expect(lines).toHaveLength(3);
});
