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
  /** hash of the id under which the filter gave the mail back, 0 = none */
  readonly remoteHash: number;
  /** the filter's lasting name of the mail */
  readonly mailId: string | undefined;
  /** that id, or several separated by `/` */
  readonly remoteId: string | undefined;
  /** hash of the Message-ID, 0 = not told */
  readonly midHash: number;
  readonly sender: string | undefined;
  /** the server's client, as a policy service names it */
  readonly clientIp: string | undefined;
  /** whom it is about; empty = not told */
  recipients: string[];
  readonly mailbox: string | undefined;
  readonly target: string | undefined;
  readonly reply: string | undefined;
  readonly code: number;
  readonly dsn: string | undefined;
  readonly lines: ChainLine[];
  /** client, sender and recipient alone tell whose it is (by-envelope.ts): it decides nothing */
  isEvidence: boolean;
  /** mails that it could be about */
  claims: number;
  /** another word of the same program holds all that it says */
  isPart: boolean;
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
    remoteHash: ev.hash(F.remoteId),
    remoteId: text(F.remoteId),
    mailId: text(F.mailId),
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
    isEvidence: false,
    claims: 0,
    isPart: false,
  };
}

const agree = <T>(x: T, y: T): boolean => x === y || x === undefined || y === undefined;

/** Whether two lines of one filter about one mail tell one verdict: nothing that one says contradicts the other. */
export function isSameVerdict(a: Word, b: Word): boolean {
  if (a.what !== b.what || !agree(a.quarantineId, b.quarantineId) || !agree(a.target, b.target)) return false;
  if (a.action !== b.action) return a.action === '' || b.action === '';
  return a.remoteHash === b.remoteHash && agree(a.reason, b.reason) && agree(a.matched, b.matched);
}

/** `reject mail ID`: all recipients were blocked, and the client was told so. */
export function isBareRefusal(word: Word): boolean {
  return word.kind === 'verdict' && word.outcome === 'rejected' && word.recipients.length === 0;
}

/** What a filter does to a mail that it lets pass, without a line of the server's. */
export const MARKS: ReadonlySet<string> = new Set(['tagged', 'subject-modified', 'modified', 'copied', 'bypassed']);

/** A line of the same filter that decides nothing says why it decided so: score, rules, a virus' name. */
export function addFacts(word: Word, fact: Word): void {
  if (MARKS.has(word.action)) return;
  if (Number.isNaN(word.score)) word.score = fact.score;
  if (Number.isNaN(word.threshold)) word.threshold = fact.threshold;
  word.rules ??= fact.rules;
  if (fact.reason !== undefined && word.reason?.includes(fact.reason) !== true)
    word.reason = word.reason === undefined ? fact.reason : `${word.reason}, ${fact.reason}`;
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

/** What a delivery program says that the server's line says too. */
const SAID_TWICE: ReadonlySet<string> = new Set(['stored', 'kept', 'replied', 'failed', 'proxied', 'duplicate']);

/** Whether the mail that nobody knows would end otherwise with this word (beside-entries.ts). */
export function isOpen(word: Word): boolean {
  if (word.claims > 0) return false;
  if (word.kind === 'stored') return !SAID_TWICE.has(word.what);
  return (
    word.outcome !== '' ||
    word.quarantineId !== undefined ||
    word.action === 'greylisted' ||
    word.action === 'rejected' ||
    word.action === 'tempfailed'
  );
}

/** The very same line a second time: loggers double lines. Its raw line goes to the one that is known. */
export function twinOf(words: readonly Word[] | undefined, word: Word): Word | undefined {
  return words?.find((w) => w !== word && isTwin(w, word));
}

export function isTwin(a: Word, b: Word): boolean {
  return (
    a.kind === b.kind &&
    a.at === b.at &&
    a.host === b.host &&
    a.engine === b.engine &&
    a.what === b.what &&
    a.outcome === b.outcome &&
    a.action === b.action &&
    Object.is(a.score, b.score) &&
    a.reason === b.reason &&
    a.matched === b.matched &&
    a.quarantineId === b.quarantineId &&
    a.target === b.target &&
    a.mailbox === b.mailbox &&
    a.midHash === b.midHash &&
    a.recipients.join() === b.recipients.join()
  );
}
