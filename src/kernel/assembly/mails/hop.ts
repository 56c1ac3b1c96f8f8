/**
 * What the lines of a mail say of it in one queue: fields as places of bytes, 0 and 0 = not told. A record is words: its
 * fields, then where its recipients' ends are.
 * The rules are those of src/correlate (apply.ts, apply-delivery.ts, apply-session.ts, hop-facts.ts, end-of.ts) for lines of
 * which nothing can be read in two ways.
 */
import { fold } from '../count/bytes.ts';
import { clear, find, hashLow, type i32, ld, ld8, ldf, st, stf, strange, take } from '../count/memory.ts';
import { owner, time } from './line.ts';

// fields of a mail: each a begin, and an end in the next word
export const ID = 0;
export const SENDER = 8;
export const MESSAGE_ID = 16;
export const SUBJECT = 24;
export const USER = 32;
export const TLS = 40;
export const IP = 48;
export const NAME = 56;
export const HELO = 64;
/** whom a header check names */
export const NAMED = 72;
export const HOST = 80;
export const INSTANCE = 88;
// times, ms
export const FIRST = 96;
export const LAST = 104;
// numbers
export const OWNER = 112;
export const SIZE = 116;
export const SIZE_END = 120;
export const NRCPT = 124;
export const COUNT = 128;
export const FLAGS = 132;
export const ENDS = 136;
export const WORDS = 140;
export const WORD_COUNT = 144;
/** a notice that Postfix wrote of it: its queue id, what it is, 0 = none; a second one stands NOTICE_BYTES behind */
export const NOTICE = 152;
export const NOTICE_KIND = 160;
/** when it said so, ms */
export const NOTICE_AT = 168;
export const NOTICE_BYTES = 24;
const HOP_BYTES = 200;

export const LOCAL = 1;
export const QUEUED = 2;
export const CLOSED = 4;
/** nobody handed it in: Postfix wrote it */
export const OWN = 8;

// fields of a recipient's end
export const ADDRESS = 0;
export const ORIG = 8;
export const DSN = 16;
export const REPLY = 24;
export const RELAY_NAME = 32;
export const RELAY_IP = 40;
export const REMOTE_ID = 48;
/** what the program that took it calls the mail */
export const FILTER_ID = 56;
export const AT = 64;
export const ATTEMPTS = 72;
/** what the last line said became of it */
export const OUTCOME = 76;
/** stored, or taken by another program than a server */
export const IS_STORED = 80;
export const CODE = 84;
export const PORT = 88;
export const LOW = 92;
export const ORIG_LOW = 96;
/** as the line tells it, ms; -1 = not told */
export const DELAY = 100;
export const END_BYTES = 104;

export const SENT = 1;
export const DEFERRED = 2;
export const BOUNCED = 3;
export const EXPIRED = 4;

/** More recipients are read the ordinary way. */
const MOST_ENDS = 200;

export const MOST_WORDS = 4;
/** What a filter said: time, engine, its own id of the mail, score, recipients, and the line's host. */
export const WORD_BYTES = 128;

export let root: i32 = 0;
export let next: i32 = 0;

export function openHops(): void {
  root = newHop();
  next = newHop();
}

function newHop(): i32 {
  const hop = take(HOP_BYTES);
  st(hop + ENDS, take((MOST_ENDS + 1) * END_BYTES));
  st(hop + WORDS, take((MOST_WORDS + 1) * WORD_BYTES));
  return hop;
}

export function span(record: i32, field: i32, a: i32, b: i32): void {
  st(record + field, a);
  st(record + field + 4, b);
}

export function resetHop(hop: i32, isLocal: boolean): void {
  const ends = ld(hop + ENDS);
  const words = ld(hop + WORDS);
  clear(hop, HOP_BYTES);
  st(hop + ENDS, ends);
  st(hop + WORDS, words);
  st(hop + OWNER, owner);
  st(hop + SIZE, -1);
  st(hop + NRCPT, -1);
  st(hop + FLAGS, isLocal ? LOCAL : 0);
  stf(hop + FIRST, time);
  stf(hop + LAST, time);
}

// @inline
export function has(hop: i32, flag: i32): boolean {
  return (ld(hop + FLAGS) & flag) !== 0;
}

export function flag(hop: i32, bits: i32): void {
  st(hop + FLAGS, ld(hop + FLAGS) | bits);
}

/** The line at hand is of this mail. False: of another host or instance. */
export function touch(hop: i32): boolean {
  if (ld(hop + OWNER) !== owner) return false;
  if (time < ldf(hop + FIRST)) stf(hop + FIRST, time);
  if (time > ldf(hop + LAST)) stf(hop + LAST, time);
  return true;
}

/** The same bytes. */
export function same(a: i32, b: i32, c: i32, d: i32): boolean {
  if (b - a !== d - c) return false;
  for (let i = a, k = c; i < b; i++, k++) if (ld8(i) !== ld8(k)) return false;
  return true;
}

/** Whatever the case of ASCII letters. */
export function sameFolded(a: i32, b: i32, c: i32, d: i32): boolean {
  if (b - a !== d - c) return false;
  for (let i = a, k = c; i < b; i++, k++) if (fold(ld8(i)) !== fold(ld8(k))) return false;
  return true;
}

export function isSame(record: i32, field: i32, other: i32, otherField: i32): boolean {
  return same(ld(record + field), ld(record + field + 4), ld(other + otherField), ld(other + otherField + 4));
}

/** Nobody, or somebody with a domain. */
export function hasDomain(hop: i32): boolean {
  const a = ld(hop + SENDER);
  const b = ld(hop + SENDER + 4);
  return a === b || find(0x40, a, b) < b;
}

/** An address that nothing has to be done to: no quotes, no file or program. */
function isUsual(a: i32, b: i32): boolean {
  const first = ld8(a);
  return a < b && first !== 0x22 && first !== 0x2f && first !== 0x7c;
}

/** The end of this recipient (of [c, d) as it was typed; 0, 0 = the same), made where it is new; 0 = it is not plain. */
export function endOf(hop: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  if (!isUsual(a, b) || (c !== 0 && !isUsual(c, d))) return 0;
  const low = hashLow(a, b);
  if (strange) return 0;
  let origLow: i32 = 0;
  if (c !== 0) {
    origLow = hashLow(c, d);
    if (strange) return 0;
  }
  const count = ld(hop + COUNT);
  let end = ld(hop + ENDS);
  for (let i = 0; i < count; i++) {
    const isIt =
      ld(end + LOW) === low &&
      ld(end + ORIG_LOW) === origLow &&
      sameFolded(a, b, ld(end + ADDRESS), ld(end + ADDRESS + 4)) &&
      (c === 0 ? ld(end + ORIG) === 0 : sameFolded(c, d, ld(end + ORIG), ld(end + ORIG + 4)));
    if (isIt) return end;
    end += END_BYTES;
  }
  if (count === MOST_ENDS) return 0;
  clear(end, END_BYTES);
  span(end, ADDRESS, a, b);
  span(end, ORIG, c, d);
  st(end + LOW, low);
  st(end + ORIG_LOW, origLow);
  st(hop + COUNT, count + 1);
  return end;
}

/** As the sender typed it: where it begins. */
export function typedOf(end: i32): i32 {
  return ld(end + ORIG) === 0 ? ld(end + ADDRESS) : ld(end + ORIG);
}

export function typedEndOf(end: i32): i32 {
  return ld(end + ORIG) === 0 ? ld(end + ADDRESS + 4) : ld(end + ORIG + 4);
}

/** Where the recipient's mail went: another address than the typed one, or 0. */
export function finalOf(end: i32): i32 {
  if (ld(end + ORIG) === 0) return 0;
  return sameFolded(ld(end + ADDRESS), ld(end + ADDRESS + 4), ld(end + ORIG), ld(end + ORIG + 4))
    ? 0
    : ld(end + ADDRESS);
}

/** Whether this filter's word was heard. Its engine is the third word of a word's record (filters.ts). */
export function hasWord(hop: i32, engine: i32): boolean {
  for (let i = 0; i < ld(hop + WORD_COUNT); i++) if (ld(ld(hop + WORDS) + i * WORD_BYTES + 8) === engine) return true;
  return false;
}

/**
 * All of it is here and can be told in one way: it is over, and each recipient's result is known; or it is the last one
 * (`mayWait`), and waits for some.
 */
export function isWhole(hop: i32, mayWait: boolean): boolean {
  if (ld(hop + COUNT) === 0 || ld(hop + SIZE) < 0 || ld(hop + SENDER) === 0) return false;
  if (!hasDomain(hop) || ld(hop + MESSAGE_ID) === 0 || ld(hop + NRCPT) < 0) return false;
  let end = ld(hop + ENDS);
  let waits = false;
  for (let i = 0; i < ld(hop + COUNT); i++) {
    if (ld(end + OUTCOME) === DEFERRED) waits = true;
    end += END_BYTES;
  }
  if (waits ? has(hop, CLOSED) || !mayWait : !has(hop, CLOSED)) return false;
  return isNamed(hop);
}

/** Whom a header check names is one of the recipients. */
function isNamed(hop: i32): boolean {
  const a = ld(hop + NAMED);
  if (a === 0) return true;
  const b = ld(hop + NAMED + 4);
  let end = ld(hop + ENDS);
  for (let i = 0; i < ld(hop + COUNT); i++) {
    if (sameFolded(typedOf(end), typedEndOf(end), a, b)) return true;
    end += END_BYTES;
  }
  return false;
}
