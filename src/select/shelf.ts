/**
 * The marks of some blocks in a row, sorted, so that one look tells which of the blocks may hold a word.
 * Shape:  numbers of 29 bits, a mark (kernel/word-marks.ts) and below it the block: one past the last of each bucket, which are
 *         their upper 13 bits, then the lower 16 bits of all.
 * Bounds: 32 blocks, and 65,535 marks: fewer blocks where these have more. About 2 bytes a mark, and 16 KiB.
 */

/** Blocks at most: a bit each in a mask. */
export const SHELF_BLOCKS = 32;
const BLOCK_BITS = 5;
const LOW_BITS = 16;
const BUCKETS = 2 ** 13;
const MOST = 2 ** LOW_BITS - 1;

/** A bit for each block of a shelf. */
export type BlockMask = number;

export interface Shelf {
  readonly blocks: number;
  /** blocks of which nothing is known */
  readonly unknown: BlockMask;
  readonly noted: Uint16Array;
}

/** The blocks of the shelf that may hold what has this mark. */
export function mayHold({ noted, unknown }: Shelf, mark: number): BlockMask {
  const bucket = mark >>> (LOW_BITS - BLOCK_BITS);
  const low = mark & (2 ** (LOW_BITS - BLOCK_BITS) - 1);
  let mask = unknown;
  const end = BUCKETS + (noted[bucket] as number);
  for (let i = BUCKETS + (bucket === 0 ? 0 : (noted[bucket - 1] as number)); i < end; i++) {
    const one = noted[i] as number;
    if (one >>> BLOCK_BITS === low) mask |= 1 << (one & (SHELF_BLOCKS - 1));
  }
  return mask;
}

/** A shelf in the making; the same for one after the other. */
export class ShelfBuilder {
  #blocks = 0;
  #unknown: BlockMask = 0;
  readonly #numbers = new Uint32Array(MOST);
  #count = 0;

  /** Whether these marks of the next block have room. */
  hasRoom(marks: Uint32Array | undefined): boolean {
    return this.#blocks < SHELF_BLOCKS && this.#count + (marks?.length ?? 0) <= MOST;
  }

  /** undefined: nothing is known of the block. */
  add(marks: Uint32Array | undefined): void {
    const block = this.#blocks++;
    if (marks === undefined) {
      this.#unknown |= 1 << block;
      return;
    }
    const numbers = this.#numbers;
    let count = this.#count;
    for (let i = 0; i < marks.length; i++) numbers[count++] = ((marks[i] as number) << BLOCK_BITS) | block;
    this.#count = count;
  }

  /** What was added since the last one; undefined: nothing. */
  take(): Shelf | undefined {
    const blocks = this.#blocks;
    if (blocks === 0) return undefined;
    const shelf = { blocks, unknown: this.#unknown, noted: sorted(this.#numbers.subarray(0, this.#count)) };
    this.#blocks = 0;
    this.#unknown = 0;
    this.#count = 0;
    return shelf;
  }
}

function sorted(numbers: Uint32Array): Uint16Array {
  const out = new Uint16Array(BUCKETS + numbers.length);
  for (let i = 0; i < numbers.length; i++) (out[(numbers[i] as number) >>> LOW_BITS] as number)++;
  let sum = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const own = out[bucket] as number;
    out[bucket] = sum;
    sum += own;
  }
  // each bucket's begin moves on to its end
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    const bucket = number >>> LOW_BITS;
    const at = out[bucket] as number;
    out[BUCKETS + at] = number;
    out[bucket] = at + 1;
  }
  return out;
}
