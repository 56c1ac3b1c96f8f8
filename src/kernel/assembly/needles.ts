/**
 * Looks for needles: bytes that are rare in logs first, 16 at a time, then the whole needle. AssemblyScript.
 * Shape:  src/kernel/wasm.ts writes the needles: 16 bytes each, as four 32-bit numbers: address of the folded bytes, how
 *         many, and the places of the two bytes to look for, the first in the needle first. One needle is looked for so.
 *         More are in groups, and looked for by four bytes in a row (groups.ts), from their first place on: these, with the
 *         bit of their case, stand in place of the second; 0: the needle is shorter.
 */
import { beginFound, closeFound, count, foundNeedles } from './found.ts';
import { groupNeedles, membersOf, tables } from './groups.ts';

let needles: usize = 0;
let needleCount: u32 = 0;
/** 16 bytes */
let scratch: usize = 0;

const A: u8 = 0x41;
const LETTERS: u8 = 26;
const CASE: u8 = 0x20;
/** that bit of four bytes, whatever they are */
const CASES: u32 = 0x20202020;

/** Tells the needles, and 16 bytes of room. */
export function placeNeedles(at: usize, many: u32, room: usize): void {
  needles = at;
  needleCount = many;
  scratch = room;
  groupNeedles(at, many);
}

// @inline
function fold(byte: u8): u8 {
  return <u8>(byte - A) < LETTERS ? byte | CASE : byte;
}

/** What is put on a byte of the text before it is compared with this folded byte: the bit of its case, if it is a letter. */
// @inline
function caseOf(byte: u8): u8 {
  return <u8>(byte - (A | CASE)) < LETTERS ? CASE : 0;
}

/** Whether this needle stands at `at`. */
function isAt(needle: usize, at: usize, end: usize): bool {
  const bytes = <usize>load<u32>(needle);
  const length = <usize>load<u32>(needle, 4);
  if (at + length > end) return false;
  for (let i: usize = 0; i < length; i++) {
    if (fold(load<u8>(at + i)) != load<u8>(bytes + i)) return false;
  }
  return true;
}

/** Whether the row of a needle in a group may stand at `at`: most places that are looked at are told by that. */
// @inline
function mayStand(needle: usize, at: usize): bool {
  if (needleCount == 1) return true;
  const row = load<u32>(needle, 12);
  return row == 0 || (load<u32>(at) | CASES) == row;
}

/** The needles of these groups (a bit each) that stand where their first place is at `at`, a bit each. */
function needlesAt(at: usize, which: u8, end: usize): u64 {
  let all: u64 = 0;
  for (let left = which; left != 0; left &= left - 1) {
    for (let members = membersOf(ctz<u8>(left)); members != 0; members &= members - 1) {
      const needle = needles + ((<usize>ctz<u64>(members)) << 4);
      if (!mayStand(needle, at)) continue;
      const place = <usize>load<u32>(needle, 8);
      if (place <= at && isAt(needle, at - place, end)) all |= members & (0 - members);
    }
  }
  return all;
}

/** Looks at those of 16 bytes where needles of some groups may stand. */
function check(at: usize, which: v128, end: usize): void {
  v128.store(scratch, which);
  for (let mask = i8x16.bitmask(i8x16.ne(which, i8x16.splat(0))); mask != 0; mask &= mask - 1) {
    const bit = ctz<i32>(mask);
    const place = at + <usize>bit;
    const all = needlesAt(place, load<u8>(scratch + <usize>bit), end);
    if (all != 0) foundNeedles(place, all, end);
  }
}

/** By byte of 16 from `at`: not 0 where both bytes of the needle stand at their distance. */
// @inline
function pairs(at: usize, distance: usize, first: v128, firstCase: v128, second: v128, secondCase: v128): v128 {
  return v128.and(
    i8x16.eq(v128.or(v128.load(at), firstCase), first),
    i8x16.eq(v128.or(v128.load(at + distance), secondCase), second),
  );
}

/** Lines with the only needle. */
function findOne(end: usize): void {
  const bytes = <usize>load<u32>(needles);
  const place = <usize>load<u32>(needles, 8);
  const distance = <usize>load<u32>(needles, 12) - place;
  const a = load<u8>(bytes + place);
  const b = load<u8>(bytes + place + distance);
  const first = i8x16.splat(a);
  const firstCase = i8x16.splat(caseOf(a));
  const second = i8x16.splat(b);
  const secondCase = i8x16.splat(caseOf(b));
  for (let at: usize = 0; at < end; at += 64) {
    const m0 = pairs(at, distance, first, firstCase, second, secondCase);
    const m1 = pairs(at + 16, distance, first, firstCase, second, secondCase);
    const m2 = pairs(at + 32, distance, first, firstCase, second, secondCase);
    const m3 = pairs(at + 48, distance, first, firstCase, second, secondCase);
    if (v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) {
      check(at, m0, end);
      check(at + 16, m1, end);
      check(at + 32, m2, end);
      check(at + 48, m3, end);
    }
  }
}

const LOW: u8 = 15;

/** The low nibbles of 16 bytes, and the high ones. */
// @inline
function lowOf(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(LOW));
}

// @inline
function highOf(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(LOW));
}

/** By byte: the groups whose needles may have it at a place of the row (groups.ts), of which these are the tables. */
// @inline
function groupsOf(low: v128, high: v128, lowTable: v128, highTable: v128): v128 {
  return v128.and(i8x16.swizzle(lowTable, low), i8x16.swizzle(highTable, high));
}

/** By byte of the first 16: the groups of which all four bytes of a row may stand from there on; `b…` is of the next 16. */
// @inline
function rows(a0: v128, a1: v128, a2: v128, a3: v128, b1: v128, b2: v128, b3: v128): v128 {
  return v128.and(
    v128.and(a0, i8x16.shuffle(a1, b1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
    v128.and(
      i8x16.shuffle(a2, b2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
      i8x16.shuffle(a3, b3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18),
    ),
  );
}

/** Lines with any of the needles. */
function findAny(end: usize): void {
  const nibbles = tables();
  const low0 = v128.load(nibbles);
  const high0 = v128.load(nibbles, 16);
  const low1 = v128.load(nibbles, 32);
  const high1 = v128.load(nibbles, 48);
  const low2 = v128.load(nibbles, 64);
  const high2 = v128.load(nibbles, 80);
  const low3 = v128.load(nibbles, 96);
  const high3 = v128.load(nibbles, 112);
  // each 16 bytes are looked up once, and what they are is used for those before and behind
  let low = lowOf(v128.load(0));
  let high = highOf(v128.load(0));
  let a0 = groupsOf(low, high, low0, high0);
  let a1 = groupsOf(low, high, low1, high1);
  let a2 = groupsOf(low, high, low2, high2);
  let a3 = groupsOf(low, high, low3, high3);
  for (let at: usize = 0; at < end; at += 32) {
    low = lowOf(v128.load(at, 16));
    high = highOf(v128.load(at, 16));
    const b0 = groupsOf(low, high, low0, high0);
    const b1 = groupsOf(low, high, low1, high1);
    const b2 = groupsOf(low, high, low2, high2);
    const b3 = groupsOf(low, high, low3, high3);
    low = lowOf(v128.load(at, 32));
    high = highOf(v128.load(at, 32));
    const c0 = groupsOf(low, high, low0, high0);
    const c1 = groupsOf(low, high, low1, high1);
    const c2 = groupsOf(low, high, low2, high2);
    const c3 = groupsOf(low, high, low3, high3);
    const m0 = rows(a0, a1, a2, a3, b1, b2, b3);
    const m1 = rows(b0, b1, b2, b3, c1, c2, c3);
    if (v128.any_true(v128.or(m0, m1))) {
      check(at, m0, end);
      check(at + 16, m1, end);
    }
    a0 = c0;
    a1 = c1;
    a2 = c2;
    a3 = c3;
  }
}

/** Lines in [0, end) that hold any needle: how many. `isWalked`: passUsual (usual.ts) was asked of all of them. */
export function findNeedles(end: usize, isWalked: bool): u32 {
  beginFound(isWalked, end);
  if (needleCount == 1) findOne(end);
  else if (needleCount != 0) findAny(end);
  closeFound(end);
  return count;
}
