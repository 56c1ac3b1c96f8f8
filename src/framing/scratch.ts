/**
 * A buffer of our own for lines whose wrapping has to be undone: it grows up to a limit and is used again for each line.
 * Bounds: 4 MiB; what does not fit is dropped and `isFull` says so.
 */
const LIMIT = 4 * 1024 * 1024;

export class Scratch {
  bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  length = 0;
  isFull = false;

  clear(): void {
    this.length = 0;
    this.isFull = false;
  }

  push(byte: number): void {
    if (this.length >= this.bytes.length && !this.grow(1)) return;
    this.bytes[this.length++] = byte;
  }

  /** Appends source[a, b). */
  append(source: Buffer, a: number, b: number): void {
    let to = b;
    if (this.length + (b - a) > this.bytes.length && !this.grow(b - a)) to = a + this.bytes.length - this.length;
    source.copy(this.bytes, this.length, a, to);
    this.length += to - a;
  }

  /** Appends a Unicode code point as UTF-8; lone surrogates become U+FFFD. */
  pushCodePoint(code: number): void {
    const c = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (c < 0x80) this.push(c);
    else if (c < 0x800) {
      this.push(0xc0 | (c >> 6));
      this.push(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      this.push(0xe0 | (c >> 12));
      this.push(0x80 | ((c >> 6) & 0x3f));
      this.push(0x80 | (c & 0x3f));
    } else {
      this.push(0xf0 | (c >> 18));
      this.push(0x80 | ((c >> 12) & 0x3f));
      this.push(0x80 | ((c >> 6) & 0x3f));
      this.push(0x80 | (c & 0x3f));
    }
  }

  private grow(more: number): boolean {
    const wanted = this.length + more;
    const size = Math.min(LIMIT, Math.max(wanted, this.bytes.length * 2));
    if (size > this.bytes.length) {
      const bigger = Buffer.allocUnsafeSlow(size);
      this.bytes.copy(bigger, 0, 0, this.length);
      this.bytes = bigger;
    }
    if (wanted <= size) return true;
    this.isFull = true;
    return false;
  }
}
