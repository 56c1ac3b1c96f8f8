import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { Clock, duration, isZone } from '../../src/render/times.ts';
import { AT } from './messages.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/New_York',
];

describe('Clock', () => {
  it('writes ISO 8601 with milliseconds and the offset of the zone', () => {
    expect(new Clock('UTC').iso(AT)).toBe('2026-11-21T09:15:02.120+00:00');
    expect(new Clock('Europe/Berlin').iso(AT)).toBe('2026-11-21T10:15:02.120+01:00');
    expect(new Clock('America/St_Johns').iso(AT)).toBe('2026-11-21T05:45:02.120-03:30');
  });

  it('takes fixed offsets too', () => {
    expect(new Clock('+05:30').iso(AT)).toBe('2026-11-21T14:45:02.120+05:30');
    expect(new Clock('UTC-3').iso(AT)).toBe('2026-11-21T06:15:02.120-03:00');
    expect(new Clock('Z').iso(AT)).toBe('2026-11-21T09:15:02.120+00:00');
  });

  it('agrees with luxon at any instant since 1972, in any order, in every zone', () => {
    const clocks = ZONES.map((zone) => new Clock(zone));
    const when = fc.integer({ min: Date.UTC(1972, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(when, fc.nat(ZONES.length - 1), (at, i) => {
        const expected = DateTime.fromMillis(at, { zone: ZONES[i] ?? 'UTC' }).toISO({ suppressMilliseconds: false });
        expect(clocks[i]?.iso(at)).toBe(expected?.replace(/Z$/, '+00:00'));
      }),
    );
  });

  it('changes the offset exactly where the zone does', () => {
    const clock = new Clock('Europe/Berlin');
    const change = Date.UTC(2026, 9, 25, 1);
    expect([change - 1, change].map((at) => clock.iso(at))).toEqual([
      '2026-10-25T02:59:59.999+02:00',
      '2026-10-25T02:00:00.000+01:00',
    ]);
  });

  it('never throws on an impossible instant', () => {
    const clock = new Clock('Europe/Berlin');
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 9e15, -9e15]) {
      expect(clock.iso(at)).toMatch(/^1970-01-01T/);
      expect(clock.short(at, 2026)).toMatch(/^1970 Jan {2}1/);
    }
    expect(clock.iso(-1)).toBe('1970-01-01T00:59:59.999+01:00');
    expect(clock.iso(AT + 0.75)).toBe('2026-11-21T10:15:02.120+01:00');
  });

  it('writes short times for people, with the year where it is another', () => {
    const clock = new Clock('UTC');
    expect(clock.short(AT, 2026)).toBe('Nov 21 09:15:02');
    expect(clock.short(AT, 2027)).toBe('2026 Nov 21 09:15:02');
    expect(clock.short(Date.UTC(2026, 0, 3), 2026)).toBe('Jan  3 00:00:00');
    expect(clock.plain(AT)).toBe('2026-11-21 09:15:02');
    expect(clock.long(AT)).toBe('Sat, Nov 21 2026 at 09:15:02 (+00:00)');
    expect(clock.year(Date.UTC(2026, 11, 31, 23))).toBe(2026);
    expect(new Clock('Asia/Kathmandu').year(Date.UTC(2026, 11, 31, 23))).toBe(2027);
  });
});

describe('isZone', () => {
  it('knows IANA names and offsets and nothing else', () => {
    for (const zone of [...ZONES, '+02:00', 'UTC+5', 'Z']) expect(isZone(zone), zone).toBe(true);
    for (const zone of ['Berlin', '', '+99:00', 'Europe/Nowhere', '\u001b[31m']) expect(isZone(zone), zone).toBe(false);
  });
});

describe('duration', () => {
  it('tells the two greatest units', () => {
    expect([0, 0.44, 9.96, 61, 3600, 100_000, 86_400 * 5].map(duration)).toEqual([
      '0 s',
      '0.4 s',
      '10 s',
      '1 min 1 s',
      '1 h',
      '1 d 3 h',
      '5 d',
    ]);
    expect(duration(-1)).toBe('0 s');
  });
});
