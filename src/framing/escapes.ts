/**
 * Octal escapes of loggers (`#012`) undone, and quickly told where there are none.
 * Source: rsyslog $EscapeControlCharactersOnReceive; body.ts reads them.
 */
import type { Frame } from '../model/frame.ts';
import { findEscape, unescapeOctal } from './body.ts';
import { NextByte } from './next-byte.ts';
import { Scratch } from './scratch.ts';

const HASH = 0x23;
const LF = 0x0a;

export class Escapes {
  private readonly plain = new Scratch();
  private readonly hashes = new NextByte(HASH);

  /** The bytes of this buffer stay as they are until the next call. */
  startBlock(bytes: Buffer): void {
    this.hashes.startBlock(bytes);
  }

  /** Puts the frame's text right; returns the bytes that it stands in then. */
  strip(b: Buffer, view: DataView, frame: Frame): Buffer {
    if (!this.hashes.mayStand(b, frame.body, frame.end) || findEscape(view, b, frame.body, frame.end) < 0) return b;
    this.plain.clear();
    unescapeOctal(b, frame.body, frame.end, this.plain);
    const { bytes } = this.plain;
    frame.body = 0;
    frame.end = this.plain.length;
    // the line feed that a daemon put at the end of its text is none of it
    while (frame.end > 0 && bytes[frame.end - 1] === LF) frame.end--;
    return bytes;
  }
}
