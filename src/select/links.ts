/**
 * Attempts of equal sender and recipient, which are linked where one was refused for now (correlate/retries.ts): those of the
 * mails of a search.
 */
import type { Rec } from './record.ts';
import { isForNow, put } from './rules.ts';
import { isSafe, MOST_ADDRESSES, type Wants } from './wants.ts';

/** Mails that some senders wrote, of which is asked who they were for. */
const MOST_WRITTEN = 500;

export interface LinksOptions {
  readonly wants: Wants;
  readonly byId: ReadonlyMap<string, readonly Rec[]>;
  readonly byAddress: ReadonlyMap<string, readonly Rec[]>;
  /** the own lines of this mail matter */
  readonly need: (id: string) => void;
  /** this mail may be told */
  readonly want: (id: string) => void;
  /** the session of a refusal that may be told */
  readonly wantSession: (rec: Rec) => void;
}

export class Links {
  readonly #options: LinksOptions;
  readonly #addresses = new Set<string>();
  /** of lines that are not kept: recipients that links are looked for */
  readonly #linked = new Map<string, Rec[]>();
  readonly #bySender = new Map<string, Rec[]>();
  /** ids of mails by sender; of those who are in it, of all lines */
  readonly #written = new Map<string, Set<string>>();

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** A line that is kept. */
  put(rec: Rec): void {
    if (rec.sender !== undefined) put(this.#bySender, rec.sender, rec);
  }

  /** Any line that is met. */
  see({ id, sender }: Rec): void {
    if (id !== undefined && sender !== undefined) this.#written.get(sender)?.add(id);
  }

  /** A line of this recipient that may not be kept. */
  meet(rec: Rec, address: string): void {
    if (this.#addresses.has(address)) put(this.#linked, address, rec);
  }

  /** `pairs`: recipients of the search's mails, with who wrote to them. */
  settle(pairs: ReadonlyMap<string, ReadonlySet<string>>): void {
    const { wants, byAddress } = this.#options;
    if (pairs.size > MOST_ADDRESSES) wants.doubt = 'too many recipients to look for links';
    for (const [address, senders] of pairs) {
      this.#addresses.add(address);
      wants.link(address, senders);
      const recs = [...(byAddress.get(address) ?? []), ...(this.#linked.get(address) ?? [])];
      if (!recs.some((rec) => isForNow(rec) && (rec.sender === undefined || senders.has(rec.sender)))) continue;
      this.#linkAll(address, recs, senders);
    }
  }

  /** One was refused for now: all mails of these senders to the recipient may be told. */
  #linkAll(address: string, recs: readonly Rec[], senders: ReadonlySet<string>): void {
    const { wants, byId, need, want } = this.#options;
    // every line of the address is known: who else they wrote to need not be asked
    const isKnown = wants.isSearched(address);
    const isNamed = !isKnown && [...senders].every((sender) => isSafe(sender));
    const written = new Set(isNamed ? [...senders].flatMap((sender) => [...this.#writtenBy(sender)]) : []);
    const isAsked = isNamed && written.size <= MOST_WRITTEN;
    // of those who write much, and of nobody, all lines of the recipient are looked at
    if (!isAsked && !isKnown) wants.needle(address, `link to ${address}`);
    for (const rec of recs)
      if (rec.id === undefined || !isNamed) this.#linkTo(rec, senders);
      else if (written.has(rec.id)) want(rec.id);
    if (!isAsked) return;
    for (const id of written) {
      need(id);
      if (byId.get(id)?.some((rec) => rec.id === id && rec.recipients.includes(address)) === true) want(id);
    }
  }

  /** Mails of this sender that are known so far; all of them when what is asked for now is read. */
  #writtenBy(sender: string): ReadonlySet<string> {
    let ids = this.#written.get(sender);
    if (ids === undefined) {
      ids = new Set((this.#bySender.get(sender) ?? []).flatMap(({ id }) => id ?? []));
      this.#written.set(sender, ids);
      this.#options.wants.writer(sender, `link from ${sender}`);
    }
    return ids;
  }

  #linkTo(rec: Rec, senders: ReadonlySet<string>): void {
    const { byId, need, want, wantSession } = this.#options;
    if (rec.id === undefined) {
      if (rec.session !== undefined && (rec.sender === undefined || senders.has(rec.sender))) wantSession(rec);
      return;
    }
    // a delivery does not name the sender: other lines of its mail do
    need(rec.id);
    const own = byId.get(rec.id) ?? [];
    if (own.some(({ id, sender }) => id === rec.id && sender !== undefined && senders.has(sender))) want(rec.id);
  }
}
