/**
 * Open-addressing table from 53-bit hashes to objects: a Map with number keys that are no small integers
 * costs four times as much (a heap number a key).
 * Keys must be non-zero safe integers; two different things with equal hashes are one (1 in 10^9 at ten million keys).
 */
export class IdTable<V> {
  private keys: Float64Array;
  private values: (V | undefined)[];
  private mask: number;
  private used = 0;

  constructor(capacity = 1024) {
    let size = 16;
    while (size < capacity * 2) size *= 2;
    this.keys = new Float64Array(size);
    this.values = new Array<V | undefined>(size).fill(undefined);
    this.mask = size - 1;
  }

  get size(): number {
    return this.used;
  }

  get(key: number): V | undefined {
    const { keys, mask } = this;
    for (let i = slotOf(key, mask); ; i = (i + 1) & mask) {
      const k = keys[i];
      if (k === key) return this.values[i];
      if (k === 0) return undefined;
    }
  }

  set(key: number, value: V): void {
    if (this.used * 2 > this.mask) this.grow();
    const { keys, mask } = this;
    for (let i = slotOf(key, mask); ; i = (i + 1) & mask) {
      const k = keys[i];
      if (k === key) {
        this.values[i] = value;
        return;
      }
      if (k === 0) {
        keys[i] = key;
        this.values[i] = value;
        this.used++;
        return;
      }
    }
  }

  delete(key: number): void {
    const { keys, mask, values } = this;
    let i = slotOf(key, mask);
    for (; keys[i] !== key; i = (i + 1) & mask) if (keys[i] === 0) return;
    this.used--;
    // Backward shift: what follows in the run moves up, so that no tombstones are needed.
    for (let j = (i + 1) & mask; keys[j] !== 0; j = (j + 1) & mask) {
      const home = slotOf(keys[j] as number, mask);
      if (((j - home) & mask) < ((j - i) & mask)) continue;
      keys[i] = keys[j] as number;
      values[i] = values[j];
      i = j;
    }
    keys[i] = 0;
    values[i] = undefined;
  }

  *entries(): IterableIterator<V> {
    for (let i = 0; i < this.keys.length; i++) if (this.keys[i] !== 0) yield this.values[i] as V;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.values = new Array<V | undefined>(keys.length * 2).fill(undefined);
    this.mask = this.keys.length - 1;
    this.used = 0;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 0) this.set(keys[i] as number, values[i] as V);
  }
}

function slotOf(key: number, mask: number): number {
  return (key ^ (key / 0x100000000)) & mask;
}
