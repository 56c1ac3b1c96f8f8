/**
 * Wall-clock times of a zone made instants, without a look-up per line: a zone is asked once a day of the log.
 * Shape:  IANA names, `UTC`, `Z`, `local`, `+02:00`, `+0200`, `-03`.
 * Units:  wall-clock times and instants in ms; a wall-clock time is the instant it would be in UTC.
 * Errors: isZone() tells; makeZone() reads an unknown name as UTC.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Offsets (ms east of UTC) around one day of a zone's wall clock; `at` is the instant of the change where they differ. */
export interface ZoneDay {
  day: number;
  before: number;
  after: number;
  at: number;
}

export interface Zone {
  readonly name: string;
  /** ms east of UTC at an instant */
  offsetAt(instant: number): number;
  /** by number of the wall clock's day since 1970 */
  day(day: number): ZoneDay;
}

export function isZone(name: string): boolean {
  return makeNamed(name) !== undefined;
}

/** The zone of that name; one object a name, and at most 200 kept. */
export function makeZone(name: string): Zone {
  let zone = ZONES.get(name);
  if (zone === undefined) {
    zone = makeNamed(name) ?? new FixedZone('UTC', 0);
    if (ZONES.size >= 200) ZONES.clear();
    ZONES.set(name, zone);
  }
  return zone;
}

const ZONES = new Map<string, Zone>();

function makeNamed(name: string): Zone | undefined {
  if (/^(?:utc|gmt|z|etc\/utc)$/i.test(name)) return new FixedZone('UTC', 0);
  const fixed = /^(?:UTC|GMT)?([+-])(\d\d?)(?::?([0-5]\d))?$/.exec(name);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    if (minutes > 18 * 60) return undefined;
    return new FixedZone(name, (fixed[1] === '-' ? -minutes : minutes) * 60_000);
  }
  try {
    return new NamedZone(name === 'local' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : name);
  } catch {
    return undefined;
  }
}

class FixedZone implements Zone {
  readonly name: string;
  private readonly record: ZoneDay;

  constructor(name: string, offset: number) {
    this.name = name;
    this.record = { day: 0, before: offset, after: offset, at: Number.NaN };
  }

  offsetAt(_instant: number): number {
    return this.record.before;
  }

  day(_day: number): ZoneDay {
    return this.record;
  }
}

const KEPT_DAYS = 8;

class NamedZone implements Zone {
  readonly name: string;
  private readonly format: Intl.DateTimeFormat;
  /** direct-mapped: lines around midnight, and of several hosts, go back and forth between days */
  private readonly days: (ZoneDay | undefined)[] = new Array<ZoneDay | undefined>(KEPT_DAYS).fill(undefined);

  constructor(name: string) {
    this.name = name;
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  offsetAt(instant: number): number {
    // the last part of `11/21/2026, GMT-03:30`; `GMT` alone is UTC; seconds only in the time before zones
    const text = this.format.format(instant);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    if (match === null || match[1] === undefined) return 0;
    const ms = (Number(match[2]) * 60 + Number(match[3])) * 60_000 + Number(match[4] ?? 0) * 1000;
    return match[1] === '-' ? -ms : ms;
  }

  day(day: number): ZoneDay {
    const slot = ((day % KEPT_DAYS) + KEPT_DAYS) % KEPT_DAYS;
    const kept = this.days[slot];
    if (kept !== undefined && kept.day === day) return kept;
    const made = this.makeDay(day);
    this.days[slot] = made;
    return made;
  }

  private makeDay(day: number): ZoneDay {
    // every instant at which some clock of the world shows this day lies between
    let low = day * DAY - 15 * HOUR;
    let high = (day + 1) * DAY + 15 * HOUR;
    const before = this.offsetAt(low);
    const after = this.offsetAt(high);
    if (before === after) return { day, before, after, at: Number.NaN };
    // zones change at whole minutes, and never twice within these 54 hours
    low = Math.floor(low / 60_000);
    high = Math.ceil(high / 60_000);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle * 60_000) === before) low = middle;
      else high = middle;
    }
    return { day, before, after, at: high * 60_000 };
  }
}
