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
      'cut at 100 messages; to narrow it: --status failed or --since today; for more of them: a greater --limit\n',
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

  it('says where the window lies beside the logs', () => {
    const nothing = { messages: 0, recipients: 0 };
    expect(footerText({ shown: nothing, since: AT + 86_400_000, summary: summary() }, screen)).toContain(
      ', from 2026-11-22 09:15:02 on (+00:00), where the logs end at 2026-11-21 09:15:02\n',
    );
    expect(footerText({ shown: nothing, until: AT - 86_400_000, summary: summary() }, screen)).toContain(
      ', up to 2026-11-20 09:15:02 (+00:00), where the logs begin at 2026-11-21 08:15:02\n',
    );
  });

  it('says of which files no line is of a known format, where nothing was found', () => {
    const strange = source({ path: 'spamd.log', lines: 44, formats: [], event: 0, ignored: 0, unframed: 44 });
    const text = (sources: SourceSummary[], messages: number): string =>
      footerText({ shown: { messages: 0, recipients: 0 }, summary: summary({ sources, messages }) }, screen);
    expect(text([strange], 0)).toContain('nothing matched: no mail was found in the logs; ');
    expect(text([strange], 0)).toContain(
      '44 lines in spamd.log are of no format that mailtrace knows (mailtrace formats lists them)\n',
    );
    expect(text([source(), strange, { ...strange, lines: 1_000 }], 5)).toContain(
      '1,044 lines in spamd.log and 1 other source are of no format',
    );
    expect(text([source()], 5)).not.toContain('no format');
    expect(text([source({ lines: 0, formats: [] })], 0)).not.toContain('no format');
  });

  it('names the sources that nobody named, where nothing was found', () => {
    const facts = { shown: { messages: 0, recipients: 0 }, pathsGiven: false, summary: summary() };
    expect(footerText(facts, screen)).toContain(' in 1 source (/var/log/mail.log), ');
    expect(footerText({ ...facts, pathsGiven: true }, screen)).toContain(' in 1 source, ');
    expect(footerText({ ...facts, shown: { messages: 1, recipients: 1 } }, screen)).toContain(' in 1 source, ');
    const many = summary({ sources: ['a', 'b', 'c', 'd', 'e', 'f'].map((path) => source({ path })) });
    expect(footerText({ ...facts, summary: many }, screen)).toContain(' in 6 sources (a, b, c, d and 2 others), ');
  });

  it('wraps problems and their help at words on a terminal', () => {
    const problems = [{ where: 'a.log', what: 'no such file', help: `give ${'one of the words '.repeat(9)}` }];
    const text = footerText({ shown: { messages: 1, recipients: 1 }, summary: summary({ problems }) }, aScreen());
    const lines = text.split('\n');
    expect(lines.find((line) => line.startsWith('help: '))?.length).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/[a-z]\n {6}(?:ne|f|he|ords)\b/);
    expect(lines.filter((line) => line.startsWith('      ')).join(' ')).toContain('one of the words');
  });

  it('says where the logs hold no mail at all', () => {
    const empty = summary({ messages: 0, sources: [] });
    delete empty.first;
    delete empty.last;
    expect(footerText({ shown: { messages: 0, recipients: 0 }, summary: empty }, screen)).toBe(
      'nothing matched: the logs hold no mail; searched 0 messages in 0 sources\n',
    );
    // a run that was stopped before it met any
    const stopped = { ...empty, interrupted: true };
    expect(footerText({ shown: { messages: 0, recipients: 0 }, summary: stopped }, screen)).toContain(
      'nothing matched; searched 0 messages',
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
