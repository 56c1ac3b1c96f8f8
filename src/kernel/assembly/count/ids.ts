/**
 * The ids of the whole log: of mails that are over, and those that mails went on as. Both tables are far larger than what a
 * processor holds, so that a look costs as much as the reading of a line: looks wait in a row and are made many at once, for
 * the processor then fetches the slots side by side. What comes of it is what it was one by one, for their order stays.
 */
import { clash } from './keys.ts';
import { type f64, fits, type i32, ld, st, take } from './memory.ts';
import { glance, lookUp, newTable, put } from './tables.ts';

/** ids of finished mails -> Message-ID */
let past: i32 = 0;
/** ids that mails went on as elsewhere -> Message-ID */
let abroad: i32 = 0;

/** Bytes of log for one slot of a table: about half of the slots are used then. */
const BYTES_A_SLOT = 1_024;
const MOST_SLOTS = 8_388_608;
/** bytes of a slot in the two tables, and as much again for what else there is */
const SLOT_BYTES = 64;

/** What waits, in each row: two words of an id, one of a Message-ID, and what to do. */
const WAITING = 16;
const MOST_WAITING = 256;
const MOST_BYTES = MOST_WAITING * WAITING;
const ADD = 0;
const ASK = 1;
/** rows, and bytes that are used of them */
let pastRow: i32 = 0;
let pastBytes: i32 = 0;
let abroadRow: i32 = 0;
let abroadBytes: i32 = 0;
/** so that nothing that is fetched is fetched for nobody */
export let fetched: i32 = 0;

/** `size`: bytes of the log, so that the tables need not be made anew as they fill. */
export function openIds(size: f64): void {
  let slots: i32 = 8_192;
  while (slots < MOST_SLOTS && slots * BYTES_A_SLOT < size && fits(2 * slots * SLOT_BYTES)) slots *= 2;
  past = newTable(slots);
  abroad = newTable(slots);
  pastRow = take(MOST_BYTES);
  abroadRow = take(MOST_BYTES);
  pastBytes = abroadBytes = 0;
}

/** 0 where the id is not that of a finished mail, else the slot: its fourth word is the Message-ID's. */
export function pastSlot(a: i32, b: i32): i32 {
  if (pastBytes > 0) settlePast();
  return lookUp(past, a, b);
}

/** The mail of this id is over. */
export function addPast(a: i32, b: i32, mid: i32): void {
  wait(pastRow + pastBytes, a, b, mid, ADD);
  pastBytes += WAITING;
  if (pastBytes === MOST_BYTES) settlePast();
}

/** A mail with this Message-ID (0 = not told) went on as this id. */
export function wentAbroad(a: i32, b: i32, mid: i32): void {
  later(a, b, mid, ADD);
}

/** A mail of this id has this Message-ID: a clash where another went on as it, and may be the same. */
export function arrived(a: i32, b: i32, mid: i32): void {
  later(a, b, mid, ASK);
}

/** Whether a mail went on as this id, and may be the mail with this Message-ID (0 = not told). */
export function cameFrom(a: i32, b: i32, mid: i32): boolean {
  if (abroadBytes > 0) settleAbroad();
  return isFrom(a, b, mid);
}

/** Nothing waits any more. */
export function settleIds(): void {
  settlePast();
  settleAbroad();
}

function isFrom(a: i32, b: i32, mid: i32): boolean {
  const slot = lookUp(abroad, a, b);
  if (slot === 0) return false;
  const other = ld(slot + 12);
  return other === 0 || mid === 0 || other === mid;
}

function later(a: i32, b: i32, mid: i32, what: i32): void {
  wait(abroadRow + abroadBytes, a, b, mid, what);
  abroadBytes += WAITING;
  if (abroadBytes === MOST_BYTES) settleAbroad();
}

function wait(at: i32, a: i32, b: i32, mid: i32, what: i32): void {
  st(at, a);
  st(at + 4, b);
  st(at + 8, mid);
  st(at + 12, what);
}

/** Looks at the slots of all that wait, one after the other without a wait for what is there. */
function fetch(table: i32, row: i32, bytes: i32): void {
  let seen: i32 = 0;
  for (let at = row; at < row + bytes; at += WAITING) seen ^= glance(table, ld(at), ld(at + 4));
  fetched = seen;
}

function settlePast(): void {
  fetch(past, pastRow, pastBytes);
  for (let at = pastRow; at < pastRow + pastBytes; at += WAITING) put(past, ld(at), ld(at + 4), 1, ld(at + 8));
  pastBytes = 0;
}

function settleAbroad(): void {
  fetch(abroad, abroadRow, abroadBytes);
  for (let at = abroadRow; at < abroadRow + abroadBytes; at += WAITING) {
    const a = ld(at);
    const b = ld(at + 4);
    if (ld(at + 12) === ADD) put(abroad, a, b, 1, ld(at + 8));
    else if (isFrom(a, b, ld(at + 8))) clash(a, b);
  }
  abroadBytes = 0;
}
