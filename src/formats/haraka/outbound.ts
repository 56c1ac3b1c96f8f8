/**
 * Lines of mail on its way out of Haraka's own queue. They name the transaction (`UUID.1.2`: its second part), a part's domain, and
 * a recipient only where the next server refused it.
 * Shapes: `delivered file=… domain=example.org host=mx ip=… port=25 mode=SMTP tls=Y auth=N response="…" delay=1.2 fails=0 rcpts=1/0/0`;
 *         `recipient <b> deferred: 450 4.2.0 text`, `recipient <b> rejected: 550 5.1.1 text`;
 *         INFO only: `Temp failing FILE for 64 seconds: text`, `bouncing mail: text`, `Created transaction: UUID`.
 * Source: Haraka outbound/hmail.js delivered(), deferred_respond(), bounce(), outbound/index.js send_email().
 */
import { F, type LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { pathIn } from './inbound.ts';
import type { Line } from './line.ts';
import type { Mail, Mails, Recipient } from './mails.ts';

/** The line names the mail and adds nothing. */
export function mention(line: Line): ParseResult {
  const event = line.start('mention');
  event.setText(F.queueId, line.mail);
  line.emit(event);
  return 'event';
}

export function readDelivered(line: Line, mails: Mails): ParseResult {
  const mail = mails.get(line.mail);
  const domain = line.value('domain') ?? '';
  if (mail === undefined || domain === '') return mention(line);
  const [ok = -1, deferred = -1, bounced = -1] = (line.value('rcpts') ?? '').split('/').map(Number);
  const waiting = mail.waitingAt(domain);
  const refused = deferred + bounced > 0;
  const sent = refused ? waiting.filter((one) => !one.failing) : waiting;
  for (const one of waiting) one.failing = false;
  // a plugin has changed the recipients, or the log begins after some of them: the line does not tell whom
  if (sent.length === 0 || (ok >= 0 && sent.length !== ok)) return mention(line);
  for (const one of sent) {
    one.done = true;
    emitSent(line, one);
  }
  mails.settle(line.mail, mail);
  return 'event';
}

function emitSent(line: Line, one: Recipient): void {
  const event = deliveryOf(line, one);
  event.outcome = 'sent';
  event.how = line.value('mode') === 'LMTP' ? 'mailbox' : 'remote';
  const host = line.value('host') ?? '';
  const ip = line.value('ip') ?? '';
  if (host !== '' && host !== ip) event.setText(F.relayName, host);
  if (ip !== '') event.setText(/^[\d.]+$|:/.test(ip) ? F.relayIp : F.relayName, ip);
  event.port = line.number('port');
  const delay = line.number('delay');
  if (delay >= 0) event.delayMs = Math.round(delay * 1000);
  const response = line.value('response') ?? '';
  event.setText(F.reply, response);
  const bytes = Buffer.from(response);
  if (findRemoteId(bytes, 0, bytes.length))
    event.setText(F.remoteId, bytes.toString('utf8', remoteId.start, remoteId.end));
  line.emit(event);
}

/** `recipient <b> deferred: …`: the next server refused this one. */
export function readRefused(line: Line, mails: Mails): ParseResult {
  const path = pathIn(line.words);
  if (path === undefined) return 'unknown';
  const match = /^<[^]*?> (deferred|rejected): ([^]*)$/.exec(line.words.slice('recipient '.length));
  if (match === null) return 'unknown';
  const folded = path.address.toLowerCase();
  const mail = mails.get(line.mail);
  const known = mail?.recipients.find((one) => !one.done && one.address.toLowerCase() === folded);
  const one = known ?? { address: path.address, domain: '', done: false, failing: false };
  const isFinal = match[1] === 'rejected';
  one.failing = !isFinal;
  one.done = isFinal;
  // the mail stays known: `bouncing mail` follows
  fail(line, one, isFinal ? 'bounced' : 'deferred', match[2] as string);
  return 'event';
}

const TEMPORARY = /^Temp failing \S+ for [\d.]+ seconds: ([^]*)$/;
const BOUNCING = /^bouncing mail: ([^]*)$/;
const EXPIRED = /^Too many failures \(([^]*)\)$/;
/** what the recipients' own lines have told already */
const TOLD = /^Some recipients (?:temp )?failed: /;

export function readTemporary(line: Line, mails: Mails): ParseResult {
  const text = TEMPORARY.exec(line.words)?.[1];
  return text === undefined ? mention(line) : failPart(line, mails, 'deferred', text);
}

export function readBouncing(line: Line, mails: Mails): ParseResult {
  const text = BOUNCING.exec(line.words)?.[1];
  if (text === undefined) return mention(line);
  mails.bounces(line.mail);
  const inner = EXPIRED.exec(text)?.[1];
  return inner === undefined ? failPart(line, mails, 'bounced', text) : failPart(line, mails, 'expired', inner);
}

/** All of one part that still wait. */
function failPart(line: Line, mails: Mails, outcome: 'deferred' | 'bounced' | 'expired', text: string): ParseResult {
  const mail = mails.get(line.mail);
  const waiting = mail === undefined ? [] : partOf(line, mail);
  const isTold = TOLD.test(text);
  let n = 0;
  for (const one of waiting) {
    one.failing = false;
    // the recipients' own lines have told it with the server's answer; giving up is new
    if (isTold && outcome !== 'expired') continue;
    if (isTold && !text.includes(one.address)) continue;
    one.done = outcome !== 'deferred';
    fail(line, one, outcome, isTold ? '' : text);
    n++;
  }
  if (mail !== undefined) mails.settle(line.mail, mail);
  return n > 0 ? 'event' : mention(line);
}

function partOf(line: Line, mail: Mail): Recipient[] {
  const { part } = line;
  const domain = part === 0 ? undefined : mail.domainOf(part);
  return domain === undefined ? mail.recipients.filter((one) => !one.done) : mail.waitingAt(domain);
}

function fail(line: Line, one: Recipient, outcome: 'deferred' | 'bounced' | 'expired', text: string): void {
  const event = deliveryOf(line, one);
  event.outcome = outcome;
  if (text !== '') event.setText(F.reply, text);
  const match = /^(?:Upstream error: )?([245]\d\d) (?:([245]\.\d{1,3}\.\d{1,3}) )?/.exec(text);
  if (match !== null) {
    event.code = Number(match[1]);
    if (match[2] !== undefined) event.setText(F.dsn, match[2]);
  }
  line.emit(event);
}

function deliveryOf(line: Line, one: Recipient): LogEvent {
  const event = line.start('delivery');
  event.setText(F.queueId, line.mail);
  event.setText(F.recipient, one.address);
  return event;
}

/**
 * A notice to the sender: a mail of its own, from nobody; its first and only part is `UUID.1`. Haraka 3 writes the line without
 * the id of the mail that bounces: it is that of the one `bouncing mail` line before, where there is one.
 */
export function readCreated(line: Line, mails: Mails): ParseResult {
  const id = /^Created transaction: ([\dA-F-]{36})$/i.exec(line.words)?.[1];
  if (id === undefined) return line.mail === '' ? 'ignored' : mention(line);
  const bouncing = line.mail === '' ? mails.takeBouncing() : line.mail;
  const sender = bouncing === undefined ? undefined : mails.senderOf(bouncing);
  if (bouncing !== undefined) {
    const notice = line.start('notify');
    notice.setText(F.queueId, bouncing);
    notice.setText(F.otherId, `${id}.1`);
    notice.what = 'bounce';
    line.emit(notice);
  } else if (line.mail === '') return 'ignored';
  const event = line.start('arrival');
  event.setText(F.queueId, `${id}.1`);
  event.origin = 'internal';
  event.active = true;
  event.setText(F.sender, '');
  if (sender !== undefined && sender !== '') event.setText(F.recipients, sender);
  line.emit(event);
  const mail = mails.open(`${id}.1`, '');
  mail.told = true;
  if (sender !== undefined && sender !== '') mails.add(mail, sender);
  return 'event';
}
