/**
 * A mail in a Postfix queue, its recipients, and the line that tells of a delivery
 * (global/log_adhoc.c).
 */
import type { Agenda } from './agenda.ts';
import type { Ledger } from './ledger.ts';
import { MICROS } from './pace.ts';
import type { Peer, People, RemoteDomain } from './people.ts';
import type { PostfixHost } from './postfix-host.ts';
import type { Prng } from './prng.ts';

/** What will become of a recipient. `later` counts the tries that fail before it is taken. */
type Fate = { kind: 'ok' | 'bounce' | 'dead' } | { kind: 'later'; tries: number };

export interface Rcpt {
  to: string;
  origTo: string | undefined;
  fate: Fate;
  /** Where it goes; local users have no domain. */
  domain: RemoteDomain | undefined;
  status: string;
}

export interface Mail {
  host: PostfixHost;
  id: string;
  arrived: number;
  from: string;
  size: number;
  messageId: string;
  client: Peer;
  rcpts: Rcpt[];
  /** Still to pass the content filter or the next host. */
  next: 'filter' | 'store' | undefined;
  runs: number;
  /** Times of retries after the first run; grows by the back-off. */
  wait: number;
  warned: boolean;
}

/** What every flow needs. */
export interface Site {
  prng: Prng;
  agenda: Agenda;
  ledger: Ledger;
  people: People;
  hosts: PostfixHost[];
  /** With it, mail for local users goes from the first hosts to this one. */
  store: PostfixHost | undefined;
}

/** The first wait before a retry (minimal_backoff_time). */
const FIRST_WAIT = 300 * MICROS;

/** One `to=` line. Times in microseconds. */
export interface Result {
  rcpt: Rcpt;
  tag: string;
  time: number;
  /** When the agent got the mail, and how long it took to connect. */
  begin: number;
  connect: number;
  relay: string;
  use: number;
  dsn: string;
  word: 'sent' | 'deferred' | 'bounced';
  text: string;
  /** The recipient's status from now on; undefined: another hop will tell. */
  status: string | undefined;
}

export function newMail(fields: Omit<Mail, 'id' | 'runs' | 'wait' | 'warned'>): Mail {
  return { ...fields, id: fields.host.newQueueId(fields.arrived), runs: 0, wait: FIRST_WAIT, warned: false };
}

/** The `to=` line of one recipient in one run. */
export function logResult(site: Site, mail: Mail, result: Result): void {
  const { rcpt, time } = result;
  const origTo = rcpt.origTo === undefined ? '' : ` orig_to=<${rcpt.origTo}>,`;
  const use = result.use > 1 ? ` conn_use=${result.use},` : '';
  const total = (time - mail.arrived) / MICROS;
  const parts = [(result.begin - mail.arrived) / MICROS, 0.01, result.connect / MICROS];
  const rest = Math.max(0, total - parts.reduce((sum, part) => sum + part, 0));
  const delays = [...parts, rest].map((part) => seconds(part)).join('/');
  site.agenda.line(
    time,
    `${result.tag}${mail.id}: to=<${rcpt.to}>,${origTo} relay=${result.relay},${use} delay=${seconds(total)}, delays=${delays}, dsn=${result.dsn}, status=${result.word} (${result.text})`,
  );
  site.ledger.toLine();
  if (result.status !== undefined) site.ledger.move(rcpt, result.status);
}

/** As Postfix prints delays: two significant digits below 100 s, no trailing zeros (format_tv.c). */
function seconds(value: number): string {
  if (value < 0.005) return '0';
  if (value >= 10) return String(Math.round(value));
  return value >= 1 ? String(Math.round(value * 10) / 10) : String(Math.round(value * 100) / 100);
}
