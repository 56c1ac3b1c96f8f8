/**
 * Results of deliveries: smtp(8), lmtp(8), local(8), virtual(8), pipe(8), error(8), discard(8), and bounce lines that
 * qmgr(8) and cleanup(8) write for themselves.
 *
 * `QID: to=<bob@b>, orig_to=<sales@a>, relay=mx.b[192.0.2.25]:25, conn_use=3, delay=1.2, delays=0.1/0/0.5/0.6,
 *  tls=…, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 7C1D)`     src/global/log_adhoc.c, log_adhoc(), 3.12
 * Before 2.3 there is no delays= and no dsn=.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { LAST_HOPS } from '../../model/last-hops.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { addressEnd } from './address.ts';
import {
  endsWith,
  equals,
  indexOf,
  indexOfByte,
  lastIndexOf,
  lit,
  numberEnd,
  readNumber,
  readSeconds,
  startsAt,
} from './bytes.ts';
import type { Line } from './line.ts';
import { looseIdEnd } from './queue-id.ts';
import { readRefusedBy, readTakenBy } from './filter-id.ts';
import { codeOfText, heldByFilter } from './reply.ts';
import { DAEMON } from './tag.ts';

export const TO = lit('to=');
const AFTER_TO = [lit('>, orig_to=<'), lit('>, relay=')];
const AFTER_ORIG_TO = [lit('>, relay=')];
const ORIG_TO = lit('>, orig_to=<');
const RELAY = lit('>, relay=');
const DELAY = lit('delay=');
const DSN = lit('dsn=');
const STATUS = lit('status=');
const NONE = lit('none');

/** Reads the line from its `to=`. */
export function readDelivery(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('delivery');
  const relay = readRecipients(line);
  if (relay < 0) return line.unknown();
  const status = readPairs(line, readRelay(line, relay));
  if (status < 0) return line.unknown();
  const word = indexOfByte(bytes, status, b, 0x20);
  const wordEnd = word < 0 ? b : word;
  let text = Math.min(wordEnd + 1, b);
  let textEnd = b;
  if (text < b && bytes[text] === 0x28) {
    text++;
    // a line cut by its carrier has no last bracket
    if (text < b && bytes[b - 1] === 0x29) textEnd--;
  }
  if (text < textEnd) event.set(F.reply, text, textEnd);
  return readStatus(line, status, wordEnd, text, textEnd);
}

/** Reads `to=<…>, orig_to=<…>, relay=`; returns where the relay begins, -1 where there is none. */
function readRecipients(line: Line): number {
  const { bytes, b, event } = line;
  let a = line.a + TO.length;
  if (bytes[a] !== 0x3c) return readBareRecipient(line, a);
  a++;
  let end = addressEnd(bytes, a, b, AFTER_TO);
  if (end < 0) return -1;
  event.set(F.recipient, a, end);
  if (startsAt(bytes, end, b, ORIG_TO)) {
    a = end + ORIG_TO.length;
    end = addressEnd(bytes, a, b, AFTER_ORIG_TO);
    if (end < 0) return -1;
    event.set(F.origRecipient, a, end);
  }
  return end + RELAY.length;
}

const BARE_RELAY = lit(', relay=');

/** `to=bob@b, relay=`: a copy of a log that lost its brackets on the way, as web pages do. */
function readBareRecipient(line: Line, a: number): number {
  const relay = indexOf(line.bytes, a, line.b, BARE_RELAY);
  if (relay < 0) return -1;
  const comma = indexOfByte(line.bytes, a, relay, 0x2c);
  line.event.set(F.recipient, a, comma < 0 ? relay : comma);
  return relay + BARE_RELAY.length;
}

/** `mx.b[192.0.2.25]:25`, `b[private/dovecot-lmtp]`, `local`, `dovecot` (a pipe's service), `none`. Returns its end. */
function readRelay(line: Line, a: number): number {
  const { bytes, b, event } = line;
  let i = a;
  while (i < b && bytes[i] !== 0x5b && bytes[i] !== 0x2c) i++;
  if (i < b && bytes[i] === 0x5b) return readHost(line, a, i);
  if (i > a && !equals(bytes, a, i, NONE)) event.set(F.transport, a, i);
  return i;
}

/** `name[address]:port`, whose bracket opens at `open`. */
function readHost(line: Line, a: number, open: number): number {
  const { bytes, b, event } = line;
  let isPath = false;
  let i = open + 1;
  while (i < b && bytes[i] !== 0x5d && bytes[i] !== 0x2c) {
    if (bytes[i] === 0x2f) isPath = true;
    i++;
  }
  // a UNIX-domain socket stands where the address does, and says more than the name of this host before it
  if (isPath) event.set(F.relayName, open + 1, i);
  else {
    if (open > a) event.set(F.relayName, a, open);
    if (i > open + 1) event.set(F.relayIp, open + 1, i);
  }
  if (bytes[i + 1] === 0x3a && i + 2 < b) {
    event.port = readNumber(bytes, i + 2, b);
    i = numberEnd - 1;
  }
  i++;
  while (i < b && bytes[i] !== 0x2c) i++;
  return Math.min(i, b);
}

/** Reads `, key=value` up to `status=`; returns where the status begins, -1 where there is none. */
function readPairs(line: Line, from: number): number {
  const { bytes, b, event } = line;
  let a = from;
  while (a + 2 < b && bytes[a] === 0x2c) {
    a += 2;
    const first = bytes[a];
    if (first === 0x73 && startsAt(bytes, a, b, STATUS)) return a + STATUS.length;
    let end = a;
    while (end < b && !(bytes[end] === 0x2c && bytes[end + 1] === 0x20)) end++;
    if (first === 0x64) {
      if (startsAt(bytes, a, end, DELAY)) event.delayMs = readSeconds(bytes, a + DELAY.length, end);
      else if (startsAt(bytes, a, end, DSN)) event.set(F.dsn, a + DSN.length, end);
    }
    a = end;
  }
  return -1;
}

const SENT = lit('sent');
const DEFERRED = lit('deferred');
const BOUNCED = lit('bounced');
const SOFTBOUNCE = lit('SOFTBOUNCE');
/** src/global/verify.c (address probes) and trace.c (`sendmail -bv`) */
const PROBES = [
  'deliverable',
  'undeliverable',
  'undeliverable-but-not-cached',
  'delivered',
  'expanded',
  'relayed',
  'delayed',
  'failed',
].map(lit);

function readStatus(line: Line, a: number, end: number, text: number, textEnd: number): ParseResult {
  const { bytes, event } = line;
  if (equals(bytes, a, end, SENT)) readSent(line, text, textEnd);
  else if (equals(bytes, a, end, DEFERRED)) event.outcome = 'deferred';
  else if (equals(bytes, a, end, BOUNCED)) event.outcome = 'bounced';
  // soft_bounce=yes: logged as a bounce, and kept in the queue
  else if (equals(bytes, a, end, SOFTBOUNCE)) event.outcome = 'deferred';
  else if (PROBES.some((word) => equals(bytes, a, end, word))) event.kind = 'probe';
  else if (end < line.b || !readCut(line, a, end)) return line.unknown();
  event.code = codeOfText(bytes, text, textEnd);
  if (event.code >= 400) readRefusedBy(event, bytes, text, textEnd);
  return line.done();
}

/** A line cut inside the status word: its beginning tells, and dsn= tells the same (src/global/log_adhoc.c writes it first). */
function readCut(line: Line, a: number, end: number): boolean {
  const { bytes, event } = line;
  const dsn = event.start(F.dsn);
  const digit = dsn >= 0 ? bytes[dsn] : 0;
  const length = end - a;
  if (digit === 0x34 && startsAt(DEFERRED, 0, length, bytes.subarray(a, end))) event.outcome = 'deferred';
  else if (digit === 0x35 && startsAt(BOUNCED, 0, length, bytes.subarray(a, end))) event.outcome = 'bounced';
  else return false;
  return true;
}

const DELIVERED_TO = lit('delivered to ');
const FILE = lit('file: ');
const COMMAND = lit('command: ');
const DEV_NULL = lit('/dev/null');
const FORWARDED = lit('forwarded as ');
const VIA = lit('delivered via ');
const STORES = LAST_HOPS.map(lit);
const SERVICE = lit(' service');
const DISCARDED = lit('discarded');

/** What became of a mail that was `sent`: the texts of local(8), virtual(8), pipe(8), discard(8), else a server's answer. */
function readSent(line: Line, a: number, b: number): void {
  const { bytes, event } = line;
  event.outcome = 'sent';
  event.how = 'remote';
  if (event.has(F.relayName) || event.has(F.relayIp)) {
    readAnswer(line, a, b);
    return;
  }
  const first = bytes[a];
  if (first === 0x64 && startsAt(bytes, a, b, DELIVERED_TO)) {
    event.how = 'mailbox';
    const target = a + DELIVERED_TO.length;
    if (startsAt(bytes, target, b, COMMAND)) event.what = 'command';
    else if (startsAt(bytes, target, b, FILE)) readFile(event, bytes, target + FILE.length, b);
  } else if (first === 0x66 && startsAt(bytes, a, b, FORWARDED)) {
    event.how = 'forwarded';
    const end = looseIdEnd(bytes, a + FORWARDED.length, b);
    if (end > 0) event.set(F.otherId, a + FORWARDED.length, end);
  } else if (first === 0x64 && startsAt(bytes, a, b, VIA)) {
    // pipe(8) gives the mail to any command: a mailbox, a list, a filter
    event.how = STORES.some((name) => startsAt(bytes, a + VIA.length, b, name)) ? 'mailbox' : 'unknown';
    const end = indexOf(bytes, a + VIA.length, b, SERVICE);
    if (end > 0) event.set(F.transport, a + VIA.length, end);
  } else if (!event.has(F.transport) || equals(bytes, a, b, DISCARDED)) {
    // discard(8) has relay=none and logs its next-hop as the text; local(8) unknown.c says `discarded`
    event.outcome = 'discarded';
    event.how = 'silent';
  } else event.how = 'unknown';
}

function readFile(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  event.set(F.mailbox, a, b);
  if (!equals(bytes, a, b, DEV_NULL)) return;
  event.outcome = 'discarded';
  event.how = 'devnull';
}

const SAVED = lit(' Saved');
const SESSIONID = lit(' SESSIONID=<');
const ZIMBRA = lit(' 2.1.5 Delivery OK');

/** The answer of a server, or of a filter that speaks SMTP or LMTP. */
function readAnswer(line: Line, a: number, b: number): void {
  const { bytes, event } = line;
  if (findRemoteId(bytes, a, b)) event.set(F.remoteId, remoteId.start, remoteId.end);
  readTakenBy(event, bytes, a, b);
  const held = heldByFilter(bytes, a, b);
  if (held !== '') {
    event.outcome = held === 'filter' ? 'discarded' : 'quarantined';
    event.how = held;
    return;
  }
  // LMTP may be a mailbox (Dovecot lmtp-local.c `<bob@b> K3a7XYZ Saved`, Cyrus lmtpengine.c `Ok SESSIONID=<…>`,
  // Zimbra LmtpReply.java DELIVERY_OK) or a filter
  if (line.daemon !== DAEMON.lmtp && line.daemon !== DAEMON.none) return;
  if (endsWith(bytes, a, b, SAVED)) {
    event.how = 'mailbox';
    // Dovecot's session, by which its own lines know the mail
    const end = b - SAVED.length;
    let from = end;
    while (from > a && bytes[from - 1] !== 0x20) from--;
    if (from < end) event.set(F.filterId, from, end);
  } else if (endsWith(bytes, a, b, ZIMBRA) || lastIndexOf(bytes, a, b, SESSIONID) >= 0) event.how = 'mailbox';
}
