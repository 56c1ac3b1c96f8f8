import { describe, expect, it } from 'vitest';
import type { RunSummary, SourceSummary } from '../../src/model/run.ts';
import { footerText, sessionsText, showCommand } from '../../src/render/footer.ts';
import { AT } from './messages.ts';
import { aScreen, PIPE } from './screens.ts';

const source = (over: Partial<SourceSummary> = {}): SourceSummary => ({
  path: '/var/log/mail.log',
  seekable: true,
  lines: 100,
  bytes: 9000,
  formats: ['postfix'],
  event: 90,
  ignored: 10,
  unknown: 0,
  unframed: 0,
  foreign: 0,
  reasons: {},
  ...over,
});
const summary = (over: Partial<RunSummary> = {}): RunSummary => ({
  sources: [source()],
  problems: [],
  assumptions: [],
  messages: 1204,
  first: AT - 3_600_000,
  last: AT,
  sessions: {},
  interrupted: false,
  ...over,
});
const screen = aScreen(PIPE);

describe('footerText', () => {
  it('says how much was found and what was searched', () => {
    expect(footerText({ shown: { messages: 1, recipients: 2 }, summary: summary() }, screen)).toBe(
      '1 message, 2 recipients; searched 1,204 messages in 1 source, 2026-11-21 08:15:02 to 2026-11-21 09:15:02 (+00:00)\n',
    );
  });

  it('says what was cut and how to narrow it', () => {
    const text = footerText(
      {
        shown: { messages: 100, recipients: 120 },
        matched: { messages: 900, recipients: 1000 },
        narrower: ['--status failed', '--since today'],
        summary: summary(),
      },
      screen,
    );
    expect(text).toContain('100 of 900 messages, 120 of 1,000 recipients; ');
    expect(text).toContain(
      'cut at 100 messages (--limit); to narrow it: --status failed, --since today or a greater --limit\n',
    );
  });

  it('says what was not understood, assumed, skipped and wrong', () => {
    const facts = {
      shown: { messages: 0, recipients: 0 },
      since: AT - 86_400_000,
      defaultWindow: true,
      statusAsOf: AT,
      hints: ['bob@example.com is one letter away'],
      summary: summary({
        sources: [source(), source({ path: 'my log', unknown: 412, sample: { line: 88, text: 'x' } })],
        assumptions: ['the year 2026 was taken'],
        problems: [{ where: 'gone\u001b.log', what: 'no such file', help: 'check the name' }],
        interrupted: true,
      }),
    };
    expect(footerText(facts, screen)).toBe(
      [
        'nothing matched; searched 1,204 messages in 2 sources, 2026-11-20 09:15:02 to 2026-11-21 09:15:02 (+00:00); only the last 14 days: give --since or a PATH for more',
        'bob@example.com is one letter away',
        'status as of 2026-11-21 09:15:02: newer logs were not read',
        'the year 2026 was taken',
        "412 lines not understood, first at my log:88; see mailtrace formats 'my log'",
        'interrupted: what is printed is what was found so far',
        String.raw`mailtrace: gone\x1b.log: no such file`,
        'help: check the name',
        '',
      ].join('\n'),
    );
  });

  it('fits the terminal, but leaves the command to copy whole', () => {
    const paths = ['/var/log/mail.log', '/srv/logs of last year/mail.log.1', '/srv/logs of last year/mail.log.2.gz'];
    const lines = footerText(
      { shown: { messages: 1, recipients: 2 }, summary: summary(), example: { id: '20261121T091502-x', paths } },
      aScreen(),
    )
      .trimEnd()
      .split('\n');
    expect(lines.at(-1)).toBe(
      "mailtrace show 20261121T091502-x /var/log/mail.log '/srv/logs of last year/mail.log.1' '/srv/logs of last year/mail.log.2.gz'",
    );
    for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says where the logs hold no mail at all', () => {
    const empty = summary({ messages: 0, sources: [] });
    delete empty.first;
    delete empty.last;
    expect(footerText({ shown: { messages: 0, recipients: 0 }, summary: empty }, screen)).toBe(
      'nothing matched: the logs hold no mail; searched 0 messages in 0 sources\n',
    );
  });
});

describe('showCommand', () => {
  it('can be pasted', () => {
    expect(showCommand('-x', ["it's"])).toBe(String.raw`mailtrace show -- -x 'it'\''s'`);
  });
});

describe('sessionsText', () => {
  it('counts by kind, most first', () => {
    expect(sessionsText({ quit: 1, scan: 1200, probe: 0 })).toBe(
      '1,201 sessions without mail: 1,200 scan, 1 quit; --sessions lists them',
    );
    expect(sessionsText({})).toBeUndefined();
  });
});
