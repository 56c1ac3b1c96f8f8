/** Messages that are handed on while the log is still read are the same as those told at its end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectSame,
  generated,
  interleave,
  dice,
  type Logs,
  mapLogs,
  type Outcome,
  recording,
  RECORDINGS,
  runs,
  stretched,
  trace,
} from './harness.ts';

/** Nothing is told before the end of the input. */
const AT_THE_END = { keepAtLeast: Number.POSITIVE_INFINITY, holdMs: Number.POSITIVE_INFINITY };
const TWENTY_MINUTES = 1_200_000;

/** Messages told while the log was read, and how many were told before its last line. */
async function early(logs: Logs, keepAtLeast: number): Promise<Outcome & { early: number }> {
  const moments: boolean[] = [];
  let streams: readonly LineStream[] = [];
  const messages: Message[] = [];
  const outcome = await trace(logs, {
    settle: { keepAtLeast, holdMs: TWENTY_MINUTES },
    onStreams: (opened) => {
      streams = opened;
      moments.length = 0;
    },
    handlers: {
      onMessage: (message) => {
        moments.push(streams.some((stream) => !stream.isOver));
        return messages.push(message) > 0;
      },
    },
  });
  return { ...outcome, early: moments.filter(Boolean).length };
}

describe.each(Object.keys(RECORDINGS))('%s, its times 30 times as long', (name) => {
  const logs = mapLogs(recording(name), (content) => stretched(content, 30));

  it('told early, after 20 minutes, gives the same messages', async () => {
    const late = await trace(logs, { settle: AT_THE_END });
    const span = ((late.summary.last ?? 0) - (late.summary.first ?? 0)) / 60_000;
    expect(span).toBeGreaterThan(20 * 2);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (keepAtLeast) => {
        const told = await early(logs, keepAtLeast);
        expect(told.early).toBeGreaterThan(0);
        expectSame(told, late);
      }),
      runs(5),
    );
  });

  it('told after a moment loses no recipient', async () => {
    const late = addressesOf(await trace(logs, { settle: AT_THE_END }));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60_000 }),
        async (keepAtLeast, holdMs) => {
          const told = addressesOf(await trace(logs, { settle: { keepAtLeast, holdMs } }));
          expect([...late].filter((address) => !told.has(address))).toEqual([]);
        },
      ),
      runs(5),
    );
  });
});

it('the central log of three hosts, its times 30 times as long, told early, gives the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 50 }), async (seed, keepAtLeast) => {
      const logs = { 'mail.log': stretched(interleave(recording('hosts'), dice(seed)), 30) };
      expectSame(await early(logs, keepAtLeast), await trace(logs, { settle: AT_THE_END }));
    }),
    runs(3),
  );
});

it('logs of a busy site, told early, give the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 50 }),
      async (seed, hosts, factor, keepAtLeast) => {
        const logs = { 'mail.log': stretched(generated(seed, 300_000, hosts), factor) };
        expectSame(await early(logs, keepAtLeast), await trace(logs, { settle: AT_THE_END }));
      },
    ),
    runs(12),
  );
});

function addressesOf({ messages }: Outcome): Set<string> {
  return new Set(
    messages.flatMap(({ recipients }) =>
      recipients.flatMap(({ address, finalAddress }) =>
        [address, finalAddress].flatMap((a) => (a === undefined ? [] : [a])),
      ),
    ),
  );
}
