/** `to=<…>` lines of a mail: src/formats/postfix/delivery.ts, src/correlate/apply-delivery.ts. */
import { indexOf, indexOfByte, is, isDigit } from '../count/bytes.ts';
import { find, findEither, type i32, ld, ld8, ldf, st, stf } from '../count/memory.ts';
import { codeOf, findRemoteId, idEnd, idStart, textStart } from '../count/answer-words.ts';
import {
  AT,
  ATTEMPTS,
  BOUNCED,
  CODE,
  DEFERRED,
  DELAY,
  DSN,
  endOf,
  EXPIRED,
  FILTER_ID,
  IS_STORED,
  OUTCOME,
  PORT,
  RELAY_IP,
  RELAY_NAME,
  REMOTE_ID,
  REPLY,
  SENT,
  span,
} from './hop.ts';
import { end, kind, LMTP, time } from './line.ts';

// the relay of the line, and its dsn; 0 = not told
let nameStart: i32 = 0;
let nameEnd: i32 = 0;
let ipStart: i32 = 0;
let ipEnd: i32 = 0;
let port: i32 = 0;
let isNone: boolean = false;
let dsnStart: i32 = 0;
let dsnEnd: i32 = 0;
/** ms; -1 = not told, or of more than three places */
let delay: i32 = 0;
/** of a text that a mailbox server answered: its name of the mail */
let filterStart: i32 = 0;
let filterEnd: i32 = 0;
let isStored: boolean = false;

/** Reads the line from behind `to=<`; false: it is not plain. */
export function takeDelivery(hop: i32, p: i32): boolean {
  let a = indexOfByte(p, end, 0x3e);
  if (a < 0) return false;
  const toEnd = a;
  let orig: i32 = 0;
  let origEnd: i32 = 0;
  if (is(a, '>, orig_to=<')) {
    orig = a + 12;
    origEnd = indexOfByte(orig, end, 0x3e);
    if (origEnd < 0) return false;
    a = origEnd;
  }
  if (!is(a, '>, relay=') || ld8(end - 1) !== 0x29) return false;
  const pairs = readRelay(a + 9);
  const status = pairs < 0 ? -1 : readPairs(pairs);
  if (status < 0) return false;
  let text = status + 6;
  const b = end - 1;
  let outcome: i32 = SENT;
  if (is(status, 'deferred (')) {
    text = status + 10;
    outcome = DEFERRED;
  } else if (is(status, 'bounced (')) {
    text = status + 9;
    outcome = BOUNCED;
  } else if (!is(status, 'sent (')) return false;
  if (text > b) return false;
  const isSent = outcome === SENT;
  filterStart = filterEnd = 0;
  isStored = isSent;
  let hasId = false;
  if (isSent) {
    if (nameStart === 0 && ipStart === 0) {
      if (!readStored(text, b)) return false;
    } else {
      if (!readAnswer(text, b)) return false;
      hasId = idStart > 0;
    }
  }
  const code = codeOf(text, b);
  if ((code === 554 || code === 451) && namesFilter(text, b)) return false;
  const one = endOf(hop, p, toEnd, orig, origEnd);
  if (one === 0) return false;
  // a settled one's line, or one that came twice
  const before = ld(one + OUTCOME);
  if (before === SENT || before === BOUNCED || before === EXPIRED || (before !== 0 && ldf(one + AT) === time))
    return false;
  st(one + OUTCOME, outcome);
  st(one + DELAY, delay);
  st(one + IS_STORED, isStored ? 1 : 0);
  st(one + ATTEMPTS, ld(one + ATTEMPTS) + 1);
  stf(one + AT, time);
  st(one + CODE, code);
  st(one + PORT, port);
  // the last line tells how they are written
  span(one, DSN, dsnStart, dsnEnd);
  span(one, REPLY, text, b);
  span(one, RELAY_NAME, nameStart, nameEnd);
  span(one, RELAY_IP, ipStart, ipEnd);
  span(one, REMOTE_ID, hasId ? idStart : 0, hasId ? idEnd : 0);
  span(one, FILTER_ID, filterStart, filterEnd);
  return true;
}

/** `mx.b[192.0.2.25]:25`, `b[private/lmtp]`, `local`, `none`: returns where it ends, -1 = it has another shape. */
function readRelay(p: i32): i32 {
  nameStart = nameEnd = ipStart = ipEnd = 0;
  port = -1;
  isNone = false;
  const open = findEither(0x5b, 0x2c, p, end);
  if (open >= end) return -1;
  if (ld8(open) === 0x2c) {
    isNone = open === p || (open - p === 4 && is(p, 'none'));
    return open;
  }
  const close = findEither(0x5d, 0x2c, open + 1, end);
  if (close >= end || ld8(close) !== 0x5d) return -1;
  if (find(0x2f, open + 1, close) < close) {
    nameStart = open + 1;
    nameEnd = close;
  } else {
    if (open > p) {
      nameStart = p;
      nameEnd = open;
    }
    if (close > open + 1) {
      ipStart = open + 1;
      ipEnd = close;
    }
  }
  let i = close + 1;
  if (ld8(i) === 0x3a) {
    i++;
    const from = i;
    port = 0;
    for (; isDigit(ld8(i)) && i - from < 6; i++) port = port * 10 + ld8(i) - 0x30;
    if (i === from) return -1;
  }
  return ld8(i) === 0x2c ? i : -1;
}

/** Past `, key=value` up to what stands behind `status=`; -1 = there is none. */
function readPairs(p: i32): i32 {
  dsnStart = dsnEnd = 0;
  delay = -1;
  let a = p;
  while (a + 2 < end && ld8(a) === 0x2c && ld8(a + 1) === 0x20) {
    a += 2;
    const c = ld8(a);
    if (c === 0x73 && is(a, 'status=')) return a + 7;
    const from = a;
    a = find(0x2c, a, end);
    while (a < end && ld8(a + 1) !== 0x20) a = find(0x2c, a + 1, end);
    if (c !== 0x64) continue;
    if (is(from, 'dsn=')) {
      dsnStart = from + 4;
      dsnEnd = a;
    } else if (is(from, 'delay=')) delay = millis(from + 6, a);
  }
  return -1;
}

/** What local(8), virtual(8) and pipe(8) say of a mail that they took; false: more than that it is stored. */
function readStored(a: i32, b: i32): boolean {
  if (isNone || is(a, 'forwarded as ') || (b - a === 9 && is(a, 'discarded'))) return false;
  return !is(a, 'delivered to file: ');
}

/** What the next server, or a filter, answered; false: it did more than take the mail. */
function readAnswer(a: i32, b: i32): boolean {
  findRemoteId(a, b);
  const text = textStart(a, b);
  if (is(text, 'Ok, discarded, id=') || is(text, 'OK (') || is(text, 'BLOCKED (') || is(text, 'Virus Detected; '))
    return false;
  isStored = false;
  if (kind !== LMTP) return true;
  if (b - 6 >= a && is(b - 6, ' Saved')) {
    isStored = true;
    filterEnd = b - 6;
    filterStart = filterEnd;
    while (filterStart > a && ld8(filterStart - 1) !== 0x20) filterStart--;
    if (filterStart === filterEnd) filterStart = filterEnd = 0;
  } else if ((b - 18 >= a && is(b - 18, ' 2.1.5 Delivery OK')) || indexOf(a, b, ' SESSIONID=<') >= 0) isStored = true;
  return true;
}

/** The answer of a filter that names the mail (src/formats/postfix/filter-id.ts). */
function namesFilter(a: i32, b: i32): boolean {
  return indexOf(a, b, 'Rejected for policy reasons (') >= 0 || indexOf(a, b, 'detected undelivered mail (') >= 0;
}

/** `0.03`, `32865` seconds as ms; -1 = it has another shape. */
function millis(p: i32, b: i32): i32 {
  let i = p;
  let ms: i32 = 0;
  for (; i < b && isDigit(ld8(i)) && i - p < 6; i++) ms = ms * 10 + ld8(i) - 0x30;
  if (i === p) return -1;
  ms *= 1000;
  if (ld8(i) === 0x2e) {
    i++;
    let unit: i32 = 100;
    for (; i < b && isDigit(ld8(i)) && unit > 0; i++) {
      ms += (ld8(i) - 0x30) * unit;
      unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
    }
  }
  return i === b ? ms : -1;
}
