/**
 * `--min-delay 1h` and `--min-size 10M`.
 * Units:  delays s, m (min), h, d, w, also joined (`1h30m`), a bare number is seconds; sizes in bytes, K, M, G of 1024 (`KB`, `KiB` too).
 * Errors: UsageError for anything else.
 */
import { UsageError } from '../errors.ts';
import type { Test } from './test.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:s|sec|m|min|h|d|w))+$/;

/** Seconds of `2h`, `14d`, `1h30m`; undefined where it is no span of time. */
export function parseDuration(typed: string): number | undefined {
  const text = typed.trim().toLowerCase().replaceAll(' ', '');
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    seconds += Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isFinite(seconds) ? seconds : undefined;
}

export function minDelayFilter(typed: string, where: string): Test {
  const least = /^\d+(?:\.\d+)?$/.test(typed.trim()) ? Number(typed) : parseDuration(typed);
  if (least === undefined) {
    throw new UsageError({ where, what: `'${typed}' is no span of time`, help: 'give 90s, 30m, 1h, 2d' });
  }
  return { of: 'recipient', recipient: ({ delay }) => delay !== undefined && delay >= least };
}

const POWERS = ['', 'k', 'm', 'g', 't'];

/** Bytes of `10M`, `1.5G`, `2048`; undefined where it is no size. */
export function parseSize(typed: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(typed.trim());
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** POWERS.indexOf((match[2] ?? '').toLowerCase());
}

export function minSizeFilter(typed: string, where: string): Test {
  const least = parseSize(typed);
  if (least === undefined) {
    throw new UsageError({ where, what: `'${typed}' is no size`, help: 'give 500K, 10M, 1G, or bytes' });
  }
  return { of: 'message', message: ({ size }) => size !== undefined && size >= least };
}
