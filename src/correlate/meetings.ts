/**
 * A program's own id of a mail, as its lines and the server's answers name it (`250 2.5.0 OK (381C4E5DFA32622BFC4)`,
 * `<bob@b> K3a7 Saved`): whatever of the two is logged first waits here for the other.
 */
import type { ChainLine, Instant } from '../model/message.ts';
import type { End, Hop } from './hop.ts';
import { addFacts, addTo, isBareRefusal, isOpen, isSameVerdict, twinOf, type Word } from './word.ts';

/** Ids of filters are used again after a restart. */
const SAME_FILTER_MS = 600_000;
/** A line that begins a mail is logged before its answer; loggers swap lines by less, ms. */
const SWAPPED_MS = 5000;
const MOST_MEETINGS = 20_000;
/** Meetings are looked through when they are so many, and twice as many as stayed. */
const LOOK_FROM = 1024;
/** A hostile log may name one id in any number of lines. */
const MOST_ITEMS = 1000;

/** A mail whose answer names the id: of one recipient, or (before-queue) of the whole mail. */
export interface Party {
  readonly hop: Hop;
  readonly end: End | undefined;
}

interface Meeting {
  at: Instant;
  parties: Party[];
  words: Word[];
  /** words that are no decision: a score, a virus' name */
  facts: Word[];
  lines: ChainLine[];
  /** notices that the program wrote, by their queue ids */
  notices: Notified[];
}

export interface Notified {
  readonly id: string;
  readonly kind: 'bounce' | 'notice';
  readonly at: Instant;
  readonly host: string | undefined;
}

export interface MeetingSink {
  meet(party: Party, word: Word): void;
  /** a server handed the mail to the server whose filter names the id */
  handedOn(from: Party, front: Hop): void;
  notified(party: Party, notice: Notified): void;
}

export class Meetings {
  private readonly byId = new Map<number, Meeting>();
  /** words that would decide on a mail were let go */
  private dropped = false;
  private latest: Instant = Number.NEGATIVE_INFINITY;
  private nextLook = LOOK_FROM;

  /** Whether something was said of a mail that was not seen, and would decide on it. */
  get isDoubted(): boolean {
    if (this.dropped) return true;
    for (const { words } of this.byId.values()) if (words.some(isOpen)) return true;
    return false;
  }

  /** A line that names the id and decides nothing; `begins`: the first of a mail. */
  mention(id: number, at: Instant, begins: boolean, line: ChainLine | undefined): void {
    const known = this.byId.get(id);
    if (begins && known !== undefined && known.parties.length > 0 && at - known.at > SWAPPED_MS) this.byId.delete(id);
    if (line !== undefined) addLines(this.of(id, at), [line]);
  }

  notice(id: number, notice: Notified, sink: MeetingSink): void {
    const meeting = this.of(id, notice.at);
    if (meeting.notices.length >= MOST_ITEMS) return;
    meeting.notices.push(notice);
    for (const party of inner(meeting)) sink.notified(party, notice);
  }

  /**
   * What the program says of the id. Where it has said the like before (and this word names no mail by itself), it is
   * the same verdict's second line. False: nobody has answered with this id yet, and other keys may know the mail.
   */
  add(word: Word, id: number, isBare: boolean, sink: MeetingSink): boolean {
    const meeting = this.of(id, word.at);
    if (meeting.words.length + meeting.facts.length >= MOST_ITEMS) return meeting.parties.length > 0;
    if (twinOf(meeting.words, word) !== undefined) {
      addLines(meeting, word.lines);
      word.claims++;
      word.isPart = true;
      return meeting.parties.length > 0;
    }
    const mine = isBare && word.kind === 'verdict' ? meeting.words.filter((w) => w.engine === word.engine) : [];
    if (isBareRefusal(word) && mine.some((w) => w.action === 'discarded')) {
      for (const w of mine) if (w.action === 'discarded') w.outcome = w.action = 'rejected';
      word.isPart = true;
      addLines(meeting, word.lines);
      return true;
    }
    if (isBare && word.kind === 'verdict' && word.action === '' && word.outcome === '') {
      meeting.facts.push(word);
      word.isPart = mine.length > 0;
      for (const w of mine) addFacts(w, word);
      addLines(meeting, word.lines);
      return meeting.parties.length > 0;
    }
    if (isBare) for (const fact of meeting.facts) if (fact.engine === word.engine) addFacts(word, fact);
    const last = mine.findLast((w) => isSameVerdict(w, word));
    if (last !== undefined) {
      addTo(last, word);
      word.isPart = true;
      for (const { hop } of meeting.parties) if (hop.words?.includes(last)) (hop.lines ??= []).push(...word.lines);
      for (const party of inner(meeting)) sink.meet(party, last);
      return true;
    }
    meeting.words.push(word);
    for (const party of inner(meeting)) sink.meet(party, word);
    return meeting.parties.length > 0;
  }

  /** A server's answer names the id. */
  answer(party: Party, id: number, at: Instant, sink: MeetingSink): void {
    const meeting = this.of(id, at);
    const isNew = !meeting.parties.some((p) => p.hop === party.hop);
    if (isNew || !meeting.parties.some((p) => p.end === party.end && p.hop === party.hop)) {
      if (meeting.parties.length >= MOST_ITEMS) return;
      meeting.parties.push(party);
    }
    const front = meeting.parties.find((p) => p.end === undefined)?.hop;
    if (front !== undefined)
      for (const p of meeting.parties) {
        if (p.end === undefined) continue;
        // the words were about the mail behind
        if (p.hop.words !== undefined) p.hop.words = p.hop.words.filter((w) => !meeting.words.includes(w));
        sink.handedOn(p, front);
      }
    if (front !== undefined && party.end !== undefined) return;
    if (isNew && meeting.lines.length > 0) (party.hop.lines ??= []).push(...meeting.lines);
    for (const word of meeting.words) sink.meet(party, word);
    for (const notice of meeting.notices) sink.notified(party, notice);
  }

  private of(id: number, at: Instant): Meeting {
    let meeting = this.byId.get(id);
    if (meeting === undefined || Math.abs(at - meeting.at) > SAME_FILTER_MS) {
      if (meeting?.words.some(isOpen) === true) this.dropped = true;
      meeting = { at, parties: [], words: [], facts: [], lines: [], notices: [] };
      // behind the others: the first of the map are the oldest
      this.byId.delete(id);
      if (this.byId.size >= this.nextLook) this.forgetTold();
      this.byId.set(id, meeting);
      if (at > this.latest) this.latest = at;
      if (this.byId.size > MOST_MEETINGS)
        for (const [key, oldest] of this.byId) {
          if (oldest.words.some(isOpen)) this.dropped = true;
          this.byId.delete(key);
          break;
        }
    }
    return meeting;
  }

  /** Of mails that were told nothing more is asked once their id would be another mail's. */
  private forgetTold(): void {
    const before = this.latest - 2 * SAME_FILTER_MS;
    for (const [id, { at, parties, words }] of this.byId)
      if (
        at < before &&
        parties.length > 0 &&
        parties.every(({ hop }) => hop.told !== undefined) &&
        !words.some(isOpen)
      )
        this.byId.delete(id);
    this.nextLook = Math.max(LOOK_FROM, this.byId.size * 2);
  }
}

/** The mails that the program saw: of one before its queue, not those of the servers before. */
function inner({ parties }: Meeting): Party[] {
  const fronts = parties.filter((p) => p.end === undefined);
  return fronts.length > 0 ? fronts : parties;
}

function addLines(meeting: Meeting, lines: readonly ChainLine[]): void {
  if (meeting.lines.length < MOST_ITEMS) meeting.lines.push(...lines);
  for (const hop of new Set(inner(meeting).map((p) => p.hop))) (hop.lines ??= []).push(...lines);
}
