/**
 * Where the blocks of a file begin, and which words may stand in them: noted in the first pass, so that later ones read only
 * blocks that can hold what they look for.
 * Units:  bytes; lines from 1; blocks from 0.
 * Bounds: 2 KiB a block, of 128 KiB or more (scan.ts): 16 MiB a GiB of log.
 */
import { FILTER_BYTES, mayHold } from '../kernel/index.ts';

const SLAB_BLOCKS = 64;
/** more words than these are in most blocks */
const MOST_ASKED = 4096;

export class Blocks {
  count = 0;
  /** one past the last byte of the last */
  end = 0;
  readonly #bases: number[] = [];
  readonly #lines: number[] = [];
  readonly #filters: Uint8Array[] = [];

  /** The next block begins at `base`, with line number `line`; `filter` is copied. */
  add(base: number, line: number, end: number, filter: Uint8Array): void {
    const slot = this.count % SLAB_BLOCKS;
    if (slot === 0) this.#filters.push(new Uint8Array(SLAB_BLOCKS * FILTER_BYTES));
    (this.#filters.at(-1) as Uint8Array).set(filter, slot * FILTER_BYTES);
    this.#bases.push(base);
    this.#lines.push(line);
    this.count++;
    this.end = end;
  }

  /** Its first byte; of the block behind the last, the end. */
  base(block: number): number {
    return this.#bases[block] ?? this.end;
  }

  /** Number of its first line. */
  line(block: number): number {
    return this.#lines[block] as number;
  }

  /** The block of this byte; the nearest where none has it. */
  at(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#bases[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The blocks that may hold any of these, and which of them (by index) each may hold. */
  holdingEach(wanted: readonly (readonly number[] | undefined)[]): Map<number, number[]> {
    const out = new Map<number, number[]>();
    for (let block = 0; block < this.count; block++) {
      const slab = this.#filters[Math.floor(block / SLAB_BLOCKS)] as Uint8Array;
      const at = (block % SLAB_BLOCKS) * FILTER_BYTES;
      let which: number[] | undefined;
      for (let i = 0; i < wanted.length; i++) {
        const places = wanted[i];
        if (places === undefined || mayHold(slab, at, places)) (which ??= []).push(i);
      }
      if (which !== undefined) out.set(block, which);
    }
    return out;
  }

  /**
   * The blocks that may hold any of these words or needles, by their places (kernel/word-filter.ts); all of them, where
   * filters do not tell of one.
   */
  holding(wanted: readonly (readonly number[] | undefined)[]): number[] {
    const out: number[] = [];
    const isAny = wanted.length > MOST_ASKED || wanted.includes(undefined);
    for (let block = 0; block < this.count; block++) {
      const slab = this.#filters[Math.floor(block / SLAB_BLOCKS)] as Uint8Array;
      const at = (block % SLAB_BLOCKS) * FILTER_BYTES;
      if (isAny || wanted.some((places) => mayHold(slab, at, places as readonly number[]))) out.push(block);
    }
    return out;
  }
}
