/**
 * The first look at a stripe of a large plain file, by any thread: the blocks of the lines that begin in it, with their marks,
 * what their stamps say, and the lines that the search or a trap may be about. Main thread and helpers (crew.ts) share it.
 * Units:  bytes of the file; lines from 1 at the stripe's first.
 * Errors: undefined: the file is shorter than it was, or has a line that is longer than the buffer.
 */
import { readSync } from 'node:fs';
import type { Kernel } from '../kernel/index.ts';
import type { Times } from './block-times.ts';
import type { FirstNeedles } from './first-needles.ts';
import { eachFound, LINE_BYTES, type Block } from './scan.ts';
import type { Shelf, ShelfBuilder } from './shelf.ts';
import { Timeline } from './timeline.ts';
import type { TimelinePart } from './timeline-part.ts';

const LF = 10;
/** a line that begins in the stripe mostly ends within */
const BEYOND = 1024;

export interface StripeBounds {
  readonly from: number;
  readonly to: number;
  /** bytes of the file, and of its blocks */
  readonly end: number;
  readonly blockBytes: number;
}

/** What is known of a block. */
interface BlockNotes {
  readonly base: number;
  readonly line: number;
  readonly times: Times;
}

export interface StripeNotes {
  readonly blocks: readonly BlockNotes[];
  /** their marks */
  readonly shelves: readonly Shelf[];
  /** one past the last byte of its last line, and how many lines it has */
  readonly end: number;
  readonly lines: number;
  /** undefined: the main thread has to look at the stamps (Timeline.isOdd) */
  readonly timeline: TimelinePart | undefined;
}

/** Who is told of lines; positions are those in the kernel's buffer. */
export interface LineTaker {
  /** with needles of these kinds */
  found(start: number, end: number, offset: number, line: number, kinds: number): void;
  /** with bytes beyond ASCII */
  foreign(start: number, end: number, offset: number, line: number): void;
}

export interface StripeOptions {
  readonly kernel: Kernel;
  /** they are set */
  readonly needles: FirstNeedles;
  readonly heads: boolean;
  readonly ordered: boolean;
  /** it has nothing yet */
  readonly builder: ShelfBuilder;
  /** asked before each block; false ends the look */
  readonly goesOn: () => boolean;
}

/** Looks at a stripe. */
export function lookAtStripe(
  fd: number,
  bounds: StripeBounds,
  taker: LineTaker,
  { kernel, needles, heads, ordered, builder, goesOn }: StripeOptions,
): StripeNotes | undefined {
  const blocks: BlockNotes[] = [];
  const shelves: Shelf[] = [];
  const closeShelf = (): void => {
    const shelf = builder.take();
    if (shelf !== undefined) shelves.push(shelf);
  };
  const timeline = new Timeline(undefined, ordered, kernel);
  let line = 1;
  const { buffer } = kernel;
  const end = eachBlock(fd, bounds, buffer, goesOn, (base, size) => {
    const block: Block = { base, end: size, line };
    const isWalked = timeline.see(block, (start, stop, number) => taker.foreign(start, stop, base + start, number));
    if (heads) kernel.noteHeads(size);
    const marks = kernel.noteWords(size);
    if (!builder.hasRoom(marks)) closeShelf();
    builder.add(marks);
    blocks.push({ base, line, times: timeline.times.told });
    const found = kernel.findNeedles(size, isWalked);
    eachFound(found, block, (start, stop, offset, number, index) =>
      taker.found(start, stop, offset, number, needles.kindsOf(found, index)),
    );
    line += found.lines;
  });
  timeline.close();
  closeShelf();
  return end === undefined ? undefined : { blocks, shelves, end, lines: line - 1, timeline: timeline.part() };
}

/** Reads the lines that begin in the stripe, in blocks. Gives where the last ends. */
function eachBlock(
  fd: number,
  { from, to, end, blockBytes }: StripeBounds,
  buffer: Buffer,
  goesOn: () => boolean,
  take: (base: number, size: number) => void,
): number | undefined {
  let base = from === 0 ? 0 : lineFrom(fd, from, end, buffer);
  let filled = 0;
  while (base !== undefined && base < Math.min(to, end)) {
    if (!goesOn()) return undefined;
    // of the last block little more than the stripe
    const wanted = Math.min(Math.max(Math.min(blockBytes, to - base + BEYOND), filled), end - base);
    if (!fill(fd, buffer, filled, wanted, base)) return undefined;
    filled = wanted;
    let size = sizeOf(buffer, filled, base, to, end);
    while (size === 0) {
      const more = Math.min(filled + blockBytes, end - base, buffer.length);
      if (more === filled || filled > LINE_BYTES || !fill(fd, buffer, filled, more, base)) return undefined;
      filled = more;
      size = sizeOf(buffer, filled, base, to, end);
    }
    take(base, size);
    buffer.copyWithin(0, size, filled);
    filled -= size;
    base += size;
  }
  return base;
}

/** How many bytes of whole lines are here that begin before `to`; 0: the line goes on. */
function sizeOf(buffer: Buffer, filled: number, base: number, to: number, end: number): number {
  if (base + filled > to) {
    // the last line begins before `to`: it ends with the first LF at or behind its byte before
    const lf = buffer.subarray(0, filled).indexOf(LF, Math.max(0, to - base - 1));
    if (lf >= 0) return lf + 1;
  }
  return base + filled === end ? filled : buffer.subarray(0, filled).lastIndexOf(LF) + 1;
}

/** The first line that begins at `from` or behind it, or `end`. */
function lineFrom(fd: number, from: number, end: number, buffer: Buffer): number | undefined {
  for (let at = from - 1; at < end;) {
    const size = Math.min(4096, end - at);
    if (!fill(fd, buffer, 0, size, at)) return undefined;
    const lf = buffer.subarray(0, size).indexOf(LF);
    if (lf >= 0) return at + lf + 1;
    at += size;
  }
  return end;
}

/** Whether buffer[from, to) could be read from the place in the file that buffer[0] is at. */
function fill(fd: number, buffer: Buffer, from: number, to: number, base: number): boolean {
  for (let at = from; at < to;) {
    const count = readSync(fd, buffer, at, to - at, base + at);
    if (count <= 0) return false;
    at += count;
  }
  return true;
}
