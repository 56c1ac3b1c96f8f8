/**
 * Ties what filters and delivery programs say to the mails of the servers beside them.
 * Keys, the strongest first:
 *   - the server's queue id, of the same host, or with an equal Message-ID of another (a filter may serve several hosts);
 *   - the program's own id in the server's delivery line (Amavis `id=20417-03-2`, Dovecot's session in `<bob@b> K3a7 Saved`);
 *   - the Message-ID alone, within a time, at the mail's first hop;
 *   - client, sender and recipients, within seconds (by-envelope.ts).
 * Whichever side is logged first waits for the other; nothing waits for ever.
 */
import type { Instant } from '../model/message.ts';
import { envelopeKey, isOfEnvelope } from './by-envelope.ts';
import type { End, Hop, Parent } from './hop.ts';
import { addTo, type Word } from './word.ts';

/** Within this time a filter's line and the mail's own lines come together, ms. */
const NEAR_MS = 600_000;
/** So long after a mail left the queue a line that names its id may still be about it. */
const AFTER_MS = 60_000;
/** Ids of filters are used again after a restart. */
const SAME_FILTER_MS = 600_000;
/** Words that wait for their mail. */
const MOST_WAITING = 20_000;
/** Lives of one queue id (on several hosts) that are looked at. */
const MOST_SAME = 64;

/** A program's own id, as its lines and the server's answers name it. */
interface Meeting {
  at: Instant;
  ends: { hop: Hop; end: End }[];
  words: Word[];
}

export class Beside {
  private readonly byId = new Map<number, Word[]>();
  private readonly byMid = new Map<number, Word[]>();
  private readonly byEnvelope = new Map<number, Word[]>();
  private readonly meetings = new Map<number, Meeting>();
  private waiting = 0;
  /** redirects that wait for the mail that carries them on, by Message-ID */
  private readonly redirects = new Map<number, Parent[]>();

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** A word with the server's queue id -> the mail, if it is known; `hops`: the latest live one of that id, the others hang on it. */
  addById(word: Word, id: number, hops: Hop | undefined): Hop | undefined {
    let n = 0;
    const fitting: Hop[] = [];
    for (let hop = hops; hop !== undefined && n < MOST_SAME; hop = hop.nextSameId, n++)
      if (fits(word, hop)) fitting.push(hop);
    for (const hop of fitting) give(word, hop);
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

  /**
   * A word with its program's own id. Where the program has told of that id before (and this word names no mail by
   * itself), it is the same verdict's second line. Undefined: taken; else the word goes on to the other keys.
   */
  addByFilter(word: Word, id: number, isBare: boolean, onMeeting: (hop: Hop, end: End, word: Word) => void): boolean {
    const meeting = this.meeting(id, word.at);
    const last = word.kind === 'verdict' ? meeting.words.findLast((w) => w.engine === word.engine) : undefined;
    if (last !== undefined && isBare && last.what === word.what) {
      addTo(last, word);
      return true;
    }
    meeting.words.push(word);
    for (const { hop, end } of meeting.ends) onMeeting(hop, end, word);
    return meeting.ends.length > 0;
  }

  /** A server's answer names a program's own id. */
  answer(hop: Hop, end: End, id: number, onMeeting: (hop: Hop, end: End, word: Word) => void): void {
    const meeting = this.meeting(id, end.at);
    if (!meeting.ends.some((e) => e.end === end)) meeting.ends.push({ hop, end });
    for (const word of meeting.words) onMeeting(hop, end, word);
  }

  private meeting(id: number, at: Instant): Meeting {
    let meeting = this.meetings.get(id);
    if (meeting === undefined || Math.abs(at - meeting.at) > SAME_FILTER_MS) {
      meeting = { at, ends: [], words: [] };
      // behind the others: the first of the map are the oldest
      this.meetings.delete(id);
      this.meetings.set(id, meeting);
      if (this.meetings.size > MOST_WAITING)
        for (const oldest of this.meetings.keys()) {
          this.meetings.delete(oldest);
          break;
        }
    }
    return meeting;
  }

  /** A new hop: words that named its id before its first line. */
  opened(hop: Hop, id: number): void {
    const words = this.byId.get(id);
    if (words === undefined) return;
    const left = words.filter((word) => !fits(word, hop));
    for (const word of words) if (!left.includes(word)) give(word, hop);
    if (left.length === 0) this.byId.delete(id);
    else this.byId.set(id, left);
  }

  /** A word that names nothing but client, sender and recipients. */
  addByEnvelope(word: Word): void {
    if (word.kind !== 'verdict' || word.sender === undefined) return;
    put(this.byEnvelope, envelopeKey(word.host, word.sender), word);
    this.wait(word.at);
  }

  /** Before a mail is told: what names its Message-ID or its envelope alone. */
  claim(root: Hop): void {
    if (root.sender !== undefined && this.byEnvelope.size > 0)
      for (const word of this.byEnvelope.get(envelopeKey(root.host, root.sender)) ?? [])
        if (isOfEnvelope(word, root)) give(word, root);
    if (root.midHash === 0) return;
    for (const word of this.byMid.get(root.midHash) ?? [])
      if (word.claims === 0 && word.at >= root.firstAt - NEAR_MS && word.at <= root.lastAt + NEAR_MS) give(word, root);
  }

  /** What delivery programs said of a Message-ID within seconds of `at`, and nobody has taken yet. */
  storedOf(mid: number, at: Instant): readonly Word[] {
    if (mid === 0) return NO_WORDS;
    const words = this.byMid.get(mid);
    if (words === undefined) return NO_WORDS;
    return words.filter((w) => w.kind === 'stored' && w.claims === 0 && Math.abs(w.at - at) <= STORED_MS);
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
    for (const map of [this.byId, this.byMid, this.byEnvelope])
      for (const [key, words] of map) {
        const kept = words.filter((word) => word.claims === 0 && word.at >= at - NEAR_MS);
        if (kept.length === 0) map.delete(key);
        else map.set(key, kept);
        this.waiting += kept.length;
      }
  }
}

const NONE: readonly Parent[] = [];
const NO_WORDS: readonly Word[] = [];
/** A delivery program logs while the server waits for its answer, ms. */
const STORED_MS = 30_000;

function put<T>(map: Map<number, T[]>, key: number, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function give(word: Word, hop: Hop): void {
  word.claims++;
  (hop.words ??= []).push(word);
  for (const line of word.lines) (hop.lines ??= []).push(line);
}

/** Whether a word that names this hop's queue id is about it. */
function fits(word: Word, hop: Hop): boolean {
  const isSameMail = word.midHash !== 0 && hop.midHash !== 0;
  if (isSameMail && word.midHash !== hop.midHash) return false;
  if (word.at < hop.firstAt - NEAR_MS) return false;
  if (hop.closed !== '' && word.at > hop.closedAt + AFTER_MS) return false;
  return word.host === undefined || hop.host === undefined || word.host === hop.host || isSameMail;
}
