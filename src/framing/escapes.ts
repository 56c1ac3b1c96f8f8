/**
 * Octal escapes of loggers (`#012`) undone, and quickly told where there are none.
 * Source: rsyslog $EscapeControlCharactersOnReceive; body.ts reads them.
 */
import type { Frame } from '../model/frame.ts';
import { findEscape, unescapeOctal } from './body.ts';
import { Scratch } from './scratch.ts';

const HASH = 0x23;
const LF = 0x0a;

export class Escapes {
  private readonly plain = new Scratch();
  /** buffer whose bytes stay as they are, and its first `#` at or after the last place looked at */
  private stable: Buffer | undefined;
  private hash = -1;

  /** The bytes of this buffer stay as they are until the next call. */
  startBlock(bytes: Buffer): void {
    this.stable = bytes;
    this.hash = -1;
  }

  /** Puts the frame's text right; returns the bytes that it stands in then. */
  strip(b: Buffer, view: DataView, frame: Frame): Buffer {
    if (!this.mayHold(b, frame.body, frame.end) || findEscape(view, b, frame.body, frame.end) < 0) return b;
    this.plain.clear();
    unescapeOctal(b, frame.body, frame.end, this.plain);
    const { bytes } = this.plain;
    frame.body = 0;
    frame.end = this.plain.length;
    // the line feed that a daemon put at the end of its text is none of it
    while (frame.end > 0 && bytes[frame.end - 1] === LF) frame.end--;
    return bytes;
  }

  private mayHold(b: Buffer, p: number, end: number): boolean {
    if (b !== this.stable) return true;
    if (this.hash < p) {
      this.hash = b.indexOf(HASH, p);
      if (this.hash < 0) this.hash = b.length;
    }
    return this.hash < end;
  }
}
