/**
 * `report bounces`, `rejects`, `deferred` and `delays`: what the machine tells of mails that they only count and what a run over
 * every line tells make the same document, byte for byte, whatever the period.
 */
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { reportOptionsOf } from '../../src/commands/report-options.ts';
import { reportRun } from '../../src/commands/report.ts';
import { toldRun } from '../../src/weigh/told-run.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { policyLog } from '../helpers/policy-log.ts';
import { dice, generated, linesOf, recording, runs, textOf } from '../pipeline/properties/harness.ts';
import { copies, damaged, scenarios } from './logs.ts';
import { logFolder, withLogs } from '../helpers/own-logs.ts';

const folder = logFolder('results');
afterEach(() => vi.unstubAllEnvs());

const KINDS = ['bounces', 'rejects', 'deferred', 'delays'] as const;
type Kind = (typeof KINDS)[number];

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.told;
delete whole.bound;
/** the last report was made without reading every line */
let isTold = false;
const quick: Engine = {
  ...engine,
  told: async (request, io, handlers, options) => {
    const result = await toldRun(request, io, handlers, options, 0);
    isTold = result !== undefined;
    return result;
  },
};

async function report(by: Engine, kind: Kind, paths: readonly string[], values: object): Promise<object> {
  const io = fakeIo({ now: () => RECORDED.getTime(), timeZone: 'Europe/Vienna' });
  const options = await reportOptionsOf(kind, [...paths], { format: 'json', top: '0', ...values }, io);
  const status = await reportRun(options, io, by);
  // in pieces, so that a difference can be read
  return { status, out: io.stdout.text.split('},'), err: io.stderr.text };
}

/** Returns for how many of the reports not every line was read. */
async function expectEqual(
  logs: Readonly<Record<string, string | Buffer>>,
  values: object = {},
  kinds: readonly Kind[] = KINDS,
): Promise<number> {
  return withLogs(folder, logs, async (paths) => {
    let count = 0;
    for (const kind of kinds) {
      isTold = false;
      expect(await report(quick, kind, paths, values)).toEqual(await report(whole, kind, paths, values));
      if (isTold) count++;
    }
    return count;
  });
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;

it('of a recording, and of many of it', async () => {
  await expectEqual({ 'mail.log': single });
  await expectEqual({ 'mail.log': copies(single, 7) });
  expect(await expectEqual({ 'mail.log': copies(store, 7) })).toBe(KINDS.length);
});

it.each(KINDS)('%s of every scenario', async (kind) => {
  for (const [, content] of scenarios) await expectEqual({ 'mail.log': content }, {}, [kind]);
});

it.each(['wasm', 'twin'])('of a busy site, by the %s', async (kernel) => {
  vi.stubEnv('MAILTRACE_KERNEL', kernel);
  expect(await expectEqual({ 'mail.log': generated(11, 1_200_000, 1) })).toBe(KINDS.length);
});

it.each(['1', '3', '10'])('of a busy site, %s rows of each table', async (top) => {
  expect(await expectEqual({ 'mail.log': generated(13, 800_000, 1) }, { top })).toBe(KINDS.length);
});

it('of periods that begin and end anywhere in the log, alone and compared with those before them', async () => {
  const log = generated(17, 500_000, 1);
  const lines = linesOf(log);
  const stampOf = (i: number): string => {
    const stamp = (lines[i] as string).slice(0, 15);
    return new Date(`${stamp.slice(0, 6)} 2026 ${stamp.slice(7)} UTC`).toISOString();
  };
  for (const [from, to] of [
    [0.1, 0.6],
    [0.3, 0.35],
    [0.5, 0.999],
  ] as const) {
    const [since, until] = [stampOf(Math.floor(from * lines.length)), stampOf(Math.floor(to * lines.length))];
    expect(await expectEqual({ 'mail.log': log }, { since, until })).toBe(KINDS.length);
    await expectEqual({ 'mail.log': log }, { since });
    await expectEqual({ 'mail.log': log }, { until });
    await expectEqual({ 'mail.log': log }, { since, until, compare: 'previous' });
  }
});

it('of a log with the least memory', async () => {
  await expectEqual({ 'mail.log': generated(19, 600_000, 1) }, { memory: '192M' }, ['bounces']);
});

it('of any part of a log, cut within a line too', async () => {
  const log = generated(21, 300_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom(single, store, log), async (a, b, content) => {
      const [from = 0, to = 0] = [a % content.length, b % content.length].sort((x, y) => x - y);
      await expectEqual({ 'mail.log': content.subarray(from, to) });
    }),
    runs(6),
  );
});

it('of a log with lines lost, doubled and swapped', async () => {
  const log = generated(22, 250_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ofRecording) => {
      const random = dice(seed);
      const lines = linesOf(damaged(ofRecording ? copies(single, 3) : log, random, random() * 0.1));
      for (let n = 0; n < 20; n++) {
        const i = Math.floor(random() * (lines.length - 1));
        lines.splice(i, 2, lines[i + 1] as string, lines[i] as string);
      }
      await expectEqual({ 'mail.log': textOf(lines) });
    }),
    runs(5),
  );
});

it('of several hosts, of a policy service, of a rotated set', async () => {
  await expectEqual({ 'mail.log': generated(5, 500_000, 3) });
  await expectEqual(policyLog(1));
  const lines = linesOf(generated(24, 400_000, 1));
  const half = Math.floor(lines.length / 2);
  expect(await expectEqual({ 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) })).toBe(
    KINDS.length,
  );
});
