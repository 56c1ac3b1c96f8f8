/**
 * The files of a rotated set, the oldest first: by their first stamps. Where hosts with different clocks write one log
 * (syslog servers keep the sender's stamp: RFC 3164 4.3, rsyslog's `timereported`), a file may begin with a stamp before
 * the last file's; as far as the set's own stamps go back, the names say which is older.
 */
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import type { LineFramer } from './line-stream.ts';
import { rotatedName } from './rotation.ts';

/** More is no clock that is off: another day's lines, or a stamp that is broken. */
const MOST_SETBACK_MS = 15 * 60_000;

export interface Aged {
  readonly path: string;
  readonly startAt: Instant;
}

/** Borders of the lines in these bytes, without LF and CR. */
export function* linesOf(bytes: Buffer): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(10, start);
    const end = lf < 0 ? bytes.length : lf;
    yield [start, end > start && bytes[end - 1] === 13 ? end - 1 : end];
    start = end + 1;
  }
}

/** How far stamps in these bytes lie behind one that stands before them, ms. */
export function setbackOf(bytes: Buffer, framer: LineFramer): number {
  const frame = new Frame();
  let newest = Number.NEGATIVE_INFINITY;
  let most = 0;
  for (const [start, end] of linesOf(bytes)) {
    if (framer.frame(bytes, start, end, frame) !== 'line' || Number.isNaN(frame.at)) continue;
    if (frame.at > newest) newest = frame.at;
    else if (newest - frame.at > most) most = newest - frame.at;
  }
  return Math.min(most, MOST_SETBACK_MS);
}

/** The oldest first by the rotation's numbers or dates; undefined where the names do not say, or first stamps contradict. */
export function byName<T extends Aged>(files: readonly T[], setback: number): T[] | undefined {
  const named = files.map((file) => ({ file, ...rotatedName(file.path) }));
  const hasDates = named.some(({ date }) => date !== undefined);
  if (hasDates && named.some(({ number }) => number > 0)) return undefined;
  const ageOf = ({ date, number }: (typeof named)[number]): number => (hasDates ? (date ?? Infinity) : -number);
  named.sort((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1));
  for (const [i, next] of named.entries()) {
    const before = named[i - 1];
    if (!Number.isFinite(next.file.startAt)) return undefined;
    if (before === undefined) continue;
    if (ageOf(before) === ageOf(next) || next.file.startAt < before.file.startAt - setback) return undefined;
  }
  return named.map(({ file }) => file);
}
