/**
 * Lines of deliveries: they name a mail by MID and its recipients by RID.
 * Shapes: `Delivery start DCID 8 MID 6 to RID [0, 1]`; `Message done DCID 8 MID 6 to RID [0, 1] [('from', '…')]`, behind it
 *         `MID 6 RID [0, 1] Response '2.6.0 queued'`; `Bounced: DCID 3 MID 4 to RID 0 - 5.1.0 - Unknown address error ('550', ['…']) []`,
 *         `Delayed: …` alike; since 8 also `… MID 4 From: <a> To: <b> RID 0 - …`; before 3.8 `DCID: 3 Message 4 to 0`.
 *         `LDAP: Bounce query NAME MID 7 RID 2 address b`, `LDAP: Drop query …`.
 * Source: README.md.
 */
import { F, type LogEvent } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { findRemoteId, remoteId } from '../../model/remote-id.ts';
import { lit } from '../postfix/bytes.ts';
import type { Context, Mail } from './context.ts';
import type { Line } from './line.ts';
import { readAnswer, unquoted } from './python.ts';

const MID = lit(' MID ');
const OPEN = lit('[');
const RESPONSE = lit('] Response ');
const COMMA = 0x2c;
const SPACE = 0x20;
const MOST_RIDS = 10_000;
/** Enhanced code, and what follows it. */
const DSN = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;
const FAILURE =
  /^:? (\d{1,15}) (?:MID|Message) (\d{1,15}) (?:From: ?<(.*?)> To: ?<(.*?)> RID|to RID|to) \[?(\d{1,9})\]? - ([245]\.\d{1,3}\.\d{1,3}) - (.*)$/s;
/** bounce profile: retries are used up */
const EXPIRED = '5.4.7';
const LDAP = /^(Bounce|Drop) query \S+ MID (\d{1,15}) RID (\d{1,9}) address (\S+)$/;

/** `Delivery start DCID ` */
export function readDeliveryStart(line: Line): ParseResult {
  if (line.number() < 0 || !line.word(MID) || line.number() < 0) return 'unknown';
  return line.mention(line.id());
}

/** `Message done DCID ` */
export function readMessageDone(line: Line, context: Context): ParseResult {
  if (line.number() < 0) return 'unknown';
  const relay = context.relays.get(line.id());
  if (!line.word(MID) || line.number() < 0) return 'unknown';
  const id = line.id();
  const mail = context.mail(id);
  const rids = ridsOf(line);
  let told = 0;
  for (const rid of rids) {
    const address = mail?.recipients.get(rid);
    if (address === undefined) continue;
    const event = deliveryOf(line, id, address);
    event.outcome = 'sent';
    event.how = 'remote';
    if (relay !== undefined) {
      event.setText(F.relayIp, relay.ip);
      event.port = relay.port;
    }
    line.done();
    told++;
  }
  return told > 0 ? 'event' : line.mention(id);
}

/** `RID [0, 1] Response '…'` of a mail */
export function readResponse(line: Line, mail: Mail | undefined, id: string): ParseResult {
  const rids = ridsOf(line);
  const at = line.find(RESPONSE);
  line.mention(id);
  if (at < 0 || mail === undefined) return 'event';
  const text = unquoted(line.text(at + RESPONSE.length, line.b));
  const bytes = Buffer.from(text);
  const next = findRemoteId(bytes, 0, bytes.length) ? bytes.toString('utf8', remoteId.start, remoteId.end) : undefined;
  const dsn = DSN.exec(text)?.[1];
  for (const rid of rids) {
    const address = mail.recipients.get(rid);
    if (address === undefined) continue;
    const event = deliveryOf(line, id, address);
    event.what = 'answer';
    event.outcome = 'sent';
    event.setText(F.reply, text);
    if (dsn !== undefined) event.setText(F.dsn, dsn);
    if (next !== undefined) event.setText(F.remoteId, next);
    line.done();
  }
  return 'event';
}

/** `Bounced: DCID`, `Delayed: DCID` */
export function readFailure(line: Line, context: Context, isFinal: boolean): ParseResult {
  const found = FAILURE.exec(line.rest());
  if (found === null) return 'unknown';
  const [, dcid = '', id = '', sender, named, rid = '', status = '', text = ''] = found;
  const address = named ?? context.mail(id)?.recipients.get(Number(rid));
  if (address === undefined) return line.mention(id);
  const event = deliveryOf(line, id, address);
  if (sender !== undefined) event.setText(F.sender, sender);
  event.outcome = !isFinal ? 'deferred' : status === EXPIRED ? 'expired' : 'bounced';
  const relay = context.relays.get(dcid);
  if (relay !== undefined) {
    event.setText(F.relayIp, relay.ip);
    event.port = relay.port;
  }
  const open = text.indexOf(" ('");
  const answer = open < 0 ? undefined : readAnswer(text.slice(open + 1));
  const reason = open < 0 ? text : text.slice(0, open);
  setAnswer(event, answer?.code ?? 0, answer?.text ?? '', status, reason);
  return line.done();
}

/** The server's own words where one answered; else what AsyncOS says of it. */
function setAnswer(event: LogEvent, code: number, said: string, status: string, reason: string): void {
  event.code = code;
  event.setText(F.dsn, (code === 0 ? undefined : DSN.exec(said)?.[1]) ?? status);
  if (code !== 0) event.setText(F.reply, said === '' ? String(code) : `${code} ${said}`);
  else event.setText(F.reply, said === '' ? reason : `${reason} (${said})`);
}

/** `LDAP: `: an acceptance query that is asked after the mail was taken. */
export function readLdap(line: Line): ParseResult {
  const found = LDAP.exec(line.rest());
  if (found === null) {
    const id = /\bMID (\d{1,15})\b/.exec(line.rest())?.[1];
    return id === undefined ? 'ignored' : line.mention(id);
  }
  const [, word, id = '', , address = ''] = found;
  const event = deliveryOf(line, id, address);
  event.outcome = word === 'Drop' ? 'discarded' : 'bounced';
  if (word === 'Drop') event.how = 'silent';
  event.setText(F.reply, `LDAP: ${line.rest()}`);
  return line.done();
}

function deliveryOf(line: Line, id: string, address: string): LogEvent {
  const event = line.about('delivery', id);
  event.setText(F.recipient, address);
  return event;
}

/** The numbers of the first list in brackets. */
function ridsOf(line: Line): number[] {
  const at = line.find(OPEN);
  const out: number[] = [];
  if (at < 0) return out;
  const { a } = line;
  line.a = at + 1;
  while (out.length < MOST_RIDS) {
    const n = line.number();
    if (n < 0) break;
    out.push(n);
    if (line.bytes[line.a] === COMMA) line.a++;
    if (line.bytes[line.a] === SPACE) line.a++;
    else if (line.bytes[line.a - 1] !== COMMA) break;
  }
  line.a = a;
  return out;
}
