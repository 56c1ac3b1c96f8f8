/**
 * Stamps that a program puts into its own text behind the stamp of syslog: Exim's, and splogger's of qmail.
 * They are the better ones: of the writer's clock, with a year and mostly with a fraction.
 */
import type { Frame, FramingName } from '../model/frame.ts';
import { EximInside } from './exim-inside.ts';
import { UnixStamps } from './multilog.ts';
import { Stamp } from './stamps.ts';

export class Inside {
  readonly unix = new UnixStamps();
  private readonly exim = new EximInside();
  private readonly stamp = new Stamp();

  /** Takes such a stamp off the body; undefined where there is none. */
  strip(b: Buffer, frame: Frame): Stamp | undefined {
    if (frame.program.startsWith('exim')) return this.exim.strip(b, frame) ? this.exim.stamp : undefined;
    if (frame.program.startsWith('qmail')) return this.unix.splogger(b, frame, this.stamp) ? this.stamp : undefined;
    return undefined;
  }
}

/** Whether whoever writes these puts no `#012` for a line feed. */
export function isRaw(framing: FramingName): boolean {
  return framing === 'exim' || framing === 'journald' || framing === 'multilog';
}
