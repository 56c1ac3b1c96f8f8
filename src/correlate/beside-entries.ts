/**
 * What filters and delivery programs say, as it bears on the recipients: a verdict is a proposal, and what the server's own
 * lines tell holds; only where a server gave the mail to the program and nothing came out does the program's word decide.
 * Source: formats.md, "The ten rules", 2 and 3.
 */
import { ACTIONS, type Action } from '../model/words.ts';
import { type Entry, sameAddress } from './entry.ts';
import type { End, Hop } from './hop.ts';
import type { Word } from './word.ts';

/** What a filter does to a mail that it lets pass, without a line of the server's. */
const MARKS: ReadonlySet<string> = new Set(['tagged', 'subject-modified', 'modified', 'copied', 'bypassed']);
/** The filter took the mail and ended it. */
const ENDED = { discarded: 'discarded', quarantined: 'quarantined', bounced: 'bounced', rejected: 'rejected' } as const;

/** A delivery program's word on one recipient, where the server's line says no more than that it took the mail. */
export function storedAs(entry: Entry, end: End): void {
  const { stored } = end;
  if (stored === undefined || end.outcome !== 'sent') return;
  const kept = stored.filter((w) => w.what === 'stored' || w.what === 'kept');
  const last = kept.at(-1);
  if (last !== undefined) {
    entry.status = 'delivered';
    entry.mailbox = last.mailbox ?? entry.mailbox;
    return;
  }
  const rejected = stored.find((w) => w.what === 'rejected');
  if (rejected !== undefined) {
    entry.status = 'bounced';
    entry.reason = 'policy';
    return;
  }
  if (stored.some((w) => w.what === 'discarded')) {
    entry.status = 'discarded';
    entry.action = 'discarded';
  }
}

/** Redirected elsewhere without a copy here: the recipient's own end is no end. */
export function isRedirected(end: End): boolean {
  const { stored } = end;
  return (
    stored !== undefined &&
    stored.some((w) => w.what === 'forwarded') &&
    !stored.some((w) => w.what === 'stored' || w.what === 'kept' || w.what === 'rejected')
  );
}

/** Recipients of a refused mail whom the server's own line does not name. */
export function namesOf(hop: Hop): string[] {
  if (hop.words === undefined || hop.ends.length > 0) return [];
  const isEnded = hop.refusals?.some((r) => r.final) === true || hop.words.some((w) => w.inQueue && w.outcome !== '');
  return !isEnded ? [] : hop.words.flatMap((w) => w.recipients);
}

export function applyWords(out: readonly Entry[], hop: Hop): void {
  for (const word of hop.words ?? []) {
    if (word.kind !== 'verdict') continue;
    for (const entry of out) {
      if (!concerns(word, entry)) continue;
      if (MARKS.has(word.action)) mark(entry, word.action as Action);
      else if (word.action === 'greylisted') greylist(entry);
      if (word.outcome !== '') end(entry, hop, word);
      else if (word.quarantineId !== undefined) keptAside(entry, hop);
    }
  }
}

function concerns(word: Word, entry: Entry): boolean {
  if (word.recipients.length === 0 || entry.address === undefined) return true;
  const names = [entry.address, entry.finalAddress, ...entry.via];
  return word.recipients.some((address) => names.some((name) => name !== undefined && sameAddress(name, address)));
}

function mark(entry: Entry, action: Action): void {
  if (entry.status === 'rejected' || entry.status === 'greylisted' || entry.added !== undefined) return;
  if (entry.action === undefined || ACTIONS.indexOf(action) < ACTIONS.indexOf(entry.action)) entry.action = action;
}

/** The server said "for now"; why, the filter says. */
function greylist(entry: Entry): void {
  if (entry.status !== 'rejected' || entry.action !== 'tempfailed') return;
  entry.status = 'greylisted';
  entry.action = 'greylisted';
}

/** The filter's answer says that it threw the mail away, its own line that it kept it. */
function keptAside(entry: Entry, hop: Hop): void {
  if (entry.hop !== hop || entry.status !== 'discarded') return;
  entry.status = 'quarantined';
  entry.action = 'quarantined';
}

/** The server tried again later, or delivers what this filter has put back. */
function hasGoneOn(end: End | undefined, word: Word): boolean {
  if (end === undefined) return false;
  if (!word.inQueue) return end.outcome === 'deferred';
  return end.outcome === 'sent' || (end.attempts > 0 && end.at > word.at);
}

/** The server gave the mail to this filter, which ended it: the answer to the server says only that it was taken. */
function end(entry: Entry, hop: Hop, word: Word): void {
  const status = ENDED[word.outcome as keyof typeof ENDED];
  if (status === undefined || entry.hop !== hop || hasGoneOn(entry.end, word)) return;
  if (entry.status === 'bounced' || entry.status === 'rejected' || entry.status === 'expired') {
    // the filter's refusal made the server return it
    if (status === 'rejected' || status === 'bounced') entry.action = 'bounced-by-filter';
    return;
  }
  if (status === 'rejected') return;
  entry.status = status;
  entry.action = status === 'bounced' ? 'bounced-by-filter' : status;
  entry.reason = undefined;
}
