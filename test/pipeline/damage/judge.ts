/**
 * A damaged log held against the clean one.
 * Whole is a mail of whose lines (those of its chain in the clean log, and of the mails that it is linked with) none was hurt:
 * what is told of it must be the same. Of others less may be known, but no end that the clean log denies.
 */
import type { Message, Recipient } from '../../../src/model/message.ts';
import { GROUP_OF_STATUS } from '../../../src/model/words.ts';
import { trace, type Logs, type Outcome } from '../properties/harness.ts';
import { WRITTEN } from './recordings.ts';

/** What stands behind zero bytes in a line. */
const behindZeros = (text: string): string => text.slice(text.lastIndexOf('\0') + 1);

/** `file:line` of the clean log, lines from 1. */
export type Hurt = ReadonlySet<string>;

export interface Clean {
  logs: Logs;
  outcome: Outcome;
  byId: Map<string, Message>;
  /** `file:line` -> the messages that have it */
  owners: Map<string, Message[]>;
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
  const owners = new Map<string, Message[]>();
  const byText = new Map<string, Message[]>();
  for (const message of outcome.messages) {
    for (const place of placesOf(outcome, message)) owners.set(place, [...(owners.get(place) ?? []), message]);
    for (const text of new Set(outcome.chains.get(message)?.map(behindZeros)))
      byText.set(text, [...(byText.get(text) ?? []), message]);
  }
  return { logs, outcome, byId: new Map(outcome.messages.map((message) => [message.id, message])), owners, byText };
}

/** The mails that nothing was done to. */
export function wholeOf(clean: Clean, hurt: Hurt): Message[] {
  const touched = new Set(clean.outcome.messages.filter((m) => placesOf(clean.outcome, m).some((place) => hurt.has(place))));
  return clean.outcome.messages.filter(
    (message) => !touched.has(message) && !message.links.some(({ id }) => touched.has(clean.byId.get(id) as Message)),
  );
}

/** What of a mail may hang on lines that are not its own, by recording. */
export type Loose = ReadonlySet<'links' | 'verdicts' | 'lastTime'>;

/**
 * Left out: notes, for another mail that was hurt may now be one that this one cannot be told from; scores to their last digit
 * and thresholds, which spamd and Amavis say in lines of their process that name no mail.
 */
function told(message: Message, loose: Loose): Record<string, unknown> {
  const { lines: _lines, order: _order, notes: _notes, links, verdicts, ...rest } = message;
  const told: Record<string, unknown> = {
    ...rest,
    links: links.map(({ type, id }) => `${type} ${id}`).toSorted(),
    verdicts: verdicts.map(({ threshold: _, score, ...verdict }) => ({ ...verdict, score: Math.trunc(score ?? 0) })),
  };
  for (const field of loose) Reflect.deleteProperty(told, field);
  return told;
}

/** How two tellings of a mail differ, in words. */
function difference(a: Message, b: Message, loose: Loose): string | undefined {
  const [left, right] = [told(a, loose), told(b, loose)];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const differing = keys.filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]));
  if (differing.length === 0) return undefined;
  return differing.map((key) => `${key}: ${JSON.stringify(right[key])}, clean ${JSON.stringify(left[key])}`).join('; ').slice(0, 900);
}

export interface Rule {
  /** chains are compared: as texts, each once */
  chains?: boolean;
  loose?: Loose;
}

const NOT_LOOSE: Loose = new Set();

/** Whole mails of which something else is told, in words. */
export function changedWhole(clean: Clean, hurt: Hurt, damaged: Outcome, { chains = true, loose = NOT_LOOSE }: Rule = {}): string[] {
  const now = new Map(damaged.messages.map((message) => [message.id, message]));
  return wholeOf(clean, hurt).flatMap((message) => {
    const same = now.get(message.id);
    const brief = `${message.id} (${message.hops.map(({ queueId }) => queueId).join(' ')})`;
    if (same === undefined) return [`${brief} is not told`];
    const changed = difference(message, same, loose);
    if (changed !== undefined) return [`${brief} ${changed}`];
    if (!chains) return [];
    const [a, b] = [clean.outcome.chains.get(message), damaged.chains.get(same)].map((lines) =>
      [...new Set(lines?.map(behindZeros))].toSorted(),
    );
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [`${brief} chain: ${b?.length} lines, clean ${a?.length}`];
  });
}

const low = (text: string | undefined): string => (text ?? '').toLowerCase();

function isSame(theirs: Recipient, ours: Recipient): boolean {
  if (ours.address === undefined || theirs.address === undefined) return true;
  return [theirs.address, theirs.finalAddress, ...(theirs.via ?? [])].some((known) =>
    [ours.address, ours.finalAddress].some((address) => address !== undefined && low(known) === low(address)),
  );
}

/** The clean messages that one of the damaged log is, or is a part of. */
function ownersOf(clean: Clean, damaged: Outcome, message: Message): Message[] {
  const own = new Set<Message>();
  const any = new Set<Message>();
  for (const text of damaged.chains.get(message) ?? []) {
    const owners = clean.byText.get(behindZeros(text)) ?? [];
    for (const owner of owners) any.add(owner);
    if (owners.length === 1) own.add(owners[0] as Message);
  }
  return [...(own.size > 0 ? own : any)];
}

/**
 * What the lines that are left say: handed on, refused by a hop behind, never sent (its session's counters and its Message-ID
 * lost as well). Whoever lost the lines behind them cannot know more.
 */
const MAY_BE: Readonly<Record<string, true>> = { relayed: true, rejected: true, aborted: true };

/**
 * Ends told that the clean log denies, in words. That LMTP took a mail is `delivered`, unless Sieve's own line says that it
 * threw it away: where that line was hurt, nothing else tells.
 */
export function wrongEnds(clean: Clean, hurt: Hurt, damaged: Outcome): string[] {
  const isHurt = (message: Message): boolean => placesOf(clean.outcome, message).some((place) => hurt.has(place));
  return damaged.messages.flatMap((message) => {
    const owners = ownersOf(clean, damaged, message);
    if (owners.length === 0) return [];
    return message.recipients.flatMap((recipient) => {
      const group = GROUP_OF_STATUS[recipient.status];
      if (group === 'waiting') return [];
      if (MAY_BE[recipient.status] === true && owners.some(isHurt)) return [];
      const theirs = owners.flatMap((owner) => owner.recipients.filter((r) => isSame(r, recipient)));
      if (theirs.some((r) => GROUP_OF_STATUS[r.status] === group)) return [];
      if (recipient.status === 'delivered' && theirs.length > 0 && theirs.every((r) => r.status === 'discarded')) {
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
