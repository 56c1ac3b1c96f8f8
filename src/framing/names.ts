/**
 * Host and program names as strings, made once: bytes in, the same object each time.
 * Bounds: 4096 names are kept; further ones are made anew each time.
 */
import { decodeText } from '../model/frame.ts';
import type { Clock } from './clock.ts';

export interface Name {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  readonly text: string;
  /** of a host, once it wrote a stamp without a zone */
  clock: Clock | undefined;
}

/** names up to this length are compared in whole words, the last of which may overlap the one before */
const WORD = 4;
const SLOTS = 512;
const GUESSES = 128;
/** bytes that must follow for a guess */
const GUESS_MIN = 16;
const KEPT = 4096;

export class Names {
  private readonly slots: (Name | undefined)[] = new Array<Name | undefined>(SLOTS).fill(undefined);
  private readonly all = new Map<string, Name>();
  private readonly guesses: (Name | undefined)[] = new Array<Name | undefined>(GUESSES).fill(undefined);
  private readonly at: number;

  /** `at`: where the names differ most: the four bytes from there, and the sixth, choose the guess. */
  constructor(at: number) {
    this.at = at;
  }

  /** A name that was seen lately and stands at p with `term` behind it. */
  guess(view: DataView, b: Uint8Array, p: number, end: number, term: number): Name | undefined {
    if (end - p < GUESS_MIN) return undefined;
    const name = this.guesses[this.guessSlot(view, b, p)];
    return name !== undefined && p + name.bytes.length < end && standsAt(name, view, b, p, term) ? name : undefined;
  }

  /** Remembers for guess() that `name` stands at p. */
  expect(view: DataView, b: Uint8Array, p: number, end: number, name: Name): void {
    if (end - p >= GUESS_MIN) this.guesses[this.guessSlot(view, b, p)] = name;
  }

  private guessSlot(view: DataView, b: Uint8Array, p: number): number {
    const { at } = this;
    const mixed = view.getInt32(p + at, true) + (b[p + at + 5] as number) * 0x9e3779;
    return Math.imul(mixed, 0x9e3779b1) >>> 25;
  }

  /** The name at bytes[a, b). */
  find(bytes: Buffer, a: number, b: number): Name {
    const length = b - a;
    const hash =
      length +
      (bytes[a] as number) * 5 +
      (bytes[a + (length >> 1)] as number) * 31 +
      (bytes[b - 2 < a ? a : b - 2] as number) * 89 +
      (bytes[b - 1] as number) * 131;
    const slot = hash & (SLOTS - 1);
    const kept = this.slots[slot];
    if (kept !== undefined && equal(kept.bytes, bytes, a, length)) return kept;
    const made = this.make(bytes, a, b);
    this.slots[slot] = made;
    return made;
  }

  private make(bytes: Buffer, a: number, b: number): Name {
    const text = decodeText(bytes, a, b);
    // Latin-1 bytes and their UTF-8 form read alike: the bytes are the key
    const key = bytes.toString('latin1', a, b);
    let name = this.all.get(key);
    if (name === undefined) {
      const copy = Uint8Array.prototype.slice.call(bytes, a, b);
      name = { bytes: copy, words: new DataView(copy.buffer), text, clock: undefined };
      if (this.all.size < KEPT) this.all.set(key, name);
    }
    return name;
  }

  *[Symbol.iterator](): Iterator<Name> {
    yield* this.all.values();
  }
}

function equal(name: Uint8Array, bytes: Uint8Array, a: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[a + i]) return false;
  return true;
}

/** Whether the name's bytes stand at p and `term` behind them; p + length lies inside of the view. */
function standsAt(name: Name, view: DataView, b: Uint8Array, p: number, term: number): boolean {
  const { bytes, words } = name;
  const { length } = bytes;
  if (b[p + length] !== term) return false;
  if (length < WORD) return equal(bytes, b, p, length);
  const tail = length - WORD;
  if (words.getInt32(tail, true) !== view.getInt32(p + tail, true)) return false;
  for (let i = 0; i < tail; i += WORD) {
    if (words.getInt32(i, true) !== view.getInt32(p + i, true)) return false;
  }
  return true;
}
