/**
 * `--since` and `--until`: times as people type them, made instants in one zone.
 * Shapes: `2026-11-20`, `2026-11-20 14:30[:05]`, ISO 8601 (an offset in it holds), `now`, `today`, `yesterday`, `2h`, `14d`, `1h30m`
 *         (so long ago).
 * Units:  Instants; a window holds both its ends. Until a date, `today` or `yesterday` = its last millisecond; until a whole
 *         second = the end of that second, as most stamps have no more.
 * Errors: UsageError for what is no time, for dates that do not exist, and where since is after until.
 */
import { DateTime } from 'luxon';
import { UsageError } from '../errors.ts';
import type { Instant } from '../model/message.ts';
import { parseDuration } from './units.ts';

export interface TimeContext {
  now: Instant;
  /** the zone of times typed without one */
  zone: string;
}

export interface Window {
  since?: Instant;
  until?: Instant;
}

type Edge = 'since' | 'until';

const DAY = /^\d{4}-\d\d-\d\d$/;
const ISO = /^\d{4}-?\d\d-?\d\d[T ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)?$/i;
const HELP =
  "give 2026-11-20, '2026-11-20 14:30', an ISO 8601 time, today, yesterday, or a span back from now: 2h, 14d";

function edgeOfDay(day: DateTime, edge: Edge): Instant {
  return (edge === 'since' ? day.startOf('day') : day.endOf('day')).toMillis();
}

function checked(time: DateTime, typed: string, where: string): DateTime {
  if (time.isValid) return time;
  const outOfRange = time.invalidReason === 'unit out of range';
  throw new UsageError({ where, what: outOfRange ? `there is no '${typed}'` : `'${typed}' is no time`, help: HELP });
}

/** One time. Throws UsageError with `where` in front. */
export function parseTime(typed: string, edge: Edge, { now, zone }: TimeContext, where: string): Instant {
  const text = typed.trim();
  const today = DateTime.fromMillis(now, { zone });
  const lower = text.toLowerCase();
  if (lower === 'now') return now;
  if (lower === 'today') return edgeOfDay(today, edge);
  if (lower === 'yesterday') return edgeOfDay(today.minus({ days: 1 }), edge);
  const ago = parseDuration(lower.replace(/\s*ago$/, ''));
  if (ago !== undefined) {
    const at = now - ago * 1000;
    if (Math.abs(at) < 8.64e15) return at;
  }
  if (DAY.test(text)) return edgeOfDay(checked(DateTime.fromISO(text, { zone }), typed, where), edge);
  if (!ISO.test(text)) throw new UsageError({ where, what: `'${typed}' is no time`, help: HELP });
  const iso = text
    .replace(/^(\S{8,10}) /, '$1T')
    .replace(/\s+/, '')
    .replace(',', '.')
    .toUpperCase();
  const time = checked(DateTime.fromISO(iso, { zone }), typed, where);
  // Up to whole seconds are typed; what happened within that second is meant too.
  const wholeSecond = edge === 'until' && /:\d\d:\d\d(?:Z|[+-]|$)/i.test(iso);
  return time.toMillis() + (wholeSecond ? 999 : 0);
}

/** Both ends. `negated`: of `--not-since` and `--not-until`, which need not fit each other. */
export function parseWindow(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  context: TimeContext,
  negated = false,
): Window {
  const name = (edge: Edge): string => `--${negated ? 'not-' : ''}${edge}`;
  const window: Window = {};
  if (since !== undefined) window.since = parseTime(since, 'since', context, name('since'));
  if (until !== undefined) window.until = parseTime(until, 'until', context, name('until'));
  if (!negated && window.since !== undefined && window.until !== undefined && window.since > window.until) {
    throw new UsageError({
      where: '--since',
      what: `'${since ?? ''}' is after --until '${until ?? ''}'`,
      help: 'the window runs from --since to --until: swap them?',
    });
  }
  return window;
}

const DAY_MS = 86_400_000;

/** The same span `days` earlier; without `days`, the span of the same length right before it. Days are days of the zone: of 23 and 25 hours too. */
export function earlierPeriod(
  { since, until }: Required<Window>,
  days: number | undefined,
  zone: string,
): Required<Window> {
  const from = DateTime.fromMillis(since, { zone });
  const to = DateTime.fromMillis(until, { zone });
  if (days !== undefined) return { since: from.minus({ days }).toMillis(), until: to.minus({ days }).toMillis() };
  const whole = Math.round((until + 1 - since) / DAY_MS);
  const isDays = whole > 0 && from.plus({ days: whole }).toMillis() === until + 1;
  if (isDays) return { since: from.minus({ days: whole }).toMillis(), until: since - 1 };
  return { since: since - (until - since) - 1, until: since - 1 };
}
