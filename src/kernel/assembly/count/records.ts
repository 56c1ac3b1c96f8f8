/**
 * Records of what is in flight: mails by queue id, sessions by process. Those that are plain hold their lines until they are
 * over; those that are not (SLOW) let each line out as it comes, for the formats to read.
 */
import { clear, type f64, type i32, ld, ldf, st, stf, take } from './memory.ts';
import { drop, emit, emitAll, keep, number } from './line.ts';
import { begin, endRecord, SHAPE_BYTES } from './shape.ts';
import { microTime } from './stamps.ts';
import { lookUp, newTable, put, remove, valueOf } from './tables.ts';
import { endDetails, isTelling, lostNotice } from './told.ts';
import { endTransactions } from './transactions.ts';

// a record: its shape first
export const FLAGS = SHAPE_BYTES;
export const LINES = SHAPE_BYTES + 4;
export const LENGTH = SHAPE_BYTES + 8;
export const HOST = SHAPE_BYTES + 12;
export const INSTANCE = SHAPE_BYTES + 16;
/** time of the last line */
export const AT = SHAPE_BYTES + 20;
/** another number for each mail and session */
export const SERIAL = SHAPE_BYTES + 24;
const OWN = SHAPE_BYTES + 28;
// of a mail
export const ID_1 = OWN;
export const ID_2 = OWN + 4;
export const PARENT = OWN + 8;
export const CHILD = OWN + 12;
export const SIBLING = OWN + 16;
export const SESSION = OWN + 20;
/** the next mail of its session */
export const NEXT = OWN + 24;
export const BORN_AT = OWN + 28;
export const MID_1 = OWN + 32;
export const MID_2 = OWN + 36;
export const NRCPT = OWN + 40;
/** place of the recipient that a policy's line names, from 1 on (see outcomes.ts) */
export const NAMED = OWN + 44;
export const SENDER = OWN + 48;
// of a session
export const PID = OWN;
export const FIRST = OWN + 4;
/** mails of it that are not over */
export const LIVE = OWN + 8;

/** its first line, and (a double) its time in microseconds */
export const TIME = OWN + 52;
export const BORN_LINE = OWN + 60;

/** hash of the client's address; 0 = not told (first-recipients.ts) */
export const CLIENT = OWN + 64;

/** what is told of it (told.ts): numbers of names, of which kind the sender is, bytes */
export const SENDER_NAME = OWN + 68;
export const SENDER_KIND = OWN + 72;
export const SIZE = OWN + 76;
export const CLIENT_NAME = OWN + 80;
export const HELO_NAME = OWN + 84;
/** what a notice is that Postfix wrote (told.ts), 0 = not told */
export const NOTICE = OWN + 88;

const MAIL_BYTES = OWN + 96;
/** of a session of postscreen: the key of its client */
export const SCREEN_1 = OWN + 12;
export const SCREEN_2 = OWN + 16;

/** refusals (transactions.ts), the last one first; transactions that its end tells of, -1 = not told */
export const TRANSACTIONS = OWN + 20;
export const MAIL_OK = OWN + 24;

/** time of its first line */
export const CONNECTED = OWN + 28;

/** refusals as they are told (told.ts), the last one first */
export const DETAILS = OWN + 32;

const SESSION_BYTES = OWN + 40;

export const OPENED = 1;
export const QUEUED = 2;
export const CLOSED = 4;
export const SLOW = 8;
export const TRIED = 16;
export const LOCAL = 32;
export const FORWARDED = 64;
export const HAS_MID = 128;
export const REFUSED = 256;
export const OVER = 512;
export const HAS_MAIL = 1024;
/** its record is given back */
export const GONE = 2048;
export const IS_SESSION = 4096;
/** a session of dnsblog(8); 8192 is in outcomes.ts */
export const LOOKUPS = 16384;

/** a session whose refusals the formats must draw */
export const TWICE = 32768;

/** a mail of which its session alone tells that nothing came of it (over.ts) */
export const ABANDONED = 65536;

/** A mail or session of more lines is read. */
const MOST_LINES = 2_000;

export let mails: i32 = 0;
let sessions: i32 = 0;
/** processes that had a session */
let processes: i32 = 0;
let screens: i32 = 0;
let freeMails: i32 = 0;
let freeSessions: i32 = 0;
let serial: i32 = 0;

export function openRecords(): void {
  mails = newTable(4096);
  sessions = newTable(1024);
  processes = newTable(1024);
  screens = newTable(1024);
  freeMails = freeSessions = serial = 0;
}

// @inline
export function has(record: i32, flag: i32): boolean {
  return (ld(record + FLAGS) & flag) !== 0;
}

// @inline
export function flag(record: i32, bits: i32): void {
  st(record + FLAGS, ld(record + FLAGS) | bits);
}

/** The line at hand belongs to this record. */
// @inline
export function addLine(record: i32): void {
  if (has(record, SLOW)) return emit(0);
  st(record + LINES, keep(ld(record + LINES)));
  const n = ld(record + LENGTH) + 1;
  st(record + LENGTH, n);
}

export function isLong(record: i32): boolean {
  return ld(record + LENGTH) > MOST_LINES;
}

/** Its lines so far are read, and all to come. */
export function letOut(record: i32): void {
  flag(record, SLOW);
  if (isTelling && !has(record, IS_SESSION)) lostNotice(record);
  emitAll(ld(record + LINES), 0);
  st(record + LINES, 0);
  st(record + LENGTH, 0);
}

export function mailOf(a: i32, b: i32): i32 {
  return valueOf(mails, a, b);
}

export function newMail(a: i32, b: i32, host: i32, instance: i32, now: i32): i32 {
  let mail = freeMails;
  if (mail === 0) mail = take(MAIL_BYTES);
  else freeMails = ld(mail + ID_1);
  clear(mail, MAIL_BYTES);
  begin(mail);
  st(mail + SERIAL, ++serial);
  st(mail + ID_1, a);
  st(mail + ID_2, b);
  st(mail + HOST, host);
  st(mail + INSTANCE, instance);
  st(mail + BORN_AT, now);
  st(mail + AT, now);
  st(mail + BORN_LINE, number);
  stf(mail + TIME, microTime());
  st(mail + NRCPT, -1);
  st(mail + SENDER, -1);
  st(mail + SIZE, -1);
  put(mails, a, b, mail, 0);
  return mail;
}

/** A line of the mail: it began no later. */
export function touchMail(mail: i32, now: i32): void {
  st(mail + AT, now);
  const time = microTime();
  if (time < ldf(mail + TIME)) stf(mail + TIME, time);
}

/** Frees a mail; its lines were let out, or are forgotten. */
export function endMail(mail: i32): void {
  if (mailOf(ld(mail + ID_1), ld(mail + ID_2)) === mail) remove(mails, ld(mail + ID_1), ld(mail + ID_2));
  endRecord(mail);
  flag(mail, GONE);
  st(mail + SERIAL, 0);
  st(mail + ID_1, freeMails);
  freeMails = mail;
}

/** Whatever is still in flight is read. */
export function letAllOut(areChained: boolean): void {
  letOutOf(mails, false);
  letOutOf(sessions, areChained);
  letOutOf(screens, false);
}

/** `areChained`: sessions that are over were part of the chains of their mails, and mean nothing without these. */
function letOutOf(table: i32, areChained: boolean): void {
  const slots = ld(table);
  const size = ld(table + 4) + 1;
  for (let i = 0; i < size; i++) {
    const record = ld(slots + i * 16 + 8);
    if (record === 0 || has(record, SLOW)) continue;
    if (!areChained || !has(record, OVER) || !has(record, HAS_MAIL)) letOut(record);
  }
}

/** The mail in slot i of the table of mails, 0 = none; -1 = there is no such slot. */
export function mailAt(i: i32): i32 {
  return i <= ld(mails + 4) ? ld(ld(mails) + i * 16 + 8) : -1;
}

export function sessionOf(host: i32, pid: i32): i32 {
  return valueOf(sessions, pid + 1, host);
}

/** Second word of a client's key: `b` is the second hash of `[address]:port`. */
export function screenKey(b: i32, pid: i32, host: i32): i32 {
  return b ^ pid ^ (host << 24);
}

export function screenOf(a: i32, b: i32): i32 {
  return valueOf(screens, a, b);
}

/** A session of postscreen: keyed by its client. */
export function newScreen(a: i32, b: i32, host: i32, instance: i32, now: i32): i32 {
  const session = makeSession(host, instance, -1, now);
  st(session + SCREEN_1, a);
  st(session + SCREEN_2, b);
  put(screens, a, b, session, 0);
  return session;
}

export function endScreen(session: i32): void {
  remove(screens, ld(session + SCREEN_1), ld(session + SCREEN_2));
  giveBack(session);
}

/** Whether the process had a session before. */
export function hasProcess(host: i32, pid: i32): boolean {
  return valueOf(processes, pid + 1, host) !== 0;
}

/** Since when the process has been silent whose last session was weighed for its silence; 0 = not so. */
export function processSilentSince(host: i32, pid: i32): i32 {
  const slot = lookUp(processes, pid + 1, host);
  return slot === 0 ? 0 : ld(slot + 12);
}

export function tellSilence(host: i32, pid: i32, since: i32): void {
  put(processes, pid + 1, host, 1, since === 0 ? 1 : since);
}

export function newSession(host: i32, instance: i32, pid: i32, now: i32): i32 {
  const session = makeSession(host, instance, pid, now);
  put(sessions, pid + 1, host, session, 0);
  put(processes, pid + 1, host, 1, 0);
  return session;
}

function makeSession(host: i32, instance: i32, pid: i32, now: i32): i32 {
  let session = freeSessions;
  if (session === 0) session = take(SESSION_BYTES);
  else freeSessions = ld(session + PID);
  clear(session, SESSION_BYTES);
  begin(session);
  st(session + SERIAL, ++serial);
  st(session + FLAGS, IS_SESSION);
  st(session + HOST, host);
  st(session + INSTANCE, instance);
  st(session + PID, pid);
  st(session + AT, now);
  st(session + CONNECTED, now);
  st(session + MAIL_OK, -1);
  return session;
}

export function endSession(session: i32): void {
  const pid = ld(session + PID);
  const host = ld(session + HOST);
  if (sessionOf(host, pid) === session) remove(sessions, pid + 1, host);
  giveBack(session);
}

function giveBack(session: i32): void {
  drop(ld(session + LINES));
  endTransactions(session);
  endDetails(session);
  endRecord(session);
  flag(session, GONE);
  st(session + SERIAL, 0);
  st(session + PID, freeSessions);
  freeSessions = session;
}

// --- what is over and waits a while: a ring of record, line, time, kind

export const A_MAIL = 1;
export const A_SESSION = 2;
export const A_SCREEN = 3;
export const A_LOOKUPS = 4;
let ring: i32 = 0;
let ringRoom: i32 = 0;
let ringFirst: i32 = 0;
export let ringCount: i32 = 0;

export function openRing(): void {
  ringRoom = 16_384;
  ring = take(ringRoom * 16);
  ringFirst = ringCount = 0;
}

export function wait(record: i32, kind: i32, now: i32): void {
  if (ringCount === ringRoom) {
    const larger = take(ringRoom * 32);
    for (let i = 0; i < ringCount; i++) {
      const from = ring + ((ringFirst + i) & (ringRoom - 1)) * 16;
      const to = larger + i * 16;
      for (let k = 0; k < 16; k += 4) st(to + k, ld(from + k));
    }
    ring = larger;
    ringFirst = 0;
    ringRoom *= 2;
  }
  const at = ring + ((ringFirst + ringCount) & (ringRoom - 1)) * 16;
  st(at, record);
  st(at + 4, number);
  st(at + 8, now);
  st(at + 12, kind);
  ringCount++;
}

export function firstWaiting(): i32 {
  return ring + ringFirst * 16;
}

export function dropWaiting(): void {
  ringFirst = (ringFirst + 1) & (ringRoom - 1);
  ringCount--;
}
