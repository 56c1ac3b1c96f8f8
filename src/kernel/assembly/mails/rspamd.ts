/**
 * Rspamd's line of a mail that it let pass, in the order of its default log_format (src/formats/rspamd/summary.ts):
 * `<tag>; task; rspamd_task_write_log: id: <m>, qid: <Q>, ip: I, from: <a>, (default: F (no action): [2/15] [A(1){x;},B(0)]), len: 9,
 *  time: 7ms, dns req: 9, rcpts: <b,c>, mime_rcpts: <b,c>`
 */
import { indexOf, indexOfByte, is, isAlnum, isDigit } from '../count/bytes.ts';
import { find, type i32, ld8 } from '../count/memory.ts';
import { decimalEnd, putDecimal } from './decimals.ts';
import { end } from './line.ts';
import { put, putByte, putText } from './put.ts';

// of the line at hand
export let tag: i32 = 0;
export let tagEnd: i32 = 0;
export let queueId: i32 = 0;
export let queueIdEnd: i32 = 0;
export let score: i32 = 0;
export let scoreEnd: i32 = 0;
export let threshold: i32 = 0;
export let thresholdEnd: i32 = 0;
export let rules: i32 = 0;
export let rulesEnd: i32 = 0;
export let list: i32 = 0;
export let listEnd: i32 = 0;

const MOST_RULES = 500;

/** Reads the line whose text begins at p; false: it has another shape, or says more. */
export function readRspamd(p: i32): boolean {
  if (ld8(p) !== 0x3c) return false;
  tag = p + 1;
  tagEnd = wordEnd(tag);
  if (tagEnd < 0 || tagEnd === tag || tagEnd - tag > 60) return false;
  if (!is(tagEnd, '>; task; rspamd_task_write_log: id: <')) return false;
  // a Message-ID holds no space
  const space = find(0x20, tagEnd + 37, end);
  if (!is(space - 2, '>, qid: <')) return false;
  queueId = space + 7;
  queueIdEnd = queueId;
  while (isAlnum(ld8(queueIdEnd))) queueIdEnd++;
  if (!is(queueIdEnd, '>, ip: ')) return false;
  let i = pastWord(queueIdEnd + 7);
  if (i > 0 && is(i, 'user: ')) i = pastWord(i + 6);
  if (i < 0 || !is(i, 'from: <')) return false;
  const close = wordEnd(i + 7);
  if (close < 0 || !is(close, '>, (default: F (no action): [')) return false;
  i = readMetric(close + 29);
  if (i < 0 || !is(i, ', len: ')) return false;
  i = pastDigits(i + 7);
  if (!is(i, ', time: ')) return false;
  i = find(0x2c, i + 8, end);
  if (!is(i, ', dns req: ')) return false;
  i = pastDigits(i + 11);
  if (is(i, ', digest: <')) {
    i += 11;
    while (isAlnum(ld8(i))) i++;
    if (ld8(i) !== 0x3e) return false;
    i++;
  }
  if (!is(i, ', rcpts: <')) return false;
  list = i + 10;
  listEnd = pastList(list);
  if (listEnd < 0) return false;
  if (listEnd + 1 === end) return true;
  if (!is(listEnd, '>, mime_rcpts: <')) return false;
  return pastList(listEnd + 16) === end - 1;
}

function pastDigits(p: i32): i32 {
  let i = p;
  while (isDigit(ld8(i))) i++;
  return i;
}

/** Past `word, `; -1 = none stands at p. */
function pastWord(p: i32): i32 {
  for (let i = p; i < end; i++) {
    const c = ld8(i);
    if (c === 0x2c) return i > p && ld8(i + 1) === 0x20 ? i + 2 : -1;
    if (c <= 0x20 || c === 0x3c || c === 0x28) return -1;
  }
  return -1;
}

/** The bracket that ends an address, or any word, without spaces, commas and quotes; -1 = it has some. */
function wordEnd(p: i32): i32 {
  for (let i = p; i < end; i++) {
    const c = ld8(i);
    if (c === 0x3e) return i;
    if (c <= 0x20 || c === 0x22 || c === 0x2c || c === 0x3c || c === 0x5c) return -1;
  }
  return -1;
}

/** The bracket that ends `a@b,c@d`; -1 = it has another shape. */
function pastList(p: i32): i32 {
  let hasAt = false;
  for (let i = p; i < end; i++) {
    const c = ld8(i);
    if (c === 0x3e) return hasAt ? i : -1;
    if (c <= 0x20 || c === 0x22 || c === 0x3c || c === 0x5c) return -1;
    if (c === 0x40) hasAt = true;
    if (c !== 0x2c) continue;
    if (!hasAt) return -1;
    hasAt = false;
  }
  return -1;
}

/** `2.33/15.00] [RULES])`: where it ends. */
function readMetric(p: i32): i32 {
  score = p;
  scoreEnd = decimalEnd(p);
  if (scoreEnd < 0 || ld8(scoreEnd) !== 0x2f) return -1;
  threshold = scoreEnd + 1;
  thresholdEnd = decimalEnd(threshold);
  if (thresholdEnd < 0 || !is(thresholdEnd, '] [')) return -1;
  rules = thresholdEnd + 3;
  rulesEnd = indexOf(rules, end, '])');
  if (rulesEnd < 0 || ld8(rulesEnd + 2) !== 0x2c || indexOf(rulesEnd + 1, end, '])') >= 0) return -1;
  return areRules() ? rulesEnd + 2 : -1;
}

/** Whether each is `NAME(1.5)`, with or without `{talk}`. */
function areRules(): boolean {
  let count: i32 = 0;
  for (let i = rules; i < rulesEnd; count++) {
    const number = nameEnd(i) + 1;
    if (number <= i + 1 || ld8(number - 1) !== 0x28) return false;
    i = decimalEnd(number);
    if (i < 0 || ld8(i) !== 0x29) return false;
    i = pastTalk(i + 1);
    if (i < 0) return false;
    if (i === rulesEnd) break;
    if (ld8(i) !== 0x2c) return false;
    i++;
    if (i === rulesEnd) return false;
  }
  return count < MOST_RULES;
}

function nameEnd(p: i32): i32 {
  let i = p;
  while (isAlnum(ld8(i)) || ld8(i) === 0x5f) i++;
  return i;
}

function pastTalk(p: i32): i32 {
  if (ld8(p) !== 0x7b) return p;
  const close = indexOfByte(p, rulesEnd, 0x7d);
  return close < 0 || indexOfByte(p + 1, close, 0x7b) >= 0 ? -1 : close + 1;
}

/** `,"rules":[…]` of the rules [a, b), which were read so. */
export function putRules(a: i32, b: i32): void {
  if (a === b) return;
  rulesEnd = b;
  put(',"rules":[');
  for (let i = a; i < b;) {
    if (i > a) putByte(0x2c);
    put('{"name":');
    const stop = nameEnd(i);
    putText(i, stop);
    const close = decimalEnd(stop + 1);
    putDecimal(',"score":', stop + 1, close);
    putByte(0x7d);
    i = pastTalk(close + 1) + 1;
  }
  putByte(0x5d);
}
