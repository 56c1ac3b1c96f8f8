/**
 * Bytes that are put together piece by piece in one buffer, which grows and is used again: no string, no object a piece.
 */

const FIRST_BYTES = 16 * 1024;
/** A text longer than this is copied by Node's own code; a shorter one is copied sooner than that is called. */
const LONG_TEXT = 48;

export class ByteWriter {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  /** bytes written; setting it back takes the last ones away */
  length = 0;

  /** Makes room for so many bytes more. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** What was written: a view, good until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  put(piece: Uint8Array): void {
    this.reserve(piece.length);
    this.bytes.set(piece, this.length);
    this.length += piece.length;
  }

  /** Text of ASCII alone. */
  ascii(text: string): void {
    const { length } = text;
    this.reserve(length);
    const { bytes } = this;
    let at = this.length;
    if (length > LONG_TEXT) at += bytes.write(text, at, 'latin1');
    else for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, the least first. */
  count(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    let at = this.length;
    let large = value;
    while (large > 0x7fff_ffff) {
      bytes[at++] = (large % 0x80) | 0x80;
      large = Math.floor(large / 0x80);
    }
    // small integers, which need no arithmetic of doubles
    let rest = large | 0;
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    bytes[at++] = rest;
    this.length = at;
  }

  /** A whole number of either sign. */
  step(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }
}

/** Reads what `count` and `step` wrote. */
export class ByteReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  count(): number {
    const { bytes } = this;
    let { at } = this;
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0;
      small |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        return small;
      }
    }
    this.at = at;
    return this.#rest(small);
  }

  /** What stands behind the first 28 bits. */
  #rest(small: number): number {
    let value = small;
    let scale = 2 ** 28;
    for (;;) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  step(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(length: number): string {
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }
}
