/** The set of words at the heads of lines, of both implementations: a bitmap by the top bits of a word's hash. */

/** 16 Mi bits, 2 MiB: of a million ids one in 17 others is taken for noted. */
export const HEAD_BITS = 24;

export class Heads {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(2 ** (HEAD_BITS - 3))) {
    this.bytes = bytes;
  }

  note(hash: number): void {
    const bit = hash >>> (32 - HEAD_BITS);
    const at = bit >>> 3;
    this.bytes[at] = (this.bytes[at] as number) | (1 << (bit & 7));
  }

  mayHold(hash: number): boolean {
    const bit = hash >>> (32 - HEAD_BITS);
    return (((this.bytes[bit >>> 3] as number) >>> (bit & 7)) & 1) === 1;
  }
}
