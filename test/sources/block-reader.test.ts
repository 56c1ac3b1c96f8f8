/** Blocks of whole lines: the same lines however the bytes arrive. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockReader } from '../../src/sources/block-reader.ts';
import { inPieces, linesOf } from './bytes.ts';

/** What the lines are, by definition: split at LF, cut to `maxLine`. */
function expectedLines(bytes: Buffer, maxLine: number) {
  const lines: { text: string; offset: number; cut: boolean }[] = [];
  let offset = 0;
  const texts = bytes.toString('latin1').split('\n');
  if (texts.at(-1) === '') texts.pop();
  for (const text of texts) {
    lines.push({ text: text.slice(0, maxLine), offset, cut: text.length > maxLine });
    offset += text.length + 1;
  }
  return lines;
}

const someBytes = fc
  .array(
    fc.oneof(
      fc.constant('\n'),
      fc.constant('\r\n'),
      fc.constant('\0'),
      fc.string({ maxLength: 12 }),
      fc.constant('long '.repeat(9)),
    ),
  )
  .map((parts) => Buffer.from(parts.join('')));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('BlockReader', () => {
  test('any split of the input and any size of the buffer give the same lines at the same offsets', async () => {
    await fc.assert(
      fc.asyncProperty(
        someBytes,
        sizes,
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 64 }),
        async (bytes, pieces, isWaiting, blockSize, maxLine) => {
          const lines = await linesOf(inPieces(bytes, pieces, isWaiting), { blockSize, maxLine });
          expect(lines).toEqual(expectedLines(bytes, maxLine));
        },
      ),
    );
  });

  test('every byte is counted: those of the lines, their ends, and what was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, sizes, async (bytes, pieces) => {
        const reader = new BlockReader(inPieces(bytes, pieces), { blockSize: 8, maxLine: 16 });
        while (reader.read() === 'block');
        expect(reader.offset).toBe(bytes.length);
        const tooLong = bytes
          .toString('latin1')
          .split('\n')
          .filter((line) => line.length > 16);
        expect(reader.cutLines).toBe(tooLong.length);
        expect(reader.skippedBytes).toBe(tooLong.reduce((sum, line) => sum + line.length - 16, 0));
      }),
    );
  });

  test('a line of 1 MiB is kept whole, one byte more is cut, and the lines around them stay', async () => {
    const mebibyte = 1024 * 1024;
    const bytes = Buffer.from(
      `a\n${'x'.repeat(mebibyte)}\nb\n${'y'.repeat(mebibyte + 1)}\nc\n${'z'.repeat(5 * mebibyte)}`,
    );
    const lines = await linesOf(inPieces(bytes, [65_536]));
    expect(lines.map(({ text, cut }) => [text[0], text.length, cut])).toEqual([
      ['a', 1, false],
      ['x', mebibyte, false],
      ['b', 1, false],
      ['y', mebibyte, true],
      ['c', 1, false],
      ['z', mebibyte, true],
    ]);
  });

  test('the buffer never grows beyond the longest line', () => {
    const reader = new BlockReader(inPieces(Buffer.alloc(1_000_000, 0x61), [999]), { blockSize: 16, maxLine: 1000 });
    while (reader.read() === 'block');
    expect(reader.bytes.length).toBe(1001);
  });

  test('an empty input has no block; a reader that was closed has none more', () => {
    expect(new BlockReader(inPieces(Buffer.alloc(0), [1])).read()).toBe('end');
    const reader = new BlockReader(inPieces(Buffer.from('a\nb\nc'), [3]));
    expect(reader.read()).toBe('block');
    reader.close();
    expect(reader.read()).toBe('end');
  });
});
