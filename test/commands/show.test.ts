/** `show`: which message an ID means, and how it is printed. */
import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/commands/filter-options.ts';
import { showOptionsOf, showRun } from '../../src/commands/show.ts';
import type { Message } from '../../src/model/message.ts';
import type { RunSummary } from '../../src/model/run.ts';
import { aLine, fakeEngine } from '../helpers/engine.ts';
import { fakeIo } from '../helpers/io.ts';
import { AT, aHop, aMessage } from '../render/messages.ts';

async function show(
  id: string,
  messages: readonly Message[],
  values: Values = {},
  summary: Partial<RunSummary> = {},
): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo();
  const status = await showRun(showOptionsOf(id, ['mail.log'], values, io), io, fakeEngine(messages, { summary }));
  return { status, out: io.stdout.text, err: io.stderr.text };
}

const one = aMessage({
  id: '20261121-091502-abc',
  messageId: 'q1@example.org',
  hops: [aHop({ queueId: 'AAA111' }), aHop({ queueId: 'BBB222' })],
  lines: [aLine('the line')],
});
const two = aMessage({
  id: '20261121-101502-abd',
  messageId: 'q2@example.org',
  hops: [aHop({ queueId: 'CCC333' })],
  time: AT + 3_600_000,
  lines: [aLine('another')],
});

describe('an ID is', () => {
  test.each([
    ['20261121-091502-abc', 'own id'],
    ['20261121-09', 'beginning of it'],
    ['AAA111', 'first hop'],
    ['BBB222', 'any hop'],
    ['q1@example.org', 'Message-ID'],
    ['<q1@example.org>', 'Message-ID in brackets'],
  ])('%s: %s', async (id) => {
    const { status, out } = await show(id, [two, one], { json: true });
    expect(status).toBe(0);
    expect((JSON.parse(out) as Message).id).toBe(one.id);
  });

  test('a whole id before the beginning of others, and a queue id only whole', async () => {
    const longer = aMessage({ id: `${one.id}-2`, hops: [aHop({ queueId: 'DDD444' })] });
    expect((await show(one.id, [longer, one], { json: true })).status).toBe(0);
    expect((await show('AAA', [one])).status).toBe(1);
    expect((await show('091502-abc', [one])).status).toBe(1);
  });
});

test('unknown: nothing on stdout, 1, and what was searched', async () => {
  const { status, out, err } = await show('zzz', [one, two]);
  expect([status, out]).toEqual([1, '']);
  expect(err).toContain('mailtrace: zzz: no message has this id (searched 2 messages in 1 source)');
});

test('several: a table of them in time order, one line and help on stderr, 2', async () => {
  const { status, out, err } = await show('20261121', [two, one]);
  expect(status).toBe(2);
  const rows = out.trim().split('\n');
  expect(rows).toHaveLength(3);
  expect(rows[1]).toContain(one.id);
  expect(rows[2]).toContain(two.id);
  expect(err).toBe(
    `mailtrace: 20261121: 2 messages have this id\nhelp: give the whole id of one: mailtrace show ${one.id} mail.log\n`,
  );
});

describe('formats', () => {
  test('json, ndjson always hold the lines; raw is the lines alone', async () => {
    const parsed = JSON.parse((await show('AAA111', [one], { format: 'json' })).out) as Message[];
    expect(parsed[0]?.lines).toEqual([{ file: 'mail.log', line: 1, text: 'the line' }]);
    expect((JSON.parse((await show('AAA111', [one], { json: true })).out) as Message).lines).toHaveLength(1);
    expect((await show('AAA111', [one], { raw: true })).out).toBe('the line\n');
    expect((await show('AAA111', [one], { format: 'raw' })).out).toBe('the line\n');
  });

  test('text tells who, what and the lines; --ticket is short and plain', async () => {
    const { out } = await show('AAA111', [one]);
    for (const word of ['alice@example.org', 'bob@example.com', 'Quarterly numbers', 'the line'])
      expect(out).toContain(word);
    const ticket = (await show('AAA111', [one], { ticket: true })).out;
    expect(ticket).toContain('bob@example.com');
    expect(ticket.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });

  test.each([
    { ticket: true, raw: true },
    { ticket: true, json: true },
    { format: 'raw', json: true },
    { format: 'csv' },
  ])('%j is told', (values) => {
    expect(() => showOptionsOf('x', [], values, fakeIo())).toThrow(/^--/);
  });
});

test('trouble with an input is 2, interrupted 130', async () => {
  const problems = [{ where: 'b.log', what: 'permission denied' }];
  const { status, out, err } = await show('AAA111', [one], {}, { problems });
  expect(status).toBe(2);
  expect(out).not.toBe('');
  expect(err).toContain('mailtrace: b.log: permission denied');
  expect((await show('AAA111', [one], {}, { interrupted: true })).status).toBe(130);
});
