/** Mails from their first line to their removal. */
import { isChaining } from './chains.ts';
import { arrived, pastSlot } from './ids.ts';
import { clash, isForced, isHandedIn, wasHandedIn } from './keys.ts';
import { emit } from './line.ts';
import { type i32, ld, st } from './memory.ts';
import { letTreeOut, read, readSession, rootOf } from './reading.ts';
import {
  A_MAIL,
  addLine,
  BORN_AT,
  CHILD,
  CLOSED,
  FIRST,
  flag,
  FORWARDED,
  has,
  HAS_MAIL,
  HAS_MID,
  HOST,
  ID_1,
  ID_2,
  INSTANCE,
  isLong,
  LIVE,
  LOCAL,
  LOOKUPS,
  mailOf,
  MID_1,
  MID_2,
  newMail,
  NEXT,
  NRCPT,
  OPENED,
  PARENT,
  QUEUED,
  REFUSED,
  SENDER,
  SESSION,
  sessionOf,
  SIBLING,
  SLOW,
  touchMail,
  TRIED,
  wait,
} from './records.ts';
import { strayOf, touch } from './session-life.ts';
import { token } from './shape.ts';
import { T_BORN, T_EDGE, T_MID, T_QUEUED, T_REMOVED } from './tokens.ts';

/**
 * The mail of a line that is not its first, or is (`begins`) if no arrival was logged. 0 = it was weighed or let out before: the
 * line went out.
 */
export function knownMail(a: i32, b: i32, host: i32, instance: i32, now: i32, begins: boolean): i32 {
  let mail = mailOf(a, b);
  if (mail === 0 && begins) {
    // a notice that Postfix wrote itself has no arrival line; its id may have been another mail's, which is over for long
    mail = newMail(a, b, host, instance, now);
    if (isForced(a, b)) read(mail);
  }
  if (mail === 0) {
    if (pastSlot(a, b) !== 0) {
      if (!isForced(a, b)) clash(a, b);
      emit(0);
      return 0;
    }
    mail = newMail(a, b, host, instance, now);
    read(mail);
  }
  if (has(mail, CLOSED) || ld(mail + HOST) !== host || ld(mail + INSTANCE) !== instance) read(mail);
  touchMail(mail, now);
  addLine(mail);
  if (isLong(mail)) read(mail);
  return mail;
}

/** A mail begins: by SMTP in the session of `pid`, or handed in on the machine (`kind` LOCAL). */
export function bear(a: i32, b: i32, host: i32, instance: i32, pid: i32, now: i32, kind: i32): i32 {
  const before = mailOf(a, b);
  if (before !== 0) {
    read(before);
    if (!has(before, CLOSED)) {
      addLine(before);
      const other = sessionOf(host, pid);
      // a session that brought the same id: its lines are part of a chain too
      if (isChaining && other !== 0) readSession(other);
      return before;
    }
  }
  const mail = newMail(a, b, host, instance, now);
  flag(mail, OPENED | kind);
  token(mail, T_BORN);
  token(mail, kind);
  if (before !== 0 || isForced(a, b)) read(mail);
  addLine(mail);
  if (kind === LOCAL) return mail;
  let session = sessionOf(host, pid);
  if (session === 0 || has(session, CLOSED | LOOKUPS)) session = strayOf(host, instance, pid, now);
  st(mail + SESSION, session);
  st(mail + NEXT, ld(session + FIRST));
  st(session + FIRST, mail);
  st(session + LIVE, ld(session + LIVE) + 1);
  flag(session, HAS_MAIL);
  token(session, T_BORN);
  if (ld(session + INSTANCE) !== instance || has(session, SLOW | REFUSED)) readSession(session);
  else if (isChaining && has(mail, SLOW)) readSession(session);
  touch(session, now);
  return mail;
}

/** The Message-ID of a mail: two words of hash, 0 and 0 for an empty one. */
export function tellMid(mail: i32, a: i32, b: i32, now: i32): void {
  if (has(mail, HAS_MID | QUEUED) || isForced(a, b)) read(mail);
  flag(mail, HAS_MID);
  const none = a === 0 && b === 0;
  token(mail, T_MID);
  token(mail, none ? 0 : 1);
  st(mail + MID_1, a);
  st(mail + MID_2, b);
  const id1 = ld(mail + ID_1);
  const id2 = ld(mail + ID_2);
  if (!none && has(mail, LOCAL | FORWARDED)) wasHandedIn(a, b, now, id1, has(mail, FORWARDED));
  if (!isForced(id1, id2)) arrived(id1, id2, a);
}

/** Something took the mail and named no id: it may have handed it in again here, a relay by SMTP, a command by sendmail. */
export function mayComeBack(mail: i32, now: i32, isRelay: boolean): void {
  const a = ld(mail + MID_1);
  const b = ld(mail + MID_2);
  if ((a === 0 && b === 0) || !isHandedIn(a, b, now, ld(mail + ID_1), isRelay)) return;
  if (!isForced(a, b)) clash(a, b);
  read(mail);
}

/** The queue manager took the mail. `sender`: its place, -1 = too many. */
export function queueMail(mail: i32, sender: i32, isEmpty: i32, nrcpt: i32): void {
  if (sender < 0 || (ld(mail + SENDER) >= 0 && ld(mail + SENDER) !== sender)) read(mail);
  // a later try says it again
  if (has(mail, QUEUED) && nrcpt <= ld(mail + NRCPT)) return;
  flag(mail, QUEUED);
  st(mail + SENDER, sender);
  st(mail + NRCPT, nrcpt);
  token(mail, T_QUEUED);
  token(mail, sender);
  token(mail, isEmpty);
  token(mail, nrcpt);
}

/** `parent` went on as `child`, told by a line that is at hand now. */
export function join(parent: i32, child: i32, now: i32): void {
  if (rootOf(parent) === rootOf(child)) {
    if (ld(child + PARENT) !== parent) read(parent);
    token(parent, T_EDGE);
    return;
  }
  const age = now - ld(child + BORN_AT);
  const plain =
    ld(child + PARENT) === 0 &&
    ld(parent + HOST) === ld(child + HOST) &&
    age >= 0 &&
    age < 590 &&
    has(child, OPENED) &&
    has(child, QUEUED) &&
    has(child, HAS_MID) &&
    has(parent, HAS_MID) &&
    !has(child, LOCAL);
  if (ld(child + PARENT) !== 0) {
    read(parent);
    read(child);
    return;
  }
  st(child + PARENT, parent);
  st(child + SIBLING, ld(parent + CHILD));
  st(parent + CHILD, child);
  token(parent, T_EDGE);
  if (!plain || has(parent, SLOW) || has(child, SLOW)) letTreeOut(rootOf(parent));
}

/** `child` says at its arrival that it goes on from `parent`, a relay's client. */
export function joinNamed(parent: i32, child: i32, now: i32): void {
  const age = now - ld(parent + BORN_AT);
  // a doubled line, and ids that name each other: no mail is its own descendant
  const isStrange = ld(child + PARENT) !== 0 || rootOf(parent) === child;
  if (ld(parent + HOST) !== ld(child + HOST) || isStrange || age < 0 || age > 80_000) {
    read(parent);
    read(child);
    return;
  }
  st(child + PARENT, parent);
  st(child + SIBLING, ld(parent + CHILD));
  st(parent + CHILD, child);
  if (has(parent, SLOW | CLOSED) || has(child, SLOW)) letTreeOut(rootOf(parent));
}

/** The queue manager removed the mail. */
export function close(mail: i32, now: i32): void {
  token(mail, T_REMOVED);
  if (!has(mail, QUEUED) || !has(mail, TRIED) || has(mail, CLOSED)) read(mail);
  if (has(mail, CLOSED)) return;
  flag(mail, CLOSED);
  const root = rootOf(mail);
  if (isTreeClosed(root)) wait(root, A_MAIL, now);
}

export function isTreeClosed(mail: i32): boolean {
  if (!has(mail, CLOSED)) return false;
  for (let child = ld(mail + CHILD); child !== 0; child = ld(child + SIBLING)) if (!isTreeClosed(child)) return false;
  return true;
}
