/**
 * Stamps that a program puts into its own text behind the stamp of syslog: Exim's, and splogger's of qmail.
 * They are the better ones: of the writer's clock, with a year and mostly with a fraction. Rspamd's console log, which the
 * journal took, has one too, without a zone: the journal's is better.
 */
import type { Frame, FramingName } from '../model/frame.ts';
import { EximInside } from './exim-inside.ts';
import { UnixStamps } from './multilog.ts';
import { stripRspamdHead } from './rspamd-inside.ts';
import { readIsoStamp, Stamp } from './stamps.ts';

export class Inside {
  readonly unix = new UnixStamps();
  private readonly exim = new EximInside();
  private readonly stamp = new Stamp();

  /** Takes such a stamp off the body; undefined where there is none. */
  strip(b: Buffer, frame: Frame): Stamp | undefined {
    if (frame.program.startsWith('exim')) return this.exim.strip(b, frame) ? this.exim.stamp : undefined;
    if (frame.program.startsWith('qmail')) return this.unix.splogger(b, frame, this.stamp) ? this.stamp : undefined;
    if (frame.program === 'rspamd') this.rspamd(b, frame);
    return undefined;
  }

  /** `2026-11-21 09:15:02 #812(normal) text`. */
  private rspamd(b: Buffer, frame: Frame): void {
    const { body, end } = frame;
    const next = readIsoStamp(b, body, end, this.stamp);
    if (next < 0 || next + 1 >= end || b[next] !== 0x20) return;
    frame.body = next + 1;
    if (!stripRspamdHead(b, end, frame)) frame.body = body;
  }
}

/** Whether whoever writes these puts no `#012` for a line feed. */
export function isRaw(framing: FramingName): boolean {
  return framing === 'exim' || framing === 'journald' || framing === 'multilog';
}
