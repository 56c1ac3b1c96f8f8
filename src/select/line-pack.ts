/**
 * Lines as they stand in a block, packed: few arrays in place of a text and an object each, which go from thread to thread as
 * they are.
 * Bounds: a pack is no larger than PACK_BYTES, or has one line.
 */

/** The lines, each with an LF; of each where that is, its offset in the file and its number. */
export interface LinePack {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly lines: Float64Array<ArrayBuffer>;
}

const PACK_BYTES = 256 * 1024;
const FIRST_BYTES = 16 * 1024;
const FIRST_LINES = 64;
const LF = 10;

export class LinePacker {
  /** lines since the last `take` */
  count = 0;
  #packs: LinePack[] = [];
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #ends = new Uint32Array(FIRST_LINES);
  #offsets = new Float64Array(FIRST_LINES);
  #lines = new Float64Array(FIRST_LINES);
  #used = 0;
  #packed = 0;

  /** The line at bytes[start, end), which is at `offset` in its file and has this number. */
  add(bytes: Buffer, start: number, end: number, offset: number, line: number): void {
    const size = end - start + 1;
    if (this.#packed > 0 && this.#used + size > PACK_BYTES) this.#close();
    this.#grow(size);
    bytes.copy(this.#bytes, this.#used, start, end);
    this.#used += size;
    this.#bytes[this.#used - 1] = LF;
    const i = this.#packed++;
    this.#ends[i] = this.#used - 1;
    this.#offsets[i] = offset;
    this.#lines[i] = line;
    this.count++;
  }

  /** All of them; from now on there is none. */
  take(): LinePack[] {
    this.#close();
    const packs = this.#packs;
    this.#packs = [];
    this.count = 0;
    return packs;
  }

  #close(): void {
    const n = this.#packed;
    if (n === 0) return;
    const bytes = new Uint8Array(this.#bytes.subarray(0, this.#used));
    const [ends, offsets, lines] = [this.#ends.slice(0, n), this.#offsets.slice(0, n), this.#lines.slice(0, n)];
    this.#packs.push({ bytes, ends, offsets, lines });
    this.#used = 0;
    this.#packed = 0;
  }

  #grow(size: number): void {
    const { length } = this.#bytes;
    if (this.#used + size > length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length * 2, this.#used + size));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    const lines = this.#ends.length;
    if (this.#packed < lines) return;
    const [ends, offsets, numbers] = [this.#ends, this.#offsets, this.#lines];
    this.#ends = new Uint32Array(lines * 2);
    this.#ends.set(ends);
    this.#offsets = new Float64Array(lines * 2);
    this.#offsets.set(offsets);
    this.#lines = new Float64Array(lines * 2);
    this.#lines.set(numbers);
  }
}
