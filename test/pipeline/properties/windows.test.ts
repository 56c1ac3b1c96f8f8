/** A log that begins or ends in the middle: less may be known, nothing may be wrong. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { central, linesOf, type Logs, recording, runs, textOf, trace } from './harness.ts';
import { faultsOf, missingOf, type Whole, wholeOf, windowOf } from './windows.ts';

const LOGS: Readonly<Record<string, () => Logs>> = {
  single: () => recording('single'),
  'three hosts in one log': () => ({ 'mail.log': central() }),
  exim: () => recording('exim'),
  sendmail: () => recording('sendmail'),
  opensmtpd: () => recording('opensmtpd'),
};

async function check(whole: Whole, from: number, to: number): Promise<void> {
  const window = windowOf(whole, from, to);
  const cut = await trace(window.logs);
  expect([...faultsOf(whole, window, cut), ...missingOf(whole, window, cut)]).toEqual([]);
}

describe.each(Object.keys(LOGS))('%s', (name) => {
  let whole: Whole;
  beforeAll(async () => {
    const logs = (LOGS[name] as () => Logs)();
    whole = wholeOf(logs, await trace(logs));
  });

  it('begun at any line says nothing that the whole log does not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.lines.length }), (from) =>
        check(whole, from, whole.lines.length),
      ),
      runs(40),
    );
  });

  it('ended at any line says nothing that the whole log does not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.lines.length - 1 }), (to) => check(whole, 0, to)),
      runs(40),
    );
  });
});

describe.each([
  ['single', 0.3, 300],
  ['single', 0.8, 150],
  ['three hosts in one log', 0.5, 150],
  ['exim', 0.5, 150],
] as const)('some lines of %s, from %d of it on', (name, place, count) => {
  let whole: Whole;
  beforeAll(async () => {
    const [file, content] = Object.entries((LOGS[name] as () => Logs)())[0] as [string, Buffer];
    const lines = linesOf(content);
    const start = Math.floor(lines.length * place);
    const logs = { [file]: textOf(lines.slice(start, start + count)) };
    whole = wholeOf(logs, await trace(logs));
  });

  it('begun at every line', async () => {
    for (let from = 1; from < count; from++) await check(whole, from, count);
  });

  it('ended at every line', async () => {
    for (let to = 0; to < count; to++) await check(whole, 0, to);
  });
});
