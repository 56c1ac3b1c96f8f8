/**
 * Sessions and arrivals of smtpd(8), submission and smtps services included.
 *
 *   `connect from h[ip]` · `disconnect from h[ip] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`   smtpd.c smtpd_proto()
 *   `QID|NOQUEUE: client=h[ip], sasl_method=PLAIN, sasl_username=ann, sasl_sender=, orig_queue_id=, orig_client=h[ip]`
 *                                                                                smtpd.c mail_open_stream()
 *   `[QID|NOQUEUE: ]lost connection|timeout|too many errors after DATA (812 bytes) from h[ip]`   smtpd.c smtpd_proto()
 *   `proxy-accept|proxy-reject: END-OF-MESSAGE: 250 2.0.0 Ok: queued as X; from=<> to=<> proto= helo=<>`
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { indexOf, lit, numberEnd, readNumber, startsAt } from './bytes.ts';
import { readRefusedBy, readTakenBy } from './filter-id.ts';
import { readPeer } from './line.ts';
import type { Line } from './line.ts';
import { readPolicy, stageAt } from './policy.ts';
import { heldByFilter, readCodes } from './reply.ts';
import { readSmtpdNotice } from './smtpd-notices.ts';
import { looseIdEnd } from './queue-id.ts';
import { findTail, readTail } from './tail.ts';

const CONNECT = lit('connect from ');
const DISCONNECT = lit('disconnect from ');
export const CLIENT = lit('client=');
const PROXY_ACCEPT = lit('proxy-accept: ');
const PROXY_REJECT = lit('proxy-reject: ');

/** Reads a line of smtpd(8) that has no queue id. */
export function readSmtpd(line: Line): ParseResult {
  const { bytes, a } = line;
  if (line.warning) return readSmtpdNotice(line);
  switch (bytes[a]) {
    case 0x63: // c
      if (line.at(CONNECT)) return readConnect(line);
      if (line.at(CLIENT)) return readClient(line);
      break;
    case 0x64: // d
      if (line.at(DISCONNECT)) return readDisconnect(line);
      break;
    case 0x6c: // l
    case 0x74: {
      // t
      const result = readAbort(line);
      if (result !== undefined) return result;
      break;
    }
    case 0x70: // p
      if (line.at(PROXY_ACCEPT)) return readProxy(line, a + PROXY_ACCEPT.length, true);
      if (line.at(PROXY_REJECT)) return readProxy(line, a + PROXY_REJECT.length, false);
      break;
    default:
  }
  return readPolicy(line) ?? readSmtpdNotice(line);
}

function readConnect(line: Line): ParseResult {
  line.start('connect');
  readPeer(line, line.a + CONNECT.length, F.clientName, F.clientIp);
  return line.done();
}

const MAIL = lit('mail=');
const RCPT = lit('rcpt=');
const DATA = lit('data=');

function readDisconnect(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('disconnect');
  let i = readPeer(line, line.a + DISCONNECT.length, F.clientName, F.clientIp);
  if (i < 0) return line.done();
  // ` key=ok` where all went well, ` key=ok/all` else
  while (i < b && bytes[i] === 0x20) {
    const key = ++i;
    while (i < b && bytes[i] !== 0x20) i++;
    const first = bytes[key];
    if (first === 0x6d && startsAt(bytes, key, i, MAIL)) {
      event.mailOk = readNumber(bytes, key + MAIL.length, i);
      event.mailAll = readAll(bytes, i, event.mailOk);
    } else if (first === 0x72 && startsAt(bytes, key, i, RCPT)) {
      event.rcptOk = readNumber(bytes, key + RCPT.length, i);
      event.rcptAll = readAll(bytes, i, event.rcptOk);
    } else if (first === 0x64 && startsAt(bytes, key, i, DATA)) {
      event.dataOk = readNumber(bytes, key + DATA.length, i);
      event.dataAll = readAll(bytes, i, event.dataOk);
    }
  }
  return line.done();
}

function readAll(bytes: Uint8Array, end: number, ok: number): number {
  return bytes[numberEnd] === 0x2f ? readNumber(bytes, numberEnd + 1, end) : ok;
}

const SASL_USER = lit(', sasl_username=');
const SASL_SENDER = lit(', sasl_sender=');
const ORIG_ID = lit(', orig_queue_id=');
const ORIG_CLIENT = lit(', orig_client=');

/** Reads the line from `client=`: a mail arrives; of a before-queue proxy (NOQUEUE) it has no id here. */
export function readClient(line: Line): ParseResult {
  const { bytes, b } = line;
  const event = line.start('arrival');
  event.origin = 'smtp';
  const end = readPeer(line, line.a + CLIENT.length, F.clientName, F.clientIp);
  if (end < 0) return line.unknown();
  if (end >= b) return line.done();
  const user = indexOf(bytes, end, b, SASL_USER);
  let rest = end;
  if (user >= 0) {
    const a = user + SASL_USER.length;
    rest = firstOf(bytes, a, b);
    if (rest > a) event.set(F.user, a, rest);
  }
  const id = indexOf(bytes, rest, b, ORIG_ID);
  if (id >= 0) {
    const idEnd = looseIdEnd(bytes, id + ORIG_ID.length, b);
    if (idEnd > 0) {
      event.set(F.otherId, id + ORIG_ID.length, idEnd);
      event.relation = 'parent';
    }
  }
  // a login is the client's text and may end in a made-up origin: who logged in is the client then
  const client = user >= 0 ? -1 : indexOf(bytes, rest, b, ORIG_CLIENT);
  if (client >= 0) readPeer(line, client + ORIG_CLIENT.length, F.origClientName, F.origClientIp);
  return line.done();
}

function firstOf(bytes: Uint8Array, a: number, b: number): number {
  for (const word of [SASL_SENDER, ORIG_ID, ORIG_CLIENT]) {
    const at = indexOf(bytes, a, b, word);
    if (at >= 0) return at;
  }
  return b;
}

const ABORTS = [
  { what: 'lost', bytes: lit('lost connection after ') },
  { what: 'timeout', bytes: lit('timeout after ') },
  { what: 'errors', bytes: lit('too many errors after ') },
];
const FROM = lit(' from ');

/** `lost connection after DATA (812 bytes) from h[ip]`; undefined where it is none. */
export function readAbort(line: Line): ParseResult | undefined {
  const { bytes, b } = line;
  for (const abort of ABORTS) {
    if (!line.at(abort.bytes)) continue;
    const event = line.start('session');
    event.what = abort.what;
    const stage = line.a + abort.bytes.length;
    event.stage = stageAt(bytes, stage, b);
    const from = indexOf(bytes, stage, b, FROM);
    if (from >= 0) readPeer(line, from + FROM.length, F.clientName, F.clientIp);
    return line.done();
  }
  return undefined;
}

/** smtpd.c: what the system behind a before-queue filter said to the end of data. */
function readProxy(line: Line, a: number, accepted: boolean): ParseResult {
  const { bytes, b } = line;
  const event = line.start('proxy');
  event.stage = stageAt(bytes, a, b);
  let text = a;
  while (text < b && bytes[text] !== 0x3a) text++;
  text = Math.min(text + 2, b);
  const tail = findTail(bytes, text, b, false);
  const end = tail < 0 ? b : tail;
  if (tail >= 0) readTail(line, tail);
  if (end > text) event.set(F.reply, text, end);
  readCodes(event, bytes, text, end);
  if (accepted) {
    event.outcome = 'accepted';
    readAcceptance(event, bytes, text, end);
  } else {
    event.outcome = event.code >= 400 && event.code < 500 ? 'tempfailed' : 'rejected';
    readRefusedBy(event, bytes, text, end);
  }
  return line.done();
}

function readAcceptance(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  event.how = heldByFilter(bytes, a, b);
  readTakenBy(event, bytes, a, b);
  if (findRemoteId(bytes, a, b)) event.set(F.remoteId, remoteId.start, remoteId.end);
}
