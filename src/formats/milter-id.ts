/** `QID: ` at the head of a line: milters that log the server's queue id (macro `i`) before their words. */
import { isDigit } from './postfix/bytes.ts';

const COLON = 0x3a;
const SPACE = 0x20;
const DASH = 0x2d;
const MIN = 5;
const MAX = 40;

/** End of the queue id that begins at `a` and is followed by `: `; -1 where none stands there. It holds a digit. */
export function queueIdEnd(bytes: Uint8Array, a: number, end: number): number {
  const limit = Math.min(end, a + MAX);
  let hasDigit = false;
  let i = a;
  for (; i < limit; i++) {
    const c = bytes[i] as number;
    if (isDigit(c)) hasDigit = true;
    else {
      const lower = c | 0x20;
      if (!(lower >= 0x61 && lower <= 0x7a) && c !== DASH) break;
    }
  }
  return hasDigit && i - a >= MIN && bytes[i] === COLON && bytes[i + 1] === SPACE && i + 1 < end ? i : -1;
}
