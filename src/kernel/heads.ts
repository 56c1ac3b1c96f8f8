/**
 * The set of words at the heads of lines, of both implementations: two bits of a bitmap for each word, by its hash, and by
 * its hash mixed with its last four bytes.
 */
import { mix, wordHash } from './door.ts';

/** 64 Mi bits, 8 MiB: of a million ids one in a thousand others is taken for noted. */
const HEAD_BITS = 26;
export const HEAD_BYTES = 2 ** (HEAD_BITS - 3);
const SHIFT = 32 - HEAD_BITS;

export class Heads {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(HEAD_BYTES)) {
    this.bytes = bytes;
  }

  /** A word of at least MIN_HEAD bytes. */
  note(bytes: Uint8Array, start: number, end: number): void {
    const hash = wordHash(bytes, start, end);
    this.#set(hash >>> SHIFT);
    this.#set(secondOf(hash, bytes, end) >>> SHIFT);
  }

  mayHold(word: Uint8Array): boolean {
    const hash = wordHash(word, 0, word.length);
    return this.#has(hash >>> SHIFT) && this.#has(secondOf(hash, word, word.length) >>> SHIFT);
  }

  #set(bit: number): void {
    const at = bit >>> 3;
    this.bytes[at] = (this.bytes[at] as number) | (1 << (bit & 7));
  }

  #has(bit: number): boolean {
    return (((this.bytes[bit >>> 3] as number) >>> (bit & 7)) & 1) === 1;
  }
}

function secondOf(hash: number, bytes: Uint8Array, end: number): number {
  const last =
    (bytes[end - 4] as number) |
    ((bytes[end - 3] as number) << 8) |
    ((bytes[end - 2] as number) << 16) |
    ((bytes[end - 1] as number) << 24);
  return mix(hash ^ Math.imul(last, 0x9e3779b1));
}
