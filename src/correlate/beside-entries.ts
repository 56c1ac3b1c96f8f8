/**
 * What filters and delivery programs say, as it bears on the recipients: a verdict is a proposal, and what the server's own
 * lines tell holds; only where a server gave the mail to the program and nothing came out does the program's word decide.
 * Source: formats.md, "The ten rules", 2 and 3.
 */
import { ACTIONS, type Action } from '../model/words.ts';
import { blank, type Entry, sameAddress } from './entry.ts';
import type { End, Hop } from './hop.ts';
import { MARKS, type Word } from './word.ts';
import { REASON_OF_KIND } from './word-verdicts.ts';

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

/** Recipients of a mail that was refused or thrown away as a whole, whom the server's own line does not name. */
export function namesOf(hop: Hop): string[] {
  if (hop.words === undefined || hop.ends.length > 0) return [];
  const isRefused = hop.refusals?.some((r) => r.final) === true;
  // a milter's discard; what a filter within the queue ends stays there, and the server's log says nothing more of it
  const isDropped =
    hop.acts?.some((a) => a.final && a.action === 'discarded') === true ||
    hop.words.some((w) => w.inQueue && w.outcome !== '');
  if (!isRefused && !isDropped) return [];
  const out = hop.firstNamed === undefined ? [] : [hop.firstNamed];
  for (const word of hop.words) {
    // a policy service asked of one recipient, and let it pass
    const isPassed = word.what === 'policy' && !word.inQueue && word.action !== 'discarded';
    if (word.isEvidence || (!isRefused && isPassed)) continue;
    // a login is no address
    for (const address of word.recipients)
      if (address.includes('@') && !out.some((known) => isCutFrom(address, known))) out.push(address);
  }
  return out;
}

/** Rspamd names `bob+x@d` as `bob@d` (lualib/lua_aliases.lua): who is known with the detail is not another. */
function isCutFrom(address: string, known: string): boolean {
  const plus = known.indexOf('+');
  const at = known.lastIndexOf('@');
  return plus > 0 && plus < at && sameAddress(address, known.slice(0, plus) + known.slice(at));
}

/** Recipients of a mail before its queue whom only the filter names: the server's line names the first alone. */
export function addTold(out: Entry[], hop: Hop): void {
  const proxy = hop.proxyReply;
  if (proxy === undefined || hop.words === undefined) return;
  for (const word of hop.words) {
    if (word.isEvidence || (word.outcome === '' && word.action !== 'accepted')) continue;
    for (const address of word.recipients) {
      if (
        out.some((e) => [e.address, e.finalAddress, ...e.via].some((a) => a !== undefined && sameAddress(a, address)))
      )
        continue;
      const entry = blank(hop, address);
      entry.at = word.at;
      entry.code = proxy.code;
      entry.dsn = proxy.dsn;
      entry.reply = proxy.reply;
      entry.reason = 'handed-to-filter';
      out.push(entry);
    }
  }
}

export function applyWords(out: readonly Entry[], hop: Hop): void {
  for (const { target, action } of hop.words ?? [])
    if (target !== undefined && action === 'copied') markCopy(out, hop, target);
  for (const word of hop.words ?? []) {
    if (word.kind !== 'verdict' || word.isEvidence) continue;
    for (const entry of out) {
      if (!concerns(word, entry)) continue;
      if (MARKS.has(word.action)) mark(entry, word.action as Action);
      else if (word.action === 'greylisted') greylist(entry);
      if (word.outcome !== '') end(entry, hop, word);
      else if (word.action === 'accepted' && word.remoteHash !== 0) passedOn(entry, hop);
      else if (word.quarantineId !== undefined) keptAside(entry, hop);
    }
  }
}

/**
 * Of a mail that no server tells of: what the filter did or wanted done is its action, what came of it nobody says. A filter
 * that handed the mail on, and names the id, tells that the next server took it.
 */
export function applyProposals(out: readonly Entry[], hop: Hop): void {
  for (const word of hop.words ?? [])
    for (const entry of out) {
      const { action } = word;
      if (action === '' || action === 'would-reject' || !concerns(word, entry)) continue;
      if (entry.action === undefined || ACTIONS.indexOf(action) < ACTIONS.indexOf(entry.action)) entry.action = action;
      if (entry.status !== 'pending' || word.remoteId === undefined || action === 'copied') continue;
      entry.status = 'relayed';
      entry.at = word.at;
      entry.remoteId = word.remoteId;
    }
}

/** The filter's copy for somebody whom the sender did not name. */
function markCopy(out: readonly Entry[], hop: Hop, target: string): void {
  if (hop.ends.some((e) => sameAddress(e.address, target))) return;
  const told = hop.words?.some((w) => w.recipients.some((a) => sameAddress(a, target))) === true;
  for (const entry of out)
    if (!told && entry.added === undefined && entry.address !== undefined && sameAddress(entry.address, target))
      entry.added = 'bcc';
}

/** The filter gave it back to the server, and no line tells of it there. */
function passedOn(entry: Entry, hop: Hop): void {
  if (entry.hop !== hop || entry.status !== 'relayed') return;
  entry.status = 'pending';
  entry.reason = 'handed-to-filter';
}

function concerns(word: Word, entry: Entry): boolean {
  if (!word.recipients.some((address) => address.includes('@')) || entry.address === undefined) return true;
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
  // a filter within the server: what the server's own lines tell holds
  if (hop.lasting && entry.status !== 'pending') return;
  if (entry.status === 'bounced' || entry.status === 'rejected' || entry.status === 'expired') {
    // the filter's refusal made the server return it
    if (entry.status !== 'rejected' && (status === 'rejected' || status === 'bounced'))
      entry.action = 'bounced-by-filter';
    return;
  }
  if (status === 'rejected') return;
  entry.status = status;
  entry.action = status === 'bounced' ? 'bounced-by-filter' : status;
  entry.at ??= word.at;
  entry.reason = undefined;
  if (status !== 'bounced') return;
  // the answer said that the filter took it; what the bounce says no line tells
  entry.code = 0;
  entry.dsn = undefined;
  entry.reply = undefined;
  entry.reason = REASON_OF_KIND[word.what];
}
