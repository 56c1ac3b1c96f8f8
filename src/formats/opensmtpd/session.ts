/**
 * Lines of an SMTP session: `SID smtp …`. The id, not the process, tells one session from another.
 * Shapes: `smtp connected address=ip host=name` (`address=local`: handed in on the machine, bounces too),
 *         `smtp tls ciphers=…`, `smtp authentication user=ann result=ok`,
 *         `smtp message msgid=M size=1 nrcpt=2 proto=ESMTP`, `smtp envelope evpid=E from=<a> to=<b>` (since 6.4.3; before, one
 *         `smtp message … msgid=M from=<a> to=<b> size=1 ndest=2 proto=ESMTP` for each recipient),
 *         `smtp failed-command command="RCPT TO:<x>" result="550 Invalid recipient: <x>"`,
 *         `smtp disconnected reason=quit` (before 6.4 `event=closed`).
 * Source: OpenSMTPD usr.sbin/smtpd smtp_session.c.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { equals, indexOf, indexOfByte, indexOfFolded, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readCodes, saysGreylisting } from '../postfix/reply.ts';
import { quotedEnd, type Line } from './line.ts';

const ADDRESS = lit('address=');
const HOST = lit('host=');
const LOCAL = lit('local');
const UNKNOWN = lit('unknown');
const MSGID = lit('msgid=');
const EVPID = lit('evpid=');
const FROM = lit('from=');
const TO = lit('to=');
const SIZE = lit('size=');
const NRCPT = lit('nrcpt=');
const NDEST = lit('ndest=');
const USER = lit('user=');
const RESULT = lit('result=');
const OK = lit('ok');
const CIPHERS = lit('ciphers=');

const WORDS = {
  connected: lit('connected'),
  message: lit('message'),
  envelope: lit('envelope'),
  disconnected: lit('disconnected'),
  closed: lit('closed'),
  failed: lit('failed-command'),
  tls: lit('tls'),
  starttls: lit('starttls'),
  authentication: lit('authentication'),
  badInput: lit('bad-input'),
};

export function readSmtp(line: Line): ParseResult {
  if (line.takeWord(WORDS.connected)) return readConnected(line);
  if (line.takeWord(WORDS.message)) return readMessage(line);
  if (line.takeWord(WORDS.envelope)) return readEnvelope(line);
  if (line.takeWord(WORDS.disconnected) || line.takeWord(WORDS.closed)) return readDisconnected(line);
  if (line.takeWord(WORDS.failed)) return readFailed(line);
  if (line.takeWord(WORDS.tls) || line.takeWord(WORDS.starttls)) return readTls(line);
  if (line.takeWord(WORDS.authentication)) return readAuthentication(line);
  const event = line.startOfSession('session');
  event.what = line.takeWord(WORDS.badInput) ? 'errors' : 'other';
  return line.done();
}

/** Client of the session, where the line tells it; whether it is the machine itself. */
function setClient(line: Line): boolean {
  let isLocal = false;
  if (line.find(ADDRESS)) {
    const { bytes, event } = line;
    let { from, to } = line;
    isLocal = equals(bytes, from, to, LOCAL);
    if (bytes[from] === 0x5b && bytes[to - 1] === 0x5d && to - 1 > from) {
      from++;
      to--;
    }
    if (startsAt(bytes, from, to, IPV6)) from += IPV6.length;
    if (!isLocal && to > from) event.set(F.clientIp, from, to);
  }
  if (!isLocal && line.find(HOST) && !equals(line.bytes, line.from, line.to, UNKNOWN) && line.to > line.from)
    line.event.set(F.clientName, line.from, line.to);
  return isLocal;
}

const IPV6 = lit('IPv6:');

function readConnected(line: Line): ParseResult {
  const event = line.startOfSession('connect');
  if (setClient(line)) event.what = 'local';
  return line.done();
}

function readDisconnected(line: Line): ParseResult {
  line.startOfSession('disconnect');
  setClient(line);
  return line.done();
}

function readTls(line: Line): ParseResult {
  const event = line.startOfSession('session');
  event.what = 'tls';
  line.set(F.tls, CIPHERS);
  return line.done();
}

function readAuthentication(line: Line): ParseResult {
  const event = line.startOfSession('session');
  setClient(line);
  line.set(F.user, USER);
  event.what = line.find(RESULT) && equals(line.bytes, line.from, line.to, OK) ? 'auth' : 'auth-failed';
  return line.done();
}

function readMessage(line: Line): ParseResult {
  const event = line.startOfSession('arrival');
  if (!line.setMessage(MSGID)) return 'unknown';
  event.origin = 'smtp';
  event.active = true;
  if (setClient(line)) event.origin = 'local';
  event.size = line.number(SIZE);
  event.nrcpt = Math.max(line.number(NRCPT), line.number(NDEST));
  line.address(F.sender, FROM);
  if (event.origin === 'local' && event.isEmpty(F.sender)) event.origin = 'internal';
  if (line.find(TO)) line.set(F.recipients, TO);
  return line.done();
}

function readEnvelope(line: Line): ParseResult {
  line.startOfSession('facts');
  if (!line.setMessage(EVPID)) return 'unknown';
  line.address(F.sender, FROM);
  line.set(F.recipients, TO);
  return line.done();
}

const COMMAND = lit('command="');
const RESULT_TEXT = lit('" result="');
const RCPT_TO = lit('rcpt to:');
const MAIL_FROM = lit('mail from:');
const DATA = lit('data');
const AUTH = lit('auth');
const DOT = lit('.');
/** out of order, not understood: the client's mistake, no refusal of a mail (RFC 5321 section 4.2.3) */
const MISTAKES = new Set([500, 501, 502, 503, 504]);
const LOOP = lit('Loop detected');

function readFailed(line: Line): ParseResult {
  const { bytes, b } = line;
  const at = indexOf(bytes, line.a, b, COMMAND);
  if (at < 0) return 'unknown';
  const command = at + COMMAND.length;
  // the command is what the client wrote, the result our words and at most an address, in which a quote has a backslash
  const split = lastIndexOf(bytes, command, b, RESULT_TEXT);
  if (split < 0) return 'unknown';
  return readFailure(line, command, split, split + RESULT_TEXT.length, quotedEnd(bytes, split + RESULT_TEXT.length, b));
}

/** The command bytes[a, b) was answered with bytes[from, to). */
export function readFailure(line: Line, a: number, b: number, from: number, to: number): ParseResult {
  const { bytes } = line;
  const event = line.startOfSession('refusal');
  event.set(F.reply, from, to);
  readCodes(event, bytes, from, to);
  const isOf = (word: Uint8Array): boolean => indexOfFolded(bytes, a, Math.min(b, a + word.length), word) === a;
  const isLoop = indexOf(bytes, from, to, LOOP) >= 0;
  if (isOf(AUTH)) {
    event.kind = 'session';
    event.what = 'auth-failed';
    return line.done();
  }
  if (isOf(RCPT_TO)) {
    event.stage = 'RCPT';
    setPath(line, F.recipient, a + RCPT_TO.length, b);
  } else if (isOf(MAIL_FROM)) {
    event.stage = 'MAIL';
    setPath(line, F.sender, a + MAIL_FROM.length, b);
    event.final = true;
  } else if (isOf(DATA) || (b - a === 1 && startsAt(bytes, a, b, DOT))) {
    event.stage = 'END-OF-MESSAGE';
    event.final = true;
  }
  if (event.stage === '' || (MISTAKES.has(event.code) && !isLoop)) {
    event.kind = 'session';
    event.what = 'errors';
    event.stage = '';
    event.final = false;
    event.mask &= ~((1 << F.recipient) | (1 << F.sender));
    return line.done();
  }
  const isForNow = event.code >= 400 && event.code < 500;
  event.outcome = isForNow ? (saysGreylisting(bytes, from, to) ? 'greylisted' : 'tempfailed') : 'rejected';
  return line.done();
}

/** One past the quoted local part at `a` (RFC 5321 Quoted-string), or `a`. */
function quotedPartEnd(bytes: Uint8Array, a: number, b: number): number {
  if (bytes[a] !== 0x22) return a;
  let i = a + 1;
  while (i < b && bytes[i] !== 0x22) i += bytes[i] === 0x5c ? 2 : 1;
  return i < b ? i + 1 : a;
}

/** `<bob@example.org> NOTIFY=NEVER`: the address of a command. */
function setPath(line: Line, f: typeof F.recipient | typeof F.sender, a: number, b: number): void {
  const { bytes, event } = line;
  let from = a;
  while (from < b && bytes[from] === 0x20) from++;
  if (bytes[from] === 0x3c && from < b) {
    const end = indexOfByte(bytes, quotedPartEnd(bytes, from + 1, b), b, 0x3e);
    event.set(f, from + 1, end < 0 ? b : end);
    return;
  }
  const end = indexOfByte(bytes, from, b, 0x20);
  event.set(f, from, end < 0 ? b : end);
}
