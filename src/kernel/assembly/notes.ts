/**
 * Notes the words and the addresses of a block in a filter, which then says which surely are not in the block. AssemblyScript.
 * Source:  `noteWordsIn` in ../word-filter.ts: the same here.
 */
import { below, join, maskOf } from './simd.ts';
import { forgetBefore, longEnds, mix, startOf, wordMask } from './words.ts';

const MIN_NOTED: u64 = 6;
const MAX_WORD: usize = 64;
const FILTER_BYTES: usize = 2048;
const PLACES: u32 = FILTER_BYTES * 8 - 1;
const AT: u8 = 0x40;
/** bytes on both sides of an @ that are noted */
const BESIDE: usize = 4;
/** as a bit of each byte: A to Z become a to z; digits and `-` have it */
const CASES: u32 = 0x20202020;
const JOINED: u32 = 0x5bd1e995;

let filter: usize = 0;

/** Tells where the filter lies: FILTER_BYTES. */
export function placeFilter(at: usize): void {
  filter = at;
}

// @inline
function digitBits(bytes: v128): i32 {
  return i8x16.bitmask(i8x16.gt_s(i8x16.add(bytes, i8x16.splat(0x7f - 0x39)), i8x16.splat(0x7f - 10)));
}

// @inline
function digitMask(at: usize): u64 {
  return join(
    digitBits(v128.load(at)),
    digitBits(v128.load(at, 16)),
    digitBits(v128.load(at, 32)),
    digitBits(v128.load(at, 48)),
  );
}

// @inline
function isJoin(byte: u8): bool {
  return byte == 0x2e || byte == AT || byte == 0x5f || byte == 0x2b;
}

/** Whether the word is a part of an address or a name: `.`, `@`, `_` or `+` is beside it. */
// @inline
function isJoined(start: usize, end: usize): bool {
  return isJoin(load<u8>(end)) || (start > 0 && isJoin(load<u8>(start - 1)));
}

/** `wordHash` of the word in small letters. */
function foldedHash(start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  let h: u32 = length * 0x9e3779b1;
  let at = start;
  while (at + 4 <= end) {
    h = mix(h ^ (load<u32>(at) | CASES));
    at += 4;
  }
  h = mix(h ^ ((load<u32>(at) | CASES) & <u32>below((end - at) << 3)));
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  h ^= h >> 16;
  h = (h & ~63) | ((length - 1) & 63);
  return h != 0 ? h : 64;
}

// @inline
function set(place: u32): void {
  const at = filter + <usize>(place >> 3);
  store<u8>(at, load<u8>(at) | (1 << (<u8>(place & 7))));
}

// @inline
function note(hash: u32): void {
  const more = mix(hash);
  set(hash >> 18);
  set((hash >> 6) & PLACES);
  set(more >> 18);
  set(more & PLACES);
}

/** The bytes beside each @ of 64 bytes. */
function noteAddresses(at: usize, end: usize): void {
  let mask = maskOf(at, i8x16.splat(AT));
  while (mask != 0) {
    const place = at + <usize>ctz<u64>(mask);
    mask &= mask - 1;
    if (place < BESIDE || place + 1 + BESIDE > end) continue;
    note(mix(mix(load<u32>(place - BESIDE) | CASES) ^ (load<u32>(place + 1) | CASES)));
  }
}

/** Empties the filter, and notes in it the words and addresses of [0, end). */
export function noteWords(end: usize): void {
  memory.fill(filter, 0, FILTER_BYTES);
  let at: usize = 0;
  let open: usize = 0;
  forgetBefore();
  // up to and with `end`: a word that ends there ends before it
  while (at <= end) {
    let mask = wordMask(at);
    if (end - at < 64) mask &= below(end - at);
    let ends = longEnds(mask, MIN_NOTED);
    if (ends != 0) {
      const digits = digitMask(at);
      while (ends != 0) {
        const bit = ctz<u64>(ends);
        const stop = at + <usize>bit;
        const start = startOf(at, bit, mask, open);
        ends &= ends - 1;
        if (stop - start > MAX_WORD) continue;
        // a word that began before these 64 bytes is noted in any case
        const isPlain = start >= at && (digits & below(bit) & ~below(<u64>(start - at))) == 0;
        if (!isPlain) note(isJoined(start, stop) ? foldedHash(start, stop) ^ JOINED : foldedHash(start, stop));
      }
    }
    noteAddresses(at, end);
    if (mask != ~(<u64>0)) open = at + 64 - <usize>clz<u64>(~mask);
    at += 64;
  }
}
