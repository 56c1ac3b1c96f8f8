/**
 * How often each of very many hashes came: one number a key in a table at least three eighths full, at most 22 bytes a
 * key. Nearly all come once: only of the others a count is kept.
 */
export class CountTable {
  private keys = new Float64Array(4096);
  private used = 0;
  /** of hashes that came more than once */
  private readonly counts = new Map<number, number>();

  /** Counts this hash once more; returns how often it came so far. */
  add(hash: number): number {
    if (this.used * 4 >= this.keys.length * 3) this.grow();
    const key = hash === 0 ? 1 : hash;
    const i = this.slot(key);
    if (this.keys[i] === 0) {
      this.keys[i] = key;
      this.used++;
      return 1;
    }
    const count = (this.counts.get(key) ?? 1) + 1;
    this.counts.set(key, count);
    return count;
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
