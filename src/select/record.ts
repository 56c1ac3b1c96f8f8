/**
 * What one event says of how mails hang together: ids, sessions, addresses. Kept of lines that matter, while the lines of
 * a search are gathered.
 */
import { splitAddresses } from '../correlate/hop-facts.ts';
import { filterNoticeOf } from '../model/filter-notice.ts';
import { idBehind, LONG_ID } from '../model/remote-id.ts';
import { F, type LogEvent } from '../model/log-event.ts';

export interface Rec {
  /** index of the file, and the line in it */
  readonly file: number;
  readonly line: number;
  /** of the line in the file, bytes */
  readonly offset: number;
  readonly kind: LogEvent['kind'];
  readonly host: string;
  readonly at: number;
  readonly outcome: LogEvent['outcome'];
  readonly how: LogEvent['how'];
  readonly what: string;
  readonly origin: LogEvent['origin'];
  readonly code: number;
  readonly final: boolean;
  readonly active: boolean;
  /** a raw line that the search itself looks for (or one of its entry is) */
  hit: boolean;
  readonly id: string | undefined;
  readonly remote: string | undefined;
  readonly other: string | undefined;
  readonly mid: string | undefined;
  /** key of the session that the line belongs to; `pid` where a process writes it */
  readonly session: string | undefined;
  readonly pid: number;
  /** the word by which the session's lines are found: its own id, or the process */
  readonly sessionWord: string | undefined;
  /** a filter's or delivery program's own id of the mail, as its lines and the server's answers name it */
  readonly filter: string | undefined;
  /** a filter's lasting name of the mail; of a notice that it wrote, the name of that mail */
  readonly mailId: string | undefined;
  readonly ip: string | undefined;
  readonly sender: string | undefined;
  /** lower case; typed ones too */
  readonly recipients: readonly string[];
  /** of refusals, and of deliveries that were refused */
  readonly reply: string | undefined;
  readonly relay: string | undefined;
  readonly port: number;
  /** a filter named the first client */
  readonly forwarded: boolean;
}

/** Whether the correlator takes the event to a session (apply-session.ts, apply-policy.ts). */
function isOfSession(ev: LogEvent): boolean {
  const isKeyed = ev.frame.pid >= 0 || ev.has(F.sessionId);
  switch (ev.kind) {
    case 'connect':
      return isKeyed && ev.what !== 'daemon';
    case 'disconnect':
      return isKeyed;
    case 'session':
      return isKeyed || ev.has(F.clientIp);
    case 'arrival':
      return ev.origin === 'smtp' || !ev.has(F.queueId);
    case 'proxy':
      return true;
    case 'refusal':
    case 'act':
      return !ev.has(F.queueId);
    default:
      return false;
  }
}

const low = (text: string | undefined): string | undefined => text?.toLowerCase();

const NONE: readonly string[] = [];

export function recordOf(ev: LogEvent, file: number, line: number, hit: boolean): Rec {
  const { frame } = ev;
  const id = ev.text(F.queueId);
  return {
    file,
    line,
    offset: frame.offset,
    kind: ev.kind,
    host: frame.host ?? '',
    at: frame.at,
    outcome: ev.outcome,
    how: ev.how,
    what: ev.what,
    origin: ev.origin,
    code: ev.code,
    final: ev.final,
    active: ev.active,
    hit,
    id,
    remote: ev.text(F.remoteId),
    other: ev.text(F.otherId) ?? behindOf(ev),
    mid: ev.text(F.messageId) || undefined,
    session: isOfSession(ev) ? sessionKey(ev) : undefined,
    pid: frame.pid,
    sessionWord: sessionWord(ev),
    filter: ev.text(F.filterId) || undefined,
    mailId: mailIdOf(ev),
    ip: ev.text(F.clientIp),
    sender: low(ev.text(F.sender)),
    recipients: recipientsOf(ev),
    reply: ev.code >= 400 || ev.kind === 'refusal' ? ev.text(F.reply) : undefined,
    relay: ev.text(F.relayIp) ?? ev.text(F.relayName),
    port: ev.port,
    forwarded: ev.has(F.origClientIp),
  };
}

/** Of a clean mail nothing is written. */
function mailIdOf(ev: LogEvent): string | undefined {
  if (ev.kind === 'verdict') return ev.what === 'clean' ? undefined : ev.text(F.mailId);
  return filterNoticeOf(ev.text(F.messageId) ?? '')?.mailId;
}

/** Of an answer that names two ids the other one. */
function behindOf(ev: LogEvent): string | undefined {
  const id = ev.text(F.remoteId);
  return id === undefined || id.length < LONG_ID ? undefined : idBehind(id, ev.text(F.reply) ?? '');
}

/** Undefined where the client's address is what tells the session. */
function sessionWord(ev: LogEvent): string | undefined {
  const id = ev.text(F.sessionId);
  if (id !== undefined && /^[0-9A-Za-z-]{8,64}$/.test(id)) return id;
  const { pid } = ev.frame;
  return pid >= 0 && (ev.port < 0 || !ev.has(F.clientIp) || ev.isEmpty(F.clientIp)) ? String(pid) : undefined;
}

/** As the correlator's Tracker.sessionKey and, without a pid, apply-session.ts. */
function sessionKey(ev: LogEvent): string {
  const { frame } = ev;
  const place = `${frame.host?.toLowerCase() ?? ''}\n${ev.system}\n${ev.instance}\n`;
  const ip = ev.text(F.clientIp) ?? '';
  if (ev.has(F.sessionId) && ev.port < 0) return `${place}${frame.pid} ${ev.text(F.sessionId)}`;
  if (frame.pid >= 0) return ev.port >= 0 ? `${place}${frame.pid} ${ip}:${ev.port}` : `${place}${frame.pid}`;
  const sender = (ev.text(F.sender) ?? '').toLowerCase();
  return `${place}- ${ip} ${ev.text(F.helo) ?? ev.text(F.clientName) ?? ''} ${sender}`;
}

function recipientsOf(ev: LogEvent): readonly string[] {
  if (!ev.has(F.recipient) && !ev.has(F.origRecipient) && !ev.has(F.recipients)) return NONE;
  const out: string[] = [];
  for (const text of [ev.text(F.recipient), ev.text(F.origRecipient)])
    if (text !== undefined && text !== '') out.push(text.toLowerCase());
  for (const address of splitAddresses(ev.text(F.recipients) ?? '')) out.push(address.toLowerCase());
  return out;
}
