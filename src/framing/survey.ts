/**
 * A look at pieces of a file before its first line is framed: which year its first stamp lies in, and whether ids that
 * contain time say that its zone is another.
 * Rules:  the last stamp has the newest year that does not pass the bound by more than a day; the wraps seen between the
 *         pieces count back from there; 29 February and ids overrule.
 * Bounds: what the caller read; no piece is kept.
 */
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import { Framer } from './framer.ts';
import type { YearHint } from './years.ts';

const LF = 0x0a;

export interface SurveyOptions {
  zone: string;
  hostZones?: ReadonlyMap<string, string>;
  bound: Instant;
  /** the first piece begins where the file begins */
  hasStart: boolean;
  /** the last piece ends where the file ends */
  hasEnd: boolean;
}

/**
 * What pieces of a file, in its order, say about its years: for FramerOptions.years. Of a plain file the first 64 KiB, a few
 * between and the last 64 KiB; of a pipe or gzip its first block (hasEnd false).
 */
export function surveyYears(pieces: readonly Buffer[], options: SurveyOptions): YearHint {
  const framer = new Framer(options);
  const { times } = framer;
  const { years } = times;
  years.isGuarded = false;
  const frame = new Frame();
  for (const [index, piece] of pieces.entries()) {
    let start = index === 0 && options.hasStart ? 0 : piece.indexOf(LF) + 1;
    while (start < piece.length) {
      let end = piece.indexOf(LF, start);
      if (end < 0) {
        if (index < pieces.length - 1 || !options.hasEnd) break;
        end = piece.length;
      }
      framer.frame(piece, start, end, frame);
      start = end + 1;
    }
  }
  const hint: YearHint = { shifts: times.shifts() };
  if (years.firstGuess === 0) return hint;
  const { year, month, day, tod } = years.last;
  if (years.byId) {
    hint.confirmed = true;
    hint.overruled = years.overruled;
  }
  const newest = years.byId ? year : years.newest(month, day, tod, years.seen);
  if (!options.hasStart) {
    if (options.hasEnd) hint.last = { year: newest, month, day, tod };
    return hint;
  }
  if (years.firstWrong !== 0 || years.byId) hint.firstYear = years.firstGuess + years.firstWrong;
  else if (options.hasEnd) hint.firstYear = years.firstGuess + newest - year;
  return hint;
}

/** What a plain file's last 64 KiB say about its years: for FramerOptions.years. */
export function lastYearOf(tail: Buffer, bound: Instant, zone: string): YearHint {
  return surveyYears([tail], { zone, bound, hasStart: false, hasEnd: true });
}
