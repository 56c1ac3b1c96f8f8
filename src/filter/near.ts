/**
 * Addresses of the logs that come near the ones looked for: one edit away, or two where the address is long enough for that
 * to be no other word. For the help of an empty result.
 * Memory: at most MOST addresses are kept. An address that is not near is mostly told by its length and letters alone.
 */
import { editDistance } from '../errors.ts';
import type { Message } from '../model/message.ts';
import type { AddressPattern } from './address.ts';
import { addressesOf, foldAddress } from './address.ts';

const MOST = 50;
const LONGEST = 320;
/** Two edits make one short word of another. */
const LEAST_FOR_TWO = 10;

/** How many insertions, removals, changes or swaps of neighbours make `a` of `b`: 0 to 2; 3 where it takes more. */
export function editsBetween(a: string, b: string): number {
  if (a === b) return 0;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 2) return 3;
  let head = 0;
  while (head < short.length && short.charCodeAt(head) === long.charCodeAt(head)) head++;
  let tail = 0;
  const room = short.length - head;
  while (tail < room && short.charCodeAt(short.length - 1 - tail) === long.charCodeAt(long.length - 1 - tail)) tail++;
  if (short.length - head - tail === 0) return long.length - short.length;
  return editDistance(short.slice(head, short.length - tail), long.slice(head, long.length - tail), 2);
}

/** Letters and digits of a text, a bit each: an edit changes two of them at most. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) letters |= 1 << (text.charCodeAt(i) & 31);
  return letters;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** A text that was looked for. */
class Wanted {
  readonly text: string;
  readonly #letters: number;
  readonly #most: number;

  constructor(text: string) {
    this.text = text;
    this.#letters = lettersOf(text);
    this.#most = text.length >= LEAST_FOR_TWO ? 2 : 1;
  }

  /** No is sure. */
  mayBe(length: number, letters: number): boolean {
    return Math.abs(length - this.text.length) <= this.#most && bitCount(letters ^ this.#letters) <= 2 * this.#most;
  }

  /** 1 or 2; undefined where the text is not near, or the same. */
  edits(text: string, letters: number): number | undefined {
    if (!this.mayBe(text.length, letters)) return undefined;
    const edits = editsBetween(text, this.text);
    return edits === 0 || edits > this.#most ? undefined : edits;
  }
}

interface Seen {
  count: number;
  edits: number;
}

/** What comes near: an address, or a domain alone, as it was folded. */
export interface NearText {
  readonly text: string;
  /** a domain like that of an address: told where no address comes near */
  readonly isOther: boolean;
  /** how often it was seen */
  readonly count: number;
  readonly edits: number;
}

const textOf = ({ text }: Wanted): string => text;

function textsOf(seen: ReadonlyMap<string, Seen>, isOther: boolean): NearText[] {
  return [...seen].map(([text, { count, edits }]) => ({ text, isOther, count, edits }));
}

/** Gathers what comes near while messages pass. */
export class NearAddresses {
  readonly #whole: readonly Wanted[];
  readonly #domains: readonly Wanted[];
  /** domains of the whole addresses: told where no address comes near */
  readonly #theirDomains: readonly Wanted[];
  readonly #found = new Map<string, Seen>();
  readonly #otherFound = new Map<string, Seen>();

  constructor(patterns: readonly AddressPattern[]) {
    const named = (kind: AddressPattern['kind']): string[] =>
      patterns.filter((pattern) => pattern.kind === kind).map(({ text }) => text.replace(/^@/, ''));
    this.#whole = named('whole').map((text) => new Wanted(text));
    this.#domains = named('domain').map((text) => new Wanted(text));
    this.#theirDomains = named('whole').map((text) => new Wanted(domainOf(text)));
  }

  /** Nothing typed can be near to anything: no need to show it messages. */
  get idle(): boolean {
    return this.#whole.length === 0 && this.#domains.length === 0;
  }

  see(message: Message): void {
    if (message.sender !== undefined) this.look(message.sender);
    for (const recipient of message.recipients) for (const address of addressesOf(recipient)) this.look(address);
  }

  /** Whether an address of ASCII with so many bytes and these letters may be near, or its domain; no is sure. */
  mayBeNear(length: number, letters: number): boolean {
    return this.#whole.some((wanted) => wanted.mayBe(length, letters));
  }

  mayBeNearDomain(length: number, letters: number): boolean {
    return [...this.#domains, ...this.#theirDomains].some((wanted) => wanted.mayBe(length, letters));
  }

  /** What it is compared with, whole and domains. */
  get wanted(): { readonly whole: readonly string[]; readonly domains: readonly string[] } {
    return { whole: this.#whole.map(textOf), domains: [...this.#domains, ...this.#theirDomains].map(textOf) };
  }

  /** how many were seen */
  get total(): number {
    return this.#found.size + this.#otherFound.size;
  }

  /** All that was seen, the rarest first. */
  get seen(): NearText[] {
    return [...textsOf(this.#found, false), ...textsOf(this.#otherFound, true)].toSorted((x, y) => x.count - y.count);
  }

  /** Takes over what another one saw, with how often. */
  know(texts: readonly NearText[]): void {
    for (const { text, isOther, ...seen } of texts) (isOther ? this.#otherFound : this.#found).set(text, seen);
  }

  /** The nearest first, then the ones seen most often. */
  found(most: number): string[] {
    return [...(this.#found.size > 0 ? this.#found : this.#otherFound)]
      .toSorted(([a, m], [b, n]) => m.edits - n.edits || n.count - m.count || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([address]) => address);
  }

  look(address: string): void {
    if (address.length > LONGEST) return;
    const folded = foldAddress(address);
    lookAt(folded, this.#whole, this.#found);
    if (this.#domains.length === 0 && this.#theirDomains.length === 0) return;
    const domain = domainOf(folded);
    lookAt(domain, this.#domains, this.#found);
    lookAt(domain, this.#theirDomains, this.#otherFound);
  }
}

function domainOf(folded: string): string {
  return folded.slice(folded.lastIndexOf('@') + 1);
}

function lookAt(text: string, wanted: readonly Wanted[], found: Map<string, Seen>): void {
  if (wanted.length === 0) return;
  const letters = lettersOf(text);
  for (const each of wanted) {
    const edits = each.edits(text, letters);
    if (edits !== undefined) count(found, text, edits);
  }
}

function count(found: Map<string, Seen>, text: string, edits: number): void {
  const seen = found.get(text);
  if (seen !== undefined) {
    seen.count++;
    seen.edits = Math.min(seen.edits, edits);
    return;
  }
  if (found.size >= MOST) {
    // one that is nearer takes the place of one that is not
    const further = edits === 1 ? [...found].find(([, other]) => other.edits > 1)?.[0] : undefined;
    if (further === undefined) return;
    found.delete(further);
  }
  found.set(text, { count: 1, edits });
}
