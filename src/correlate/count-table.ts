/**
 * How often each of very many hashes came: two numbers a key in tables at most half full, 24 bytes a key.
 */
export class CountTable {
  private keys = new Float64Array(4096);
  private counts = new Uint32Array(4096);
  private used = 0;

  /** Counts this hash once more; returns how often it came so far. */
  add(hash: number): number {
    if (this.used * 2 >= this.keys.length) this.grow();
    const key = hash === 0 ? 1 : hash;
    const i = this.slot(key);
    if (this.keys[i] === 0) {
      this.keys[i] = key;
      this.used++;
    }
    return (this.counts[i] = (this.counts[i] as number) + 1);
  }

  private slot(key: number): number {
    const mask = this.keys.length - 1;
    let i = (key ^ (key / 0x100000000)) & mask;
    while (this.keys[i] !== 0 && this.keys[i] !== key) i = (i + 1) & mask;
    return i;
  }

  private grow(): void {
    const { keys, counts } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.counts = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const to = this.slot(keys[i] as number);
      this.keys[to] = keys[i] as number;
      this.counts[to] = counts[i] as number;
    }
  }
}
