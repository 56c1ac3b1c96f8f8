/**
 * `NOQUEUE: reject: RCPT from h[ip]: 550 5.1.1 …; from=<a> to=<b> proto=ESMTP helo=<c>`: the refusals of a transaction.
 * Source: src/formats/postfix/policy.ts, src/correlate/refusal.ts.
 */
import { indexOf, is, isFolded } from '../count/bytes.ts';
import { type f64, type i32, ld, ld8, ldf, st, stf, take } from '../count/memory.ts';
import { codeAt, enhancedEnd, textStart } from '../count/answer-words.ts';
import { DSN, FIRST, HELO, IP, NAME, OWNER, REPLY, sameFolded, span } from './hop.ts';
import { end, hostEnd, hostStart, kind, owner, pid, POSTSCREEN, programStart, time } from './line.ts';
import { hasSession, peerIp, peerIpEnd, peerName, peerNameEnd, readPeer, seeClient, sessionPid } from './session.ts';
import { wordOn } from './policy-word.ts';
import { findTail, heloEnd, heloStart, readTail, senderEnd, senderStart, toEnd, toStart } from './tail.ts';

/** More refusals of one transaction are read the ordinary way. */
const MOST_REFUSALS = 100;

// fields of a refusal; those of one name are where hop.ts has them: FIRST (its time), HELO, IP, NAME, OWNER, DSN, REPLY
export const FROM = 0;
export const TO = 8;
export const OUTCOME = 120;
export const REFUSED_CODE = 124;
/** what a policy service said of it (policy-word.ts), 0 = nothing */
export const POLICY_WORD = 136;
export const REFUSAL_BYTES = 144;

export const REJECTED = 1;
export const TEMPFAILED = 2;
export const GREYLISTED = 3;

export let refusals: i32 = 0;
export let refusalCount: i32 = 0;
/** host and program of them */
export let refuserHost: i32 = 0;
export let refuserHostEnd: i32 = 0;
export let refuserProgram: i32 = 0;

export function openRefusals(): void {
  refusals = take(MOST_REFUSALS * REFUSAL_BYTES);
  refusalCount = 0;
}

export function refusalAt(i: i32): i32 {
  return refusals + i * REFUSAL_BYTES;
}

/** When it was said, ms. */
export function refusalTime(i: i32): f64 {
  return ldf(refusalAt(i) + FIRST);
}

/** Whether it is of the recipient [a, b), whatever the case of letters. */
export function isRefused(one: i32, a: i32, b: i32): boolean {
  return sameFolded(ld(one + TO), ld(one + TO + 4), a, b);
}

/** Whether both are of one recipient. */
export function refuses(one: i32, other: i32): boolean {
  return isRefused(one, ld(other + TO), ld(other + TO + 4));
}

export function forgetRefusals(): void {
  refusalCount = 0;
}

/** Reads the line from its stage; false: it is not plain. */
export function takeRefusal(p: i32): boolean {
  if (!hasSession || sessionPid !== pid || refusalCount === MOST_REFUSALS) return false;
  let stageEnd = p + 4;
  if (!is(p, 'RCPT') && !is(p, 'MAIL')) return false;
  if (!is(stageEnd, ' from ')) return false;
  stageEnd += 6;
  const isScreened = kind === POSTSCREEN;
  if (isScreened !== (ld8(stageEnd) === 0x5b)) return false;
  const peer = readPeer(stageEnd);
  if (peer < 0 || !is(peer, ': ')) return false;
  const text = peer + 2;
  const tail = findTail(text);
  if (tail < 0 || !readTail(tail)) return false;
  const code = codeAt(text, tail);
  if (code < 400 || !isTailFirst(text, tail)) return false;
  const ip = peerIp;
  seeClient();
  const one = refusals + refusalCount * REFUSAL_BYTES;
  refusalCount++;
  stf(one + FIRST, time);
  st(one + OWNER, owner);
  span(one, FROM, senderStart, senderEnd);
  span(one, TO, toStart, toEnd);
  span(one, HELO, heloStart, heloEnd);
  span(one, IP, ip, peerIpEnd);
  span(one, NAME, peerName, peerNameEnd);
  span(one, REPLY, text, tail);
  const dsn = enhancedEnd(text + 4, tail);
  span(one, DSN, dsn > 0 ? text + 4 : 0, dsn > 0 ? dsn : 0);
  st(one + REFUSED_CODE, code);
  st(one + OUTCOME, code >= 500 ? REJECTED : isGreylisting(text, tail, code, isScreened) ? GREYLISTED : TEMPFAILED);
  const word = wordOn(ip, peerIpEnd, senderStart, senderEnd, toStart, toEnd);
  if (word < 0) return false;
  st(one + POLICY_WORD, word);
  refuserHost = hostStart;
  refuserHostEnd = hostEnd;
  refuserProgram = programStart;
  return true;
}

/** The value that the answer repeats at its start ends before the tail. */
function isTailFirst(text: i32, tail: i32): boolean {
  const words = textStart(text, end);
  if (ld8(words) !== 0x3c) return true;
  if (ld8(words + 1) === 0x22) return false;
  const close = indexOf(words + 1, end, '>: ');
  return close < tail;
}

/** Source: src/formats/postfix/reply.ts saysGreylisting(), policy.ts isGreylisting(). */
function isGreylisting(a: i32, b: i32, code: i32, isScreened: boolean): boolean {
  for (let i = a; i + 8 <= b; i++) {
    const c = ld8(i) | 0x20;
    if (c === 0x67) {
      if (!isFolded(i, 'grey') && !isFolded(i, 'gray')) continue;
      if (isFolded(i + 4, 'list') || (i + 9 <= b && isFolded(i + 4, '-list'))) return true;
      if (i + 11 <= b && isFolded(i, 'grey listed')) return true;
    } else if (c === 0x73 && i + 34 <= b && isFolded(i, 'service is unavailable (try later)')) return true;
  }
  if (!isScreened || code !== 450) return false;
  const words = textStart(a, b);
  return words + 29 <= b && isFolded(words, 'service currently unavailable');
}
