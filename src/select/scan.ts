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
import type { Blocks } from './blocks.ts';

/** Longest line that the usual reading keeps whole (sources/block-reader.ts). */
export const LINE_BYTES = 1024 * 1024;
const LF = 10;

/** Blocks are this large, larger ones where logs are: their filters are to stay in some MiB. */
const BLOCK_BYTES = 128 * 1024;
const LARGE_LOG = 2 ** 30;
const LARGEST_BLOCK = 1024 * 1024;

/** Size of the blocks of files with so many bytes. */
export function blockBytesOf(total: number): number {
  return Math.min(LARGEST_BLOCK, BLOCK_BYTES * Math.max(1, Math.ceil(total / LARGE_LOG)));
}

/** A block: `kernel.buffer[0, end)`, which begins at `base` in the file, with line number `line`. */
export interface Block {
  base: number;
  end: number;
  line: number;
}

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  /** bytes read of the file so far; in the first pass over a packed one, packed ones */
  onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Shows each block of the file, of `bytes` or of one longer line, and the open file where it is plain; `onBlock` gives how
 * many lines are in it. Gives how many
 * lines and bytes the file has; undefined: see Errors.
 */
export async function scanFile(
  file: InputFile,
  bytes: number,
  buffer: Buffer,
  onBlock: (block: Block, fd: number | undefined) => number,
  options: ScanOptions,
): Promise<{ lines: number; bytes: number } | undefined> {
  const block: Block = { base: 0, end: 0, line: 1 };
  const isRead = await withFile(file, options.signal, async (at, pause) => {
    let filled = 0;
    for (let room = bytes; ;) {
      const count = at.read(buffer, filled, Math.max(0, room - filled), block.base + filled);
      if (count === WAIT) {
        await at.fill();
        if (options.signal?.aborted === true) return false;
        continue;
      }
      // too much to be unpacked
      if (count < 0) return false;
      filled += count;
      const isEnd = count === 0 && room > filled;
      if (!isEnd && filled < room) continue;
      block.end = isEnd ? filled : buffer.subarray(0, filled).lastIndexOf(LF) + 1;
      if (block.end === 0 && !isEnd) {
        if (filled > LINE_BYTES) return false;
        room = Math.min(buffer.length, room + bytes);
        continue;
      }
      if (block.end > 0) {
        block.line += onBlock(block, at.fd);
        buffer.copyWithin(0, block.end, filled);
        block.base += block.end;
        filled -= block.end;
        options.onBytes?.(at.taken ?? block.base);
      }
      if (isEnd) return true;
      if (filled > LINE_BYTES) return false;
      room = Math.max(bytes, Math.min(buffer.length, filled + bytes));
      if (!(await pause())) return false;
    }
  });
  return isRead ? { lines: block.line - 1, bytes: block.base } : undefined;
}

/** Shows these blocks of the file, which was seen before; false: see Errors. */
export function scanBlocks(
  file: InputFile,
  blocks: Blocks,
  wanted: readonly number[],
  buffer: Buffer,
  onBlock: (block: Block, index: number) => void,
  options: ScanOptions,
): Promise<boolean> {
  return withFile(file, options.signal, async (at, pause) => {
    let done = 0;
    for (const index of wanted) {
      const base = blocks.base(index);
      const end = blocks.base(index + 1) - base;
      for (let filled = 0; filled < end;) {
        const count = at.read(buffer, filled, end - filled, base + filled);
        if (count <= 0) return false;
        filled += count;
      }
      onBlock({ base, end, line: blocks.line(index) }, index);
      done += end;
      options.onBytes?.(done);
      if (!(await pause())) return false;
    }
    return true;
  });
}

async function withFile(
  file: InputFile,
  signal: AbortSignal | undefined,
  read: (at: ReadAt, pause: () => Promise<boolean> | true) => Promise<boolean>,
): Promise<boolean> {
  const breather = new Breather();
  const breathe = async (): Promise<boolean> => {
    await breather.breathe();
    return signal?.aborted !== true;
  };
  let at: ReadAt | undefined;
  try {
    at = openAt(file);
    return await read(at, () => (breather.isDue ? breathe() : true));
  } catch {
    return false;
  } finally {
    at?.close();
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
