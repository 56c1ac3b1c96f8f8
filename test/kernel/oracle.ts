/** What the kernel must find, said with strings, lines and regular expressions; and blocks to look in. */
import fc from 'fast-check';
import { wordHash, type FoundLines, type Kernel } from '../../src/kernel/index.ts';

export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines of a block as latin1, without their LF. */
export function linesOf(block: Uint8Array): Line[] {
  const text = Buffer.from(block).toString('latin1');
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const lf = text.indexOf('\n', start);
    const end = lf < 0 ? text.length : lf;
    lines.push({ start, end, text: text.slice(start, end) });
    start = end + 1;
  }
  return lines;
}

const folded = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const holdsNeedle = ({ text }: Line, needles: readonly Uint8Array[]): boolean =>
  needles.some((needle) => folded(text).includes(folded(latin1(needle))));

export const wordsIn = ({ text }: Line): string[] => [...text.matchAll(/[0-9A-Za-z-]+/g)].map(([word]) => word);

export const holdsWord = (line: Line, words: readonly string[]): boolean =>
  wordsIn(line).some((word) => word.length <= 64 && words.includes(word));

export function headsIn({ text }: Line): string[] {
  const mark = /\[\d+\]: /.exec(text);
  const limit = mark === null ? text.length : mark.index + mark[0].length + 64;
  return [...text.matchAll(/[0-9A-Za-z-]+/g)]
    .filter(({ 0: word, index }) => {
      if (word.length < 5 || word.length > 64 || index >= limit) return false;
      const behind = text.charAt(index + word.length);
      return behind === '' || /[\t\r "),:;\]|]/.test(behind) || (behind === '.' && word.length >= 32);
    })
    .map(([word]) => word);
}

export const hashOf = (word: string): number => wordHash(Buffer.from(word, 'latin1'), 0, word.length);

/** What a kernel answers, as [start, end, index of the line] each, and how many lines it saw. */
export interface Answer {
  readonly lines: number;
  readonly found: (readonly [number, number, number])[];
}

export const answerOf = (found: FoundLines): Answer => ({
  lines: found.lines,
  found: Array.from({ length: found.count }, (_, i) => [
    found.starts[i] as number,
    found.ends[i] as number,
    found.indexes[i] as number,
  ]),
});

export function expected(block: Uint8Array, holds: (line: Line) => boolean): Answer {
  const lines = linesOf(block);
  const found = lines.flatMap((line, index) => (holds(line) ? [[line.start, line.end, index] as const] : []));
  return { lines: lines.length, found };
}

/** Puts a block into the kernel. What is behind it is made of `stale`: it must not be seen. */
export function put(kernel: Kernel, block: Uint8Array, stale: Uint8Array): number {
  kernel.buffer.set(block);
  for (let at = block.length; at < block.length + 300 && stale.length > 0; at += stale.length)
    kernel.buffer.set(stale, at);
  return block.length;
}

/** Pieces of lines, some of which are words or needles of the properties, and runs that move them over borders. */
const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('abc', 'ABC', 'aBcab', 'x', 'abcabc', 'QUEUE-1', '4jWmkZ2yfxz2xnY', '1A', '-'),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(' ', ':', '@', '.', ']: ', '[1]: ', '[12', '5]: ', '[]: ', '[a1]: ', '\r', '\0', 'ÿ'),
  },
  { weight: 3, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCodePoint(byte)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'Z', '7', ' ', 'ÿ', '\n'), fc.integer({ min: 1, max: 140 }))
      .map(([byte, count]) => byte.repeat(count)),
  },
);

export const someBlock = fc.array(piece, { maxLength: 80 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

export const someNeedle = fc
  .oneof(
    { weight: 3, arbitrary: fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'a',
        'abc',
        'bca',
        'ABCABC',
        '@',
        'ÿ',
        'ÿÿ',
        '1a',
        '\0',
        'c\r',
        'x@',
        ': ',
        'aaaaaaaaaaaaaaaaaaaaaaaa',
      ),
    },
  )
  .map((text) => Buffer.from(text, 'latin1'));

export const someWord = fc.oneof(
  fc.constantFrom('abc', 'ABC', 'aBcab', 'x', 'QUEUE-1', '4jWmkZ2yfxz2xnY', '1A', '-', 'abcabc', 'absent'),
  fc.tuple(fc.constantFrom('a', 'Z', '7'), fc.integer({ min: 1, max: 64 })).map(([byte, count]) => byte.repeat(count)),
  fc
    .array(fc.constantFrom('abc', 'ABC', 'aBcab', 'x', '1A', '-'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('')),
);
