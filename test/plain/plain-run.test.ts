/**
 * JSON of everything: what is written from the lines of plain mails, and what a run over every line tells, are the same bytes,
 * in the same order, over recordings and scenarios, many copies of them, parts of them and damaged ones.
 */
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/commands/engine.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { root } from '../house/sources.ts';
import {
  central,
  dice,
  generated,
  interleave,
  linesOf,
  recording,
  runs,
  textOf,
} from '../pipeline/properties/harness.ts';
import { copies, damaged } from '../weigh/logs.ts';
import { HOSTILE } from './hostile.ts';
import { expectEqual, folder, plainly, search, whole, writtenTogether } from './same.ts';

afterEach(() => vi.unstubAllEnvs());

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;
const SCENARIOS = join(root, 'fixtures', 'scenarios');
const scenarios = readdirSync(SCENARIOS).flatMap((name) => {
  try {
    return [[name, readFileSync(join(SCENARIOS, name, 'mail.log'))] as const];
  } catch {
    return [];
  }
});

/** The same log in stamps of microseconds. */
function precise(content: Buffer, random: () => number): Buffer {
  let before = '';
  let micros = 0;
  const lines = linesOf(content).map((line) => {
    const stamp = line.slice(0, 15);
    micros = stamp === before ? Math.min(999_999, micros + Math.floor(random() * 3) * 700) : Math.floor(random() * 9e5);
    before = stamp;
    const at = new Date(`${stamp.slice(0, 6)} 2026 ${stamp.slice(7)} UTC`);
    if (Number.isNaN(at.getTime())) return line;
    return `${at.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00${line.slice(15)}`;
  });
  return textOf(lines);
}

/** ms: each is many searches, and each of them twice */
const SLOW = 300_000;

describe.each(['wasm', 'twin'])('JSON, by the %s', (kernel) => {
  const using = (): void => void vi.stubEnv('MAILTRACE_KERNEL', kernel);

  it(
    'of a recording, and of many of it',
    async () => {
      using();
      await expectEqual({ 'mail.log': single }, ['oldest', 'newest']);
      await expectEqual({ 'mail.log': copies(single, 7) }, ['newest']);
      expect(await expectEqual({ 'mail.log': copies(store, 7) }, ['oldest', 'newest'])).toBeGreaterThan(500);
    },
    SLOW,
  );

  it(
    'of mail that filters and delivery programs saw',
    async () => {
      using();
      const amavis = recording('amavis')['mail.log'] as Buffer;
      await expectEqual({ 'mail.log': amavis });
      await expectEqual({ 'mail.log': copies(amavis, 5) });
      await expectEqual(recording('dovecot'));
      const { 'mail.log': mail } = recording('rspamd') as Record<string, Buffer>;
      await expectEqual({ 'mail.log': mail as Buffer });
    },
    SLOW,
  );

  it(
    'of every scenario, and of five of each',
    async () => {
      using();
      for (const [, content] of scenarios) {
        await expectEqual({ 'mail.log': content });
        await expectEqual({ 'mail.log': copies(content, 5) });
      }
    },
    SLOW,
  );

  it(
    'of a busy site, in stamps of seconds and finer ones',
    async () => {
      using();
      const log = generated(11, 1_500_000, 1);
      const lines = linesOf(log);
      expect(await expectEqual({ 'mail.log': log }, ['oldest', 'newest'])).toBeGreaterThan(lines.length / 20);
      expect(await expectEqual({ 'mail.log': precise(log, dice(1)) }, ['oldest', 'newest'])).toBeGreaterThan(
        lines.length / 20,
      );
    },
    SLOW,
  );
});

it('reads all where the configuration says what is ours: whom it knows, the log does not show', async () => {
  const path = join(folder, 'configured.log');
  writeFileSync(path, generated(21, 400_000, 1));
  utimesSync(path, RECORDED, RECORDED);
  const configured: Engine = {
    ...plainly,
    plain: (request, ...rest) =>
      (plainly.plain as NonNullable<Engine['plain']>)({ ...request, own: { isDomain: () => true } }, ...rest),
  };
  await search(plainly, [path], 'oldest');
  expect(writtenTogether()).toBeGreaterThan(0);
  await search(configured, [path], 'oldest');
  expect(writtenTogether()).toBe(0);
});

it('as one list', async () => {
  const path = join(folder, 'list.log');
  writeFileSync(path, generated(28, 400_000, 1));
  utimesSync(path, RECORDED, RECORDED);
  expect(await search(plainly, [path], 'newest', 'json')).toEqual(await search(whole, [path], 'newest', 'json'));
  expect(writtenTogether()).toBeGreaterThan(0);
});

it('of any part of a log', async () => {
  const log = generated(21, 400_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom(single, store, log), async (a, b, content) => {
      const lines = linesOf(content);
      const [from = 0, to = 0] = [a % lines.length, b % lines.length].sort((x, y) => x - y);
      await expectEqual({ 'mail.log': textOf(lines.slice(from, to)) });
    }),
    runs(15),
  );
});

it('of a log with lines lost, doubled and swapped', async () => {
  const log = generated(22, 300_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ofRecording) => {
      const random = dice(seed);
      const lines = linesOf(damaged(ofRecording ? copies(single, 3) : log, random, random() * 0.1));
      for (let n = 0; n < 20; n++) {
        const i = Math.floor(random() * (lines.length - 1));
        lines.splice(i, 2, lines[i + 1] as string, lines[i] as string);
      }
      await expectEqual({ 'mail.log': textOf(lines) }, ['oldest', 'newest']);
    }),
    runs(8),
  );
});

it('of a log in which programs that nobody knows name mails', async () => {
  const log = generated(23, 300_000, 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const ids: string[] = [];
      const lines = linesOf(log).flatMap((line) => {
        const id = / ([0-9A-F]{8,}): /.exec(line)?.[1];
        if (id !== undefined) ids.push(id);
        if (random() > 0.01) return [line];
        const near = ids[ids.length - 1 - Math.floor(random() * 4)] ?? 'A0B1C2D3E4';
        const head = line.slice(0, 16) + (/^.{16}(\S+) /.exec(line)?.[1] ?? 'mx1');
        const said = [`${head} archive[77]: took ${near}`, `${head} archive: took ${near} and ${ids.at(-1)}`];
        return [line, said[Math.floor(random() * 2)] as string];
      });
      await expectEqual({ 'mail.log': textOf(lines) });
    }),
    runs(4),
  );
});

it('of hostile text in each field', async () => {
  const log = linesOf(generated(29, 500_000, 1));
  let most = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const lines = log.map((line) => {
        if (random() > 0.06) return line;
        // behind the head: it may stand in any field, and between any two
        const text = line.indexOf(': ', 17) + 2;
        const at = text + Math.floor(random() * (line.length - text + 1));
        const isInstead = random() < 0.3;
        const token = HOSTILE[Math.floor(random() * HOSTILE.length)] as string;
        return line.slice(0, at) + token + line.slice(isInstead ? at + 1 : at);
      });
      most = Math.max(most, await expectEqual({ 'mail.log': Buffer.from(lines.join('\n'), 'latin1') }));
    }),
    runs(10),
  );
  expect(most).toBeGreaterThan(100);
});

it('of several hosts in one log', async () => {
  await expectEqual({ 'mail.log': central() });
  await expectEqual({ 'mail.log': generated(5, 800_000, 3) });
});

it('of a filter that logs beside the server', async () => {
  const { 'mail.log': mail, 'rspamd.log': filter } = recording('rspamd') as Record<string, Buffer>;
  const own = linesOf(filter as Buffer).map((line) =>
    line.replace(/^2026-11-(\d\d) (\d\d:\d\d:\d\d) #(\d+)\(\w+\) /, 'Nov $1 $2 mail rspamd[$3]: '),
  );
  for (const seed of [3, 4])
    await expectEqual({ 'mail.log': interleave({ mail: mail as Buffer, filter: textOf(own) }, dice(seed)) });
});

it('of a rotated set, and of files side by side', async () => {
  const lines = linesOf(generated(24, 600_000, 1));
  const half = Math.floor(lines.length / 2);
  const set = { 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) };
  expect(await expectEqual(set, ['oldest', 'newest'])).toBeGreaterThan(100);
  await expectEqual({ 'one.log': single, 'two.log': store });
});

it('of a log over New Year, whose clock steps back, and of lines said to be repeated', async () => {
  const lines = linesOf(generated(25, 300_000, 1));
  const third = Math.floor(lines.length / 3);
  const shift = (line: string, day: string): string => `${day}${line.slice(6)}`;
  await expectEqual({
    'mail.log': textOf([
      ...lines.slice(0, third).map((line) => shift(line, 'Dec 31')),
      ...lines.slice(third).map((line) => shift(line, 'Jan  1')),
    ]),
  });
  await expectEqual({ 'mail.log': textOf([...lines.slice(third), ...lines.slice(0, third)]) });
  const head = (lines[third] as string).slice(0, 16);
  const repeated = `${head}mx1 last message repeated 2 times`;
  await expectEqual({ 'mail.log': textOf([...lines.slice(0, third), repeated, ...lines.slice(third)]) });
});

it('of any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const bytes = Buffer.from(copies(single, 2).subarray(0, 200_000));
      for (let i = 0; i < 400; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      await expectEqual({ 'mail.log': bytes });
    }),
    runs(6),
  );
});
