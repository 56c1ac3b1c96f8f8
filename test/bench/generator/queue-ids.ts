/**
 * Ids as the servers make them.
 */

/** Short ids come again (Postfix); long ones never do. */
export type IdKind = 'short' | 'long';

/** Digits of Postfix's long ids (global/mail_queue.h, global/safe_ultostr.c): no vowels. */
const BASE52 = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const MICROS = 1e6;

/** Five hex digits of microseconds, then the inode (global/mail_queue.h). `time` in microseconds. */
export function shortQueueId(time: number, inode: number): string {
  return ((time % MICROS).toString(16).padStart(5, '0') + inode.toString(16)).toUpperCase();
}

/** Seconds and microseconds in base 52, `z`, the inode in base 51 (which has no `z`). */
export function longQueueId(time: number, inode: number): string {
  const seconds = digits(Math.floor(time / MICROS), BASE52, 52, 6);
  return `${seconds}${digits(time % MICROS, BASE52, 52, 4)}z${digits(inode, BASE52, 51, 1)}`;
}

/**
 * Seconds, pid, and a fraction: half milliseconds before Exim 4.97; microseconds, and a longer pid,
 * since (spec.xfpt, "Message identification").
 */
export function eximMessageId(kind: IdKind, time: number, pid: number): string {
  const seconds = digits(Math.floor(time / MICROS), BASE62, 62, 6);
  const micros = time % MICROS;
  return kind === 'long'
    ? `${seconds}-${digits(pid, BASE62, 62, 11)}-${digits(micros, BASE62, 62, 4)}`
    : `${seconds}-${digits(pid, BASE62, 62, 6)}-${digits(Math.floor(micros / 500), BASE62, 62, 2)}`;
}

function digits(value: number, alphabet: string, base: number, width: number): string {
  let out = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / base)) out = alphabet.charAt(rest % base) + out;
  return out.padStart(width, '0');
}
