/**
 * The line at hand, and what goes out: lines that must be read by the formats, each with the shape that it stands for.
 */
import { copy, type f64, find, type i32, ld, ld8, ldf, st, stf, take } from './memory.ts';

/** first byte of the line, one past its last without CR and LF */
export let start: i32 = 0;
export let end: i32 = 0;
/** 1 = first */
export let number: i32 = 0;
/** without LF, with CR */
export let length: i32 = 0;
export let offset: f64 = 0;
/** what block[0] is in the file */
let base: f64 = 0;
let block: i32 = 0;
let lastOffset: f64 = 0;
let lastLength: i32 = 0;

const LF = 10;
const CR = 13;

export function openLines(at: i32): void {
  block = at;
  number = 0;
  start = end = length = lastLength = 0;
  offset = lastOffset = base = 0;
  outCount = 0;
  free = 0;
  kept = 0;
}

export function setBase(value: f64): void {
  base = value;
}

/** Moves to the line that begins at p; returns where the next one begins. */
export function toLine(p: i32, blockEnd: i32): i32 {
  lastOffset = offset;
  lastLength = length;
  const lf = find(LF, p, blockEnd);
  start = p;
  length = lf - p;
  end = lf;
  while (end > p && ld8(end - 1) === CR) end--;
  number++;
  offset = base + (p - block);
  return lf + 1;
}

// --- kept lines: offset, length, number, next

const KEPT = 24;
let free: i32 = 0;
/** lines held at the moment */
export let kept: i32 = 0;

/** Puts the line at hand before those of `next`. */
export function keep(next: i32): i32 {
  let one = free;
  if (one === 0) one = take(KEPT);
  else free = ld(one + 16);
  stf(one, offset);
  st(one + 8, length);
  st(one + 12, number);
  st(one + 16, next);
  kept++;
  return one;
}

/** Gives back the lines of a chain. */
export function drop(first: i32): void {
  for (let one = first; one !== 0;) {
    const next = ld(one + 16);
    st(one + 16, free);
    free = one;
    kept--;
    one = next;
  }
}

// --- what goes out: offset, length, number, shape

const OUT = 24;
export let out: i32 = 0;
export let outCount: i32 = 0;
let outRoom: i32 = 0;

/** In place of a shape: the line is for the framer only. */
export const ANCHOR = -1;

export function clearOut(): void {
  outCount = 0;
}

function push(at: f64, size: i32, line: i32, shape: i32): void {
  if (outCount >= outRoom || out === 0) {
    const room = out === 0 ? 16384 : outRoom * 2;
    const larger = take(room * OUT);
    if (out !== 0) copy(larger, out, outCount * OUT);
    out = larger;
    outRoom = room;
  }
  const to = out + outCount * OUT;
  stf(to, at);
  st(to + 8, size);
  st(to + 12, line);
  st(to + 16, shape);
  outCount++;
}

export function forgetOut(): void {
  out = 0;
  outRoom = 0;
  outCount = 0;
}

/** The line at hand goes out. */
export function emit(shape: i32): void {
  push(offset, length, number, shape);
}

/** The line before goes out, for the framer. */
export function emitLast(): void {
  if (number > 1) push(lastOffset, lastLength, number - 1, ANCHOR);
}

/** The lines of a chain go out, and are given back. */
export function emitAll(first: i32, shape: i32): void {
  for (let one = first; one !== 0; one = ld(one + 16)) push(ldf(one), ld(one + 8), ld(one + 12), shape);
  drop(first);
}
