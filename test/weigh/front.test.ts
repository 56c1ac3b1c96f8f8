/**
 * The machine makes the same of a log whether one thread reads it or another reads lines' heads ahead of it: the same lines are
 * chosen, with the same weights, and the same chains are told in the same order.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { discover } from '../../src/sources/discover.ts';
import { Front } from '../../src/weigh/front.ts';
import { planCount } from '../../src/weigh/plan.ts';
import { central, dice, generated, linesOf, recording, textOf } from '../pipeline/properties/harness.ts';
import { copies, damaged } from './logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-front-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const LINE_WORDS = 4;
const HEAD_WORDS = 6;

/** All that the plan tells. */
async function planned(names: readonly string[], threads: string, isChaining: boolean): Promise<unknown> {
  vi.stubEnv('MAILTRACE_THREADS', threads);
  const { files } = await discover([...names], { cwd: folder, standardPlaces: [] });
  const chains: number[][] = [];
  const plan = await planCount(
    files,
    isChaining
      ? {
          chains: {
            onPass: () => void chains.splice(0),
            take: (memory, at, count) => {
              const words = new Int32Array(memory);
              for (let i = 0, to = at / 4; i < count; i++) {
                const size = HEAD_WORDS + (words[to + 4] as number) * LINE_WORDS;
                chains.push([...words.subarray(to, to + size)]);
                to += size;
              }
            },
          },
        }
      : {},
  );
  if (plan?.selections === undefined) return plan;
  const chosen = [...plan.selections].map(([, { count, offsets, lengths, lines, weights, seconds }]) => ({
    count,
    lines: [offsets, lengths, lines, weights ?? [], seconds].map((list) => [...list]),
  }));
  return { messages: plan.messages, byStatus: [...plan.byStatus], pieces: plan.pieces, chosen, chains };
}

let nextLog = 0;

/** Returns whether the log can be planned at all. */
async function expectSame(...contents: readonly (string | Buffer)[]): Promise<boolean> {
  const name = `mail${nextLog++}.log`;
  const names = contents.map((_, i) => (i === contents.length - 1 ? name : `${name}.${contents.length - 1 - i}`));
  for (const [i, content] of contents.entries()) writeFileSync(join(folder, names[i] as string), content);
  let isPlanned = false;
  for (const isChaining of [false, true]) {
    const taken = vi.spyOn(Front.prototype, 'next');
    const ahead = await planned(names, '2', isChaining);
    expect(taken).toHaveBeenCalled();
    taken.mockClear();
    isPlanned ||= ahead !== undefined;
    expect(ahead).toEqual(await planned(names, '1', isChaining));
    expect(taken).not.toHaveBeenCalled();
  }
  return isPlanned;
}

const site = generated(31, 700_000, 1);

it('of a busy site, with and without a last line end, and with CR', async () => {
  expect(await expectSame(site)).toBe(true);
  expect(await expectSame(site.subarray(0, site.length - 1))).toBe(true);
  expect(await expectSame(site.subarray(0, site.length - 100))).toBe(true);
  expect(await expectSame(Buffer.from(site.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'))).toBe(true);
});

it('of several hosts, of a rotated set, and of recordings', async () => {
  expect(await expectSame(generated(32, 600_000, 3))).toBe(true);
  const lines = linesOf(site);
  expect(await expectSame(textOf(lines.slice(0, 2000)), textOf(lines.slice(2000)))).toBe(true);
  await expectSame(central());
  await expectSame(copies(recording('single')['mail.log'] as Buffer, 4));
});

it('of damaged logs, of lines without end and without length', async () => {
  const random = dice(33);
  let planned = 0;
  for (let n = 0; n < 4; n++) {
    const bytes = Buffer.from(damaged(site, random, 0.05));
    for (let i = 0; i < 10 ** n; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    if (await expectSame(bytes)) planned++;
  }
  expect(planned).toBeGreaterThan(0);
  expect(await expectSame(Buffer.concat([site, Buffer.alloc(40_000, '\n')]))).toBe(true);
  await expectSame(Buffer.concat([site, Buffer.alloc(3_000_000, 'x'), site]));
  await expectSame('');
  // zero bytes end a line for the formats
  expect(await expectSame(Buffer.concat([site, Buffer.alloc(4), site]))).toBe(false);
});

it('of damaged logs, where short lines have no room for their records', async () => {
  // found by comparing thousands: what a lookup was counted with hung on how the log was cut into pieces
  const several = generated(42, 500_000, 3);
  for (const seed of [101, 153, 173]) {
    const random = dice(seed);
    const bytes = Buffer.from(damaged(several, random, 0.002 + random() * 0.1));
    const strange = Math.floor(random() * 40);
    for (let i = 0; i < strange; i++) bytes[Math.floor(random() * bytes.length)] = 1 + Math.floor(random() * 255);
    // one draw chose such logs among those that were compared
    random();
    const at = Math.floor(random() * bytes.length);
    const short = Buffer.alloc(Math.floor(random() * 60_000), random() < 0.5 ? '\n' : 'ab\n');
    await expectSame(Buffer.concat([bytes.subarray(0, at), short, bytes.subarray(at)]));
  }
});

it('stops where the signal says so', async () => {
  writeFileSync(join(folder, 'stopped.log'), generated(34, 1_500_000, 1));
  vi.stubEnv('MAILTRACE_THREADS', '2');
  const { files } = await discover(['stopped.log'], { cwd: folder, standardPlaces: [] });
  let done = (): number => 0;
  const half = (files[0]?.size ?? 0) / 2;
  const signal = Object.defineProperty(new AbortController().signal, 'aborted', { get: () => done() > half });
  const some = await planCount(files, { signal, onPhase: (phase) => (done = () => phase.done()) });
  expect(some?.selections).toBeUndefined();
  expect(some?.messages).toBeGreaterThan(0);
});

it('is read by one thread where the other fails', async () => {
  writeFileSync(join(folder, 'failed.log'), site);
  vi.spyOn(Front.prototype, 'next').mockResolvedValue(undefined);
  const failed = await planned(['failed.log'], '2', false);
  expect(failed).toEqual(await planned(['failed.log'], '1', false));
  expect(failed).toMatchObject({ messages: expect.any(Number) as number });
});
