/**
 * Ties what filters and delivery programs say to the mails of the servers beside them.
 * Keys, the strongest first:
 *   - the server's queue id, of the same host, or with an equal Message-ID of another (a filter may serve several hosts);
 *   - the program's own id in the server's delivery line (`meetings.ts`);
 *   - the Message-ID alone, within a time, at the mail's first hop; of a delivery program also the user;
 *   - client, sender and recipients, within seconds, as evidence (`by-envelope.ts`).
 * Whichever side is logged first waits for the other; nothing waits for ever.
 */
import type { Instant } from '../model/message.ts';
import { Envelopes, ownProposals } from './by-envelope.ts';
import { sameAddress } from './entry.ts';
import type { Hop, Parent } from './hop.ts';
import { Meetings } from './meetings.ts';
import { isOpen, twinOf, type Word } from './word.ts';
import { ownWords } from './same-id.ts';
import { storeLate } from './stored.ts';

/** Within this time a filter's line and the mail's own lines come together, ms. */
const NEAR_MS = 600_000;
/** So long after a mail left the queue a line that names its id may still be about it. */
const AFTER_MS = 60_000;
/** Words that wait for their mail. */
const MOST_WAITING = 20_000;
/** Lives of one queue id (on several hosts) that are looked at. */
const MOST_SAME = 64;

export class Beside {
  private readonly byId = new Map<number, Word[]>();
  private readonly byMid = new Map<number, Word[]>();
  /** by the program's own id in the server's answer */
  readonly meetings = new Meetings();
  readonly envelopes = new Envelopes();
  private waiting = 0;
  /** words that would decide on a mail were let go */
  private dropped = false;
  /** mails of one Message-ID, in the order of their first lines */
  private readonly rivals = new Map<number, Hop[]>();
  /** redirects that wait for the mail that carries them on, by Message-ID */
  private readonly redirects = new Map<number, Parent[]>();

  /** Whether something was said of a mail that was not seen, and would decide on it. */
  get isDoubted(): boolean {
    if (this.dropped) return true;
    if (this.meetings.isDoubted) return true;
    for (const map of [this.byId, this.byMid]) for (const words of map.values()) if (words.some(isOpen)) return true;
    return false;
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** A word with the server's queue id -> the mail, if it is known; `hops`: the latest live one of that id, the others hang on it. */
  addById(word: Word, id: number, hops: Hop | undefined): Hop | undefined {
    let n = 0;
    const fitting: Hop[] = [];
    for (let hop = hops; hop !== undefined && n < MOST_SAME; hop = hop.nextSameId, n++)
      if (fits(word, hop)) fitting.push(hop);
    for (const hop of fitting) {
      give(word, hop);
      // of equal ids at one time nothing tells which is meant
      if (fitting.length > 1) hop.isVerdictUnsure = true;
    }
    if (fitting.length > 0) return fitting[0];
    put(this.byId, id, word);
    this.wait(word.at);
    return undefined;
  }

  addByMid(word: Word): void {
    if (word.midHash === 0) return;
    put(this.byMid, word.midHash, word);
    this.wait(word.at);
  }

  /** A new hop, or one whose Message-ID is known now: words that named its id before that. */
  opened(hop: Hop, id: number): void {
    const words = this.byId.get(id);
    if (words === undefined) return;
    const left = words.filter((word) => !fits(word, hop));
    for (const word of words) if (!left.includes(word)) give(word, hop);
    if (left.length === 0) this.byId.delete(id);
    else this.byId.set(id, left);
  }

  /** Before mails are told: those, and the open ones, that share a Message-ID which a verdict names. */
  gather(...lists: readonly (readonly Hop[])[]): void {
    this.rivals.clear();
    for (const hops of lists)
      for (const hop of hops)
        if (hop.judged === undefined && this.byMid.has(hop.midHash)) put(this.rivals, hop.midHash, hop);
    for (const hops of this.rivals.values()) hops.sort((a, b) => a.firstAt - b.firstAt || a.seq - b.seq);
  }

  /** Before a mail is told: what names its Message-ID or its envelope alone. */
  claim(root: Hop): void {
    for (const word of ownProposals(root)) give(word, root);
    if (root.midHash === 0) return;
    const words = this.byMid.get(root.midHash);
    if (words === undefined) return;
    for (const word of ownWords(words, root, this.rivals.get(root.midHash) ?? [root]))
      if (word.claims === 0 && word.at >= root.firstAt - NEAR_MS && word.at <= root.lastAt + NEAR_MS)
        if (word.kind !== 'stored' || !storeLate(word, root)) give(word, root);
  }

  /** What delivery programs said of a Message-ID and nobody has taken yet. */
  storedOf(mid: number): readonly Word[] {
    const words = mid === 0 ? undefined : this.byMid.get(mid);
    return words === undefined ? NO_WORDS : words.filter((w) => w.kind === 'stored' && w.claims === 0);
  }

  /** A redirect of a delivery program goes on as a new mail with the same Message-ID. */
  redirected(parent: Parent, mid: number): void {
    if (mid === 0) return;
    put(this.redirects, mid, parent);
    if (this.redirects.size > MOST_WAITING)
      for (const oldest of this.redirects.keys()) {
        this.redirects.delete(oldest);
        break;
      }
  }

  redirectsOf(mid: number): readonly Parent[] {
    return this.redirects.size === 0 ? NONE : (this.redirects.get(mid) ?? NONE);
  }

  /** What waits in vain is let go, so that it does not grow with the log. */
  private wait(at: Instant): void {
    this.waiting++;
    if (this.waiting <= MOST_WAITING) return;
    this.waiting = 0;
    for (const map of [this.byId, this.byMid])
      for (const [key, words] of map) {
        const kept = words.filter((word) => word.claims === 0 && word.at >= at - NEAR_MS);
        if (words.some((word) => isOpen(word) && !kept.includes(word))) this.dropped = true;
        if (kept.length === 0) map.delete(key);
        else map.set(key, kept);
        this.waiting += kept.length;
      }
  }
}

const NONE: readonly Parent[] = [];
const NO_WORDS: readonly Word[] = [];

function put<T>(map: Map<number, T[]>, key: number, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function give(word: Word, hop: Hop): void {
  word.claims++;
  if (twinOf(hop.words, word) === undefined) (hop.words ??= []).push(word);
  for (const line of word.lines) (hop.lines ??= []).push(line);
}

/** Whether a word that names this hop's queue id is about it. */
function fits(word: Word, hop: Hop): boolean {
  const haveMids = word.midHash !== 0 && hop.midHash !== 0;
  if (haveMids && word.midHash !== hop.midHash) return false;
  const isSameMail = haveMids || isSameEnvelope(word, hop);
  if (word.at < hop.firstAt - NEAR_MS) return false;
  // another host's clock, or that of a log that names no host, may be minutes ahead: then more than the id says it
  if (hop.closed !== '' && word.at > hop.closedAt + (isSameMail ? NEAR_MS : AFTER_MS)) return false;
  return word.host === undefined || hop.host === undefined || word.host === hop.host || isSameMail;
}

/** Of a mail without a Message-ID sender and recipient say whose a word with its queue id is. */
function isSameEnvelope(word: Word, hop: Hop): boolean {
  if (word.midHash !== 0 || hop.midHash !== 0 || word.sender === undefined || hop.sender === undefined) return false;
  return (
    sameAddress(word.sender, hop.sender) &&
    word.recipients.some((a) => hop.ends.some((end) => sameAddress(end.address, a) || sameAddress(end.orig ?? '', a)))
  );
}
