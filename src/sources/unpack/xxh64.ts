/**
 * XXH64, of which a zstd frame's checksum is the low half: bytes in, 32 bits out. On 32-bit halves, for BigInt would take
 * longer than the unpacking.
 * Source: the xxHash specification (doc/xxhash_spec.md of Cyan4973/xxHash), seed 0; RFC 8878 3.1.1.
 */

const STRIPE = 32;
const LANES = 4;

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const MASK = 0xffffffffffffffffn;

const P1_HIGH = 0x9e3779b1;
const P1_LOW = 0x85ebca87;
const P2_HIGH = 0xc2b2ae3d;
const P2_LOW = 0x27d4eb4f;

export class Xxh64 {
  /** high and low half of each lane */
  readonly #high: Int32Array;
  readonly #low: Int32Array;
  readonly #rest = new Uint8Array(STRIPE);
  #restLength = 0;
  #length = 0;

  constructor() {
    const starts = [P1 + P2, P2, 0n, -P1];
    this.#high = Int32Array.from(starts, (start) => Number(BigInt.asIntN(32, start >> 32n)));
    this.#low = Int32Array.from(starts, (start) => Number(BigInt.asIntN(32, start)));
  }

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(STRIPE - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < STRIPE) return;
      this.#stripes(this.#rest, 0, STRIPE);
      this.#restLength = 0;
    }
    const end = at + ((bytes.length - at) & -STRIPE);
    this.#stripes(bytes, at, end);
    this.#rest.set(bytes.subarray(end));
    this.#restLength = bytes.length - end;
  }

  /** Whole stripes: bytes[from, to). */
  #stripes(bytes: Uint8Array, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let lane = 0; lane < LANES; lane++) {
      let high = this.#high[lane] as number;
      let low = this.#low[lane] as number;
      for (let at = from + lane * 8; at < to; at += STRIPE) {
        const inLow = view.getInt32(at, true);
        const inHigh = view.getInt32(at + 4, true);
        // + input * P2
        const addLow = Math.imul(inLow, P2_LOW);
        const addHigh = upperHalf(inLow, P2_LOW) + Math.imul(inLow, P2_HIGH) + Math.imul(inHigh, P2_LOW);
        const sumLow = (low >>> 0) + (addLow >>> 0);
        const sumHigh = (high + addHigh + (sumLow > 0xffffffff ? 1 : 0)) | 0;
        const sumLow32 = sumLow | 0;
        // left by 31
        const turnedHigh = (sumHigh << 31) | (sumLow32 >>> 1);
        const turnedLow = (sumLow32 << 31) | (sumHigh >>> 1);
        // * P1
        low = Math.imul(turnedLow, P1_LOW);
        high = (upperHalf(turnedLow, P1_LOW) + Math.imul(turnedLow, P1_HIGH) + Math.imul(turnedHigh, P1_LOW)) | 0;
      }
      this.#high[lane] = high;
      this.#low[lane] = low;
    }
  }

  /** The low 32 bits, unsigned. */
  digest(): number {
    let hash = this.#length < STRIPE ? P5 : this.#merged();
    hash = (hash + BigInt(this.#length)) & MASK;
    const view = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= this.#restLength; at += 8)
      hash = (turn(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK;
    for (; at + 4 <= this.#restLength; at += 4)
      hash = (turn(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK;
    for (; at < this.#restLength; at++)
      hash = (turn(hash ^ ((BigInt(view.getUint8(at)) * P5) & MASK), 11n) * P1) & MASK;
    hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
    hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
    return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)));
  }

  #merged(): bigint {
    const lanes = Array.from(this.#high, (high, lane) => {
      return BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt((this.#low[lane] as number) >>> 0));
    });
    const turns = [1n, 7n, 12n, 18n];
    let hash = lanes.reduce((sum, lane, i) => sum + turn(lane, turns[i] as bigint), 0n) & MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
    return hash;
  }
}

const turn = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;
const round = (sum: bigint, input: bigint): bigint => (turn((sum + input * P2) & MASK, 31n) * P1) & MASK;

/** The upper 32 bits of the product of two unsigned words. */
function upperHalf(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (other >>> 16);
}
