/**
 * Addresses of the logs that come near the ones looked for: one edit away. For the help of an empty result.
 * Memory: at most MOST addresses are kept, and the look at one address is linear in its length.
 */
import type { Message } from '../model/message.ts';
import type { AddressPattern } from './address.ts';
import { addressesOf, foldAddress } from './address.ts';

const MOST = 50;
const LONGEST = 320;

/** Whether one insertion, removal, change or swap of neighbours makes `a` of `b`. Equal texts are not. */
export function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || short === long) return false;
  let head = 0;
  while (head < short.length && short.charCodeAt(head) === long.charCodeAt(head)) head++;
  let tail = 0;
  const room = short.length - head;
  while (tail < room && short.charCodeAt(short.length - 1 - tail) === long.charCodeAt(long.length - 1 - tail)) tail++;
  const differing = long.length - head - tail;
  if (differing <= 1) return true;
  const isSwap = short.length === long.length && differing === 2;
  return isSwap && short[head] === long[head + 1] && short[head + 1] === long[head];
}

/** Gathers what comes near while messages pass. */
export class NearAddresses {
  readonly #whole: readonly string[];
  readonly #domains: readonly string[];
  /** domains of the whole addresses: told where no address comes near */
  readonly #theirDomains: readonly string[];
  readonly #counts = new Map<string, number>();
  readonly #otherCounts = new Map<string, number>();

  constructor(patterns: readonly AddressPattern[]) {
    const named = (kind: AddressPattern['kind']): string[] =>
      patterns.filter((pattern) => pattern.kind === kind).map(({ text }) => text.replace(/^@/, ''));
    this.#whole = named('whole');
    this.#domains = named('domain');
    this.#theirDomains = this.#whole.map(domainOf);
  }

  /** Nothing typed can be near to anything: no need to show it messages. */
  get idle(): boolean {
    return this.#whole.length === 0 && this.#domains.length === 0;
  }

  see(message: Message): void {
    if (message.sender !== undefined) this.#look(message.sender);
    for (const recipient of message.recipients) for (const address of addressesOf(recipient)) this.#look(address);
  }

  /** The ones seen most often first. */
  found(most: number): string[] {
    return [...(this.#counts.size > 0 ? this.#counts : this.#otherCounts)]
      .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([address]) => address);
  }

  #look(address: string): void {
    if (address.length > LONGEST) return;
    const folded = foldAddress(address);
    const domain = domainOf(folded);
    if (this.#whole.some((wanted) => isOneEdit(folded, wanted))) count(this.#counts, folded);
    if (this.#domains.some((wanted) => isOneEdit(domain, wanted))) count(this.#counts, domain);
    if (this.#theirDomains.some((wanted) => isOneEdit(domain, wanted))) count(this.#otherCounts, domain);
  }
}

function domainOf(folded: string): string {
  return folded.slice(folded.lastIndexOf('@') + 1);
}

function count(counts: Map<string, number>, text: string): void {
  const seen = counts.get(text);
  if (seen === undefined && counts.size >= MOST) return;
  counts.set(text, (seen ?? 0) + 1);
}
