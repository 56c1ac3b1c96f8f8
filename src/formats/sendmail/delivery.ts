/**
 * One try for one or several recipients: `to=<a@x>,<b@y>, ctladdr=<list@z> (8/0), delay=00:00:01, xdelay=00:00:01,
 * mailer=esmtp, pri=152048, relay=mx.example.org. [192.0.2.25], dsn=2.0.0, stat=Sent (7C1D… Message accepted for delivery)`.
 * The values come in this order; only the addresses, the reply and the end of the stat are written by others.
 * Source: sendmail deliver.c logdelivery(), giveresponse(), getctladdr(); srvrsmtp.c logundelrcpts() (no mailer: what was
 *         refused, discarded or held before any try); queue.c queueup() (no xdelay: `queued`, `quarantined`).
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { equals, indexOf, isDigit, lit, startsAt } from '../postfix/bytes.ts';
import { codeOfText, enhancedEnd } from '../postfix/reply.ts';
import type { Line } from './line.ts';
import { refusedAfterData } from './refuse.ts';
import { canceled } from './sender.ts';
import { addressEnd, readInterval, readPeer, setAddress, valueEnd } from './values.ts';

export const TO = lit('to=');
const MORE = lit(' [more]');
const STAT = lit(', stat=');

/** The values of one line; reused. -1 where a value is not told. */
const v = {
  ctladdr: -1,
  ctladdrEnd: -1,
  delay: -1,
  mailer: -1,
  mailerEnd: -1,
  relay: -1,
  relayEnd: -1,
  dsn: -1,
  dsnEnd: -1,
  reply: -1,
  replyEnd: -1,
  quarantine: -1,
  quarantineEnd: -1,
  stat: -1,
};

const KEYS = ['ctladdr', 'delay', 'mailer', 'relay', 'dsn', 'quarantine'].map((key) => ({ key, word: lit(`${key}=`) }));
const REPLY = lit('reply=');
const STAT_KEY = lit('stat=');

const SENT = lit('Sent');
const DEFERRED = lit('Deferred');
const QUEUED = lit('queued');
const QUARANTINED = lit('quarantined');
const DISCARDED = lit('discarded');
const EXPIRED = [lit('Cannot send message'), lit('Message expired'), lit('delivery time expired')];
/** The envelope was given up by its client (srvrsmtp.c CLEAR_STATE, QUIT; at log levels above 9). */
const GIVEN_UP = ['aborted by sender', 'RSET', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'QUIT', 'MAIL'].map(lit);

/** Mailers whose delivery is the last: it ends in a mailbox, or with a program that takes it for good. */
const FINAL_MAILERS = ['local', 'prog', '*file*', '*include*', 'procmail', 'maildrop', 'dovecot', 'lmtp', 'lda'].map(
  lit,
);
/** What the submission queue hands its mail to the server with (cf/feature/msp.m4). */
const RELAY = lit('relay');
const LOOPBACK = lit('127.');
const CYRUS = lit('cyrus');
const FILE = lit('*file*');
const PROG = lit('prog');
const DEV_NULL = lit('/dev/null');

export function readDelivery(line: Line): ParseResult {
  const { bytes, b } = line;
  const listStart = line.a + TO.length;
  const listEnd = endOfList(bytes, listStart, b);
  readValues(bytes, listEnd, b);
  if (v.stat < 0) return line.unknown();
  if (v.mailer < 0) return withoutMailer(line, listStart, listEnd);
  const { stat } = v;
  if (equals(bytes, stat, b, QUARANTINED)) return held(line, listStart, listEnd);
  return eachAddress(line, listStart, listEnd, oneResult);
}

/** One past the list of addresses: `a,b` without spaces, and perhaps ` [more]`. */
function endOfList(bytes: Uint8Array, a: number, b: number): number {
  let end = addressEnd(bytes, a, b);
  while (end + 1 < b && bytes[end] === 0x2c && bytes[end + 1] !== 0x20) end = addressEnd(bytes, end + 1, b);
  // an address that holds a space: the daemon's next value is what ends it
  if (bytes[end] === 0x20 && !startsAt(bytes, end, b, MORE)) {
    for (let i = end; i < b; i++)
      if (bytes[i] === 0x2c && bytes[i + 1] === 0x20 && (isKey(bytes, i + 2, b) || startsAt(bytes, i, b, STAT)))
        return i;
  }
  return end;
}

const AFTER_LIST = [lit('ctladdr='), lit('delay=')];

function isKey(bytes: Uint8Array, at: number, b: number): boolean {
  for (const word of AFTER_LIST) if (startsAt(bytes, at, b, word)) return true;
  return false;
}

function readValues(bytes: Uint8Array, from: number, b: number): void {
  v.ctladdr = v.delay = v.mailer = v.relay = v.dsn = v.reply = v.quarantine = v.stat = -1;
  let at = startsAt(bytes, from, b, MORE) ? from + MORE.length : from;
  while (at < b && bytes[at] === 0x2c) {
    const key = at + 2;
    if (startsAt(bytes, key, b, STAT_KEY)) {
      v.stat = key + STAT_KEY.length;
      return;
    }
    if (startsAt(bytes, key, b, REPLY)) {
      v.reply = key + REPLY.length;
      const stat = indexOf(bytes, v.reply, b, STAT);
      v.replyEnd = stat < 0 ? b : stat;
      v.stat = stat < 0 ? b : stat + STAT.length;
      return;
    }
    at = readValue(bytes, key, b);
  }
}

/** Reads the value at `key`; returns one past it. */
function readValue(bytes: Uint8Array, key: number, b: number): number {
  for (const { key: name, word } of KEYS) {
    if (!startsAt(bytes, key, b, word)) continue;
    const a = key + word.length;
    let end = name === 'ctladdr' ? addressEnd(bytes, a, b) : valueEnd(bytes, a, b);
    switch (name) {
      case 'ctladdr':
        v.ctladdr = a;
        v.ctladdrEnd = end;
        // ` (8/0)`: uid and gid
        if (bytes[end] !== 0x2c) end = valueEnd(bytes, end, b);
        break;
      case 'delay':
        v.delay = readInterval(bytes, a, end);
        break;
      case 'mailer':
        v.mailer = a;
        v.mailerEnd = end;
        break;
      case 'relay':
        v.relay = a;
        v.relayEnd = end;
        break;
      case 'dsn':
        v.dsn = a;
        v.dsnEnd = end;
        break;
      default:
        v.quarantine = a;
        v.quarantineEnd = end;
    }
    return end;
  }
  return valueEnd(bytes, key, b);
}

type One = (line: Line, a: number, b: number) => void;

/** Calls `one` for each address of the list; a list has at most as many as fit in a line. */
function eachAddress(line: Line, a: number, b: number, one: One): ParseResult {
  const { bytes } = line;
  let from = a;
  while (from < b) {
    let end = Math.min(addressEnd(bytes, from, b), b);
    if (end < b && bytes[end] === 0x20) end = b;
    if (end > from) one(line, from, end);
    from = end + 1;
  }
  return 'event';
}

/** `\\\\ann` (a `\\ann` of `.forward` or the aliases, as syslog shows it) is ann herself, looked up no further (recipient.c). */
function plainStart(bytes: Uint8Array, a: number, b: number): number {
  let from = a;
  while (from < b - 1 && bytes[from] === 0x5c) from++;
  return from;
}

function oneResult(line: Line, a: number, b: number): void {
  const { bytes } = line;
  const event = line.start('delivery');
  setAddress(event, F.recipient, bytes, plainStart(bytes, a, b), b);
  const isPlace = bytes[a] === 0x2f || bytes[a] === 0x7c || (bytes[a] === 0x22 && bytes[a + 1] === 0x7c);
  if (v.ctladdr >= 0) {
    setAddress(event, F.origRecipient, bytes, v.ctladdr, v.ctladdrEnd);
    // of an address it is either what led to it or the sender: the mail tells (deliver.c getctladdr)
    if (!isPlace) event.what = 'ctladdr';
  }
  if (isPlace && equals(bytes, v.mailer, v.mailerEnd, FILE)) event.set(F.mailbox, a, b);
  event.set(F.transport, v.mailer, v.mailerEnd);
  if (v.delay >= 0) event.delayMs = v.delay;
  if (v.relay >= 0 && readPeer(event, bytes, v.relay, v.relayEnd, F.relayName, F.relayIp))
    event.active =
      equals(bytes, v.mailer, v.mailerEnd, RELAY) && isLoopback(bytes, event.start(F.relayIp), event.stop(F.relayIp));
  if (v.dsn >= 0 && enhancedEnd(bytes, v.dsn, v.dsnEnd) === v.dsnEnd) event.set(F.dsn, v.dsn, v.dsnEnd);
  readStat(event, line);
  if (event.outcome === 'sent') readTaker(event, bytes, a, b);
  line.done();
}

/** An address of the machine itself, IPv6 written short or in full. */
function isLoopback(bytes: Uint8Array, a: number, b: number): boolean {
  if (startsAt(bytes, a, b, LOOPBACK)) return true;
  for (let i = a; i < b - 1; i++) if (bytes[i] !== 0x3a && bytes[i] !== 0x30) return false;
  return b - a > 2 && bytes[b - 1] === 0x31;
}

/** The result: by the daemon's own enhanced code; where none is told, by its words. */
function readStat(event: LogEvent, line: Line): void {
  const { bytes, b } = line;
  const { stat } = v;
  const level = v.dsn >= 0 ? bytes[v.dsn] : 0;
  if (level === 0x32 || (level === 0 && startsAt(bytes, stat, b, SENT))) event.outcome = 'sent';
  else if (level === 0x35) event.outcome = 'bounced';
  else if (level === 0x34 || startsAt(bytes, stat, b, DEFERRED) || startsAt(bytes, stat, b, QUEUED))
    event.outcome = 'deferred';
  else event.outcome = 'bounced';
  if (EXPIRED.some((word) => startsAt(bytes, stat, b, word))) event.outcome = 'expired';
  if (event.outcome === 'sent') {
    const open = stat + SENT.length;
    if (startsAt(bytes, stat, b, SENT) && bytes[open] === 0x20 && bytes[open + 1] === 0x28 && open + 2 < b) {
      const end = bytes[b - 1] === 0x29 ? b - 1 : b;
      event.set(F.reply, open + 2, Math.max(open + 2, end));
      if (findRemoteId(bytes, open + 2, end)) event.set(F.remoteId, remoteId.start, remoteId.end);
    }
    return;
  }
  if (v.reply >= 0) {
    event.set(F.reply, v.reply, v.replyEnd);
    event.code = codeOfText(bytes, v.reply, v.replyEnd);
  } else if (stat < b && !equals(bytes, stat, b, QUEUED)) {
    event.set(F.reply, stat, b);
    const colon = startsAt(bytes, stat, b, DEFERRED) ? stat + DEFERRED.length + 2 : stat;
    if (isDigit(bytes[colon]) && colon < b) event.code = codeOfText(bytes, colon, b);
  }
}

/** Who took it: another server, a mailbox, a program. */
function readTaker(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  if (equals(bytes, v.mailer, v.mailerEnd, FILE) && equals(bytes, a, b, DEV_NULL)) {
    event.outcome = 'discarded';
    event.how = 'devnull';
    return;
  }
  if (equals(bytes, v.mailer, v.mailerEnd, PROG)) {
    event.how = 'unknown';
    return;
  }
  const isFinal =
    FINAL_MAILERS.some((word) => equals(bytes, v.mailer, v.mailerEnd, word)) ||
    startsAt(bytes, v.mailer, v.mailerEnd, CYRUS) ||
    v.relay < 0;
  event.how = isFinal ? 'mailbox' : 'remote';
}

/** Nothing was tried: the mail was refused, discarded or put aside, or its client gave it up. */
function withoutMailer(line: Line, a: number, b: number): ParseResult {
  const { bytes } = line;
  const { stat } = v;
  if (equals(bytes, stat, line.b, QUARANTINED)) return held(line, a, b);
  if (equals(bytes, stat, line.b, DISCARDED)) return eachAddress(line, a, b, discarded);
  if (equals(bytes, stat, line.b, QUEUED)) return eachAddress(line, a, b, waiting);
  if (GIVEN_UP.some((word) => equals(bytes, stat, line.b, word))) {
    eachAddress(line, a, b, named);
    return canceled(line);
  }
  return refusedAfterData(line, a, b, stat, v.dsn, v.dsnEnd);
}

function held(line: Line, a: number, b: number): ParseResult {
  return eachAddress(line, a, b, (one, from, to) => {
    const event = one.start('act');
    event.action = 'held';
    event.stage = 'QUEUE';
    setAddress(event, F.recipient, one.bytes, from, to);
    if (v.quarantine >= 0) event.set(F.reason, v.quarantine, v.quarantineEnd);
    one.done();
  });
}

function discarded(line: Line, a: number, b: number): void {
  const event = line.start('act');
  event.action = 'discarded';
  event.final = true;
  setAddress(event, F.recipient, line.bytes, a, b);
  line.done();
}

function waiting(line: Line, a: number, b: number): void {
  const event = line.start('delivery');
  event.outcome = 'deferred';
  setAddress(event, F.recipient, line.bytes, a, b);
  line.done();
}

function named(line: Line, a: number, b: number): void {
  const event = line.start('facts');
  setAddress(event, F.recipient, line.bytes, a, b);
  line.done();
}
