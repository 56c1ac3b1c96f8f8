/**
 * Bytes in linear memory, 16 and 64 at a time. AssemblyScript.
 * `// @inline` is a decorator of AssemblyScript (.scripts/assembly.mjs): a call in a loop costs more than what it calls.
 * Addresses are bytes from the start of the memory; 64 bytes behind the last one looked at must be readable.
 */

const LF: u8 = 10;

/** One bit per byte of 64 from `at`, the first the lowest: set where it is `byte`. */
// @inline
export function maskOf(at: usize, byte: v128): u64 {
  return join(
    i8x16.bitmask(i8x16.eq(v128.load(at), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 16), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 32), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 48), byte)),
  );
}

/** Four masks of 16 bytes as one. */
// @inline
export function join(a: i32, b: i32, c: i32, d: i32): u64 {
  return <u64>(<u32>(a | (b << 16))) | ((<u64>(<u32>(c | (d << 16)))) << 32);
}

/** The lowest `bits` bits, all from 64 on. */
// @inline
export function below(bits: u64): u64 {
  return bits >= 64 ? ~(<u64>0) : ((<u64>1) << bits) - 1;
}

/** Place of the first LF in [from, end), or `end`. */
export function nextLf(from: usize, end: usize): usize {
  const lf = i8x16.splat(LF);
  for (let at = from; at < end; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), lf));
    if (mask != 0) return min(at + <usize>ctz<i32>(mask), end);
  }
  return end;
}

/** What the last `countLf` saw: the place behind the last LF, or its `from` where there was none. */
export let behindLf: usize = 0;

/** How many bytes in [from, end) are an LF. */
export function countLf(from: usize, end: usize): u32 {
  const lf = i8x16.splat(LF);
  let count: u32 = 0;
  let behind = from;
  for (let at = from; at < end; at += 64) {
    let mask = maskOf(at, lf);
    if (end - at < 64) mask &= below(end - at);
    if (mask != 0) {
      count += <u32>popcnt<u64>(mask);
      behind = at + 64 - <usize>clz<u64>(mask);
    }
  }
  behindLf = behind;
  return count;
}
