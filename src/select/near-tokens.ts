/**
 * Addresses in blocks of lines that come near to the ones looked for: each @ of a block, with what stands on both sides of it.
 * Most are told to be far by their length and letters, with no string made of them.
 */
import { NearAddresses } from '../filter/near.ts';
import { decodeText } from '../model/frame.ts';

const AT = 0x40;
const LOWER = 0x3c;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const LONGEST = 320;

/** Bytes that end an address that stands free in a line. */
const ENDS = new Uint8Array(256);
for (const end of '\n\r\t <>()[]{},;:"\\|') ENDS[end.charCodeAt(0)] = 1;

/** By byte, its bit as filter/near.ts lettersOf() has it. */
const BITS = Int32Array.from({ length: 256 }, (_, byte) => 1 << (byte & 31));

export class NearTokens {
  readonly near: NearAddresses;
  /** some of what came near has bytes beyond ASCII */
  isForeign = false;
  readonly #whole: readonly Buffer[];
  readonly #domains: readonly Buffer[];

  constructor(patterns: ConstructorParameters<typeof NearAddresses>[0]) {
    this.near = new NearAddresses(patterns);
    const { whole, domains } = this.near.wanted;
    this.#whole = whole.map((text) => Buffer.from(text));
    this.#domains = domains.map((text) => Buffer.from(text));
  }

  /** Looks at buffer[0, end). */
  look(buffer: Buffer, end: number): void {
    for (let at = buffer.indexOf(AT); at >= 0 && at < end; at = buffer.indexOf(AT, at + 1)) this.#at(buffer, at, end);
  }

  #at(buffer: Buffer, at: number, end: number): void {
    let high = 0;
    let letters = 0;
    let to = at + 1;
    const last = Math.min(end, at + LONGEST);
    for (; to < last; to++) {
      const byte = buffer[to] as number;
      if (ENDS[byte] === 1) break;
      high |= byte;
      letters |= BITS[byte] as number;
    }
    const domainLetters = letters;
    let from = at;
    const first = Math.max(0, at - LONGEST);
    if (buffer[at - 1] === QUOTE) from = quotedFrom(buffer, at, first);
    let equals = -1;
    for (; from > first; from--) {
      const byte = buffer[from - 1] as number;
      if (ENDS[byte] === 1) break;
      if (byte === EQUALS) equals = from;
      high |= byte;
      letters |= BITS[byte] as number;
    }
    letters |= BITS[AT] as number;
    const isFree = equals >= 0 && buffer[from - 1] !== LOWER;
    if (high > 0x7f) this.#see(buffer, from, to, true);
    else if (isFree) this.#see(buffer, equals, to, false);
    else if (this.#isNear(buffer, from, at, to, letters, domainLetters)) this.#see(buffer, from, to, false);
  }

  #isNear(buffer: Buffer, from: number, at: number, to: number, letters: number, domainLetters: number): boolean {
    const { near } = this;
    if (near.mayBeNear(to - from, letters) && !this.#whole.some((text) => isText(buffer, from, to, text))) return true;
    return (
      near.mayBeNearDomain(to - at - 1, domainLetters) &&
      !this.#domains.some((text) => isText(buffer, at + 1, to, text))
    );
  }

  #see(buffer: Buffer, from: number, to: number, isForeign: boolean): void {
    const before = isForeign ? this.near.total : 0;
    this.near.look(decodeText(buffer, from, to));
    if (isForeign && this.near.total > before) this.isForeign = true;
  }
}

/** Where a quoted name before an @ may begin. */
function quotedFrom(buffer: Buffer, at: number, first: number): number {
  const from = buffer.lastIndexOf(LOWER, at);
  return from < first ? at : from + 1;
}

/** In small letters. */
function isText(buffer: Buffer, from: number, to: number, text: Buffer): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = buffer[from + i] as number;
    const low = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (low !== text[i]) return false;
  }
  return true;
}
