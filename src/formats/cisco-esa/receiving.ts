/**
 * Lines of a connection from outside (ICID), and of a mail that comes in it.
 * Shapes: `New SMTP ICID 5 interface Management (10.1.1.1) address 192.0.2.7 reverse dns host mx.example.net verified yes`;
 *         `ICID 5 REJECT SG BLACKLIST match sbrs[-10.0:-2.0] SBRS -9.9`; `ICID 5 close`, `lost`, `TLS success protocol … cipher …`;
 *         `Start MID 6 ICID 5`; `MID 6 ICID 5 From: <a>`, `… RID 0 To: <b>`, `… To: <c> Rejected by RAT`.
 * Source: README.md.
 */
import { F, type LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { lit } from '../postfix/bytes.ts';
import { closingAngle } from '../values.ts';
import type { Client, Context, Mail } from './context.ts';
import type { Line } from './line.ts';

const ADDRESS = lit(' address ');
const REVERSE = lit(' reverse dns host ');
const VERIFIED = lit(' verified ');
const PORT = lit(' port ');
const ICID = lit(' ICID ');
const RID = lit(' RID ');
const TO = lit(' To: <');
const FROM = lit(' From: <');
const CLOSE = lit('close');
const LOST = lit('lost');
const TLS = lit('TLS success protocol ');
const REJECT = lit('REJECT ');
const RELAY = lit('RELAY SG ');
const TCPREFUSE = lit('TCPREFUSE ');
const FAILED = lit('Receiving Failed: ');
const SENDER = lit('Address: <');
const GREATER = 0x3e;

/** `New SMTP ICID `, of which this is the rest. */
export function readConnect(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const icid = line.id();
  const event = line.start('connect');
  event.set(F.sessionId, line.from, line.to);
  const address = line.find(ADDRESS);
  if (address < 0) return line.done();
  line.a = address + ADDRESS.length;
  const reverse = line.find(REVERSE);
  event.set(F.clientIp, line.a, reverse < 0 ? line.b : reverse);
  if (reverse >= 0) {
    line.a = reverse + REVERSE.length;
    const verified = line.find(VERIFIED);
    const host = line.text(line.a, verified < 0 ? line.b : verified).trim();
    if (host !== '' && host !== 'unknown') event.setText(F.clientName, host);
  }
  context.keepClient(icid, { ip: event.text(F.clientIp), name: event.text(F.clientName), mail: undefined });
  return line.done();
}

/** `New SMTP DCID `: no mail yet. */
export function readRelay(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const dcid = line.id();
  const address = line.find(ADDRESS);
  if (address < 0) return 'unknown';
  line.a = address + ADDRESS.length;
  const at = line.find(PORT);
  const ip = line.text(line.a, at < 0 ? line.b : at);
  line.a = at < 0 ? line.b : at + PORT.length;
  context.keepRelay(dcid, { ip, port: line.number() });
  return 'ignored';
}

/** `ICID `: what was done with the connection. */
export function readIcid(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const [from, to] = [line.from, line.to];
  const icid = line.id();
  const client = context.clients.get(icid);
  line.a++;
  if (line.word(TCPREFUSE)) return 'ignored';
  if (line.a + CLOSE.length === line.b && line.word(CLOSE)) {
    line.start('disconnect').set(F.sessionId, from, to);
    context.clients.delete(icid);
    return line.done();
  }
  if (line.word(REJECT)) return refuseConnection(line, from, to, client);
  if (line.word(FAILED)) return readFailed(line, from, to, client, context);
  if (line.word(SENDER)) return readSender(line, from, to, client);
  const event = line.start('session');
  event.set(F.sessionId, from, to);
  event.what = 'other';
  if (line.word(TLS)) {
    event.what = 'tls';
    event.setText(F.tls, line.rest().replace(' cipher ', ' with cipher '));
  } else if (line.word(RELAY)) event.what = 'own';
  else if (line.a + LOST.length === line.b && line.word(LOST)) event.what = 'lost';
  return line.done();
}

function refusal(line: Line, from: number, to: number, stage: string, client: Client | undefined): LogEvent {
  const event = line.start('refusal');
  event.set(F.sessionId, from, to);
  event.stage = stage;
  event.outcome = 'rejected';
  if (client?.ip !== undefined) event.setText(F.clientIp, client.ip);
  if (client?.name !== undefined) event.setText(F.clientName, client.name);
  return event;
}

/** The sender group's policy refuses the connection: for its reputation (`sbrs[…]`), a list (`dnslist[…]`), its name. */
function refuseConnection(line: Line, from: number, to: number, client: Client | undefined): ParseResult {
  const event = refusal(line, from, to, 'CONNECT', client);
  event.final = true;
  event.set(F.reply, line.a - REJECT.length, line.b);
  return line.done();
}

/** `Address: <a> sender rejected, envelope sender domain does not exist`; `… sender allowed, …`. */
function readSender(line: Line, from: number, to: number, client: Client | undefined): ParseResult {
  const end = closingAngle(line.bytes, line.a, line.b);
  const text = end < 0 ? '' : line.text(Math.min(end + 2, line.b), line.b);
  if (!text.startsWith('sender rejected')) {
    const event = line.start('session');
    event.set(F.sessionId, from, to);
    event.what = 'other';
    return line.done();
  }
  const event = refusal(line, from, to, 'MAIL', client);
  event.final = true;
  event.set(F.sender, line.a, end);
  event.setText(F.reply, text);
  return line.done();
}

/** Why a mail that was coming was not taken; the line names the connection alone. */
function readFailed(line: Line, from: number, to: number, client: Client | undefined, context: Context): ParseResult {
  const mail = client?.mail === undefined ? undefined : context.mail(client.mail);
  const text = line.rest();
  const isMails = text === 'Message size exceeds limit' || text === 'Message loop';
  if (mail === undefined || mail.isReady || !isMails) {
    const event = line.start('session');
    event.set(F.sessionId, from, to);
    event.what = 'errors';
    event.setText(F.reply, text);
    return line.done();
  }
  const event = refusal(line, from, to, 'END-OF-MESSAGE', client);
  event.final = true;
  event.setText(F.queueId, mail.id);
  event.setText(F.reply, text);
  if (mail.sender !== undefined) event.setText(F.sender, mail.sender);
  setRecipients(event, mail);
  return line.done();
}

/** `Start MID `; ICID 0: no connection, the system wrote it or goes on with another. */
export function readStart(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const id = line.id();
  if (!line.word(ICID)) return 'unknown';
  const n = line.number();
  if (n < 0) return 'unknown';
  const icid = line.id();
  // the line that says where it comes from may stand before its own first one
  if (context.mail(id)?.from !== undefined) return line.mention(id);
  context.open(id, true);
  const event = line.about('arrival', id);
  if (n === 0) {
    event.origin = 'internal';
    return line.done();
  }
  event.origin = 'smtp';
  event.setText(F.sessionId, icid);
  const client = context.clients.get(icid);
  if (client !== undefined) client.mail = id;
  return line.done();
}

/** `MID 6 ICID `, of which this is the rest. */
export function readEnvelope(line: Line, context: Context, id: string): ParseResult {
  const n = line.number();
  if (n < 0) return 'unknown';
  const icid = line.id();
  const mail = context.mail(id) ?? begin(line, context, id, n);
  if (line.word(FROM)) return readFrom(line, mail);
  if (line.word(RID)) {
    const rid = line.number();
    return rid < 0 || !line.word(TO) ? 'unknown' : readTo(line, context, mail, rid);
  }
  if (line.word(TO)) return refuseRecipient(line, mail, icid, context.clients.get(icid));
  return line.mention(id);
}

/** The first line of a mail that was not begun: the log begins here, or the system goes on with another. */
function begin(line: Line, context: Context, id: string, icid: number): Mail {
  const mail = context.open(id, false);
  if (icid === 0) {
    line.about('arrival', id).origin = 'internal';
    line.done();
  }
  return mail;
}

function readFrom(line: Line, mail: Mail): ParseResult {
  const event = line.about('facts', mail.id);
  const end = lastAngle(line);
  event.set(F.sender, line.a, end);
  mail.sender = event.text(F.sender);
  return line.done();
}

function readTo(line: Line, context: Context, mail: Mail, rid: number): ParseResult {
  const end = lastAngle(line);
  const address = line.text(line.a, end);
  context.addRecipient(mail, rid, address);
  const event = line.about('facts', mail.id);
  event.setText(F.recipient, address);
  line.done();
  return tellOrigin(line, mail, address);
}

/** Of a mail that goes on from another one: its recipient is new there. */
export function tellOrigin(line: Line, mail: Mail, address: string): ParseResult {
  const { from } = mail;
  if (from === undefined) return 'event';
  const action = from.by.startsWith('bcc') ? 'copied' : from.by.includes('alt-rcpt') ? 'redirected' : '';
  if (action === '') return 'event';
  const event = line.about('act', from.mail.id);
  event.action = action;
  event.setText(F.target, address);
  event.setText(F.reason, from.by);
  return line.done();
}

/** `Rejected by RAT`, `by LDAPACCEPT`: nobody there; `by Injection Control`, `by Receiving Control`: too many for now (452). */
function refuseRecipient(line: Line, mail: Mail, icid: string, client: Client | undefined): ParseResult {
  const end = closingAngle(line.bytes, line.a, line.b);
  if (end < 0) return line.mention(mail.id);
  const text = line.text(Math.min(end + 2, line.b), line.b);
  const event = line.about('refusal', mail.id);
  event.setText(F.sessionId, icid);
  event.stage = 'RCPT';
  event.outcome = /^Rejected by (?:Injection|Receiving) Control/.test(text) ? 'tempfailed' : 'rejected';
  event.set(F.recipient, line.a, end);
  if (mail.sender !== undefined) event.setText(F.sender, mail.sender);
  if (text !== '') event.setText(F.reply, text);
  if (client?.ip !== undefined) event.setText(F.clientIp, client.ip);
  if (client?.name !== undefined) event.setText(F.clientName, client.name);
  return line.done();
}

export function setRecipients(event: LogEvent, mail: Mail): void {
  if (!mail.isWhole || mail.recipients.size === 0) return;
  event.setText(F.recipients, [...mail.recipients.values()].map((address) => `<${address}>`).join(', '));
  event.nrcpt = mail.recipients.size;
}

/** The `>` that ends the line; its end where that is cut off. */
function lastAngle(line: Line): number {
  return line.b > line.a && line.bytes[line.b - 1] === GREATER ? line.b - 1 : line.b;
}
