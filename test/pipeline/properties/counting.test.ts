/** Counting alone gives the numbers that the messages give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/model/message.ts';
import { GROUP_OF_STATUS, type Status } from '../../../src/model/words.ts';
import { policyLog } from '../../helpers/policy-log.ts';
import { central, generated, linesOf, type Logs, recording, runs, stretched, textOf, trace } from './harness.ts';

/** Of addresses that the server added only failures count, unless there is nobody else. */
function countedOf({ recipients }: Message): Status[] {
  const shown = recipients.filter(({ added, status }) => added === undefined || GROUP_OF_STATUS[status] === 'failed');
  return (shown.length > 0 ? shown : recipients).map(({ status }) => status);
}

/** The statuses of each message, one line a message. */
const words = (statuses: readonly Status[]): string => statuses.toSorted().join(' ');

async function expectEqualCounts(logs: Logs, settle?: { keepAtLeast: number; holdMs: number }): Promise<void> {
  const { messages, summary } = await trace(logs, { lines: false, settle });
  const counted: string[] = [];
  const handlers = {
    onCount: (statuses: readonly Status[]) => counted.push(words(statuses)),
    onRestart: () => (counted.length = 0),
  };
  const { summary: countSummary, messages: none } = await trace(logs, { lines: false, settle, handlers });
  expect(none).toEqual([]);
  expect(counted.toSorted()).toEqual(messages.map((message) => words(countedOf(message))).toSorted());
  expect(countSummary.messages).toBe(summary.messages);
  expect(countSummary.sessions).toEqual(summary.sessions);
}

const LOGS: Readonly<Record<string, Logs>> = {
  single: recording('single'),
  hosts: recording('hosts'),
  'three hosts in one log': { 'mail.log': central() },
  exim: recording('exim'),
  sendmail: recording('sendmail'),
  opensmtpd: recording('opensmtpd'),
  'a busy site': { 'mail.log': generated(7, 400_000, 3) },
};

describe.each(Object.entries(LOGS))('%s', (_, logs) => {
  it('counts what is told', async () => {
    await expectEqualCounts(logs);
  });

  it('counts what is told of any part', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 3, maxLength: 3 }), async (cuts) => {
        const part = Object.entries(logs).map(([name, content], i) => {
          const lines = linesOf(content);
          const [from, to] = (cuts[i] ?? [0, 1]).map((n) => n % (lines.length + 1)).sort((a, b) => a - b);
          return [name, textOf(lines.slice(from, to))] as const;
        });
        await expectEqualCounts(Object.fromEntries(part));
      }),
      runs(4),
    );
  });

  it('counts what is told early', async () => {
    const slow = Object.fromEntries(Object.entries(logs).map(([name, content]) => [name, stretched(content, 30)]));
    await expectEqualCounts(slow, { keepAtLeast: 10, holdMs: 1_200_000 });
  });
});

it('counts recipients whom a policy service alone names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await expectEqualCounts(policyLog(seed));
    }),
    runs(10),
  );
});
