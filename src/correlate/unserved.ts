/**
 * Mails of which no server tells: a filter's (or delivery program's) log that is given without the server's. Each is told by
 * what the program says of it, as a message whose lines are missing (`partial`).
 * A word is unserved where no server wrote a line within ten minutes of it: else its mail is among the server's, or the join
 * is not known, and nothing is made of it. Words of one mail go together by the ids that they name.
 * Memory: at most ten minutes of words, and MOST_WAITING mails.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { hashText } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';
import { sameAddress } from './entry.ts';
import { End, Hop } from './hop.ts';
import type { Tracker } from './tracker.ts';
import type { Word } from './word.ts';

/** As beside.ts: within this time a filter's line and the mail's own lines come together, ms. */
const NEAR_MS = 600_000;
const MOST_WAITING = 20_000;
/** What is due is told in steps of log time: the front of a set that others were taken from is slow to find, ms. */
const STEP_MS = 30_000;
/** A hostile log may name one id in any number of lines. */
const MOST_WORDS = 1000;

/** Words of one mail. */
interface Lone {
  readonly hop: Hop;
  readonly words: Word[];
  readonly keys: number[];
}

/** Kinds of lines that no server writes of a mail. */
const BESIDE: ReadonlySet<LogEvent['kind']> = new Set(['verdict', 'stored', 'mention']);

export class Unserved {
  /** mails that were told so */
  told = 0;
  private servedAt: Instant = Number.NEGATIVE_INFINITY;
  private releasedAt: Instant = Number.NaN;
  private readonly byKey = new Map<number, Lone>();
  /** the oldest first */
  private readonly waiting = new Set<Lone>();

  /** Before an event is applied: a server's line covers the words near it. */
  see(t: Tracker, ev: LogEvent): void {
    if (BESIDE.has(ev.kind)) return;
    const { at } = ev.frame;
    if (at > this.servedAt) this.servedAt = at;
    if (this.waiting.size === 0) return;
    this.release(t, at - NEAR_MS);
    for (const lone of this.waiting) if (lone.hop.firstAt <= at + NEAR_MS) this.drop(lone);
  }

  /** A word that no mail has claimed. */
  add(t: Tracker, ev: LogEvent, word: Word): void {
    const { at } = word;
    if (word.claims > 0 || Number.isNaN(at) || at - this.servedAt <= NEAR_MS) return;
    const keys = keysOf(ev);
    let lone = keys.map((key) => this.byKey.get(key)).find((known) => known !== undefined);
    if (lone === undefined) {
      lone = {
        hop: new Hop(0, word.host, '', word.engine, ev.text(F.queueId) || undefined, at, t.seq),
        words: [],
        keys,
      };
      this.waiting.add(lone);
    } else lone.keys.push(...keys.filter((key) => lone?.keys.includes(key) === false));
    for (const key of keys) this.byKey.set(key, lone);
    if (lone.words.length < MOST_WORDS) lone.words.push(word);
    fill(lone.hop, ev, word);
    if (this.waiting.size > MOST_WAITING) this.relieve(t);
    else if (!(Math.abs(at - this.releasedAt) < STEP_MS)) {
      this.releasedAt = at;
      this.release(t, at - NEAR_MS);
    }
  }

  /** No more lines come. */
  finish(t: Tracker): void {
    this.release(t, Number.POSITIVE_INFINITY);
  }

  /** Too many wait: the oldest of them no longer. */
  private relieve(t: Tracker): void {
    let left = MOST_WAITING / 4;
    for (const lone of this.waiting) {
      if (left-- === 0) return;
      this.tell(t, lone);
    }
  }

  private release(t: Tracker, before: Instant): void {
    for (const lone of this.waiting) {
      if (lone.hop.lastAt >= before) return;
      this.tell(t, lone);
    }
  }

  private tell(t: Tracker, lone: Lone): void {
    this.drop(lone);
    const { hop, words } = lone;
    if (words.every((word) => word.claims > 0)) return;
    this.told++;
    hop.isUnserved = true;
    hop.close('lost', hop.lastAt);
    const lines = new Set(words.flatMap((word) => word.lines));
    if (t.keepLine !== undefined) hop.lines = [...lines];
    for (const word of words) {
      word.claims++;
      if (word.isPart) continue;
      if (word.kind === 'verdict') (hop.words ??= []).push(word);
      else addStored(hop, word);
    }
    t.openHops.push(hop);
  }

  private drop(lone: Lone): void {
    this.waiting.delete(lone);
    for (const key of lone.keys) if (this.byKey.get(key) === lone) this.byKey.delete(key);
  }
}

/** What a word names its mail by: the server's id and the program's own; the Message-ID alone only where there is neither. */
function keysOf(ev: LogEvent): number[] {
  const host = ev.frame.host ?? '';
  const out: number[] = [];
  if (ev.has(F.queueId) && !ev.isEmpty(F.queueId)) out.push(ev.hash(F.queueId, hashText(`id ${host}`)));
  if (ev.has(F.filterId)) out.push(ev.hash(F.filterId, hashText(`filter ${host}`)));
  if (out.length === 0 && ev.has(F.messageId) && !ev.isEmpty(F.messageId)) out.push(ev.hash(F.messageId));
  return out;
}

/** What the word's line says of the mail; the first word holds. */
function fill(hop: Hop, ev: LogEvent, word: Word): void {
  if (word.at > hop.lastAt) hop.lastAt = word.at;
  hop.sender ??= word.sender;
  hop.messageId ??= ev.text(F.messageId) || undefined;
  hop.subject ??= ev.text(F.subject);
  hop.headerFrom ??= ev.text(F.headerFrom);
  hop.clientIp ??= ev.text(F.clientIp);
  hop.clientName ??= ev.text(F.clientName);
  hop.helo ??= ev.text(F.helo);
  hop.user ??= ev.text(F.user);
  if (hop.size < 0) hop.size = ev.size;
  for (const address of word.recipients) hop.addNamed(address);
}

/** What a delivery program did with the mail of one user. */
function addStored(hop: Hop, word: Word): void {
  const [user] = word.recipients;
  if (user === undefined || !ENDS.has(word.what)) return;
  let end = hop.ends.find(({ address }) => sameAddress(address, user));
  if (end === undefined) {
    end = new End(user, undefined);
    end.outcome = 'sent';
    end.how = 'mailbox';
    end.attempts = 1;
    hop.ends.push(end);
  }
  end.at = word.at;
  (end.stored ??= []).push(word);
}

const ENDS: ReadonlySet<string> = new Set(['stored', 'kept', 'discarded', 'rejected']);
