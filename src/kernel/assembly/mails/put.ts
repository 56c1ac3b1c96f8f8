/**
 * The output, and how texts, numbers, times and ids are put into it (src/render/json.ts, src/correlate/stable-id.ts).
 * What does not stand in a JSON string as it is makes `isBad`: such a mail is not written here.
 */
import { fold } from '../count/bytes.ts';
import { copy, copyPlain, type f64, type i32, int, ld8, ldf, mul, st8, stf, take, write } from '../count/memory.ts';

export const OUT_ROOM = 6 * 1024 * 1024;
export let out: i32 = 0;
/** where the next byte goes */
export let at: i32 = 0;
/** something cannot be told here */
export let isBad: boolean = false;

export function openPut(): void {
  out = take(OUT_ROOM + 4096);
  at = out;
  openMinutes();
  openDay();
}

export function putAt(place: i32): void {
  at = place;
  isBad = false;
}

export function bad(): void {
  isBad = true;
}

export function put(word: string): void {
  at = write(at, word);
}

// @inline
export function putByte(c: i32): void {
  st8(at, c);
  at++;
}

/** A JSON string of [a, b). */
export function putText(a: i32, b: i32): void {
  st8(at, 0x22);
  if (!copyPlain(at + 1, a, b)) isBad = true;
  at += b - a + 1;
  st8(at, 0x22);
  at++;
}

/** `,"name":` and a JSON string of [a, b), where it is told and not empty. */
export function putField(name: string, a: i32, b: i32): void {
  if (a === 0 || a === b) return;
  at = write(at, name);
  putText(a, b);
}

/** Bytes that are JSON already. */
export function putBytes(a: i32, b: i32): void {
  copy(at, a, b - a);
  at += b - a;
}

/** A whole number that is not negative. */
export function putNumber(value: i32): void {
  let size: i32 = 1;
  for (let rest = value; rest >= 10; rest = int(rest / 10)) size++;
  let rest = value;
  for (let i = at + size - 1; i >= at; i--) {
    const less = int(rest / 10);
    st8(i, 0x30 + rest - less * 10);
    rest = less;
  }
  at += size;
}

function putTwo(value: i32): void {
  const tens = int(value / 10);
  st8(at, 0x30 + tens);
  st8(at + 1, 0x30 + value - tens * 10);
  at += 2;
}

function putThree(value: i32): void {
  const hundreds = int(value / 100);
  st8(at, 0x30 + hundreds);
  at++;
  putTwo(value - hundreds * 100);
}

/** Milliseconds as seconds with a fraction, as JavaScript writes the number. */
export function putSeconds(ms: f64): void {
  if (ms >= 2_000_000_000_000) {
    isBad = true;
    return;
  }
  const seconds = int(Math.floor(ms / 1000));
  const whole: f64 = seconds;
  const rest = int(ms - whole * 1000);
  putNumber(seconds);
  if (rest === 0) return;
  putByte(0x2e);
  putThree(rest);
  while (isZero(at - 1)) at--;
}

function isZero(p: i32): boolean {
  return ld8(p) === 0x30;
}

// --- times: their minute as text, told by the caller; a slot: the minute (double), how it begins and ends

const MINUTES = 4096;
const SLOT = 48;
const BEGIN = 8;
/** `"2026-11-20T08:24:`, `+01:00"` */
export const BEGIN_BYTES = 18;
const END = 26;
export const END_BYTES = 7;
let minutes: i32 = 0;
/** the minute that is asked for; -1 = none */
export let askedMinute: f64 = -1;

function openMinutes(): void {
  minutes = take(MINUTES * SLOT);
  askedMinute = -1;
}

export function forgetMinute(): void {
  askedMinute = -1;
}

function slotOf(minute: f64): i32 {
  return minutes + int(minute - Math.floor(minute / MINUTES) * MINUTES) * SLOT;
}

/** Where the text of the asked minute goes: first how it begins, then how it ends. */
export function minuteText(): i32 {
  return slotOf(askedMinute) + BEGIN;
}

/** The text was put there; false: the minute has none. */
export function tellMinute(): void {
  stf(slotOf(askedMinute), askedMinute);
  askedMinute = -1;
}

/** A time, ms. Where its minute is not known it is asked for. */
export function putTime(value: f64): void {
  const ms = Math.floor(value);
  const minute = Math.floor(ms / 60_000);
  if (minute <= 0) {
    isBad = true;
    return;
  }
  const slot = slotOf(minute);
  if (ldf(slot) !== minute) {
    askedMinute = minute;
    isBad = true;
    return;
  }
  const rest = int(ms - minute * 60_000);
  copy(at, slot + BEGIN, BEGIN_BYTES);
  at += BEGIN_BYTES;
  const seconds = int(rest / 1000);
  putTwo(seconds);
  putByte(0x2e);
  putThree(rest - seconds * 1000);
  copy(at, slot + END, END_BYTES);
  at += END_BYTES;
}

// --- hashes of src/model/hash.ts, of ASCII

let h1: i32 = 0;
let h2: i32 = 0;
/** of the last hash: its lower 32 bits and the 21 above */
export let hashLow32: i32 = 0;
export let hashHigh: i32 = 0;

function mix(c: i32): void {
  h1 = mul(h1 ^ c, -1640531535);
  h2 = mul(h2 ^ c, 1597334677);
}

function finish(): void {
  let a = mul(h1 ^ (h1 >>> 16), -2048144789) ^ mul(h2 ^ (h2 >>> 13), -1028477387);
  const b = mul(h2 ^ (h2 >>> 16), -2048144789) ^ mul(a ^ (a >>> 13), -1028477387);
  a ^= b >>> 7;
  hashHigh = b & 2_097_151;
  hashLow32 = a;
}

function beginText(): void {
  h1 = -559038737;
  h2 = 1103547991;
}

function mixAll(a: i32, b: i32): void {
  for (let i = a; i < b; i++) mix(ld8(i));
}

/** hashFolded() of a recipient with the seed of a sender: hashLow32, hashHigh. */
export function hashPair(a: i32, b: i32, c: i32, d: i32): void {
  h1 = -1640531527;
  h2 = 1103547991;
  mixFolded(a, b);
  finish();
  const low = hashLow32;
  const high = hashHigh;
  h1 = -1640531527 ^ low;
  h2 = 1103547991 ^ high;
  mixFolded(c, d);
  finish();
  if (hashLow32 === 0 && hashHigh === 0) hashLow32 = 1;
}

function mixFolded(a: i32, b: i32): void {
  for (let i = a; i < b; i++) mix(fold(ld8(i)));
}

// --- ids

/** hash of the last id: its lower 32 bits and the 21 above */
export let idLow: i32 = 0;
export let idHigh: i32 = 0;
let dayText: i32 = 0;
let lastDay: i32 = 0;
/** where the parts of an id's hash are put together */
let scratch: i32 = 0;
let scratchEnd: i32 = 0;

function openDay(): void {
  dayText = take(16);
  lastDay = -1;
  scratch = take(8192);
}

/** Begins an id of this time (ms). */
export function beginId(time: f64): void {
  idSecond = Math.floor(time / 1000);
  if (idSecond < 0 || idSecond > 2_147_483_000) {
    isBad = true;
    idSecond = 0;
  }
  const before = at;
  at = scratch;
  putNumber(int(idSecond));
  scratchEnd = at;
  at = before;
}

let idSecond: f64 = 0;

/** One more part; 0, 0 = not told. */
export function addPart(a: i32, b: i32): void {
  st8(scratchEnd, 0x0a);
  scratchEnd++;
  if (b - a > 1000 || scratchEnd - scratch > 6000) {
    isBad = true;
    return;
  }
  copy(scratchEnd, a, b - a);
  scratchEnd += b - a;
}

/** As addPart, its letters made small. */
export function addFolded(a: i32, b: i32): void {
  const from = scratchEnd + 1;
  addPart(a, b);
  for (let i = from; i < scratchEnd; i++) st8(i, fold(ld8(i)));
}

/** The id as a JSON string; its own hash then is in idLow, idHigh. */
export function putId(): void {
  beginText();
  mixAll(scratch, scratchEnd);
  finish();
  let low: f64 = hashLow32;
  if (low < 0) low += 4_294_967_296;
  const high: f64 = hashHigh;
  const number = high * 4_294_967_296 + low;
  const upper = Math.floor(number / 24_300_000);
  const lower = int(number - upper * 24_300_000);
  const top = int(upper);
  putByte(0x22);
  const from = at;
  const second = int(idSecond);
  const day = int(second / 86_400);
  if (day !== lastDay) tellDay(day);
  copy(at, dayText, 8);
  at += 8;
  putByte(0x2d);
  const rest = second - day * 86_400;
  const minute = int(rest / 60);
  const hour = int(minute / 60);
  putTwo(hour);
  putTwo(minute - hour * 60);
  putTwo(rest - minute * 60);
  putByte(0x2d);
  const middle = int(lower / 900);
  putDigits(lower - middle * 900);
  const fifth = int(middle / 900);
  putDigits(middle - fifth * 900);
  putDigit(fifth);
  const above = int(top / 900);
  putDigits(top - above * 900);
  putDigits(above % 900);
  beginText();
  mixAll(from, at);
  finish();
  idLow = hashLow32;
  idHigh = hashHigh;
  putByte(0x22);
}

function putDigits(n: i32): void {
  const upper = int(n / 30);
  putDigit(n - upper * 30);
  putDigit(upper);
}

function putDigit(n: i32): void {
  const digits = '0123456789bcdfghjkmnpqrstvwxyz';
  putByte(digits.charCodeAt(n));
}

/** `20261120` of a day since 1970 (proleptic Gregorian, from the 1st of March of the year 0). */
function tellDay(day: i32): void {
  lastDay = day;
  const z = day + 719_468;
  const era = int(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = int((doe - int(doe / 1_460) + int(doe / 36_524) - int(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100));
  const mp = int((5 * doy + 2) / 153);
  const d = doy - int((153 * mp + 2) / 5) + 1;
  const m = mp < 10 ? mp + 3 : mp - 9;
  const y = yoe + era * 400 + (m <= 2 ? 1 : 0);
  const before = at;
  at = dayText;
  putTwo(int(y / 100));
  putTwo(y % 100);
  putTwo(m);
  putTwo(d);
  at = before;
}
