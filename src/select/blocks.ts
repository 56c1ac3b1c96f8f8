/**
 * Where the blocks of a file begin, and which words may stand in them: noted in the first pass, so that later ones read only
 * blocks that can hold what they look for.
 * Units:  bytes; lines from 1; blocks from 0.
 * Bounds: about 2 KiB a block of 128 KiB or more (scan.ts): 16 MiB a GiB of log.
 */
import type { Times } from './block-times.ts';
import { mayHold, ShelfBuilder, type BlockMask, type Shelf } from './shelf.ts';

/** more words than these are in most blocks */
const MOST_ASKED = 4096;

/** What is asked of a block: the marks that it must have; undefined: nothing is known of it. */
export type Marks = readonly number[] | undefined;

export class Blocks {
  count = 0;
  /** one past the last byte of the last */
  end = 0;
  readonly #bases: number[] = [];
  readonly #lines: number[] = [];
  readonly #times: Times[] = [];
  readonly #shelves: Shelf[] = [];
  /** marks of the last ones, by who adds them one by one */
  #builder: ShelfBuilder | undefined;

  /** The next block begins at `base`, with line number `line`, and has these marks; undefined: any. */
  add(base: number, line: number, end: number, marks: Uint32Array | undefined, times: Times): void {
    this.#builder ??= new ShelfBuilder();
    if (!this.#builder.hasRoom(marks)) this.#close();
    this.#builder.add(marks);
    this.know(base, line, end, times);
  }

  /** The same but for the marks, which come in shelves. */
  know(base: number, line: number, end: number, times: Times): void {
    this.#times.push(times);
    this.#bases.push(base);
    this.#lines.push(line);
    this.count++;
    this.end = end;
  }

  /** Marks of the blocks behind those whose marks are known. */
  knowMarks(shelf: Shelf): void {
    this.#shelves.push(shelf);
  }

  #close(): void {
    const shelf = this.#builder?.take();
    if (shelf !== undefined) this.#shelves.push(shelf);
  }

  /** When its lines were written. */
  times(block: number): Times {
    return this.#times[block];
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
  holdingEach(wanted: readonly Marks[]): Map<number, number[]> {
    this.#close();
    this.#builder = undefined;
    const out = new Map<number, number[]>();
    let first = 0;
    for (const shelf of this.#shelves) {
      const which: (number[] | undefined)[] = [];
      for (let i = 0; i < wanted.length; i++)
        for (let left = maskOf(shelf, wanted[i]); left !== 0; left &= left - 1)
          (which[31 - Math.clz32(left & -left)] ??= []).push(i);
      for (let block = 0; block < shelf.blocks; block++) {
        const own = which[block];
        if (own !== undefined) out.set(first + block, own);
      }
      first += shelf.blocks;
    }
    return out;
  }

  /** The blocks that may hold any of these words or needles. */
  holding(wanted: readonly Marks[]): number[] {
    if (wanted.length <= MOST_ASKED && !wanted.includes(undefined)) return [...this.holdingEach(wanted).keys()];
    return Array.from({ length: this.count }, (_, block) => block);
  }
}

/** The blocks of the shelf that may have all of these. */
function maskOf(shelf: Shelf, marks: Marks): BlockMask {
  let mask: BlockMask = shelf.blocks === 32 ? -1 : (1 << shelf.blocks) - 1;
  if (marks !== undefined)
    for (let i = 0; i < marks.length && mask !== 0; i++) mask &= mayHold(shelf, marks[i] as number);
  return mask;
}
