/** Lines with bytes beyond ASCII: folding may make of them what a search looks for (select/query.ts). */
import { isAscii } from 'node:buffer';

const LF = 10;

/** Calls `take` with the lines of bytes[0, end) that have bytes beyond ASCII; the first has the number `line`. */
export function eachForeign(
  bytes: Buffer,
  { end, line }: { readonly end: number; readonly line: number },
  take: (start: number, end: number, line: number) => void,
): void {
  if (isAscii(bytes.subarray(0, end))) return;
  for (let start = 0, number = line; start < end; number++) {
    const lf = bytes.indexOf(LF, start);
    const stop = lf < 0 || lf > end ? end : lf;
    if (!isAscii(bytes.subarray(start, stop))) take(start, stop, number);
    start = stop + 1;
  }
}
