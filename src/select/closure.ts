/**
 * Which lines belong to the mails of a search: from the lines that it looks for, over everything by which the correlator
 * joins lines or lets one mail change what is told of another.
 * Rules:  an id is `wanted` where its mail may be told: its lines, whatever names it or is named by it, its sessions,
 *         refusals that a delivery repeats, mail with its Message-ID that came back. An id is `needed` where only its own
 *         lines matter: another mail of the same session, evidence that a relay is a content filter.
 *         All that is taken too much is only read; all that is left out must not matter.
 * Errors: `doubt` where it cannot be known from chosen lines; then the log is read whole.
 */
import { Envelopes, isProposal } from './envelopes.ts';
import { Links } from './links.ts';
import type { Rec } from './record.ts';
import { Relays } from './relays.ts';
import {
  doubtOf,
  factsOf,
  isAnswer,
  isUnfinished,
  midKey,
  pairsOf,
  put,
  REPEAT_MS,
  repeatWhy,
  segmentsOf,
  senderOf,
  SHORTEST_WORD,
  wordOf,
  wordOfMid,
  type ClosureOptions,
  type Seen,
} from './rules.ts';
import { Wants, type Wanted } from './wants.ts';
import { Walks } from './walks.ts';

export class Closure {
  traps: Seen = { fronts: false, mids: false, pipes: false, envelopes: false, lists: false };

  readonly #options: ClosureOptions;
  readonly #wanted = new Set<string>();
  /** those of the search's own mails; others are only linked to them: of these the ids are told, and no more */
  readonly #own = new Set<string>();
  readonly #needed = new Set<string>();
  readonly #wants: Wants;
  readonly #walks: Walks;
  readonly #sessions = new Set<string>();
  /** sessions that are looked for everywhere in the log */
  readonly #everywhere = new Set<string>();
  /** lines in whose sessions a refusal may be told by another mail's delivery */
  readonly #relevant = new Map<number, Set<number>>();
  readonly #mids = new Set<string>();
  readonly #filters = new Set<string>();
  readonly #mailIds = new Set<string>();
  readonly #byFilter = new Map<string, Rec[]>();
  /** of lines beside the servers that name no queue id, and what has them */
  readonly #besideMids = new Set<string>();
  readonly #byBareMid = new Map<string, Rec[]>();
  /** by recipient: refusals and refused deliveries of the search, and all that were met */
  readonly #refusals = new Map<string, Rec[]>();
  readonly #refusedEnds = new Map<string, Rec[]>();
  readonly #met = new Map<string, Rec[]>();
  readonly #counted = new Set<Rec>();
  /** refusals without an id in sessions of the search */
  readonly #told = new Set<Rec>();
  /** of sessions that matter */
  readonly #chosenRecs = new Set<Rec>();
  readonly #ips = new Set<string>();
  readonly #relays: Relays;
  readonly #envelopes: Envelopes;
  readonly #byId = new Map<string, Rec[]>();
  readonly #bySession = new Map<string, Rec[]>();
  readonly #byMid = new Map<string, Rec[]>();
  readonly #byAddress = new Map<string, Rec[]>();
  readonly #links: Links;

  constructor(options: ClosureOptions) {
    this.#options = options;
    this.#wants = new Wants((address) => options.isSearched(address));
    this.#walks = new Walks(options);
    this.#envelopes = new Envelopes(this.#wants);
    this.#links = new Links({
      wants: this.#wants,
      byId: this.#byId,
      byAddress: this.#byAddress,
      need: (id) => this.#need(id),
      want: (id) => this.#want(id, false),
      wantSession: (rec) => this.#wantSession(rec, true),
    });
    this.#relays = new Relays({
      wants: this.#wants,
      byId: this.#byId,
      isNoHead: (word) => options.isNoHead(word),
      need: (id) => this.#need(id),
    });
  }

  /** Words without an id come first (envelopes.ts). */
  expectWords(): void {
    this.#envelopes.expectWords();
  }

  /** Why chosen lines are not enough. */
  get doubt(): string | undefined {
    return this.#wants.doubt;
  }

  set doubt(why: string | undefined) {
    this.#wants.doubt = why;
  }

  /**
   * Whether a line with these records is one of the search's; what is kept is remembered. 'perhaps': a line of a process
   * that wrote sessions of the search: whether its own session is one is known in the end (`isChosen`).
   */
  take(recs: readonly Rec[]): 'yes' | 'perhaps' | 'no' {
    // all are asked: some ask for more
    const kept = recs.filter((rec) => this.#isKept(rec));
    const isWord = recs.filter((rec) => this.#envelopes.keep(rec)).length > 0;
    if (kept.length === 0 && !recs.some(({ session }) => session !== undefined && this.#sessions.has(session)))
      return isWord ? 'perhaps' : 'no';
    for (const rec of recs) {
      if (this.traps.envelopes) this.#envelopes.kept(rec);
      for (const id of [rec.id, rec.remote, rec.other]) if (id !== undefined) put(this.#byId, id, rec);
      if (rec.filter !== undefined) put(this.#byFilter, rec.filter, rec);
      if (rec.session !== undefined) put(this.#bySession, rec.session, rec);
      if (rec.mid !== undefined) {
        put(this.#byMid, midKey(rec.mid, rec.host), rec);
        if (this.traps.mids) put(this.#byBareMid, rec.mid, rec);
      }
      for (const address of rec.recipients) put(this.#byAddress, address, rec);
      this.#links.put(rec);
      this.#relays.put(rec);
      this.#relate(rec);
    }
    return kept.length > 0 ? 'yes' : 'perhaps';
  }

  /** In the end, of lines that were taken perhaps. */
  isChosen(rec: Rec): boolean {
    if (this.#chosenRecs.has(rec) || (rec.id !== undefined && this.#needed.has(rec.id))) return true;
    return isProposal(rec) && this.#envelopes.near(rec) !== undefined;
  }

  /** Whether a word of a line of no known program is an id of the search; `hit`: the line is looked for itself. */
  takeWord(word: string, hit: boolean): boolean {
    if (this.#needed.has(word)) return true;
    if (!hit || word.length < 6 || word.length > 23 || !/\d/.test(word) || this.#options.isNoHead(word)) return false;
    this.#want(word);
    return true;
  }

  /** All lines looked for so far have been taken: what do they ask for? */
  settle(): void {
    for (const mid of this.#besideMids)
      for (const { id } of this.#byBareMid.get(mid) ?? []) if (id !== undefined) this.#want(id);
    for (const id of this.#wanted) this.#settleHop(id);
    for (const key of this.#sessions) this.#settleSession(key);
    if (this.#options.asksLinks) {
      const firsts = this.#envelopes.firstsOf(this.#own, this.#byId);
      this.#links.settle(pairsOf(this.#own, this.#byId, [...this.#told, ...firsts]));
    }
    this.#envelopes.settle();
    for (const rec of this.#envelopes.turnedHit()) this.#takeBeside(rec);
    for (const { key, pid } of this.#walks.settle((key) => this.#bySession.get(key) ?? []))
      this.#searchSession(key, pid);
  }

  /** Nothing more is asked for: whether there is more that should be, where what was asked for was not enough. */
  askMore(): boolean {
    return this.#relays.askMore();
  }

  /** Nothing more is asked for: is it sure? */
  close(): void {
    if (this.#relays.isTooMuch) this.doubt ??= 'more mails may show a content filter than are looked at';
  }

  /** What to look for now. */
  next(): Wanted {
    return this.#wants.take(this.#walks.next());
  }

  #isKept(rec: Rec): boolean {
    const { id, mid } = rec;
    this.#links.see(rec);
    // what is near is asked first: it may want more
    if (this.traps.envelopes && this.#isNear(rec)) return true;
    if (rec.hit || this.#isNamed(rec) || (id !== undefined && this.#needed.has(id))) return true;
    if (mid !== undefined && this.#mids.has(mid)) return true;
    if (this.#relays.isEvidence(rec)) return true;
    if (rec.ip !== undefined && this.#ips.has(rec.ip) && rec.kind === 'refusal') {
      // a refusal of that client, for an ordinal of ids of one second
      if (rec.session !== undefined) this.#wantSession(rec, true);
      return true;
    }
    return rec.recipients.length > 0 && this.#isAddressed(rec);
  }

  #isAddressed(rec: Rec): boolean {
    let kept = false;
    for (const address of rec.recipients) {
      this.#links.meet(rec, address);
      if (rec.kind !== 'refusal' && rec.code < 400) continue;
      put(this.#met, address, rec);
      if (isAnswer(rec, this.#refusals.get(address), this.#refusedEnds.get(address))) {
        kept = true;
        this.#answer(rec);
      }
    }
    return kept;
  }

  #answer(rec: Rec): void {
    if (rec.id !== undefined) this.#want(rec.id);
    else if (rec.session !== undefined) this.#wantSession(rec, true);
  }

  /** A word about an envelope of the search, or what may be meant by it. */
  #isNear(rec: Rec): boolean {
    const near = this.#envelopes.near(rec);
    if (near === undefined) return false;
    if (near === 'hit') return this.#takeBeside(rec);
    if (rec.id !== undefined) this.#need(rec.id);
    else if (rec.kind === 'refusal' && rec.session !== undefined) this.#wantSession(rec, true);
    else return isProposal(rec);
    return true;
  }

  /** Of what the search looks for, the line beside is found in place of its own. */
  #takeBeside(rec: Rec): boolean {
    if (rec.kind === 'refusal') rec.hit = true;
    if (rec.id === undefined && rec.kind !== 'refusal') return isProposal(rec);
    this.#answer(rec);
    return true;
  }

  /** Whether it has an id of the search. */
  #isNamed({ id, remote, other, filter, mailId }: Rec): boolean {
    return (
      (filter !== undefined && this.#filters.has(filter)) ||
      (mailId !== undefined && this.#mailIds.has(mailId)) ||
      [id, remote, other].some((one) => one !== undefined && this.#wanted.has(one))
    );
  }

  #relate(rec: Rec): void {
    if (!rec.hit && !this.#isNamed(rec)) return;
    const { id, remote, other, filter, mailId } = rec;
    const named = [id, remote, other].filter((one): one is string => one !== undefined && one !== '');
    const isOwn = rec.hit || named.every((one) => !this.#wanted.has(one)) || named.some((one) => this.#own.has(one));
    for (const one of named) this.#want(one, isOwn);
    if (filter !== undefined) this.#wantFilter(filter);
    if (mailId !== undefined && this.#options.asksLinks) {
      // what the filter wrote about the mail, and the verdict
      this.#mailIds.add(mailId);
      this.#wants.needle(mailId, `mail ${mailId}`);
    }
    if (id === undefined && rec.mid !== undefined && (rec.kind === 'verdict' || rec.kind === 'stored')) {
      this.#besideMids.add(rec.mid);
      this.#searchMid(rec.mid);
    }
    if (rec.hit && this.traps.envelopes && isProposal(rec)) this.#envelopes.noteLine(rec);
    if (rec.session !== undefined && (rec.hit || (id !== undefined && this.#wanted.has(id))))
      this.#wantSession(rec, false);
  }

  #want(id: string, isOwn = true): void {
    if ((isOwn ? this.#own : this.#wanted).has(id)) return;
    this.#wanted.add(id);
    if (isOwn) this.#own.add(id);
    this.#need(id);
    for (const rec of this.#byId.get(id) ?? []) this.#relate(rec);
  }

  /** What a program beside the server says of the mail, and the server's line that names the same. */
  #wantFilter(filter: string): void {
    if (this.#filters.has(filter)) return;
    this.#filters.add(filter);
    const word = wordOf(filter);
    // a short id is no word to look for (`20417-03` is one): its lines are met where they name the mail
    if (word.length >= SHORTEST_WORD) this.#wants.word({ word, text: filter }, `filter ${filter}`);
    for (const rec of this.#byFilter.get(filter) ?? []) this.#relate(rec);
  }

  #need(id: string): void {
    if (this.#needed.has(id)) return;
    this.#needed.add(id);
    const word = wordOf(id);
    if (word !== '' && !this.#options.isNoHead(word)) this.#wants.word({ word, id }, `id ${id}`);
  }

  #wantSession(rec: Rec, relevant: boolean): void {
    const key = rec.session as string;
    if (relevant) this.#relevant.set(rec.file, (this.#relevant.get(rec.file) ?? new Set()).add(rec.offset));
    this.#sessions.add(key);
    const { sessionWord } = rec;
    if (sessionWord !== undefined && sessionWord === String(rec.pid)) {
      if (this.#everywhere.has(key)) return;
      if (!this.traps.fronts && this.#options.isInOneStream(rec)) this.#walks.want(rec);
      else this.#searchSession(key, rec.pid);
    } else if (sessionWord !== undefined) this.#wants.word({ word: sessionWord }, `session ${key}`);
    else if (rec.ip !== undefined && rec.ip !== '') this.#wants.pair(senderOf(rec), rec.ip, `session ${key}`);
    else this.doubt = 'a session that nothing names';
  }

  #searchSession(key: string, pid: number): void {
    this.#wants.word({ word: String(pid) }, `session ${key}`);
    this.#everywhere.add(key);
  }

  #searchMid(mid: string): void {
    if (this.#mids.has(mid)) return;
    this.#mids.add(mid);
    const wanted = wordOfMid(mid);
    if (wanted !== undefined) this.#wants.word(wanted, `mid ${mid}`);
    else this.#wants.needle(mid, `mid ${mid}`);
  }

  /** A refusal, or a refused delivery, of the search: what tells the same? */
  #searchAnswers(rec: Rec): void {
    if (this.#counted.has(rec)) return;
    this.#counted.add(rec);
    const isRefusal = rec.kind === 'refusal';
    for (const address of rec.recipients) {
      put(isRefusal ? this.#refusals : this.#refusedEnds, address, rec);
      if (isRefusal) this.#wants.refusedOf(address);
      // refusals elsewhere: of a delivery any, of a refusal one that another host passed on
      if (this.#options.hosts() > 1) this.#wants.needle(address, `address ${address}`);
      else if (!isRefusal) this.#wants.near(address, [rec], REPEAT_MS, repeatWhy(rec, address));
      for (const other of [...(this.#met.get(address) ?? []), ...(this.#byAddress.get(address) ?? [])])
        if (
          other !== rec &&
          (other.kind === 'refusal' || other.code >= 400) &&
          isAnswer(other, this.#refusals.get(address), this.#refusedEnds.get(address))
        )
          this.#answer(other);
    }
  }

  #settleHop(id: string): void {
    const own = (this.#byId.get(id) ?? []).filter((rec) => rec.id === id);
    const facts = factsOf(own);
    const isOwn = this.#own.has(id);
    this.doubt ??= doubtOf(this.traps, facts, this.#options.asksLinks);
    // of a mail that is only linked, such words may name the recipient that makes its id (correlate/passes.ts)
    if (this.traps.envelopes && (isOwn || own.some(({ kind, final }) => kind === 'refusal' && final)))
      this.#envelopes.noteMail(own);
    for (const rec of own) {
      if (this.traps.mids && rec.mid !== undefined) this.#searchMid(rec.mid);
      if (rec.session !== undefined) this.#wantSession(rec, false);
      if (rec.kind === 'refusal' || rec.code >= 400) this.#searchAnswers(rec);
      if (this.#options.asksStatus && isOwn && rec.kind === 'delivery') this.#relays.ask(rec);
    }
    // mail that came back by its Message-ID alone
    if (!facts.sentUnnamed && !facts.handedIn) return;
    for (const rec of own) {
      if (rec.mid === undefined) continue;
      this.#searchMid(rec.mid);
      for (const other of this.#byMid.get(midKey(rec.mid, rec.host)) ?? []) {
        if (other.id === undefined || (isOwn ? this.#own : this.#wanted).has(other.id)) continue;
        this.#need(other.id);
        const theirs = factsOf((this.#byId.get(other.id) ?? []).filter((r) => r.id === other.id));
        if ((facts.sentUnnamed && theirs.handedIn) || (facts.handedIn && theirs.sentUnnamed))
          this.#want(other.id, isOwn);
      }
    }
  }

  #settleSession(key: string): void {
    const all = this.#bySession.get(key) ?? [];
    for (const part of segmentsOf(all)) {
      if (part.some((rec) => rec.kind === 'proxy' || (rec.kind === 'arrival' && rec.id === undefined)))
        this.doubt = 'mail through a before-queue proxy';
      const isHit = part.some((rec) => rec.hit && rec.id === undefined);
      const mails = part.filter((rec) => rec.id !== undefined && this.#wanted.has(rec.id));
      if (!isHit && mails.length === 0 && !part.some((rec) => this.#relevant.get(rec.file)?.has(rec.offset) === true))
        continue;
      for (const rec of part) this.#chosenRecs.add(rec);
      const refusals = part.filter(
        (rec) => rec.id === undefined && (rec.kind === 'refusal' || rec.kind === 'act' || rec.recipients.length > 0),
      );
      const isDrawn =
        refusals.length > 0 ||
        mails.some((rec) => isUnfinished(this.#byId.get(rec.id as string) ?? [], rec.id as string));
      for (const rec of part) {
        if (rec.id === undefined) continue;
        if (isHit) this.#want(rec.id);
        else if (isDrawn) this.#need(rec.id);
      }
      if (!isHit && mails.length === 0) continue;
      const isOwn = isHit || mails.some((rec) => this.#own.has(rec.id as string));
      for (const rec of refusals) {
        if (isOwn) this.#told.add(rec);
        if (this.traps.envelopes) this.#envelopes.noteLine(rec);
        if (rec.kind !== 'refusal') continue;
        this.#searchAnswers(rec);
        if (rec.recipients.length > 0 || rec.ip === undefined || rec.ip === '' || this.#ips.has(rec.ip)) continue;
        this.#ips.add(rec.ip);
        this.#wants.needle(rec.ip, `ip ${rec.ip}`);
      }
    }
  }
}
