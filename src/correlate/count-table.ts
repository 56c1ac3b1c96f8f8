/**
 * How often each of very many hashes came: one number a key in a table at least three eighths full, at most 22 bytes a
 * key. Nearly all come once: only of the others a count is kept.
 * Two tables, of which the older is let go when the newer is as large as it may be: what came lately is counted.
 */
const FIRST_SLOTS = 4096;
const SLOT_BYTES = 8;

export class CountTable {
  private now = new Hashes();
  private before = new Hashes();
  private readonly mostSlots: number;

  /** `bytes` for both tables. */
  constructor(bytes = Number.POSITIVE_INFINITY) {
    // while one is made larger, the smaller one is there too
    this.mostSlots = Math.max(FIRST_SLOTS, bytes / SLOT_BYTES / 2.5);
  }

  /** Counts this hash once more; returns how often it came so far. */
  add(hash: number): number {
    const key = hash === 0 ? 1 : hash;
    if (this.now.isFull && this.now.slots * 2 > this.mostSlots) {
      this.before = this.now;
      this.now = new Hashes();
    }
    const count = (this.now.count(key) || this.before.count(key)) + 1;
    this.now.set(key, count);
    return count;
  }
}

class Hashes {
  private keys = new Float64Array(FIRST_SLOTS);
  private used = 0;
  /** of hashes that came more than once */
  private readonly counts = new Map<number, number>();

  get slots(): number {
    return this.keys.length;
  }

  /** The next hash makes it twice as large. */
  get isFull(): boolean {
    return this.used * 4 + this.counts.size * 16 >= this.keys.length * 3;
  }

  count(key: number): number {
    return this.keys[this.slot(key)] === 0 ? 0 : (this.counts.get(key) ?? 1);
  }

  set(key: number, count: number): void {
    if (this.isFull) this.grow();
    const i = this.slot(key);
    if (this.keys[i] === 0) {
      this.keys[i] = key;
      this.used++;
    }
    if (count > 1) this.counts.set(key, count);
  }

  private slot(key: number): number {
    const mask = this.keys.length - 1;
    let i = (key ^ (key / 0x100000000)) & mask;
    while (this.keys[i] !== 0 && this.keys[i] !== key) i = (i + 1) & mask;
    return i;
  }

  private grow(): void {
    const { keys } = this;
    this.keys = new Float64Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      if (key !== 0) this.keys[this.slot(key)] = key;
    }
  }
}
