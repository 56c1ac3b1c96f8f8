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
export let block: i32 = 0;
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
}

/** The block is here now. */
export function moveBlock(at: i32): void {
  block = at;
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

/** Moves to a line as toLine() does, where another machine has told where it lies: front.ts. */
export function tellLine(from: i32, to: i32, size: i32): void {
  lastOffset = offset;
  lastLength = length;
  start = from;
  end = to;
  length = size;
  number++;
  offset = base + (from - block);
}

// --- kept lines, some in a piece: the next piece, how many lines there are; of each offset, length, number

export const LINE = 16;
/** a line is shorter than a block; above its length stands the number of its transaction */
export const LENGTH_BITS = 22;
export const LENGTH_MASK = 0x3f_ffff;
const MOST_IN_PIECE = 7;
const PIECE = 16 + MOST_IN_PIECE * LINE;
let free: i32 = 0;

/** Puts the line at hand to those of the piece, 0 = none yet. Returns the piece that it is in. */
export function keep(last: i32): i32 {
  return keepAt(last, offset, length, number);
}

/** As `keep`, of a line of which only the place is known. */
export function keepAt(last: i32, at: f64, size: i32, line: i32): i32 {
  let piece = last;
  let n = last === 0 ? MOST_IN_PIECE : ld(last + 4);
  if (n === MOST_IN_PIECE) {
    piece = free;
    if (piece === 0) piece = take(PIECE);
    else free = ld(piece);
    st(piece, last);
    n = 0;
  }
  const to = piece + 16 + n * LINE;
  stf(to, at);
  st(to + 8, size);
  st(to + 12, line);
  st(piece + 4, n + 1);
  return piece;
}

/** Marks the line that was kept last: it belongs to this transaction of the session. */
export function tagLast(piece: i32, tag: i32): void {
  if (piece === 0) return;
  const at = piece + 16 + (ld(piece + 4) - 1) * LINE + 8;
  st(at, (ld(at) & LENGTH_MASK) | (tag << LENGTH_BITS));
}

/** How many lines the piece holds. */
export function pieceLines(piece: i32): i32 {
  return ld(piece + 4);
}

/** Number of the line that was kept first; 0 = none was. */
export function firstKept(last: i32): i32 {
  let piece = last;
  while (piece !== 0 && ld(piece) !== 0) piece = ld(piece);
  return piece === 0 ? 0 : ld(piece + 16 + 12);
}

/** Gives back the pieces from this one on. */
export function drop(last: i32): void {
  for (let piece = last; piece !== 0;) {
    const next = ld(piece);
    st(piece, free);
    free = piece;
    piece = next;
  }
}

// --- what goes out: offset, length, number, shape; of an anchor its time in seconds

const OUT = 24;
export let out: i32 = 0;
export let outCount: i32 = 0;
let outRoom: i32 = 0;

/** In place of a shape: the line is for the framer only. */
export const ANCHOR = -1;
/** In place of a time: it is not told. */
const NO_TIME = -2_147_483_648;

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
  st(to + 20, NO_TIME);
  outCount++;
}

/** The time of the line at hand, which went out last. */
export function tellTime(now: i32): void {
  if (outCount > 0 && ld(out + (outCount - 1) * OUT + 12) === number) st(out + (outCount - 1) * OUT + 20, now);
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

/** A line of which only the place is known goes out. */
export function emitAt(at: f64, size: i32, line: i32): void {
  push(at, size, line, 0);
}

/** The line before goes out, for the framer. */
export function emitLast(): void {
  if (number > 1) push(lastOffset, lastLength, number - 1, ANCHOR);
}

/** The lines of the pieces go out, and are given back. */
export function emitAll(last: i32, shape: i32): void {
  for (let piece = last; piece !== 0; piece = ld(piece)) {
    const behind = piece + 16 + ld(piece + 4) * LINE;
    for (let at = piece + 16; at < behind; at += LINE) push(ldf(at), ld(at + 8) & LENGTH_MASK, ld(at + 12), shape);
  }
  drop(last);
}
