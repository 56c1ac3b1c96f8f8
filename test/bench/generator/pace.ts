/**
 * When sessions begin: as fast as the log must grow to have its size when its time is over,
 * more by day than by night. 100 MB are one day.
 */
import type { Agenda } from './agenda.ts';
import type { Prng } from './prng.ts';

export const MICROS = 1e6;
const DAY = 86_400 * MICROS;
/** What began before the end may take so long to finish. */
const TAIL = 90 * MICROS;

export interface Span {
  start: number;
  end: number;
}

/** The time that a log of `bytes` covers when its last stamp is near `last` (microseconds). */
export function spanOf(bytes: number, last: number): Span {
  return { start: last - (bytes / 100e6) * DAY, end: last - TAIL };
}

export interface PaceOptions {
  prng: Prng;
  agenda: Agenda;
  span: Span;
  bytes: number;
  /** Bytes that a stamp and a newline add to each line. */
  overhead: number;
}

/** Calls `session` until the log has its size. */
export function pace(options: PaceOptions, session: (time: number) => void): void {
  const { prng, agenda, span, bytes, overhead } = options;
  let sessions = 0;
  let spread = 2000;
  const arrive = (time: number): void => {
    session(time);
    sessions += 1;
    const done = agenda.pushedBytes + agenda.pushedLines * overhead;
    if (sessions > 50) spread = done / sessions;
    const left = (bytes - done) / spread;
    if (left <= 0) return;
    const hour = (time % DAY) / (DAY / 24);
    const busy = 1 + 0.6 * Math.cos(((hour - 14) / 12) * Math.PI);
    const mean = (span.end - time) / left / busy;
    agenda.later(time + 1 + prng.exponential(mean), arrive);
  };
  agenda.later(span.start, arrive);
}
