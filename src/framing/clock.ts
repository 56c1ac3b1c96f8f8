/**
 * The clock of one host: its zone, the repeated hour, and what ids that contain time say about both.
 * Rules:  a wall-clock time in the hour that comes twice is the first pass (summer time), until stamps fall back by more
 *         than a few minutes: that is the second pass, for file order is right and clocks step by seconds. A time that does
 *         not exist is moved on by the change. Ids overrule the zone by whole quarters of an hour.
 * Units:  ms.
 */
import type { Instant } from '../model/message.ts';
import { DAY } from './years.ts';
import type { Zone, ZoneDay } from './zone.ts';

const QUARTER = 900_000;
/** what a late line or a clock being set may take back inside the repeated hour */
const STEP_BACK = 10 * 60_000;
/** a line about an arrival follows its id within this time, and may precede it by a clock's step */
const AGE_MAX = 120_000;
const AGE_MIN = -5000;
const OFFSET_MAX = 14 * 4;
/** ids in a row that must agree */
const STREAK = 3;

export class Clock {
  readonly zone: Zone;
  /** added to what the zone says, ms */
  shift = 0;
  /** lines whose zone was taken from here */
  lines = 0;
  /** lines to pass over before the next look for an id */
  untilPeek = 0;
  /** ids in a row that agreed with the clock as it stands */
  settled = 0;
  /** two ids in a row, or more, disagreed with the clock in the same way */
  isDoubted = false;

  private midnight = Number.NaN;
  private change: ZoneDay;
  private front: Instant = Number.NaN;
  private isTwice = false;
  /** the change whose second pass has begun */
  private second = Number.NaN;
  private streak = 0;
  private quarters = 0;

  constructor(zone: Zone) {
    this.zone = zone;
    this.change = zone.day(0);
  }

  /** The instant at which this clock showed midnight + tod. */
  toInstant(midnight: number, tod: number): Instant {
    if (midnight !== this.midnight) {
      this.midnight = midnight;
      this.change = this.zone.day(Math.floor(midnight / DAY));
    }
    const { before, after, at } = this.change;
    const wall = midnight + tod;
    const early = wall - before;
    this.isTwice = false;
    if (before === after) return early + this.shift;
    const late = wall - after;
    this.isTwice = early < at && late >= at;
    if (this.isTwice) {
      if (early < this.front - STEP_BACK) this.second = at;
      return (this.second === at ? late : early) + this.shift;
    }
    return (early < at || late < at ? early : late) + this.shift;
  }

  /** Tells the clock the instant of each line of its host, in file order. */
  saw(at: Instant): void {
    if (!(at <= this.front) || at < this.front - DAY) this.front = at;
  }

  /**
   * `difference`: ms from the time in an id to the line that tells its arrival.
   * Returns by how many ms the line and those after it were read wrongly: 0 mostly.
   */
  heed(difference: number): number {
    const quarters = Math.round(difference / QUARTER);
    const age = difference - quarters * QUARTER;
    if (age < AGE_MIN || age > AGE_MAX || Math.abs(quarters) > OFFSET_MAX) return 0;
    if (quarters === 0) {
      this.settled++;
      this.streak = 0;
      return 0;
    }
    const { before, after } = this.change;
    if (this.isTwice && quarters * QUARTER === after - before) {
      // the file begins in the second pass
      this.second = this.change.at;
      this.isDoubted = true;
      return before - after;
    }
    this.streak = quarters === this.quarters ? this.streak + 1 : 1;
    this.quarters = quarters;
    if (this.streak > 1) this.isDoubted = true;
    if (this.streak < STREAK) return 0;
    this.streak = 0;
    this.settled = 0;
    this.shift -= quarters * QUARTER;
    return -quarters * QUARTER;
  }
}
