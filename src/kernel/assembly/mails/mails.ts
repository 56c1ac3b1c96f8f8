/**
 * Writes the JSON of plain mails, and of refusals, from the bytes of their lines: the same bytes as the formats, src/correlate and
 * src/render/json.ts make of them. What is not plain is told as such and nothing else.
 *
 * How it is used: open(), shiftBy(ms). Then for each batch: the bytes of lines into buffer(); the chains' numbers of lines, and
 * for each line its place and length, into chains() and places(); write(from, count) returns how many were done: fewer where
 * something is asked for (asks()), or the output is full (asks() is 0: take it, then go on). results() tells of each chain.
 */
import { beginChain, takeLine } from './chain.ts';
import {
  FIRST,
  has,
  ID,
  next,
  NOTICE,
  NOTICE_AT,
  NOTICE_BYTES,
  NOTICE_KIND,
  openHops,
  OWN,
  OWNER,
  root,
} from './hop.ts';
import {
  askedEnd as headEnd,
  askedStart as headStart,
  end,
  micros,
  openLines,
  setShift,
  start,
  tellTag as tellHead,
} from './line.ts';
import { hops } from './mail-lines.ts';
import { mailRows, putMail } from './mail-json.ts';
import { type f64, type i32, ld, ldf, st, stf, take } from '../count/memory.ts';
import {
  askedMinute as minuteAsked,
  at,
  forgetMinute,
  idHigh,
  idLow,
  isBad,
  minuteText as textOfMinute,
  openPut,
  out,
  OUT_ROOM,
  put,
  putAt,
  putByte,
  tellMinute as tellTimes,
} from './put.ts';
import {
  askedDsn as dsnAsked,
  askedDsnEnd as dsnEnd,
  askedOutcome as outcomeAsked,
  askedReply,
  askedReplyEnd,
  forgetReply,
  openReasons,
  reasonText as textOfReason,
  tellReason as tellWord,
} from './reasons.ts';
import { openPolicyWords } from './policy-word.ts';
import { putRefused, refusedRows, refusedTime } from './refused-json.ts';
import { openRefusals, refusalCount } from './refusal.ts';
import { forgetPairs, openResults, pairCount, pairs } from './results.ts';

const ROOM = 9 * 1024 * 1024;
const MOST_LINES = 131_072;
const MOST_CHAINS = 16_384;
const MOST_PAIRS = 65_536;
/**
 * of a chain: what it is, where its JSON ends, rows, where its pairs end, time (double), hash of its id; of a mail's two notices
 * (0 = none) what it is, its queue id, who wrote it, its time (double); of a notice its own queue id
 */
const RESULT_BYTES = 80;
/** A chain that asks more often is not written here. */
const MOST_ASKS = 400;

export const NOTHING = 0;
export const TAG = 1;
export const MINUTE = 2;
export const REASON = 3;

const IS_ODD = 0;
const IS_MAIL = 1;
const IS_REFUSAL = 2;
/** a notice that Postfix wrote: its kind is not known here */
const IS_NOTICE = 3;

let bytes: i32 = 0;
let lines: i32 = 0;
let chainLines: i32 = 0;
let told: i32 = 0;
let nextLine: i32 = 0;
let asked: i32 = 0;
let asks: i32 = 0;
let isList: boolean = false;

export function open(): void {
  bytes = take(ROOM + 64);
  lines = take(MOST_LINES * 8);
  chainLines = take(MOST_CHAINS * 4);
  told = take(MOST_CHAINS * RESULT_BYTES);
  openLines();
  openHops();
  openRefusals();
  openPolicyWords();
  openPut();
  openReasons();
  openResults(MOST_PAIRS);
}

/** What the stamps lack, ms. */
export function shiftBy(ms: f64): void {
  setShift(ms);
}

/** Objects are parted as in a list, by a comma and a line feed before each; else each is a line. */
export function part(asList: boolean): void {
  isList = asList;
}

export function buffer(): i32 {
  return bytes;
}

export function room(): i32 {
  return ROOM;
}

/** For each line two words: where it begins, how long it is. */
export function places(): i32 {
  return lines;
}

export function mostLines(): i32 {
  return MOST_LINES;
}

/** For each chain a word: how many lines it has. */
export function chains(): i32 {
  return chainLines;
}

export function mostChains(): i32 {
  return MOST_CHAINS;
}

export function results(): i32 {
  return told;
}

export function output(): i32 {
  return out;
}

export function pairsStart(): i32 {
  return pairs;
}

/** A batch begins. */
export function begin(): void {
  nextLine = 0;
  asks = 0;
}

/** The output was taken. */
export function taken(): void {
  putAt(out);
  forgetPairs(0);
}

/** Writes the chains from number `from` on; returns the first that was not. */
export function write(from: i32, count: i32): i32 {
  asked = NOTHING;
  for (let i = from; i < count; i++) {
    const size = ld(chainLines + i * 4);
    const before = at;
    const pairsBefore = pairCount;
    const all = bytesOf(size);
    if (pairCount + size + 200 > MOST_PAIRS || at - out + all * 4 + 16_384 > OUT_ROOM) {
      if (at > out) return i;
      tell(i, IS_ODD, 0, 0);
      nextLine += size;
      continue;
    }
    putAt(before);
    const what = writeOne(size);
    if (what === IS_ODD) {
      putAt(before);
      forgetPairs(pairsBefore);
      if (isAsking() && asks++ < MOST_ASKS) return i;
      forgetMinute();
      forgetReply();
      asked = NOTHING;
    }
    asks = 0;
    const isMail = what === IS_MAIL || what === IS_NOTICE;
    tell(i, what, isMail ? mailRows : refusedRows, isMail ? ldf(root + FIRST) : refusedTime());
    if (isMail) tellNotice(told + i * RESULT_BYTES);
    nextLine += size;
  }
  return count;
}

function bytesOf(size: i32): i32 {
  let all: i32 = 0;
  for (let k = 0; k < size; k++) all += ld(lines + (nextLine + k) * 8 + 4);
  return all;
}

function writeOne(size: i32): i32 {
  if (isList) put(',\n');
  const what = writeObject(size);
  if (!isList) putByte(0x0a);
  return what;
}

function writeObject(size: i32): i32 {
  beginChain();
  for (let k = 0; k < size; k++) {
    const line = lines + (nextLine + k) * 8;
    const a = ld(line);
    if (!takeLine(a, a + ld(line + 4))) return IS_ODD;
  }
  if (hops > 0) return !putMail() || isBad ? IS_ODD : has(root, OWN) ? IS_NOTICE : IS_MAIL;
  return refusalCount > 0 && putRefused() && !isBad ? IS_REFUSAL : IS_ODD;
}

function tell(i: i32, what: i32, rows: i32, time: f64): void {
  const result = told + i * RESULT_BYTES;
  st(result, what);
  st(result + 4, at);
  st(result + 8, rows);
  st(result + 12, pairCount);
  stf(result + 16, time);
  st(result + 24, idLow);
  st(result + 28, idHigh);
}

function tellNotice(result: i32): void {
  const last = hops > 1 ? next : root;
  tellOne(result + 32, last);
  tellOne(result + 56, last + NOTICE_BYTES);
  if (!has(root, OWN)) return;
  st(result + 36, ld(root + ID));
  st(result + 40, ld(root + ID + 4));
}

/** What it is, its queue id, who wrote it, when. */
function tellOne(to: i32, hop: i32): void {
  st(to, ld(hop + NOTICE_KIND));
  st(to + 4, ld(hop + NOTICE));
  st(to + 8, ld(hop + NOTICE + 4));
  st(to + 12, ld(root + OWNER));
  stf(to + 16, ldf(hop + NOTICE_AT));
}

function isAsking(): boolean {
  if (headStart > 0) asked = TAG;
  else if (minuteAsked >= 0) asked = MINUTE;
  else if (askedReply > 0) asked = REASON;
  return asked !== NOTHING;
}

/** What is asked for. */
export function askedKind(): i32 {
  return asked;
}

/** Of TAG the head (host and program), of REASON the answer. */
export function askedStart(): i32 {
  return asked === TAG ? headStart : askedReply;
}

export function askedEnd(): i32 {
  return asked === TAG ? headEnd : askedReplyEnd;
}

/** Of REASON: where the enhanced code stands, 0 = in the answer itself. */
export function askedDsn(): i32 {
  return dsnAsked;
}

export function askedDsnEnd(): i32 {
  return dsnEnd;
}

/** What became of it: a refusal's outcome (refusal.ts), or above 8 a delivery's (hop.ts). */
export function askedOutcome(): i32 {
  return outcomeAsked;
}

/** The line of the head that is asked for, and microseconds of its stamp without the shift. */
export function askedLine(): i32 {
  return start;
}

export function askedLineEnd(): i32 {
  return end;
}

export function askedMicros(): f64 {
  return micros;
}

export function tellTag(what: i32, whose: i32): void {
  tellHead(what, whose);
}

export function askedMinute(): f64 {
  return minuteAsked;
}

export function minuteText(): i32 {
  return textOfMinute();
}

/** False: such a minute has no text of the usual length; its mails are not written. */
export function tellMinute(): void {
  tellTimes();
}

export function reasonText(): i32 {
  return textOfReason();
}

export function tellReason(length: i32): void {
  tellWord(length);
}
