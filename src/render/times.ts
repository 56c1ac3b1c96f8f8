/**
 * Instants as people and programs read them, in one zone.
 * Shape:  ISO 8601 with milliseconds and offset (`2026-11-21T09:15:02.120+01:00`); `Nov 21 09:15:02` for tables.
 * Units:  Instant = ms since 1970-01-01T00:00Z; offsets are whole minutes, east positive.
 * Errors: RangeError from the constructor where the zone is unknown; isZone() asks first.
 * Speed:  Intl is asked once per quarter of an hour (zones change at such bounds: IANA tz, all rules since 1972); the
 *         date text is kept per day and per quarter, so an instant costs a few joins of ready strings.
 */
import type { Instant } from '../model/message.ts';

const QUARTER = 900_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
/** ECMAScript's last instant (ECMA-262 21.4.1.1); beyond it there is no date. */
const LAST_INSTANT = 8.64e15 - DAY;
const MAX_CACHE = 4096;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const TWO = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/** Minutes of a fixed offset (`+05:30`, `UTC-3`, `Z`), which Node 20's Intl does not take; undefined for anything else. */
function fixedOffset(zone: string): number | undefined {
  if (/^(?:Z|UTC|GMT)$/i.test(zone)) return 0;
  const match = FIXED.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

/** True for an IANA name, `UTC`, `Z` or a fixed offset. */
export function isZone(zone: string): boolean {
  if (fixedOffset(zone) !== undefined) return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(0);
    return true;
  } catch {
    return false;
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${TWO[Math.floor(size / 60)]}:${TWO[size % 60]}`;
}

/** Writes instants in one zone. One per run; cheap to call a million times. */
export class Clock {
  readonly zone: string;
  readonly #fixed: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #offsets = new Map<number, number>();
  #quarter = Number.NaN;
  #offset = 0;
  #offsetText = '+00:00';
  #day = Number.NaN;
  #date = '';
  #shortDate = '';
  #year = 0;

  constructor(zone: string) {
    this.zone = zone;
    this.#fixed = fixedOffset(zone);
    if (this.#fixed === undefined) {
      this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    }
  }

  /** Minutes east of UTC at `at`. */
  offsetAt(at: Instant): number {
    if (this.#fixed !== undefined) return this.#fixed;
    const quarter = Math.floor(at / QUARTER);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      const parts = this.#format?.formatToParts(quarter * QUARTER) ?? [];
      const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
      offset = fixedOffset(name.slice(0, 9)) ?? 0;
      if (this.#offsets.size >= MAX_CACHE) this.#offsets.clear();
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  /** Sets the cached pieces for `at`; gives the milliseconds of the local day. */
  #seek(at: Instant): number {
    const quarter = Math.floor(at / QUARTER);
    if (quarter !== this.#quarter) {
      this.#quarter = quarter;
      this.#offset = this.offsetAt(at);
      this.#offsetText = offsetText(this.#offset);
    }
    const local = Math.floor(at) + this.#offset * MINUTE;
    const day = Math.floor(local / DAY);
    if (day !== this.#day) {
      this.#day = day;
      const date = new Date(local);
      this.#year = date.getUTCFullYear();
      this.#date = date.toISOString().slice(0, -14);
      this.#shortDate = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')}`;
    }
    return local - day * DAY;
  }

  #timeOfDay(ms: number): string {
    const seconds = Math.floor(ms / 1000);
    return `${TWO[Math.floor(seconds / 3600)]}:${TWO[Math.floor(seconds / 60) % 60]}:${TWO[seconds % 60]}`;
  }

  /** `2026-11-21T09:15:02.120+01:00`; the offset of UTC is `+00:00`. */
  iso(at: Instant): string {
    if (!(Math.abs(at) < LAST_INSTANT)) return this.iso(0);
    const ms = this.#seek(at);
    return `${this.#date}T${this.#timeOfDay(ms)}.${THREE[ms % 1000]}${this.#offsetText}`;
  }

  /** `2026-11-21 09:15:02`: local time that sorts as text. */
  plain(at: Instant): string {
    const iso = this.iso(at);
    return `${iso.slice(0, -19)} ${iso.slice(-18, -10)}`;
  }

  /** `Nov 21 09:15:02`, or `2025 Nov 21 09:15:02` where its year is not `year`. */
  short(at: Instant, year: number): string {
    if (!(Math.abs(at) < LAST_INSTANT)) return this.short(0, year);
    const time = this.#timeOfDay(this.#seek(at));
    return this.#year === year ? `${this.#shortDate} ${time}` : `${this.#year} ${this.#shortDate} ${time}`;
  }

  /** `09:15:02` */
  time(at: Instant): string {
    return this.iso(at).slice(-18, -10);
  }

  /** `Sat, Nov 21 2026 at 09:15:02 (+01:00)` */
  long(at: Instant): string {
    return `${this.date(at)} at ${this.time(at)} (${this.iso(at).slice(-6)})`;
  }

  /** `Sat, Nov 21 2026` */
  date(at: Instant): string {
    const year = this.year(at);
    const weekday = WEEKDAYS[new Date(at + this.offsetAt(at) * MINUTE).getUTCDay()] ?? '';
    return `${weekday}, ${this.day(at, year).replace('  ', ' ')} ${year}`;
  }

  /** `09:15:02.120` */
  timeMs(at: Instant): string {
    return this.iso(at).slice(-18, -6);
  }

  /** `Nov 21`, with the year in front where it is not `year`. */
  day(at: Instant, year: number): string {
    return this.short(at, year).slice(0, -9);
  }

  /** Local year, for the `year` of the others. */
  year(at: Instant): number {
    return Number(this.iso(at).slice(0, -25));
  }
}

const STEPS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Seconds in words for people, the two greatest units: `1 d 4 h`, `12 min`, `0.4 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '0 s';
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  let rest = Math.round(seconds);
  const words: string[] = [];
  for (const [size, unit] of STEPS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  return words.join(' ');
}
