/**
 * The year of stamps that have none, for one file in its order.
 * Rules:  the file's time (of a pipe: now) is the bound. The first stamp gets the hint's year; without a hint the newest year
 *         in which it does not pass the bound by more than a day. After that years follow the lines: a stamp earlier than
 *         the one before it by months is in the next year, one earlier by days or hours is a clock that stepped back.
 *         29 February lies in a leap year, or the guess was wrong: then the nearest earlier leap year holds.
 *         A stamp with a year, and an id that contains time, overrule the guess.
 * Units:  ms; a wall-clock time is the instant it would be in UTC.
 */
import type { Instant } from '../model/message.ts';
import { isLeapYear } from './stamps.ts';

export const DAY = 86_400_000;
/** a stamp that lies further behind the last one is in the next year: months; clocks step back by less */
const BACK = 60 * DAY;
/** a stamp that lies further ahead is a late line of the year before */
const AHEAD = 358 * DAY;

/** how long after a year that was read the next New Year is believed, though the file's time is older */
const AFTER_KNOWN = 400 * DAY;

/** The last stamp of a file's tail, as far as it is known before the first line is read. */
export interface LastStamp {
  year: number;
  /** 1 to 12 */
  month: number;
  day: number;
  /** ms of the day */
  tod: number;
}

export interface YearHint {
  /** year of the first stamp that has none */
  firstYear?: number;
  /** where only the tail was read */
  last?: LastStamp;
  /** ids that contain time say the same */
  confirmed?: boolean;
  /** and another year than the file's time does */
  overruled?: boolean;
  /** host -> ms to add to its stamps without a zone, as ids that contain time say; '' = lines without a host */
  shifts?: ReadonlyMap<string, number>;
}

export class Years {
  /** ids, or stamps that have one, have said the year */
  confirmed = false;
  /** the ids said another year than the guess */
  overruled = false;
  /** an id has said the year */
  byId = false;
  /** a wrap that would pass the bound is none */
  isGuarded = true;
  /** years between the first guess and what the first id, or a 29 February, said */
  firstWrong = 0;
  /** year of the first stamp without one, as guessed */
  firstGuess = 0;
  /** every year that was given to a stamp without one */
  readonly used = new Set<number>();

  /** what stamps without a year do not pass for all that is known: the bound, or a stamp that has a year */
  seen: number;
  private limit: number;
  private readonly hint: YearHint;
  private tod = 0;
  private key = -1;
  private lastKey = 0;
  private cached = Number.NaN;

  /** `boundWall`: the bound on the zone's wall clock. */
  constructor(boundWall: number, hint: YearHint = {}) {
    this.limit = boundWall + DAY;
    this.seen = this.limit;
    this.hint = hint;
    this.confirmed = hint.confirmed === true;
    this.overruled = hint.overruled === true;
  }

  /** Midnight (wall clock) of that day, in its year. `near`: the last instant read from the file, NaN at its start. */
  midnight(month: number, day: number, tod: number, near: Instant): number {
    const key = month * 32 + day;
    this.tod = tod;
    if (key !== this.key) {
      const year = Number.isNaN(near) ? this.first(month, day, tod) : this.follow(month, day, tod, near);
      if (this.firstGuess === 0) this.firstGuess = year;
      this.used.add(year);
      this.key = key;
      this.lastKey = key;
      this.cached = Date.UTC(year, month - 1, day);
    }
    return this.cached;
  }

  /** A line with a year of its own was read, or the last instant was corrected: look again at the next stamp. */
  forget(): void {
    this.key = -1;
  }

  /** The last stamp without a year. */
  get last(): LastStamp {
    const year = new Date(this.cached).getUTCFullYear();
    return { year, month: this.lastKey >> 5, day: this.lastKey & 31, tod: this.tod };
  }

  /** A year that was read, not guessed: the file goes on from there, whatever its time says. */
  sawYear(at: Instant): void {
    this.confirmed = true;
    this.limit = Math.max(this.limit, at + AFTER_KNOWN);
    this.seen = Math.max(this.seen, at + DAY);
  }

  /** An id said `year`, `wrong` years later than the guess. */
  overrule(wrong: number, year: number): void {
    if (!this.byId) this.firstWrong = wrong;
    this.overruled = true;
    this.used.add(year);
    this.forget();
  }

  /** The newest year in which this stamp does not pass the bound by more than a day. */
  newest(month: number, day: number, tod: number, limit = this.limit): number {
    let year = new Date(limit).getUTCFullYear();
    if (Date.UTC(year, month - 1, day) + tod > limit) year--;
    return leapOf(year, month, day);
  }

  private first(month: number, day: number, tod: number): number {
    const { firstYear, last } = this.hint;
    if (firstYear !== undefined) return leapOf(firstYear, month, day);
    if (last === undefined) return this.newest(month, day, tod);
    const isLater =
      Date.UTC(last.year, month - 1, day) + tod > Date.UTC(last.year, last.month - 1, last.day + 1) + last.tod;
    return leapOf(isLater ? last.year - 1 : last.year, month, day);
  }

  private follow(month: number, day: number, tod: number, near: Instant): number {
    const same = new Date(near).getUTCFullYear();
    const ahead = Date.UTC(same, month - 1, day) + tod - near;
    const year = ahead > AHEAD ? same - 1 : ahead < -BACK ? same + 1 : same;
    // a clock that was set to the first of January, say: no new year
    if (Date.UTC(year, month - 1, day) + tod > this.limit && this.isGuarded) {
      return this.newest(month, day, tod);
    }
    // 29 February in a year that has none: the guess was wrong
    const leap = leapOf(year, month, day);
    if (!this.byId && this.firstWrong === 0) this.firstWrong = leap - year;
    return leap;
  }
}

/** That year, or for 29 February the nearest leap year that is not later. */
function leapOf(year: number, month: number, day: number): number {
  if (month !== 2 || day !== 29) return year;
  let leap = year;
  while (!isLeapYear(leap)) leap--;
  return leap;
}
