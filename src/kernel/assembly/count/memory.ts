/**
 * The memory that count.ts works in, for plain JavaScript. Its namesake `memory.wasm.ts` takes its place where count.ts is
 * compiled to WASM: the same names, made of machine instructions. All numbers are 32-bit integers but those of ldf and stf.
 */
/* eslint-disable */
export type i32 = number;
export type f64 = number;

const PAGE = 65_536;
let top: i32 = 64;
/** no more is to be taken, 0 = as much as there is; more was asked for */
let most: i32 = 0;
let full = false;
let buffer = new ArrayBuffer(4 * 1024 * 1024);
let bytes = new Uint8Array(buffer);
let words = new Int32Array(buffer);
let doubles = new Float64Array(buffer);
let view = new DataView(buffer);

/** A piece of `size` bytes, all 0, that is never given back: its first byte, at a multiple of 16. */
export function take(size: i32): i32 {
  const at = top;
  top = (top + size + 15) & ~15;
  if (most !== 0 && top > most) full = true;
  if (top + PAGE > buffer.byteLength) {
    const larger = new ArrayBuffer(Math.max(buffer.byteLength * 2, top + 16 * PAGE));
    new Uint8Array(larger).set(bytes);
    buffer = larger;
    bytes = new Uint8Array(buffer);
    words = new Int32Array(buffer);
    doubles = new Float64Array(buffer);
    view = new DataView(buffer);
  }
  return at;
}

/**
 * All that was taken is free again, and 0. No more than `size` bytes are to be taken now (0 = any): what is small is given all the
 * same, and isFull() tells.
 */
export function renew(size: i32): void {
  bytes.fill(0, 0, top);
  top = 64;
  most = size;
  full = false;
}

/**
 * The machine works in `size` bytes that another lent it, all 0: two may share one memory as WASM. Where it takes more, it stops
 * with an error.
 */
export function settleIn(_from: i32, _size: i32): void {
  throw new Error('only WASM can share its memory');
}

export function isFull(): boolean {
  return full;
}

/** Whether there is room for so much more: where there is none, isFull() is true from now on. */
export function hasRoom(size: i32): boolean {
  if (!fits(size)) full = true;
  return !full;
}

/** As hasRoom(), and nothing is told. */
export function fits(size: i32): boolean {
  return most === 0 || size <= most - top;
}

/** Bytes that were taken. */
export function taken(): i32 {
  return top;
}

export function memoryOf(): ArrayBuffer {
  return buffer;
}

export function ld8(p: i32): i32 {
  return bytes[p] as number;
}

export function st8(p: i32, v: i32): void {
  bytes[p] = v;
}

/** At a multiple of 4. */
export function ld(p: i32): i32 {
  return words[p >> 2] as number;
}

export function st(p: i32, v: i32): void {
  words[p >> 2] = v;
}

/** Anywhere. */
export function ldu(p: i32): i32 {
  return view.getInt32(p, true);
}

/** At a multiple of 8. */
export function ldf(p: i32): f64 {
  return doubles[p >> 3] as number;
}

export function stf(p: i32, v: f64): void {
  doubles[p >> 3] = v;
}

export function mul(a: i32, b: i32): i32 {
  return Math.imul(a, b);
}

export function copy(to: i32, from: i32, size: i32): void {
  bytes.copyWithin(to, from, from + size);
}

export function clear(at: i32, size: i32): void {
  bytes.fill(0, at, at + size);
}

/** Whether the word stands at p. ASCII only. */
export function stands(p: i32, word: string): boolean {
  const n = word.length;
  for (let i = 0; i < n; i++) if (bytes[p + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** The first `byte` at or behind p; `end` where there is none before. */
export function find(byte: i32, p: i32, end: i32): i32 {
  let at = p;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** The first byte at or behind p that is one of these two; `end` where there is none before. */
export function findEither(one: i32, two: i32, p: i32, end: i32): i32 {
  let at = p;
  while (at < end && bytes[at] !== one && bytes[at] !== two) at++;
  return at;
}

/** The first byte at or behind p that is `[`, `,`, `;`, a space or a control character; `end` where there is none before. */
export function findOpening(p: i32, end: i32): i32 {
  for (let at = p; at < end; at++) {
    const c = bytes[at] as number;
    if (c <= 0x20 || c === 0x5b || c === 0x2c || c === 0x3b) return at;
  }
  return end;
}

/** The last byte in [a, b) that is `=`, `m` or `q` (in any case); a - 1 where there is none. */
export function findLastMark(a: i32, b: i32): i32 {
  for (let at = b - 1; at >= a; at--) {
    const c = bytes[at] as number;
    if (c === 0x3d || (c | 0x20) === 0x6d || (c | 0x20) === 0x71) return at;
  }
  return a - 1;
}

/** How many of the bytes from p on are digits or capital letters from A to F: 16 at most. */
export function countHex(p: i32): i32 {
  let n: i32 = 0;
  for (; n < 16; n++) {
    const c = bytes[p + n] as number;
    if (c < 0x30 || c > 0x46 || (c > 0x39 && c < 0x41)) break;
  }
  return n;
}

/** How many of the bytes from p on are ASCII letters and digits: 16 at most. */
export function countAlnum(p: i32): i32 {
  let n: i32 = 0;
  for (; n < 16; n++) {
    const c = bytes[p + n] as number;
    const letter = c | 0x20;
    if ((c < 0x30 || c > 0x39) && (letter < 0x61 || letter > 0x7a)) break;
  }
  return n;
}

/** How many digits `numberAt` took. */
export let digits: i32 = 0;

/** The decimal number at p, of eight digits at most. */
export function numberAt(p: i32): i32 {
  let n: i32 = 0;
  for (digits = 0; digits < 8; digits++) {
    const c = (bytes[p + digits] as number) - 0x30;
    if (c < 0 || c > 9) break;
    n = n * 10 + c;
  }
  return n;
}

/** Two independent hashes of bytes: the one returned, and `hash2`. Other machines may make others of the same bytes. */
export let hash2: i32 = 0;

export function hash(a: i32, b: i32): i32 {
  let x: i32 = -2128831035;
  let y: i32 = 1540483477;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    x = Math.imul(x ^ c, -1640531535);
    y = Math.imul(y ^ c, 1597334677);
  }
  hash2 = y ^ (x >>> 13);
  return x ^ (y >>> 15);
}

/** Whether what hashLow saw last holds quotes, brackets, backslashes or bytes above ASCII. */
export let strange: boolean = false;

/** Hash of bytes with their capital letters made small: one word. */
export function hashLow(a: i32, b: i32): i32 {
  let x: i32 = -2128831035;
  let seen = false;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    if (c === 0x22 || c >= 0x80 || c === 0x3c || c === 0x3e || c === 0x5c) seen = true;
    x = Math.imul(x ^ (c >= 0x41 && c <= 0x5a ? c | 0x20 : c), -1640531535);
  }
  strange = seen;
  return x ^ (x >>> 15);
}

/** Puts the word (ASCII) at `to`; returns the place behind it. Bytes behind that may be overwritten: 16 at most. */
export function write(to: i32, word: string): i32 {
  const n = word.length;
  for (let i = 0; i < n; i++) bytes[to + i] = word.charCodeAt(i);
  return to + n;
}

/** Puts [a, b) at `to`, and tells whether all of it stands in a JSON string as it is: ASCII without quotes and the like. As `write`. */
export function copyPlain(to: i32, a: i32, b: i32): boolean {
  let isPlain = true;
  for (let i = a, k = to; i < b; i++, k++) {
    const c = bytes[i] as number;
    if (c < 0x20 || c > 0x7e || c === 0x22 || c === 0x5c) isPlain = false;
    bytes[k] = c;
  }
  return isPlain;
}

/** A whole number of 31 bits. */
export function int(value: f64): i32 {
  return value | 0;
}
