/**
 * Marks of the words and addresses of a block: 24 bits of a hash each; case does not count. What has a mark that is not among
 * those of the block surely does not stand in it. Of addresses the four bytes on both sides of the @ are marked.
 * Bounds: about 800 marks a block of 128 KiB of Postfix: of 20,000 words one is taken for one of them that is not.
 */
import { IS_WORD, isDigit } from './bytes.ts';
import { MAX_WORD } from './door.ts';

/** Marks of one block there is room for. */
export const MOST_MARKS = 12_288;
const MIN_NOTED = 6;
/** words of so many bytes are noted without a digit too; longer ones have a middle */
const LONG = 16;
const AT = 0x40;
/** bytes on both sides of an @ that are noted */
export const BESIDE = 4;
/** as a bit of each byte: A to Z become a to z; digits and `-` have it */
const CASES = 0x20202020;
/** Factors of the eight bytes at the head of a word, at its end, and in its middle. */
const HEAD = [0xcc9e2d51, 0x1b873593] as const;
const TAIL = [0xe6546b65, 0x38b34ae5] as const;
const MIDDLE = [0xa1e38b93, 0x239b961b] as const;
const JOINED = 0x5bd1e995;

/** Notes words and addresses in place of the WASM module; undefined: there are too many. */
export function noteWordsIn(bytes: Uint8Array, end: number): Uint32Array | undefined {
  const marks = new Set<number>();
  for (let i = 0; i < end; i++) {
    const from = i;
    while (i < end && IS_WORD[bytes[i] as number] === 1) i++;
    if (isNoted(bytes, from, i)) marks.add(wordMarkIn(bytes, from, i, isJoined(bytes, from, i)));
    if (i < end && bytes[i] === AT && i >= BESIDE && i + 1 + BESIDE <= end) marks.add(besideMark(bytes, i));
  }
  return marks.size > MOST_MARKS ? undefined : Uint32Array.from(marks);
}

/** Whether words of these bytes are marked: of 6 to 64 bytes with a digit, of 16 to 64 without. */
function isNoted(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < MIN_NOTED || length > MAX_WORD) return false;
  if (length >= LONG) return true;
  for (let i = start; i < end; i++) if (isDigit(bytes[i])) return true;
  return false;
}

/** Whether the word is a part of an address or a name: `.`, `@`, `_` or `+` is beside it. */
function isJoined(bytes: Uint8Array, start: number, end: number): boolean {
  return isJoin(bytes[end]) || (start > 0 && isJoin(bytes[start - 1]));
}

function isJoin(byte: number | undefined): boolean {
  return byte === 0x2e || byte === AT || byte === 0x5f || byte === 0x2b;
}

function wordMarkIn(bytes: Uint8Array, start: number, end: number, joined: boolean): number {
  const hash = foldedHash(bytes, start, end);
  return markOf(joined ? hash ^ JOINED : hash);
}

/** Hash of a word in small letters: of its first eight bytes, its last and, in a long one, its middle. */
function foldedHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  let h = Math.imul(length, 0x9e3779b1) ^ eight(four(bytes, start, end), four(bytes, start + 4, end), HEAD);
  if (length < 8) return h;
  h = rotated(h) ^ eight(four(bytes, end - 8, end), four(bytes, end - 4, end), TAIL);
  const middle = start + (length >> 1) - 4;
  return length > LONG ? rotated(h) ^ eight(four(bytes, middle, end), four(bytes, middle + 4, end), MIDDLE) : h;
}

function rotated(h: number): number {
  return (h << 13) | (h >>> 19);
}

function eight(low: number, high: number, [a, b]: readonly [number, number]): number {
  return Math.imul(low, a) + Math.imul(high, b);
}

/** Four bytes in small letters; those from `end` on are 0. */
function four(bytes: Uint8Array, at: number, end: number): number {
  let out = 0;
  for (let i = 3; i >= 0; i--) out = (out << 8) | (at + i < end ? (bytes[at + i] as number) | 0x20 : 0);
  return out;
}

/** Mark of the four bytes on both sides of the @ at this place. */
export function besideMark(bytes: Uint8Array, at: number): number {
  return markOf(eight(fourAt(bytes, at - BESIDE), fourAt(bytes, at + 1), HEAD));
}

function fourAt(bytes: Uint8Array, at: number): number {
  let out = 0;
  for (let i = BESIDE - 1; i >= 0; i--) out = (out << 8) | (bytes[at + i] as number);
  return out | CASES;
}

/** 24 bits of the hash, never 0. */
function markOf(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return Math.max((h ^ (h >>> 16)) >>> 8, 1);
}

/**
 * Marks of this word, by itself and as a part of an address or a name (`.`, `@`, `_` or `+` is beside it). Undefined where
 * such words have none.
 */
export function wordMarks(word: string): { alone: number; joined: number } | undefined {
  const bytes = Buffer.from(word, 'latin1');
  const { length } = bytes;
  return isNoted(bytes, 0, length)
    ? { alone: wordMarkIn(bytes, 0, length, false), joined: wordMarkIn(bytes, 0, length, true) }
    : undefined;
}

/** Marks of a block that has this needle: of the addresses in it, and the words that are words wherever it stands. */
export function needleMarks(needle: string): readonly number[] {
  const bytes = Buffer.from(needle, 'latin1');
  const out: number[] = [];
  let i = 0;
  while (i < bytes.length) {
    const from = i;
    while (i < bytes.length && IS_WORD[bytes[i] as number] === 1) i++;
    // at an end of the needle the word may go on
    if (from > 0 && i < bytes.length && isNoted(bytes, from, i))
      out.push(wordMarkIn(bytes, from, i, isJoined(bytes, from, i)));
    if (bytes[i] === AT && i >= BESIDE && i + 1 + BESIDE <= bytes.length) out.push(besideMark(bytes, i));
    i++;
  }
  return out;
}
