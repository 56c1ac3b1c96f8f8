/**
 * A damaged log held against the clean one.
 * Whole is a mail of whose lines (those of its chain in the clean log, and of the mails that it is linked with) none was hurt:
 * what is told of it must be the same. Of others less may be known, but no end that the clean log denies.
 */
import type { Message, Recipient } from '../../../src/model/message.ts';
import { GROUP_OF_STATUS } from '../../../src/model/words.ts';
import { linesOf, trace, type Logs, type Outcome } from '../properties/harness.ts';
import { WRITTEN } from './recordings.ts';

/** What stands behind zero bytes in a line, and before a CR. */
const behindZeros = (text: string): string => text.slice(text.lastIndexOf('\0') + 1).replace(/\r$/, '');

/** `file:line` of the clean log, lines from 1. */
export type Hurt = ReadonlySet<string>;

export interface Clean {
  logs: Logs;
  /** by file */
  lines: Record<string, string[]>;
  outcome: Outcome;
  byId: Map<string, Message>;
  /** text of a line -> the messages that have it */
  byText: Map<string, Message[]>;
}

/** Where the lines of a chain stand; what was read as one may be several of the input. */
function placesOf({ files, chains }: Outcome, message: Message): string[] {
  const texts = chains.get(message) ?? [];
  return (message.lines ?? []).flatMap(({ source, line }, i) => {
    const count = (texts[i] ?? '').split('\n').length;
    return Array.from({ length: count }, (_, k) => `${files[source]?.path}:${line + k}`);
  });
}

export async function cleanOf(logs: Logs): Promise<Clean> {
  const outcome = await trace(logs, { written: WRITTEN });
  const byText = new Map<string, Message[]>();
  for (const message of outcome.messages) {
    for (const text of new Set(outcome.chains.get(message)?.map(behindZeros)))
      byText.set(text, [...(byText.get(text) ?? []), message]);
  }
  const lines = Object.fromEntries(Object.entries(logs).map(([name, content]) => [name, linesOf(content)]));
  return { logs, lines, outcome, byId: new Map(outcome.messages.map((message) => [message.id, message])), byText };
}

/** The mails that something was done to: to a line of theirs, or to a copy of one. */
function touchedBy(clean: Clean, hurt: Hurt): Set<Message> {
  const touched = new Set(
    clean.outcome.messages.filter((m) => placesOf(clean.outcome, m).some((place) => hurt.has(place))),
  );
  for (const place of hurt) {
    const at = place.lastIndexOf(':');
    const text = clean.lines[place.slice(0, at)]?.[Number(place.slice(at + 1)) - 1] ?? '';
    for (const message of clean.byText.get(text) ?? []) touched.add(message);
  }
  return touched;
}

/** The mails that nothing was done to. */
export function wholeOf(clean: Clean, hurt: Hurt): Message[] {
  const touched = touchedBy(clean, hurt);
  return clean.outcome.messages.filter(
    (message) => !touched.has(message) && !message.links.some(({ id }) => touched.has(clean.byId.get(id) as Message)),
  );
}

/** What of a mail may hang on lines that are not its own, by recording. */
export type Loose = ReadonlySet<'links' | 'verdicts' | 'lastTime' | 'chain'>;

/**
 * Left out: links to mails that were hurt; notes, for another mail that was hurt may now be one that this one cannot be told from; scores to their last digit
 * and thresholds, which spamd and Amavis say in lines of their process that name no mail.
 */
function told(message: Message, loose: Loose, known: ReadonlySet<string>): Record<string, unknown> {
  const { lines: _lines, order: _order, notes: _notes, links, verdicts, ...rest } = message;
  const told: Record<string, unknown> = {
    ...rest,
    links: links.flatMap(({ type, id }) => (known.has(id) ? [`${type} ${id}`] : [])).toSorted(),
    verdicts: verdicts.map(({ threshold: _, score, ...verdict }) => ({ ...verdict, score: Math.trunc(score ?? 0) })),
  };
  for (const field of loose) Reflect.deleteProperty(told, field);
  return told;
}

/** How two tellings of a mail differ, in words. */
function difference(a: Message, b: Message, loose: Loose, known: ReadonlySet<string>): string | undefined {
  const [left, right] = [told(a, loose, known), told(b, loose, known)];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const differing = keys.filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]));
  if (differing.length === 0) return undefined;
  return differing
    .map((key) => `${key}: ${JSON.stringify(right[key])}, clean ${JSON.stringify(left[key])}`)
    .join('; ')
    .slice(0, 900);
}

const NOT_LOOSE: Loose = new Set();

/** Whole mails of which something else is told, in words. Lines that were hurt may come to the chain of one that they name. */
export function changedWhole(clean: Clean, hurt: Hurt, damaged: Outcome, loose: Loose = NOT_LOOSE): string[] {
  const now = new Map(damaged.messages.map((message) => [message.id, message]));
  const whole = wholeOf(clean, hurt);
  const ids = new Set(damaged.messages.flatMap(({ hops }) => hops.map(({ queueId }) => queueId)));
  const isKnown = (id: string | undefined): boolean => id === undefined || ids.has(id);
  const known = new Set(whole.map(({ id }) => id));
  return whole.flatMap((message) => {
    const same = now.get(message.id);
    const brief = `${message.id} (${message.hops.map(({ queueId }) => queueId).join(' ')})`;
    // as a part of another, or a try of the mail that came later
    if (same === undefined && loose.has('links') && message.hops.every((hop) => isKnown(hop.queueId))) return [];
    if (same === undefined) return [`${brief} is not told`];
    const changed = difference(message, same, loose, known);
    if (changed !== undefined) return [`${brief} ${changed}`];
    if (loose.has('chain')) return [];
    const [before, after] = [clean.outcome.chains.get(message), damaged.chains.get(same)].map(
      (lines) => new Set(lines?.map(behindZeros)),
    );
    const gone = [...(before ?? [])].filter((line) => after?.has(line) !== true);
    const more = [...(after ?? [])].filter((line) => before?.has(line) !== true && clean.byText.has(line));
    return gone.length + more.length === 0
      ? []
      : [`${brief} lacks of its chain ${gone.join(' / ')}, has ${more.join(' / ')}`];
  });
}

const low = (text: string | undefined): string => (text ?? '').toLowerCase();

function isSame(theirs: Recipient, ours: Recipient): boolean {
  if (ours.address === undefined || theirs.address === undefined) return true;
  return [theirs.address, theirs.finalAddress, ...(theirs.via ?? [])].some((known) =>
    [ours.address, ours.finalAddress].some((address) => address !== undefined && low(known) === low(address)),
  );
}

/** The clean messages that one of the damaged log may be a part of: those that have a line of it. */
function ownersOf(clean: Clean, damaged: Outcome, message: Message): Message[] {
  const lines = damaged.chains.get(message) ?? [];
  return [...new Set(lines.flatMap((text) => clean.byText.get(behindZeros(text)) ?? []))];
}

/**
 * What the lines that are left may say of a mail of which some were hurt, because those that say more are gone: it was handed on
 * (Exim writes the server's name last: without it that is a delivery); a hop behind refused it; a recipient was deferred until
 * the queue gave up. It is never over without such a line.
 */
function mayBe({ status, code, attempts = 0 }: Recipient, owners: readonly Message[]): boolean {
  const isOf = (name: string): boolean => owners.some(({ hops }) => hops.some(({ system }) => system === name));
  // Not mended: Haraka's mails without the line that queues them. Exim's reject log: headers alike in several mails name no owner.
  if (status === 'aborted' && isOf('haraka')) return true;
  if (status === 'rejected' && isOf('exim')) return true;
  const wasHandedOn = owners.some(({ hops }) => hops.length > 1);
  if (status === 'relayed') return true;
  // that a refusal for now is greylisting its text says
  if (status === 'rejected') return wasHandedOn || code?.startsWith('4') === true;
  if (status === 'delivered') return wasHandedOn && isOf('exim');
  return status === 'expired' && attempts > 0;
}

/**
 * Ends told that the clean log denies, in words. That LMTP took a mail is `delivered`, unless Sieve's own line says that it
 * threw it away or sent it back: where that line was hurt, nothing else tells.
 */
export function wrongEnds(clean: Clean, hurt: Hurt, damaged: Outcome): string[] {
  const touched = touchedBy(clean, hurt);
  return damaged.messages.flatMap((message) => {
    const owners = ownersOf(clean, damaged, message);
    if (owners.length === 0) return [];
    return message.recipients.flatMap((recipient) => {
      const group = GROUP_OF_STATUS[recipient.status];
      if (group === 'waiting') return [];
      if (owners.some((owner) => touched.has(owner)) && mayBe(recipient, owners)) return [];
      const theirs = owners.flatMap((owner) => owner.recipients.filter((r) => isSame(r, recipient)));
      if (theirs.some((r) => GROUP_OF_STATUS[r.status] === group)) return [];
      if (
        recipient.status === 'delivered' &&
        theirs.length > 0 &&
        theirs.every((r) => r.status === 'discarded' || r.status === 'bounced')
      ) {
        const sieve = (line: string): boolean => line.includes(' sieve: ') || line.includes('): sieve');
        if (owners.some((owner) => clean.outcome.chains.get(owner)?.some(sieve))) return [];
      }
      const said = theirs.map((r) => r.status).join(', ') || 'nothing';
      return [
        `${message.id} ${message.state} ${recipient.address}: ${recipient.status} ${recipient.remoteId ?? ''}, the clean log says ${said} (${owners.map(({ hops }) => hops.map((hop) => hop.queueId).join('>')).join(' | ')}) by ${(damaged.chains.get(message) ?? []).slice(-3).join(' / ')}`,
      ];
    });
  });
}
