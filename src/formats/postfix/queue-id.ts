/**
 * Queue ids of Postfix (src/global/mail_queue.h, 3.12).
 *
 * - short: five hex digits of microseconds and the inode in hex, upper case: `3F1A20B77C`
 * - long (enable_long_queue_ids): seconds in base 52, four digits of microseconds, `z`, inode in base 51, of the
 *   digits and consonants: `4jWmkZ2yfxz2xnY`
 */

const MIN_SHORT = 6;
const MAX_ID = 40;
/** six digits of seconds and four of microseconds stand before the last z of a long id */
const LONG_HEAD = 10;

/** 1 upper-case hex digit, 2 of the long alphabet, 3 both */
const CLASS = new Uint8Array(256);
for (const c of '0123456789ABCDEF') CLASS[c.charCodeAt(0)] = 1;
for (const c of '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz') {
  CLASS[c.charCodeAt(0)] = (CLASS[c.charCodeAt(0)] as number) | 2;
}

/** Where the queue id that begins at `a` ends; -1 where none begins there. The caller looks at what follows. */
export function queueIdEnd(bytes: Uint8Array, a: number, b: number): number {
  let all = 3;
  let lastZ = -1;
  let i = a;
  for (; i < b && i - a <= MAX_ID; i++) {
    const c = bytes[i] as number;
    const kind = CLASS[c] as number;
    if (kind === 0) break;
    all &= kind;
    if (c === 0x7a) lastZ = i;
  }
  const n = i - a;
  if (n > MAX_ID || n < MIN_SHORT) return -1;
  if (all & 1) return i;
  return all & 2 && lastZ - a >= LONG_HEAD && lastZ < i - 1 ? i : -1;
}

/**
 * As queueIdEnd, for a place where nothing but a queue id can stand, or that a word of Postfix's own follows: any 6 to 40
 * letters and digits. Logs that somebody made anonymous hold such ids.
 */
export function looseIdEnd(bytes: Uint8Array, a: number, b: number): number {
  let i = a;
  while (i < b && i - a <= MAX_ID && isAlphanumeric(bytes[i] as number)) i++;
  const n = i - a;
  return n > MAX_ID || n < MIN_SHORT ? -1 : i;
}

function isAlphanumeric(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}
