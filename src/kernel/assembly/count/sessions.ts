/** Lines of smtpd(8) without a queue id. */
import { indexOf, is } from './bytes.ts';
import { isChaining } from './chains.ts';
import { isRival, tellRefused } from './first-recipients.ts';
import { host, hosts, instance, pid } from './head.ts';
import { takeWords } from './held-words.ts';
import { clash, isForced } from './keys.ts';
import { block, end } from './line.ts';
import { readSession } from './reading.ts';
import { connect, disconnect, sessionLine } from './session-life.ts';
import { PROXY_KEY, T_END, T_MARK, T_TLS } from './tokens.ts';
import { type i32, ld8, st } from './memory.ts';
import { clientAt, tellRefusedSender } from './named-clients.ts';
import { flag, has, HAS_MAIL, MAIL_OK, REFUSED } from './records.ts';
import {
  CONNECT_LINE,
  get,
  HASH_1,
  HASH_2,
  HOSTNAME_LINE,
  IS_GOOD,
  LOST_LINE,
  MAILS,
  NOTHING,
  PEER_END,
  TLS_LINE,
  WHAT,
} from './parsed.ts';
import { peerEnd, readRefusal, refusedHelo, refusedRecipient, refusedSender, signOfRefusal } from './refuse.ts';
import { lowAt, token } from './shape.ts';
import { now } from './stamps.ts';
import { isTelling } from './told.ts';
import { noteRefusal } from './transactions.ts';
import { odd, words } from './words.ts';

/** Reads the line from its first word. */
export function readSessionLine(p: i32): void {
  const what = get(WHAT);
  if (what === CONNECT_LINE) {
    if (get(IS_GOOD) !== 0) connect(host, instance, pid, now);
    else odd();
    return;
  }
  if (what === HOSTNAME_LINE) return;
  const session = sessionLine(host, instance, pid, now);
  if (what === NOTHING ? !sessionPart(session, p, ld8(p)) : !sessionEnd(session, what)) {
    readSession(session);
    words();
  }
}

function sessionEnd(session: i32, what: i32): boolean {
  if (get(IS_GOOD) === 0) return false;
  if (what === TLS_LINE) {
    token(session, T_TLS);
    return true;
  }
  if (what === LOST_LINE) {
    token(session, T_MARK);
    token(session, get(HASH_1));
    token(session, get(HASH_2));
    return true;
  }
  token(session, T_END);
  token(session, get(HASH_1));
  const e = get(PEER_END);
  if ((isChaining || isTelling) && get(MAILS) >= 0) st(session + MAIL_OK, get(MAILS));
  if (!isChaining && e >= 0 && isRival(session, block + e)) readSession(session);
  disconnect(session, now);
  return true;
}

function sessionPart(session: i32, p: i32, c: i32): boolean {
  if (c === 0x4e && is(p, 'NOQUEUE: reject: ')) {
    flag(session, REFUSED);
    if (has(session, HAS_MAIL)) readSession(session);
    if (!readRefusal(session, p + 17, hosts)) return false;
    const peer = peerEnd(indexOf(p, end, ' from ') + 6);
    if (isChaining || isTelling) noteRefusal(session, refusedSender, refusedRecipient, refusedHelo);
    if (isChaining) refusedInChain(session, peer);
    else tellRefused(peer);
    return true;
  }
  if (c === 0x4e) {
    if (is(p, 'NOQUEUE: client=') && !isForced(PROXY_KEY, 0)) clash(PROXY_KEY, 0);
    flag(session, REFUSED);
    return false;
  }
  const head = markHead(p, c);
  if (head > 0) {
    const from = indexOf(p, end, ' from ');
    if (from < 0 || peerEnd(from + 6) < 0) return false;
    token(session, T_MARK);
    token(session, head);
    return true;
  }
  if (c === 0x77 && is(p, 'warning: ')) {
    const e = peerEnd(p + 9);
    if (e < 0 || !is(e, ': SASL ') || indexOf(e, end, ' authentication failed') < 0) return false;
    token(session, T_MARK);
    token(session, 0x5a51);
    return true;
  }
  return false;
}

/** A refusal was noted whose client's address ends with the bracket before `e`. */
export function refusedInChain(session: i32, e: i32): void {
  const sender = signOfRefusal();
  tellRefusedSender(session, e, sender);
  takeWords(session, clientAt(e), sender, refusedRecipient < 0 ? 0 : lowAt(session, refusedRecipient));
}

/** What else smtpd(8) says of a session, by its first words (src/formats/postfix/smtpd-notices.ts); 0 = none of these. */
function markHead(p: i32, c: i32): i32 {
  if (c === 0x53 && is(p, 'SSL_accept error from ')) return 1;
  if (c === 0x69 && is(p, 'improper command pipelining after ')) return 2;
  if (c === 0x6e && is(p, 'non-SMTP command from ')) return 2;
  if (c === 0x74 && is(p, 'too many errors after ')) return 3;
  return 0;
}
