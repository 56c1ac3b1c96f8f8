/**
 * Looks for words: a bit per byte says where words are, shifts leave the ends of those that are long enough, and only words
 * of a length that is wanted are hashed and looked up. AssemblyScript.
 * Source:  `wordHash` in ../door.ts, `WordSet` in ../word-set.ts and `Heads` in ../heads.ts: the same here.
 */
import { beginFound, closeFound, count, found } from './found.ts';
import { below, join, maskOf, nextLf } from './simd.ts';

const MAX_WORD: usize = 64;
const MIN_HEAD: u64 = 5;
const HEAD_REACH: usize = 64;
const LONG_HEAD: usize = 32;
const LF: u8 = 10;

let table: usize = 0;
let tableBits: u32 = 0;
/** bit n: words of n + 1 bytes are wanted */
let lengths: u64 = 0;
let heads: usize = 0;

/** Tells the set of words: its slots, how many as a power of two, and the lengths of its words. */
export function placeWords(at: usize, bits: u32, shortLengths: u32, longLengths: u32): void {
  table = at;
  tableBits = bits;
  lengths = <u64>shortLengths | ((<u64>longLengths) << 32);
}

export function placeHeads(at: usize): void {
  heads = at;
}

/**
 * One bit per byte of 16: set where it is one of 0-9 A-Z a-z and `-`. A range is moved up to end at 127, what is above it
 * becomes negative: one signed comparison tells it.
 */
// @inline
function wordBits(bytes: v128): i32 {
  const letters = i8x16.gt_s(
    i8x16.add(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x7f - 0x7a)),
    i8x16.splat(0x7f - 26),
  );
  const digits = i8x16.gt_s(i8x16.add(bytes, i8x16.splat(0x7f - 0x39)), i8x16.splat(0x7f - 10));
  return i8x16.bitmask(v128.or(v128.or(letters, digits), i8x16.eq(bytes, i8x16.splat(0x2d))));
}

// @inline
export function wordMask(at: usize): u64 {
  return join(
    wordBits(v128.load(at)),
    wordBits(v128.load(at, 16)),
    wordBits(v128.load(at, 32)),
    wordBits(v128.load(at, 48)),
  );
}

// The masks of the 64 bytes before: of all words, of words of at least 2, 4 … bytes up to here, and of those long enough.
let before1: u64 = 0;
let before2: u64 = 0;
let before4: u64 = 0;
let before8: u64 = 0;
let before16: u64 = 0;
let before32: u64 = 0;
let beforeLong: u64 = 0;

export function forgetBefore(): void {
  before1 = 0;
  before2 = 0;
  before4 = 0;
  before8 = 0;
  before16 = 0;
  before32 = 0;
  beforeLong = 0;
}

/** The mask, moved up by 1 to 63 bits, with the top of the one before. */
// @inline
function up(mask: u64, before: u64, bits: u64): u64 {
  return (mask << bits) | (before >> (64 - bits));
}

/** The bytes right behind words of at least `least` bytes (1 to 64); `mask` is of the 64 bytes behind those of the last call. */
// @inline
export function longEnds(mask: u64, least: u64): u64 {
  let long = mask;
  let have: u64 = 1;
  let before = before1;
  before1 = mask;
  if (least >= 2) {
    long &= up(long, before, 1);
    before = before2;
    before2 = long;
    have = 2;
  }
  if (least >= 4) {
    long &= up(long, before, 2);
    before = before4;
    before4 = long;
    have = 4;
  }
  if (least >= 8) {
    long &= up(long, before, 4);
    before = before8;
    before8 = long;
    have = 8;
  }
  if (least >= 16) {
    long &= up(long, before, 8);
    before = before16;
    before16 = long;
    have = 16;
  }
  if (least >= 32) {
    long &= up(long, before, 16);
    before = before32;
    before32 = long;
    have = 32;
  }
  // at most 63 - 32 for 33 to 63 bytes; 64 bytes need 32 more
  if (least > have) long &= up(long, before, least - have);
  const ends = ~mask & up(long, beforeLong, 1);
  beforeLong = long;
  return ends;
}

// @inline
export function mix(h: u32): u32 {
  const m = h * 0x85ebca6b;
  return m ^ (m >> 15);
}

function wordHash(start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  let h: u32 = length * 0x9e3779b1;
  let at = start;
  while (at + 4 <= end) {
    h = mix(h ^ load<u32>(at));
    at += 4;
  }
  h = mix(h ^ (load<u32>(at) & <u32>below((end - at) << 3)));
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  h ^= h >> 16;
  h = (h & ~63) | ((length - 1) & 63);
  return h != 0 ? h : 64;
}

function isWanted(hash: u32): bool {
  const last = ((<u32>1) << tableBits) - 1;
  let slot = hash >> (32 - tableBits);
  while (true) {
    const held = load<u32>(table + ((<usize>slot) << 2));
    if (held == hash) return true;
    if (held == 0) return false;
    slot = (slot + 1) & last;
  }
}

/** First byte of the word that ends at this bit of the 64 bytes at `at`; `open` is where it starts if not in them. */
// @inline
export function startOf(at: usize, bit: u64, mask: u64, open: usize): usize {
  const others = ~mask & below(bit);
  return others == 0 ? open : at + 64 - <usize>clz<u64>(others);
}

/** Lines in [0, end) that hold any of the words: how many. */
export function findWords(end: usize): u32 {
  beginFound(false, end);
  if (lengths != 0) findLines(end);
  closeFound(end);
  return count;
}

function findLines(end: usize): void {
  const least = ctz<u64>(lengths) + 1;
  let at: usize = 0;
  let open: usize = 0;
  forgetBefore();
  // up to and with `end`: a word that ends there ends before it
  while (at <= end) {
    let mask = wordMask(at);
    if (end - at < 64) mask &= below(end - at);
    let ends = longEnds(mask, least);
    let next = at + 64;
    while (ends != 0) {
      const bit = ctz<u64>(ends);
      const stop = at + <usize>bit;
      const start = startOf(at, bit, mask, open);
      const length = stop - start;
      if (length <= MAX_WORD && ((lengths >> (length - 1)) & 1) != 0 && isWanted(wordHash(start, stop))) {
        next = found(stop, end) + 1;
        break;
      }
      ends &= ends - 1;
    }
    if (ends != 0) {
      // on to the next line: a word never spans two
      forgetBefore();
      open = next;
    } else if (mask != ~(<u64>0)) {
      open = next - <usize>clz<u64>(~mask);
    }
    at = next;
  }
}

/** Notes the heads of the lines in [0, end). */
export function noteHeads(end: usize): void {
  let at: usize = 0;
  while (at < end) at = noteLine(at, end) + 1;
}

/** Notes the heads of the line that starts here. Returns the place of its LF, or `end`. */
function noteLine(line: usize, end: usize): usize {
  let at = line;
  let open = line;
  // where a head may no longer begin, once it is known
  let limit: usize = usize.MAX_VALUE;
  forgetBefore();
  while (true) {
    let inLine = ~maskOf(at, i8x16.splat(LF));
    if (end - at < 64) inLine &= below(end - at);
    // the bits before the first that is not in the line
    if (inLine != ~(<u64>0)) inLine = below(ctz<u64>(~inLine));
    const mask = wordMask(at) & inLine;
    if (limit == usize.MAX_VALUE) limit = markIn(line, at, maskOf(at, i8x16.splat(0x5d)) & inLine, end);
    let ends = longEnds(mask, MIN_HEAD);
    while (ends != 0) {
      const bit = ctz<u64>(ends);
      const start = startOf(at, bit, mask, open);
      const stop = at + <usize>bit;
      if (start < limit && stop - start <= MAX_WORD && (stop >= end || isHeadEnd(load<u8>(stop), stop - start)))
        note(start, stop);
      ends &= ends - 1;
    }
    if (inLine != ~(<u64>0)) return at + <usize>popcnt<u64>(inLine);
    if (mask != ~(<u64>0)) open = at + 64 - <usize>clz<u64>(~mask);
    at += 64;
    if (open >= limit) return nextLf(at, end);
  }
}

/** HEAD_REACH behind the first `[digits]: ` of which a `]` is marked, or usize.MAX_VALUE. */
function markIn(line: usize, at: usize, brackets: u64, end: usize): usize {
  let mask = brackets;
  while (mask != 0) {
    const place = at + <usize>ctz<u64>(mask);
    if (place + 2 < end && load<u16>(place, 1) == 0x203a && isNumberBefore(line, place)) return place + 3 + HEAD_REACH;
    mask &= mask - 1;
  }
  return usize.MAX_VALUE;
}

/** Whether `[digits` stands right before this place. */
function isNumberBefore(line: usize, place: usize): bool {
  let at = place;
  while (at > line && <u8>(load<u8>(at - 1) - 0x30) < 10) at--;
  return at < place && at > line && load<u8>(at - 1) == 0x5b;
}

/** Whether a head of this length may stand before this byte: HEAD_ENDS in ../door.ts. */
// @inline
function isHeadEnd(byte: u8, length: usize): bool {
  if (byte == 0x7c || byte == 0x5d) return true;
  if (byte > 0x3b) return false;
  // \t \n \r space " ) , : ;
  if ((((<u64>1) << byte) & 0x0c00_1205_0000_2600) != 0) return true;
  return byte == 0x2e && length >= LONG_HEAD;
}

function note(start: usize, stop: usize): void {
  const hash = wordHash(start, stop);
  setHead(hash);
  setHead(mix(hash ^ (load<u32>(stop - 4) * 0x9e3779b1)));
}

// @inline
function setHead(hash: u32): void {
  const bit = hash >> 6;
  const at = heads + <usize>(bit >> 3);
  store<u8>(at, load<u8>(at) | (1 << (<u8>(bit & 7))));
}
