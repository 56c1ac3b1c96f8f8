/**
 * A look at a few pieces of large plain files: about how many lines a search looks for.
 */
import type { Kernel } from '../kernel/index.ts';
import { isSeekable, type InputFile } from '../sources/input-file.ts';
import { openAt } from '../sources/spool/read-at.ts';
import type { Query } from './query.ts';
import { eachFound } from './scan.ts';

const PIECES = 64;
const PIECE_BYTES = 64 * 1024;
/** Below this the first pass, which counts them, takes little more. */
const LEAST_BYTES = 16 * PIECES * PIECE_BYTES;

/** Lines of all matches, about; undefined: that cannot be told. Sets the kernel's needles. */
export function sampledHits(files: readonly InputFile[], query: Query, kernel: Kernel): number | undefined {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total < LEAST_BYTES || !files.every(isSeekable) || !kernel.setNeedles(query.needles)) return undefined;
  let hits = 0;
  let seen = 0;
  for (const file of files) {
    const bytes = openAt(file);
    try {
      const count = Math.ceil((PIECES * file.size) / total);
      for (let i = 0; i < count; i++) {
        const room = Math.min(PIECE_BYTES, file.size);
        const end = bytes.read(kernel.buffer, 0, room, Math.floor(((file.size - room) * i) / count));
        if (end <= 0) break;
        seen += end;
        const block = { base: 0, end, line: 1 };
        eachFound(kernel.findNeedles(end), block, (start, stop) => {
          if (query.accepts(kernel.buffer, start, stop)) hits++;
        });
      }
    } finally {
      bytes.close();
    }
  }
  return seen === 0 ? undefined : (hits * total) / seen;
}
