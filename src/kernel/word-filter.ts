/**
 * What a filter of a block says: which words, and which addresses, surely do not stand in it. A filter of Bloom's; case does
 * not count. Of addresses the four bytes on both sides of the @ are noted.
 * Shape:  FILTER_BYTES, a bit by each of four places of a word's hash.
 * Bounds: words of a block of 128 KiB take about one bit in twelve: of 20,000 words one is taken for noted that is not.
 */
import { FOLDED, IS_WORD, isDigit } from './bytes.ts';
import { MAX_WORD, wordHash } from './door.ts';

export const FILTER_BYTES = 2048;
const MIN_NOTED = 6;
const PLACES = FILTER_BYTES * 8 - 1;
const AT = 0x40;
/** bytes on both sides of an @ that are noted */
const BESIDE = 4;
/** as a bit of each byte: A to Z become a to z */
const CASES = 0x20202020;
const JOINED = 0x5bd1e995;

/** Notes words and addresses in place of the WASM module. */
export function noteWordsIn(filter: Uint8Array, bytes: Uint8Array, end: number): void {
  filter.fill(0);
  for (let i = 0; i < end; i++) {
    const from = i;
    while (i < end && IS_WORD[bytes[i] as number] === 1) i++;
    if (isNoted(bytes, from, i)) set(filter, wordPlacesIn(bytes, from, i, isJoined(bytes, from, i)));
    if (i < end && bytes[i] === AT && i >= BESIDE && i + 1 + BESIDE <= end) set(filter, besidePlaces(bytes, i));
  }
}

/** Whether filters tell of the word of these bytes: of 6 to 64 bytes with a digit. */
function isNoted(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < MIN_NOTED || length > MAX_WORD) return false;
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

function wordPlacesIn(bytes: Uint8Array, start: number, end: number, joined: boolean): readonly number[] {
  const folded = Uint8Array.from(bytes.subarray(start, end), (byte) => FOLDED[byte] as number);
  const hash = wordHash(folded, 0, folded.length);
  return placesOf(joined ? (hash ^ JOINED) >>> 0 : hash);
}

/** Of the four bytes on both sides of the @ at this place. */
function besidePlaces(bytes: Uint8Array, at: number): readonly number[] {
  return placesOf(mix(mix(fourAt(bytes, at - BESIDE)) ^ fourAt(bytes, at + 1)));
}

function fourAt(bytes: Uint8Array, at: number): number {
  let four = 0;
  for (let i = BESIDE - 1; i >= 0; i--) four = (four << 8) | (bytes[at + i] as number);
  return four | CASES;
}

function mix(h: number): number {
  const m = Math.imul(h, 0x85ebca6b);
  return (m ^ (m >>> 15)) >>> 0;
}

function placesOf(hash: number): readonly number[] {
  const more = mix(hash);
  return [hash >>> 18, (hash >>> 6) & PLACES, more >>> 18, more & PLACES];
}

function set(filter: Uint8Array, places: readonly number[]): void {
  for (const place of places) filter[place >>> 3] = (filter[place >>> 3] as number) | (1 << (place & 7));
}

/**
 * Places of this word in a filter, of the word by itself and as a part of an address or a name (`.`, `@`, `_` or `+` is
 * beside it): of a block in which one of the bits is not set, no line has the word like that. Undefined where filters do not
 * tell.
 */
export function wordPlaces(word: string): { alone: readonly number[]; joined: readonly number[] } | undefined {
  const bytes = Buffer.from(word, 'latin1');
  const { length } = bytes;
  return isNoted(bytes, 0, length)
    ? { alone: wordPlacesIn(bytes, 0, length, false), joined: wordPlacesIn(bytes, 0, length, true) }
    : undefined;
}

/** The same of a needle: of the addresses in it, and the words that are words wherever it stands. */
export function needlePlaces(needle: string): readonly number[] | undefined {
  const bytes = Buffer.from(needle, 'latin1');
  const out: number[] = [];
  let i = 0;
  while (i < bytes.length) {
    const from = i;
    while (i < bytes.length && IS_WORD[bytes[i] as number] === 1) i++;
    // at an end of the needle the word may go on
    if (from > 0 && i < bytes.length && isNoted(bytes, from, i))
      out.push(...wordPlacesIn(bytes, from, i, isJoined(bytes, from, i)));
    if (bytes[i] === AT && i >= BESIDE && i + 1 + BESIDE <= bytes.length) out.push(...besidePlaces(bytes, i));
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
