/** Seeded numbers for the fuzzer: the same case from the same seed, on every machine. */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Any number; of it the low 32 bits. */
  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    this.#d = 1;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 bits: sfc32, a small fast counting generator (PractRand). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** A whole number in [0, n); 0 where n is 0. */
  below(n: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * n);
  }

  /** True in this share of the cases. */
  is(share: number): boolean {
    return this.next() < share * 0x1_0000_0000;
  }

  /** One of them. The list is not empty. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Small numbers more often than great ones: 1 to `most`. */
  few(most: number): number {
    return 1 + this.below(1 + this.below(most));
  }
}

/** The seed of a case: of the run's seed, the target's name and the number of the case. */
export function caseSeed(seed: number, target: string, index: number): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (const unit of `${target} ${index}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
}
