/**
 * Filters that would narrow a result that was cut.
 */
import type { Instant } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { shellWord } from '../render/escape.ts';
import type { Screen } from '../render/screen.ts';
import type { Order } from './collect.ts';
import type { SearchOptions } from './search-options.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Pieces of a log that people think in; `2h` as --since takes it where the log is still being written. */
const STEPS: readonly (readonly [ms: number, typed: string])[] = [
  [365 * DAY, '365d'],
  [90 * DAY, '90d'],
  [30 * DAY, '30d'],
  [7 * DAY, '7d'],
  [DAY, '1d'],
  [6 * HOUR, '6h'],
  [2 * HOUR, '2h'],
  [HOUR, '1h'],
  [10 * MINUTE, '10m'],
  [2 * MINUTE, '2m'],
];
/** A log whose last line is older is not that of now: spans back from now mean nothing in it. */
const LIVE = 10 * MINUTE;

/** `--since 2h` or `--since '2026-11-21 20:00'`: a quarter of the log or less, at the end that is printed first. */
function narrowerTime(
  span: { first: Instant; last: Instant },
  order: Order,
  { clock, now }: Screen,
): string | undefined {
  const step = STEPS.find(([ms]) => ms <= (span.last - span.first) / 4);
  if (step === undefined) return undefined;
  const [ms, typed] = step;
  if (order === 'newest' && span.last <= now && now - span.last < LIVE) return `--since ${typed}`;
  const at = clock.plain(order === 'newest' ? span.last - ms : span.first + ms);
  const option = order === 'newest' ? '--since' : '--until';
  return `${option} ${ms >= DAY ? at.slice(0, 10) : shellWord(at.slice(0, 16))}`;
}

/** Filters not used yet that would narrow a result, as one types them. `first`, `last`: of the logs. */
export function narrower(
  {
    filterOptions: options,
    window,
    order,
    screen,
  }: Pick<SearchOptions, 'filterOptions' | 'window' | 'order' | 'screen'>,
  { first, last }: Pick<RunSummary, 'first' | 'last'>,
): string[] {
  const ways: string[] = [];
  if (options.status === undefined) ways.push('--status failed');
  if (options.since === undefined && options.until === undefined && first !== undefined && last !== undefined) {
    const way = narrowerTime({ first: Math.max(first, window.since ?? first), last }, order, screen);
    if (way !== undefined) ways.push(way);
  }
  if (options.recipient === undefined && options.address === undefined) ways.push('--recipient ADDR');
  return ways.slice(0, 2);
}
