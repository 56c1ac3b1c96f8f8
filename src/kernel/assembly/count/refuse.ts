/** `NOQUEUE: reject: STAGE from h[ip]: 550 5.1.1 …; from=<a> to=<b> proto=ESMTP helo=<c>`, the usual shape of it. */
import { findEither, findOpening, hash, hash2, hashLow, type i32, ld, ld8, mul, strange } from './memory.ts';
import { indexOf, indexOfByte, is, isFolded, STEP_1 } from './bytes.ts';
import { codeAt } from './answer-words.ts';
import { clash, isForced, other, READ, sawRefused } from './keys.ts';
import { pid } from './head.ts';
import { end, start } from './line.ts';
import { readRecord } from './reading.ts';
import { HOSTS_KEY, T_REFUSAL } from './tokens.ts';
import { has, SERIAL, SLOW } from './records.ts';
import { nameOf } from './names.ts';
import { addressOf, domainOf } from './people.ts';
import { lowAt, place, placeOfLow, token } from './shape.ts';
import { now } from './stamps.ts';
import { empty, lookUp, newTable, put } from './tables.ts';
import { awaitPair, isAwaitedFrom, isTelling, tellsRefusals } from './told.ts';

let at: i32 = 0;
/** the recipient */
let toStart: i32 = 0;
let toEnd: i32 = 0;
/** of the last refusal that was read: by the place where the like stood first, -1 = none */
export let refusedSender: i32 = -1;
export let refusedRecipient: i32 = -1;
export let refusedHelo: i32 = -1;
/** where it is told (told.ts): the recipient's name, or that of the domain; 0 = none is named */
export let refusedName: i32 = 0;
/** the code, where the answer and the client stand */
export let refusedCode: i32 = 0;
export let answerStart: i32 = 0;
export let answerEnd: i32 = 0;
export let clientStart: i32 = 0;
export let clientEnd: i32 = 0;
/** names, as above: the sender's, and what the client called itself; 0 where nothing is compared with it */
export let senderName: i32 = 0;
export let heloName: i32 = 0;
/** refusals were weighed */
let hasPlain: boolean = false;
/** answers of this second */
let said: i32 = 0;
let saidSince: i32 = 0;
/** The times of refusals go back: which of them are remembered hangs on all that stand between, of which the formats read a part. */
export let wentBack: boolean = false;
/** as long, in seconds, and as many as there */
const SAID_SECONDS = 60;
const MOST_SAID = 2_000;

export function openRefusals(): void {
  hasPlain = false;
  said = newTable(256);
  saidSince = 0;
  wentBack = false;
}

export function sawSecondHost(): void {
  if (hasPlain) clash(HOSTS_KEY, 0);
}

/** `name[address]` at p: one past it, -1 = none. `:port` belongs to it. */
export function peerEnd(p: i32): i32 {
  let i = findOpening(p, end);
  if (i >= end || ld8(i) !== 0x5b) return -1;
  i = findEither(0x5d, 0x20, i, end);
  if (i >= end || ld8(i) !== 0x5d) return -1;
  i++;
  if (ld8(i) !== 0x3a || ld8(i + 1) < 0x30 || ld8(i + 1) > 0x39) return i;
  i++;
  while (i < end && ld8(i) >= 0x30 && ld8(i) <= 0x39) i++;
  return i;
}

/** An address in `<>` at p: its place and that of the first like it but for case; -1 = it is strange. `at`: behind it. */
function placeOf(session: i32, p: i32): i32 {
  const close = indexOfByte(p, end, 0x3e);
  if (close < 0) return -1;
  const low = hashLow(p, close);
  if (strange) return -1;
  at = close + 1;
  const n = place(session, hash(p, close), hash2, low);
  return n < 0 ? -1 : n | (placeOfLow(session, low) << 8);
}

/** Reads the line from its stage; false: the formats must read it. `hosts`: how many hosts write this log. */
export function readRefusal(session: i32, p: i32, hosts: i32): boolean {
  let stageEnd = p;
  while (ld8(stageEnd) >= 0x41 && ld8(stageEnd) <= 0x5a) stageEnd++;
  if (!is(stageEnd, ' from ')) return false;
  const peer = peerEnd(stageEnd + 6);
  if (peer < 0 || !is(peer, ': ')) return false;
  const text = peer + 2;
  const tail = indexOf(text, end, '; from=<');
  if (tail < 0 || indexOf(tail + 8, end, '; from=<') >= 0) return false;
  const code = codeAt(text, tail);
  if (code < 400) return false;
  const sender = placeOf(session, tail + 8);
  if (sender < 0) return false;
  let recipient: i32 = -1;
  let low: i32 = 0;
  refusedName = 0;
  // postscreen puts commas between the parts
  const comma: i32 = ld8(at) === 0x2c ? 1 : 0;
  at += comma;
  if (is(at, ' to=<')) {
    const a = at + 5;
    recipient = placeOf(session, a);
    if (recipient < 0) return false;
    low = hashLow(a, at - 1);
    toStart = a;
    toEnd = at - 1;
    if (comma !== 0 && ld8(at) === 0x2c) at++;
  }
  if (!is(at, ' proto=')) return false;
  at += 7;
  while (at < end && ld8(at) > 0x20 && ld8(at) !== 0x2c && ld8(at) !== 0x3a) at++;
  let helo: i32 = -1;
  if (comma !== 0 && ld8(at) === 0x2c) at++;
  if (at < end) {
    if (!is(at, ' helo=<')) return false;
    helo = placeOf(session, at + 7);
    if (helo < 0 || at !== end) return false;
  }
  refusedSender = sender >> 8;
  refusedRecipient = recipient < 0 ? -1 : recipient >> 8;
  refusedHelo = helo < 0 ? -1 : helo >> 8;
  refusedCode = code;
  if (isTelling)
    nameRefusal(tail, helo >= 0, tellsRefusals || code < 500 || isAwaitedFrom(lowAt(session, refusedSender), low));
  answerStart = text;
  answerEnd = tail;
  clientStart = stageEnd + 6;
  clientEnd = peer;
  if (isTelling && code < 500 && recipient >= 0) awaitPair(lowAt(session, refusedSender), low);
  token(session, T_REFUSAL);
  token(session, hash(p, stageEnd));
  token(session, code);
  token(session, code < 500 && saysGreylisting(text, tail) ? 1 : 0);
  token(session, sender);
  token(session, recipient);
  token(session, helo);
  const senderLow = hashLow(tail + 8, indexOfByte(tail + 8, end, 0x3e));
  return settle(session, text, low, mul(senderLow, STEP_1) | 1, code, hosts);
}

/** Only of an attempt that is compared with others (`isWhole`) all names are told. */
function nameRefusal(tail: i32, hasHelo: boolean, isWhole: boolean): void {
  if (refusedRecipient >= 0) refusedName = isWhole ? addressOf(toStart, toEnd) : domainOf(toStart, toEnd);
  senderName = isWhole ? addressOf(tail + 8, indexOfByte(tail + 8, end, 0x3e)) : 0;
  heloName = isWhole && hasHelo ? nameOf(indexOf(tail, end, ' helo=<') + 7, end - 1) : 0;
}

/** What marks the refusal that the line at hand tells: its sender; 0 = any. */
export function signOfRefusal(): i32 {
  const sender = indexOf(start, end, '; from=<');
  if (sender < 0) return 0;
  const close = indexOfByte(sender + 8, end, 0x3e);
  return close < 0 ? 0 : signOfSender(sender + 8, close);
}

/** What marks the sender that stands in [a, b); 0 where others may be the same (sameAddress in src/correlate/entry.ts). */
export function signOfSender(a: i32, b: i32): i32 {
  const low = hashLow(a, b);
  return strange ? 0 : signOfLow(low);
}

/** The same, of the address in lower case. */
export function signOfLow(low: i32): i32 {
  return mul(low, STEP_1) | 1;
}

/** The code of the refusal that the line at hand tells, 0 = none. */
export function codeOfRefusal(): i32 {
  const from = indexOf(start, end, ' from ');
  const peer = from < 0 ? -1 : peerEnd(from + 6);
  return peer < 0 || !is(peer, ': ') ? 0 : codeAt(peer + 2, end);
}

/** The same answer, the same line: told by places. And what a delivery line may say of the same address. */
function settle(session: i32, text: i32, low: i32, sender: i32, code: i32, hosts: i32): boolean {
  const line = place(session, hash(start, end), hash2, 1);
  const answer = hash(text, end);
  const answer2 = hash2;
  const words = place(session, answer, answer2, 2);
  if (line < 0 || words < 0) return false;
  token(session, line);
  token(session, words);
  // a refusal of one host may repeat that of another (src/correlate/inner.ts)
  if (hosts > 1 || isForced(HOSTS_KEY, 0)) return false;
  hasPlain = true;
  if (saidBefore(session, answer, answer2)) return false;
  if (low === 0 || !sawRefused(low, now, has(session, SLOW) ? READ : session, sender, code)) return true;
  if (other !== 0) readRecord(other);
  return false;
}

/**
 * The same answer of the same process in the same second, in another session: told once (src/correlate/tracker.ts seenRefusal).
 */
function saidBefore(session: i32, answer: i32, b: i32): boolean {
  const gap = now - saidSince;
  if (gap > SAID_SECONDS || gap < -SAID_SECONDS || ld(said + 8) > MOST_SAID) {
    if (gap < 0) wentBack = true;
    empty(said);
    saidSince = now;
  }
  const a = answer ^ mul(pid ^ (now << 8), STEP_1);
  if (isForced(a, b ^ now)) return true;
  const slot = lookUp(said, a, b);
  if (slot === 0) {
    put(said, a, b, session, ld(session + SERIAL));
    return false;
  }
  const before = ld(slot + 8);
  if (before === session) return false;
  if (ld(before + SERIAL) === ld(slot + 12)) readRecord(before);
  else clash(a, b ^ now);
  return true;
}

function saysGreylisting(a: i32, b: i32): boolean {
  for (let i = a; i + 8 <= b; i++) {
    const c = ld8(i);
    if (c !== 0x67 && c !== 0x47) continue;
    if (!isFolded(i, 'grey') && !isFolded(i, 'gray')) continue;
    if (isFolded(i + 4, 'list') || (i + 9 <= b && isFolded(i + 4, '-list'))) return true;
    if (i + 11 <= b && isFolded(i, 'grey listed')) return true;
  }
  return false;
}
