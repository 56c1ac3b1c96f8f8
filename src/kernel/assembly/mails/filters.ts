/**
 * What a filter said of a mail that it let pass, the usual shape of it: Amavis' `Passed CLEAN` (src/formats/amavis), Rspamd's `no
 * action` (rspamd.ts). Only of what is clean it never writes a notice.
 */
import { indexOf, is, isDigit } from '../count/bytes.ts';
import { find, findEither, type i32, ld, ld8, ldf, st, stf } from '../count/memory.ts';
import { decimalEnd, putDecimal } from './decimals.ts';
import {
  ENDS,
  END_BYTES,
  FILTER_ID,
  COUNT,
  hasWord,
  HOST,
  MOST_WORDS,
  same,
  span,
  WORD_BYTES,
  WORD_COUNT,
  WORDS,
} from './hop.ts';
import { end, hostEnd, hostStart, time } from './line.ts';
import { hopAt } from './mail-lines.ts';
import { put, putByte, putText, putTime } from './put.ts';
import {
  list as rspamdList,
  listEnd as rspamdListEnd,
  putRules,
  queueId as rspamdId,
  queueIdEnd as rspamdIdEnd,
  readRspamd,
  rules,
  rulesEnd,
  score,
  scoreEnd,
  tag,
  tagEnd,
  threshold,
  thresholdEnd,
} from './rspamd.ts';

// fields of a word
export const WORD_AT = 0;
export const WORD_ENGINE = 8;
export const WORD_ID = 16;
/** a number as it is printed: its digits, and where a fraction ends; 0 = not told */
export const SCORE = 24;
export const LIST = 32;
/** under which it gave the mail back */
export const GIVEN_BACK = 40;
const THRESHOLD = 48;
const RULES = 56;

export const BY_AMAVIS = 1;
export const BY_RSPAMD = 2;

// fields of the line at hand, 0 = not told
let queueId: i32 = 0;
let queueIdEnd: i32 = 0;
let hits: i32 = 0;
let hitsEnd: i32 = 0;
let queuedAs: i32 = 0;
let queuedAsEnd: i32 = 0;

/** Reads Amavis' line, whose text begins at p; false: it is not plain. */
export function takeAmavis(p: i32): boolean {
  if (ld8(p) !== 0x28) return false;
  const id = p + 1;
  let i = id;
  while (isDigit(ld8(i))) i++;
  if (i === id || ld8(i) !== 0x2d) return false;
  while (i < end && i - id < 38 && ld8(i) !== 0x29 && ld8(i) !== 0x20) i++;
  const idEnd = i;
  if (!is(i, ') Passed CLEAN {Relayed')) return false;
  i += 23;
  const actions = i;
  while (isLetter(ld8(i))) i++;
  if (is(actions, 'Tagged') || !is(i, '}, ')) return false;
  i = pastClients(i + 3);
  if (i < 0) return false;
  const sender = i + 1;
  const close = wordEnd(sender);
  if (close < 0 || !is(close, '> -> <')) return false;
  const list = close + 5;
  const listEnd = pastList(list);
  const word = listEnd < 0 || !readFields(listEnd) ? 0 : newWord(queueId, queueIdEnd, BY_AMAVIS);
  if (word === 0) return false;
  span(word, WORD_ID, id, idEnd);
  span(word, SCORE, hits, hitsEnd);
  span(word, LIST, list, listEnd);
  span(word, GIVEN_BACK, queuedAs, queuedAsEnd);
  return true;
}

/** Reads Rspamd's line, as takeAmavis(). */
export function takeRspamd(p: i32): boolean {
  const word = readRspamd(p) ? newWord(rspamdId, rspamdIdEnd, BY_RSPAMD) : 0;
  if (word === 0) return false;
  span(word, WORD_ID, tag, tagEnd);
  span(word, SCORE, score, scoreEnd);
  span(word, THRESHOLD, threshold, thresholdEnd);
  span(word, RULES, rules, rulesEnd);
  span(word, LIST, rspamdList, rspamdListEnd);
  span(word, GIVEN_BACK, 0, 0);
  return true;
}

/** The first word of this filter on the mail with the queue id [a, b); 0 = it is none. */
function newWord(a: i32, b: i32, engine: i32): i32 {
  const hop = hopAt(a, b);
  if (hop === 0 || !same(hostStart, hostEnd, ld(hop + HOST), ld(hop + HOST + 4))) return 0;
  const count = ld(hop + WORD_COUNT);
  if (count === MOST_WORDS || hasWord(hop, engine)) return 0;
  const word = ld(hop + WORDS) + count * WORD_BYTES;
  st(hop + WORD_COUNT, count + 1);
  stf(word + WORD_AT, time);
  st(word + WORD_ENGINE, engine);
  return word;
}

/** Puts the verdict of a word, which is of this host. */
export function putWord(word: i32, host: i32, hostStop: i32): void {
  const isRspamd = ld(word + WORD_ENGINE) === BY_RSPAMD;
  put('{"time":');
  putTime(ldf(word + WORD_AT));
  put(',"host":');
  putText(host, hostStop);
  put(isRspamd ? ',"engine":"rspamd","action":"accepted"' : ',"engine":"amavis","action":"accepted"');
  putDecimal(',"score":', ld(word + SCORE), ld(word + SCORE + 4));
  if (isRspamd) {
    putDecimal(',"threshold":', ld(word + THRESHOLD), ld(word + THRESHOLD + 4));
    putRules(ld(word + RULES), ld(word + RULES + 4));
  }
  put(',"recipients":[');
  const b = ld(word + LIST + 4);
  for (let p = ld(word + LIST); p < b;) {
    if (p > ld(word + LIST)) putByte(0x2c);
    // Amavis puts each into brackets
    const a = isRspamd ? p : p + 1;
    const close = find(isRspamd ? 0x2c : 0x3e, a, b);
    putText(a, close);
    p = isRspamd ? close + 1 : close + 2;
  }
  put(']}');
}

function isLetter(c: i32): boolean {
  const low = c | 0x20;
  return low >= 0x61 && low <= 0x7a;
}

/** Past `[ip]:port [ip] `: where the sender begins; -1 = something else stands there. */
function pastClients(p: i32): i32 {
  let i = p;
  while (ld8(i) === 0x5b) {
    const stop = find(0x20, i, end);
    if (stop >= end) return -1;
    const close = find(0x5d, i, stop);
    if (close === stop) return -1;
    i = stop + 1;
  }
  return ld8(i) === 0x3c ? i : -1;
}

/** The bracket that ends an address without spaces, commas and quotes; -1 = it has some. */
function wordEnd(p: i32): i32 {
  for (let i = p; i < end; i++) {
    const c = ld8(i);
    if (c === 0x3e) return i;
    if (c <= 0x20 || c === 0x22 || c === 0x2c || c === 0x3c || c === 0x5c) return -1;
  }
  return -1;
}

/** Past `<a@b>,<c@d>`; -1 = it has another shape. */
function pastList(p: i32): i32 {
  let close = wordEnd(p + 1);
  let i = p;
  while (close > i + 1 && is(close, '>,<')) {
    i = close + 2;
    close = wordEnd(i + 1);
  }
  return close > i + 1 ? close + 1 : -1;
}

/** `, Queue-ID: Q, Message-ID: <m>, mail_id: x, Hits: 2.3, size: 9, queued_as: R, 833 ms`, in this order. */
function readFields(p: i32): boolean {
  hits = hitsEnd = queuedAs = queuedAsEnd = 0;
  if (!is(p, ', Queue-ID: ')) return false;
  queueId = p + 12;
  queueIdEnd = find(0x2c, queueId, end);
  if (!is(queueIdEnd, ', Message-ID: <')) return false;
  const mid = queueIdEnd + 15;
  const close = indexOf(mid, end, '>, mail_id: ');
  if (close < 0 || indexOf(close + 1, end, '>, mail_id: ') >= 0) return false;
  if (indexOf(mid, close, '>, Resent-Message-ID: <') >= 0) return false;
  let i = find(0x2c, close + 12, end);
  if (!is(i, ', Hits: ')) return false;
  i += 8;
  if (ld8(i) === 0x2d && ld8(i + 1) === 0x2c) i++;
  else {
    hits = i;
    i = decimalEnd(i);
    if (i < 0) return false;
    hitsEnd = i;
  }
  if (!is(i, ', size: ')) return false;
  i += 8;
  while (isDigit(ld8(i))) i++;
  if (is(i, ', queued_as: ')) {
    queuedAs = i + 13;
    i = findEither(0x20, 0x2c, queuedAs, end);
    if (i >= end || ld8(i) !== 0x2c || i === queuedAs) return false;
    queuedAsEnd = i;
  }
  if (!is(i, ', ')) return false;
  i += 2;
  const ms = i;
  while (isDigit(ld8(i))) i++;
  return i > ms && is(i, ' ms') && i + 3 === end;
}

/** Whether a delivery names a filter's own id: what it said is of that recipient. */
export function isTold(hop: i32): boolean {
  for (let w = 0; w < ld(hop + WORD_COUNT); w++) {
    const word = ld(hop + WORDS) + w * WORD_BYTES;
    let one = ld(hop + ENDS);
    for (let i = 0; i < ld(hop + COUNT); i++) {
      const a = ld(one + FILTER_ID);
      if (a > 0 && same(a, ld(one + FILTER_ID + 4), ld(word + WORD_ID), ld(word + WORD_ID + 4))) return true;
      one += END_BYTES;
    }
  }
  return false;
}
