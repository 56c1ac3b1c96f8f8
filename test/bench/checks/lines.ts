/**
 * The lines of files that may be larger than memory should be asked for.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const BLOCK = 4 << 20;

/** Calls `line` with each line that is not empty: bytes [a, b) of a block, valid until it returns. */
export function eachLine(file: string, line: (block: Buffer, a: number, b: number) => void): void {
  const fd = openSync(file, 'r');
  let block = Buffer.alloc(BLOCK);
  let kept = 0;
  for (;;) {
    if (kept === block.length) block = Buffer.concat([block, Buffer.alloc(block.length)]);
    const got = readSync(fd, block, kept, block.length - kept, null);
    const end = kept + got;
    let at = 0;
    for (let nl = block.subarray(0, end).indexOf(10); nl >= 0; nl = block.subarray(0, end).indexOf(10, at)) {
      if (nl > at) line(block, at, nl);
      at = nl + 1;
    }
    if (got === 0) {
      if (end > at) line(block, at, end);
      break;
    }
    block.copyWithin(0, at, end);
    kept = end - at;
  }
  closeSync(fd);
}

/** All lines that are not empty, as latin1; for files of at most some 100 MB. */
export function allLines(file: string): string[] {
  return readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}
