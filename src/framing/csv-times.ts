/**
 * The time of a CSV row, from its cell.
 * Shape:  ISO 8601 (`T` or space), `2026/11/21 09:15:02 UTC`, seconds since 1970; as a spreadsheet or PowerShell writes them
 *         `11/21/2026 9:15:02 AM`, `21.11.2026 09:15:02`. A zone that is not told is UTC, as most of these exports are.
 * Units:  ms since 1970. Errors: NaN.
 */
import type { Instant } from '../model/message.ts';
import { NO_ZONE, readIsoStamp, Stamp } from './stamps.ts';
import type { Zone } from './zone.ts';

const LONGEST = 40;
const OTHER =
  /^\s*(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4}),?[ T]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,7}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(UTC|GMT|Z|[+-]\d\d:?\d\d)?\s*$/;

export class CsvTimes {
  /** some stamp of the file had a day above 12 in front: `21/11/2026` */
  private isDayFirst = false;
  private readonly stamp = new Stamp();

  /** `zone`: of stamps that name none; undefined = UTC. */
  read(bytes: Buffer, a: number, b: number, zone?: Zone): Instant {
    if (a < 0 || b <= a || b - a > LONGEST) return Number.NaN;
    const { stamp } = this;
    const next = readIsoStamp(bytes, a, b, stamp);
    if (next >= 0) {
      const at = Date.UTC(stamp.year, stamp.month - 1, stamp.day) + stamp.tod;
      return stamp.zone === NO_ZONE ? instantOf(at, zone) : at - stamp.zone * 60_000;
    }
    return this.other(bytes.toString('latin1', a, b), zone);
  }

  private other(text: string, ofFile: Zone | undefined): Instant {
    if (/^\d{9,11}$/.test(text)) return Number(text) * 1000;
    const m = OTHER.exec(text);
    if (m === null) return Number.NaN;
    const [
      ,
      one = '',
      mark,
      two = '',
      three = '',
      hours = '',
      minutes = '',
      seconds = '0',
      part = '',
      half = '',
      zone = '',
    ] = m;
    let [year, month, day] = [Number(three), Number(one), Number(two)];
    if (one.length === 4) [year, month, day] = [Number(one), Number(two), Number(three)];
    else if (three.length !== 4) return Number.NaN;
    else {
      if (Number(one) > 12) this.isDayFirst = true;
      if (mark !== '/' || this.isDayFirst) [month, day] = [day, month];
    }
    let hour = Number(hours);
    if (half !== '') hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return Number.NaN;
    const at = Date.UTC(
      year,
      month - 1,
      day,
      hour,
      Number(minutes),
      Number(seconds),
      Number(part.slice(0, 3).padEnd(3, '0')),
    );
    return zone === '' ? instantOf(at, ofFile) : at - offsetOf(zone);
  }
}

const DAY = 86_400_000;

/** A wall-clock time of the zone; of the hour that comes twice its first. */
function instantOf(wall: number, zone: Zone | undefined): Instant {
  if (zone === undefined) return wall;
  const { before, after, at } = zone.day(Math.floor(wall / DAY));
  return before === after || wall - before < at ? wall - before : wall - after;
}

function offsetOf(zone: string): number {
  const m = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (m === null) return 0;
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) * 60_000;
}
