/**
 * Lines of dnsblog(8): who is listed where. For the formats they are a session of that process, which tells nothing of a mail
 * (src/formats/postfix/postscreen.ts readDnsblog). It has no last line: it is over after an hour of silence.
 */
import { indexOfByte, is } from './bytes.ts';
import { isChaining } from './chains.ts';
import { host, instance, pid } from './head.ts';
import { clash, isForced } from './keys.ts';
import { end } from './line.ts';
import { type i32, ld, st } from './memory.ts';
import { readSession } from './reading.ts';
import {
  A_LOOKUPS,
  addLine,
  AT,
  CLOSED,
  flag,
  has,
  HOST,
  INSTANCE,
  isLong,
  LOOKUPS,
  newSession,
  PID,
  processSilentSince,
  sessionOf,
  SLOW,
  tellSilence,
  wait,
} from './records.ts';
import { touch } from './session-life.ts';
import { token, weigh } from './shape.ts';
import { now } from './stamps.ts';
import { PROCESS_KEY, T_LOOKUPS } from './tokens.ts';
import { odd } from './words.ts';

/** Silent this long for sure, whatever parts of a second the stamps leave out (src/correlate/apply-session.ts). */
const IDLE_SECONDS = 3_602;

/** Reads the line from its first word. */
export function readLookup(p: i32): void {
  if (is(p, 'warning: dnsblog_query: ')) return;
  const behind = is(p, 'addr ') ? indexOfByte(p + 5, end, 0x20) : -1;
  if (behind < 0 || !is(behind, ' listed by domain ')) return odd();
  const session = sessionHere();
  addLine(session);
  if (isLong(session)) readSession(session);
}

function sessionHere(): i32 {
  const before = sessionOf(host, pid);
  if (before !== 0 && !has(before, CLOSED)) {
    const last = ld(before + AT);
    touch(before, now);
    if (now < last) st(before + AT, last);
    if (now < last || !has(before, LOOKUPS) || ld(before + INSTANCE) !== instance) readSession(before);
    return before;
  }
  // a clock that goes back may make one session of what was weighed as two
  const since = processSilentSince(host, pid);
  const key = host ^ PROCESS_KEY;
  if (since !== 0 && now - since < IDLE_SECONDS && !isForced(pid, key)) clash(pid, key);
  const session = newSession(host, instance, pid, now);
  flag(session, LOOKUPS);
  token(session, T_LOOKUPS);
  if (isForced(pid, key)) readSession(session);
  wait(session, A_LOOKUPS, now);
  return session;
}

/** Weighs a session that is over: its shape where it is the first of it, else 0; -1 = it goes on. */
export function retireLookups(session: i32): i32 {
  const idle = now - ld(session + AT);
  if (!has(session, CLOSED) && idle >= 0 && idle < IDLE_SECONDS) return -1;
  tellSilence(ld(session + HOST), ld(session + PID), ld(session + AT));
  return isChaining || has(session, SLOW) ? 0 : weigh(session);
}
