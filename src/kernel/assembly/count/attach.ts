/**
 * Lines of other programs that are part of a mail's chain, where chains are asked for: filters that name its queue id
 * (src/correlate/beside.ts) and programs that nobody knows but that name it too (src/correlate/mentions.ts).
 */
import { indexOf, is, isAlnum, isDigit } from './bytes.ts';
import { isChaining } from './chains.ts';
import { body, host } from './head.ts';
import { pastSlot } from './ids.ts';
import { end } from './line.ts';
import { hash, hash2, type i32, ld, ld8, ldf } from './memory.ts';
import { read } from './reading.ts';
import { addLine, AT, CLOSED, has, HAS_MID, HOST, isLong, mailOf, MID_1, MID_2, TIME } from './records.ts';
import { microTime, now } from './stamps.ts';

/** A line was seen of which only the formats can tell whose chain it is part of: the log must be read whole. */
export let isTorn: boolean = false;

export function openAttach(): void {
  isTorn = false;
}

/** Nobody can tell whose line this is. */
export function tear(): void {
  isTorn = true;
}

/** So long after its end, in seconds, a filter's line may still be about a mail (beside.ts AFTER_MS), and a little less. */
const AFTER = 50;
/** an id at the head of a line (src/formats/milter-id.ts) */
const SHORTEST_HEAD = 5;
const LONGEST_HEAD = 40;

let id1: i32 = 0;
let id2: i32 = 0;

const NONE = 0;
const ONE = 1;
const STRANGE = 2;

/** Whether the line names a queue id where filters do: id1, id2. */
function findId(): i32 {
  let e = body;
  let hasDigit = false;
  while (e - body < LONGEST_HEAD && (isAlnum(ld8(e)) || ld8(e) === 0x2d)) {
    if (isDigit(ld8(e))) hasDigit = true;
    e++;
  }
  if (hasDigit && e - body >= SHORTEST_HEAD && is(e, ': ') && e + 1 < end) return takeId(body, e);
  let at = indexOf(body, end, 'Queue-ID: ');
  let skip: i32 = 10;
  if (at < 0) {
    at = indexOf(body, end, 'qid: <');
    skip = 6;
  }
  if (at < 0) {
    at = indexOf(body, end, 'queue-id: <');
    skip = 11;
  }
  if (at < 0) return NONE;
  const a = at + skip;
  if (indexOf(a, end, 'Queue-ID: ') >= 0 || indexOf(a, end, 'qid: <') >= 0) return STRANGE;
  let b = a;
  while (isAlnum(ld8(b)) && b < end) b++;
  if (b === a || is(a, 'undef')) return NONE;
  return takeId(a, b);
}

/** Whether the line names no queue id; where chains are asked for, none that is known (clamsmtpd numbers its connections). */
export function namesNobody(): boolean {
  const found = findId();
  if (found !== ONE || !isChaining) return found === NONE;
  return mailOf(id1, id2) === 0 && pastSlot(id1, id2) === 0;
}

function takeId(a: i32, b: i32): i32 {
  id1 = hash(a, b);
  id2 = hash2;
  return ONE;
}

/** Whether the line names another Message-ID than the mail's. */
function isOfAnother(mail: i32): boolean {
  let at = indexOf(body, end, ', Message-ID: <');
  let skip: i32 = 15;
  if (at < 0) {
    at = indexOf(body, end, ': id: <');
    skip = 7;
  }
  if (at < 0) {
    at = indexOf(body, end, '; id: <');
    skip = 7;
  }
  if (at < 0) return indexOf(body, end, 'essage-ID: ') >= 0;
  const a = at + skip;
  let b = a;
  while (b < end && ld8(b) !== 0x20) b++;
  while (b > a && ld8(b - 1) !== 0x3e) b--;
  if (b <= a || !has(mail, HAS_MID)) return true;
  const x = hash(a, b - 1);
  return ld(mail + MID_1) !== (x === 0 ? 1 : x) || ld(mail + MID_2) !== hash2;
}

/** Whether a word of the line is the id of a mail, wherever it stands (MailScanner writes `ID.A12C4`). */
function namesMail(): boolean {
  for (let i = body; i < end;) {
    if (!isAlnum(ld8(i))) {
      i++;
      continue;
    }
    const from = i;
    while (isAlnum(ld8(i)) && i < end) i++;
    if (i - from >= SHORTEST && i - from <= LONGEST) {
      const a = hash(from, i);
      const b = hash2;
      if (mailOf(a, b) !== 0 || pastSlot(a, b) !== 0) return true;
    }
  }
  return false;
}

/** A line of a filter that decides nothing goes to its mail. False: the formats must read it, with whom it names. */
export function attach(): boolean {
  // amavis breaks long lines
  if (ld8(body) === 0x28 && (is(end - 3, '...') || indexOf(body, body + 40 < end ? body + 40 : end, ') ...') >= 0)) {
    isTorn = true;
    return true;
  }
  const found = findId();
  if (found === STRANGE) return false;
  if (found === NONE) {
    // what is known by its Message-ID alone may be anybody's
    if (indexOf(body, end, 'essage-ID: <') >= 0 || indexOf(body, end, 'write_log: ') >= 0) isTorn = true;
    // and so may be what amavis says of one recipient, by its own id
    if (ld8(body) === 0x28 && (indexOf(body, end, ') Passed ') >= 0 || indexOf(body, end, ') Blocked ') >= 0))
      isTorn = true;
    return isTorn || !namesMail();
  }
  const mail = mailOf(id1, id2);
  if (mail === 0 || ld(mail + HOST) !== host || isOfAnother(mail)) return false;
  if (microTime() < ldf(mail + TIME) || (has(mail, CLOSED) && now - ld(mail + AT) > AFTER)) return false;
  addLine(mail);
  if (isLong(mail)) read(mail);
  return true;
}

const SHORTEST = 6;
const LONGEST = 23;
const MOST_WORDS = 200;

/** A line of a program that nobody knows goes to the mails whose ids it names. */
export function mention(): void {
  let words: i32 = 0;
  for (let i = body; i < end && words < MOST_WORDS;) {
    if (!isWord(ld8(i))) {
      i++;
      continue;
    }
    const from = i;
    let digits: i32 = 0;
    while (i < end && isWord(ld8(i))) {
      if (isDigit(ld8(i))) digits++;
      i++;
    }
    words++;
    if (i - from < SHORTEST || i - from > LONGEST || digits === 0) continue;
    const a = hash(from, i);
    const mail = mailOf(a, hash2);
    if (mail === 0) {
      // it may be in the formats' hands still
      if (pastSlot(a, hash2) !== 0) isTorn = true;
    } else if (ld(mail + HOST) === host) {
      addLine(mail);
      if (isLong(mail)) read(mail);
    }
  }
}

function isWord(c: i32): boolean {
  return isAlnum(c) || c === 0x2d;
}
