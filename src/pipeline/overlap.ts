/**
 * Two files of a rotated set of which the second begins with what the first ends with: the log was copied while it was written,
 * or rotated by copying. How much of the second is the first's.
 * Shape:  the second file's first two lines, found at a line's beginning in the last 64 MiB of the first; from there on the
 *         first must be, byte for byte to its end, what the second begins with. A last line that was not written to its end
 *         is none that both have.
 * Errors: none; 0 where it cannot be told (packed files, a disk that fails): then both are read side by side.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { InputFile } from '../sources/input-file.ts';
import { isSeekable } from '../sources/input-file.ts';
import { readAt } from '../sources/peek.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Most files that follow each other have nothing in common: a short look says so. */
const FIRST_BYTES = 64 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
/** Places that are tried: a log may say the same two lines again and again. */
const MOST_TRIES = 64;
const LF = 10;

/**
 * Bytes that `next` begins with and `before` ends with: whole lines. `opening`: the first lines of `next`. `isEarlier`: whether a
 * block of `before` begins before them, so that what lies before it need not be searched.
 */
export function overlapOf(
  before: InputFile,
  next: InputFile,
  opening: Buffer,
  isEarlier: (block: Buffer) => boolean,
): number {
  if (!isSeekable(before) || !isSeekable(next) || opening.length === 0) return 0;
  const fds: number[] = [];
  try {
    for (const { full } of [before, next]) fds.push(openSync(full, 'r'));
    const [first, second] = fds as [number, number];
    const end = fstatSync(first).size;
    let tries = 0;
    for (const at of placesOf(first, end, opening, isEarlier)) {
      const bytes = sameBytes(first, second, at, end);
      if (bytes > 0) return bytes;
      if (++tries >= MOST_TRIES) return 0;
    }
    return 0;
  } catch {
    return 0;
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

/** Where the opening stands at the beginning of a line, the last place first. */
function* placesOf(fd: number, end: number, opening: Buffer, isEarlier: (block: Buffer) => boolean): Generator<number> {
  let size = FIRST_BYTES;
  for (let to = end; to > Math.max(0, end - MOST_BYTES); to -= size, size = BLOCK_BYTES) {
    const from = Math.max(0, to - size);
    // one byte before, to see a line end; and what of the opening stands in the block behind
    const lead = from > 0 ? 1 : 0;
    const block = readAt(fd, from - lead, Math.min(end, to + opening.length - 1) - from + lead);
    for (let at = block.lastIndexOf(opening); at >= lead; at = at > 0 ? block.lastIndexOf(opening, at - 1) : -1)
      if (at + from - lead === 0 || block[at - 1] === LF) yield at + from - lead;
    if (isEarlier(block)) return;
  }
}

/** Length of the whole lines in [at, end) of the first, where the second begins with all of it; else 0. */
function sameBytes(first: number, second: number, at: number, end: number): number {
  let lines = 0;
  for (let from = at; from < end; from += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, end - from);
    const block = readAt(first, from, length);
    if (block.length < length || !block.equals(readAt(second, from - at, length))) return 0;
    const lf = block.lastIndexOf(LF);
    if (lf >= 0) lines = from - at + lf + 1;
  }
  return lines;
}
