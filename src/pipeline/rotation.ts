/**
 * Which files are one log that was cut by rotation, by name alone: the name without what a rotation puts to it.
 * Shape:  `mail.log` `mail.log.1` `mail.log.2.gz` `mail.log-20261101[.gz]` `mail.log-2026110103` `mail.log-20261101-1793500000`
 *         `mail.log.2026-11-21` `maillog.20261121-101500.gz` `mail-20261101.log` `mainlog.01` `mainlog-20261121`
 *         `mail.@20261121T091502.s` beside `mail.current` (AsyncOS)
 *         `20261121-091502_recv` (KumoMTA: nothing but the time, and what its configuration puts behind it)
 * Source: logrotate(8) (start, dateformat, extension, compressext), postfix-logrotate in MAILLOG_README
 *         (`%Y%m%d-%H%M%S`), multilog (`@400000006b01612018edbaa8.s` or `.u` beside `current`),
 *         Exim's exicyclog and `log_file_path` with %D, savelog(8), newsyslog(8),
 *         KumoMTA docs/userguide/operation/logs.md, AsyncOS user guide (Logging, "Log Filename").
 */
import { basename, dirname } from 'node:path';
import type { Instant } from '../model/message.ts';

const PACKED = /\.(?:gz|xz|bz2|zst|lz4|z)$/i;
/** `.1`, `.01`: at most three digits, for `.2026` and longer numbers are something else */
const NUMBER = /(?<=.)\.\d{1,3}$/;
const DATE = /(?<=.)[-._](\d{4})-?(\d{2})-?(\d{2})(?:[-_T.]?\d{2}(?:[-:]?\d{2}(?:[-:]?\d{2})?)?|[-.]\d{9,10})?$/;
/** multilog's: whole, or cut off by a crash */
const MULTILOG = /^@[0-9a-f]{24}\.[su]$/;
/** AsyncOS: when it was begun, saved or current */
const ASYNCOS = /\.@(\d{4})(\d{2})(\d{2})T\d{6}\.[sc]$/;
/** the time that a file was begun, as its whole name */
const SEGMENT = /^(\d{4})(\d{2})(\d{2})-\d{6}(?:\.\d{1,9})?(?=_|$)/;
/** a date before the extension, as logrotate's `extension .log` leaves it */
const EXTENSION = /\.(?:log|txt)$/i;

const DAY = 86_400_000;
/** A name's date is when the file was closed, or when it was begun: the log lies within half a year of it. */
const NAME_SLACK = 180 * DAY;

interface Rotated {
  /** folder and name without the rotation's part: files with the same base are one log */
  base: string;
  /** the date in the name, as midnight UTC */
  date: Instant | undefined;
  /** the number that a rotation counts up: the greater, the older; 0 where there is none */
  number: number;
}

export function rotatedName(path: string): Rotated {
  const name = basename(path).replace(PACKED, '');
  if (MULTILOG.test(name)) return { base: `${dirname(path)}/current`, date: undefined, number: 0 };
  const saved = ASYNCOS.exec(name);
  if (saved !== null) {
    const [whole = ''] = saved;
    const [, year, month, day] = saved.map(Number) as [number, number, number, number];
    const base = `${dirname(path)}/${name.slice(0, -whole.length)}.current`;
    if (isDate(year, month, day)) return { base, date: Date.UTC(year, month - 1, day), number: 0 };
  }
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  const readings: (readonly [text: string, rest: string])[] = [[name, '']];
  if (extension !== '') readings.push([name.slice(0, -extension.length), extension]);
  for (const [text, rest] of readings) {
    const match = DATE.exec(text);
    if (match === null) continue;
    const [, year, month, day] = match.map(Number) as [number, number, number, number];
    if (!isDate(year, month, day)) continue;
    return {
      base: `${dirname(path)}/${text.slice(0, match.index)}${rest}`,
      date: Date.UTC(year, month - 1, day),
      number: 0,
    };
  }
  const segment = SEGMENT.exec(name);
  if (segment !== null) {
    const [whole = ''] = segment;
    const [, year, month, day] = segment.map(Number) as [number, number, number, number];
    const base = `${dirname(path)}/${name.slice(whole.length)}`;
    if (isDate(year, month, day)) return { base, date: Date.UTC(year, month - 1, day), number: 0 };
  }
  const number = Number(NUMBER.exec(name)?.[0].slice(1) ?? 0);
  return { base: `${dirname(path)}/${name.replace(NUMBER, '')}`, date: undefined, number };
}

function isDate(year: number, month: number, day: number): boolean {
  return year >= 1970 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/**
 * The time that the stamps of a file do not pass, for those without a year: when it was last written. Where the name has
 * a date and the file is much younger (it was copied or restored), the date tells more.
 */
export function boundOf(path: string, mtime: Instant | undefined, now: Instant): Instant {
  const { date } = rotatedName(path);
  const bound = mtime ?? now;
  return date === undefined ? bound : Math.min(bound, date + NAME_SLACK);
}
