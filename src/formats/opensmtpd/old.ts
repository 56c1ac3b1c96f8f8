/**
 * Lines without a session's id at their head: the daemon's own state, and what OpenSMTPD wrote of sessions before 6.0.
 * Shapes: `smtp-in: session SID: connection from host name [ip] established`,
 *         `smtp-in: session SID: msgid=M, status=Ok, from=<a>, to=<b>, size=1, ndest=1, proto=ESMTP`,
 *         `smtp-in: Failed command on session SID: "RCPT TO:<x>" => 550 Invalid recipient`,
 *         `smtp-in: session SID: connection from host name [ip] closed (client sent QUIT)`.
 * Source: OpenSMTPD 5.7.1 smtp_session.c; log.c, smtpd.c, mta.c, queue.c.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { endsWith, equals, indexOf, lit, startsAt } from '../postfix/bytes.ts';
import { hexEnd, type Line } from './line.ts';
import { readFailure } from './session.ts';

const SMTP_IN = lit('smtp-in: ');
const SESSION = lit('session ');
const FAILED = lit('Failed command on session ');
const FROM_HOST = lit(': connection from host ');
const ESTABLISHED = lit(' established');
const CLOSED = lit('] closed (');
const LOCAL = lit('local');
const UNKNOWN = lit('<unknown>');
const MSGID = lit('msgid=');
const FROM = lit('from=');
const TO = lit('to=');
const SIZE = lit('size=');
const NDEST = lit('ndest=');
const ANSWERED = lit('" => ');

/** undefined where the line is none of these. */
export function readOldSmtp(line: Line): ParseResult | undefined {
  const { bytes, a, b } = line;
  if (!startsAt(bytes, a, b, SMTP_IN)) return undefined;
  const word = a + SMTP_IN.length;
  const isFailed = startsAt(bytes, word, b, FAILED);
  if (!isFailed && !startsAt(bytes, word, b, SESSION)) return 'ignored';
  const id = word + (isFailed ? FAILED.length : SESSION.length);
  const end = hexEnd(bytes, id, b);
  if (end !== id + 16) return 'ignored';
  line.session = id;
  if (isFailed) {
    const split = indexOf(bytes, end, b, ANSWERED);
    if (split < 0 || bytes[end + 2] !== 0x22) return 'unknown';
    return readFailure(line, end + 3, split, split + ANSWERED.length, b);
  }
  if (startsAt(bytes, end, b, FROM_HOST)) return readConnection(line, end + FROM_HOST.length);
  line.a = Math.min(end + 2, b);
  if (startsAt(bytes, line.a, b, MSGID)) return readMessage(line);
  line.startOfSession('session').what = 'other';
  return line.done();
}

/** `name [ip] established` */
function readConnection(line: Line, a: number): ParseResult {
  const { bytes, b } = line;
  const isOpen = endsWith(bytes, a, b, ESTABLISHED);
  const event = line.startOfSession(isOpen ? 'connect' : 'disconnect');
  const close = isOpen ? b - ESTABLISHED.length - 1 : indexOf(bytes, a, b, CLOSED);
  let open = close;
  while (open > a && bytes[open] !== 0x5b) open--;
  if (open > a && bytes[open] === 0x5b) {
    if (equals(bytes, open + 1, close, LOCAL)) event.what = 'local';
    else {
      event.set(F.clientIp, open + 1, close);
      if (!equals(bytes, a, open - 1, UNKNOWN)) event.set(F.clientName, a, Math.max(a, open - 1));
    }
  }
  return line.done();
}

function readMessage(line: Line): ParseResult {
  const event = line.startOfSession('arrival');
  if (!line.setMessage(MSGID)) return 'unknown';
  event.origin = 'smtp';
  event.active = true;
  line.address(F.sender, FROM);
  line.set(F.recipients, TO);
  event.size = line.number(SIZE);
  event.nrcpt = line.number(NDEST);
  return line.done();
}

/** What the daemon says of itself and of its routes. */
const NOISE = [
  'info: ',
  'warn: ',
  'debug: ',
  'trace',
  'fatal',
  'smtp-out: ',
  'version: ',
  'Exiting',
  'queue: ',
  'control ',
  'lookup ',
  'pony ',
  'parent ',
  'scheduler ',
  'dispatcher ',
  'klondike ',
  'crypto ',
  'mail: ',
  'warn',
  'filter',
  'table',
  'enqueue',
  'offline',
  'imsg',
  'pki',
  'ca ',
  'tls',
  'ssl',
  'lka',
  'ramqueue',
  'scheduler: ',
  'config',
  'route ',
  'purge',
  'envelope',
  'pipe ',
  'lost child',
  'lost ',
  'killed',
  'kernel',
  'process ',
  'smtpd: ',
  'mta: ',
  'mda: ',
  'bounce: ',
  'srs',
  'OpenSMTPD',
].map(lit);

export function isNoise(line: Line): boolean {
  for (const word of NOISE) if (startsAt(line.bytes, line.a, line.b, word)) return true;
  return false;
}
