/**
 * Passes lines that are like the one before: the same date, a time of the day that is not earlier, the same shape of stamp,
 * a host that was seen before or, in a log without hosts, none. AssemblyScript.
 * Most lines begin as the one before, with the same second and host: these are compared as two times 16 bytes.
 * Source:  `Usual` in ../usual.ts, and `passUsual` in ../door.ts.
 */
import { addLine, walkedTo, walkFrom } from './lines.ts';
import { below, maskOf } from './simd.ts';

const LF: u8 = 10;
const SPACE: u8 = 0x20;
const PLUS: u8 = 0x2b;
const DASH: u8 = 0x2d;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;
const OPEN: u8 = 0x5b;
const CLOSE: u8 = 0x5d;
/** `HH:MM:SS` */
const TIME: usize = 8;
const LEAST: usize = 24;

// Where things lie in the record: see ../usual.ts.
const DATE: usize = 32;
const STAMP: usize = 48;
const HOSTS: usize = 112;
const HOST_BYTES: usize = 80;

/** bytes of a line's head that are compared at once */
const HEAD: usize = 32;
const NEVER: u64 = 0xffff_ffff_ffff_ffff;

let usual: usize = 0;
let passed: u32 = 0;
let last: usize = 0;
/** `HH:MM:SS` of the line before, as it stands there; of all that were passed the least and the most, first byte highest */
let time: u64 = 0;
let least: u64 = NEVER;
let most: u64 = 0;
/** a bit for each byte that the head of the line before has, up to and with its host; 0: it is not to be compared */
let head: u32 = 0;

export function placeUsual(at: usize): void {
  usual = at;
}

/** How many lines the last call passed, and the start of the last of them. */
export function passedLines(): u32 {
  return passed;
}

export function lastUsual(): usize {
  return last;
}

/** Seconds of the day of a time, its first byte highest. */
function secondsOf(text: u64): u32 {
  const digits = <u64>(text & 0x0f0f_0f0f_0f0f_0f0f);
  const h = <u32>(digits >> 56) * 10 + <u32>((digits >> 48) & 15);
  const m = <u32>((digits >> 32) & 15) * 10 + <u32>((digits >> 24) & 15);
  return (h * 60 + m) * 60 + <u32>((digits >> 8) & 15) * 10 + <u32>(digits & 15);
}

/** Seconds of the day of the earliest and the latest of the lines that the last call passed. */
export function earliestUsual(): u32 {
  return secondsOf(least);
}

export function latestUsual(): u32 {
  return secondsOf(most);
}

/** Takes a time that is not that of the line before. */
function seeTime(text: u64): void {
  time = text;
  const value = bswap<u64>(text);
  if (value < least) least = value;
  if (value > most) most = value;
}

// @inline
function isDigit(byte: u8): bool {
  return <u8>(byte - 0x30) < 10;
}

function isSame(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** A time of the day `HH:MM:SS`. */
function isTime(at: usize): bool {
  for (let i: usize = 0; i < TIME; i++) {
    const byte = load<u8>(at + i);
    if (i == 2 || i == 5 ? byte != 0x3a : !isDigit(byte)) return false;
  }
  const h = load<u8>(at);
  if (h > 0x32 || (h == 0x32 && load<u8>(at + 1) > 0x33)) return false;
  return load<u8>(at + 3) < 0x36 && load<u8>(at + 6) < 0x36;
}

/** Whether the host behind the stamp is one of those seen: the last one is asked first. */
function isHost(at: usize, stop: usize): bool {
  const count = load<u32>(usual, 16);
  const current = load<u32>(usual, 20);
  for (let i: u32 = 0; i < count; i++) {
    let k = current + i;
    if (k >= count) k -= count;
    const host = usual + HOSTS + <usize>k * HOST_BYTES;
    const length = <usize>load<u32>(host);
    if (at + length <= stop && isSame(at, host + 4, length)) {
      store<u32>(usual, k, 20);
      return load<u32>(usual, 24) == 0 || !mayHaveHost(at + length, stop);
    }
  }
  return false;
}

/** As src/framing/framer.ts asks behind a stamp with a space: whether `tag[pid]:` is the first word, or the second. */
function mayHaveHost(at: usize, stop: usize): bool {
  if (at >= stop || load<u8>(at) == OPEN) return false;
  // an offset of another form: the text begins behind it
  if (load<u8>(at) == PLUS || load<u8>(at) == DASH) return true;
  // mostly there is no `[` inside the first two words, which end at the second space
  const spaces = maskOf(at, i8x16.splat(SPACE));
  const second = spaces & (spaces - 1);
  const inside = maskOf(at, i8x16.splat(OPEN)) & ~((spaces << 1) | 1);
  if (second != 0 && (inside & below(ctz<u64>(second))) == 0) return false;
  let word = at;
  while (word < stop && load<u8>(word) != SPACE) word++;
  return hasPidTag(at, stop) || hasPidTag(word + 1, stop);
}

/** Whether a word `name[digits]:` stands here. */
function hasPidTag(from: usize, stop: usize): bool {
  let at = from;
  while (at < stop && load<u8>(at) != SPACE && load<u8>(at) != OPEN) at++;
  if (at <= from || at >= stop || load<u8>(at) != OPEN) return false;
  const first = ++at;
  while (at < stop && isDigit(load<u8>(at))) at++;
  return at > first && at + 1 < stop && load<u8>(at) == CLOSE && load<u8>(at + 1) == COLON;
}

/** Whether the head of this line is that of the last that was passed. */
// @inline
function isSameHead(line: usize, stop: usize): bool {
  if (head == 0) return false;
  const low = i8x16.bitmask(i8x16.eq(v128.load(line), v128.load(last)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(line, 16), v128.load(last, 16)));
  return (
    (<u32>(low | (high << 16)) & head) == head && line + LEAST <= stop && line + HEAD - <usize>clz<u32>(head) <= stop
  );
}

/** Notes how many bytes of this line, which is passed, the next one may have too. */
// @inline
function noteHead(line: usize): void {
  const rest = <usize>load<u32>(usual) + <usize>load<u32>(usual, 4);
  const bytes = rest + <usize>load<u32>(usual + HOSTS + <usize>load<u32>(usual, 20) * HOST_BYTES);
  // a line without a host is looked at behind its stamp
  head = bytes > HEAD || load<u32>(usual, 24) != 0 ? 0 : <u32>below(<u64>bytes);
}

/** Whether this line is like the one before. */
function isUsual(line: usize, stop: usize): bool {
  const date = <usize>load<u32>(usual);
  const rest = <usize>load<u32>(usual, 4);
  const fraction = <usize>load<u32>(usual, 8);
  if (date == 0 || stop - line < LEAST || line + date + rest >= stop) return false;
  if (!isSame(line, usual + DATE, date)) return false;
  let at = line + date;
  const end = at + rest;
  if (end < at + TIME) return false;
  let stamp = usual + STAMP;
  if (date == 10) {
    // `T` or a space
    if (load<u8>(at) != load<u8>(stamp)) return false;
    at++;
    stamp++;
  }
  let bytes = TIME;
  const text = load<u64>(at);
  if (text != time && !isTime(at)) return false;
  if (fraction != 0) {
    if (load<u8>(at + TIME) != DOT) return false;
    for (let i: usize = 1; i <= fraction; i++) if (!isDigit(load<u8>(at + TIME + i))) return false;
    bytes += fraction + 1;
  }
  if (!isSame(at + bytes, stamp + bytes, end - at - bytes) || load<u8>(end) != SPACE) return false;
  if (!isHost(end, stop)) return false;
  if (load<u32>(usual, 12) != 0 && !isLater(at, stamp, bytes)) return false;
  if (text != time) seeTime(text);
  noteHead(line);
  return true;
}

/** Whether this time is not before the latest, which it then is. */
function isLater(at: usize, stamp: usize, bytes: usize): bool {
  for (let i: usize = 0; i < bytes; i++) {
    const a = load<u8>(at + i);
    const b = load<u8>(stamp + i);
    if (a < b) return false;
    if (a > b) {
      memory.copy(stamp + i, at + i, bytes - i);
      return true;
    }
  }
  return true;
}

/** The first line from `from` on that is not like the one before, or `end`. */
export function passUsual(from: usize, end: usize): usize {
  passed = 0;
  time = most = 0;
  least = NEVER;
  head = 0;
  walkFrom(from);
  const lf = i8x16.splat(LF);
  // the ends of the lines among 64 bytes, those left out that are behind us
  let ends = maskOf(from, lf);
  let base = from;
  let at = from;
  while (at < end) {
    while (ends == 0 && base + 64 < end) {
      base += 64;
      ends = maskOf(base, lf);
    }
    const stop = ends == 0 ? end : min(base + <usize>ctz<u64>(ends), end);
    ends &= ends - 1;
    if (!isSameHead(at, stop) && !isUsual(at, stop)) {
      walkedTo(at);
      return at;
    }
    addLine(at);
    passed++;
    last = at;
    at = stop + 1;
  }
  walkedTo(end);
  return end;
}
