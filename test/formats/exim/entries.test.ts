/** Entries of several lines: reject-log headers, syslog pieces, second copies in syslog. */
import { describe, expect, it } from 'vitest';
import exim from '../../../src/formats/exim/index.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { frameOf, parseLines } from './harness.ts';

const STAMP = '2026-11-21 09:15:02 ';
const ID = '1xUhBW-00000000CXd-1knh';
const REFUSED = `${ID} H=(x) [192.0.2.9] F=<ann@example.net> rejected after DATA: spam`;
const HEADERS = [
  'Envelope-from: <ann@example.net>',
  'Envelope-to: <bob@example.org>',
  '    <carl@example.org>',
  'P Received: from x',
  '\tby mx.example.org with esmtp',
  'F From: Ann <ann@example.net>',
  '  Subject: a long',
  '\tsubject: of two lines',
  'I Message-ID: <m1@example.net>',
];

/** Field values that the events of these lines carry for a queue id. */
function told(events: readonly Record<string, unknown>[], field: string): unknown[] {
  return events.filter((one) => one['queueId'] === ID && one[field] !== undefined).map((one) => one[field]);
}

/** An entry as syslog gets it, one piece a line. */
const pieces = (lines: readonly string[], pid = 7): string[] =>
  lines.map((text, i) => `exim[${pid}]: [${i + 1}${i + 1 === lines.length ? '/' : '\\'}${lines.length}] ${text}`);

/** A refusal in syslog, and which of such lines are told as second copies. */
const line = (pid: number, who: string): string =>
  `exim[${pid}]: H=(x) [192.0.2.9] F=<a@b.example> rejected RCPT <${who}@example.org>: no`;
const copies = (lines: readonly string[]): boolean[] =>
  parseLines(lines).map((one) => one.events[0]?.['what'] === 'copy');

describe('headers under a refusal', () => {
  it('belong to its mail and tell recipients, subject and Message-ID', () => {
    const parsed = parseLines([STAMP + REFUSED, ...HEADERS]);
    expect(parsed.map((one) => one.result)).toEqual(parsed.map(() => 'event'));
    const events = parsed.flatMap((one) => one.events);
    expect(events.every((one) => one['queueId'] === ID)).toBe(true);
    expect(told(events, 'recipients')).toEqual(['bob@example.org', 'carl@example.org']);
    expect(told(events, 'subject')).toEqual(['a long', 'a long subject: of two lines']);
    expect(told(events, 'headerFrom')).toEqual(['Ann <ann@example.net>']);
    expect(told(events, 'messageId')).toEqual(['m1@example.net']);
  });

  it('end at the next entry, and not at a damaged line', () => {
    const other = parseLines([STAMP + REFUSED, `${STAMP}Start queue run: pid=1`, '  Subject: not of the mail']);
    expect(other[2]).toEqual({ result: 'unknown', events: [] });
    const noise = parseLines([STAMP + REFUSED, 'no header at all', '  Subject: still of the mail']);
    expect(noise.map((one) => one.result)).toEqual(['event', 'unknown', 'event']);
  });

  it('without a queue id belong to the refusal before them', () => {
    const parsed = parseLines([
      `${STAMP}F=<ann@example.net> rejected by non-SMTP ACL: no`,
      'Envelope-to: <bob@example.org>',
    ]);
    expect(parsed[1]?.events).toEqual([
      { kind: 'facts', system: 'exim', what: 'of-last-refusal', recipients: 'bob@example.org' },
    ]);
  });
});

describe('syslog pieces', () => {
  it('ending in line ends give the entry and its headers', () => {
    const events = parseLines(pieces([REFUSED, ...HEADERS])).flatMap((one) => one.events);
    expect(events[0]).toMatchObject({ kind: 'refusal', outcome: 'rejected', code: 550, queueId: ID });
    expect(told(events, 'recipients')).toEqual(['bob@example.org', 'carl@example.org']);
    expect(events.filter((one) => one['kind'] === 'refusal')).toHaveLength(1);
  });

  it('cut by length are joined, by process, and told once', () => {
    const parsed = parseLines([
      `exim[7]: [1/3] ${ID} ** bob@example.org R=remote T=smtp H=mx [192.0.2.25] : SMTP error from rem`,
      'exim[8]: [1/2] 1xUhBW-000CXd-DU == carl@exa',
      'exim[7]: [2/3] ote mail server after RCPT TO:<bob@example.org>: 55',
      'exim[8]: [2/2] mple.org R=remote T=smtp defer (-1): x',
      'exim[7]: [3/3] 0 5.1.1 no such user',
    ]);
    expect(parsed.map((one) => one.events.length)).toEqual([1, 1, 1, 1, 1]);
    expect(parsed.map((one) => one.events[0]?.['kind'])).toEqual([
      'mention',
      'mention',
      'mention',
      'delivery',
      'delivery',
    ]);
    expect(parsed.map((one) => one.events[0]?.['queueId'])).toEqual([
      ID,
      '1xUhBW-000CXd-DU',
      ID,
      '1xUhBW-000CXd-DU',
      ID,
    ]);
    expect(parsed[4]?.events[0]).toMatchObject({
      outcome: 'bounced',
      code: 550,
      dsn: '5.1.1',
      recipient: 'bob@example.org',
    });
    expect(parsed[3]?.events[0]).toMatchObject({ outcome: 'deferred', recipient: 'carl@example.org' });
  });

  it('whose end never came are parsed as far as they go', () => {
    const first = `exim[7]: [1/2] ${ID} == bob@example.org R=remote T=smtp defer (-44) H=mx [192.0.2.25]: SMTP error from remote mail server after RCPT TO:<bob@example.org>: 450 4.2.0 la`;
    const next = parseLines([first, `exim[7]: ${ID} Completed`]);
    expect(next[1]?.events.map((one) => one['kind'])).toEqual(['delivery', 'closed']);
    expect(next[1]?.events[0]).toMatchObject({ outcome: 'deferred', code: 450 });
    const atEnd = parseLines([first], true);
    expect(atEnd[1]?.events).toMatchObject([{ kind: 'delivery', code: 450 }]);
    expect(parseLines(['exim[7]: [2/2] the rest of something'])[0]).toEqual({ result: 'unknown', events: [] });
  });

  it('are not joined over one that is missing', () => {
    const parsed = parseLines([
      `exim[7]: [1/3] ${ID} ** bob@example.org R=remote T=smtp : SMTP error from remote mail server after RCPT TO:<bob@example.org>: 550 `,
      'exim[7]: [3/3] the end of it',
    ]);
    expect(parsed[1]?.events).toMatchObject([{ kind: 'delivery', code: 550, reply: '550 ' }]);
    expect(parsed[1]?.result).toBe('unknown');
  });

  it('keep a bounded number of unfinished entries, of bounded length', () => {
    const context = exim.createContext();
    const event = new LogEvent();
    for (let pid = 1; pid < 2000; pid++)
      exim.parse(frameOf(`exim[${pid}]: [1/3] ${ID} == a`), event, () => undefined, context);
    expect(context.pieces.size).toBeLessThanOrEqual(128);
    for (let n = 1; n < 200; n++) {
      exim.parse(frameOf(`exim[9]: [${n}/300] ${'x'.repeat(900)}`), event, () => undefined, context);
    }
    expect(context.pieces.get('9@mx1')?.length).toBeLessThanOrEqual(16384);
    for (let pid = 1; pid < 5000; pid++) {
      exim.parse(
        frameOf(`exim[${pid}]: H=[192.0.2.9] F=<> rejected RCPT <b@example.org>`),
        event,
        () => undefined,
        context,
      );
    }
    expect(context.refusals.size).toBeLessThanOrEqual(512);
  });
});

describe('two copies of a refusal in syslog', () => {
  it('are one refusal; a third is another one', () => {
    expect(copies([line(1, 'bob'), line(1, 'bob'), line(1, 'bob'), line(1, 'bob')])).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(copies([line(1, 'bob'), line(2, 'bob'), line(1, 'bob'), line(2, 'bob')])).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('have nothing of the same process between them', () => {
    expect(copies([line(1, 'bob'), 'exim[1]: no host name found for IP address 192.0.2.9', line(1, 'bob')])).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('and lines that were logged twice, with one stamp of microseconds, are one refusal', () => {
    const context = exim.createContext();
    const event = new LogEvent();
    const isCopy = (at: number): boolean => {
      const frame = frameOf(line(1, 'bob'));
      frame.at = at;
      let what = '';
      exim.parse(frame, event, (one) => (what = one.what), context);
      return what === 'copy';
    };
    expect([1000.125, 1000.125, 1000.25, 1000.25, 1001.5].map(isCopy)).toEqual([false, true, true, true, false]);
    expect([2000, 2000, 2000].map(isCopy)).toEqual([true, false, true]);
  });

  it('are two refusals where the log shows no pairs (syslog_duplication = false)', () => {
    const before = Array.from({ length: 9 }, (_, i) => line(1, `u${i}`));
    expect(copies([...before, line(1, 'bob'), line(1, 'bob')]).slice(-2)).toEqual([false, false]);
  });
});
