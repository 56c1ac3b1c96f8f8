/**
 * Exim's own stamp and `[pid]`, in its files and inside a syslog line.
 * Shape:  syslog body `2026-11-21 09:15:02[.418][ +0100] [812] text`, or a piece `[1\18] 2026-11-21 09:15:02 [812] text`;
 *         with `syslog_timestamp = false` the same without the stamp.
 * Source: Exim src/log.c log_write(), write_syslog().
 */
import type { Frame } from '../model/frame.ts';
import { isDigit, pieceMarkEnd } from './marks.ts';
import { readNumber } from './rfc5424.ts';
import { Scratch } from './scratch.ts';
import { readIsoStamp, Stamp } from './stamps.ts';

const SPACE = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const ONE = 0x31;

/** Takes `[812] ` (Exim's +pid) off the body into frame.pid. */
export function stripPid(b: Buffer, frame: Frame): void {
  const { body, end } = frame;
  if (body >= end || b[body] !== OPEN) return;
  let i = body + 1;
  while (i < end && isDigit(b[i] as number)) i++;
  if (i === body + 1 || i - body > 11 || i >= end || b[i] !== CLOSE || (i + 1 < end && b[i + 1] !== SPACE)) return;
  frame.pid = readNumber(b, body + 1, i);
  frame.body = Math.min(end, i + 2);
}

export class EximInside {
  /** the stamp that strip() took off */
  readonly stamp = new Stamp();
  private readonly joined = new Scratch();

  /**
   * Takes stamp and pid off the body of a syslog line; the mark of a piece stays before its text. Whether there is a stamp:
   * with `syslog_timestamp = false` there is none, and +pid is written nevertheless.
   */
  strip(b: Buffer, frame: Frame): boolean {
    const { body, end, pid } = frame;
    const p = body < end && b[body] === OPEN ? pieceMarkEnd(b, body, end) : body;
    const text = this.afterStamp(b, p, end);
    // of the pieces, the first alone begins with the entry's head
    if (text === p && p !== body && !(b[body + 1] === ONE && !isDigit(b[body + 2] as number))) return false;
    frame.body = text;
    stripPid(b, frame);
    if (pid >= 0) frame.pid = pid;
    if (p === body) return text > p;
    if (frame.body === p) {
      frame.body = body;
      return false;
    }
    this.joined.clear();
    this.joined.append(b, body, p);
    this.joined.append(b, frame.body, end);
    frame.bytes = this.joined.bytes;
    frame.body = 0;
    frame.end = this.joined.length;
    return text > p;
  }

  /** Where the text behind the stamp begins; p where there is none. */
  private afterStamp(b: Buffer, p: number, end: number): number {
    if (p >= end || !isDigit(b[p] as number)) return p;
    const next = readIsoStamp(b, p, end, this.stamp);
    return next < 0 || (next < end && b[next] !== SPACE) ? p : Math.min(end, next + 1);
  }
}
