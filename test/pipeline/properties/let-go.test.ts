/** Where memory is short: what is let go is told as partial and counted, and all else is what it is with memory enough. */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/model/message.ts';
import type { RunSummary } from '../../../src/model/run.ts';
import { run } from '../../../src/pipeline/run.ts';
import { LEAST_MEMORY } from '../../../src/util/memory.ts';
import { ENDLESS } from '../../bench/endless.ts';

const ENOUGH = 8 * 2 ** 30;

interface Told {
  messages: Message[];
  summary: RunSummary;
}

async function tell(lines: Iterable<string>, memory: number, wantLines = false): Promise<Told> {
  const messages: Message[] = [];
  const { summary } = await run(
    { paths: ['-'], logZones: [], now: Date.UTC(2026, 11, 1), wantLines, wantSessions: false, memory },
    { cwd: '/', timeZone: 'UTC', stdin: Readable.from(lines, { objectMode: false }) },
    { onMessage: (message) => (messages.push(message), false) },
  );
  return { messages, summary };
}

function* linesOf(kind: string, count: number): Generator<string> {
  for (let n = 0; n < count; n++) yield ENDLESS[kind]?.lines(n) ?? '';
}

const briefly = ({ id, state, sender, recipients }: Message): unknown => [
  id,
  state,
  sender,
  recipients.map(({ address, status, code }) => [address, status, code]),
];

/** Mails that are whole, between others that never end. */
function* mixed(count: number): Generator<string> {
  for (let n = 0; n < count; n++) {
    yield ENDLESS['unfinished']?.lines(n) ?? '';
    // its own ids, and the same pace
    if (n % 4 === 0) yield (ENDLESS['mails']?.lines(n / 5 + 9_000_000) ?? '').replaceAll('2026-11-21', '2026-11-20');
  }
}

describe('queue ids that never finish', () => {
  test('are let go, the oldest first, as partial; each is told once', async () => {
    const { messages, summary } = await tell(linesOf('unfinished', 40_000), LEAST_MEMORY);
    expect(messages).toHaveLength(40_000);
    const letGo = messages.filter(({ notes }) => notes.some(({ type }) => type === 'let-go'));
    expect(letGo.length).toBe(summary.letGo?.mails);
    expect(letGo.length).toBeGreaterThan(20_000);
    expect(letGo.length).toBeLessThan(39_000);
    for (const { state, recipients } of messages) {
      expect(state).toBe('partial');
      expect(recipients.map(({ status }) => status)).toEqual(['pending']);
    }
    const last = Math.max(...letGo.map(({ time }) => time));
    const kept = messages.filter(({ notes }) => notes.length === 0);
    expect(Math.min(...kept.map(({ time }) => time))).toBeGreaterThanOrEqual(last - 1000);
    const [problem] = summary.problems;
    expect(problem?.where).toBe('memory of 192M was short');
    expect(problem?.what).toMatch(/^[\d,]+ mails let go before the end was read/);
    expect(problem?.help).toContain('--memory');
  });

  test('do not change a mail whose lines are whole', async () => {
    const short = await tell(mixed(30_000), LEAST_MEMORY);
    const long = await tell(mixed(30_000), ENOUGH);
    expect(long.summary.letGo).toBeUndefined();
    expect(short.summary.letGo?.mails).toBeGreaterThan(5000);
    const whole = (told: Told): unknown[] =>
      told.messages
        .filter(({ sender, recipients }) => sender !== undefined && recipients[0]?.status === 'relayed')
        .map(briefly)
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    expect(whole(long)).toHaveLength(7500);
    expect(whole(short)).toEqual(whole(long));
  });

  test('what comes later of one that was let go is another partial message, with the log’s own word', async () => {
    function* later(): Generator<string> {
      yield* linesOf('unfinished', 30_000);
      const [line = ''] = linesOf('unfinished', 1);
      const head = line.replace('/qmgr[800]', '/smtp[700]').replace(/from=.*\n/, '');
      yield `${head}to=<late@example.com>, relay=mx.example.com[198.51.100.7]:25, delay=0.9, dsn=2.0.0, status=sent (250 Ok)\n`;
      yield line.replace(/from=.*/, 'removed');
    }
    const { messages } = await tell(later(), LEAST_MEMORY);
    expect(messages).toHaveLength(30_001);
    const [queueId] = messages
      .filter(({ recipients }) => recipients[0]?.address === 'late@example.com')
      .map(({ hops }) => hops[0]?.queueId);
    const both = messages.filter(({ hops }) => hops[0]?.queueId === queueId);
    expect(both.map(({ state, recipients }) => [state, recipients[0]?.status])).toEqual([
      ['partial', 'pending'],
      ['partial', 'relayed'],
    ]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
  });
});

describe('of a log that brings no mail', () => {
  test.each(['rejects', 'session', 'retries'])('%s are the same as with memory enough', async (kind) => {
    const short = await tell(linesOf(kind, 15_000), LEAST_MEMORY);
    const long = await tell(linesOf(kind, 15_000), ENOUGH);
    expect(short.messages).toHaveLength(15_000);
    const all = (told: Told): unknown[] =>
      told.messages.map(briefly).toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    expect(all(short)).toEqual(all(long));
    expect(short.messages.every(({ state }) => state === 'complete')).toBe(true);
  });

  test('connections that are never closed are let go', async () => {
    const { messages, summary } = await tell(linesOf('sessions', 60_000), LEAST_MEMORY);
    expect(messages).toHaveLength(0);
    expect(summary.letGo?.mails).toBe(0);
    expect(summary.letGo?.sessions).toBeGreaterThan(20_000);
    expect(Object.values(summary.sessions).reduce((sum, n) => sum + n, 0)).toBe(60_000);
  });
});

test('with raw lines of a pipe, which are kept, too', async () => {
  const { messages, summary } = await tell(linesOf('unfinished', 20_000), LEAST_MEMORY, true);
  expect(messages).toHaveLength(20_000);
  expect(messages.every(({ lines }) => lines?.length === 1)).toBe(true);
  expect(summary.letGo?.mails).toBeGreaterThan(10_000);
});

test('a mail to very many is one message', async () => {
  const { messages } = await tell(linesOf('recipients', 30_000), ENOUGH);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.recipients).toHaveLength(30_000);
  expect(new Set(messages[0]?.recipients.map(({ address }) => address)).size).toBe(30_000);
});
