/** Relays of the mails of a search: which may be content filters, and the mails that would show it. */
import type { Rec } from './record.ts';
import { put, relayKey, wentOn, wordOf } from './rules.ts';
import type { Wants } from './wants.ts';

/**
 * Mails that are looked at as evidence that a relay is a content filter: the first few, and where none of them is, more.
 * An id of another server that some line here may begin with is one: of a mail in a thousand by chance (kernel/heads.ts).
 */
const EVIDENCE = 24;
const MOST_EVIDENCE = 2000;

/** A relay that may be a content filter, and deliveries through it that would show it. */
interface Relay {
  seen: number;
  readonly evidence: Rec[];
  /** those that are looked at when the first show nothing */
  others: Rec[];
}

export interface RelayOptions {
  readonly wants: Wants;
  readonly byId: ReadonlyMap<string, readonly Rec[]>;
  /** no line of the log begins with this word (of an id) */
  isNoHead(word: string): boolean;
  /** the own lines of this mail matter */
  need(id: string): void;
}

export class Relays {
  readonly #options: RelayOptions;
  readonly #relays = new Map<string, Relay>();
  readonly #byRelay = new Map<string, Rec[]>();
  /** deliveries whose next hop is read before their relay is asked for */
  readonly #deferred = new Set<Rec>();

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** More mails may show a filter than are looked at. */
  get isTooMuch(): boolean {
    for (const relay of this.#relays.values()) if (relay.seen > MOST_EVIDENCE && !this.#isShown(relay)) return true;
    return false;
  }

  /** All that was asked for is read. Whether more is asked for now. */
  askMore(): boolean {
    let asked = false;
    for (const relay of this.#relays.values()) {
      const { others, evidence } = relay;
      if (others.length === 0) continue;
      relay.others = [];
      if (relay.seen > MOST_EVIDENCE || this.#isShown(relay)) continue;
      for (const rec of others) {
        evidence.push(rec);
        this.#options.need(rec.id as string);
        this.#options.need(rec.remote as string);
      }
      asked = true;
    }
    return asked;
  }

  put(rec: Rec): void {
    if (rec.kind === 'delivery' && rec.relay !== undefined) put(this.#byRelay, relayKey(rec), rec);
  }

  /** A mail that came back to the same host through a relay in question. */
  isEvidence(rec: Rec): boolean {
    if (this.#relays.size === 0 || rec.kind !== 'delivery' || rec.remote === undefined || rec.id === undefined)
      return false;
    const relay = this.#relays.get(relayKey(rec));
    if (relay === undefined || this.#options.isNoHead(wordOf(rec.remote))) return false;
    if (++relay.seen > EVIDENCE) {
      if (relay.seen <= MOST_EVIDENCE) relay.others.push(rec);
      return false;
    }
    relay.evidence.push(rec);
    this.#options.need(rec.id);
    this.#options.need(rec.remote);
    return true;
  }

  #isShown({ evidence }: Relay): boolean {
    return evidence.some((rec) => wentOn(rec, this.#options.byId, rec.host));
  }

  ask(rec: Rec): void {
    const { wants, byId } = this.#options;
    const isAsked = (rec.outcome === 'sent' && rec.how === 'remote') || rec.outcome === 'bounced';
    if (!isAsked || rec.relay === undefined) return;
    // where the next hop is in the logs, its lines are read first: a mail that surely went on is no question
    if (rec.remote !== undefined && !this.#deferred.has(rec)) {
      this.#deferred.add(rec);
      if (!this.#options.isNoHead(wordOf(rec.remote))) return;
    }
    if (wentOn(rec, byId, undefined)) return;
    const key = relayKey(rec);
    if (this.#relays.has(key)) return;
    this.#relays.set(key, { seen: 0, evidence: [], others: [] });
    wants.relay(rec.relay);
    for (const other of this.#byRelay.get(key) ?? []) this.isEvidence(other);
  }
}
