/**
 * What became of one envelope: `mta delivery`, `mda delivery`, and the queue's own `relay: Expire for EVPID: …`.
 * Shapes: `SID mta delivery evpid=E from=<a> to=<b> rcpt=<-> source="ip" relay="ip (name)" delay=1s result="Ok" stat="250 2.0.0 …"`
 *         `SID mda delivery evpid=E from=<a> to=<b> rcpt=<c> user=bob delay=1s result=Ok stat=Delivered`
 *         `relay: Expire for E: from=<a>, to=<b>, rcpt=<->, delay=4d, stat=Envelope expired`, `delivery: Remove for E: …`
 *         before 6.0 all results: `relay: Ok for E: session=S, from=<a>, …, stat=250 …`
 * Source: OpenSMTPD usr.sbin/smtpd mta.c mta_log(), mda.c mda_log(), queue.c queue_log(), bounce.c.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { equals, indexOf, isDigit, lit, startsAt } from '../postfix/bytes.ts';
import { codeOfText, readCodes } from '../postfix/reply.ts';
import { hexEnd, MESSAGE_DIGITS, quotedEnd, readDuration, type Line } from './line.ts';

const EVPID = lit('evpid=');
const FROM = lit('from=');
const TO = lit('to=');
const RCPT = lit('rcpt=');
const RELAY = lit('relay=');
const USER = lit('user=');
const DELAY = lit('delay=');
const RESULT = lit('result=');
const STAT = lit('stat=');

const OK = lit('Ok');
const TEMPFAIL = lit('TempFail');
const PERMFAIL = lit('PermFail');
const EXPIRE = lit('Expire');
const REMOVE = lit('Remove');

export function readDelivery(line: Line, isLocal: boolean): ParseResult {
  const event = line.start('delivery');
  if (!line.setMessage(EVPID)) return 'unknown';
  event.set(F.otherId, line.from, line.to);
  if (!line.find(RESULT)) return 'unknown';
  return finish(line, event, line.from, line.to, isLocal);
}

/** `relay: Expire for E: …`: the line's head is read up to the result. */
export function readQueueLog(line: Line, isLocal: boolean): ParseResult {
  const { bytes, b } = line;
  const result = line.a;
  let end = result;
  while (end < b && bytes[end] !== 0x20) end++;
  const id = end + FOR.length;
  if (!startsAt(bytes, end, b, FOR) || hexEnd(bytes, id, b) < id + MESSAGE_DIGITS) return 'unknown';
  const colon = indexOf(bytes, id, Math.min(b, id + 20), COLON);
  if (colon < 0) return 'unknown';
  line.a = colon + COLON.length;
  const event = line.start(equals(bytes, result, end, REMOVE) ? 'admin' : 'delivery');
  event.set(F.queueId, id, id + MESSAGE_DIGITS);
  event.set(F.otherId, id, hexEnd(bytes, id, b));
  return finish(line, event, result, end, isLocal);
}

const FOR = lit(' for ');
const COLON = lit(': ');

function finish(line: Line, event: LogEvent, result: number, end: number, isLocal: boolean): ParseResult {
  const { bytes, b } = line;
  line.address(F.sender, FROM);
  line.address(F.recipient, TO);
  line.address(F.origRecipient, RCPT);
  const stat = readStat(line);
  if (!event.has(F.recipient) || stat < 0) return 'unknown';
  dropEqual(line, event);
  if (event.kind === 'admin') {
    event.what = 'removed';
    return line.done();
  }
  if (line.find(DELAY)) event.delayMs = readDuration(bytes, line.from, line.to);
  if (isLocal) readUser(line, event);
  else readRelay(line, event);
  const statEnd = quotedEnd(bytes, stat, b);
  if (equals(bytes, result, end, OK)) {
    event.outcome = 'sent';
    event.how = isLocal ? 'mailbox' : 'remote';
    if (!isLocal && findRemoteId(bytes, stat, statEnd)) event.set(F.remoteId, remoteId.start, remoteId.end);
  } else if (equals(bytes, result, end, TEMPFAIL)) event.outcome = 'deferred';
  else if (equals(bytes, result, end, PERMFAIL)) event.outcome = 'bounced';
  else if (equals(bytes, result, end, EXPIRE)) event.outcome = 'expired';
  else return 'unknown';
  event.set(F.reply, stat, statEnd);
  if (isDigit(bytes[stat]) && stat < statEnd) readCodes(event, bytes, stat, statEnd);
  else if (event.outcome !== 'sent') event.code = codeOfText(bytes, stat, statEnd);
  return line.done();
}

/** The mailbox is `user`; `to=` is still an alias where the user is another (mda.c: rcpt= and to= are those of the envelope). */
function readUser(line: Line, event: LogEvent): void {
  if (!line.find(USER) || line.to === line.from) return;
  const { bytes, from, to } = line;
  const address = event.start(F.recipient);
  const end = event.stop(F.recipient);
  const at = address + to - from;
  let same = at <= end && (at === end || bytes[at] === 0x40 || bytes[at] === 0x2b);
  for (let i = 0; same && i < to - from; i++) same = folded(bytes[from + i]) === folded(bytes[address + i]);
  if (same) return;
  if (!event.has(F.origRecipient)) event.set(F.origRecipient, address, end);
  event.set(F.recipient, from, to);
}

function folded(c: number | undefined): number {
  return c === undefined ? -1 : c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}

/** `stat=` is the last value and holds what others wrote: it begins behind the daemon's own. */
function readStat(line: Line): number {
  return line.find(STAT) ? line.from : -1;
}

/** `rcpt=` tells the same address where no alias was followed. */
function dropEqual(line: Line, event: LogEvent): void {
  if (!event.has(F.origRecipient)) return;
  const { bytes } = line;
  const a = event.start(F.recipient);
  const b = event.stop(F.recipient);
  const from = event.start(F.origRecipient);
  const n = b - a;
  if (event.stop(F.origRecipient) - from !== n) return;
  for (let i = 0; i < n; i++) if (bytes[a + i] !== bytes[from + i]) return;
  event.mask &= ~(1 << F.origRecipient);
}

/** `"192.0.2.25 (mx.example.org)"`, `"[192.0.2.25] (…)"`, or what else it meant to ask. */
function readRelay(line: Line, event: LogEvent): void {
  if (!line.find(RELAY)) return;
  const { bytes, to } = line;
  let from = line.from;
  let end = from;
  while (end < to && bytes[end] !== 0x20) end++;
  const next = end + 2;
  if (bytes[from] === 0x5b && bytes[end - 1] === 0x5d && end - 1 > from) {
    from++;
    end--;
  }
  if (!isAddress(bytes, from, end)) return;
  if (startsAt(bytes, from, end, IPV6)) from += IPV6.length;
  event.set(F.relayIp, from, end);
  if (bytes[next - 1] !== 0x28 || bytes[to - 1] !== 0x29 || next >= to - 1 || next > to) return;
  if (bytes[next] !== 0x3c) event.set(F.relayName, next, to - 1);
}

const IPV6 = lit('IPv6:');

function isAddress(bytes: Uint8Array, a: number, b: number): boolean {
  if (b - a < 3) return false;
  for (let i = startsAt(bytes, a, b, IPV6) ? a + IPV6.length : a; i < b; i++) {
    const c = bytes[i] as number;
    const isHex = isDigit(c) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46);
    if (!isHex && c !== 0x2e && c !== 0x3a) return false;
  }
  return true;
}
