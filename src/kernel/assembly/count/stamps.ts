/** Stamps by their place in the line, the minute remembered: `now` in seconds, good for what lies near each other. */
import { daysBefore, monthAt } from './calendar.ts';
import { isDigit } from './bytes.ts';
import { type f64, type i32, ld8, ldu } from './memory.ts';
import { ANCHOR, emit, emitLast, tellTime } from './line.ts';

/** time of the line at hand, seconds */
export let now: i32 = 0;
/** what `now` leaves out: microseconds */
export let micros: i32 = 0;
/** the line at hand went out as an anchor */
let isAnchored: boolean = false;
/** of the line at hand: its hour is another than the last one's (1), is the first (2); it has a time (front.ts) */
export let turn: i32 = 0;
export let isSettled: boolean = false;

// the minute of the last stamp
let minute0: i32 = 0;
let minute1: i32 = 0;
let minute2: i32 = 0;
let minute3: i32 = 0;
let minuteAt: i32 = 0;
let zoneA: i32 = 0;
let zoneB: i32 = 0;
let zoneSeconds: i32 = 0;
let hour: i32 = 0;

export function openStamps(): void {
  now = micros = 0;
  isAnchored = false;
  forgetTurn();
  hour = -1;
  minute0 = minute1 = minute2 = minute3 = zoneA = zoneB = 0;
}

function settle(value: i32): void {
  now = value;
  isSettled = true;
  if (!isAnchored) return;
  isAnchored = false;
  tellTime(value);
}

/** The time of the line at hand in microseconds. */
export function microTime(): f64 {
  const seconds: f64 = now;
  return seconds * 1_000_000 + micros;
}

/** The stamp at p: the position of the space behind it, -1 = none of the usual shapes. */
export function stampEnd(p: i32): i32 {
  const c = ld8(p);
  if (c >= 0x41 && c <= 0x5a) return bsdStamp(p);
  return c === 0x32 ? isoStamp(p) : -1;
}

// @inline
function two(p: i32): i32 {
  const x = ld8(p) - 0x30;
  const y = ld8(p + 1) - 0x30;
  return x >= 0 && x <= 9 && y >= 0 && y <= 9 ? x * 10 + y : -1;
}

/** The hour changes: lines on both sides of it are for the framer, which counts years and hours that come twice. */
function atHour(value: i32): void {
  if (value === hour) return;
  turnHour(hour === -1 ? 2 : 1);
  hour = value;
}

function turnHour(how: i32): void {
  turn = how;
  if (how === 1) emitLast();
  emit(ANCHOR);
  isAnchored = true;
}

export function forgetTurn(): void {
  turn = 0;
  isSettled = false;
}

/** The stamp of the line at hand, as another machine has read it: front.ts. */
export function tellStamp(how: i32, hasTime: boolean, seconds: i32, rest: i32): void {
  if (how !== 0) turnHour(how);
  micros = rest;
  if (hasTime) settle(seconds);
}

/** `Nov 21 09:15:02 `: the position of the space behind it, -1 = none. */
function bsdStamp(p: i32): i32 {
  if (ld8(p + 12) !== 0x3a || ld8(p + 15) !== 0x20) return -1;
  const seconds = two(p + 13);
  if (seconds < 0 || seconds > 59) return -1;
  if (ldu(p) !== minute0 || ldu(p + 4) !== minute1 || ldu(p + 8) !== minute2 || minute3 !== 0) {
    const month = monthAt(p);
    const day = ld8(p + 4) === 0x20 ? ld8(p + 5) - 0x30 : two(p + 4);
    const h = two(p + 7);
    const m = two(p + 10);
    if (month < 0 || day < 1 || day > 31 || h < 0 || h > 23 || m < 0 || m > 59) return -1;
    if (ld8(p + 3) !== 0x20 || ld8(p + 6) !== 0x20 || ld8(p + 9) !== 0x3a) return -1;
    minute0 = ldu(p);
    minute1 = ldu(p + 4);
    minute2 = ldu(p + 8);
    minute3 = 0;
    const hours = (daysBefore(month) + day) * 24 + h;
    minuteAt = hours * 3_600 + m * 60;
    atHour(hours);
  }
  micros = 0;
  settle(minuteAt + seconds);
  return p + 15;
}

/** `2026-11-21T09:15:02.418233+01:00 `: the position of the space behind it, -1 = none. */
function isoStamp(p: i32): i32 {
  const seconds = two(p + 17);
  if (seconds < 0 || seconds > 59 || ld8(p + 16) !== 0x3a) return -1;
  let i = p + 19;
  micros = 0;
  if (ld8(i) === 0x2e) {
    i++;
    let part: i32 = 0;
    for (; isDigit(ld8(i)) && i - p < 30; i++) if (i - p < 26) part = part * 10 + ld8(i) - 0x30;
    for (let n = i - p; n < 26; n++) part *= 10;
    micros = part;
  }
  if (ldu(p) !== minute0 || ldu(p + 4) !== minute1 || ldu(p + 8) !== minute2 || ldu(p + 12) !== minute3) {
    const year = two(p) * 100 + two(p + 2);
    const month = two(p + 5);
    const day = two(p + 8);
    const h = two(p + 11);
    const m = two(p + 14);
    if (two(p) !== 20 || two(p + 2) < 0 || month < 1 || month > 12 || day < 1 || day > 31 || h < 0 || h > 23) return -1;
    if (m < 0 || m > 59 || ld8(p + 4) !== 0x2d || ld8(p + 7) !== 0x2d || ld8(p + 10) !== 0x54 || ld8(p + 13) !== 0x3a)
      return -1;
    minute0 = ldu(p);
    minute1 = ldu(p + 4);
    minute2 = ldu(p + 8);
    minute3 = ldu(p + 12);
    const y = year - 2000;
    const leaps = (y + 3) >> 2;
    const leap = (y & 3) === 0 && month > 2 ? 1 : 0;
    const hours = (y * 365 + leaps + daysBefore(month - 1) + leap + day) * 24 + h;
    minuteAt = hours * 3_600 + m * 60;
    atHour(hours);
  }
  if (ld8(i) === 0x5a) {
    settle(minuteAt + seconds);
    return ld8(i + 1) === 0x20 ? i + 1 : -1;
  }
  if (ldu(i) !== zoneA || ldu(i + 2) !== zoneB) {
    const h = two(i + 1);
    const m = two(i + 4);
    const sign = ld8(i);
    if (h < 0 || m < 0 || ld8(i + 3) !== 0x3a || (sign !== 0x2b && sign !== 0x2d)) return -1;
    zoneA = ldu(i);
    zoneB = ldu(i + 2);
    zoneSeconds = (h * 60 + m) * 60;
    if (sign === 0x2d) zoneSeconds = -zoneSeconds;
  }
  settle(minuteAt + seconds - zoneSeconds);
  return ld8(i + 6) === 0x20 ? i + 6 : -1;
}
