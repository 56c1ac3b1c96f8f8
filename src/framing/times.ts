/**
 * The instant of each line of a file: years, zones, the clock of each host, stamps inside stamps, and the ids that overrule.
 * Units:  ms.
 * Bounds: 4096 clocks.
 */
import type { Assumption } from './assumptions.ts';
import type { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import { Clock } from './clock.ts';
import { arrivalInId } from './id-peek.ts';
import type { Name } from './names.ts';
import { NO_ZONE, type Stamp } from './stamps.ts';
import { DAY, type YearHint, Years } from './years.ts';
import { makeZone } from './zone.ts';

const HOUR = 3_600_000;
const QUARTER = 900_000;
const CLOCKS_MAX = 4096;
/** a line and the container's stamp of it, less the zone */
const LAG_MAX = 450_000;
/** the same where the outer stamp tells a zone, which holds unless another one explains the difference to the second */
const LAG_TOLD = 10_000;
/** an id's year is sure where line and id then lie so near (any zone's offset, and some) */
const YEAR_SURE = 15 * HOUR;
/** ids in a row that agree before only every 200th line is looked at */
const SETTLED = 5;
const REST = 200;
/** lines without any such id after which only every 16th is looked at */
const PATIENCE = 2000;

export interface TimesOptions {
  zone: string;
  hostZones?: ReadonlyMap<string, string>;
  bound: Instant;
  years?: YearHint;
  /** every line is looked at for an id that contains time: the lines are few, and chosen */
  isWatchful?: boolean;
}

export class Times {
  /** the instant that a container told for this line; NaN where none did */
  outerAt: Instant = Number.NaN;
  readonly years: Years;
  /** lines whose year was inferred */
  guessed = 0;

  private readonly options: TimesOptions;
  private readonly clock: Clock;
  private readonly clocks: { host: string; clock: Clock }[] = [];
  private outerZone: number = NO_ZONE;
  private lastAt: Instant = Number.NaN;
  /** the line with a year from which the last look at the years was taken */
  private anchor: Instant = Number.NaN;
  private ymd = -1;
  private ymdMidnight = 0;
  private misses = 0;
  private ids = 0;
  private commonShift = 0;

  constructor(options: TimesOptions) {
    this.options = options;
    this.clock = this.makeClock('', options.zone);
    const bound = Number.isFinite(options.bound) ? options.bound : Date.now();
    this.years = new Years(bound + this.clock.zone.offsetAt(bound), options.years);
  }

  /** The container of the line to come told this instant. `zone` as in Stamp: NO_ZONE where it says nothing of the writer's. */
  outer(at: Instant, zone: number): void {
    this.outerAt = at;
    this.outerZone = zone;
  }

  /** The instant of a stamp whose line is not framed by it. */
  instant(stamp: Stamp, host: Name | undefined): Instant {
    return this.resolve(stamp, this.clockOf(host));
  }

  /**
   * Fills frame.at and frame.yearGuessed. `stamp`: of the line, undefined where only a container tells the time;
   * `inner`: Exim's own stamp inside a syslog line, which holds.
   */
  read(frame: Frame, stamp: Stamp | undefined, host: Name | undefined, inner: Stamp | undefined): void {
    const held = inner ?? stamp;
    if (held === undefined) {
      this.saw((frame.at = this.outerAt));
      return;
    }
    if (held.zone !== NO_ZONE) {
      this.saw((frame.at = this.dayOf(held) + held.tod - held.zone * 60_000));
      return;
    }
    const clock = this.clockOf(host);
    if (inner !== undefined) {
      if (stamp !== undefined) {
        if (stamp.year === 0) stamp.year = yearBeside(stamp, inner);
        this.outer(this.resolve(stamp, clock), stamp.zone);
      }
      let at = Number.isNaN(this.outerAt) ? this.onClock(inner, clock) : this.beside(inner, clock);
      if (stamp?.zone === NO_ZONE) {
        clock.lines++;
        if (--clock.untilPeek < 0) at = this.peek(frame, inner, clock, at);
        clock.saw(at);
      }
      this.saw((frame.at = at));
      return;
    }
    let at = this.resolve(held, clock);
    if (Number.isNaN(this.outerAt)) {
      clock.lines++;
      if (--clock.untilPeek < 0) at = this.peek(frame, held, clock, at);
      if (held.year === 0) {
        this.guessed++;
        frame.yearGuessed = !this.years.confirmed;
      }
      clock.saw(at);
    }
    this.lastAt = frame.at = at;
  }

  /** What was assumed: assumptionSentences() tells it, for one file or many. */
  assumed(): Assumption[] {
    const out: Assumption[] = [];
    const { years } = this;
    if (this.guessed > 0 && !(years.confirmed && !years.overruled)) {
      const why = years.overruled
        ? 'the times in queue ids say so'
        : "no stamp says it: the log's own time is the bound";
      out.push({ kind: 'year', why, years: [...years.used], lines: this.guessed });
    }
    const byZone = new Map<string, number>();
    const shifted = new Map<string, string[]>();
    for (const { host, clock } of this.clocks) {
      if (clock.lines === 0) continue;
      const { name } = clock.zone;
      byZone.set(name, (byZone.get(name) ?? 0) + clock.lines);
      if (clock.shift === 0) continue;
      const what = `${hours(clock.shift)} from zone ${name}`;
      shifted.set(what, [...(shifted.get(what) ?? []), host]);
    }
    for (const [what, hosts] of shifted) out.push({ kind: 'shift', what, hosts });
    for (const [zone, count] of byZone) out.push({ kind: 'zone', zone, lines: count });
    return out;
  }

  /** Whether ids disagreed with a clock, or with the year: lines that were not read might have overruled it before. */
  get isDoubted(): boolean {
    return this.years.overruled || this.clocks.some(({ clock }) => clock.isDoubted);
  }

  /** host -> ms by which its clock was put right; '' = lines without a host */
  shifts(): Map<string, number> {
    const out = new Map<string, number>();
    for (const { host, clock } of this.clocks) if (clock.shift !== 0) out.set(host, clock.shift);
    return out;
  }

  private resolve(stamp: Stamp, clock: Clock): Instant {
    if (stamp.zone !== NO_ZONE) return this.dayOf(stamp) + stamp.tod - stamp.zone * 60_000;
    if (Number.isNaN(this.outerAt)) return this.onClock(stamp, clock);
    if (stamp.year !== 0) return this.beside(stamp, clock);
    // no year, whole seconds: the container knows better, unless the line lay somewhere for long
    stamp.year = new Date(this.outerAt).getUTCFullYear();
    for (let year = stamp.year - 1; year <= stamp.year + 1; year++) {
      const wall = Date.UTC(year, stamp.month - 1, stamp.day);
      if (Math.abs(wall - this.outerAt) < 183 * DAY) stamp.year = year;
    }
    const at = this.beside(stamp, clock);
    return Math.abs(at - this.outerAt) <= LAG_MAX ? this.outerAt : at;
  }

  private onClock(stamp: Stamp, clock: Clock): Instant {
    const { month, day, tod } = stamp;
    const midnight = stamp.year === 0 ? this.years.midnight(month, day, tod, this.lastAt) : this.dayOf(stamp);
    return clock.toInstant(midnight, tod);
  }

  /** A stamp with a year and without a zone, beside a stamp whose instant is known: in its zone, if that brings both together. */
  private beside(stamp: Stamp, clock: Clock): Instant {
    const midnight = this.dayOf(stamp);
    const wall = midnight + stamp.tod;
    const own = this.outerZone === NO_ZONE ? clock.toInstant(midnight, stamp.tod) : wall - this.outerZone * 60_000;
    if (Math.abs(own - this.outerAt) <= LAG_MAX) return own;
    const offset = Math.round((wall - this.outerAt) / QUARTER) * QUARTER;
    const lag = this.outerZone === NO_ZONE ? LAG_MAX : LAG_TOLD;
    const isFar = Math.abs(offset) > 14 * HOUR || Math.abs(wall - offset - this.outerAt) > lag;
    return isFar ? own : wall - offset;
  }

  private dayOf(stamp: Stamp): number {
    const ymd = stamp.year * 512 + stamp.month * 32 + stamp.day;
    if (ymd !== this.ymd) {
      this.ymd = ymd;
      this.ymdMidnight = Date.UTC(stamp.year, stamp.month - 1, stamp.day);
    }
    return this.ymdMidnight;
  }

  /** A line with a year of its own: stamps without one follow it. */
  private saw(at: Instant): void {
    if (Number.isNaN(at)) return;
    if (!(Math.abs(at - this.anchor) < DAY)) {
      this.anchor = at;
      this.years.forget();
      this.years.sawYear(at);
    }
    this.lastAt = at;
  }

  private clockOf(host: Name | undefined): Clock {
    if (host === undefined) return this.clock;
    return (host.clock ??= this.makeClock(host.text, this.options.hostZones?.get(host.text) ?? this.options.zone));
  }

  private makeClock(host: string, zone: string): Clock {
    if (this.clocks.length >= CLOCKS_MAX) return this.clock;
    const clock = new Clock(makeZone(zone));
    clock.shift = this.options.years?.shifts?.get(host) ?? this.commonShift;
    this.clocks.push({ host, clock });
    return clock;
  }

  /** Looks for an id that contains time. Returns the line's instant, put right where the id says otherwise. */
  private peek(frame: Frame, stamp: Stamp, clock: Clock, read: Instant): Instant {
    const id = arrivalInId(frame.bytes, frame.body, frame.end);
    if (Number.isNaN(id)) {
      if (this.ids === 0 && ++this.misses > PATIENCE) clock.untilPeek = 16;
      return read;
    }
    this.ids++;
    let at = stamp.year === 0 ? this.yearOfId(stamp, clock, read, id) : read;
    const wrong = clock.heed(at - id);
    at += wrong;
    if (clock.shift !== 0 && wrong !== 0) this.spread(clock);
    clock.untilPeek = clock.settled >= SETTLED && clock.shift === 0 && this.options.isWatchful !== true ? REST : 0;
    return at;
  }

  private yearOfId(stamp: Stamp, clock: Clock, read: Instant, id: Instant): Instant {
    const { month, day, tod } = stamp;
    const middle = new Date(id).getUTCFullYear();
    for (let year = middle - 1; year <= middle + 1; year++) {
      const at = clock.toInstant(Date.UTC(year, month - 1, day), tod);
      if (Math.abs(at - id) > YEAR_SURE) continue;
      if (Math.abs(at - read) > DAY) {
        this.years.overrule(year - new Date(read).getUTCFullYear(), year);
        this.lastAt = at;
      }
      this.years.sawYear(at);
      this.years.byId = true;
      return at;
    }
    return read;
  }

  /** Clocks that have no ids of their own follow one that was overruled, while no other one is known to be right. */
  private spread(from: Clock): void {
    const isAlone = this.clocks.every(({ clock }) => clock === from || clock.settled === 0);
    this.commonShift = isAlone ? from.shift : 0;
    if (isAlone) for (const { clock } of this.clocks) clock.shift = from.shift;
  }
}

/** The year of a stamp without one that stands beside a stamp with one. */
function yearBeside(stamp: Stamp, other: Stamp): number {
  const months = stamp.month - other.month;
  return other.year + (months > 6 ? -1 : months < -6 ? 1 : 0);
}

function hours(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  const rest = minutes % 60;
  const text =
    rest === 0 ? String(minutes / 60) : `${String(Math.floor(minutes / 60))}:${String(rest).padStart(2, '0')}`;
  return `${ms < 0 ? '-' : '+'}${text} h`;
}
