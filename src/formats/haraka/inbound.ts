/**
 * Lines of a connection and its transactions (origin `core`).
 * Shapes: `connect ip=192.0.2.7 port=… local_ip=… local_port=…`; `sender <a> code=CONT msg=""`;
 *         `recipient <b> code=OK msg="" sender="a"`; `message mid="<m>" size=1 rcpts=1/0/0 delay=0.2 code=CONT msg=""`;
 *         `queue code=OK msg="Message Queued (UUID.1)"`; `disconnect ip=… rdns=… helo=… relay=N … rcpts=1/0/0 msgs=1/0/0 …`.
 * Source: Haraka connection.js setupClient(), mail_respond(), rcpt_respond(), rcpt_ok_respond(), data_post_respond(),
 *         queue_respond(), queue_outbound_respond(), queue_ok_respond(), disconnect_respond().
 */
import { F, type LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { saysGreylisting } from '../postfix/reply.ts';
import type { Line } from './line.ts';
import type { Mail, Mails } from './mails.ts';

export function readConnect(line: Line): ParseResult {
  const event = line.start('connect');
  event.setText(F.sessionId, line.session);
  setIf(event, F.clientIp, line.value('ip'));
  return done(line);
}

export function readDisconnect(line: Line, mails: Mails): ParseResult {
  if (line.mail !== '') endTransaction(line, mails, line.mail);
  const event = line.start('disconnect');
  event.setText(F.sessionId, line.session);
  setIf(event, F.clientIp, line.value('ip'));
  setIf(event, F.clientName, line.value('rdns'));
  return done(line);
}

export function readSender(line: Line, mails: Mails): ParseResult {
  const path = pathIn(line.words);
  if (path === undefined) return 'unknown';
  const before = previous(line.mail);
  if (before !== '') endTransaction(line, mails, before);
  const code = line.value('code', path.end) ?? '';
  if (isRefusal(code)) {
    const event = refuse(line, 'MAIL', code, line.value('msg', path.end) ?? '');
    event.setText(F.sender, path.address);
    event.final = true;
    return done(line);
  }
  mails.open(line.mail, path.address);
  return other(line);
}

export function readRecipient(line: Line, mails: Mails): ParseResult {
  const path = pathIn(line.words);
  if (path === undefined) return 'unknown';
  const code = line.value('code', path.end) ?? '';
  const sender = line.value('sender', path.end);
  const mail = mails.get(line.mail) ?? mails.open(line.mail, sender ?? '');
  if (isRefusal(code)) {
    const event = refuse(line, 'RCPT', code, line.value('msg', path.end) ?? '');
    event.setText(F.recipient, path.address);
    event.setText(F.sender, sender ?? mail.sender);
    return done(line);
  }
  mails.add(mail, path.address);
  return other(line);
}

/** The data has come: what is said from here on is said of a mail. */
export function readMessage(line: Line, mails: Mails): ParseResult {
  const mail = mails.get(line.mail);
  const from = 'message'.length;
  const code = line.value('code', from) ?? '';
  if (mail !== undefined) {
    mail.told = true;
    mail.accepted = firstOf(line.value('rcpts', from));
    mails.dropDoubles(mail);
  }
  const event = line.start('arrival');
  event.setText(F.queueId, line.mail);
  event.setText(F.sessionId, line.session);
  event.setText(F.messageId, withoutAngles(line.value('mid', from) ?? ''));
  event.origin = 'smtp';
  event.active = !isRefusal(code);
  event.size = line.number('size', from);
  describe(event, mail);
  if (!isRefusal(code)) return done(line);
  line.emit(event);
  refuse(line, 'END-OF-MESSAGE', code, line.value('msg', from) ?? '').setText(F.queueId, line.mail);
  event.final = true;
  describe(event, mail);
  mails.forget(line.mail);
  return done(line);
}

/** What became of the mail: it is in Haraka's own queue, a plugin has handed it on, or it is refused. */
export function readQueue(line: Line, mails: Mails): ParseResult {
  const from = 'queue'.length;
  const code = line.value('code', from) ?? '';
  const msg = line.value('msg', from) ?? '';
  const own = `(${line.mail})`;
  const mail = mails.get(line.mail);
  // connection.js queue_respond() puts the id behind every answer: without it the line is cut off
  const isWhole = msg.endsWith(own);
  const text = isWhole ? msg.slice(0, -own.length).trim() : msg;
  if (isRefusal(code) || (code === 'CONT' && text === '' && isWhole)) {
    const event = refuse(line, 'END-OF-MESSAGE', code === 'CONT' ? 'DENYSOFT' : code, text);
    // no plugin took it, and the answer stands in the source alone
    if (code === 'CONT') event.code = 451;
    event.setText(F.queueId, line.mail);
    event.final = true;
    describe(event, mail);
    mails.forget(line.mail);
    return done(line);
  }
  const isPlugins = mail?.discarding === true || !/^Message Queued$/i.test(text);
  if (code === 'OK' && mail !== undefined && mail.isSure && isWhole && isPlugins)
    return handOn(line, mails, mail, text);
  const event = line.start('mention');
  event.setText(F.queueId, line.mail);
  return done(line);
}

/** A queue plugin has taken all recipients; `text` is what the server behind it answered. */
function handOn(line: Line, mails: Mails, mail: Mail, text: string): ParseResult {
  const bytes = Buffer.from(text);
  const id = findRemoteId(bytes, 0, bytes.length) ? bytes.toString('utf8', remoteId.start, remoteId.end) : undefined;
  for (const one of mail.recipients) {
    const event = line.start('delivery');
    event.setText(F.queueId, line.mail);
    event.setText(F.recipient, one.address);
    event.outcome = mail.discarding ? 'discarded' : 'sent';
    event.how = mail.discarding ? 'blackhole' : mail.forwardedTo === '' && id === undefined ? 'unknown' : 'remote';
    if (!mail.discarding) {
      event.setText(F.reply, text);
      setIf(event, F.remoteId, id);
      setRelay(event, mail.forwardedTo);
    }
    line.emit(event);
  }
  mails.forget(line.mail);
  return 'event';
}

/** `plugins/queue/smtp_forward.js`: `forwarding to 192.0.2.25:25`. */
function setRelay(event: LogEvent, to: string): void {
  const colon = to.lastIndexOf(':');
  if (colon <= 0) return;
  const host = to.slice(0, colon).replace(/^\[|\]$/g, '');
  event.setText(/^[\d.]+$|:/.test(host) ? F.relayIp : F.relayName, host);
  const port = Number(to.slice(colon + 1));
  if (Number.isInteger(port) && port > 0 && port < 65_536) event.port = port;
}

/**
 * The transaction is over and no mail came of it. Recipients with code OK were refused with 550 where the session's counters
 * tell of none that was accepted (rcpt_respond(): no plugin spoke for them, and OK is logged); else the client gave up.
 */
function endTransaction(line: Line, mails: Mails, id: string): void {
  const mail = mails.get(id);
  if (mail === undefined || mail.told) return;
  mails.forget(id);
  const counters = line.words.startsWith('disconnect') ? firstOf(line.value('rcpts')) : -1;
  if (mail.recipients.length === 0) return;
  if (counters !== 0) {
    const event = line.start('session');
    event.setText(F.sessionId, line.session);
    event.what = 'lost';
    event.stage = 'DATA';
    event.setText(F.sender, mail.sender);
    event.setText(F.recipients, mail.recipients.map((one) => one.address).join(', '));
    line.emit(event);
    return;
  }
  for (const one of mail.recipients) {
    const event = refuse(line, 'RCPT', 'DENY', `I cannot deliver mail for <${one.address}>`);
    event.setText(F.recipient, one.address);
    event.setText(F.sender, mail.sender);
    line.emit(event);
  }
}

function refuse(line: Line, stage: string, code: string, msg: string): LogEvent {
  const event = line.start('refusal');
  event.setText(F.sessionId, line.session);
  event.stage = stage;
  const isTemporary = code.startsWith('DENYSOFT');
  event.outcome = isTemporary ? 'tempfailed' : 'rejected';
  event.code = isTemporary ? 450 : 550;
  event.codeFromDaemon = true;
  if (msg === '') return event;
  event.setText(F.reply, msg);
  const bytes = Buffer.from(msg);
  if (isTemporary && saysGreylisting(bytes, 0, bytes.length)) event.outcome = 'greylisted';
  return event;
}

function describe(event: LogEvent, mail: Mail | undefined): void {
  if (mail === undefined) return;
  event.setText(F.sender, mail.sender);
  if (!mail.isSure) return;
  event.setText(F.recipients, mail.recipients.map((one) => one.address).join(', '));
  if (event.kind === 'arrival') event.nrcpt = mail.recipients.length;
}

/** A line that belongs to the session and tells nothing of a mail yet. */
function other(line: Line): ParseResult {
  const event = line.start('session');
  event.setText(F.sessionId, line.session);
  event.what = 'other';
  return done(line);
}

function done(line: Line): ParseResult {
  line.emit(line.event);
  return 'event';
}

function setIf(event: LogEvent, field: Parameters<LogEvent['setText']>[0], text: string | undefined): void {
  if (text !== undefined && text !== '' && text !== 'Unknown') event.setText(field, text);
}

/** Constants that refuse (haraka-constants): DENY, DENYSOFT, DENYDISCONNECT, DENYSOFTDISCONNECT. */
function isRefusal(code: string): boolean {
  return code.startsWith('DENY');
}

/** `<address>` behind the first word of the line; `end` counts bytes. */
export function pathIn(words: string): { address: string; end: number } | undefined {
  const open = words.indexOf('<');
  if (open < 0 || open > 12) return undefined;
  let close = open + 1;
  // a quoted local part may hold anything
  if (words[close] === '"')
    for (close++; close < words.length && words[close] !== '"'; close++) if (words[close] === '\\') close++;
  close = words.indexOf('>', close);
  if (close < 0) return undefined;
  return { address: words.slice(open + 1, close), end: Buffer.byteLength(words.slice(0, close + 1)) };
}

/** `1/0/2`: accepted, deferred, refused. */
function firstOf(counters: string | undefined): number {
  const match = /^(\d{1,9})\//.exec(counters ?? '');
  return match === null ? -1 : Number(match[1]);
}

function withoutAngles(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('<') && trimmed.endsWith('>') ? trimmed.slice(1, -1) : trimmed;
}

/** Id of the transaction before this one of the same connection. */
function previous(id: string): string {
  const dot = id.lastIndexOf('.');
  const n = Number(id.slice(dot + 1));
  return Number.isInteger(n) && n > 1 ? `${id.slice(0, dot)}.${n - 1}` : '';
}
