/**
 * Lines of courierd on a mail that came or is tried, and of courieresmtpd on what it refused.
 * Shapes: `newmsg,id=ID, auth=ann: dns; helo (name [ip])`, `started,id=ID,from=<a>,module=esmtp,host=h,addr=<b>`,
 *         `error,relay=ip,port=25,from=<a>,to=<b>: 550 User unknown.`, `error,relay=ip,msg="535 …",cmd: AUTH`.
 * Source: Courier courier/cdmsgq.C (newmsg), cdmsgq3.C startdelivery(), module.esmtp/courieresmtpd.C print_submit_log_fix(),
 *         iov_logerror(); the client's part by courieresmtpd.C (`-f` of submit).
 */
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readCodes, saysGreylisting } from '../postfix/reply.ts';
import { closingAngle } from '../values.ts';

const COMMA = 0x2c;
const COLON_BYTE = 0x3a;
const SPACE = 0x20;
const AUTH = lit(', auth=');
const COLON = lit(': ');
const DNS = lit('dns; ');
const PAREN = lit(' (');
const FROM = lit(',from=<');
const MODULE = lit(',module=');
const ESMTP = lit('esmtp,');
const ADDR = lit(',addr=<');
const TO = lit(',to=<');
const MSG = lit(',msg="');
const MAPPED = lit('::ffff:');

/** Where the id that begins at `a` ends: hexadecimal digits and dots (`0038C081.4D026173.000051A4`). */
export function idEnd(bytes: Uint8Array, a: number, b: number): number {
  let i = a;
  while (i < b && isIdByte(bytes[i] as number)) i++;
  return i - a < 8 ? -1 : i;
}

function isIdByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || c === 0x2e;
}

export function begin(event: LogEvent, kind: Parameters<LogEvent['reset']>[0], frame: Frame): void {
  event.reset(kind, frame);
  event.system = 'courier';
  event.instance = 'courier';
  event.unclosed = true;
}

export function readArrival(frame: Frame, event: LogEvent, emit: Emit, a: number): ParseResult {
  const { bytes, end: b } = frame;
  const id = idEnd(bytes, a, b);
  if (id < 0) return 'unknown';
  begin(event, 'arrival', frame);
  event.set(F.queueId, a, id);
  event.origin = 'local';
  event.active = true;
  let at = id;
  if (startsAt(bytes, at, b, AUTH)) {
    const user = at + AUTH.length;
    const end = indexOf(bytes, user, b, COLON);
    at = end < 0 ? b : end;
    event.set(F.user, user, at);
  }
  if (startsAt(bytes, at, b, COLON) && startsAt(bytes, at + 2, b, DNS)) readClient(frame, event, at + 2 + DNS.length);
  emit(event);
  return 'event';
}

/** `helo (name [ip])`; the name is missing where the address has none. */
function readClient(frame: Frame, event: LogEvent, a: number): void {
  const { bytes, end: b } = frame;
  const paren = lastIndexOf(bytes, a, b, PAREN);
  if (paren < 0 || bytes[b - 1] !== 0x29) return;
  if (paren > a) event.set(F.helo, a, paren);
  const open = indexOfByte(bytes, paren + 2, b, 0x5b);
  const close = open < 0 ? -1 : indexOfByte(bytes, open, b, 0x5d);
  if (close < 0) return;
  event.origin = 'smtp';
  event.set(F.clientIp, startsAt(bytes, open + 1, close, MAPPED) ? open + 1 + MAPPED.length : open + 1, close);
  if (open - 1 > paren + 2) event.set(F.clientName, paren + 2, open - 1);
}

/** A try begins. A local address stands here without its domain, so only other servers' are told. */
export function readStarted(frame: Frame, event: LogEvent, emit: Emit, a: number): ParseResult {
  const { bytes, end: b } = frame;
  const id = idEnd(bytes, a, b);
  if (id < 0 || !startsAt(bytes, id, b, FROM)) return 'unknown';
  begin(event, 'facts', frame);
  event.set(F.queueId, a, id);
  const sender = id + FROM.length;
  const close = closingAngle(bytes, sender, b);
  if (close < 0) return 'unknown';
  // a notice's sender stands as `#@[]` or as nothing (RFC 1894; courier's VERP)
  event.set(F.sender, sender, close);
  if (startsAt(bytes, close + 1, b, MODULE) && startsAt(bytes, close + 1 + MODULE.length, b, ESMTP)) {
    const addr = lastIndexOf(bytes, close, b, ADDR);
    const end = addr < 0 ? -1 : closingAngle(bytes, addr + ADDR.length, b);
    if (end > 0) event.set(F.recipients, addr + ADDR.length, end);
  }
  emit(event);
  return 'event';
}

export function readRefusal(frame: Frame, event: LogEvent, emit: Emit, a: number): ParseResult {
  const { bytes, end: b } = frame;
  let ip = a;
  while (ip < b && bytes[ip] !== COMMA && !(bytes[ip] === COLON_BYTE && bytes[ip + 1] === SPACE)) ip++;
  if (ip === a) return 'unknown';
  const msg = indexOf(bytes, ip, b, MSG);
  const from = indexOf(bytes, ip, b, FROM);
  const isOfCommand = msg >= 0 && (from < 0 || msg < from);
  begin(event, isOfCommand ? 'session' : 'refusal', frame);
  event.set(F.clientIp, startsAt(bytes, a, ip, MAPPED) ? a + MAPPED.length : a, ip);
  if (isOfCommand) {
    event.what = startsAt(bytes, msg + MSG.length, b, lit('535')) ? 'auth-failed' : 'errors';
    emit(event);
    return 'event';
  }
  let at = from < 0 ? ip : setPath(frame, event, F.sender, from + FROM.length);
  event.stage = 'MAIL';
  event.final = true;
  if (startsAt(bytes, at, b, TO)) {
    at = setPath(frame, event, F.recipient, at + TO.length);
    event.stage = 'RCPT';
    event.final = false;
  }
  const colon = indexOf(bytes, at, b, COLON);
  if (colon < 0) return 'unknown';
  const text = colon + COLON.length;
  event.set(F.reply, text, b);
  readCodes(event, bytes, text, b);
  event.outcome = event.code >= 400 && event.code < 500 ? 'tempfailed' : 'rejected';
  if (event.outcome === 'tempfailed' && saysGreylisting(bytes, text, b)) event.outcome = 'greylisted';
  emit(event);
  return 'event';
}

/** Sets the address at `a`; one past its `>`. */
function setPath(frame: Frame, event: LogEvent, field: typeof F.sender | typeof F.recipient, a: number): number {
  const close = closingAngle(frame.bytes, a, frame.end);
  const end = close < 0 ? frame.end : close;
  event.set(field, a, end);
  return Math.min(end + 1, frame.end);
}
