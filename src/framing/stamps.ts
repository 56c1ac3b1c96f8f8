/**
 * Time stamps at the head of a line, read by position into one reused record of wall-clock fields.
 * Shape:  `Nov 21 09:15:02` `Nov  1 …` `Nov 01 …` `Nov 21 2026 09:15:02` `2013 Jun 10 06:27:30.123` (strftime %b, C locale);
 *         `2026-11-21T09:15:02.418233+01:00` with T or space, `.` or `,`, 0 to 9 fraction digits, Z, ±hh:mm, ±hhmm, ±hh or no zone.
 * Source: RFC 3164 4.1.2, RFC 3339 5.6, RFC 5424 6.2.3; postfix src/util/logwriter.c and src/postlogd/postlogd.c (%b %d);
 *         Exim src/tod.c tod_stamp().
 * Units:  `tod` ms of the day; microseconds are kept as a fraction of it, finer digits are dropped; `zone` minutes east.
 * Errors: no stamp, or a date that cannot be (30 February, hour 24) gives -1.
 */
import { two } from '../util/digits.ts';

/** `zone` of a stamp that tells none. */
export const NO_ZONE = 0x7fff;

export class Stamp {
  /** 0 = not told */
  year = 0;
  /** 1 to 12 */
  month = 0;
  day = 0;
  tod = 0;
  zone: number = NO_ZONE;
  /** of an ISO stamp: date and time are parted by a space, as Exim does */
  isSpaced = false;
  /** of an ISO stamp: the offset has no colon, as `journalctl -o short-iso` does */
  isColonless = false;

  copy(other: Stamp): void {
    this.year = other.year;
    this.month = other.month;
    this.day = other.day;
    this.tod = other.tod;
    this.zone = other.zone;
    this.isSpaced = other.isSpaced;
    this.isColonless = other.isColonless;
  }
}

const SPACE = 0x20;
const COLON = 0x3a;
const DASH = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const COMMA = 0x2c;

const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The month whose three letters stand at p, or 0. */
function monthAt(b: Uint8Array, p: number): number {
  switch (((b[p] as number) << 16) | ((b[p + 1] as number) << 8) | (b[p + 2] as number)) {
    case 0x4a616e:
      return 1;
    case 0x466562:
      return 2;
    case 0x4d6172:
      return 3;
    case 0x417072:
      return 4;
    case 0x4d6179:
      return 5;
    case 0x4a756e:
      return 6;
    case 0x4a756c:
      return 7;
    case 0x417567:
      return 8;
    case 0x536570:
      return 9;
    case 0x4f6374:
      return 10;
    case 0x4e6f76:
      return 11;
    case 0x446563:
      return 12;
    default:
      return 0;
  }
}

function four(b: Uint8Array, p: number): number {
  const x = two(b, p);
  const y = two(b, p + 2);
  return x < 0 || y < 0 ? -1 : x * 100 + y;
}

/**
 * Reads a BSD stamp, with or without a year, at b[p]. Returns the position after it, or -1.
 * Nothing at or after `end` is read.
 */
export function readBsdStamp(b: Uint8Array, p: number, end: number, stamp: Stamp): number {
  let i = p;
  let year = 0;
  if (((b[i] as number) - 0x30) >>> 0 <= 9) {
    if (end - i < 19 || b[i + 4] !== SPACE) return -1;
    year = four(b, i);
    if (year < 1970) return -1;
    i += 5;
  }
  if (end - i < 14) return -1;
  const month = monthAt(b, i);
  if (month === 0 || b[i + 3] !== SPACE) return -1;
  i += b[i + 4] === SPACE ? 5 : 4;
  let day = (b[i] as number) - 0x30;
  if (day >>> 0 > 9) return -1;
  const unit = (b[i + 1] as number) - 0x30;
  if (unit >>> 0 <= 9) {
    day = day * 10 + unit;
    i++;
  }
  if (b[i + 1] !== SPACE) return -1;
  i += 2;
  if (end - i >= 13 && b[i + 4] === SPACE && b[i + 2] !== COLON) {
    year = four(b, i);
    if (year < 1970) return -1;
    i += 5;
  }
  if (day === 0 || day > (DAYS[month] as number) || (year !== 0 && isNoLeapDay(year, month, day))) return -1;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  stamp.zone = NO_ZONE;
  stamp.isSpaced = false;
  stamp.isColonless = false;
  return readTime(b, i, end, stamp);
}

/** Reads an ISO 8601 / RFC 3339 stamp at b[p]. Returns the position after it, or -1. */
export function readIsoStamp(b: Uint8Array, p: number, end: number, stamp: Stamp): number {
  if (end - p < 19 || b[p + 4] !== DASH || b[p + 7] !== DASH) return -1;
  const t = b[p + 10] as number;
  if (t !== SPACE && (t | 0x20) !== 0x74) return -1;
  const year = four(b, p);
  const month = two(b, p + 5);
  const day = two(b, p + 8);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > (DAYS[month] as number)) return -1;
  if (isNoLeapDay(year, month, day)) return -1;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  stamp.zone = NO_ZONE;
  stamp.isSpaced = t === SPACE;
  stamp.isColonless = false;
  const i = readTime(b, p + 11, end, stamp);
  if (i < 0 || i >= end) return i;
  const c = b[i] as number;
  if ((c | 0x20) === 0x7a) {
    stamp.zone = 0;
    return i + 1;
  }
  if (c === PLUS || c === DASH) return readOffset(b, i, end, stamp);
  if (c === SPACE && stamp.isSpaced && i + 6 <= end && (b[i + 1] === PLUS || b[i + 1] === DASH)) {
    const j = readOffset(b, i + 1, end, stamp);
    return j < 0 ? i : j;
  }
  return i;
}

/** `+01:00`, `+0100`, `+01` at b[p]; sets stamp.zone. Returns the position after it, or -1. */
function readOffset(b: Uint8Array, p: number, end: number, stamp: Stamp): number {
  if (end - p < 3) return -1;
  const hours = two(b, p + 1);
  if (hours < 0 || hours > 18) return -1;
  let i = p + 3;
  let minutes = 0;
  const isColon = i < end && b[i] === COLON;
  const at = isColon ? i + 1 : i;
  if (at + 2 <= end && ((b[at] as number) - 0x30) >>> 0 <= 9) {
    minutes = two(b, at);
    if (minutes < 0 || minutes > 59) return -1;
    stamp.isColonless = !isColon;
    i = at + 2;
  } else if (isColon) return -1;
  const east = hours * 60 + minutes;
  stamp.zone = b[p] === DASH ? -east : east;
  return i;
}

/** `09:15:02[.418233]` at b[p]; sets stamp.tod. Returns the position after it, or -1. */
function readTime(b: Uint8Array, p: number, end: number, stamp: Stamp): number {
  if (end - p < 8 || b[p + 2] !== COLON || b[p + 5] !== COLON) return -1;
  const hours = two(b, p);
  const minutes = two(b, p + 3);
  const seconds = two(b, p + 6);
  // second 60: a leap second
  if (hours < 0 || minutes < 0 || seconds < 0 || hours > 23 || minutes > 59 || seconds > 60) return -1;
  const tod = hours * 3_600_000 + minutes * 60_000 + seconds * 1000;
  let i = p + 8;
  stamp.tod = tod;
  if (i + 1 < end && (b[i] === DOT || b[i] === COMMA) && ((b[i + 1] as number) - 0x30) >>> 0 <= 9) {
    let micros = 0;
    let unit = 100_000;
    for (i++; i < end; i++) {
      const digit = (b[i] as number) - 0x30;
      if (digit >>> 0 > 9) break;
      micros += digit * unit;
      unit = (unit / 10) | 0;
    }
    stamp.tod = tod + micros / 1000;
  }
  return i;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function isNoLeapDay(year: number, month: number, day: number): boolean {
  return month === 2 && day === 29 && !isLeapYear(year);
}
