/** What the closure asks for next: each is asked for once, and why it was is remembered. */
import type { Rec } from './record.ts';
import type { Walk } from './walks.ts';

const MAX_WORD = 64;
const SAFE_NEEDLE = /^[a-z0-9!#$%&*+/=?^_{|}~.@:-]+$/;

/** Whether the text, in small letters, is written in one way. */
export function isSafe(text: string): boolean {
  return SAFE_NEEDLE.test(text);
}

/** A delivery comes after the refusal that it repeats (WINDOW_MS of correlate/inner.ts). */
const REPEAT_MS = 900_000;

/** a bound on addresses to look for: each is asked of the marks of each block */
export const MOST_ADDRESSES = 2048;

/** A word to look for. */
export interface Word {
  readonly word: string;
  /** only lines with this text are of use */
  readonly text?: string | undefined;
  /** an id that it is a word of: lines are of use if one begins with it */
  readonly id?: string | undefined;
}

/** Lines with both are of use. */
export interface Pair {
  /** an address: blocks have marks of it */
  readonly needle: string;
  readonly text: string;
}

/** Lines with the address of a recipient are of use that may refuse mail of these senders for now (link-lines.ts). */
export interface LinkWanted {
  readonly address: string;
  readonly senders: readonly string[];
}

/** Lines with the needle are of use that were written near to lines of their hosts. */
export interface NearWanted {
  readonly needle: string;
  readonly places: readonly NearPlace[];
}

/** So many ms around the time of this line. */
interface NearPlace {
  readonly file: number;
  readonly offset: number;
  readonly ms: number;
}

/** What to look for in the next passes. */
export interface Wanted {
  readonly words: readonly Word[];
  readonly needles: readonly string[];
  /** senders of which all mails are asked for (link-lines.ts) */
  readonly writers: readonly string[];
  readonly nears: readonly NearWanted[];
  readonly pairs: readonly Pair[];
  readonly links: readonly LinkWanted[];
  /** senders and clients of which the lines of programs beside the servers are read (word-lines.ts) */
  readonly envelopes: readonly string[];
  /** relays: lines with an id of the next server alone are of use */
  readonly relays: readonly string[];
  /** addresses of which the refused deliveries are asked for */
  readonly refused: readonly string[];
  /** where lines of processes are asked for */
  readonly walks: readonly Walk[];
}

export class Wants {
  doubt: string | undefined;
  #words: Word[] = [];
  #needles = new Set<string>();
  #writers = new Set<string>();
  #nears = new Map<string, NearWanted>();
  #pairs: Pair[] = [];
  #links: LinkWanted[] = [];
  #envelopes: string[] = [];
  #relays = new Set<string>();
  #refused = new Set<string>();
  readonly #searched = new Set<string>();
  readonly #isSearched: (address: string) => boolean;

  /** `isSearched`: every line with this address was looked at already. */
  constructor(isSearched: (address: string) => boolean) {
    this.#isSearched = isSearched;
  }

  /** Whether every line with this address was looked at already. */
  isSearched(address: string): boolean {
    return this.#isSearched(address.toLowerCase());
  }

  word(wanted: Word, why: string): void {
    const { word } = wanted;
    if (this.#isNew(why)) this.#words.push(wanted);
    if (word.length > MAX_WORD) this.doubt = 'a word that is too long to be looked for';
  }

  needle(text: string, why: string): void {
    const needle = this.#newNeedle(text, why);
    if (needle !== undefined) this.#needles.add(needle);
    if (this.#needles.size > MOST_ADDRESSES) this.doubt = 'too many addresses to look for';
  }

  /** Lines that name this sender. */
  writer(text: string, why: string): void {
    const needle = this.#newNeedle(text, why);
    if (needle !== undefined) this.#writers.add(needle);
    if (this.#writers.size > MOST_ADDRESSES) this.doubt = 'too many addresses to look for';
  }

  /** Lines of their hosts with the text that were written so near to one of these. */
  near(text: string, recs: readonly Rec[], ms: number, why: string): void {
    const needle = this.#newNeedle(text, why);
    if (needle !== undefined) {
      const places = recs.map(({ file, offset }) => ({ file, offset, ms }));
      this.#nears.set(needle, { needle, places: [...(this.#nears.get(needle)?.places ?? []), ...places] });
    }
    if (this.#nears.size > MOST_ADDRESSES) this.doubt = 'too many addresses to look for';
  }

  /** Lines that have both in any case; `text` where the needle may be written in several ways. */
  pair(needle: string, text: string, why: string): void {
    const pair = { needle: needle.toLowerCase(), text: text.toLowerCase() };
    if (needle === '' || !isSafe(pair.needle) || !isSafe(pair.text)) this.needle(text, why);
    else if (this.#isNew(why) && !this.#isSearched(pair.needle)) this.#pairs.push(pair);
    if (this.#pairs.length > MOST_ADDRESSES) this.doubt = 'too many addresses to look for';
  }

  /** Attempts to reach this recipient that may be linked to mails of these senders, where one was refused for now. */
  link(address: string, senders: ReadonlySet<string>): void {
    if ([...senders].some((sender) => sender !== '' && !isSafe(sender)) || !isSafe(address))
      this.needle(address, `link ${address}`);
    else if (this.#isNew(`link ${address} ${senders.size}`) && !this.#isSearched(address))
      this.#links.push({ address, senders: [...senders] });
    if (this.#links.length > MOST_ADDRESSES) this.doubt = 'too many addresses to look for';
  }

  /** What is said of this sender or client. */
  envelope(name: string): void {
    if (this.#isNew(`envelope ${name}`)) this.#envelopes.push(name);
  }

  relay(relay: string): void {
    this.#relays.add(relay.toLowerCase());
  }

  /** Refused deliveries of this address. */
  refusedOf(address: string): void {
    this.#refused.add(address);
  }

  /** All that was asked for since the last call. */
  take(walks: readonly Walk[]): Wanted {
    const wanted = {
      words: this.#words,
      needles: [...this.#needles],
      writers: [...this.#writers].filter((writer) => !this.#needles.has(writer)),
      nears: [...this.#nears.values()].filter(({ needle }) => !this.#needles.has(needle)),
      pairs: this.#pairs,
      links: this.#links,
      envelopes: this.#envelopes,
      relays: [...this.#relays],
      refused: [...this.#refused],
      walks,
    };
    this.#words = [];
    this.#needles = new Set();
    this.#writers = new Set();
    this.#nears = new Map();
    this.#pairs = [];
    this.#links = [];
    this.#envelopes = [];
    this.#relays = new Set();
    this.#refused = new Set();
    return wanted;
  }

  /** Refusals of this address that the delivery repeats, on its host: those of deliveries of one window are asked for at once. */
  repeated(address: string, rec: Rec): void {
    this.near(address, [rec], 2 * REPEAT_MS + 1000, `address ${address} ${Math.floor(rec.at / REPEAT_MS)}`);
  }

  /** In small letters; undefined where it was asked for, cannot be, or need not be. */
  #newNeedle(text: string, why: string): string | undefined {
    if (!this.#isNew(why)) return undefined;
    const needle = text.toLowerCase();
    if (this.#isSearched(needle)) return undefined;
    if (isSafe(needle)) return needle;
    this.doubt = 'an address that may be written in several ways';
    return undefined;
  }

  #isNew(why: string): boolean {
    if (this.#searched.has(why)) return false;
    this.#searched.add(why);
    return true;
  }
}
