/** `mailtrace report` with messages that the test made: options, exit statuses, what goes where. */
import { describe, expect, test } from 'vitest';
import { reportOptionsOf } from '../../src/commands/report-options.ts';
import { reportRun } from '../../src/commands/report.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import type { Message } from '../../src/model/message.ts';
import type { RunSummary } from '../../src/model/run.ts';
import { fakeEngine } from '../helpers/engine.ts';
import type { FakeIo } from '../helpers/io.ts';
import { fakeIo } from '../helpers/io.ts';
import { aMessage, aRecipient } from '../render/messages.ts';

interface Ran {
  out: string;
  err: string;
  status: number;
  io: FakeIo;
}

async function run(
  name: string,
  values: Values,
  messages: readonly Message[] = [],
  summary: Partial<RunSummary> = {},
  paths: readonly string[] = ['mail.log'],
): Promise<Ran> {
  const io = fakeIo();
  const options = await reportOptionsOf(name, paths, values, io);
  const status = await reportRun(options, io, fakeEngine(messages, { summary }));
  return { out: io.stdout.text, err: io.stderr.text, status, io };
}

const messages = [
  aMessage({ id: 'a', recipients: [aRecipient({ status: 'bounced', reason: 'user-unknown' })] }),
  aMessage({ id: 'b' }),
  aMessage({ id: 'c', sender: 'carol@example.net' }),
];

interface Json {
  figures: Record<string, number>;
  notes?: string[];
  empty: boolean;
}

const jsonOf = ({ out }: Ran): Json => JSON.parse(out) as Json;

describe('what it prints', () => {
  test('a text on stdout, nothing on stderr, status 0', async () => {
    const { out, err, status } = await run('bounces', {}, messages);
    expect(out).toMatch(/^Bounces\n=+\n/);
    expect(out).toContain('The address does not exist at example.com.');
    expect([err, status]).toEqual(['', 0]);
  });

  test('status 0 where there is nothing to report', async () => {
    const ran = await run('bounces', { json: true });
    expect([ran.status, ran.err, jsonOf(ran).empty]).toEqual([0, '', true]);
  });

  test('filters hold, and are said', async () => {
    const ran = await run('traffic', { json: true, sender: ['carol@example.net'] }, messages);
    expect(jsonOf(ran).figures).toMatchObject({ mails: 1, delivered: 1, bounced: 0 });
    const text = await run('traffic', { sender: ['carol@example.net'] }, messages);
    expect(text.out).toContain('Only: sender carol@example.net');
  });

  test('a problem of an input is told, and the report printed all the same: status 2', async () => {
    const problems = [{ where: 'gone.log', what: 'no such file' }];
    const { out, err, status } = await run('bounces', {}, messages, { problems });
    expect(out).toContain('Bounces');
    expect(err).toContain('gone.log: no such file');
    expect(status).toBe(2);
  });

  test('without PATH and --since the default window is said', async () => {
    const ran = await run('bounces', { json: true }, messages, {}, []);
    expect(jsonOf(ran).notes).toContain('Only the last 14 days are counted: give --since or a PATH for more.');
    const given = await run('bounces', { json: true, since: '2026-11-20' }, messages, {}, []);
    expect(jsonOf(given).notes).toBeUndefined();
  });

  test('what ended outside the window does not count', async () => {
    const ran = await run('bounces', { json: true, since: '2026-11-22', until: '2026-11-22' }, messages);
    expect(jsonOf(ran).figures).toMatchObject({ recipients: 0, results: 0 });
  });
});

describe('wrong options are told before anything is read', () => {
  test.each<[string, Values, RegExp]>([
    ['bounce', {}, /no report 'bounce'.*did you mean 'bounces'/s],
    ['bounces', { format: 'xml' }, /--format: unknown word 'xml'/],
    ['bounces', { json: true, format: 'csv' }, /--json.*--format csv/],
    ['bounces', { top: 'many' }, /--top/],
    ['bounces', { section: 'reasons' }, /--section.*CSV/],
    ['bounces', { compare: 'previous' }, /--compare.*--since/s],
    ['bounces', { compare: 'year', since: 'yesterday' }, /--compare: unknown word/],
    ['bounces', { asLogged: true }, /--as-logged/],
    ['traffic', { asLogged: true, sender: ['a@b.example'] }, /--as-logged/],
    ['bounces', { status: ['bounct'] }, /--status/],
  ])('%s %j', async (name, values, text) => {
    await expect(run(name, values)).rejects.toSatisfy((error: { problem: object }) =>
      text.test(Object.values(error.problem).flat().join(': ')),
    );
  });
});

describe('--compare', () => {
  const compareOf = async (values: Values): Promise<unknown> =>
    (await reportOptionsOf('bounces', [], { tz: 'Europe/Berlin', ...values }, fakeIo())).compare;
  const iso = (text: string): number => Date.parse(text);

  test('previous: the days before, whole days of the zone where the clocks change', async () => {
    expect(await compareOf({ since: '2026-10-25', until: '2026-10-25', compare: 'previous' })).toEqual({
      label: 'the period before',
      since: iso('2026-10-24T00:00+02:00'),
      until: iso('2026-10-25T00:00+02:00') - 1,
    });
    expect(await compareOf({ since: '2026-10-26', until: '2026-10-26', compare: 'previous' })).toEqual({
      label: 'the period before',
      since: iso('2026-10-25T00:00+02:00'),
      until: iso('2026-10-26T00:00+01:00') - 1,
    });
  });

  test('last-week: the same days a week earlier', async () => {
    expect(await compareOf({ since: '2026-10-26', until: '2026-10-26', compare: 'last-week' })).toEqual({
      label: 'the week before',
      since: iso('2026-10-19T00:00+02:00'),
      until: iso('2026-10-20T00:00+02:00') - 1,
    });
  });
});
