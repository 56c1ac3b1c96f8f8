/**
 * Years, zones, the repeated hour, clocks that step back, and ids that overrule them.
 */
import { describe, expect, it } from 'vitest';
import { lastYearOf, surveyYears } from '../../src/framing/survey.ts';
import { isZone } from '../../src/framing/zone.ts';
import { assumptionSentences } from '../../src/framing/assumptions.ts';
import { frameLines, makeFramer, times } from './helper.ts';

const DAY = 86_400_000;

function log(stamps: readonly string[], text = 'mx1 postfix/qmgr[1]: 3F1A20B77C: removed'): string {
  return stamps.map((stamp) => `${stamp} ${text}\n`).join('');
}

function days(stamps: readonly string[], options = {}): string[] {
  return times(log(stamps), options).map((at) => at.slice(0, 10));
}

describe('the year of stamps without one', () => {
  it('is the newest that does not pass the bound by more than a day', () => {
    const bound = Date.UTC(2026, 10, 21, 12);
    expect(days(['Nov 21 11:00:00'], { bound })).toEqual(['2026-11-21']);
    expect(days(['Nov 22 11:00:00'], { bound })).toEqual(['2026-11-22']);
    expect(days(['Nov 22 13:00:00'], { bound })).toEqual(['2025-11-22']);
    expect(days(['Jan 01 00:00:00'], { bound: Date.UTC(2026, 11, 31, 12) })).toEqual(['2027-01-01']);
  });

  it('wraps forward at New Year (pipe, gzip)', () => {
    const bound = Date.UTC(2027, 0, 3);
    expect(days(['Dec 30 10:00:00', 'Dec 31 23:59:59', 'Jan  1 00:00:01', 'Jan  2 10:00:00'], { bound })).toEqual([
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
    ]);
  });

  it('takes late lines around New Year back to the old year', () => {
    const bound = Date.UTC(2027, 0, 3);
    expect(days(['Dec 31 23:59:59', 'Jan  1 00:00:01', 'Dec 31 23:59:58', 'Jan  1 00:00:02'], { bound })).toEqual([
      '2026-12-31',
      '2027-01-01',
      '2026-12-31',
      '2027-01-01',
    ]);
  });

  it('of a plain file comes from its last stamp', () => {
    const bound = Date.UTC(2026, 2, 10);
    const text = log(['Nov 20 10:00:00', 'Dec 31 10:00:00', 'Jan 10 10:00:00', 'Mar  9 10:00:00']);
    const years = lastYearOf(Buffer.from(text.slice(20)), bound, 'UTC');
    expect(years.last).toMatchObject({ year: 2026, month: 3, day: 9 });
    expect(days(['Nov 20 10:00:00', 'Dec 31 10:00:00', 'Jan 10 10:00:00'], { bound, years })).toEqual([
      '2025-11-20',
      '2025-12-31',
      '2026-01-10',
    ]);
  });

  it('of a plain file that does not wrap is that of its last stamp', () => {
    const bound = Date.UTC(2026, 11, 25);
    const years = lastYearOf(Buffer.from(`cut\n${log(['Dec 24 10:00:00'])}`), bound, 'UTC');
    expect(days(['Feb  1 10:00:00', 'Dec 24 10:00:00'], { bound, years })).toEqual(['2026-02-01', '2026-12-24']);
  });

  it('of a file longer than a year comes from pieces between', () => {
    const bound = Date.UTC(2026, 10, 21);
    const stamps = ['Jul  1', 'Oct  1', 'Jan  1', 'Apr  1', 'Aug  1', 'Jan  9', 'Nov 20'].map(
      (day) => `${day} 10:00:00`,
    );
    const pieces = stamps.map((stamp) => Buffer.from(`${log([stamp])}${log([stamp])}`));
    const years = surveyYears(pieces, { zone: 'UTC', bound, hasStart: true, hasEnd: true });
    expect(years.firstYear).toBe(2024);
    expect(days(stamps, { bound, years }).map((day) => day.slice(0, 4))).toEqual([
      '2024',
      '2024',
      '2025',
      '2025',
      '2025',
      '2026',
      '2026',
    ]);
  });

  it('puts 29 February into a leap year', () => {
    const bound = Date.UTC(2026, 5, 1);
    expect(days(['Feb 29 10:00:00', 'Mar  1 10:00:00'], { bound })).toEqual(['2024-02-29', '2024-03-01']);
    expect(days(['Feb 28 10:00:00', 'Feb 29 10:00:00', 'Mar  1 10:00:00'], { bound })).toEqual([
      '2026-02-28',
      '2024-02-29',
      '2024-03-01',
    ]);
    const piece = Buffer.from(log(['Feb 28 10:00:00', 'Feb 29 10:00:00', 'Mar  1 10:00:00']));
    const years = surveyYears([piece], { zone: 'UTC', bound, hasStart: true, hasEnd: true });
    expect(days(['Feb 28 10:00:00', 'Feb 29 10:00:00'], { bound, years })).toEqual(['2024-02-28', '2024-02-29']);
  });

  it('is not moved by a clock that steps back, or by one that starts in January', () => {
    const bound = Date.UTC(2026, 10, 21, 12);
    expect(times(log(['Nov 21 09:15:02', 'Nov 21 09:13:32', 'Nov 21 09:16:00']), { bound })).toEqual([
      '2026-11-21T09:15:02Z',
      '2026-11-21T09:13:32Z',
      '2026-11-21T09:16:00Z',
    ]);
    expect(days(['Nov 20 10:00:00', 'Nov  1 10:00:00', 'Nov 20 11:00:00'], { bound })).toEqual([
      '2026-11-20',
      '2026-11-01',
      '2026-11-20',
    ]);
    expect(days(['Nov 20 10:00:00', 'Jan  1 00:00:09', 'Nov 20 11:00:00'], { bound })).toEqual([
      '2026-11-20',
      '2026-01-01',
      '2026-11-20',
    ]);
  });

  it('stays near the bound, however often a log goes through the months', () => {
    const stamps = Array.from({ length: 3000 }, (_, i) => `${['Jan', 'May', 'Sep'][i % 3] ?? ''} 10 10:00:00`);
    for (const at of times(log(stamps))) expect(at.slice(0, 4)).toMatch(/^202[56]$/);
    const known = `2026-11-21T09:15:02Z mx1 a[1]: x\n${log(stamps)}`;
    for (const at of times(known)) expect(at.slice(0, 4)).toMatch(/^202[67]$/);
  });

  it('is told as guessed, and as an assumption', () => {
    const framer = makeFramer();
    expect(frameLines(log(['Nov 20 10:00:00', 'Nov 20 10:00:01']), framer).map((line) => line.guessed)).toEqual([
      true,
      true,
    ]);
    expect(assumptionSentences([framer.assumed])).toEqual([
      "year 2026 taken for 2 lines (no stamp says it: the log's own time is the bound)",
      'zone UTC taken for 2 lines whose stamps name none',
    ]);
    expect(assumptionSentences([makeFramer().assumed])).toEqual([]);
  });
});

describe('ids that contain time', () => {
  // 4jWmkZ…: 2026-11-21T09:15:02Z
  const ARRIVAL = 'mx1 postfix/smtpd[1]: 4jWmkZ2yfxz2xnY: client=a[192.0.2.7]';
  const MESSAGE_ID = 'mx1 postfix/cleanup[1]: 4jWmkZ2yfxz2xnY: message-id=<x@y>';

  it('overrule the year', () => {
    const framer = makeFramer({ bound: Date.UTC(2031, 0, 1) });
    const text = `Nov 21 09:15:02 ${ARRIVAL}\nNov 22 09:15:02 mx1 postfix/qmgr[1]: x\nJan  1 00:00:00 mx1 postfix/qmgr[1]: x\n`;
    const framed = frameLines(text, framer);
    expect(framed.map((line) => line.at.slice(0, 10))).toEqual(['2026-11-21', '2026-11-22', '2027-01-01']);
    expect(framed.map((line) => line.guessed)).toEqual([false, false, false]);
    expect(assumptionSentences([framer.assumed])[0]).toMatch(/^years .*2026.*queue ids/);
  });

  it('overrule the year of lines before them, if the file was surveyed', () => {
    const bound = Date.UTC(2031, 0, 1);
    const qmgr = 'mx1 postfix/qmgr[1]: x';
    const text = `Dec  1 09:15:02 ${qmgr}\nJun  1 09:15:02 ${qmgr}\nNov 21 09:15:02 ${ARRIVAL}\nNov 22 09:15:02 ${qmgr}\n`;
    const years = surveyYears([Buffer.from(text)], { zone: 'UTC', bound, hasStart: true, hasEnd: false });
    expect(times(text, { bound, years }).map((at) => at.slice(0, 10))).toEqual([
      '2025-12-01',
      '2026-06-01',
      '2026-11-21',
      '2026-11-22',
    ]);
  });

  it('overrule the zone, when several in a row say so', () => {
    const framer = makeFramer({ zone: 'Europe/Berlin' });
    const text = `Nov 21 09:15:02 ${ARRIVAL}\nNov 21 09:15:03 ${MESSAGE_ID}\nNov 21 09:15:03 ${MESSAGE_ID}\nNov 21 09:15:04 mx1 postfix/qmgr[1]: x\n`;
    expect(frameLines(text, framer).map((line) => line.at)).toEqual([
      '2026-11-21T08:15:02Z',
      '2026-11-21T08:15:03Z',
      '2026-11-21T09:15:03Z',
      '2026-11-21T09:15:04Z',
    ]);
    expect(assumptionSentences([framer.assumed])).toContain(
      'stamps of mx1 read +1 h from zone Europe/Berlin: the times in queue ids say so',
    );
    const years = surveyYears([Buffer.from(text)], {
      zone: 'Europe/Berlin',
      bound: Date.UTC(2026, 10, 22),
      hasStart: true,
      hasEnd: true,
    });
    expect(times(text, { zone: 'Europe/Berlin', years })[0]).toBe('2026-11-21T09:15:02Z');
  });

  it("overrule the zone of Exim's stamps", () => {
    const line = '2026-11-21 05:45:02 1xUhBW-000CXd-DU <= ann@example.net\n';
    const at = times(line.repeat(4)).at(-1);
    expect(at).toBe('2026-11-21T09:15:02Z');
  });

  it("overrule the zone of Exim's stamps inside syslog", () => {
    const line = 'Nov 21 05:45:02 mx1 exim[1]: 2026-11-21 05:45:02 [1] 1xUhBW-000CXd-DU <= ann@example.net\n';
    expect(times(line.repeat(5)).at(-1)).toBe('2026-11-21T09:15:02Z');
  });

  it('of one host do not touch the clock of another that is right', () => {
    const right = `Nov 21 09:15:02 ${ARRIVAL}\n`;
    const wrong = `Nov 21 10:15:02 ${ARRIVAL.replace('mx1', 'mx2')}\n`;
    const bare = 'Nov 21 09:15:02 mx1 postfix/qmgr[1]: x\n';
    expect(times((right + wrong + bare).repeat(6)).slice(-3)).toEqual(Array(3).fill('2026-11-21T09:15:02Z'));
  });

  it('are not believed where a mail is late, or an id old', () => {
    const stamps = ['Nov 21 09:45:02', 'Nov 21 10:17:02', 'Nov 21 11:15:02', 'Nov 23 09:15:02'];
    const text = stamps.map((stamp) => `${stamp} ${MESSAGE_ID}\n`).join('');
    expect(times(text, { bound: Date.UTC(2026, 10, 24) })).toEqual(
      stamps.map((stamp) => `2026-11-${stamp.slice(4, 6)}T${stamp.slice(7)}Z`),
    );
    const delivery = 'mx1 postfix/smtp[1]: 4jWmkZ2yfxz2xnY: to=<a@b>, relay=none';
    expect(times(`Nov 21 10:15:02 ${delivery}\n`.repeat(5)).at(-1)).toBe('2026-11-21T10:15:02Z');
  });
});

describe('zones', () => {
  it('are read by name and by offset', () => {
    for (const [zone, at] of [
      ['Europe/Berlin', '2026-11-21T08:15:02Z'],
      ['America/St_Johns', '2026-11-21T12:45:02Z'],
      ['Asia/Kathmandu', '2026-11-21T03:30:02Z'],
      ['+02:00', '2026-11-21T07:15:02Z'],
      ['-0330', '2026-11-21T12:45:02Z'],
      ['UTC', '2026-11-21T09:15:02Z'],
    ] as const) {
      expect(isZone(zone)).toBe(true);
      expect(times('Nov 21 09:15:02 mx1 a[1]: x', { zone })).toEqual([at]);
    }
    expect(isZone('Europe/Nowhere')).toBe(false);
    expect(isZone('+25:00')).toBe(false);
  });

  it('may differ by host', () => {
    const hostZones = new Map([['mx2', 'Europe/Berlin']]);
    expect(
      times('Nov 21 09:15:02 mx1 a[1]: x\nNov 21 10:15:02 mx2 a[1]: x\nNov 21 09:15:02 mx1 a[1]: x', { hostZones }),
    ).toEqual(['2026-11-21T09:15:02Z', '2026-11-21T09:15:02Z', '2026-11-21T09:15:02Z']);
  });

  it.each([
    ['Europe/Berlin', 'Oct 25', '02', '2026-10-25', ['00:01:00', '00:59:00', '01:01:00', '01:59:00', '02:01:00']],
    ['America/St_Johns', 'Nov  1', '01', '2026-11-01', ['03:31:00', '04:29:00', '04:31:00', '05:29:00', '05:31:00']],
  ])('the repeated hour in %s: the second pass begins where stamps fall back', (zone, day, hour, date, utc) => {
    const next = String(Number(hour) + 1).padStart(2, '0');
    const stamps = [`${hour}:01:00`, `${hour}:59:00`, `${hour}:01:00`, `${hour}:59:00`, `${next}:01:00`];
    const bound = Date.UTC(2026, 10, 21);
    expect(times(log(stamps.map((tod) => `${day} ${tod}`)), { zone, bound })).toEqual(
      utc.map((tod) => `${date}T${tod}Z`),
    );
  });

  it('a step back of 90 s in the repeated hour is no second pass', () => {
    const options = { zone: 'Europe/Berlin', bound: Date.UTC(2026, 10, 21) };
    expect(times(log(['Oct 25 02:30:00', 'Oct 25 02:28:30', 'Oct 25 02:31:00']), options)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T00:28:30Z',
      '2026-10-25T00:31:00Z',
    ]);
  });

  it('each host has its own passes', () => {
    const options = { zone: 'Europe/Berlin', bound: Date.UTC(2026, 10, 21) };
    const text =
      'Oct 25 02:59:59 mx1 a[1]: x\nOct 25 02:59:50 mx2 a[1]: x\nOct 25 02:00:01 mx1 a[1]: x\nOct 25 02:59:55 mx2 a[1]: x\n';
    expect(times(text, options).map((at) => at.slice(11))).toEqual([
      '00:59:59Z',
      '00:59:50Z',
      '01:00:01Z',
      '00:59:55Z',
    ]);
  });

  it('a time that does not exist is moved on', () => {
    expect(times('Mar 29 02:30:00 mx1 a[1]: x', { zone: 'Europe/Berlin' })).toEqual(['2026-03-29T01:30:00Z']);
  });

  it('changes of half an hour and at odd minutes are met', () => {
    const bound = Date.UTC(2026, 11, 1);
    expect(
      times(log(['Apr  5 01:29:00', 'Apr  5 01:59:00', 'Apr  5 01:30:00', 'Apr  5 02:00:00']), {
        zone: 'Australia/Lord_Howe',
        bound,
      }),
    ).toEqual(['2026-04-04T14:29:00Z', '2026-04-04T14:59:00Z', '2026-04-04T15:00:00Z', '2026-04-04T15:30:00Z']);
    expect(times('2006-10-29 00:02:00 x y', { zone: 'America/St_Johns' })).toEqual(['2006-10-29T03:32:00Z']);
    expect(times('2006-10-28 22:59:00 x y', { zone: 'America/St_Johns' })).toEqual(['2006-10-29T01:29:00Z']);
  });

  it('every hour of a year is read as Intl shows it', () => {
    for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia']) {
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      const framer = makeFramer({ zone });
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 3_600_000 * 5) {
        const [line] = frameLines(`${format.format(at)} text`, framer);
        expect(line?.at).toBe(`${new Date(at).toISOString().slice(0, 19)}Z`);
      }
    }
  });
});

it('a day apart: the last stamp may pass the file time by a day and not by more', () => {
  const text = log(['Nov 20 10:00:00', 'Nov 21 10:00:00']);
  for (const [bound, year] of [
    [Date.UTC(2026, 10, 20, 11), 2026],
    [Date.UTC(2026, 10, 20, 9), 2025],
    [Date.UTC(2026, 10, 21, 10) - DAY, 2026],
  ] as const) {
    expect(lastYearOf(Buffer.from(`x\n${text}`), bound, 'UTC').last?.year).toBe(year);
  }
});
