/**
 * Times hidden in queue ids: the second at which the id was made.
 * Shape:  Postfix long id `4jWmkZ2yfxz2xnY` (enable_long_queue_ids), Exim id `1xUhBW-000CXd-DU` (before 4.97) and
 *         `1xUhBW-00000000CXd-1knh` (since 4.97), Sendmail id `s6SKH7I6012264` (since 8.10).
 *         Postfix short ids hold microseconds alone: no time.
 * Source: postfix src/global/mail_queue.h (MQID_LG_*, alphabet and base), src/global/safe_ultostr.c; Exim
 *         doc/doc-docbook/spec.xfpt "Message identification", src/local_scan.h MESSAGE_ID_LENGTH;
 *         sendmail/queue.c assign_queueid() (year, month, day, hour, minute, second in base 60, of GMT, two of sequence, pid).
 * Units:  seconds since 1970-01-01T00:00Z.
 * Errors: NaN for anything else. Exim on case-insensitive file systems (macOS, Cygwin) counts in base 36: read as
 *         base 62 such an id lies far outside of PLAUSIBLE and is NaN too.
 */

/** 2001-09-09 to 2106-02-07: what a real id may say. */
const PLAUSIBLE_FROM = 1_000_000_000;
const PLAUSIBLE_TO = 4_294_967_295;

const BASE52 = digits('0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz');
const BASE62 = digits('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

const LETTER_Z = 0x7a;
const HYPHEN = 0x2d;
/** base 52 digits of the microseconds of a long id */
const LONG_MICROS = 4;
/** at least six digits of seconds */
const LONG_SECONDS_MIN = 6;
const LONG_SECONDS_MAX = 8;

function digits(alphabet: string): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

/** Seconds in the Postfix long queue id bytes[a, b), or NaN. */
export function postfixLongIdTime(bytes: Uint8Array, a: number, b: number): number {
  if (b - a < LONG_SECONDS_MIN + LONG_MICROS + 2 || b - a > 40) return Number.NaN;
  // `z` is a digit of the times as well and never one of the inode (base 51): the last one parts them.
  let z = b - 1;
  while (z > a && bytes[z] !== LETTER_Z) z--;
  const seconds = z - LONG_MICROS - a;
  if (z === b - 1 || seconds < LONG_SECONDS_MIN || seconds > LONG_SECONDS_MAX) return Number.NaN;
  for (let i = z + 1; i < b; i++) if ((BASE52[bytes[i] as number] as number) < 0) return Number.NaN;
  if (!(number(bytes, z - LONG_MICROS, z, BASE52, 52) < 1_000_000)) return Number.NaN;
  return plausible(number(bytes, a, a + seconds, BASE52, 52));
}

/** Seconds in the Exim message id bytes[a, b), old or new, or NaN. */
export function eximIdTime(bytes: Uint8Array, a: number, b: number): number {
  if (bytes[a + 6] !== HYPHEN) return Number.NaN;
  const middle = b - a === 16 ? 6 : b - a === 23 ? 11 : 0;
  if (middle === 0 || bytes[a + 7 + middle] !== HYPHEN) return Number.NaN;
  if (Number.isNaN(number(bytes, a + 7, a + 7 + middle, BASE62, 62))) return Number.NaN;
  if (Number.isNaN(number(bytes, a + 8 + middle, b, BASE62, 62))) return Number.NaN;
  return plausible(number(bytes, a, a + 6, BASE62, 62));
}

const BASE60 = digits('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx');
/** characters of the time, of the sequence, and the least of the pid */
const SENDMAIL_TIME = 6;
const SENDMAIL_SEQUENCE = 2;
const SENDMAIL_PID = 6;

/** Seconds in the Sendmail queue id bytes[a, b), or NaN. The year is that of 60 that lies between 1990 and 2049. */
export function sendmailIdTime(bytes: Uint8Array, a: number, b: number): number {
  const pid = a + SENDMAIL_TIME + SENDMAIL_SEQUENCE;
  if (b - pid < SENDMAIL_PID || b - pid > SENDMAIL_PID + 2) return Number.NaN;
  for (let i = pid; i < b; i++) if ((bytes[i] as number) < 0x30 || (bytes[i] as number) > 0x39) return Number.NaN;
  if (Number.isNaN(number(bytes, a, pid, BASE60, 60))) return Number.NaN;
  const at = (i: number): number => BASE60[bytes[a + i] as number] as number;
  const year = at(0) < 30 ? 2020 + at(0) : 1960 + at(0);
  if (at(1) > 11 || at(2) < 1 || at(2) > 31 || at(3) > 23) return Number.NaN;
  return plausible(Date.UTC(year, at(1), at(2), at(3), at(4), at(5)) / 1000);
}

function number(bytes: Uint8Array, a: number, b: number, table: Int8Array, base: number): number {
  let value = 0;
  for (let i = a; i < b; i++) {
    const digit = table[bytes[i] as number] as number;
    if (digit < 0) return Number.NaN;
    value = value * base + digit;
  }
  return value;
}

function plausible(seconds: number): number {
  return seconds >= PLAUSIBLE_FROM && seconds <= PLAUSIBLE_TO ? seconds : Number.NaN;
}
