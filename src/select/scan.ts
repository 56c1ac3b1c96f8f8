/**
 * Passes over the bytes of plain or spooled files, in blocks of whole lines in the kernel's buffer.
 * Units:  bytes; lines from 1.
 * Errors: none is thrown: a file that cannot be read, that shrank, or that has a line longer than the buffer ends the pass with
 *         `false`, and the log is read the usual way, which tells.
 */
import type { FoundLines } from '../kernel/index.ts';
import { WAIT } from '../sources/byte-source.ts';
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';
import { Breather } from '../util/breather.ts';

/** Longest line that the usual reading keeps whole (sources/block-reader.ts). */
const LINE_BYTES = 1024 * 1024;
const LF = 10;

/** A file, and how much of it is looked at in every pass. */
export interface ScanFile {
  readonly file: InputFile;
  /** bytes; known after the first pass */
  bytes: number;
  lines: number;
}

/** A block: `kernel.buffer[0, end)`, which begins at `base` in the file, with line number `line`. */
export interface Block {
  base: number;
  end: number;
  line: number;
}

/** Gives how many lines are in the block. */
export type OnBlock = (block: Block) => number;

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  /** bytes read of the file so far; in the first pass over a packed one, packed ones */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** Shows each block of the file. The first pass (`source.bytes` negative) reads to its end and notes where that is. */
export async function scanFile(
  source: ScanFile,
  buffer: Buffer,
  onBlock: OnBlock,
  options: ScanOptions,
): Promise<boolean> {
  const isFirst = source.bytes < 0;
  const limit = isFirst ? Number.POSITIVE_INFINITY : source.bytes;
  const breather = new Breather();
  const block: Block = { base: 0, end: 0, line: 1 };
  let bytes: ReadAt;
  try {
    bytes = openAt(source.file);
  } catch {
    return false;
  }
  try {
    let filled = 0;
    for (;;) {
      const place = block.base + filled;
      const room = Math.min(buffer.length - filled, limit - place);
      const count = room > 0 ? bytes.read(buffer, filled, room, place) : 0;
      if (count === WAIT) {
        await bytes.fill();
        if (options.signal?.aborted === true) return false;
        continue;
      }
      if (count < 0) return false;
      filled += count;
      const isEnd = count === 0;
      if (isEnd && room > 0 && !isFirst) return false;
      if (isEnd && room === 0 && place < limit) return false;
      block.end = isEnd ? filled : buffer.subarray(0, filled).lastIndexOf(LF) + 1;
      if (block.end === 0 && !isEnd) {
        if (filled > LINE_BYTES) return false;
        continue;
      }
      if (block.end > 0) {
        block.line += onBlock(block);
        buffer.copyWithin(0, block.end, filled);
        block.base += block.end;
        filled -= block.end;
        options.onBytes?.((isFirst ? bytes.taken : undefined) ?? block.base);
      }
      if (isEnd) break;
      if (filled > LINE_BYTES) return false;
      if (breather.isDue) {
        await breather.breathe();
        if (options.signal?.aborted === true) return false;
      }
    }
    if (isFirst) {
      source.bytes = block.base;
      source.lines = block.line - 1;
    }
    return true;
  } catch {
    return false;
  } finally {
    bytes.close();
  }
}

/** Calls `take` with each line of a block that was found. */
export function eachFound(
  found: FoundLines,
  block: Block,
  take: (start: number, end: number, offset: number, line: number) => void,
): void {
  const { starts, ends, indexes, count } = found;
  for (let i = 0; i < count; i++) {
    const start = starts[i] as number;
    take(start, ends[i] as number, block.base + start, block.line + (indexes[i] as number));
  }
}
