/** Lines that begin with the queue id of a mail: src/formats/postfix/{smtpd,cleanup,qmgr,content-check}.ts. */
import { indexOf, indexOfByte, is, isAlnum, isDigit } from '../count/bytes.ts';
import { type i32, ld, ld8, st, stf } from '../count/memory.ts';
import {
  AT,
  CLOSED,
  COUNT,
  DEFERRED,
  END_BYTES,
  ENDS,
  EXPIRED,
  flag,
  has,
  hasDomain,
  HELO,
  HOST,
  ID,
  INSTANCE,
  IP,
  MESSAGE_ID,
  NAME,
  NAMED,
  next,
  NOTICE,
  NOTICE_AT,
  NOTICE_BYTES,
  NOTICE_KIND,
  NRCPT,
  OUTCOME,
  OWN,
  OWNER,
  QUEUED,
  resetHop,
  root,
  same,
  SENDER,
  SIZE,
  SIZE_END,
  span,
  SUBJECT,
  TLS,
  USER,
} from './hop.ts';
import { end, hostEnd, hostStart, owner, pid, programStart, time } from './line.ts';
import { peerIp, peerIpEnd, peerName, peerNameEnd, readPeer, tlsEnd, tlsPid, tlsStart } from './session.ts';
import { findTail, heloEnd, heloStart, readTail, senderEnd, senderStart, toEnd, toStart } from './tail.ts';

/** queues that the mail was in, 0 = it is none */
export let hops: i32 = 0;

export function forgetHops(): void {
  hops = 0;
}

/** The mail with the id [a, b), 0 = none. */
export function hopAt(a: i32, b: i32): i32 {
  if (hops > 0 && same(a, b, ld(root + ID), ld(root + ID + 4))) return root;
  return hops > 1 && same(a, b, ld(next + ID), ld(next + ID + 4)) ? next : 0;
}

function begin(a: i32, b: i32, isLocal: boolean): i32 {
  const hop = hops === 0 ? root : next;
  resetHop(hop, isLocal);
  hops++;
  span(hop, ID, a, b);
  span(hop, HOST, hostStart, hostEnd);
  let i = programStart;
  while (i < end && ld8(i) !== 0x2f && ld8(i) > 0x20) i++;
  span(hop, INSTANCE, programStart, i);
  return hop;
}

/** `client=h[ip]`, with a login at its end, or of a mail that goes on with what it was; p: behind the `=`. */
export function takeClient(a: i32, b: i32, p: i32): boolean {
  const e = readPeer(p);
  if (e < 0 || peerIp === 0 || ld8(e) === 0x3a || hops > 1) return false;
  if (hops === 1) {
    if (ld(root + OWNER) !== owner && !isHost(root)) return false;
    if (same(a, b, ld(root + ID), ld(root + ID + 4)) || !goesOn(e)) return false;
    begin(a, b, false);
    return true;
  }
  if (tlsStart > 0 && tlsPid !== pid) return false;
  let user: i32 = 0;
  if (e < end) {
    if (!is(e, ', sasl_method=')) return false;
    let i = e + 14;
    while (i < end && ld8(i) !== 0x2c) i++;
    if (!is(i, ', sasl_username=')) return false;
    user = i + 16;
    if (user === end || indexOfByte(user, end, 0x2c) >= 0) return false;
  }
  begin(a, b, false);
  span(root, IP, peerIp, peerIpEnd);
  span(root, NAME, peerName, peerNameEnd);
  span(root, USER, user, user === 0 ? 0 : end);
  span(root, TLS, tlsStart, tlsEnd);
  return true;
}

function isHost(hop: i32): boolean {
  return same(hostStart, hostEnd, ld(hop + HOST), ld(hop + HOST + 4));
}

/** Whether an arrival may be of a mail that the first went on as; where it names one, it is that. */
function goesOn(e: i32): boolean {
  if (e === end) return true;
  if (!is(e, ', orig_queue_id=')) return false;
  const a = e + 16;
  let b = a;
  while (isAlnum(ld8(b))) b++;
  return (b === end || is(b, ', orig_client=')) && same(a, b, ld(root + ID), ld(root + ID + 4));
}

/** `uid=33 from=<www-data>`; p: its beginning. */
export function takePickup(a: i32, b: i32, p: i32): boolean {
  if (hops > 0 || ld8(end - 1) !== 0x3e || indexOf(p, end, 'orig_id=') >= 0) return false;
  const from = indexOf(p, end, ' from=<');
  if (from < 0 || ld8(from + 7) === 0x22) return false;
  begin(a, b, true);
  span(root, SENDER, from + 7, end - 1);
  return true;
}

/** `message-id=<m>`; p: behind the `=`. */
export function takeMessageId(hop: i32, p: i32): boolean {
  if (ld8(p) !== 0x3c || ld8(end - 1) !== 0x3e || p + 1 >= end - 1) return false;
  if (ld(hop + MESSAGE_ID) > 0 || has(hop, CLOSED)) return false;
  span(hop, MESSAGE_ID, p + 1, end - 1);
  return true;
}

/** `from=<a>, size=1, nrcpt=2 (queue active)`; p: behind the `<`. */
export function takeQueued(hop: i32, p: i32): boolean {
  if (has(hop, CLOSED) || ld8(p) === 0x22) return false;
  const close = indexOfByte(p, end, 0x3e);
  if (close < 0) return false;
  if (is(close, '>, status=expired, returned to sender')) return close + 37 === end && takeExpired(hop);
  if (!is(close, '>, size=')) return false;
  const size = close + 8;
  let i = size;
  while (isDigit(ld8(i))) i++;
  if (i === size || i - size > 9 || !is(i, ', nrcpt=')) return false;
  const sizeEnd = i;
  i += 8;
  const from = i;
  let nrcpt: i32 = 0;
  while (isDigit(ld8(i)) && i - from < 8) nrcpt = nrcpt * 10 + ld8(i++) - 0x30;
  if (i === from || !is(i, ' (queue active)') || i + 15 !== end) return false;
  // a login alone gets its domain here
  if (ld(hop + SENDER) === 0 || !hasDomain(hop)) span(hop, SENDER, p, close);
  flag(hop, QUEUED);
  if (ld(hop + SIZE) < 0) {
    let number: i32 = 0;
    for (let k = size; k < sizeEnd; k++) number = number * 10 + ld8(k) - 0x30;
    st(hop + SIZE, number);
    st(hop + SIZE_END, sizeEnd);
  }
  if (nrcpt > ld(hop + NRCPT)) st(hop + NRCPT, nrcpt);
  return true;
}

/** Whoever still waits has waited in vain (src/correlate/apply.ts applyExpired()); false: nobody does. */
function takeExpired(hop: i32): boolean {
  let isAny = false;
  for (let i = 0; i < ld(hop + COUNT); i++) {
    const one = ld(hop + ENDS) + i * END_BYTES;
    if (ld(one + OUTCOME) !== DEFERRED) continue;
    st(one + OUTCOME, EXPIRED);
    stf(one + AT, time);
    isAny = true;
  }
  return isAny && has(hop, QUEUED);
}

export function takeRemoved(hop: i32): boolean {
  if (has(hop, CLOSED) || !has(hop, QUEUED)) return false;
  flag(hop, CLOSED);
  return true;
}

/** `Subject: Hi from h[ip]; from=<a> to=<b> proto=ESMTP helo=<c>` */
export function takeSubject(hop: i32, p: i32): boolean {
  if (has(hop, CLOSED) || ld(hop + SUBJECT) > 0) return false;
  const tail = findTail(p);
  if (tail < 0 || !readTail(tail)) return false;
  let origin = tail;
  while (origin > p && ld8(origin - 1) !== 0x20) origin--;
  const value = origin - 6;
  if (value < p + 8 || !is(value, ' from ')) return false;
  if (ld8(tail - 1) === 0x5d) {
    const e = readPeer(origin);
    if (e !== tail || (peerIp > 0 && ld(hop + IP) === 0)) return false;
  } else if (tail - origin !== 5 || !is(origin, 'local')) return false;
  let a = p + 8;
  let b = value;
  while (a < b && (ld8(a) === 0x20 || ld8(a) === 0x09)) a++;
  while (b > a && ld8(b - 1) === 0x20) b--;
  // one that is empty is none, and is told
  span(hop, SUBJECT, a, b);
  if (toStart > 0) {
    if (ld(hop + NAMED) > 0) return false;
    span(hop, NAMED, toStart, toEnd);
  }
  if (ld(hop + HELO) === 0) span(hop, HELO, heloStart, heloEnd);
  if (ld(hop + SENDER) === 0) span(hop, SENDER, senderStart, senderEnd);
  return true;
}

/** The line that refused a recipient of the mail tells its sender and HELO too. */
export function tellRejected(hop: i32): boolean {
  if (toStart === 0) return false;
  if (ld(hop + HELO) === 0) span(hop, HELO, heloStart, heloEnd);
  if (ld(hop + SENDER) === 0) span(hop, SENDER, senderStart, senderEnd);
  return true;
}

/** The first line of a mail that Postfix wrote itself. */
export function takeOwn(a: i32, b: i32): i32 {
  if (hops > 0) return 0;
  begin(a, b, false);
  flag(root, OWN);
  return root;
}

export const BOUNCE = 1;
export const DELAY_NOTICE = 2;

/** `sender non-delivery notification: QID`: a notice of a mail to its sender; at most two. */
export function takeNotice(hop: i32, p: i32): boolean {
  // what was handed on is over: its notices are those of the other queue
  if (hops > 1 && hop === root) return false;
  const notice = ld(hop + NOTICE_KIND) === 0 ? hop : hop + NOTICE_BYTES;
  if (ld(notice + NOTICE_KIND) !== 0) return false;
  let id = p + 34;
  if (is(p, 'sender delay notification: ')) id = p + 27;
  else if (!is(p, 'sender non-delivery notification: ')) return false;
  let i = id;
  while (isAlnum(ld8(i))) i++;
  if (i !== end || i - id < 6 || i - id > 40) return false;
  span(notice, NOTICE, id, i);
  st(notice + NOTICE_KIND, id === p + 27 ? DELAY_NOTICE : BOUNCE);
  stf(notice + NOTICE_AT, time);
  return true;
}
