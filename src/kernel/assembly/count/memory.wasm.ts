/** The memory that count.ts works in, as WASM instructions. See memory.ts. */

let top: i32 = 65536;

export function take(size: i32): i32 {
  const at = top;
  top = (top + size + 15) & ~15;
  const pages = (top + 131072) >>> 16;
  if (pages > memory.size()) memory.grow(max<i32>(pages - memory.size(), memory.size() >> 2));
  return at;
}

export function reset(): void {
  memory.fill(65536, 0, top - 65536);
  top = 65536;
}

// @inline
export function ld8(p: i32): i32 {
  return <i32>load<u8>(p);
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

// @inline
export function clear(at: i32, size: i32): void {
  memory.fill(at, 0, size);
}

export function find(byte: i32, p: i32, end: i32): i32 {
  const wanted = i8x16.splat(<i8>byte);
  while (p < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(p), wanted));
    if (mask !== 0) {
      const at = p + ctz(mask);
      return at < end ? at : end;
    }
    p += 16;
  }
  return end;
}

export let hash2: i32 = 0;

/** What stands behind the last whole word of eight bytes. */
// @inline
function tail(p: i32, b: i32): u64 {
  return load<u64>(p) & (((<u64>1) << ((<u64>(b - p)) << 3)) - 1);
}

// @inline
function mixed(h: u64, w: u64): u64 {
  const x = (h ^ w) * 0x9e3779b97f4a7c15;
  return x ^ (x >> 32);
}

export function hash(a: i32, b: i32): i32 {
  let h: u64 = 0x2545f4914f6cdd1d + <u64>(b - a);
  let p = a;
  while (p + 8 <= b) {
    h = mixed(h, load<u64>(p));
    p += 8;
  }
  if (p < b) h = mixed(h, tail(p, b));
  h = h * 0xd6e8feb86659fd93;
  h ^= h >> 32;
  hash2 = <i32>(h >> 32);
  return <i32>h;
}

export let strange: boolean = false;

const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

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
  let p = a;
  while (p + 8 <= b) {
    const w = load<u64>(p);
    odd |= isStrange(w);
    h = mixed(h, small(w));
    p += 8;
  }
  if (p < b) {
    const w = tail(p, b);
    odd |= isStrange(w);
    h = mixed(h, small(w));
  }
  strange = odd !== 0;
  h = h * 0xd6e8feb86659fd93;
  return <i32>(h >> 32);
}
