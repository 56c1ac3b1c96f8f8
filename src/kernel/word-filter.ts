/**
 * What a filter of the words of a block says: which words surely do not stand in it. A filter of Bloom's, of small letters:
 * case does not count.
 * Shape:  FILTER_BYTES, a bit by each of four places of a word's hash.
 * Bounds: words of a block of 128 KiB take about one bit in twelve: of 20,000 words one is taken for noted that is not.
 */
import { FOLDED, IS_WORD, isDigit } from './bytes.ts';
import { MAX_WORD, wordHash } from './door.ts';

export const FILTER_BYTES = 2048;
const MIN_NOTED = 6;
const PLACES = FILTER_BYTES * 8 - 1;
const AT = 0x40;

/** Notes words in place of the WASM module. */
export function noteWordsIn(filter: Uint8Array, bytes: Buffer, end: number): void {
  filter.fill(0);
  for (let i = 0; i < end; i++) {
    const from = i;
    while (i < end && IS_WORD[bytes[i] as number] === 1) i++;
    if (isNoted(bytes, from, i)) for (const place of placesOf(bytes, from, i)) set(filter, place);
  }
}

/** Whether filters tell of this word in these bytes: of 6 to 64 bytes, with a digit or beside an @. */
function isNoted(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < MIN_NOTED || length > MAX_WORD) return false;
  if (bytes[end] === AT || (start > 0 && bytes[start - 1] === AT)) return true;
  for (let i = start; i < end; i++) if (isDigit(bytes[i])) return true;
  return false;
}

function placesOf(bytes: Uint8Array, start: number, end: number): [number, number, number, number] {
  const folded = Uint8Array.from(bytes.subarray(start, end), (byte) => FOLDED[byte] as number);
  const hash = wordHash(folded, 0, folded.length);
  const m = Math.imul(hash, 0x85ebca6b);
  const more = (m ^ (m >>> 15)) >>> 0;
  return [hash >>> 18, (hash >>> 6) & PLACES, more >>> 18, more & PLACES];
}

function set(filter: Uint8Array, place: number): void {
  filter[place >>> 3] = (filter[place >>> 3] as number) | (1 << (place & 7));
}

/**
 * Places of this word in a filter: of a block in which one of their bits is not set, no line has the word. Undefined where
 * filters do not tell.
 */
export function wordPlaces(word: string): readonly number[] | undefined {
  const bytes = Buffer.from(word, 'latin1');
  return isNoted(bytes, 0, bytes.length) ? placesOf(bytes, 0, bytes.length) : undefined;
}

/** The same of a needle: of the words in it that are words wherever it stands. */
export function needlePlaces(needle: string): readonly number[] | undefined {
  const bytes = Buffer.from(needle, 'latin1');
  const out: number[] = [];
  let i = 0;
  while (i < bytes.length) {
    const from = i;
    while (i < bytes.length && IS_WORD[bytes[i] as number] === 1) i++;
    // at an end of the needle the word may go on
    if (from > 0 && i < bytes.length && isNoted(bytes, from, i)) out.push(...placesOf(bytes, from, i));
    i++;
  }
  return out.length === 0 ? undefined : out;
}

/** Whether all these places are set in the filter that begins at `at`. */
export function mayHold(filters: Uint8Array, at: number, places: readonly number[]): boolean {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    if ((((filters[at + (place >>> 3)] as number) >>> (place & 7)) & 1) === 0) return false;
  }
  return true;
}
