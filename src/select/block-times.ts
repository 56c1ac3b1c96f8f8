/**
 * Between which times the lines of a block were written, as their stamps say it: a line that is near in time to another of its
 * host and file stands in a block whose times are near to those of its block.
 * Units:  ms since 1 January, 0 h of a year of 366 days, or of 1970 where stamps name the year: two of one scale are compared.
 * Errors: `vague`: any time: a line without such a stamp, the days around the end of February.
 */

/** From, to. */
export type Times = readonly [number, number] | undefined;

const DAY = 86_400_000;
/** A year that has all days. */
const YEAR = 366 * DAY;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const A_LEAP_YEAR = 2000;

export class BlockTimes {
  isVague = false;
  #day = Number.NaN;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /** The next block. */
  begin(): void {
    this.isVague = false;
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.NEGATIVE_INFINITY;
  }

  /** Lines have this date from now on: `Nov 21 ` or `2026-11-21`. */
  turn(date: string): void {
    this.#day = dayOf(date);
  }

  /** A time of that day. */
  see(ms: number): void {
    const at = this.#day + ms;
    if (Number.isNaN(at)) this.isVague = true;
    if (at < this.#from) this.#from = at;
    if (at > this.#to) this.#to = at;
  }

  get told(): Times {
    return this.isVague || this.#from > this.#to ? undefined : [this.#from, this.#to];
  }
}

/** 0 h of the day; NaN where what is near to it cannot be told by a difference. */
function dayOf(date: string): number {
  if (date.length === 10) return Date.parse(date);
  const month = MONTHS.indexOf(date.slice(0, 3));
  const day = Number(date.slice(4, 6));
  // 28 February may be followed by 1 March, or not
  if (month < 0 || (month === 1 && day >= 28) || (month === 2 && day === 1)) return Number.NaN;
  return Date.UTC(A_LEAP_YEAR, month, day) - Date.UTC(A_LEAP_YEAR, 0, 1);
}

/** Whether lines of two blocks may be no farther apart than `ms`. */
export function areNear(a: Times, b: Times, ms: number): boolean {
  if (a === undefined || b === undefined) return true;
  const isNear = (shift: number): boolean => a[0] + shift <= b[1] + ms && b[0] <= a[1] + shift + ms;
  // a year that ends
  return isNear(0) || isNear(YEAR) || isNear(-YEAR);
}
