/** Reports made of messages: which period a recipient counts in, what counts once, what is kept apart, and that memory is bounded. */
import { describe, expect, test } from 'vitest';
import type { Message, Recipient } from '../../src/model/message.ts';
import type { RunSummary } from '../../src/model/run.ts';
import { Attempts } from '../../src/report/attempts.ts';
import type { ReportDocument, ReportKind, Row } from '../../src/report/document.ts';
import { standingOf } from '../../src/report/period.ts';
import { Report } from '../../src/report/report.ts';
import type { ReportRequest } from '../../src/report/report.ts';
import { TopTable } from '../../src/report/top-table.ts';
import { AT, aMessage, aRecipient } from '../render/messages.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const SUMMARY: RunSummary = {
  sources: [],
  problems: [],
  assumptions: [],
  messages: 0,
  sessions: {},
  interrupted: false,
};

interface Given {
  messages: readonly Message[];
  retried?: readonly string[];
  request?: Partial<ReportRequest>;
  context?: Partial<ReportRequest['context']>;
}

function report(kind: ReportKind, { messages, retried = [], request = {}, context = {} }: Given): ReportDocument {
  const made = new Report({
    kind,
    filters: '',
    ...request,
    context: {
      period: {},
      withAdded: false,
      top: 10,
      minutesEast: () => 0,
      asLogged: false,
      isFiltered: false,
      knowsOwn: true,
      ...context,
    },
  });
  for (const message of messages) made.add(message);
  for (const id of retried) made.link(id, { type: 'retried-by', id: 'later' });
  return made.finish(SUMMARY);
}

const figure = ({ figures }: ReportDocument, name: string): number | undefined =>
  figures.find((each) => each.name === name)?.value;

const rowsOf = ({ sections }: ReportDocument, name: string): readonly Row[] =>
  sections.find((section) => section.name === name)?.rows ?? [];

const bounced = (over: Partial<Recipient> = {}): Recipient =>
  aRecipient({
    status: 'bounced',
    code: '550',
    dsn: '5.1.1',
    reply: '550 5.1.1 No such user',
    reason: 'user-unknown',
    ...over,
  });

const greylisted = (over: Partial<Recipient> = {}): Recipient =>
  aRecipient({ status: 'greylisted', action: 'greylisted', code: '450', reason: 'greylisted', ...over });

describe('the period', () => {
  const period = { since: AT, until: AT + DAY };

  test.each<[string, Partial<Message>, Partial<Recipient>, string]>([
    ['came and ended in it', {}, { time: AT + 1 }, 'in'],
    ['came before, ended in it', { time: AT - HOUR }, { time: AT }, 'in'],
    ['ended before', { time: AT - HOUR }, { time: AT - 1 }, 'out'],
    ['came in it, ended after', {}, { time: AT + DAY + 1 }, 'waited'],
    ['came after', { time: AT + DAY + 1 }, { time: AT + DAY + 2 }, 'out'],
    ['waits since before', { time: AT - DAY }, { status: 'deferred', time: AT - HOUR }, 'waits'],
    ['came after and waits', { time: AT + DAY + 1 }, { status: 'deferred', time: AT + DAY + 2 }, 'out'],
    ['was greylisted before', { time: AT - HOUR }, { status: 'greylisted', time: AT - HOUR }, 'out'],
  ])('a recipient that %s', (_, message, recipient, standing) => {
    expect(standingOf(aMessage(message), aRecipient(recipient), period)).toBe(standing);
  });

  test('two days side by side count what ended once, and what waits in both', () => {
    const messages = [
      aMessage({ id: 'a', recipients: [bounced({ time: AT + 1 })] }),
      aMessage({ id: 'b', recipients: [bounced({ time: AT + DAY + 1 })] }),
      aMessage({ id: 'c', recipients: [aRecipient({ status: 'deferred', time: AT + 5 })] }),
    ];
    const days = [
      { since: AT, until: AT + DAY - 1 },
      { since: AT + DAY, until: AT + 2 * DAY - 1 },
    ].map((day) => report('traffic', { messages, context: { period: day } }));
    expect(days.map((day) => figure(day, 'bounced'))).toEqual([1, 1]);
    expect(days.map((day) => figure(day, 'deferred'))).toEqual([1, 1]);
    expect(days.map((day) => figure(day, 'waited'))).toEqual([1, 0]);
  });
});

describe('what counts', () => {
  test('a greylisted attempt that came back counts as its retry alone', () => {
    const messages = [
      aMessage({ id: 'first', recipients: [greylisted()] }),
      aMessage({ id: 'second' }),
      aMessage({ id: 'lost', recipients: [greylisted()] }),
    ];
    const document = report('traffic', { messages, retried: ['first'] });
    expect(figure(document, 'recipients')).toBe(2);
    expect(figure(document, 'greylisted')).toBe(1);
    expect(figure(document, 'came_back')).toBe(1);
    expect(rowsOf(document, 'beyond').map(({ cells }) => [cells[0], cells[4]])).toEqual([['attempt', 1]]);
  });

  test('of a mail whose retry brought one recipient, what became of the others counts', () => {
    const messages = [aMessage({ id: 'first', recipients: [greylisted(), aRecipient({ address: 'c@example.com' })] })];
    const document = report('traffic', { messages, retried: ['first'] });
    expect([figure(document, 'delivered'), figure(document, 'greylisted')]).toEqual([1, 0]);
  });

  test('bounces that servers wrote, and copies, stand apart', () => {
    const messages = [
      aMessage({ recipients: [aRecipient(), aRecipient({ address: 'archive@example.com', added: 'bcc' })] }),
      aMessage({ id: 'dsn', kind: 'bounce', sender: '', recipients: [bounced()] }),
    ];
    const document = report('traffic', { messages });
    expect([figure(document, 'mails'), figure(document, 'recipients'), figure(document, 'bounced')]).toEqual([1, 1, 0]);
    expect(rowsOf(document, 'beyond').map(({ cells }) => [cells[0], cells[4]])).toEqual([
      ['added', 1],
      ['bounce', 1],
    ]);
    expect(figure(report('traffic', { messages, context: { withAdded: true } }), 'recipients')).toBe(2);
  });

  test('only the entries that a filter matched', () => {
    const messages = [aMessage({ recipients: [bounced({ matched: true }), bounced({ address: 'c@example.com' })] })];
    expect(figure(report('bounces', { messages }), 'recipients')).toBe(1);
  });

  test('refusals for good and for now are two numbers', () => {
    const refused = (id: string, action: 'rejected' | 'tempfailed'): Message =>
      aMessage({ id, recipients: [aRecipient({ status: 'rejected', action, reason: 'policy' })] });
    const messages = [refused('a', 'rejected'), refused('b', 'tempfailed'), refused('c', 'tempfailed')];
    const document = report('rejects', { messages, retried: ['c'] });
    expect(['rejected', 'refused_for_now', 'came_back'].map((name) => figure(document, name))).toEqual([1, 1, 1]);
    expect([rowsOf(document, 'reasons').length, rowsOf(document, 'for_now').length]).toEqual([1, 1]);
  });
});

describe('bounces', () => {
  test('answers that differ in addresses and ids are one row', () => {
    const messages = ['x1k2j3h4-gsmtp', 'p9o8i7u6-gsmtp'].map((id, i) =>
      aMessage({
        id,
        recipients: [
          bounced({ address: `user${i}@example.net`, reply: `550 5.1.1 <user${i}@example.net> unknown ${id}` }),
        ],
      }),
    );
    const [group] = rowsOf(report('bounces', { messages }), 'reasons');
    expect(group?.heading).toContain('example.net');
    expect(group?.rows?.map(({ cells }) => cells[1])).toEqual([2]);
    expect(group?.rows?.[0]?.cells.at(-1)).toBe('user0@example.net, user1@example.net');
  });

  test('compared: what was, and which reasons, domains and users are new', () => {
    const before = AT - DAY;
    const messages = [
      aMessage({ id: 'old', time: before, recipients: [bounced({ time: before })], direction: 'outbound' }),
      aMessage({ id: 'same', recipients: [bounced()], direction: 'outbound' }),
      aMessage({
        id: 'new',
        sender: 'carol@example.org',
        direction: 'outbound',
        recipients: [bounced({ address: 'd@example.net', reason: 'mailbox-full', reply: '552 full', code: '552' })],
      }),
    ];
    const document = report('bounces', {
      messages,
      context: { period: { since: AT, until: AT + DAY } },
      request: { compare: { label: 'the day before', since: AT - DAY, until: AT - 1 } },
    });
    expect(document.figures[0]).toMatchObject({ value: 2, previous: 1 });
    expect(rowsOf(document, 'reasons').map(({ cells, isNew }) => [cells[0], isNew])).toEqual([
      ['mailbox-full', true],
      ['user-unknown', undefined],
    ]);
    expect(rowsOf(document, 'senders').map(({ cells, isNew }) => [cells[0], isNew])).toEqual([
      ['alice@example.org', undefined],
      ['carol@example.org', true],
    ]);
  });

  test('compared with a period that holds nothing: no row is marked, and a note says why', () => {
    const messages = [aMessage({ id: 'same', recipients: [bounced()], direction: 'outbound' })];
    const of = (since: number) =>
      report('bounces', {
        messages,
        context: { period: { since: AT, until: AT + DAY } },
        request: { compare: { label: 'the day before', since, until: since + DAY - 1 } },
      });
    for (const since of [AT - DAY, AT - 30 * DAY]) {
      const document = of(since);
      expect(rowsOf(document, 'reasons').map(({ isNew }) => isNew)).toEqual([undefined]);
      expect(document.notes[0]).toMatch(
        /the day before: there is nothing to compare with|in the day before: all of this/,
      );
    }
  });
});

describe('memory', () => {
  test('a table keeps the greatest of more keys than it may have, and says what it let go', () => {
    const table = new TopTable<{ count: number; key: number }>(100);
    for (let i = 0; i < 1000; i++) {
      table.get('often', () => ({ count: 0, key: -1 })).count++;
      table.get(i, () => ({ count: 0, key: i })).count++;
    }
    expect(table.size).toBeLessThanOrEqual(100);
    expect(table.sorted()[0]).toEqual({ count: 1000, key: -1 });
    expect(table.letGo.rows).toBe(1001 - table.size);
  });

  test('attempts beyond the bound are counted, oldest first', () => {
    const attempts = new Attempts(2);
    const taken = ['a', 'b', 'c'].map((id) => attempts.take(aMessage({ id, recipients: [greylisted()] }))?.id);
    expect(taken).toEqual([undefined, undefined, 'a']);
    attempts.cameBack('b');
    expect([...attempts.release()].map(({ message, isBack }) => [message.id, isBack])).toEqual([
      ['b', true],
      ['c', false],
    ]);
  });
});
