/**
 * Lines of postscreen(8): one process serves all clients, so what belongs together has one client address and port
 * (src/formats/postfix/postscreen.ts). Such a session has no last line: it is over when the client went on or away, or after
 * an hour of silence.
 */
import { is } from './bytes.ts';
import { isChaining } from './chains.ts';
import { host, hosts, instance, pid } from './head.ts';
import { clash, isForced } from './keys.ts';
import { block } from './line.ts';
import { readSession } from './reading.ts';
import { T_SCREEN } from './tokens.ts';
import { type i32, ld, st } from './memory.ts';
import { DISCONNECT, HANGUP, PASS } from './parse.ts';
import { ACT, get, HASH_1, HASH_2, IS_GOOD, PEER_END } from './parsed.ts';
import {
  A_SCREEN,
  addLine,
  AT,
  CLOSED,
  flag,
  has,
  INSTANCE,
  isLong,
  newScreen,
  SCREEN_1,
  SCREEN_2,
  screenKey,
  screenOf,
  SLOW,
  TRANSACTIONS,
  wait,
} from './records.ts';
import { readRefusal, refusedHelo, refusedRecipient, refusedSender } from './refuse.ts';
import { refusedInChain } from './sessions.ts';
import { token, weigh } from './shape.ts';
import { now } from './stamps.ts';
import { empty, newTable, put, valueOf } from './tables.ts';
import { isTelling } from './told.ts';
import { noteRefusal } from './transactions.ts';
import { odd, words } from './words.ts';

/** A session that was silent this long is two (src/correlate/apply-session.ts). */
const IDLE = 3_599;

/** clients whose session was weighed, of this hour and the one before */
let past: i32 = 0;
let pastBefore: i32 = 0;
let since: i32 = 0;

export function openScreens(): void {
  past = newTable(1024);
  pastBefore = newTable(1024);
  since = -1_000_000_000;
}

function turn(): void {
  if (now - since < 2 * IDLE && now >= since) return;
  const old = pastBefore;
  pastBefore = past;
  past = old;
  empty(old);
  since = now;
}

/** Reads the line from its first word. */
export function readScreen(p: i32): void {
  if (get(IS_GOOD) === 0) return odd();
  const what = get(ACT);
  const refused = what === 0 && is(p, 'NOQUEUE: reject: ');
  const after = block + get(PEER_END);
  const session = sessionOf(get(HASH_1), screenKey(get(HASH_2), pid, host));
  addLine(session);
  if (isLong(session)) readSession(session);
  if (refused || what === 0) {
    if (!refused || !readRefusal(session, p + 17, hosts)) {
      readSession(session);
      words();
    } else if (isChaining) {
      noteRefusal(session, refusedSender, refusedRecipient, refusedHelo);
      refusedInChain(session, after);
    } else if (isTelling) noteRefusal(session, refusedSender, refusedRecipient, refusedHelo);
    return;
  }
  token(session, T_SCREEN);
  token(session, what);
  if (what === PASS || what === DISCONNECT || what === HANGUP) flag(session, CLOSED);
}

function sessionOf(a: i32, b: i32): i32 {
  turn();
  let session = screenOf(a, b);
  if (session !== 0) {
    const gap = now - ld(session + AT);
    if (gap >= IDLE || gap < 0 || ld(session + INSTANCE) !== instance) readSession(session);
    st(session + AT, now);
    return session;
  }
  session = newScreen(a, b, host, instance, now);
  token(session, T_SCREEN);
  const known = valueOf(past, a, b) !== 0 || valueOf(pastBefore, a, b) !== 0;
  if (isForced(a, b)) readSession(session);
  else if (known) clash(a, b);
  wait(session, A_SCREEN, now);
  return session;
}

/** Weighs a session that is over: its shape where it is the first of it, else 0; -1 = it goes on. */
export function retireScreen(session: i32): i32 {
  const idle = now - ld(session + AT);
  if (!has(session, CLOSED) && idle >= 0 && idle < IDLE) return -1;
  if (has(session, SLOW)) return 0;
  put(past, ld(session + SCREEN_1), ld(session + SCREEN_2), 1, 0);
  return isChaining || (isTelling && ld(session + TRANSACTIONS) !== 0) ? 0 : weigh(session);
}
