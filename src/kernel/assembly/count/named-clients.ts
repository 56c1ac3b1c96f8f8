/**
 * Mails and refusals that a policy service may have named, where chains are asked for: its word names client, sender and
 * recipient, and no id (src/correlate/by-envelope.ts). Those of the same client and sender around its time are read by the
 * formats, which tell what the word is about. Times are held in spans of 16 seconds, more than a word and what it is about are
 * apart.
 */
import { indexOf } from './bytes.ts';
import { body } from './head.ts';
import { clash, force, isForced } from './keys.ts';
import { end } from './line.ts';
import { hash, type i32, ld, ld8, mul } from './memory.ts';
import { BORN_AT, CLIENT, has, IS_SESSION, OVER, SERIAL, SESSION, SLOW } from './records.ts';
import { readSession } from './reading.ts';
import { signOfSender } from './refuse.ts';
import { now } from './stamps.ts';
import { empty, lookUp, newTable, put } from './tables.ts';

const SPAN = 4;
/** seconds for which envelopes are remembered, at least */
const KEPT = 64;
const CLIENT_KEY = 0x434c4e54;
/** In place of a record: there are several. */
const SEVERAL = 1;

/** Mails and sessions by client, sender and span: of this time and the time before. */
let seenNow: i32 = 0;
let seenBefore: i32 = 0;
let since: i32 = 0;

export function openNamedClients(): void {
  seenNow = newTable(1024);
  seenBefore = newTable(1024);
  since = -1_000_000_000;
}

function keyOf(span: i32): i32 {
  return mul(span, 0x9e3779b) ^ CLIENT_KEY;
}

function turn(): void {
  if (now - since < KEPT && now >= since) return;
  const seen = seenBefore;
  seenBefore = seenNow;
  seenNow = seen;
  empty(seenNow);
  since = now;
}

/** One past the value that begins at a. */
export function valueEnd(a: i32): i32 {
  let b = a;
  while (b < end && ld8(b) !== 0x2c && ld8(b) !== 0x20 && ld8(b) !== 0x3e) b++;
  return b;
}

/** Sign of the sender that the line at hand names as `sender=a@b,`, 0 = in no known way. */
export function senderOfWord(): i32 {
  const at = indexOf(body, end, ', sender=');
  if (at < 0) return 0;
  const e = valueEnd(at + 9);
  return e < end && ld8(e) === 0x2c ? signOfSender(at + 9, e) : 0;
}

/** The client `h[address]`, whose address begins at a. */
export function clientBefore(a: i32): i32 {
  let b = a;
  while (b < end && ld8(b) !== 0x5d) b++;
  return hash(a, b);
}

/** The address in `h[address]`, which ends at e. */
export function clientAt(e: i32): i32 {
  let a = e - 1;
  while (a > body && ld8(a) !== 0x5b) a--;
  return clientBefore(a + 1);
}

/** The line at hand names a client, and no id. False: it names none. */
export function nameClient(): boolean {
  const at = indexOf(body, end, 'client_address=');
  if (at < 0) return false;
  nameClientOf(hash(at + 15, valueEnd(at + 15)) ^ senderOfWord(), now);
  return true;
}

/** A line of this time names a client and a sender (`whose`: both hashes in one). */
export function nameClientOf(whose: i32, at: i32): void {
  const span = at >> SPAN;
  if (isNamedAt(whose, at)) return;
  force(whose, keyOf(span));
  let isLate = false;
  for (let k = span - 1; k <= span + 1; k++) if (!areRead(whose, keyOf(k))) isLate = true;
  // what was over went out already: all is read anew with this known from the start
  if (isLate) clash(whose, keyOf(span));
}

/** Whether it is known already that such a line names them at this time. */
export function isNamedAt(whose: i32, at: i32): boolean {
  return isForced(whose, keyOf(at >> SPAN));
}

/** Reads what was seen of this client and sender in a span; false: it is over. */
function areRead(whose: i32, key: i32): boolean {
  return isRead(lookUp(seenNow, whose, key)) && isRead(lookUp(seenBefore, whose, key));
}

function isRead(slot: i32): boolean {
  if (slot === 0) return true;
  const record = ld(slot + 8);
  if (record === SEVERAL || ld(record + SERIAL) !== ld(slot + 12)) return false;
  const session = has(record, IS_SESSION) ? record : ld(record + SESSION);
  if (has(record, SLOW) && has(session, SLOW)) return true;
  if (has(session, OVER)) return false;
  readSession(session);
  return true;
}

/** The sender of a mail is told. */
export function tellSender(mail: i32, from: i32): void {
  const client = ld(mail + CLIENT);
  if (client !== 0 && ld(mail + SESSION) !== 0) meet(mail, ld(mail + SESSION), client, from, ld(mail + BORN_AT));
}

/** A refusal in a session, whose client's address ends with the bracket before `e`. */
export function tellRefusedSender(session: i32, e: i32, from: i32): void {
  meet(session, session, clientAt(e), from, now);
}

function meet(record: i32, session: i32, client: i32, from: i32, at: i32): void {
  turn();
  const span = at >> SPAN;
  let isNamed = false;
  for (let k = span - 1; k <= span + 1; k++)
    if (isForced(client, keyOf(k)) || isForced(client ^ from, keyOf(k))) isNamed = true;
  if (isNamed) readSession(session);
  // the formats see it in any case
  if (has(session, SLOW) && has(record, SLOW)) return;
  remember(client, keyOf(span), record);
  if (from !== 0) remember(client ^ from, keyOf(span), record);
}

function remember(whose: i32, key: i32, record: i32): void {
  const slot = lookUp(seenNow, whose, key);
  const isOther = slot !== 0 && (ld(slot + 8) !== record || ld(slot + 12) !== ld(record + SERIAL));
  put(seenNow, whose, key, isOther ? SEVERAL : record, isOther ? 0 : ld(record + SERIAL));
}
