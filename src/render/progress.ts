/**
 * How far a run is, as one line for a terminal: `reading 412 MB of 1.2 GB (34%), 310 MB/s, 3 s left, 12 matches`.
 * Units: bytes in powers of ten, as file managers and disks count; times in seconds.
 */
import { counted } from './prose.ts';
import { duration } from './times.ts';
import { cutEnd } from './width.ts';

export interface ProgressFacts {
  /** `reading` */
  what: string;
  bytes: number;
  /** undefined where nobody knows */
  total?: number | undefined;
  /** bytes a second; undefined before it can be told */
  rate?: number | undefined;
  /** undefined where none are sought */
  matches?: number | undefined;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `950 kB`, `1.2 GB` */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.6 would be printed as 1000
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

function readText({ what, bytes, total }: ProgressFacts): string {
  // A log grows while it is read.
  if (total === undefined || bytes > total) return `${what} ${bytesText(bytes)}`;
  const percent = total === 0 ? 100 : Math.floor((100 * bytes) / total);
  return `${what} ${bytesText(bytes)} of ${bytesText(total)} (${percent}%)`;
}

function leftText({ bytes, total, rate }: ProgressFacts): string | undefined {
  if (total === undefined || rate === undefined || rate <= 0 || bytes > total) return undefined;
  return `${duration(Math.ceil((total - bytes) / rate))} left`;
}

/** In at most `columns`: what counts least is left out first. */
export function progressText(facts: ProgressFacts, columns: number): string {
  const read = readText(facts);
  const rate = facts.rate === undefined ? undefined : `${bytesText(facts.rate)}/s`;
  const left = leftText(facts);
  const matches = facts.matches === undefined ? undefined : counted(facts.matches, 'match', 'matches');
  const choices = [[read, rate, left, matches], [read, left, matches], [read, matches], [read]];
  const texts = choices.map((parts) => parts.filter((part) => part !== undefined).join(', '));
  return texts.find((text) => text.length <= columns) ?? cutEnd(read, columns);
}
