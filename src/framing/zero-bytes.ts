/**
 * Zero bytes are what a crash leaves of a block that was not written; no logger writes one. A line behind them is whole; what
 * stands behind them within a line is of another, or of whoever found a way to write zeros: it is not read.
 */
import type { Frame } from '../model/frame.ts';
import { NextByte } from './next-byte.ts';

export class ZeroBytes {
  private readonly zeros = new NextByte(0);

  /** The bytes of this buffer stay as they are until the next call. */
  startBlock(bytes: Buffer): void {
    this.zeros.startBlock(bytes);
  }

  /** Leaves of the frame's line what stands behind the zero bytes that it begins with, up to the next. */
  strip(b: Buffer, frame: Frame): void {
    const { end } = frame;
    if (!this.zeros.mayStand(b, frame.body, end)) return;
    let at = frame.body;
    while (at < end && b[at] === 0) at++;
    frame.body = at;
    while (at < end && b[at] !== 0) at++;
    frame.end = at;
  }
}
