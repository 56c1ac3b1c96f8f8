/**
 * Searches that much of a log fits: of the chains that the machine puts together those that show what is looked for, and what
 * they print is what a run over every line prints.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import { discoverInputs } from '../../src/pipeline/run.ts';
import { plainRun } from '../../src/plain/plain-run.ts';
import { queryOfPlan, select } from '../../src/select/index.ts';
import { type ChainOptions, chainRun } from '../../src/weigh/chain-run.ts';
import { LineMarks } from '../../src/weigh/sieve.ts';
import { greylistLog } from '../helpers/greylist-log.ts';
import { policyLog } from '../helpers/policy-log.ts';
import { central, dice, generated, linesOf, recording, runs, textOf } from '../pipeline/properties/harness.ts';
import { abandonedLog, copies, damaged } from './logs.ts';
import { logFolder, searched, withLogs, writeLog } from '../helpers/own-logs.ts';

const folder = logFolder('sieve');
afterEach(() => vi.unstubAllEnvs());

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.select;
delete whole.chains;
delete whole.plain;
/** messages that were told as chains or written as JSON, and those that the formats told, of the last search */
let chains = 0;
let read = 0;

const sieving: Engine = {
  ...engine,
  select: () => Promise.resolve(undefined),
  async sieve(request, io, plan, options): Promise<ChainOptions | undefined> {
    const sieve = queryOfPlan(plan);
    return sieve && { found: await discoverInputs(request, io, options), sieve };
  },
  plain: (request, io, handlers, options) => {
    chains = read = 0;
    const { plain } = handlers;
    const counting = {
      ...handlers,
      ...(plain && {
        plain: {
          ...plain,
          add: (...one: Parameters<typeof plain.add>) => {
            chains++;
            return plain.add(...one);
          },
        },
      }),
      onMessage: (message: Parameters<typeof handlers.onMessage>[0]) => {
        read++;
        return handlers.onMessage(message);
      },
    };
    return plainRun(request, io, counting, options, 0);
  },
  chains: (request, io, handlers, options) => {
    chains = read = 0;
    const onChain = handlers.onChain?.bind(handlers);
    const counting = {
      ...handlers,
      ...(onChain && {
        onChain: (...chain: Parameters<NonNullable<typeof onChain>>) => {
          chains++;
          onChain(...chain);
        },
      }),
      onMessage: (message: Parameters<typeof handlers.onMessage>[0]) => {
        read++;
        return handlers.onMessage(message);
      },
      onRestart: () => {
        chains = read = 0;
        handlers.onRestart?.();
      },
    };
    return chainRun(request, io, counting, options, 0);
  },
};

async function expectEqual(
  logs: Readonly<Record<string, string | Buffer>>,
  questions: readonly Values[],
): Promise<void> {
  return withLogs(folder, logs, async (paths) => {
    for (const question of questions)
      expect(await searched(sieving, paths, question), JSON.stringify(question)).toEqual(
        await searched(whole, paths, question),
      );
  });
}

/** Things to look for that stand in the log, some often. */
function questionsOf(content: Buffer, random: () => number, count: number): Values[] {
  const text = content.toString('latin1');
  const one = (pattern: RegExp): string => {
    const all = [...text.matchAll(pattern)].map(([match]) => match);
    return all[Math.floor(random() * all.length)] ?? 'nobody@nowhere.example';
  };
  const address = (): string => one(/(?<=<)[a-z0-9.]+@[a-z0-9.-]+(?=>)/gi);
  const sort = (): string => (random() < 0.5 ? 'oldest' : 'newest');
  const linked: readonly (() => Values)[] = [
    () => ({ recipient: [address()], json: true }),
    () => ({ domain: [address().split('@')[1] as string], format: 'ndjson', sort: sort() }),
    () => ({ sender: [address()], json: true, limit: '5' }),
    () => ({ address: [address()], status: ['rejected', 'deferred', 'bounced'], format: 'ndjson', sort: sort() }),
    () => ({ text: [one(/(?<= )[a-z]{4,12}(?= )/g)], fields: 'id,links', format: 'csv' }),
  ];
  const kinds: readonly (() => Values)[] = [
    () => ({ text: [`@${address().split('@')[1]}`], format: 'raw', sort: random() < 0.5 ? 'oldest' : 'newest' }),
    () => ({ text: [one(/(?<= )[a-z]{4,12}(?= )/g)], format: 'raw' }),
    () => ({ text: [one(/(?<= )[a-z]{4,12}(?= )/g), address()], notText: ['reject'], format: 'raw' }),
    () => ({ text: [address()], count: true }),
    () => ({ domain: [address().split('@')[1] as string], format: 'csv' }),
    () => ({ domain: [address().split('@')[1] as string], status: ['bounced', 'deferred', 'rejected'] }),
    () => ({ recipient: [`*@${address().split('@')[1]}`], format: 'raw' }),
    () => ({ sender: [address()], format: 'table', limit: '5' }),
    () => ({ address: [address()], groupBy: 'status' }),
    () => ({ relay: [one(/(?<=relay=)[a-z0-9.-]+/g)], count: true, json: true }),
    () => ({ messageId: [one(/(?<=message-id=<)[^>]+/g)], raw: true }),
    () => ({ user: [one(/(?<=sasl_username=)[^,\n]+/g)], format: 'csv' }),
  ];
  const some = (of: readonly (() => Values)[]): Values => (of[Math.floor(random() * of.length)] as () => Values)();
  return Array.from({ length: count }, (_, i) => some(i % 2 === 0 ? kinds : linked));
}

/** Of these the one that stands there least often. */
function rarest(content: Buffer, pattern: RegExp): string {
  const counts = new Map<string, number>();
  for (const [match] of content.toString('latin1').matchAll(pattern)) counts.set(match, (counts.get(match) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => a - b)[0]?.[0] ?? '';
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;
const amavis = recording('amavis')['mail.log'] as Buffer;
const busy = generated(11, 400_000, 1);

describe.each(['wasm', 'twin'])('by the %s', (kernel) => {
  it('finds in recordings what a reading of every line finds', async () => {
    vi.stubEnv('MAILTRACE_KERNEL', kernel);
    const random = dice(5);
    for (const content of [single, copies(store, 3), amavis])
      await expectEqual({ 'mail.log': content }, questionsOf(content, random, 4));
  });

  it('finds a domain of a busy site', async () => {
    vi.stubEnv('MAILTRACE_KERNEL', kernel);
    await expectEqual({ 'mail.log': busy }, questionsOf(busy, dice(6), 6));
  });
});

it('prints chains of the machine where a text alone is asked for, and reads few of the others', async () => {
  await expectEqual({ 'mail.log': busy }, [{ text: ['postfix/smtp['], format: 'raw', sort: 'oldest' }]);
  expect(chains).toBeGreaterThan(50);
  await expectEqual({ 'mail.log': busy }, [{ text: ['postfix/smtp['], status: ['bounced'], format: 'raw' }]);
  expect(chains).toBe(0);
  await expectEqual({ 'mail.log': busy }, [{ text: ['postfix/'], format: 'csv' }]);
  const all = read;
  await expectEqual({ 'mail.log': busy }, [{ domain: [rarest(busy, /(?<=to=<[^@>]+@)[a-z0-9.-]+/g)], format: 'csv' }]);
  expect(read).toBeLessThan(all / 2);
});

it('writes the others where links are told, to be asked of retries and notices alone', async () => {
  await expectEqual({ 'mail.log': busy }, [{ domain: [rarest(busy, /(?<=to=<[^@>]+@)[a-z0-9.-]+/g)], json: true }]);
  expect(chains).toBeGreaterThan(50);
  expect(read).toBeLessThan(chains);
  // mails that were put off and came again: attempts that do not match are asked for
  const large = generated(31, 2_000_000, 1);
  const path = join(folder, 'large.log');
  writeLog(path, large);
  const { out } = (await searched(whole, [path], { format: 'ndjson' })) as { out: string };
  const ids = [...out.matchAll(/"messageId":"([^"]+)".*"type":"retry-of"/g)].map(([, id = '']) => id);
  expect(ids.length).toBeGreaterThan(5);
  await expectEqual({ 'mail.log': large }, [{ messageId: ids, json: true }]);
});

it('is the same with a thread ahead', async () => {
  vi.stubEnv('MAILTRACE_THREADS', '2');
  await expectEqual({ 'mail.log': busy }, questionsOf(busy, dice(7), 6));
  const foreign = Buffer.from(busy.toString('latin1').replaceAll('example.com', 'exämple.com'), 'utf8');
  await expectEqual({ 'mail.log': foreign }, [{ text: ['exämple', '@partner'], format: 'raw' }]);
});

it('finds it in any part of a log, with lines lost, doubled and swapped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(single, store, busy.subarray(0, 200_000)), async (seed, content) => {
      const random = dice(seed);
      const lines = linesOf(damaged(content, random, random() * 0.1));
      const from = Math.floor((random() * lines.length) / 2);
      const log = textOf(lines.slice(from));
      await expectEqual({ 'mail.log': log }, questionsOf(Buffer.from(log), random, 2));
    }),
    runs(8),
  );
});

it('finds what policy services speak of, refusals and mails that were given up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const logs = [policyLog(seed, false)['mail.log'] as string, greylistLog(seed, 20), abandonedLog()];
      for (const log of logs) await expectEqual({ 'mail.log': log }, questionsOf(Buffer.from(log), random, 2));
    }),
    runs(5),
  );
});

it('finds it in a rotated set, in a log of several hosts, and in files side by side', async () => {
  const lines = linesOf(busy);
  const half = Math.floor(lines.length / 2);
  const set = { 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) };
  await expectEqual(set, questionsOf(busy, dice(8), 6));
  const mixed = central();
  await expectEqual({ 'mail.log': mixed }, questionsOf(mixed, dice(9), 6));
  await expectEqual({ 'one.log': single, 'two.log': store }, questionsOf(single, dice(10), 4));
});

describe('which way is taken', () => {
  const wayOf = async (log: Buffer, question: Values): Promise<string> => {
    let way = 'whole';
    const noting: Engine = {
      ...engine,
      select: async (...asked) => {
        const chosen = await select(...asked);
        if (chosen !== undefined) way = 'lines';
        return chosen;
      },
      plain: (request, io, handlers, options) => {
        way = options?.sieve === undefined ? 'plain' : 'linked';
        return plainRun(request, io, handlers, options);
      },
      chains: (request, io, handlers, options) => {
        way = options?.sieve === undefined ? 'chains' : 'sieve';
        return chainRun(request, io, handlers, options);
      },
    };
    const path = join(folder, 'way.log');
    writeLog(path, log);
    await searched(noting, [path], question);
    return way;
  };
  const large = generated(31, 6_000_000, 1);
  const rare = rarest(large, /(?<= to=<)[^>]+/g);

  it('lines alone for an address, chains for much of a large log, JSON of others where links are told', async () => {
    expect(await wayOf(large, { recipient: [rare], format: 'raw' })).toBe('lines');
    expect(await wayOf(large, { text: ['example'], format: 'raw' })).toBe('sieve');
    expect(await wayOf(large, { text: ['status=sent'], count: true })).toBe('sieve');
    expect(await wayOf(large, { text: ['status=sent'], format: 'ndjson', raw: true })).toBe('whole');
    expect(await wayOf(large, { domain: ['corp.example'], json: true })).toBe('linked');
    expect(await wayOf(large, { recipient: [rare], json: true })).toBe('lines');
    expect(await wayOf(large, { format: 'raw' })).toBe('chains');
  });
});

it('marks lines by number, of any number of them, and knows where a needle does not tell', () => {
  const marks = new LineMarks();
  marks.add(0, 5, [0, 4, 4 + 2 ** 31]);
  marks.add(900_000, 3, undefined);
  marks.add(900_010, 1, [3_000_000]);
  const marked = [1, 2, 5, 900_000, 900_001, 900_003, 900_004, 3_900_011].filter((line) => marks.has(line));
  expect(marked).toEqual([1, 5, 900_001, 900_003, 3_900_011]);
  expect(marked.filter((line) => marks.isPlain(line))).toEqual([1, 3_900_011]);
});
