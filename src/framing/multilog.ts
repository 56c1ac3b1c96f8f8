/**
 * Stamps of multilog and its relatives, and splogger's own stamp inside a syslog line.
 * Shape:  `@400000006b01612018edbaa8 text` (TAI64N: 2^62 + 10 + seconds since 1970 in 16, nanoseconds in 8 hexadecimal
 *         digits), `2026-11-21 09:15:02.418233000 text` (tai64nlocal: always nine digits, no zone),
 *         `1637485.123456 text` behind a syslog tag, `1637485.123456+text` where the line before was longer than 799 bytes.
 * Source: daemontools multilog.c, timestamp.c, tai64nlocal.c; notqmail splogger.c. None of them counts leap seconds.
 */
import type { Frame } from '../model/frame.ts';
import { isDigit } from './marks.ts';
import type { Stamp } from './stamps.ts';

const SPACE = 0x20;
const PLUS = 0x2b;
const DOT = 0x2e;
const DAY_S = 86_400;
const TWO_32 = 4_294_967_296;
/** `@` and 24 digits */
const TAI_LENGTH = 25;
/** TAI64 labels of 1970 begin with these; those after 2106 with 40000001 */
const TAI_1970 = 0x40000000;
const TAI_OFFSET = 10;

/** Reads unix seconds into a stamp whose zone is UTC. The date is kept from call to call. */
export class UnixStamps {
  private day = Number.NaN;
  private year = 0;
  private month = 0;
  private dayOfMonth = 0;

  /** Reads `@…` at p; one past it, or -1. */
  tai(b: Uint8Array, p: number, end: number, stamp: Stamp): number {
    if (end - p < TAI_LENGTH || (p + TAI_LENGTH < end && b[p + TAI_LENGTH] !== SPACE)) return -1;
    const high = hex8(b, p + 1);
    const low = hex8(b, p + 9);
    const nanos = hex8(b, p + 17);
    if (low < 0 || nanos < 0 || nanos >= 1e9 || (high !== TAI_1970 && high !== TAI_1970 + 1)) return -1;
    const seconds = (high - TAI_1970) * TWO_32 + low - TAI_OFFSET;
    if (seconds < 0) return -1;
    this.set(stamp, seconds, Math.floor(nanos / 1000));
    return p + TAI_LENGTH;
  }

  /** Takes `1637485.123456 ` off the body of a syslog line; a `+` stays before the rest of a long line. */
  splogger(b: Uint8Array, frame: Frame, stamp: Stamp): boolean {
    const { body, end } = frame;
    let i = body;
    let seconds = 0;
    while (i < end && i - body < 12 && isDigit(b[i] as number)) seconds = seconds * 10 + (b[i++] as number) - 0x30;
    if (i - body < 5 || i + 7 >= end || b[i] !== DOT) return false;
    let micros = 0;
    for (let k = i + 1; k < i + 7; k++) {
      if (!isDigit(b[k] as number)) return false;
      micros = micros * 10 + (b[k] as number) - 0x30;
    }
    const after = b[i + 7];
    if ((after !== SPACE && after !== PLUS) || seconds >= 2 * TWO_32) return false;
    this.set(stamp, seconds, micros);
    frame.body = after === PLUS ? i + 7 : i + 8;
    return true;
  }

  private set(stamp: Stamp, seconds: number, micros: number): void {
    const day = Math.floor(seconds / DAY_S);
    if (day !== this.day) {
      const date = new Date(day * DAY_S * 1000);
      this.day = day;
      this.year = date.getUTCFullYear();
      this.month = date.getUTCMonth() + 1;
      this.dayOfMonth = date.getUTCDate();
    }
    stamp.year = this.year;
    stamp.month = this.month;
    stamp.day = this.dayOfMonth;
    stamp.tod = (seconds - day * DAY_S) * 1000 + micros / 1000;
    stamp.zone = 0;
    stamp.isSpaced = false;
    stamp.isColonless = false;
  }
}

/** A line behind such a stamp, which ends at `next`: what wrote it is not said. Returns where its text begins. */
export function asMultilog(frame: Frame, next: number, end: number): number {
  frame.framing = 'multilog';
  frame.program = 'multilog';
  return Math.min(next + 1, end);
}

/** Whether the stamp that ends at `next` has nine digits of a second, as tai64nlocal alone writes them. */
export function hasNanoseconds(b: Uint8Array, p: number, next: number): boolean {
  if (next - p !== 29 || b[p + 19] !== DOT) return false;
  for (let i = p + 20; i < next; i++) if (!isDigit(b[i] as number)) return false;
  return true;
}

/** Eight lower-case hexadecimal digits at p, or -1. */
function hex8(b: Uint8Array, p: number): number {
  let n = 0;
  for (let i = p; i < p + 8; i++) {
    const c = b[i] as number;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0) return -1;
    n = n * 16 + digit;
  }
  return n;
}
