/**
 * Lines about a connection: `SMTP …`, `unexpected disconnection …`, authentication, TLS, refused connections, syntax errors.
 *
 * Source: src/daemon.c handle_smtp_call(), src/smtp_in.c, src/receive.c handle_lost_connection().
 */
import { F } from '../../model/log-event.ts';
import type { Line } from './line.ts';
import { begin, clientOf, finish } from './line.ts';
import { setVerdict } from './reject.ts';
import { setAnswer } from './reply.ts';
import { stageOfCommand } from './refusal-words.ts';
import { QUOTE, closingAngle, find, hasAt, tokenEnd } from './scan.ts';

/** Words at the beginning of a line, and what the session line says. */
const STARTS: readonly (readonly [string, (line: Line, i: number) => boolean])[] = [
  ['SMTP connection lost after final dot', lostAfterDot],
  ['SMTP connection ', connection],
  ['SMTP data timeout (message abandoned) on connection from ', dataTimeout],
  ['SMTP command timeout on', (line) => timeoutLine(line)],
  ['SMTP protocol synchronization error ', synchronization],
  ['SMTP syntax error in ', badCommand],
  ['SMTP protocol error in ', badCommand],
  ['SMTP call from ', dropped],
  ['unexpected ', unexpected],
  ['no MAIL in ', noMail],
  ['TLS error on ', tlsError],
  ['TLS client disconnected cleanly', tlsError],
  ['refused connection from ', refusedConnection],
  ['temporarily refused connection from ', refusedConnection],
  ['Connection from ', connectionFrom],
  ['connection from ', connectionFrom],
  ['VRFY failed for ', probe],
  ['ETRN ', etrn],
  ['unqualified ', unqualified],
  ['too many recipients: ', tooMany],
];

/** A line without `H=` in front. False where it is not understood. */
export function parseSession(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  for (const [words, take] of STARTS) if (hasAt(bytes, i, end, words)) return take(line, i + words.length);
  return authentication(line, i);
}

function session(line: Line, what: string, stage: string, client: number): boolean {
  const event = begin(line, 'session');
  event.what = what;
  event.stage = stage;
  if (client >= 0) clientOf(event, client, line.frame.end);
  finish(line, event, false);
  return true;
}

/** `from [ip]:port (TCP/IP connection count = 1)` is the daemon's line, `… closed by QUIT` and `… lost` the session's. */
function connection(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  if (hasAt(bytes, i, end, 'Ci=')) i = tokenEnd(bytes, i, end) + 1;
  if (!hasAt(bytes, i, end, 'from ')) return false;
  const event = begin(line, 'connect');
  const at = clientOf(event, i + 5, end);
  if (find(bytes, at, end, ' lost while reading message data') >= 0) {
    event.kind = 'session';
    event.what = 'lost';
    event.stage = 'DATA';
  } else if (find(bytes, at, end, 'closed ') >= 0 || find(bytes, at, end, ' lost') >= 0) event.kind = 'disconnect';
  else if (find(bytes, at, end, '(TCP/IP connection count') >= 0) event.what = 'daemon';
  finish(line, event, false);
  return true;
}

/** The client vanished before it saw the answer to its final dot: the mail was not accepted (receive.c). */
function lostAfterDot(line: Line, i: number): boolean {
  return session(line, 'lost', 'END-OF-MESSAGE', i);
}

function dataTimeout(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'session');
  event.what = 'timeout';
  event.stage = 'DATA';
  const at = find(bytes, clientOf(event, i, end), end, ' F=<');
  if (at >= 0) {
    const close = closingAngle(bytes, at + 4, end);
    if (close >= 0) event.set(F.sender, at + 4, close);
  }
  finish(line, event, false);
  return true;
}

function timeoutLine(line: Line): boolean {
  const { bytes, end } = line.frame;
  const from = find(bytes, line.body, end, ' from ');
  return session(line, 'timeout', '', from < 0 ? -1 : from + 6);
}

/** `unexpected disconnection while reading SMTP command from …`: a transaction had begun (smtp_in.c). */
function unexpected(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const at = find(bytes, i, end, ' while reading SMTP command from ');
  return at >= 0 && session(line, 'lost', '', at + 33);
}

function noMail(line: Line, i: number): boolean {
  const at = find(line.frame.bytes, i, line.frame.end, ' from ');
  return at >= 0 && session(line, 'other', '', at + 6);
}

function tlsError(line: Line, i: number): boolean {
  const at = find(line.frame.bytes, i, line.frame.end, ' from ');
  return session(line, 'tls', '', at < 0 ? -1 : at + 6);
}

function probe(line: Line, i: number): boolean {
  const at = find(line.frame.bytes, i, line.frame.end, ' H=');
  return session(line, 'probe', 'VRFY', at < 0 ? -1 : at + 1);
}

function etrn(line: Line, i: number): boolean {
  const at = find(line.frame.bytes, i, line.frame.end, ' received from ');
  return at >= 0 && session(line, 'other', 'ETRN', at + 15);
}

/** `SMTP syntax error in "RCPT TO:<…" H=… : unrecognized command` */
function badCommand(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const stage = bytes[i] === QUOTE ? stageOfCommand(bytes, i + 1, end) : '';
  const at = find(bytes, i, end, '" H=');
  return session(line, 'probe', stage, at < 0 ? -1 : at + 2);
}

/** `SMTP call from … dropped: too many syntax or protocol errors (last command was "…")` */
function dropped(line: Line, i: number): boolean {
  return session(line, 'errors', '', i);
}

/**
 * Input before the greeting ends the connection with 554; input before the answer to a command (pipelining not allowed) ends
 * the session in the middle, and the refused command is told.
 */
function synchronization(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const early = find(bytes, i, end, '): rejected connection from ');
  if (early >= 0) return refuse(line, 'CONNECT', early + 28, 554, false);
  const at = find(bytes, i, end, '): rejected "');
  const stage = at < 0 ? '' : stageOfCommand(bytes, at + 13, end);
  const client = at < 0 ? -1 : find(bytes, at, end, '" H=');
  return session(line, 'errors', stage, client < 0 ? -1 : client + 2);
}

function refuse(line: Line, stage: string, client: number, code: number, temporary: boolean): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'refusal');
  event.stage = stage;
  const at = clientOf(event, client, end);
  const text = find(bytes, at, end, ': ');
  setVerdict(event, text < 0 ? end : text + 2, code, temporary);
  finish(line, event, true);
  return true;
}

/** host_reject_connection: 554; limits of smtp_in.c: 421. */
function refusedConnection(line: Line, i: number): boolean {
  const temporary = hasAt(line.frame.bytes, line.body, line.frame.end, 'temporarily');
  return refuse(line, 'CONNECT', i, temporary ? 421 : 554, temporary);
}

/** `Connection from [ip] refused: too many connections` (daemon.c) and `connection from … refused (IP options)` */
function connectionFrom(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const at = find(bytes, i, end, ' refused');
  if (at < 0) return false;
  const limit = bytes[at + 8] === 0x3a;
  return refuse(line, 'CONNECT', i, limit ? 421 : 554, limit);
}

/** `unqualified sender rejected: <ann> H=…` (smtp_in.c): 501. Of an address that VRFY or EXPN asked about it says `verify`. */
function unqualified(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const open = find(bytes, i, end, ' rejected: <');
  if (open < 0) return false;
  const close = closingAngle(bytes, open + 12, end);
  if (close < 0) return false;
  if (hasAt(bytes, i, end, 'verify')) return session(line, 'other', '', close + 1);
  const event = begin(line, 'refusal');
  const isSender = hasAt(bytes, i, end, 'sender');
  event.stage = isSender ? 'MAIL' : 'RCPT';
  clientOf(event, close + 1, end);
  event.set(isSender ? F.sender : F.recipient, open + 12, close);
  setVerdict(event, end, 501, false);
  finish(line, event, true);
  return true;
}

/** `too many recipients: message rejected: sender=<…> H=…` 552, `… excess temporarily rejected: …` 452 */
function tooMany(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const temporary = hasAt(bytes, i, end, 'excess');
  const event = begin(line, 'refusal');
  event.stage = 'RCPT';
  event.final = !temporary;
  const open = find(bytes, i, end, 'sender=<');
  const close = open < 0 ? -1 : closingAngle(bytes, open + 8, end);
  if (close >= 0) {
    event.set(F.sender, open + 8, close);
    clientOf(event, close + 1, end);
  }
  setVerdict(event, end, temporary ? 452 : 552, temporary);
  finish(line, event, true);
  return true;
}

/** `login authenticator failed for (x) [192.0.2.9]: 535 Incorrect authentication data (set_id=ann)` */
function authentication(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const name = tokenEnd(bytes, i, end);
  const words = ' authenticator failed for ';
  if (!hasAt(bytes, name, end, words)) return false;
  const event = begin(line, 'session');
  event.what = 'auth-failed';
  const at = clientOf(event, name + words.length, end);
  const text = find(bytes, at, end, ': ');
  if (text >= 0) setAnswer(event, text + 2, end);
  const id = find(bytes, at, end, '(set_id=');
  if (id >= 0) event.set(F.user, id + 8, bytes[end - 1] === 0x29 ? end - 1 : end);
  finish(line, event, true);
  return true;
}

/** Lines of the daemon, of queue runs and of the DNS, and the configuration's complaints: nothing of a mail. */
const NOISE: readonly string[] = [
  'exim ',
  'Start ',
  'End ',
  'Abandon queue run',
  'queue run',
  'no host name found for IP address',
  'no IP address found for host',
  'Long ',
  'host name alias list truncated',
  'pid ',
  'listen backlog',
  'socket bind()',
  'notify triggered queue run',
  'Exim configuration error',
  'Warning: ',
  'DKIM: ',
  'daemon: ',
  'cwd=',
  'SIGHUP',
  'Failed to create IPv6 socket',
  'Setting IPV6_V6ONLY',
  'spool directory space check failed',
  'log directory space check failed',
  'ignoring AUTH=',
  'ident connection to ',
  'failed to ',
  'expansion of ',
];

export function isNoise(bytes: Uint8Array, i: number, end: number): boolean {
  for (const words of NOISE) if (hasAt(bytes, i, end, words)) return true;
  return false;
}
