/** Numbers that grow without being copied, and a set of hashes: what is kept of each message beside its bytes. */

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;

/** A list of numbers of 8 bytes. */
export class Doubles {
  readonly #chunks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const place = this.length++ & MASK;
    if (place === 0) this.#chunks.push(new Float64Array(CHUNK));
    (this.#chunks[this.#chunks.length - 1] as Float64Array)[place] = value;
  }

  /** Changes the first `count` numbers. */
  change(count: number, to: (value: number) => number): void {
    for (let i = 0; i < count; i++) {
      const chunk = this.#chunks[Math.floor(i / CHUNK)] as Float64Array;
      chunk[i & MASK] = to(chunk[i & MASK] as number);
    }
  }

  at(index: number): number {
    return (this.#chunks[Math.floor(index / CHUNK)] as Float64Array)[index & MASK] as number;
  }
}

/** A list of whole numbers from 0 to 2^32 - 1. */
export class Words {
  readonly #chunks: Uint32Array[] = [];
  length = 0;

  push(value: number): void {
    const place = this.length++ & MASK;
    if (place === 0) this.#chunks.push(new Uint32Array(CHUNK));
    (this.#chunks[this.#chunks.length - 1] as Uint32Array)[place] = value;
  }

  /** Changes the first `count` numbers. */
  change(count: number, to: (value: number) => number): void {
    for (let i = 0; i < count; i++) {
      const chunk = this.#chunks[Math.floor(i / CHUNK)] as Uint32Array;
      chunk[i & MASK] = to(chunk[i & MASK] as number);
    }
  }

  at(index: number): number {
    return (this.#chunks[Math.floor(index / CHUNK)] as Uint32Array)[index & MASK] as number;
  }
}

/** Hashes that were seen: open addressing, at most three quarters full, so at most 11 bytes each once it is large. */
export class HashSet {
  #slots = new Uint32Array(1024);
  /** 32 minus the bits of a slot's number */
  #shift = 22;
  #size = 0;

  add(hash: number): void {
    if (4 * (this.#size + 1) > 3 * this.#slots.length) {
      const before = this.#slots;
      this.#slots = new Uint32Array(2 * before.length);
      this.#shift--;
      for (const old of before) if (old !== 0) this.#slots[this.#find(old)] = old;
    }
    const slot = this.#find(hash >>> 0 || 1);
    if (this.#slots[slot] === 0) this.#size++;
    this.#slots[slot] = hash >>> 0 || 1;
  }

  has(hash: number): boolean {
    return this.#slots[this.#find(hash >>> 0 || 1)] !== 0;
  }

  /** Where a hash stands, or would stand. */
  #find(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }
}
