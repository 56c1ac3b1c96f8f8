/**
 * Refusals of a session without mail, drawn as transactions (src/correlate/transactions.ts drawn()), for their chains: the
 * same sender and HELO, no recipient twice. A list of records of a session, the last one first: next, number (1 = first),
 * first line, sender, HELO, recipients; a double: time in microseconds.
 */
import { type f64, type i32, ld, ldf, st, stf, take } from './memory.ts';
import { keepAt, number, tagLast } from './line.ts';
import { CLOSED, flag, has, LINES, MAIL_OK, SLOW, TRANSACTIONS, TWICE } from './records.ts';
import { lowAt, setState, stateAt } from './shape.ts';
import { refusedName } from './refuse.ts';
import { microTime } from './stamps.ts';
import { isTelling, noteRefused } from './told.ts';

const NUMBER = 4;
const LINE = 8;
const SENDER = 12;
const HELO = 16;
const ROWS = 20;
const TIME = 24;
const BYTES = 32;
const MOST = 500;

let free: i32 = 0;

export function openTransactions(): void {
  free = 0;
}

/** The line at hand tells a refusal; sender, recipient and HELO by the place where the like stood first, -1 = none. */
export function noteRefusal(session: i32, sender: i32, recipient: i32, helo: i32): void {
  if (isTelling && has(session, SLOW)) return;
  const last = ld(session + TRANSACTIONS);
  const count = last === 0 ? 0 : ld(last + NUMBER);
  // a doubled line, or a second try: the formats tell
  const isAgain = recipient < 0 ? last !== 0 : stateAt(session, recipient) !== 0;
  if (isAgain || count === MOST || (last !== 0 && ld(last + ROWS) === 0)) return flag(session, TWICE);
  if (recipient >= 0) setState(session, recipient, 1);
  const time = microTime();
  let to = last;
  if (last === 0 || ld(last + SENDER) !== sender || ld(last + HELO) !== helo) {
    to = free;
    if (to === 0) to = take(BYTES);
    else free = ld(to);
    st(to, last);
    st(to + NUMBER, count + 1);
    st(to + LINE, number);
    st(to + SENDER, sender);
    st(to + HELO, helo);
    st(to + ROWS, 0);
    stf(to + TIME, time);
    st(session + TRANSACTIONS, to);
  }
  if (recipient >= 0) st(to + ROWS, ld(to + ROWS) + 1);
  if (time < ldf(to + TIME)) stf(to + TIME, time);
  tagLast(ld(session + LINES), ld(to + NUMBER));
  if (!isTelling) return;
  const whom = recipient < 0 ? 0 : lowAt(session, recipient);
  noteRefused(session, ld(to + NUMBER), refusedName, lowAt(session, sender), whom);
}

/** A line that stands elsewhere is part of the transaction that was noted last. */
export function addToLast(session: i32, at: f64, size: i32, line: i32): void {
  st(session + LINES, keepAt(ld(session + LINES), at, size, line));
  const last = ld(session + TRANSACTIONS);
  if (last !== 0) tagLast(ld(session + LINES), ld(last + NUMBER));
}

/** Whether the session's counters of transactions say the same. */
export function isDrawn(session: i32): boolean {
  if (has(session, TWICE)) return false;
  const last = ld(session + TRANSACTIONS);
  const count = ld(last + NUMBER);
  // what is one refusal cannot be drawn otherwise
  if (count === 1 && ld(last + ROWS) <= 1) return true;
  const told = ld(session + MAIL_OK);
  return !has(session, CLOSED) || told < 0 || told === count;
}

/** 0 = there is none. */
export function nextTransaction(transaction: i32): i32 {
  return ld(transaction);
}

export function numberOf(transaction: i32): i32 {
  return ld(transaction + NUMBER);
}

export function lineOf(transaction: i32): i32 {
  return ld(transaction + LINE);
}

export function timeOf(transaction: i32): f64 {
  return ldf(transaction + TIME);
}

/** Rows of a table: one for whom nobody named. */
export function rowsOf(transaction: i32): i32 {
  const rows = ld(transaction + ROWS);
  return rows === 0 ? 1 : rows;
}

/** Gives back the records of a session. */
export function endTransactions(session: i32): void {
  for (let one = ld(session + TRANSACTIONS); one !== 0;) {
    const next = ld(one);
    st(one, free);
    free = one;
    one = next;
  }
  st(session + TRANSACTIONS, 0);
}
