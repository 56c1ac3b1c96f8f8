/**
 * The line at hand: its head (time, host, program, process) and where its text begins.
 * Times are told with the shift that the caller sets: what the stamps lack (year, zone).
 */
import { is, isDigit } from '../count/bytes.ts';
import { daysBefore, monthAt } from '../count/calendar.ts';
import { type f64, find, hash, hash2, type i32, ld, ld8, ldu } from '../count/memory.ts';
import { lookUp, newTable, put } from '../count/tables.ts';

// what a program is: told by the caller
export const NONE = 1;
export const SMTPD = 2;
export const CLEANUP = 3;
export const QMGR = 4;
export const PICKUP = 5;
export const DELIVERY = 6;
export const LMTP = 7;
export const POSTSCREEN = 8;
export const AMAVIS = 9;
export const RSPAMD = 10;
export const BOUNCES = 11;
export const POSTGREY = 12;

const MOST_HEAD = 120;
const MOST_TAGS = 4096;

export let start: i32 = 0;
export let end: i32 = 0;
/** ms, as the formats tell it */
export let time: f64 = 0;
export let kind: i32 = 0;
/** a number of its instance, another for each host and instance */
export let owner: i32 = 0;
export let pid: i32 = 0;
export let body: i32 = 0;
export let hostStart: i32 = 0;
export let hostEnd: i32 = 0;
/** the program's name, where it begins */
export let programStart: i32 = 0;

/** a head that is not known, to be asked for; 0 = none */
export let askedStart: i32 = 0;
export let askedEnd: i32 = 0;

let tags: i32 = 0;
let tagCount: i32 = 0;
/** microseconds of the stamp, without the shift */
export let micros: f64 = 0;
let shift: f64 = 0;

export function openLines(): void {
  tags = newTable(256);
  tagCount = 0;
  shift = 0;
  askedStart = askedEnd = 0;
  minuteAt = -1;
}

/** What the stamps lack, ms. */
export function setShift(ms: f64): void {
  shift = ms;
}

export function forgetAsked(): void {
  askedStart = 0;
}

/** Answers what was asked. */
export function tellTag(what: i32, whose: i32): void {
  const x = hash(askedStart, askedEnd);
  put(tags, x, hash2, what, whose);
  tagCount++;
  askedStart = 0;
}

/** Reads the head of [a, b); false: it is none of the usual shape, or is asked for. */
export function readHead(a: i32, b: i32): boolean {
  start = a;
  end = b;
  if (b - a < 24 || ld8(b - 1) === 0x0d) return false;
  const stamp = readStamp(a);
  if (stamp < 0) return false;
  const from = stamp + 1;
  const last = b < from + MOST_HEAD ? b : from + MOST_HEAD;
  const open = find(0x5b, from, last);
  if (open === last) return false;
  const x = hash(from, open);
  const known = lookUp(tags, x, hash2);
  if (known === 0) {
    if (tagCount < MOST_TAGS) {
      askedStart = from;
      askedEnd = open;
    }
    return false;
  }
  kind = ld(known + 8);
  owner = ld(known + 12);
  if (kind === NONE) return false;
  hostStart = from;
  hostEnd = find(0x20, from, open);
  programStart = hostEnd + 1;
  let i = open + 1;
  pid = 0;
  for (; i < b && i < open + 10 && isDigit(ld8(i)); i++) pid = pid * 10 + ld8(i) - 0x30;
  if (i === open + 1 || ld8(i) !== 0x5d || ld8(i + 1) !== 0x3a || ld8(i + 2) !== 0x20 || i + 3 >= b) return false;
  body = i + 3;
  const first = ld8(body);
  if (first <= 0x20 || first === 0x5b || (first === 0x6d && is(body, 'message repeated '))) return false;
  // the logger's escapes
  if (find(0x23, body, b) < b) return false;
  time = timeOf();
  return true;
}

/** As a framer tells it (src/framing/stamps.ts): day and time of the day, to the last bit. */
function timeOf(): f64 {
  const all = micros + shift * 1000;
  const day = Math.floor(all / 86_400_000_000) * 86_400_000;
  return day + (all - day * 1000) / 1000;
}

// --- stamps: src/kernel/assembly/count/stamps.ts has the same, with the hours that it marks

let minute0: i32 = 0;
let minute1: i32 = 0;
let minute2: i32 = 0;
let minute3: i32 = 0;
let minuteAt: i32 = 0;

function two(p: i32): i32 {
  const x = ld8(p) - 0x30;
  const y = ld8(p + 1) - 0x30;
  return x >= 0 && x <= 9 && y >= 0 && y <= 9 ? x * 10 + y : -1;
}

/** The place of the space behind the stamp, -1 = none of a known shape. */
function readStamp(p: i32): i32 {
  const c = ld8(p);
  if (c >= 0x41 && c <= 0x5a) return readBsd(p);
  return c === 0x32 ? readIso(p) : -1;
}

function readBsd(p: i32): i32 {
  if (ld8(p + 12) !== 0x3a || ld8(p + 15) !== 0x20) return -1;
  const seconds = two(p + 13);
  if (seconds < 0 || seconds > 59) return -1;
  if (minuteAt < 0 || ldu(p) !== minute0 || ldu(p + 4) !== minute1 || ldu(p + 8) !== minute2 || minute3 !== 0) {
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
    minuteAt = ((daysBefore(month) + day) * 24 + h) * 3_600 + m * 60;
  }
  micros = minuteAt + seconds;
  micros *= 1_000_000;
  return p + 15;
}

let zoneA: i32 = 0;
let zoneB: i32 = 0;
let zoneSeconds: i32 = 0;

/** `2026-11-21T09:15:02.418233+01:00 ` */
function readIso(p: i32): i32 {
  const seconds = two(p + 17);
  if (seconds < 0 || seconds > 59 || ld8(p + 16) !== 0x3a) return -1;
  let i = p + 19;
  let part: i32 = 0;
  if (ld8(i) === 0x2e) {
    i++;
    for (; isDigit(ld8(i)) && i - p < 30; i++) if (i - p < 26) part = part * 10 + ld8(i) - 0x30;
    for (let n = i - p; n < 26; n++) part *= 10;
  }
  if (!isIsoMinute(p)) return -1;
  let zone: i32 = 0;
  if (ld8(i) === 0x5a) i++;
  else {
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
    zone = zoneSeconds;
    i += 6;
  }
  micros = minuteAt + seconds - zone;
  micros = micros * 1_000_000 + part;
  return ld8(i) === 0x20 ? i : -1;
}

/** Whether date, hour and minute are such: minuteAt. */
function isIsoMinute(p: i32): boolean {
  if (
    minuteAt >= 0 &&
    ldu(p) === minute0 &&
    ldu(p + 4) === minute1 &&
    ldu(p + 8) === minute2 &&
    ldu(p + 12) === minute3
  )
    return true;
  const year = two(p) * 100 + two(p + 2);
  const month = two(p + 5);
  const day = two(p + 8);
  const h = two(p + 11);
  const m = two(p + 14);
  if (two(p) !== 20 || two(p + 2) < 0 || month < 1 || month > 12 || day < 1 || day > 31 || h < 0 || h > 23)
    return false;
  if (m < 0 || m > 59 || ld8(p + 4) !== 0x2d || ld8(p + 7) !== 0x2d || ld8(p + 10) !== 0x54 || ld8(p + 13) !== 0x3a)
    return false;
  minute0 = ldu(p);
  minute1 = ldu(p + 4);
  minute2 = ldu(p + 8);
  minute3 = ldu(p + 12);
  const y = year - 2000;
  const leaps = (y + 3) >> 2;
  const leap = (y & 3) === 0 && month > 2 ? 1 : 0;
  const hours = (y * 365 + leaps + daysBefore(month - 1) + leap + day) * 24 + h;
  minuteAt = hours * 3_600 + m * 60;
  return true;
}
