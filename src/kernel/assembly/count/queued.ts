/** Lines that begin with a queue id. */
import { wasHandedInHere } from './beside.ts';
import { indexOf, indexOfByte, is, isAlnum, isDigit } from './bytes.ts';
import { isChaining } from './chains.ts';
import { readDelivery } from './deliver.ts';
import { readWords, tellClient } from './first-recipients.ts';
import {
  CLEANUP,
  DELIVERY,
  host,
  id1,
  id2,
  instance,
  kind,
  PICKUP,
  pid,
  SMTPD,
  hosts,
  queueIdEnd,
  READER,
} from './head.ts';
import { isForced } from './keys.ts';
import { block, end } from './line.ts';
import { bear, close, joinNamed, knownMail, queueMail, tellMid } from './mails.ts';
import { read } from './reading.ts';
import { PROXY_KEY, T_EXPIRED, T_NOTICE, T_SUBJECT } from './tokens.ts';
import { hash, hash2, hashLow, type i32, ld, ld8, st, strange } from './memory.ts';
import { tellSender } from './named-clients.ts';
import { giveUp, nameRecipient } from './outcomes.ts';
import { nameOf } from './names.ts';
import { peerOf } from './people.ts';
import {
  CLIENT_NAME,
  flag,
  FORWARDED,
  has,
  HELO_NAME,
  LOCAL,
  mailOf,
  QUEUED,
  REFUSED,
  SENDER,
  SIZE,
} from './records.ts';
import {
  CLIENT_HASH,
  CLIENT_LINE,
  FROM_LINE,
  get,
  HASH_1,
  HASH_2,
  IS_FORWARDED,
  IS_GOOD,
  LOW,
  MID_LINE,
  OTHER_OF_MAIL,
  PEER_END,
  RECIPIENTS,
  REMOVED_LINE,
  SIGN,
  TO_LINE,
  VALUE_END,
  WHAT,
} from './parsed.ts';
import { readRefusal } from './refuse.ts';
import { place, placeOfLow, token } from './shape.ts';
import { now } from './stamps.ts';
import { BOUNCE_NOTICE, DELAY_NOTICE, isTelling, noteNotice, noteSender } from './told.ts';
import { words } from './words.ts';

/** A line of this mail that only the formats can read. */
function strangeLine(mail: i32): void {
  read(mail);
  words();
}

/** Reads the line from behind its queue id. */
export function readQueued(p: i32): void {
  const what = get(WHAT);
  if (what === CLIENT_LINE) return readClient(p + 7);
  const isOther = what === OTHER_OF_MAIL;
  const c = isOther ? ld8(p) : 0;
  if (c === 0x75 && kind === PICKUP && is(p, 'uid=') && indexOf(p, end, 'orig_id=') < 0) {
    wasHandedInHere();
    const mail = bear(id1, id2, host, instance, pid, now, LOCAL);
    if (isTelling) localSender(mail, p);
    return;
  }
  const mail = knownMail(id1, id2, host, instance, now, what === MID_LINE);
  if (mail === 0) return words();
  if (isOther) return readOther(mail, p, c);
  if (get(IS_GOOD) === 0) return strangeLine(mail);
  if (what === MID_LINE) return tellMid(mail, get(HASH_1), get(HASH_2), now);
  if (what === FROM_LINE) return readFrom(mail, p + 6);
  if (what === REMOVED_LINE) return close(mail, now);
  if (what === TO_LINE) {
    if (!readDelivery(mail, now)) strangeLine(mail);
    return;
  }
  // it has expired
  giveUp(mail);
  token(mail, T_EXPIRED);
}

function readOther(mail: i32, p: i32, c: i32): void {
  // the next server is tried (src/formats/postfix/smtp.ts): nothing became of the mail
  if (c === 0x68 && kind === DELIVERY && is(p, 'host ')) return;
  if (kind === READER && isNotice(p)) {
    if (isTelling && !noteNotice(mail, noticeKind(p))) return strangeLine(mail);
    return token(mail, T_NOTICE);
  }
  if (c === 0x72 && kind === SMTPD && is(p, 'reject: RCPT from ')) {
    flag(mail, REFUSED);
    if (!readRefusal(mail, p + 8, hosts)) strangeLine(mail);
    return;
  }
  if (c === 0x77 && kind === CLEANUP && is(p, 'warning: header Subject: ')) {
    if (!readSubject(mail, p + 25)) strangeLine(mail);
    return;
  }
  strangeLine(mail);
  if (!isChaining && (c === 0x6d || c === 0x72) && (is(p, 'milter-reject: ') || is(p, 'reject: '))) readWords(mail);
}

function readClient(p: i32): void {
  const e = get(PEER_END) < 0 ? -1 : block + get(PEER_END);
  const isForwarded = get(IS_FORWARDED) !== 0;
  const mail = bear(id1, id2, host, instance, pid, now, isForwarded ? FORWARDED : 0);
  if (e < 0) return strangeLine(mail);
  tellClient(mail, get(CLIENT_HASH));
  if (isTelling && !isForwarded) st(mail + CLIENT_NAME, peerOf(p, e));
  if (!isForwarded) return;
  if (isForced(PROXY_KEY, 0)) return strangeLine(mail);
  const named = indexOf(e, end, ', orig_queue_id=');
  if (named < 0) return;
  // it goes on from the mail that it names: plain where its answer says the same
  let x = named + 16;
  while (isAlnum(ld8(x))) x++;
  token(mail, hash(named, named + 16));
  const first = hash(named + 16, x);
  const parent = mailOf(first, hash2);
  if (parent === 0) strangeLine(mail);
  else joinNamed(parent, mail, now);
}

/** `uid=0 from=<a@b>`: what the queue manager says of the sender must be the same, unless this is a login alone. */
function localSender(mail: i32, p: i32): void {
  const a = indexOf(p, end, ' from=<') + 7;
  if (a < 7 || ld8(end - 1) !== 0x3e) return read(mail);
  const b = end - 1;
  if (indexOfByte(a, b, 0x40) < 0) return;
  const x = hash(a, b);
  const sender = placeWithLow(mail, x, hash2, a, b);
  if (sender < 0) return read(mail);
  st(mail + SENDER, sender);
}

/** `sender non-delivery notification: QID` (src/formats/postfix/bounce.ts): it tells nothing of what became of the mail. */
function isNotice(p: i32): boolean {
  const known =
    is(p, 'sender non-delivery notification: ') ||
    is(p, 'sender delay notification: ') ||
    is(p, 'sender delivery status notification: ') ||
    is(p, 'postmaster non-delivery notification: ') ||
    is(p, 'postmaster delay notification: ');
  if (!known) return false;
  let i = end;
  while (i > p && isAlnum(ld8(i - 1))) i--;
  return ld8(i - 1) === 0x20 && queueIdEnd(i) === end;
}

function noticeKind(p: i32): i32 {
  if (is(p, 'sender non-delivery')) return BOUNCE_NOTICE;
  return is(p, 'sender delay') ? DELAY_NOTICE : 0;
}

/** `warning: header Subject: Hi from h[ip]; from=<a> to=<b> proto=ESMTP helo=<c>`: what the tail names. */
function readSubject(mail: i32, p: i32): boolean {
  const tail = indexOf(p, end, '; from=<');
  if (tail < 0 || indexOf(tail + 8, end, '; from=<') >= 0 || ld8(tail - 1) !== 0x5d) return false;
  let a = tail + 8;
  let b = indexOfByte(a, end, 0x3e);
  if (b < 0) return false;
  const sender = placeWithLow(mail, hash(a, b), hash2, a, b);
  if (sender < 0 || (ld(mail + SENDER) >= 0 && ld(mail + SENDER) !== sender)) return false;
  st(mail + SENDER, sender);
  let recipient: i32 = -1;
  if (is(b, '> to=<')) {
    a = b + 6;
    b = indexOfByte(a, end, 0x3e);
    if (b < 0) return false;
    recipient = placeWithLow(mail, hash(a, b), hash2, a, b);
    if (recipient < 0) return false;
    recipient |= placeOfLow(mail, hashLow(a, b)) << 8;
  }
  if (!is(b, '> proto=')) return false;
  b += 8;
  while (b < end && ld8(b) > 0x20 && ld8(b) !== 0x2c && ld8(b) !== 0x3a) b++;
  if (b < end && (!is(b, ' helo=<') || indexOfByte(b + 7, end, 0x3e) !== end - 1)) return false;
  if (isTelling && b < end && ld(mail + HELO_NAME) === 0) st(mail + HELO_NAME, nameOf(b + 7, end - 1));
  if (recipient >= 0) nameRecipient(mail, recipient & 0xff);
  token(mail, T_SUBJECT);
  token(mail, sender);
  token(mail, recipient);
  return true;
}

function readFrom(mail: i32, p: i32): void {
  const sign = get(SIGN);
  const a = block + get(VALUE_END);
  if (isTelling) {
    noteSender(mail, p, a);
    if (ld(mail + SIZE) < 0) st(mail + SIZE, sizeAt(a + 8));
  }
  if (isChaining && !has(mail, QUEUED)) tellSender(mail, sign);
  const sender = sign === 0 ? -1 : place(mail, get(HASH_1), get(HASH_2), get(LOW));
  queueMail(mail, sender, a === p ? 1 : 0, get(RECIPIENTS));
}

/** The size at p; -1 = greater than is told. */
function sizeAt(p: i32): i32 {
  let n: i32 = 0;
  let i = p;
  for (; isDigit(ld8(i)); i++) n = n * 10 + ld8(i) - 0x30;
  return i - p > 9 ? -1 : n;
}

function placeWithLow(mail: i32, x: i32, y: i32, a: i32, b: i32): i32 {
  const low = hashLow(a, b);
  return strange ? -1 : place(mail, x, y, low);
}
