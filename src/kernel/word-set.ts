/**
 * Hashes of words in an open-addressing table, whose memory the kernel gives: the WASM module reads the same table.
 * Shape:  a slot holds a hash, 0 is empty; a hash starts at its top bits; at most half of the slots are taken.
 */

const LEAST_BITS = 4;

export class WordSet {
  /** 2^bits slots */
  table: Uint32Array = new Uint32Array(1 << LEAST_BITS);
  bits = LEAST_BITS;
  /** lengths of words in the set (bit 0 = one byte): 1 to 32 bytes, and 33 to 64; see `wordHash` */
  shortLengths = 0;
  longLengths = 0;

  /** Replaces what is in the set. `room` gives the memory for so many slots, whatever is in it. */
  fill(hashes: Iterable<number>, room: (slots: number) => Uint32Array): void {
    const list = Uint32Array.from(hashes);
    this.bits = LEAST_BITS;
    while (2 ** this.bits < list.length * 2) this.bits += 1;
    this.table = room(2 ** this.bits).fill(0);
    this.shortLengths = 0;
    this.longLengths = 0;
    for (const hash of list) this.#add(hash);
  }

  has(hash: number): boolean {
    const { table } = this;
    const last = table.length - 1;
    for (let slot = hash >>> (32 - this.bits); ; slot = (slot + 1) & last) {
      if (table[slot] === hash) return true;
      if (table[slot] === 0) return false;
    }
  }

  hasLength(length: number): boolean {
    return ((length <= 32 ? this.shortLengths >>> (length - 1) : this.longLengths >>> (length - 33)) & 1) === 1;
  }

  #add(hash: number): void {
    if (hash === 0) return;
    const { table } = this;
    const last = table.length - 1;
    let slot = hash >>> (32 - this.bits);
    while (table[slot] !== 0 && table[slot] !== hash) slot = (slot + 1) & last;
    table[slot] = hash;
    if ((hash & 32) === 0) this.shortLengths |= 1 << (hash & 31);
    else this.longLengths |= 1 << (hash & 31);
  }
}
