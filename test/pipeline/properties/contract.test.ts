/** Every message of every run is as the output contract says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractFaults } from './contract.ts';
import {
  central,
  generated,
  linesOf,
  type Logs,
  mapLogs,
  recording,
  runs,
  stretched,
  textOf,
  trace,
} from './harness.ts';

const LOGS: Readonly<Record<string, Logs>> = {
  single: recording('single'),
  hosts: recording('hosts'),
  'three hosts in one log': { 'mail.log': central() },
  exim: recording('exim'),
  sendmail: recording('sendmail'),
  opensmtpd: recording('opensmtpd'),
  'a busy site': { 'mail.log': generated(3, 500_000, 3) },
};

describe.each(Object.entries(LOGS))('%s', (_, logs) => {
  it('whole', async () => {
    const outcome = await trace(logs);
    expect(outcome.messages.length).toBeGreaterThan(50);
    expect(contractFaults(outcome)).toEqual([]);
  });

  it('any part of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (a, b) => {
        const part = mapLogs(logs, (content) => {
          const lines = linesOf(content);
          const [from, to] = [a % (lines.length + 1), b % (lines.length + 1)].sort((x, y) => x - y);
          return textOf(lines.slice(from, to));
        });
        expect(contractFaults(await trace(part))).toEqual([]);
      }),
      runs(3),
    );
  });

  it('told early', async () => {
    const slow = mapLogs(logs, (content) => stretched(content, 30));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 1_200_000 }),
        async (keepAtLeast, holdMs) => {
          expect(contractFaults(await trace(slow, { settle: { keepAtLeast, holdMs } }))).toEqual([]);
        },
      ),
      runs(2),
    );
  });
});
