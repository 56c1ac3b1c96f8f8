/**
 * Lines of deliveries that were refused, of some addresses: by the signs that formats give of such lines.
 * Rules:  few addresses are looked for themselves, many by the signs, and then by what stands before and behind each `@`.
 */
import { FORMATS } from '../formats/index.ts';

const SIGNS = FORMATS.flatMap(({ refusedSigns = [] }) => refusedSigns);
const FEW = 64;
const SAFE_PIECES = /[a-z0-9!#$%&*+/=?^_{|}~.@:-]+/g;
const SHORTEST_PIECE = 3;
/** up to its last letter or digit */
const DOMAIN = /@([a-z0-9.-]*[a-z0-9])/g;

export class RefusedLines {
  /** every such line holds one of these, in any case */
  readonly needles: readonly string[];
  /** by domain: what stands up to its @, with it */
  readonly #users = new Map<string, Set<string>>();
  readonly #lengths = new Map<string, Set<number>>();
  /** addresses without a plain domain */
  readonly #others: string[] = [];

  /** `addresses` in small letters. */
  constructor(addresses: readonly string[]) {
    const pieces = addresses.map(pieceOf);
    this.needles = addresses.length <= FEW && pieces.every((piece) => piece.length >= SHORTEST_PIECE) ? pieces : SIGNS;
    for (const address of addresses) this.#add(address);
  }

  /** Whether the line is one. */
  has(line: string): boolean {
    if (!SIGNS.some((sign) => line.includes(sign))) return false;
    const text = line.toLowerCase();
    for (const { 1: domain = '', index } of text.matchAll(DOMAIN)) {
      const users = this.#users.get(domain);
      if (users === undefined) continue;
      for (const length of this.#lengths.get(domain) as Set<number>)
        if (users.has(text.slice(Math.max(0, index - length), index))) return true;
    }
    return this.#others.some((address) => text.includes(address));
  }

  #add(address: string): void {
    const at = address.lastIndexOf('@');
    const domain = address.slice(at + 1);
    if (at < 0 || !/^[a-z0-9.-]*[a-z0-9]$/.test(domain)) {
      this.#others.push(address);
      return;
    }
    const user = address.slice(0, at);
    const users = this.#users.get(domain) ?? new Set();
    const lengths = this.#lengths.get(domain) ?? new Set();
    this.#users.set(domain, users.add(user));
    this.#lengths.set(domain, lengths.add(user.length));
  }
}

/** The longest part of the address that is written in one way. */
function pieceOf(address: string): string {
  let best = '';
  for (const [piece] of address.matchAll(SAFE_PIECES)) if (piece.length > best.length) best = piece;
  return best;
}
