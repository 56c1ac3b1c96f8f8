/**
 * Many small pieces of a file, wanted in another order than they stand in it: read in long stretches in the order of the
 * file, each piece copied to its place.
 */

/** Pieces at most this far apart are read in one go; a stretch is at most this long (a longer piece is read alone). */
const GAP_BYTES = 16 * 1024;
const STRETCH_BYTES = 512 * 1024;
/** So many pieces are sorted at once: an offset (below 2^40) and a piece's number fit into one exact number. */
const MOST = 8192;
const LARGEST_OFFSET = 2 ** 40;

/** Reads [from, from + length) to the beginning of `into`; returns how many bytes there were. May throw. */
export type ReadStretch = (from: number, length: number, into: Buffer) => number;

export class Gatherer {
  #count = 0;
  readonly #offsets = new Float64Array(MOST);
  readonly #lengths = new Float64Array(MOST);
  readonly #targets = new Float64Array(MOST);
  readonly #keys = new Float64Array(MOST);
  #stretch = Buffer.allocUnsafeSlow(STRETCH_BYTES);
  readonly #read: ReadStretch;

  constructor(read: ReadStretch) {
    this.#read = read;
  }

  /** No more pieces fit: fetch() these first. */
  get isFull(): boolean {
    return this.#count === MOST;
  }

  /** Wants [offset, offset + length), to stand at `target`. */
  want(offset: number, length: number, target: number): void {
    const n = this.#count++;
    this.#offsets[n] = offset;
    this.#lengths[n] = length;
    this.#targets[n] = target;
  }

  /** Copies what is wanted into `out`; `missing` is told the target of a piece that is not there. Wants nothing afterwards. */
  fetch(out: Buffer, missing: (target: number) => void): void {
    const count = this.#count;
    this.#count = 0;
    const order = this.#order(count);
    const offsets = this.#offsets;
    const lengths = this.#lengths;
    for (let first = 0; first < count;) {
      const from = offsets[order(first)] as number;
      let end = from;
      let next = first;
      for (; next < count; next++) {
        const piece = order(next);
        const offset = offsets[piece] as number;
        const pieceEnd = offset + (lengths[piece] as number);
        if (next > first && (offset > end + GAP_BYTES || pieceEnd > from + STRETCH_BYTES)) break;
        if (pieceEnd > end) end = pieceEnd;
      }
      const got = this.#load(from, end - from);
      for (; first < next; first++) {
        const piece = order(first);
        const start = (offsets[piece] as number) - from;
        const stop = start + (lengths[piece] as number);
        const target = this.#targets[piece] as number;
        if (stop > got) missing(target);
        else this.#stretch.copy(out, target, start, stop);
      }
    }
  }

  /** From a place in the order of the file to the number of the piece. */
  #order(count: number): (place: number) => number {
    const offsets = this.#offsets;
    let isSorted = true;
    let largest = offsets[0] ?? 0;
    for (let i = 1; i < count; i++) {
      const offset = offsets[i] as number;
      if (offset < (offsets[i - 1] as number)) isSorted = false;
      if (offset > largest) largest = offset;
    }
    if (isSorted) return (place) => place;
    if (largest >= LARGEST_OFFSET) {
      const places = Array.from({ length: count }, (_, i) => i).sort(
        (a, b) => (offsets[a] as number) - (offsets[b] as number),
      );
      return (place) => places[place] as number;
    }
    const keys = this.#keys;
    for (let i = 0; i < count; i++) keys[i] = (offsets[i] as number) * MOST + i;
    keys.subarray(0, count).sort();
    return (place) => (keys[place] as number) % MOST;
  }

  #load(from: number, length: number): number {
    if (length > this.#stretch.length) this.#stretch = Buffer.allocUnsafeSlow(length);
    else if (this.#stretch.length > STRETCH_BYTES && length <= STRETCH_BYTES)
      this.#stretch = Buffer.allocUnsafeSlow(STRETCH_BYTES);
    try {
      return this.#read(from, length, this.#stretch);
    } catch {
      // the disk fails: what was read before is kept
      return 0;
    }
  }
}
