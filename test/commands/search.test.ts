/** `search` with an engine that hands on made messages: selection, order, formats, exit status, what is said on stderr. */
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/io.ts';
import { searchRun } from '../../src/commands/search.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import type { Message, Session } from '../../src/model/message.ts';
import { aLine, aSource, fakeEngine } from '../helpers/engine.ts';
import type { FakeEngine } from '../helpers/engine.ts';
import { fakeIo } from '../helpers/io.ts';
import type { FakeIo } from '../helpers/io.ts';
import { AT, aMessage, aRecipient } from '../render/messages.ts';

interface Result {
  status: number;
  out: string;
  err: string;
  engine: FakeEngine;
}

async function search(
  values: Values,
  engine: FakeEngine,
  { io = fakeIo(), paths = ['mail.log'] }: { io?: FakeIo; paths?: string[] } = {},
): Promise<Result> {
  const status = await searchRun(await searchOptionsOf(paths, values, io), io, engine);
  return { status, out: io.stdout.text, err: io.stderr.text, engine };
}

/** Messages a second apart, ids `m0`, `m1`, …, in an order that is not that of time. */
function series(count: number): Message[] {
  const all = Array.from({ length: count }, (_, i) =>
    aMessage({ id: `m${i}`, time: AT + i * 1000, lastTime: AT + i * 1000 }),
  );
  return all.map((_, i) => all[(i * 7) % count] as Message);
}

const ids = (out: string): string[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe('order and limit', () => {
  test('newest first; oldest first where asked; equal times in the order of the log', async () => {
    const messages = [...series(5), aMessage({ id: 'a1b', time: AT + 1000, order: 99 })];
    expect(ids((await search({ json: true }, fakeEngine(messages))).out)).toEqual([
      'm4',
      'm3',
      'm2',
      'm1',
      'a1b',
      'm0',
    ]);
    expect(ids((await search({ json: true, sort: 'oldest' }, fakeEngine(messages))).out)).toEqual([
      'm0',
      'm1',
      'a1b',
      'm2',
      'm3',
      'm4',
    ]);
  });

  test('--limit keeps the first in the order printed, and says what it cut', async () => {
    const { out, err, status } = await search({ json: true, limit: '3' }, fakeEngine(series(20)));
    expect(ids(out)).toEqual(['m19', 'm18', 'm17']);
    expect(err).toMatch(/^3 .*\b20 messages/);
    expect(err).toContain('--status failed');
    expect(status).toBe(0);
    expect(ids((await search({ json: true, limit: '3', sort: 'oldest' }, fakeEngine(series(20)))).out)).toEqual([
      'm0',
      'm1',
      'm2',
    ]);
  });

  test('a table on a terminal stops at 100, a pipe and --limit 0 do not', async () => {
    const rows = async (values: Values, stdoutIsTty: boolean): Promise<number> =>
      (
        await search(values, fakeEngine(series(150)), { io: fakeIo({ stdoutIsTty, stderrIsTty: stdoutIsTty }) })
      ).out.split('\n').length - 2;
    expect(await rows({}, true)).toBe(100);
    expect(await rows({}, false)).toBe(150);
    expect(await rows({ limit: '0' }, true)).toBe(150);
    expect(
      (await search({ json: true }, fakeEngine(series(150)), { io: fakeIo({ stdoutIsTty: true }) })).out.split('\n')
        .length - 1,
    ).toBe(150);
  });

  test('what cannot be printed any more is not kept by the run', async () => {
    const { engine } = await search(
      { json: true, limit: '1' },
      fakeEngine([aMessage({ id: 'new', time: AT + 5 }), aMessage({ id: 'old', time: AT })]),
    );
    expect(engine.kept).toEqual([true, false]);
  });
});

describe('numbers', () => {
  const messages = [
    aMessage({
      recipients: [aRecipient(), aRecipient({ address: 'c@example.com', status: 'bounced', reason: 'user-unknown' })],
    }),
    aMessage({
      id: 'b',
      recipients: [
        aRecipient({ address: 'd@example.net', status: 'rejected', action: 'tempfailed', reason: 'user-unknown' }),
      ],
    }),
  ];

  test('--count --json is one object, and keeps nothing', async () => {
    const { out, err, status, engine } = await search({ count: true, json: true }, fakeEngine(messages));
    expect(JSON.parse(out)).toEqual({
      v: 1,
      messages: 2,
      recipients: 3,
      byStatus: { delivered: 1, bounced: 1, rejected: 1 },
    });
    expect(out.endsWith('}\n')).toBe(true);
    expect(err).toBe('');
    expect(status).toBe(0);
    expect(engine.kept).toEqual([false, false]);
  });

  test('--count of a filter counts the entries that match; of nothing it is 1', async () => {
    const some = await search({ count: true, json: true, status: ['bounced'] }, fakeEngine(messages));
    expect(JSON.parse(some.out)).toEqual({ v: 1, messages: 1, recipients: 1, byStatus: { bounced: 1 } });
    const none = await search({ count: true, json: true, status: ['held'] }, fakeEngine(messages));
    expect(JSON.parse(none.out)).toEqual({ v: 1, messages: 0, recipients: 0, byStatus: {} });
    expect(none.status).toBe(1);
  });

  test('--group-by counts messages and recipients, greatest first', async () => {
    const group = async (by: string): Promise<unknown[]> =>
      (await search({ groupBy: by, json: true }, fakeEngine(messages))).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(await group('reason')).toEqual([
      { v: 1, key: 'user-unknown', messages: 2, recipients: 2 },
      { v: 1, messages: 1, recipients: 1 },
    ]);
    expect(await group('domain')).toEqual([
      { v: 1, key: 'example.com', messages: 1, recipients: 2 },
      { v: 1, key: 'example.net', messages: 1, recipients: 1 },
    ]);
    expect(await group('client')).toEqual([{ v: 1, key: '192.0.2.10', messages: 2, recipients: 3 }]);
  });
});

describe('formats', () => {
  test('json is one array, [] where nothing matched', async () => {
    expect(JSON.parse((await search({ format: 'json' }, fakeEngine(series(3)))).out)).toHaveLength(3);
    const none = await search({ format: 'json', status: ['held'] }, fakeEngine(series(3)));
    expect(none.out).toBe('[]\n');
    expect(none.status).toBe(1);
  });

  test('--raw asks for the lines and prints them; raw prints them alone', async () => {
    const message = aMessage({ lines: [aLine('first line', 7), aLine('second', 8)] });
    const json = await search({ json: true, raw: true }, fakeEngine([message]));
    expect(json.engine.requests[0]?.wantLines).toBe(true);
    expect((JSON.parse(json.out) as Message).lines).toEqual([
      { file: 'mail.log', line: 7, text: 'first line' },
      { file: 'mail.log', line: 8, text: 'second' },
    ]);
    expect((await search({ format: 'raw' }, fakeEngine([message, message]))).out).toBe(
      'first line\nsecond\n\nfirst line\nsecond\n',
    );
    expect((await search({ json: true }, fakeEngine([message]))).engine.requests[0]?.wantLines).toBe(false);
  });

  test('--text looks into the lines and does not print them unasked', async () => {
    const messages = [
      aMessage({ id: 'yes', lines: [aLine('Queued As 4X')] }),
      aMessage({ id: 'no', lines: [aLine('removed')] }),
    ];
    const { out, engine } = await search({ json: true, text: ['queued as'] }, fakeEngine(messages));
    expect(ids(out)).toEqual(['yes']);
    expect(engine.requests[0]?.wantLines).toBe(true);
    expect(out).not.toContain('"lines"');
    expect(ids((await search({ json: true, notText: ['queued as'] }, fakeEngine(messages))).out)).toEqual(['no']);
    expect(
      JSON.parse((await search({ json: true, count: true, text: ['removed'] }, fakeEngine(messages))).out),
    ).toMatchObject({ messages: 1 });
  });

  test('--fields …,lines prints the lines under each row of a table, not in a cell too', async () => {
    const messages = [aMessage({ lines: [aLine('the line')] })];
    const { out } = await search({ fields: 'sender,lines' }, fakeEngine(messages));
    expect(out).toMatch(/^sender\nalice@example\.org\n +\S*the line\n$/);
  });

  test('--fields chooses; csv has its header even where nothing matched', async () => {
    expect(
      (await search({ json: true, fields: 'id,recipient.address' }, fakeEngine([aMessage({ id: 'x' })]))).out,
    ).toBe('{"id":"x","recipients":[{"address":"bob@example.com"}]}\n');
    const { out, status } = await search({ format: 'csv', fields: 'id', status: ['held'] }, fakeEngine([aMessage()]));
    expect([out, status]).toEqual(['id\n', 1]);
  });

  test('--tz is the zone of what is printed and of what is typed', async () => {
    const { out } = await search(
      { json: true, tz: '+05:30', since: '2026-11-21 14:45', fields: 'time' },
      fakeEngine([aMessage()]),
    );
    expect(out).toBe('{"time":"2026-11-21T14:45:02.120+05:30"}\n');
    expect(
      (await search({ json: true, tz: '+05:30', until: '2026-11-21 14:45' }, fakeEngine([aMessage()]))).status,
    ).toBe(1);
  });
});

describe('exit status and stderr', () => {
  test('a problem with an input is 2, with or without results', async () => {
    const problems = [{ where: 'b.log', what: 'permission denied', help: 'use sudo' }];
    const some = await search({ json: true }, fakeEngine([aMessage()], { summary: { problems } }));
    expect(some.status).toBe(2);
    expect(ids(some.out)).toHaveLength(1);
    expect(some.err).toContain('mailtrace: b.log: permission denied\nhelp: use sudo\n');
    expect((await search({ json: true }, fakeEngine([], { summary: { problems } }))).status).toBe(2);
  });

  test('interrupted: 130, what was found is printed', async () => {
    const { status, out, err } = await search(
      { json: true },
      fakeEngine([aMessage()], { summary: { interrupted: true } }),
    );
    expect(status).toBe(130);
    expect(ids(out)).toHaveLength(1);
    expect(err).toContain('interrupted');
  });

  test('interrupted with more to print than there is time for: whole lines, how many of how many', async () => {
    const io = fakeIo();
    const write = io.stdout.write.bind(io.stdout);
    io.stdout.write = (piece) => {
      // what is spent is computing time, not the clock's: a busy machine must not change what is printed
      const until = process.cpuUsage().user + 8000;
      while (process.cpuUsage().user < until);
      return write(piece);
    };
    const options = await searchOptionsOf(['mail.log'], { format: 'json' }, io);
    const status = await searchRun(options, io, fakeEngine(series(3001)), AbortSignal.abort());
    const printed = (JSON.parse(io.stdout.text) as unknown[]).length;
    expect(status).toBe(130);
    expect(printed).toBeGreaterThanOrEqual(200);
    expect(printed).toBeLessThan(3001);
    expect(io.stderr.text).toContain(`${printed.toLocaleString('en-US')} of 3,001 messages`);
    expect(io.stderr.text).toContain('interrupted: what is printed is the first part of what was found so far');
    expect(io.stderr.text).not.toContain('--limit');
  });

  test('the reader gone: 0, and nothing more is written', async () => {
    const io = fakeIo();
    io.stdout.closeAfter = 10;
    const { status, err } = await search({ json: true, status: ['sent'] }, fakeEngine(series(2500)), { io });
    expect(status).toBe(0);
    expect(err).toBe('');
    // in pieces of some hundred messages
    expect(io.stdout.text.split('\n').length).toBeLessThan(1200);
  });

  test('lines not understood are told once with the first place', async () => {
    const sources = [aSource({ unknown: 3, sample: { line: 88, text: 'x' } })];
    expect((await search({ json: true }, fakeEngine([aMessage()], { summary: { sources } }))).err).toContain(
      '3 lines not understood, first at mail.log:88',
    );
  });

  test('below a table stands the show command, with its PATHs', async () => {
    expect((await search({}, fakeEngine([aMessage({ id: 'abc' })]), { paths: ['a b.log'] })).err).toContain(
      "mailtrace show abc 'a b.log'",
    );
    expect((await search({}, fakeEngine([aMessage({ id: 'abc' })]), { paths: [] })).err).not.toContain(
      'mailtrace show',
    );
  });

  test('without PATH and --since only 14 days are searched, and that is said', async () => {
    const old = aMessage({ id: 'old', time: AT - 20 * 86_400_000, lastTime: AT - 20 * 86_400_000 });
    const { out, err } = await search({ json: true }, fakeEngine([old, aMessage({ id: 'new' })]), { paths: [] });
    expect(ids(out)).toEqual(['new']);
    expect(err).toContain('only the last 14 days');
    expect(ids((await search({ json: true }, fakeEngine([old]))).out)).toEqual(['old']);
    expect(ids((await search({ json: true, since: '30d' }, fakeEngine([old]), { paths: [] })).out)).toEqual(['old']);
  });

  test('standard input is only opened where a PATH asks for it', async () => {
    let opened = 0;
    const io: FakeIo = Object.defineProperty(fakeIo(), 'stdin', {
      get: (): Io['stdin'] | undefined => {
        opened++;
        return undefined;
      },
    });
    await search({}, fakeEngine([]), { io });
    expect(opened).toBe(0);
    await search({}, fakeEngine([]), { io, paths: ['-'] });
    expect(opened).toBe(1);
  });
});

describe('an empty result helps', () => {
  test('near addresses, the dates, the direction', async () => {
    const near = await search({ recipient: ['bob@exmaple.com'] }, fakeEngine([aMessage()]));
    expect(near.status).toBe(1);
    expect(near.out).toBe('');
    expect(near.err).toContain('nothing matched; searched 1 message in 1 source');
    expect(near.err).toContain('searched for recipient bob@exmaple.com');
    expect(near.err).toContain('bob@example.com');
    const dates = await search({ recipient: ['bob@example.com'], since: '1h' }, fakeEngine([aMessage()]));
    expect(dates.err).toContain('outside the dates is 1 message that would match');
    const direction = await search({ direction: ['outbound'] }, fakeEngine([aMessage()]));
    expect(direction.err).toContain('1 message would match in another direction');
  });

  test('where no subject is logged at all, the setting; not where one is', async () => {
    const { subject: _, ...none } = aMessage();
    const postfix = await search({ subject: ['numbers'] }, fakeEngine([none]));
    expect(postfix.err).toContain('header_checks');
    expect(postfix.err).not.toContain('log_selector');
    const exim = await search(
      { subject: ['numbers'] },
      fakeEngine([none], { summary: { sources: [aSource({ formats: ['exim'] })] } }),
    );
    expect(exim.err).toContain('log_selector = +subject');
    expect((await search({ subject: ['zebra'] }, fakeEngine([aMessage()]))).err).not.toContain('header_checks');
  });
});

describe('sessions', () => {
  const sessions: Session[] = [
    { time: AT, lastTime: AT, host: 'mx1', client: { ip: '192.0.2.7' }, kind: 'auth-failed' },
    { time: AT + 1000, lastTime: AT + 1000, host: 'mx2', client: { ip: '198.51.100.1' }, kind: 'scan' },
  ];

  test('--sessions lists those that match, in place of mail', async () => {
    const { out, status } = await search({ sessions: true, json: true }, fakeEngine([aMessage()], { sessions }));
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Session).kind),
    ).toEqual(['scan', 'auth-failed']);
    expect(status).toBe(0);
    const some = await search(
      { sessions: true, json: true, ip: ['192.0.2.0/24'] },
      fakeEngine([aMessage()], { sessions }),
    );
    expect(some.out.trim().split('\n')).toHaveLength(1);
    expect((await search({ sessions: true, json: true, host: ['mx9'] }, fakeEngine([], { sessions }))).status).toBe(1);
    expect(
      (await search({ sessions: true, json: true, recipient: ['bob@example.com'] }, fakeEngine([], { sessions }))).out,
    ).toBe('');
  });

  test('a search by --ip tells their number by kind', async () => {
    const { err } = await search({ ip: ['192.0.2.7'] }, fakeEngine([], { sessions }));
    expect(err).toContain('1 session without mail: 1 auth-failed');
    expect(
      (await search({ recipient: ['bob@example.com'] }, fakeEngine([aMessage()], { sessions }))).err,
    ).not.toContain('without mail');
  });
});

test.each([
  [{ format: 'xml' }, "--format: unknown word 'xml'"],
  [{ format: 'csv', json: true }, '--json: '],
  [{ limit: 'many' }, '--limit: '],
  [{ limit: '-1' }, '--limit: '],
  [{ sort: 'new' }, '--sort: '],
  [{ groupBy: 'sender' }, '--group-by: '],
  [{ count: true, groupBy: 'status' }, '--count: '],
  [{ count: true, format: 'raw' }, '--format: '],
  [{ sessions: true, count: true }, '--sessions: '],
  [{ tz: 'Mars' }, '--tz: '],
  [{ logTz: ['mx1=Mars'] }, '--log-tz: '],
  [{ since: '2026-02-30' }, "--since: there is no '2026-02-30'"],
  [{ reason: ['user-unknwon'] }, "--reason: unknown word 'user-unknwon'"],
  [{ fields: 'colour' }, "--fields: no field 'colour'"],
])('%j is told before a byte is read', async (values, what) => {
  await expect(searchOptionsOf(['mail.log'], values, fakeIo())).rejects.toThrow(what);
});

test('--log-tz takes a zone for all, and for some hosts or files', async () => {
  const { engine } = await search({ logTz: ['UTC', 'mx1=Europe/Berlin', '/logs/*=+02:00'] }, fakeEngine([]));
  expect(engine.requests[0]?.logZones).toEqual([
    { zone: 'UTC' },
    { match: 'mx1', zone: 'Europe/Berlin' },
    { match: '/logs/*', zone: '+02:00' },
  ]);
});
