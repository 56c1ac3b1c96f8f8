/**
 * Refusals and what an ACL did to a transaction: lines that begin with `H=`, `U=` or `F=`, and the older `rejected …` family.
 *
 * Source: src/smtp_in.c (smtp_handle_acl_fail(), RCPT discard, size checks), src/receive.c (size, local_scan, non-SMTP ACL).
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { host, parseHost, setClient, setRelay } from './host.ts';
import { codeAt, enhancedLength, setAnswer, setFailureText } from './reply.ts';
import type { Refused } from './refusal-words.ts';
import { refusedAt } from './refusal-words.ts';
import type { Line } from './line.ts';
import { begin, clientOf, finish } from './line.ts';
import { setRecipients } from './arrival.ts';
import {
  COLON,
  EQUALS,
  GREATER,
  LESS,
  QUOTE,
  SPACE,
  addressEnd,
  closingAngle,
  find,
  findByte,
  findFolded,
  hasAt,
  tokenEnd,
} from './scan.ts';

/** What the fields before the words said. */
const before = { sender: -1, senderEnd: -1, user: -1, userEnd: -1, tls: -1, tlsEnd: -1, isHost: false };

/** A line that begins with `H=`, `U=`, `F=` or ` DS H=`. False where it is not understood. */
export function parseHostLine(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  i = readFields(bytes, i, end);
  const temporary = hasAt(bytes, i, end, 'temporarily rejected ');
  if (temporary || hasAt(bytes, i, end, 'rejected ')) {
    const refused = refusedAt(bytes, i + (temporary ? 21 : 9), end);
    if (refused === undefined) return false;
    emitRefused(line, refused, i + (temporary ? 21 : 9), temporary);
    return true;
  }
  if (hasAt(bytes, i, end, 'RCPT ')) return emitDiscarded(line, i + 5);
  if (hasAt(bytes, i, end, 'incomplete transaction (')) return emitIncomplete(line, i + 24);
  if (hasAt(bytes, i, end, 'sender verify ')) return emitVerify(line, i + 14);
  if (hasAt(bytes, i, end, 'Warning: ') || hasAt(bytes, i, end, 'dropped by ')) {
    emitOther(line, i);
    return true;
  }
  if (line.id >= 0 && before.isHost && host.ip >= 0) return emitAttempt(line, i);
  return false;
}

/** Passes over `H=… I=… U=… X=… F=<…> A=… SPF=… `: the place of the first word that is no field. */
function readFields(bytes: Uint8Array, i: number, end: number): number {
  before.sender = before.user = before.tls = -1;
  before.isHost = false;
  host.name = host.helo = host.ip = host.port = -1;
  while (i < end) {
    const c = bytes[i] as number;
    if (c === SPACE) i++;
    else if (c === 0x48 && bytes[i + 1] === EQUALS && !before.isHost) {
      i = Math.max(parseHost(bytes, i + 2, end), i + 2);
      before.isHost = true;
    } else if (c === 0x46 && bytes[i + 1] === EQUALS) i = readSender(bytes, i + 2, end);
    else if (c === 0x44 && hasAt(bytes, i, end, 'DN="')) i = afterName(bytes, i + 4, end);
    else if (isField(bytes, i, end)) i = readValue(bytes, i, c, end);
    else return i;
  }
  return end;
}

/** `K=`, `Ci=`, `SPF=`, `DMARC=`, and the marks that stand alone between them. */
function isField(bytes: Uint8Array, i: number, end: number): boolean {
  if (hasAt(bytes, i, end, 'DS ') || hasAt(bytes, i, end, 'L ') || hasAt(bytes, i, end, 'TFO')) return true;
  for (let k = i; k < end && k - i < 12; k++) {
    const c = bytes[k] as number;
    if (c === EQUALS) return k > i;
    if (!((c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39))) return false;
  }
  return false;
}

function readValue(bytes: Uint8Array, i: number, letter: number, end: number): number {
  const stop = tokenEnd(bytes, i, end);
  if (bytes[i + 1] === EQUALS && letter === 0x58) {
    before.tls = i + 2;
    before.tlsEnd = bytes[stop - 1] === 0x2a ? stop - 1 : stop;
  } else if (bytes[i + 1] === EQUALS && letter === 0x41) {
    const colon = findByte(bytes, i + 2, stop, COLON);
    before.user = colon < 0 ? -1 : colon + 1;
    before.userEnd = stop;
  }
  return stop;
}

/** `F=<a@b>`, and without angles before `rejected by local_scan()`. */
function readSender(bytes: Uint8Array, i: number, end: number): number {
  if (bytes[i] !== LESS) {
    before.sender = i;
    before.senderEnd = tokenEnd(bytes, i, end);
    return before.senderEnd;
  }
  const close = closingAngle(bytes, i + 1, end);
  before.sender = i + 1;
  before.senderEnd = close < 0 ? end : close;
  return close < 0 ? end : close + 1;
}

function afterName(bytes: Uint8Array, i: number, end: number): number {
  const close = find(bytes, i, end, '" ');
  return close < 0 ? end : close + 1;
}

/** The client and the fields before the words, put into the event. */
function setBefore(event: LogEvent): void {
  setClient(event);
  if (before.sender >= 0) event.set(F.sender, before.sender, before.senderEnd);
  if (before.user >= 0) event.set(F.user, before.user, before.userEnd);
  if (before.tls >= 0) event.set(F.tls, before.tls, before.tlsEnd);
}

function emitRefused(line: Line, refused: Refused, words: number, temporary: boolean): void {
  const event = begin(line, refused.session === '' ? 'refusal' : 'session');
  const { bytes, end } = line.frame;
  setBefore(event);
  event.stage = refused.stage;
  let i = words + refused.words.length;
  if (refused.argument === 'recipient') i = readAddress(event, F.recipient, i, end);
  else if (refused.argument === 'sender') i = readAddress(event, F.sender, i, end);
  else if (refused.argument === 'helo') {
    const stop = addressEnd(bytes, i, end);
    if (!event.has(F.helo)) event.set(F.helo, i, stop);
    i = stop;
  }
  const text =
    refused.argument === 'none' || refused.argument === 'other' ? find(bytes, i, end, ': ') : textAfter(bytes, i, end);
  event.what = refused.session;
  event.final = refused.final;
  // the line tells client, sender and all: such a mail has no other first line
  event.active = refused.final;
  setVerdict(event, text < 0 ? end : text + 2, temporary ? 451 : refused.code, temporary);
  finish(line, event, refused.session === '');
}

function textAfter(bytes: Uint8Array, i: number, end: number): number {
  return hasAt(bytes, i, end, ': ') ? i : find(bytes, i, end, ': ');
}

/** The address at i, in <> or bare; cut off (the log shows 100 characters of a command) it is left out. */
function readAddress(event: LogEvent, field: 1 | 2, i: number, end: number): number {
  const bytes = event.frame.bytes;
  if (bytes[i] !== LESS) {
    const stop = addressEnd(bytes, i, end);
    event.set(field, i, stop);
    return stop;
  }
  const close = closingAngle(bytes, i + 1, end);
  if (close < 0) {
    const text = find(bytes, i, end, ': ');
    return text < 0 ? end : text;
  }
  event.set(field, i + 1, close);
  return close + 1;
}

/**
 * Outcome, code and reply. The ACL's message may begin with the code that was sent; else it is the daemon's documented one.
 * `fallback` 0: no fixed answer.
 */
export function setVerdict(event: LogEvent, text: number, fallback: number, temporary: boolean): void {
  const { bytes, end } = event.frame;
  event.outcome = temporary ? 'tempfailed' : 'rejected';
  const told = codeAt(bytes, text, end);
  if (text < end) setAnswer(event, text, end);
  if (told >= 400 && temporary === told < 500) event.code = told;
  else {
    event.code = fallback;
    event.codeFromDaemon = fallback > 0;
    const n = enhancedLength(bytes, text, end);
    if (n > 0 && text < end) event.set(F.dsn, text, text + n);
    else event.mask &= ~(1 << F.dsn);
  }
  if (temporary && text < end && isGreylisting(bytes, text, end)) event.outcome = 'greylisted';
}

function isGreylisting(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    findFolded(bytes, a, b, 'greylist') >= 0 ||
    findFolded(bytes, a, b, 'graylist') >= 0 ||
    findFolded(bytes, a, b, 'grey list') >= 0
  );
}

/** `RCPT <bob@example.org>: discarded by RCPT ACL: unwanted`: accepted towards the client and dropped (smtp_in.c). */
function emitDiscarded(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'act');
  setBefore(event);
  i = readAddress(event, F.recipient, i, end);
  const at = find(bytes, i, end, ': discarded by ');
  if (at < 0) return false;
  event.action = 'discarded';
  event.stage = 'RCPT';
  const text = find(bytes, at + 15, end, ' ACL: ');
  if (text >= 0) event.set(F.reason, text + 6, end);
  finish(line, event, true);
  return true;
}

/** `incomplete transaction (RSET) from <a@b> for c@d e@f`: the recipients that had been accepted, and nobody sent the mail. */
function emitIncomplete(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const close = findByte(bytes, i, end, 0x29);
  if (close < 0) return false;
  const event = begin(line, 'session');
  setBefore(event);
  event.what = 'lost';
  event.active = true;
  event.stage = hasAt(bytes, i, end, 'RSET') ? 'RSET' : hasAt(bytes, i, end, 'QUIT') ? 'QUIT' : '';
  let at = close + 1;
  if (hasAt(bytes, at, end, ' from <')) at = readAddress(event, F.sender, at + 6, end);
  if (hasAt(bytes, at, end, ' for ')) setRecipients(event, bytes, at + 5, end);
  finish(line, event, false);
  return true;
}

/** `sender verify fail for <a@b>: Unrouteable address`: comes before the refusal that it explains. */
function emitVerify(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const open = findByte(bytes, i, end, LESS);
  if (open < 0) return false;
  const event = begin(line, 'session');
  setBefore(event);
  event.what = 'other';
  const at = readAddress(event, F.sender, open, end);
  if (hasAt(bytes, at, end, ': ')) setFailureText(event, at + 2, end);
  event.stage = ''; // the call-out's, not the client's
  finish(line, event, true);
  return true;
}

function emitOther(line: Line, text: number): void {
  const event = begin(line, line.id >= 0 ? 'mention' : 'session');
  setBefore(event);
  if (line.id < 0) event.what = 'other';
  event.set(F.reason, text, line.frame.end);
  finish(line, event, false);
}

/** `H=mx.example.org [192.0.2.25]: SMTP error …` with a queue id: one server of several (transports/smtp.c write_logs()). */
function emitAttempt(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const event = begin(line, 'attempt');
  setRelay(event);
  if (bytes[i] === COLON) i += 2;
  if (i < end) setFailureText(event, i, end);
  finish(line, event, false);
  return true;
}

/** `rejected MAIL FROM:<…>`, `rejected from <…>`, `rejected HELO from …`, `rejected "…" from …`: i stands after `rejected `. */
export function parseRejectedLine(line: Line, i: number, temporary: boolean): boolean {
  const { bytes, end } = line.frame;
  if (hasAt(bytes, i, end, 'MAIL FROM:<') || hasAt(bytes, i, end, 'from <')) return emitTooBig(line, i);
  const event = begin(line, 'refusal');
  let code = temporary ? 451 : 550;
  if (hasAt(bytes, i, end, 'MAIL ')) {
    event.stage = 'MAIL';
    code = hasAt(bytes, i, end, 'MAIL command') ? 421 : 503;
    temporary = code === 421;
    clientOf(event, hasAt(bytes, i, end, 'MAIL command ') ? i + 13 : i + 10, end);
  } else {
    const from = find(bytes, i, end, ' from ');
    if (from < 0) return false;
    const quoted = bytes[i] === QUOTE;
    event.stage = 'HELO';
    if (!quoted) code = 501;
    clientOf(event, from + 6, end);
  }
  const text = find(bytes, Math.max(i, host.ipEnd), end, ': ');
  setVerdict(event, text < 0 ? end : text + 2, code, temporary);
  finish(line, event, true);
  return true;
}

/** `rejected MAIL FROM:<a@b> H=…: message too big: size=…` and, after the data, `rejected from <a@b> H=…: message too big: read=…`. */
function emitTooBig(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  const atMail = bytes[i] === 0x4d;
  const event = begin(line, 'refusal');
  event.stage = atMail ? 'MAIL' : 'END-OF-MESSAGE';
  event.final = !atMail;
  event.active = !atMail;
  i = readAddress(event, F.sender, atMail ? i + 10 : i + 5, end);
  while (bytes[i] === SPACE && i < end) i++;
  if (hasAt(bytes, i, end, 'H=')) i = clientOf(event, i + 2, end);
  const text = find(bytes, i, end, ': ');
  const at = text < 0 ? end : text + 2;
  setVerdict(event, at, hasAt(bytes, at, end, 'Too many "Received"') ? 550 : 552, false);
  finish(line, event, true);
  return true;
}

/** `PRDR R=<bob@example.org> refusal`: the recipients answer one by one after the data (receive.c). */
export function parsePrdr(line: Line, i: number): boolean {
  const { bytes, end } = line.frame;
  if (!hasAt(bytes, i, end, 'R=<')) return false;
  const close = closingAngle(bytes, i + 3, end);
  if (close < 0 || bytes[close] !== GREATER) return false;
  const temporary = hasAt(bytes, close, end, '> temporary refusal');
  const refusal = temporary || hasAt(bytes, close, end, '> refusal');
  const event = begin(line, refusal ? 'refusal' : 'mention');
  if (refusal) {
    event.stage = 'END-OF-MESSAGE';
    event.set(F.recipient, i + 3, close);
    setVerdict(event, end, temporary ? 450 : 550, temporary);
  }
  finish(line, event, false);
  return true;
}
