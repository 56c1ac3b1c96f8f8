/**
 * Words of policy services and filters that name a mail by client, sender and recipient alone (correlate/by-envelope.ts): of
 * the mails of a search the senders (of those from nobody the clients) are looked for, and what is near in time is taken:
 * the words, and other mails and refusals that they may be about. Where the words are few, theirs are read first: other
 * mails are looked for only beside one.
 */
import type { Rec } from './record.ts';
import { put } from './rules.ts';
import type { Wants } from './wants.ts';

/** More than any window of by-envelope.ts, to both sides. */
const NEAR_MS = 150_000;
/** Lines of `isAround` are less apart; stamps may leave out parts of a second. */
const FARTHEST_MS = 2 * NEAR_MS + 1000;
/** More than a word of a mail's first recipient is apart from its first line. */
const FIRST_MS = 15_000;

/** Whether the record is a word that nothing but the envelope ties. */
export function isProposal(rec: Rec): boolean {
  return rec.kind === 'verdict' && rec.id === undefined && rec.mid === undefined && rec.sender !== undefined;
}

export class Envelopes {
  /** by host and sender or client: when something of the search was logged, in steps of NEAR_MS */
  readonly #times = new Map<string, Set<number>>();
  /** the same of words that the search itself looks for */
  readonly #hits = new Map<string, Set<number>>();
  readonly #noted = new Set<Rec>();
  /** by the same: the lines that were */
  readonly #lines = new Map<string, Rec[]>();
  /** lines that name a sender or client */
  readonly #kept: Rec[] = [];
  /** those read of the words, by host and sender or client; undefined: they are looked for as other lines are */
  #words: Map<string, Rec[]> | undefined;
  readonly #wants: Wants;

  constructor(wants: Wants) {
    this.#wants = wants;
  }

  /** The words of a sender or client are read before what else has it. */
  expectWords(): void {
    this.#words = new Map();
  }

  /** Whether the word is kept until all mails of the search are known. */
  keep(rec: Rec): boolean {
    if (this.#words === undefined || !isProposal(rec)) return false;
    for (const name of [rec.sender, rec.ip])
      if (name !== undefined && name !== '') put(this.#words, keyOf(rec, name), rec);
    return true;
  }

  /** Where a word is near to a mail of the search, other mails that it may be about are looked for. */
  settle(): void {
    if (this.#words === undefined) return;
    for (const [key, times] of this.#times) {
      const name = key.slice(key.indexOf('\n') + 1);
      this.#wants.envelope(name);
      if (this.#words.get(key)?.some(({ at }) => isAround(times, at)) === true)
        this.#wants.near(name, this.#lines.get(key) ?? [], FARTHEST_MS, `envelope ${key} ${times.size}`);
    }
  }

  /** The lines of a mail of the search. */
  noteMail(own: readonly Rec[]): void {
    const senders = new Set(own.flatMap(({ sender }) => (sender === undefined || sender === '' ? [] : [sender])));
    const isNobodys = own.some(({ sender }) => sender === '');
    const clients = isNobodys ? new Set(own.flatMap(({ ip }) => (ip === undefined || ip === '' ? [] : [ip]))) : [];
    for (const rec of own)
      for (const name of [...senders, ...clients]) if (!this.#noted.has(rec)) this.#note(this.#times, rec, name);
    if (senders.size > 0 || isNobodys) for (const rec of own) this.#noted.add(rec);
  }

  /** A word, or a refusal without an id, of the search. */
  noteLine(rec: Rec): void {
    const name = rec.sender === '' ? rec.ip : rec.sender;
    if (name === undefined || name === '' || this.#noted.has(rec)) return;
    this.#noted.add(rec);
    this.#note(isProposal(rec) ? this.#hits : this.#times, rec, name);
  }

  /** Whether the line is near to one of the search: 'hit' to a word that the search looks for. */
  near(rec: Rec): 'hit' | 'near' | undefined {
    if (this.#times.size === 0 && this.#hits.size === 0) return undefined;
    for (const name of [rec.sender, rec.ip]) {
      if (name === undefined || name === '') continue;
      const key = keyOf(rec, name);
      if (isAround(this.#hits.get(key), rec.at)) return 'hit';
      if (isAround(this.#times.get(key), rec.at)) return 'near';
    }
    return undefined;
  }

  /** A line that is kept, for whatever reason. */
  kept(rec: Rec): void {
    if ((rec.sender ?? rec.ip) !== undefined) this.#kept.push(rec);
  }

  /** Lines that were kept for another reason, and are near to a word that the search looks for. */
  turnedHit(): Rec[] {
    return this.#hits.size === 0 ? [] : this.#kept.filter((rec) => this.near(rec) === 'hit');
  }

  /** Words that may tell whom these mails were for, where they were refused as a whole (correlate/passes.ts). */
  firstsOf(ids: ReadonlySet<string>, byId: ReadonlyMap<string, readonly Rec[]>): Rec[] {
    const lists = this.#words === undefined ? [this.#kept.filter(isProposal)] : [...this.#words.values()];
    if (!lists.some((list) => list.length > 0)) return [];
    return [...ids].flatMap((id) => {
      const own = (byId.get(id) ?? []).filter((rec) => rec.id === id);
      if (!own.some((rec) => rec.kind === 'refusal' && rec.final)) return [];
      const senders = new Set(own.map(({ sender }) => sender));
      const at = Math.min(...own.map((rec) => rec.at));
      return lists.flatMap((list) =>
        list.filter((rec) => senders.has(rec.sender) && Math.abs(rec.at - at) <= FIRST_MS),
      );
    });
  }

  #note(times: Map<string, Set<number>>, rec: Rec, name: string): void {
    if (Number.isNaN(rec.at)) return;
    const key = keyOf(rec, name);
    const set = times.get(key) ?? new Set();
    times.set(key, set);
    const { size } = set;
    put(this.#lines, key, rec);
    set.add(Math.floor(rec.at / NEAR_MS));
    // another time is another question: lines that were met before and were not near are looked at again
    const isHit = times === this.#hits;
    if (set.size > size && (isHit || this.#words === undefined))
      this.#wants.near(
        name,
        this.#lines.get(key) ?? [],
        FARTHEST_MS,
        `envelope ${isHit ? 'hit' : ''} ${key} ${set.size}`,
      );
  }
}

function keyOf({ host }: Rec, name: string): string {
  return `${host}\n${name}`;
}

function isAround(times: ReadonlySet<number> | undefined, at: number): boolean {
  if (times === undefined) return false;
  const step = Math.floor(at / NEAR_MS);
  return times.has(step) || times.has(step - 1) || times.has(step + 1);
}
