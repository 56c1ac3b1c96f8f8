/** Sessions of smtpd(8) from connect to disconnect. */
import { clash, isForced } from './keys.ts';
import { type i32, ld, st } from './memory.ts';
import { readSession } from './reading.ts';
import {
  A_SESSION,
  addLine,
  AT,
  CLOSED,
  flag,
  has,
  hasProcess,
  INSTANCE,
  isLong,
  LOOKUPS,
  newSession,
  OPENED,
  REFUSED,
  sessionOf,
  wait,
} from './records.ts';
import { token } from './shape.ts';
import { PROCESS_KEY, T_SESSION } from './tokens.ts';

/** A session that was silent this long is two (correlate/apply-session.ts). */
const IDLE_SECONDS = 3_599;

export function touch(session: i32, now: i32): void {
  const gap = now - ld(session + AT);
  if (gap >= IDLE_SECONDS || gap <= -IDLE_SECONDS) readSession(session);
  st(session + AT, now);
}

export function connect(host: i32, instance: i32, pid: i32, now: i32): void {
  const old = sessionOf(host, pid);
  const session = newSession(host, instance, pid, now);
  flag(session, OPENED);
  token(session, T_SESSION);
  if (isForced(pid, host ^ PROCESS_KEY)) readSession(session);
  if (old !== 0 && !has(old, CLOSED)) {
    // without its disconnect line the formats take what follows for the same session, unless they see this one begin
    readSession(old);
    readSession(session);
    flag(old, CLOSED);
    // that of dnsblog(8) waits already
    if (!has(old, LOOKUPS)) wait(old, A_SESSION, now);
  } else if (old !== 0 && has(old, REFUSED) && ld(old + AT) === now) {
    // the same refusal in the same second of the same process is told once (correlate/tracker.ts seenRefusal)
    readSession(old);
    readSession(session);
  }
  addLine(session);
}

/**
 * A session whose first line is not here. For the formats it is one with the session before it of the same process, unless
 * they see that one end: so they must read all sessions of this process.
 */
export function strayOf(host: i32, instance: i32, pid: i32, now: i32): i32 {
  if (hasProcess(host, pid) && !isForced(pid, host ^ PROCESS_KEY)) clash(pid, host ^ PROCESS_KEY);
  const session = newSession(host, instance, pid, now);
  readSession(session);
  return session;
}

/** The session of a line of its process; the line is added. */
export function sessionLine(host: i32, instance: i32, pid: i32, now: i32): i32 {
  let session = sessionOf(host, pid);
  if (session === 0 || has(session, CLOSED | LOOKUPS)) session = strayOf(host, instance, pid, now);
  touch(session, now);
  if (ld(session + INSTANCE) !== instance) readSession(session);
  addLine(session);
  if (isLong(session)) readSession(session);
  return session;
}

export function disconnect(session: i32, now: i32): void {
  flag(session, CLOSED);
  wait(session, A_SESSION, now);
}
