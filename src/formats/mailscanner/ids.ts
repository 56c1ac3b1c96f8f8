/**
 * MailScanner's names of mails: the server's queue id, behind which five hex digits of the queue file stand where Postfix
 * uses its ids again (`3F1A20B77C.AB12C`).
 *
 * Source: MailScanner Postfix.pm CreateBatch(), PostfixKey(). Long queue ids and Sendmail's, Exim's stand alone.
 */
import { isDigit } from '../postfix/bytes.ts';

const DOT = 0x2e;
const DASH = 0x2d;
const MIN = 5;
const MAX = 40;
const KEY = 5;

/** One past the name that readId took. */
export let idStop = 0;

/** End of the queue id that begins at `a`; -1 where none stands there. `idStop` is behind its key. It holds a digit. */
export function readId(bytes: Uint8Array, a: number, b: number): number {
  const limit = Math.min(b, a + MAX);
  let i = a;
  let hasDigit = false;
  for (; i < limit; i++) {
    const c = bytes[i] as number;
    if (isDigit(c)) hasDigit = true;
    else if (!isLetter(c) && c !== DASH) break;
  }
  idStop = i;
  if (!hasDigit || i - a < MIN) return -1;
  if (bytes[i] !== DOT || i + 1 + KEY > b) return i;
  for (let k = i + 1; k <= i + KEY; k++) if (!isUpperHex(bytes[k] as number)) return i;
  idStop = i + 1 + KEY;
  return i;
}

function isLetter(c: number): boolean {
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isUpperHex(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x46);
}
