/**
 * What a program beside the server says of one of its mails: a filter's verdict, a delivery program's last word.
 * It names the mail by ids of the server or its own; which mail that is, `beside.ts` finds out.
 */
import { F, type LogEvent, type Outcome } from '../model/log-event.ts';
import type { ChainLine, Instant } from '../model/message.ts';
import type { VerdictAction } from '../model/words.ts';
import { splitAddresses } from './hop-facts.ts';

export interface Word {
  readonly kind: 'verdict' | 'stored';
  readonly at: Instant;
  readonly host: string | undefined;
  readonly engine: string;
  what: string;
  /** of a verdict: how the filter itself ended the mail, '' = it did not */
  outcome: Outcome | '';
  /** the filter takes mails out of the server's queue: what the server delivers has been through it */
  readonly inQueue: boolean;
  action: VerdictAction | '';
  score: number;
  threshold: number;
  rules: string | undefined;
  reason: string | undefined;
  matched: string | undefined;
  quarantineId: string | undefined;
  /** hash of the Message-ID, 0 = not told */
  readonly midHash: number;
  readonly sender: string | undefined;
  readonly clientIp: string | undefined;
  /** whom it is about; empty = not told */
  recipients: string[];
  readonly mailbox: string | undefined;
  readonly target: string | undefined;
  readonly reply: string | undefined;
  readonly code: number;
  readonly dsn: string | undefined;
  readonly lines: ChainLine[];
  /** mails that it could be about */
  claims: number;
}

/** A hostile line may name any number of recipients. */
const MOST_RECIPIENTS = 1000;

export function wordOf(ev: LogEvent, line: ChainLine | undefined): Word {
  const text = (field: (typeof F)[keyof typeof F]): string | undefined => ev.text(field) || undefined;
  const named = ev.text(F.recipients);
  const one = text(F.recipient);
  return {
    kind: ev.kind === 'stored' ? 'stored' : 'verdict',
    at: ev.frame.at,
    host: ev.frame.host,
    engine: ev.engine === '' ? ev.system : ev.engine,
    what: ev.what,
    outcome: ev.outcome,
    inQueue: ev.active,
    action: ev.action,
    score: ev.score,
    threshold: ev.threshold,
    rules: text(F.rules),
    reason: text(F.reason),
    matched: text(F.matched),
    quarantineId: text(F.quarantineId),
    midHash: ev.isEmpty(F.messageId) ? 0 : ev.hash(F.messageId),
    sender: ev.text(F.sender),
    clientIp: text(F.clientIp),
    recipients: named !== undefined ? splitAddresses(named).slice(0, MOST_RECIPIENTS) : one === undefined ? [] : [one],
    mailbox: text(F.mailbox),
    target: text(F.target),
    reply: text(F.reply),
    code: ev.code,
    dsn: text(F.dsn),
    lines: line === undefined ? [] : [line],
    claims: 0,
  };
}

/** A second line of the same filter about the same mail tells what the first left out. */
export function addTo(word: Word, more: Word): void {
  word.lines.push(...more.lines);
  if (Number.isNaN(word.score)) word.score = more.score;
  if (Number.isNaN(word.threshold)) word.threshold = more.threshold;
  word.rules ??= more.rules;
  word.reason ??= more.reason;
  word.matched ??= more.matched;
  word.quarantineId ??= more.quarantineId;
  if (word.outcome === '') word.outcome = more.outcome;
  if (word.action === '') word.action = more.action;
  for (const address of more.recipients)
    if (word.recipients.length < MOST_RECIPIENTS && !word.recipients.includes(address)) word.recipients.push(address);
}
