/** --since and --until: what people type, in a zone. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { parseTime, parseWindow } from '../../src/filter/time.ts';

/** 2026-11-22T00:30 in Berlin: another day than in UTC. */
const now = Date.UTC(2026, 10, 21, 23, 30);
const berlin = { now, zone: 'Europe/Berlin' };
const utc = { now, zone: 'UTC' };
const iso = (at: number): string => new Date(at).toISOString();

describe('since', () => {
  test.each([
    ['2026-11-20', berlin, '2026-11-19T23:00:00.000Z'],
    ['2026-11-20', utc, '2026-11-20T00:00:00.000Z'],
    ['2026-11-20 14:30', berlin, '2026-11-20T13:30:00.000Z'],
    ['2026-11-20 14:30:05', berlin, '2026-11-20T13:30:05.000Z'],
    ['2026-11-20T14:30:05.250Z', berlin, '2026-11-20T14:30:05.250Z'],
    ['2026-11-20 14:30 +05:30', berlin, '2026-11-20T09:00:00.000Z'],
    ['20261120T143000', utc, '2026-11-20T14:30:00.000Z'],
    ['today', berlin, '2026-11-21T23:00:00.000Z'],
    ['today', utc, '2026-11-21T00:00:00.000Z'],
    ['Yesterday', berlin, '2026-11-20T23:00:00.000Z'],
    ['now', utc, '2026-11-21T23:30:00.000Z'],
    ['2h', utc, '2026-11-21T21:30:00.000Z'],
    ['30m', utc, '2026-11-21T23:00:00.000Z'],
    ['14d', utc, '2026-11-07T23:30:00.000Z'],
    ['1h30m', utc, '2026-11-21T22:00:00.000Z'],
    ['2 h ago', utc, '2026-11-21T21:30:00.000Z'],
    ['2028-02-29', utc, '2028-02-29T00:00:00.000Z'],
  ])('%s', (typed, context, expected) => {
    expect(iso(parseTime(typed, 'since', context, '--since'))).toBe(expected);
  });
});

describe('until', () => {
  test.each([
    ['2026-11-20', berlin, '2026-11-20T22:59:59.999Z'],
    ['today', utc, '2026-11-21T23:59:59.999Z'],
    ['yesterday', utc, '2026-11-20T23:59:59.999Z'],
    ['2026-11-20 14:30', utc, '2026-11-20T14:30:00.000Z'],
    ['2026-11-20 14:30:05', utc, '2026-11-20T14:30:05.999Z'],
    ['2026-11-20 14:30:05.100', utc, '2026-11-20T14:30:05.100Z'],
    ['2h', utc, '2026-11-21T21:30:00.000Z'],
  ])('%s', (typed, context, expected) => {
    expect(iso(parseTime(typed, 'until', context, '--until'))).toBe(expected);
  });

  test('a day of 23 or 25 hours ends at its own midnight', () => {
    const end = (day: string): string => iso(parseTime(day, 'until', berlin, '--until'));
    expect(end('2026-03-29')).toBe('2026-03-29T21:59:59.999Z');
    expect(end('2026-10-25')).toBe('2026-10-25T22:59:59.999Z');
  });
});

test.each([
  '2026-02-30',
  '2026-13-01',
  '2026-11-20 25:00',
  '2027-02-29',
  'tomorrow-ish',
  '',
  '20',
  '2026',
  '11/20/2026',
  '5 parsecs',
])('%j is no time', (typed) => {
  expect(() => parseTime(typed, 'since', utc, '--since')).toThrow(UsageError);
  expect(() => parseTime(typed, 'since', utc, '--since')).toThrow(/^--since: /);
});

test('since after until is told; their --not-… need not fit', () => {
  expect(() => parseWindow({ since: '2026-11-20', until: '2026-11-19' }, utc)).toThrow('--since');
  expect(parseWindow({ since: '2026-11-20', until: '2026-11-20' }, utc).since).toBeDefined();
  expect(parseWindow({ since: '1h', until: '2h' }, utc, true)).toEqual({
    since: now - 3_600_000,
    until: now - 7_200_000,
  });
  expect(parseWindow({}, utc)).toEqual({});
});
