/**
 * Raw chains of everything: those that the machine puts together and those of a run over every line are the same bytes, in the
 * same order, over recordings and scenarios, many copies of them, parts of them and damaged ones.
 */
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import { discover } from '../../src/sources/discover.ts';
import { chainRun } from '../../src/weigh/chain-run.ts';
import { planCount } from '../../src/weigh/plan.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { greylistLog } from '../helpers/greylist-log.ts';
import { policyLog } from '../helpers/policy-log.ts';
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
import { abandonedLog, copies, damaged } from './logs.ts';
import { logFolder, searched, withLogs } from '../helpers/own-logs.ts';

const folder = logFolder('chains');
afterEach(() => vi.unstubAllEnvs());

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.chains;
/** how many messages the machine put together in the last search, all runs that became void left out */
let together = 0;
const chained: Engine = {
  ...engine,
  chains: (request, io, handlers, options) => {
    together = 0;
    return chainRun(
      request,
      io,
      {
        ...handlers,
        onChain: (chain) => {
          together++;
          handlers.onChain?.(chain);
        },
        onRestart: () => {
          together = 0;
          handlers.onRestart?.();
        },
      },
      options,
      0,
    );
  },
};

function search(by: Engine, paths: readonly string[], sort: string): Promise<object> {
  return searched(by, paths, { format: 'raw', sort });
}

/** Returns how many messages the machine put together. */
async function expectEqual(logs: Readonly<Record<string, string | Buffer>>, sorts = ['oldest']): Promise<number> {
  return withLogs(folder, logs, async (paths) => {
    for (const sort of sorts) expect(await search(chained, paths, sort)).toEqual(await search(whole, paths, sort));
    return together;
  });
}

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

describe.each(['wasm', 'twin'])('chains, by the %s', (kernel) => {
  const using = (): void => void vi.stubEnv('MAILTRACE_KERNEL', kernel);

  it('of a recording, and of many of it', async () => {
    using();
    await expectEqual({ 'mail.log': single }, ['oldest', 'newest']);
    await expectEqual({ 'mail.log': copies(single, 7) }, ['newest']);
    expect(await expectEqual({ 'mail.log': copies(store, 7) }, ['oldest', 'newest'])).toBeGreaterThan(500);
  });

  it('of mail that filters and delivery programs saw', async () => {
    using();
    const amavis = recording('amavis')['mail.log'] as Buffer;
    await expectEqual({ 'mail.log': amavis });
    await expectEqual({ 'mail.log': copies(amavis, 5) });
    await expectEqual(recording('dovecot'));
    const { 'mail.log': mail } = recording('rspamd') as Record<string, Buffer>;
    await expectEqual({ 'mail.log': mail as Buffer });
  });

  it('of every scenario, and of five of each', async () => {
    using();
    for (const [, content] of scenarios) {
      await expectEqual({ 'mail.log': content });
      await expectEqual({ 'mail.log': copies(content, 5) });
    }
  });

  it('of a busy site, in stamps of seconds and finer ones', async () => {
    using();
    const log = generated(11, 1_500_000, 1);
    const lines = linesOf(log);
    expect(await expectEqual({ 'mail.log': log }, ['oldest', 'newest'])).toBeGreaterThan(lines.length / 20);
    expect(await expectEqual({ 'mail.log': precise(log, dice(1)) }, ['oldest', 'newest'])).toBeGreaterThan(
      lines.length / 20,
    );
  });
});

it('reads all where the configuration names an added address: whom it counts, the log does not show', async () => {
  const path = join(folder, 'configured.log');
  writeFileSync(path, generated(21, 400_000, 1));
  utimesSync(path, RECORDED, RECORDED);
  const configured: Engine = {
    ...chained,
    chains: (request, ...rest) =>
      (chained.chains as NonNullable<Engine['chains']>)({ ...request, own: { isAdded: () => true } }, ...rest),
  };
  await search(chained, [path], 'oldest');
  expect(together).toBeGreaterThan(0);
  await search(configured, [path], 'oldest');
  expect(together).toBe(0);
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

it('of mail that a policy service speaks of', async () => {
  let all = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const { 'mail.log': busy } = policyLog(seed, false);
      all += await expectEqual({ 'mail.log': busy as string });
    }),
    runs(20),
  );
  expect(all).toBeGreaterThan(0);
});

it('of refusals that a policy service led to, in every order and distance', async () => {
  const together: number[] = [];
  for (const clients of [200, 3])
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        together.push(await expectEqual({ 'mail.log': greylistLog(seed, clients) }));
      }),
      runs(15),
    );
  // of those with a word for each refusal, in time
  expect(Math.max(...together)).toBeGreaterThan(20);
});

it('reads few lines of mails that were refused in part, and of refusals with a word', async () => {
  const path = join(folder, 'few.log');
  const log = generated(41, 2_500_000, 1);
  writeFileSync(path, log);
  const { files } = await discover([path], { cwd: folder, standardPlaces: [] });
  const read = async (isAlone: boolean): Promise<number> => {
    const chains = { isAlone, onPass: () => undefined, take: () => undefined };
    const plan = await planCount(files, { chains });
    return [...(plan?.selections?.values() ?? [])][0]?.count ?? Number.POSITIVE_INFINITY;
  };
  // for raw chains, and for their JSON, of which the other machine gives back what it cannot write
  const few = linesOf(log).length / 40;
  expect(await read(true)).toBeLessThan(few);
  expect(await read(false)).toBeLessThan(few);
});

it('of mails that were given up', async () => {
  expect(await expectEqual({ 'mail.log': abandonedLog() })).toBeGreaterThan(100);
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
