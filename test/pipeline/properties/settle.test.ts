/** Messages that are handed on while the log is still read are the same as those told at its end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dice,
  expectSame,
  generated,
  interleave,
  linesOf,
  type Logs,
  mapLogs,
  type Outcome,
  recording,
  RECORDINGS,
  runs,
  shifted,
  stretched,
  textOf,
  trace,
} from './harness.ts';

/** Nothing is told before the end of the input. */
const AT_THE_END = { keepAtLeast: Number.POSITIVE_INFINITY, holdMs: Number.POSITIVE_INFINITY };
const TWENTY_MINUTES = 1_200_000;

/** Messages that were handed on after 20 minutes, and how many of them before the last line was read. */
async function early(logs: Logs, keepAtLeast: number): Promise<Outcome & { early: number }> {
  let linesRead = (): number => 0;
  const moments: number[] = [];
  const outcome = await trace(logs, {
    settle: { keepAtLeast, holdMs: TWENTY_MINUTES },
    onStreams: (streams) => {
      const readings = streams.flatMap((stream) => stream.readings);
      linesRead = () => readings.reduce((sum, { lines }) => sum + lines, 0);
      moments.length = 0;
    },
    onTold: () => moments.push(linesRead()),
  });
  return { ...outcome, early: moments.filter((lines) => lines < linesRead()).length };
}

describe.each(Object.keys(RECORDINGS))('%s, its times many times as long', (name) => {
  // most recordings are of a minute or less
  const factor = ['single', 'hosts', 'exim'].includes(name) ? 30 : 90;
  const logs = mapLogs(recording(name), (content) => stretched(content, factor));

  it('told early, after 20 minutes, gives the same messages', async () => {
    const late = await trace(logs, { settle: AT_THE_END });
    const span = ((late.summary.last ?? 0) - (late.summary.first ?? 0)) / 60_000;
    expect(span).toBeGreaterThan(20 * 2);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (keepAtLeast) => {
        expectSame(await early(logs, keepAtLeast), late);
      }),
      runs(3),
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
      runs(3),
    );
  });
});

/** The log of a site that gets the same mail every 25 minutes, with other queue ids and Message-IDs each time. */
function repeated(content: string | Buffer, times: number): Buffer {
  return textOf(
    Array.from({ length: times }, (_, turn) =>
      linesOf(shifted(content, (turn - times) * 25 * 60_000)).map((line) =>
        line
          .replace(/\b([\dA-F])([\dA-F]{9,11})\b/g, (_id, first: string, rest: string) => {
            return ((Number.parseInt(first, 16) + turn) % 16).toString(16).toUpperCase() + rest;
          })
          .replace('message-id=<', `message-id=<${turn}.`),
      ),
    ).flat(),
  );
}

it('three hosts that get the same mail every 25 minutes, told early, in one log or three, give the same messages', async () => {
  const apart = mapLogs(recording('hosts'), (content) => repeated(content, 6));
  const late = await trace(apart, { settle: AT_THE_END });
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 50 }), async (seed, keepAtLeast) => {
      const inThree = await early(apart, keepAtLeast);
      expect(inThree.early).toBeGreaterThan(100);
      expectSame(inThree, late);
      const inOne = await early({ 'mail.log': interleave(apart, dice(seed)) }, keepAtLeast);
      expect(inOne.early).toBeGreaterThan(100);
      expectSame(inOne, late, 'as a set');
    }),
    runs(2),
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
    runs(6),
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
