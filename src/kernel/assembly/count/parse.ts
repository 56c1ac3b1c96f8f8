/**
 * Reads what a line says by itself (parsed.ts), as far as it has the usual shape. Nothing here knows of another line, nor of
 * what is asked for: the same in every thread.
 */
import { isDecisive } from './beside.ts';
import { indexOf, indexOfByte, is, isDigit } from './bytes.ts';
import {
  BESIDE,
  body,
  CLEANUP,
  DELIVERY,
  FOREIGN,
  kind,
  LMTP,
  looksLikeId,
  POSTSCREEN,
  QMGR,
  queueIdEnd,
  SMTPD,
} from './head.ts';
import { block, end } from './line.ts';
import { hash, hash2, hashLow, type i32, ld8, numberAt, strange } from './memory.ts';
import { clientAt } from './named-clients.ts';
import { parseDelivery } from './parse-delivery.ts';
import {
  ACT,
  BESIDE_LINE,
  CLIENT_HASH,
  CLIENT_LINE,
  CONNECT_LINE,
  DISCONNECT_LINE,
  EXPIRED_LINE,
  FROM_LINE,
  HASH_1,
  HASH_2,
  HOSTNAME_LINE,
  IS_FORWARDED,
  IS_GOOD,
  isLine,
  LIKE_ID,
  LOST_LINE,
  LOW,
  MAILS,
  MID_LINE,
  NOTHING,
  OTHER_OF_MAIL,
  PEER_END,
  RECIPIENTS,
  REMOVED_LINE,
  SCREEN_LINE,
  set,
  SIGN,
  TLS_LINE,
  TO_LINE,
  VALUE_END,
  WHAT,
} from './parsed.ts';
import { peerEnd, signOfLow } from './refuse.ts';

/** where the queue id ends that the text of the line begins with; less than 1 = it begins with none */
export let idEnd: i32 = 0;

export function tellIdEnd(at: i32): void {
  idEnd = at;
}

/** Reads the line at hand, which has a head of the usual shape. */
export function parse(): void {
  idEnd = 0;
  set(WHAT, NOTHING);
  if (kind === FOREIGN) return;
  if (kind >= BESIDE) {
    isLine(BESIDE_LINE);
    set(IS_GOOD, isDecisive() ? 0 : 1);
    return;
  }
  const e = queueIdEnd(body);
  if (e > 0 && ld8(e) === 0x3a && (ld8(e + 1) === 0x20 || e + 1 === end)) {
    idEnd = e;
    isLine(OTHER_OF_MAIL);
    parseOfMail(e + 2);
  } else if (looksLikeId(body)) isLine(LIKE_ID);
  else if (kind === SMTPD) parseOfSession(body);
  else if (kind === POSTSCREEN) parseScreen(body);
}

function parseOfMail(p: i32): void {
  const c = ld8(p);
  if (c === 0x63) {
    if (kind === SMTPD && is(p, 'client=')) parseClient(p + 7);
  } else if (c === 0x6d) {
    if (kind === CLEANUP && is(p, 'message-id=')) parseMid(p + 11);
  } else if (c === 0x66) {
    if (kind === QMGR && is(p, 'from=<')) parseFrom(p + 6);
  } else if (c === 0x74) {
    if ((kind === DELIVERY || kind === LMTP) && is(p, 'to=<')) {
      isLine(TO_LINE);
      set(IS_GOOD, parseDelivery(p + 4, kind === LMTP) ? 1 : 0);
    }
  } else if (c === 0x72 && kind === QMGR && end === p + 7 && is(p, 'removed')) isLine(REMOVED_LINE);
}

function parseClient(p: i32): void {
  isLine(CLIENT_LINE);
  const e = peerEnd(p);
  set(IS_FORWARDED, e > 0 && e < end && indexOf(e, end, ', orig_') >= 0 ? 1 : 0);
  set(PEER_END, e > 0 ? e - block : -1);
  if (e > 0) set(CLIENT_HASH, clientAt(e));
}

function parseMid(p: i32): void {
  isLine(MID_LINE);
  let a = p;
  let b = end;
  set(HASH_1, 0);
  set(HASH_2, 0);
  if (ld8(a) === 0x3c) {
    a++;
    if (ld8(b - 1) !== 0x3e) return set(IS_GOOD, 0);
    b--;
  }
  if (b <= a) return;
  const x = hash(a, b);
  set(HASH_1, x === 0 ? 1 : x);
  set(HASH_2, hash2);
}

function parseFrom(p: i32): void {
  isLine(FROM_LINE);
  set(IS_GOOD, 0);
  const a = indexOfByte(p, end, 0x3e);
  if (ld8(p) === 0x22 || a < 0) return;
  if (is(a, '>, status=expired, returned to sender') && a + 37 === end) return isLine(EXPIRED_LINE);
  if (!is(a, '>, size=')) return;
  let i = a + 8;
  while (isDigit(ld8(i))) i++;
  if (!is(i, ', nrcpt=')) return;
  i += 8;
  let nrcpt: i32 = 0;
  while (isDigit(ld8(i)) && nrcpt < 1_000_000) nrcpt = nrcpt * 10 + ld8(i++) - 0x30;
  if (!is(i, ' (queue active)') || i + 15 !== end) return;
  const x = hash(p, a);
  set(HASH_1, x);
  set(HASH_2, hash2);
  const low = hashLow(p, a);
  set(LOW, low);
  set(SIGN, strange ? 0 : signOfLow(low));
  set(VALUE_END, a - block);
  set(RECIPIENTS, nrcpt);
  set(IS_GOOD, 1);
}

function parseOfSession(p: i32): void {
  const c = ld8(p);
  if (c === 0x63 && is(p, 'connect from ')) {
    isLine(CONNECT_LINE);
    set(IS_GOOD, peerEnd(p + 13) === end ? 1 : 0);
  } else if (c === 0x64 && is(p, 'disconnect from ')) {
    isLine(DISCONNECT_LINE);
    const e = peerEnd(p + 16);
    set(PEER_END, e < 0 ? -1 : e - block);
    set(HASH_1, e < 0 ? -1 : hash(e, end));
    const mail = e < 0 ? -1 : indexOf(e, end, ' mail=');
    set(MAILS, mail < 0 ? -1 : numberAt(mail + 6));
  } else if (c === 0x77) {
    if (is(p, 'warning: hostname ') && indexOf(p, end, ': SASL ') < 0) isLine(HOSTNAME_LINE);
  } else if ((c === 0x6c && is(p, 'lost connection after ')) || (c === 0x74 && is(p, 'timeout after '))) {
    isLine(LOST_LINE);
    set(IS_GOOD, 0);
    const from = indexOf(p, end, ' from ');
    if (from < 0 || peerEnd(from + 6) !== end) return;
    const stage = p + (c === 0x6c ? 22 : 14);
    let e = stage;
    while (ld8(e) > 0x20 && ld8(e) !== 0x3a) e++;
    set(HASH_1, c);
    set(HASH_2, hash(stage, e));
    set(IS_GOOD, 1);
  } else if (c !== 0x4e) {
    const tls = indexOf(p, p + 56 < end ? p + 56 : end, ' TLS connection established from ');
    if (tls <= 0) return;
    isLine(TLS_LINE);
    const e = peerEnd(tls + 33);
    if (e < 0 || !is(e, ': ')) set(IS_GOOD, 0);
  }
}

const CONNECT = 1;
export const DISCONNECT = 2;
export const PASS = 3;
const LISTED = 4;
const PREGREET = 5;
export const HANGUP = 6;

function parseScreen(p: i32): void {
  isLine(SCREEN_LINE);
  set(ACT, screening(p));
  const open = indexOfByte(p, end, 0x5b);
  const after = open < 0 ? -1 : peerEnd(open);
  if (after < 0 || ld8(after - 1) === 0x5d) return set(IS_GOOD, 0);
  set(PEER_END, after - block);
  const x = hash(open, after);
  set(HASH_1, x);
  set(HASH_2, hash2);
}

/** What a line tells, 0 = none of these. */
function screening(p: i32): i32 {
  if (is(p, 'CONNECT from ')) return CONNECT;
  if (is(p, 'DISCONNECT ')) return DISCONNECT;
  if (is(p, 'PASS ')) return PASS;
  if (is(p, 'DNSBL rank ') || is(p, 'DENYLISTED ') || is(p, 'BLACKLISTED ')) return LISTED;
  if (is(p, 'PREGREET ')) return PREGREET;
  if (is(p, 'HANGUP after ')) return HANGUP;
  return 0;
}
