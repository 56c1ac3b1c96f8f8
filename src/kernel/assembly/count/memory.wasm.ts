/** The memory that count.ts works in, as WASM instructions. See memory.ts. */

let first: i32 = 65536;
let top: i32 = 65536;
/** where the piece ends that is lent to this machine, 0 = the memory is its own */
let last: i32 = 0;
let most: i32 = 0;
let full: boolean = false;

const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

export function take(size: i32): i32 {
  const at = top;
  top = (top + size + 15) & ~15;
  if (last !== 0 && top > last) unreachable();
  if (most !== 0 && top > most) full = true;
  const pages = (top + 131072) >>> 16;
  if (pages > memory.size()) memory.grow(max<i32>(pages - memory.size(), memory.size() >> 2));
  return at;
}

export function renew(size: i32): void {
  memory.fill(first, 0, top - first);
  top = first;
  most = size;
  full = false;
}

export function settleIn(from: i32, size: i32): void {
  first = top = from;
  last = from + size;
}

export function isFull(): boolean {
  return full;
}

export function hasRoom(size: i32): boolean {
  if (!fits(size)) full = true;
  return !full;
}

/** As hasRoom(), and nothing is told. */
export function fits(size: i32): boolean {
  return most === 0 || size <= most - top;
}

export function taken(): i32 {
  return top;
}

// @inline
export function ld8(p: i32): i32 {
  return <i32>load<u8>(p);
}

// @inline
export function st8(p: i32, v: i32): void {
  store<u8>(p, <u8>v);
}

// @inline
export function ld(p: i32): i32 {
  return load<i32>(p);
}

// @inline
export function st(p: i32, v: i32): void {
  store<i32>(p, v);
}

// @inline
export function ldu(p: i32): i32 {
  return load<i32>(p);
}

// @inline
export function ldf(p: i32): f64 {
  return load<f64>(p);
}

// @inline
export function stf(p: i32, v: f64): void {
  store<f64>(p, v);
}

// @inline
export function mul(a: i32, b: i32): i32 {
  return a * b;
}

// @inline
export function copy(to: i32, from: i32, size: i32): void {
  memory.copy(to, from, size);
}

export function clear(at: i32, size: i32): void {
  // the instruction calls into the engine
  if (size > 512) return memory.fill(at, 0, size);
  let p = at;
  const end = at + size;
  const zero = i64x2.splat(0);
  for (; p + 16 <= end; p += 16) v128.store(p, zero);
  for (; p < end; p += 4) store<i32>(p, 0);
}

/** Eight letters at once: a string has two bytes a letter. */
export function stands(p: i32, word: string): boolean {
  const n = word.length;
  const at = changetype<usize>(word);
  const zero = i64x2.splat(0);
  let i = 0;
  let differ: u64 = 0;
  do {
    const letters = i64x2.extract_lane(i8x16.narrow_i16x8_u(v128.load(at + ((<usize>i) << 1)), zero), 0);
    differ = load<u64>(p + i) ^ <u64>letters;
    i += 8;
  } while (i < n && differ === 0);
  return (i <= n ? differ : differ << ((<u64>(i - n)) << 3)) === 0;
}

export function find(byte: i32, p: i32, end: i32): i32 {
  const wanted = i8x16.splat(<i8>byte);
  while (p < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (mask !== 0) return min<i32>(p + ctz(mask), end);
    p += 16;
  }
  return end;
}

export function findEither(one: i32, two: i32, p: i32, end: i32): i32 {
  const a = i8x16.splat(<i8>one);
  const b = i8x16.splat(<i8>two);
  while (p < end) {
    const w = v128.load(p);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(w, a), i8x16.eq(w, b)));
    if (mask !== 0) return min<i32>(p + ctz(mask), end);
    p += 16;
  }
  return end;
}

export function findOpening(p: i32, end: i32): i32 {
  const open = i8x16.splat(0x5b);
  const comma = i8x16.splat(0x2c);
  const semicolon = i8x16.splat(0x3b);
  const space = i8x16.splat(0x20);
  while (p < end) {
    const w = v128.load(p);
    const stops = v128.or(v128.or(i8x16.eq(w, comma), i8x16.eq(w, semicolon)), i8x16.le_u(w, space));
    const mask = i8x16.bitmask(v128.or(stops, i8x16.eq(w, open)));
    if (mask !== 0) return min<i32>(p + ctz(mask), end);
    p += 16;
  }
  return end;
}

export function findLastMark(a: i32, b: i32): i32 {
  const fold = i8x16.splat(0x20);
  const equals = i8x16.splat(0x3d);
  const m = i8x16.splat(0x6d);
  const q = i8x16.splat(0x71);
  // there is more than 16 bytes of memory before any line
  for (let p = b - 16; p > a - 16; p -= 16) {
    const w = v128.load(p);
    const folded = v128.or(w, fold);
    const marks = v128.or(v128.or(i8x16.eq(folded, m), i8x16.eq(folded, q)), i8x16.eq(w, equals));
    const mask = i8x16.bitmask(marks);
    if (mask !== 0) return max<i32>(p + 31 - clz(mask), a - 1);
  }
  return a - 1;
}

export function countHex(p: i32): i32 {
  const w = v128.load(p);
  const digits = i8x16.lt_u(i8x16.sub(w, i8x16.splat(0x30)), i8x16.splat(10));
  const letters = i8x16.lt_u(i8x16.sub(w, i8x16.splat(0x41)), i8x16.splat(6));
  return ctz(~i8x16.bitmask(v128.or(digits, letters)));
}

export function countAlnum(p: i32): i32 {
  const w = v128.load(p);
  const digits = i8x16.lt_u(i8x16.sub(w, i8x16.splat(0x30)), i8x16.splat(10));
  const letters = i8x16.lt_u(i8x16.sub(v128.or(w, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26));
  return ctz(~i8x16.bitmask(v128.or(digits, letters)));
}

export let digits: i32 = 0;

/** All eight digits at once, in steps of two, four and eight. */
export function numberAt(p: i32): i32 {
  const w = load<u64>(p) ^ (0x30 * ONES);
  // the lowest byte above 9 has its high bit here
  const others = ((w + 0x76 * ONES) | w) & HIGHS;
  digits = <i32>(ctz(others) >> 3);
  if (digits === 0) return 0;
  let x = w << ((<u64>(8 - digits)) << 3);
  x = (x * 2561) >> 8;
  x = ((x & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return <i32>(((x & 0x0000ffff0000ffff) * 42949672960001) >> 32);
}

export let hash2: i32 = 0;

/** Less than eight bytes as a word. */
// @inline
function short(p: i32, b: i32): u64 {
  return load<u64>(p) & (((<u64>1) << ((<u64>(b - p)) << 3)) - 1);
}

// @inline
function mixed(h: u64, w: u64): u64 {
  // once alone would take what differs in the last byte of a word to one byte of the next: digits there would meet
  let x = (h ^ w) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 32)) * 0xbf58476d1ce4e5b9;
  return x ^ (x >> 29);
}

export function hash(a: i32, b: i32): i32 {
  let h: u64 = 0x2545f4914f6cdd1d + <u64>(b - a);
  const last = b - 8;
  if (last < a) h = mixed(h, short(a, b));
  else {
    for (let p = a; p < last; p += 8) h = mixed(h, load<u64>(p));
    h = mixed(h, load<u64>(last));
  }
  h = h * 0xd6e8feb86659fd93;
  h ^= h >> 32;
  hash2 = <i32>(h >> 32);
  return <i32>h;
}

export let strange: boolean = false;

/** The word with its capital letters made small. */
// @inline
function small(w: u64): u64 {
  const seven = w & ~HIGHS;
  const fromA = seven + (0x80 - 0x41) * ONES;
  const behindZ = seven + (0x7f - 0x5a) * ONES;
  return w | (((fromA ^ behindZ) & ~w & HIGHS) >> 2);
}

/** Not 0 where the word holds this byte. */
// @inline
function holds(w: u64, byte: u64): u64 {
  const x = w ^ (byte * ONES);
  return (x - ONES) & ~x & HIGHS;
}

// @inline
function isStrange(w: u64): u64 {
  return (w & HIGHS) | holds(w, 0x22) | holds(w, 0x3c) | holds(w, 0x3e) | holds(w, 0x5c);
}

export function hashLow(a: i32, b: i32): i32 {
  let h: u64 = 0x2545f4914f6cdd1d + <u64>(b - a);
  let odd: u64 = 0;
  const last = b - 8;
  if (last < a) {
    const w = short(a, b);
    odd = isStrange(w);
    h = mixed(h, small(w));
  } else {
    for (let p = a; p < last; p += 8) {
      const w = load<u64>(p);
      odd |= isStrange(w);
      h = mixed(h, small(w));
    }
    const w = load<u64>(last);
    odd |= isStrange(w);
    h = mixed(h, small(w));
  }
  strange = odd !== 0;
  h = h * 0xd6e8feb86659fd93;
  return <i32>(h >> 32);
}

/** Eight letters at once, as `stands`. */
export function write(to: i32, word: string): i32 {
  const n = word.length;
  const from = changetype<usize>(word);
  const zero = i64x2.splat(0);
  for (let i = 0; i < n; i += 8) {
    const letters = i64x2.extract_lane(i8x16.narrow_i16x8_u(v128.load(from + ((<usize>i) << 1)), zero), 0);
    store<u64>(to + i, <u64>letters);
  }
  return to + n;
}

export function copyPlain(to: i32, a: i32, b: i32): boolean {
  const low = i8x16.splat(0x20);
  const high = i8x16.splat(0x7e);
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  let odd: i32 = 0;
  let k = to;
  let p = a;
  for (; p < b; p += 16, k += 16) {
    const w = v128.load(p);
    v128.store(k, w);
    const out = v128.or(i8x16.lt_u(w, low), i8x16.gt_u(w, high));
    const mask = i8x16.bitmask(v128.or(out, v128.or(i8x16.eq(w, quote), i8x16.eq(w, backslash))));
    odd |= b - p < 16 ? mask & ((1 << (b - p)) - 1) : mask;
  }
  return odd === 0;
}

// @inline
export function int(value: f64): i32 {
  return <i32>value;
}
