/** What is over is weighed, once nothing that comes can touch it any more. */
import {
  ANY_ROWS,
  AS_FIRST,
  chainSession,
  chainTransaction,
  chainTree,
  IS_FIRST,
  isChaining,
  isWeighing,
  isWithSessions,
} from './chains.ts';
import { addPast, cameFrom } from './ids.ts';
import { drop, emitAll, number } from './line.ts';
import { isTreeClosed } from './mails.ts';
import { type i32, ld, ldf, st } from './memory.ts';
import { countSimple, recipientsOfSimple } from './outcomes.ts';
import { read, readSession, rootOf } from './reading.ts';
import { retireLookups } from './lookups.ts';
import {
  ABANDONED,
  A_LOOKUPS,
  A_MAIL,
  A_SCREEN,
  A_SESSION,
  BORN_LINE,
  CHILD,
  CLOSED,
  dropWaiting,
  endMail,
  endScreen,
  endSession,
  FIRST,
  firstWaiting,
  flag,
  FORWARDED,
  GONE,
  has,
  HAS_MAIL,
  HAS_MID,
  ID_1,
  ID_2,
  LENGTH,
  LINES,
  LIVE,
  LOCAL,
  mailAt,
  MID_1,
  MID_2,
  NEXT,
  OVER,
  PARENT,
  QUEUED,
  REFUSED,
  ringCount,
  SESSION,
  SIBLING,
  SLOW,
  TIME,
  TRANSACTIONS,
  TRIED,
  wait,
} from './records.ts';
import { retireScreen } from './screen.ts';
import { COUNT, relate, token, weigh, weighed } from './shape.ts';
import { T_ABANDONED, T_CHILD, T_OPEN } from './tokens.ts';
import { isTelling, tellMail, tellRefusals } from './told.ts';
import { isDrawn } from './transactions.ts';

/** At most this many lines and seconds after its end a mail may still be named by another's lines. */
const HOLD_LINES = 4_096;
const HOLD_SECONDS = 10;

function areSessionsOver(mail: i32): boolean {
  const session = ld(mail + SESSION);
  if (session !== 0 && !has(session, OVER)) return false;
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING))
    if (!areSessionsOver(child)) return false;
  return true;
}

/** The shape of a mail with all that it went on as. */
function gather(mail: i32): void {
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) {
    gather(child);
    if (!has(mail, HAS_MID) || !has(child, HAS_MID)) read(mail);
    token(mail, T_CHILD);
    relate(mail, child);
    const same = ld(mail + MID_1) === ld(child + MID_1) && ld(mail + MID_2) === ld(child + MID_2);
    token(mail, same ? 1 : ld(mail + MID_1) === 0 || ld(child + MID_1) === 0 ? 2 : 3);
    token(mail, ld(child));
    token(mail, ld(child + 4));
  }
}

/** The mail is weighed, or its chain goes out. */
function settle(mail: i32): void {
  if (isTelling) return tellMail(mail) ? sendOut(mail, 0) : read(mail);
  if (!isChaining) return sendOut(mail, countSimple(mail) ? 0 : weigh(mail));
  isFirst = false;
  let rows = recipientsOfSimple(mail);
  if (rows < 0) {
    if (!isOneMail(mail)) return read(mail);
    rows = isWeighing ? rowsOfShape(mail) : ANY_ROWS;
    if (isFirst) {
      chainTree(mail, ldf(mail + TIME), ld(mail + BORN_LINE), rows);
      return read(mail);
    }
  }
  chainTree(mail, ldf(mail + TIME), ld(mail + BORN_LINE), rows);
  sendOut(mail, 0);
}

/** The mail is the first of its shape: the formats read it. */
let isFirst: boolean = false;

/** How many rows there are the first of its shape tells. */
function rowsOfShape(mail: i32): i32 {
  isFirst = weigh(mail) !== 0;
  return weighed | (isFirst ? IS_FIRST : AS_FIRST);
}

/** All that it went on as has its Message-ID: nobody takes a part for another mail. */
function isOneMail(mail: i32): boolean {
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) {
    const isSame = ld(child + MID_1) === ld(mail + MID_1) && ld(child + MID_2) === ld(mail + MID_2);
    if (!isSame || ld(mail + MID_1) === 0 || !isOneMail(child)) return false;
  }
  return true;
}

function sendOut(mail: i32, shape: i32): void {
  finishLines(mail, shape);
  if (has(mail, ABANDONED) && !isChaining) finishLines(ld(mail + SESSION), shape);
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) sendOut(child, shape);
}

function freeTree(mail: i32): void {
  for (let child = ld(mail + CHILD); child !== 0;) {
    const next = ld(child + SIBLING);
    freeTree(child);
    child = next;
  }
  addPast(ld(mail + ID_1), ld(mail + ID_2), ld(mail + MID_1));
  const session = ld(mail + SESSION);
  endMail(mail);
  if (session === 0) return;
  leaveSession(session, mail);
  const live = ld(session + LIVE) - 1;
  st(session + LIVE, live);
  if (live === 0 && has(session, OVER)) endSession(session);
}

/** The record of a mail may be another's soon. */
function leaveSession(session: i32, mail: i32): void {
  const next = ld(mail + NEXT);
  if (ld(session + FIRST) === mail) return st(session + FIRST, next);
  for (let other = ld(session + FIRST); other !== 0; other = ld(other + NEXT))
    if (ld(other + NEXT) === mail) return st(other + NEXT, next);
}

function retire(mail: i32, now: i32): void {
  if (has(mail, GONE) || ld(mail + PARENT) !== 0 || !isTreeClosed(mail)) return;
  if (!areSessionsOver(mail)) return wait(mail, A_MAIL, now);
  if (!has(mail, SLOW)) {
    gather(mail);
    // gathering may have shown that it is not plain
    if (!has(mail, SLOW)) settle(mail);
  }
  freeTree(mail);
}

function retireSession(session: i32, now: i32): void {
  if (has(session, GONE | OVER)) return;
  if (has(session, HAS_MAIL)) {
    for (let mail = ld(session + FIRST); mail !== 0; mail = ld(mail + NEXT))
      if (!has(mail, QUEUED) && !isAbandoned(mail, session)) readSession(session);
    for (let mail = ld(session + FIRST); mail !== 0; mail = ld(mail + NEXT)) {
      if (has(session, SLOW)) read(mail);
      if (has(mail, QUEUED) || has(mail, CLOSED)) continue;
      // refused at the end of its data, or given up: nothing more comes
      flag(mail, CLOSED);
      const root = rootOf(mail);
      if (isTreeClosed(root)) wait(root, A_MAIL, now);
    }
  }
  flag(session, OVER);
  if (!has(session, SLOW)) {
    if (isChaining) chainRefusals(session);
    else if (isTelling && ld(session + TRANSACTIONS) !== 0) tellSession(session);
    else if (!has(session, HAS_MAIL)) finishLines(session, weigh(session));
    else if (ld(session + FIRST) === 0 || !has(ld(session + FIRST), ABANDONED)) finishLines(session, 0);
  }
  if (ld(session + LIVE) === 0) endSession(session);
}

/**
 * Whether this is all of the session: it is over, and nothing but the mail's first line was logged. What became of it hangs on
 * the session alone (src/correlate/whole.ts wasAbandoned()): both are weighed as one.
 */
function isAbandoned(mail: i32, session: i32): boolean {
  if (isTelling || (isChaining && !isWeighing) || !has(session, CLOSED)) return false;
  if (ld(session + FIRST) !== mail || ld(mail + NEXT) !== 0 || ld(mail + LENGTH) !== 1 || ld(mail + COUNT) !== 0)
    return false;
  if (ld(mail + PARENT) !== 0 || ld(mail + CHILD) !== 0 || ld(session + COUNT) !== 0) return false;
  if (has(mail, SLOW | FORWARDED | LOCAL | HAS_MID) || has(session, SLOW | REFUSED)) return false;
  if (cameFrom(ld(mail + ID_1), ld(mail + ID_2), 0)) return false;
  flag(mail, ABANDONED);
  token(mail, T_ABANDONED);
  token(mail, ld(session));
  token(mail, ld(session + 4));
  return true;
}

/** The chains of a session's refusals. Its lines stay for those of its mails. */
function chainRefusals(session: i32): void {
  if (has(session, SLOW)) return;
  if (ld(session + TRANSACTIONS) === 0) {
    if (isWithSessions && !has(session, HAS_MAIL)) chainSession(session);
    return;
  }
  if (!isDrawn(session)) return readSession(session);
  for (let one = ld(session + TRANSACTIONS); one !== 0; one = ld(one)) chainTransaction(session, one);
}

/** The refusals of a session are told, and its lines forgotten. */
function tellSession(session: i32): void {
  if (!tellRefusals(session)) readSession(session);
  else finishLines(session, 0);
}

/** False: it goes on. At the end of the log every one is over. */
function endOfScreen(session: i32, all: boolean): boolean {
  if (all) flag(session, CLOSED);
  const shape = retireScreen(session);
  if (shape < 0) return false;
  if (isChaining) chainRefusals(session);
  if (isTelling && !has(session, SLOW) && ld(session + TRANSACTIONS) !== 0) tellSession(session);
  finishLines(session, shape);
  endScreen(session);
  return true;
}

/** As endOfScreen. */
function endOfLookups(session: i32, all: boolean): boolean {
  if (all) flag(session, CLOSED);
  const shape = retireLookups(session);
  if (shape < 0) return false;
  finishLines(session, shape);
  endSession(session);
  return true;
}

/** The lines of what was weighed: they go out as the first of their shape, or are forgotten. */
function finishLines(record: i32, shape: i32): void {
  if (shape === 0) drop(ld(record + LINES));
  else emitAll(ld(record + LINES), shape);
  st(record + LINES, 0);
  st(record + LENGTH, 0);
}

/** Mails that are still in the queue at the end of the log and wait for nothing else. */
export function weighOpen(): void {
  for (let i: i32 = 0; ; i++) {
    const mail = mailAt(i);
    if (mail < 0) return;
    if (mail === 0 || ld(mail + PARENT) !== 0 || !isSettled(mail)) continue;
    token(mail, T_OPEN);
    gather(mail);
    if (!has(mail, SLOW)) settle(mail);
  }
}

/** Mails that are not weighed are read, with their sessions. */
export function readOpen(): void {
  for (let i: i32 = 0; ; i++) {
    const mail = mailAt(i);
    if (mail < 0) return;
    if (mail !== 0 && !has(mail, SLOW) && ld(mail + LINES) !== 0) read(mail);
  }
}

function isSettled(mail: i32): boolean {
  const session = ld(mail + SESSION);
  if (has(mail, SLOW) || !has(mail, QUEUED) || !has(mail, TRIED) || (session !== 0 && !has(session, OVER)))
    return false;
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) if (!isSettled(child)) return false;
  return true;
}

/** Weighs what has been over for long; all that is over where `all`. */
export function sweep(now: i32, all: boolean): void {
  let left = ringCount;
  while (left > 0) {
    const first = firstWaiting();
    const age = now - ld(first + 8);
    if (!all && (number - ld(first + 4) < HOLD_LINES || (age < HOLD_SECONDS && age >= 0))) return;
    const record = ld(first);
    const kind = ld(first + 12);
    dropWaiting();
    if (kind === A_MAIL) retire(record, now);
    else if (kind === A_SESSION) retireSession(record, now);
    else if (kind === A_SCREEN) {
      if (!endOfScreen(record, all)) wait(record, A_SCREEN, now);
    } else if (!endOfLookups(record, all)) wait(record, A_LOOKUPS, now);
    left--;
  }
}
