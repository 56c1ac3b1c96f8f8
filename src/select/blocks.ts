/**
 * Where the blocks of a file begin, and which words may stand in them: noted in the first pass, so that later ones read only
 * blocks that can hold what they look for.
 * Units:  bytes; lines from 1; blocks from 0.
 * Shape:  the marks of a block (kernel/word-marks.ts) by their upper 8 bits: 256 ends in a row, then the lower 16 bits of all.
 * Bounds: about 2 KiB a block of 128 KiB or more (scan.ts): 16 MiB a GiB of log.
 */
import type { Times } from './block-times.ts';

const BUCKETS = 256;
const SLAB_NUMBERS = 256 * 1024;
/** more words than these are in most blocks */
const MOST_ASKED = 4096;
/** so many are sooner looked up than asked for one by one */
const MANY_ASKED = 20;

/** What is asked of a block: the marks that it must have; undefined: nothing is known of it. */
export type Marks = readonly number[] | undefined;

/** Marks of one block; undefined: all may be there. */
type Noted = Uint16Array | undefined;

export class Blocks {
  count = 0;
  /** one past the last byte of the last */
  end = 0;
  readonly #bases: number[] = [];
  readonly #lines: number[] = [];
  readonly #noted: Noted[] = [];
  readonly #times: Times[] = [];
  #slab = new Uint16Array(0);
  #used = 0;

  /** The next block begins at `base`, with line number `line`, and has these marks; undefined: any. */
  add(base: number, line: number, end: number, marks: Uint32Array | undefined, times: Times): void {
    this.know(base, line, end, marks && this.#sorted(marks), times);
  }

  /** The same with what sortedMarks made of the marks. */
  know(base: number, line: number, end: number, noted: Noted, times: Times): void {
    this.#noted.push(noted);
    this.#times.push(times);
    this.#bases.push(base);
    this.#lines.push(line);
    this.count++;
    this.end = end;
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
    return wanted.length < MANY_ASKED ? this.#askEach(wanted) : this.#lookUp(wanted);
  }

  /** The blocks that may hold any of these words or needles. */
  holding(wanted: readonly Marks[]): number[] {
    if (wanted.length <= MOST_ASKED && !wanted.includes(undefined)) return [...this.holdingEach(wanted).keys()];
    return Array.from({ length: this.count }, (_, block) => block);
  }

  /** Each of each block. */
  #askEach(wanted: readonly Marks[]): Map<number, number[]> {
    const out = new Map<number, number[]>();
    for (const [block, noted] of this.#noted.entries()) {
      let which: number[] | undefined;
      for (let i = 0; i < wanted.length; i++) if (mayHold(noted, wanted[i])) (which ??= []).push(i);
      if (which !== undefined) out.set(block, which);
    }
    return out;
  }

  /** Each mark of a block is looked up among those that are wanted: sooner where these are many. */
  #lookUp(wanted: readonly Marks[]): Map<number, number[]> {
    const byMark = new Map<number, number[]>();
    const anywhere: number[] = [];
    // by the lower bits of a mark
    const isAsked = new Uint8Array(2 ** 16);
    for (const [i, marks] of wanted.entries()) {
      const first = marks?.[0];
      if (first === undefined) {
        anywhere.push(i);
        continue;
      }
      isAsked[first & 0xffff] = 1;
      const list = byMark.get(first);
      if (list === undefined) byMark.set(first, [i]);
      else list.push(i);
    }
    const out = new Map<number, number[]>();
    for (const [block, noted] of this.#noted.entries()) {
      if (noted === undefined) {
        out.set(block, [...wanted.keys()]);
        continue;
      }
      const which = new Set(anywhere);
      for (let at = BUCKETS; at < noted.length; at++) {
        if (isAsked[noted[at] as number] === 0) continue;
        for (const i of byMark.get((bucketOf(noted, at - BUCKETS) << 16) | (noted[at] as number)) ?? [])
          if (mayHold(noted, wanted[i])) which.add(i);
      }
      if (which.size > 0) out.set(block, [...which]);
    }
    return out;
  }

  #sorted(marks: Uint32Array): Uint16Array {
    const size = BUCKETS + marks.length;
    if (this.#used + size > this.#slab.length) {
      this.#slab = new Uint16Array(Math.max(SLAB_NUMBERS, size));
      this.#used = 0;
    }
    const out = this.#slab.subarray(this.#used, this.#used + size);
    this.#used += size;
    return sortedMarks(marks, out);
  }
}

/** The marks of a block as they are kept; `out` has room for them and BUCKETS more, all 0. */
export function sortedMarks(marks: Uint32Array, out = new Uint16Array(BUCKETS + marks.length)): Uint16Array {
  for (const mark of marks) (out[mark >>> 16] as number)++;
  let sum = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const own = out[bucket] as number;
    out[bucket] = sum;
    sum += own;
  }
  // each bucket's begin moves on to its end
  for (const mark of marks) {
    const bucket = mark >>> 16;
    const at = out[bucket] as number;
    out[BUCKETS + at] = mark & 0xffff;
    out[bucket] = at + 1;
  }
  return out;
}

function mayHold(noted: Noted, marks: Marks): boolean {
  if (noted === undefined || marks === undefined) return true;
  for (let i = 0; i < marks.length; i++) if (!has(noted, marks[i] as number)) return false;
  return true;
}

function has(noted: Uint16Array, mark: number): boolean {
  const bucket = mark >>> 16;
  const low = mark & 0xffff;
  const end = noted[bucket] as number;
  for (let i = bucket === 0 ? 0 : (noted[bucket - 1] as number); i < end; i++)
    if (noted[BUCKETS + i] === low) return true;
  return false;
}

/** The bucket of the mark with this index. */
function bucketOf(noted: Uint16Array, index: number): number {
  let low = 0;
  let high = BUCKETS - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((noted[middle] as number) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}
