/**
 * Notes the words and the addresses of a block as marks of 24 bits. AssemblyScript.
 * Source:  `noteWordsIn` in ../word-marks.ts: the same here.
 */
import { below, join } from './simd.ts';
import { startOf } from './words.ts';

/** words of so many bytes are noted without a digit too; longer ones have a middle */
const LONG: usize = 16;
const MAX_WORD: usize = 64;
const AT: u8 = 0x40;
/** bytes on both sides of an @ that are noted */
const BESIDE: usize = 4;
/** as a bit of each byte: A to Z become a to z; digits and `-` have it */
const CASES: u64 = 0x2020202020202020;
const JOINED: u32 = 0x5bd1e995;
/** `+` `.` `@` `_`, from `+` on a bit each */
const JOINS: u64 = 0x0010_0000_0020_0009;

let table: usize = 0;
let marks: usize = 0;
/** slots of the table less one, and marks there is room for */
let last: u32 = 0;
let most: u32 = 0;
let count: u32 = 0;

/** Tells where the table lies, of so many slots (a power of two) of 32 bits, and the list, of so many marks and one. */
export function placeMarks(tableAt: usize, slots: u32, listAt: usize, room: u32): void {
  table = tableAt;
  last = slots - 1;
  marks = listAt;
  most = room;
}

/** 1 where the byte is one of `+` `.` `@` `_`: no branch, for words come in any order. */
// @inline
function isJoin(byte: u8): u64 {
  const place = <u64>byte - 0x2b;
  return (JOINS >> (place & 63)) & <u64>(place < 64);
}

/** JOINED where the word is a part of an address or a name: `.`, `@`, `_` or `+` is beside it, else 0. */
// @inline
function joinedOf(start: usize, end: usize): u32 {
  const before = isJoin(load<u8>(max(start, 1) - 1)) & <u64>(start > 0);
  return JOINED & (0 - <u32>(isJoin(load<u8>(end)) | before));
}

/** Digits: a range is moved up to end at 127, what is above it becomes negative. */
// @inline
function digitsOf(bytes: v128): v128 {
  return i8x16.gt_s(i8x16.add(bytes, i8x16.splat(0x7f - 0x39)), i8x16.splat(0x7f - 10));
}

/** A bit for each byte of a word (`wordMask` in words.ts). */
// @inline
function wordBits(bytes: v128, digits: v128): i32 {
  const letters = i8x16.gt_s(
    i8x16.add(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x7f - 0x7a)),
    i8x16.splat(0x7f - 26),
  );
  return i8x16.bitmask(v128.or(v128.or(letters, digits), i8x16.eq(bytes, i8x16.splat(0x2d))));
}

// @inline
function atBits(bytes: v128): i32 {
  return i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(AT)));
}

// @inline
function rotated(h: u32, bits: u32): u32 {
  return (h << bits) | (h >> (32 - bits));
}

// @inline
function finish(hash: u32): u32 {
  let h = hash;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

/** Of eight bytes. */
// @inline
function eight(bytes: u64, a: u32, b: u32): u32 {
  return <u32>bytes * a + <u32>(bytes >> 32) * b;
}

/** Hash of a word of at least 6 bytes in small letters: of its first eight bytes, its last and, in a long one, its middle. */
function foldedHash(start: usize, end: usize): u32 {
  const length = end - start;
  const head = load<u64>(start) | CASES;
  if (length < 8) return (<u32>length * 0x9e3779b1) ^ eight(head & below((<u64>length) << 3), 0xcc9e2d51, 0x1b873593);
  let h = (<u32>length * 0x9e3779b1) ^ eight(head, 0xcc9e2d51, 0x1b873593);
  h = rotated(h, 13) ^ eight(load<u64>(end - 8) | CASES, 0xe6546b65, 0x38b34ae5);
  if (length > LONG) h = rotated(h, 13) ^ eight(load<u64>(start + (length >> 1) - 4) | CASES, 0xa1e38b93, 0x239b961b);
  return h;
}

/**
 * The mark is 24 bits of the hash, never 0. The table holds the last mark of each slot: a word that comes again is seldom
 * noted again. No branch: what comes again cannot be foreseen.
 */
// @inline
function note(hash: u32): void {
  const mark = max(finish(hash) >> 8, 1);
  const slot = table + ((<usize>(mark & last)) << 2);
  const held = load<u32>(slot);
  store<u32>(slot, mark);
  store<u32>(marks + ((<usize>min(count, most)) << 2), mark);
  count += <u32>(held != mark);
}

/** The bytes beside each @ of 64 bytes: those of the mask. */
// @inline
function noteAddresses(at: usize, addresses: u64, end: usize): void {
  for (let mask = addresses; mask != 0; mask &= mask - 1) {
    const place = at + <usize>ctz<u64>(mask);
    if (place < BESIDE || place + 1 + BESIDE > end) continue;
    note(eight(<u64>load<u32>(place - BESIDE) | ((<u64>load<u32>(place + 1)) << 32) | CASES, 0xcc9e2d51, 0x1b873593));
  }
}

// The masks of the 64 bytes before: of all words, and of words of at least 2, 4 … bytes up to here.
let before1: u64 = 0;
let before2: u64 = 0;
let before4: u64 = 0;
let before6: u64 = 0;
let before8: u64 = 0;
let before16: u64 = 0;

/** The mask, moved up by 1 to 63 bits, with the top of the one before. */
// @inline
function up(mask: u64, before: u64, bits: u64): u64 {
  return (mask << bits) | (before >> (64 - bits));
}

/** The bytes right behind words to be noted: of 6 bytes with a digit, of 16 without. */
// @inline
function notedEnds(m1: u64, digits: u64): u64 {
  const m2 = m1 & up(m1, before1, 1);
  const m4 = m2 & up(m2, before2, 2);
  const m6 = m4 & up(m4, before4, 2);
  const m8 = m4 & up(m4, before4, 4);
  const m16 = m8 & up(m8, before8, 8);
  // A digit carries to the end of its word; one that began before these 64 bytes is noted in any case.
  const carried = m1 + digits + (before1 >> 63);
  const ends = ~m1 & ((up(m6, before6, 1) & carried) | up(m16, before16, 1));
  before1 = m1;
  before2 = m2;
  before4 = m4;
  before6 = m6;
  before8 = m8;
  before16 = m16;
  return ends;
}

/** Notes the words and addresses of [0, end). Returns how many marks are in the list; more than there is room: not all are. */
export function noteWords(end: usize): u32 {
  memory.fill(table, 0, (<usize>last + 1) << 2);
  count = 0;
  before1 = before2 = before4 = before6 = before8 = before16 = 0;
  let at: usize = 0;
  let open: usize = 0;
  // up to and with `end`: a word that ends there ends before it
  while (at <= end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const da = digitsOf(a);
    const db = digitsOf(b);
    const dc = digitsOf(c);
    const dd = digitsOf(d);
    let digits = join(i8x16.bitmask(da), i8x16.bitmask(db), i8x16.bitmask(dc), i8x16.bitmask(dd));
    let mask = join(wordBits(a, da), wordBits(b, db), wordBits(c, dc), wordBits(d, dd));
    const addresses = join(atBits(a), atBits(b), atBits(c), atBits(d));
    if (end - at < 64) {
      mask &= below(end - at);
      digits &= mask;
    }
    let ends = notedEnds(mask, digits);
    while (ends != 0) {
      const bit = ctz<u64>(ends);
      const stop = at + <usize>bit;
      const start = startOf(at, bit, mask, open);
      ends &= ends - 1;
      if (stop - start <= MAX_WORD) note(foldedHash(start, stop) ^ joinedOf(start, stop));
    }
    if (addresses != 0) noteAddresses(at, addresses, end);
    if (mask != ~(<u64>0)) open = at + 64 - <usize>clz<u64>(~mask);
    at += 64;
  }
  return count;
}
