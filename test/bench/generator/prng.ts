/**
 * A small seeded random source, so that the same seed gives the same log on every machine.
 * Algorithm: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 */
export class Prng {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    this.a = seed >>> 0;
    this.b = (seed ^ 0x9e3779b9) >>> 0;
    this.c = Math.imul(seed + 1, 0x85ebca6b) >>> 0;
    this.d = 1;
    for (let i = 0; i < 16; i += 1) this.u32();
  }

  /** An integer of 32 random bits. */
  u32(): number {
    const t = (this.a + this.b + this.d) >>> 0;
    this.d = (this.d + 1) >>> 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) >>> 0;
    this.c = (this.c + t) >>> 0;
    return t;
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    return this.u32() / 0x100000000;
  }

  /** An integer from 0 up to, not including, `n`. */
  int(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.int(high - low + 1);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** Exponentially distributed with the given mean: gaps between arrivals. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** `length` characters of the alphabet. */
  text(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i += 1) out += alphabet[this.int(alphabet.length)];
    return out;
  }
}

/** Ranks 0..n-1 with probability proportional to 1/(rank+1)^s: few senders write most mail. */
export class Zipf {
  private readonly sums: Float64Array;

  constructor(n: number, s: number) {
    this.sums = new Float64Array(n);
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      sum += 1 / (i + 1) ** s;
      this.sums[i] = sum;
    }
  }

  draw(prng: Prng): number {
    const sums = this.sums;
    const want = prng.next() * (sums[sums.length - 1] as number);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if ((sums[mid] as number) < want) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}
