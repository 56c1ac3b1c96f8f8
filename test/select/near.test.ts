/**
 * The help of an empty result: what is said without reading every line is what a reading of every line says.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Engine, loadEngine } from '../../src/commands/engine.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import { discoverInputs } from '../../src/pipeline/run.ts';
import { lookNear, queryOfPlan, select } from '../../src/select/index.ts';
import { chainRun } from '../../src/weigh/chain-run.ts';
import { greylistLog } from '../helpers/greylist-log.ts';
import { policyLog } from '../helpers/policy-log.ts';
import { central, dice, generated, linesOf, recording, runs, textOf } from '../pipeline/properties/harness.ts';
import { abandonedLog, copies, damaged } from '../weigh/logs.ts';
import { logFolder, searched, withLogs, writeLog } from '../helpers/own-logs.ts';

const folder = logFolder('near');
afterEach(() => vi.unstubAllEnvs());

const engine = await loadEngine();
const whole: Engine = { ...engine };
delete whole.near;
/** whether the last search was helped without a reading of every line */
let isHelped = false;

/** Logs of any size are looked at. */
const helping: Engine = {
  ...engine,
  select: (request, io, plan, options) => select(request, io, plan, options, 4096),
  async near(request, io, plan, patterns, options) {
    const query = queryOfPlan(plan);
    const found = await discoverInputs(request, io, options);
    const look = query && (await lookNear(found.files, { query, patterns, ...options }));
    return look && { ...look, found };
  },
  async chains(request, io, handlers, options) {
    isHelped = true;
    return chainRun(request, io, handlers, options, 0);
  },
};

/** Gives how many were helped. */
async function expectEqual(
  logs: Readonly<Record<string, string | Buffer>>,
  questions: readonly Values[],
): Promise<number> {
  return withLogs(folder, logs, async (paths) => {
    let helped = 0;
    for (const question of questions) {
      isHelped = false;
      expect(await searched(helping, paths, question), JSON.stringify(question)).toEqual(
        await searched(whole, paths, question),
      );
      if (isHelped) helped++;
    }
    return helped;
  });
}

/** Changes a letter or two. */
function mistyped(text: string, random: () => number): string {
  const edits = random() < 0.5 ? 1 : 2;
  let out = text;
  for (let i = 0; i < edits; i++) {
    const at = Math.floor(random() * out.length);
    const letter = String.fromCharCode(97 + Math.floor(random() * 26));
    out = out.slice(0, at) + (random() < 0.5 ? letter : '') + out.slice(at + (random() < 0.7 ? 1 : 0));
  }
  return out.includes('@') && !/^@|@$|@\.|\.$|\.\./.test(out) ? out : text.replace('@', 'x@');
}

/** Things to look for that mostly stand nowhere in the log. */
function questionsOf(content: Buffer, random: () => number, count: number): Values[] {
  const text = content.toString('latin1');
  const one = (pattern: RegExp): string => {
    const all = [...text.matchAll(pattern)].map(([match]) => match);
    return all[Math.floor(random() * all.length)] ?? 'nobody@nowhere.example';
  };
  const address = (): string => one(/(?<=<)[a-z0-9.]+@[a-z0-9.-]+\.[a-z]+(?=>)/gi);
  const domain = (): string => address().split('@')[1] as string;
  const kinds: readonly (() => Values)[] = [
    () => ({ recipient: [mistyped(address(), random)] }),
    () => ({ address: [mistyped(address(), random)], format: 'ndjson' }),
    () => ({ sender: [mistyped(address(), random)], format: 'csv' }),
    () => ({ recipient: [`nobody.here@${domain()}`], json: true }),
    () => ({ domain: [mistyped(`a@${domain()}`, random).replace(/.*@/, '')] }),
    () => ({ recipient: [address()], status: ['held'] }),
    () => ({ address: [address()], since: '2031-01-01' }),
    () => ({ sender: [address()], until: '2001-01-01', count: true }),
    () => ({ recipient: [address()], direction: ['internal'], action: ['quarantined'] }),
    () => ({ recipient: [`nobody@${one(/(?<=connect from [a-z0-9-]+\.)[a-z0-9.-]+\.[a-z]+(?=\[)/g)}`] }),
    () => ({ text: ['surely not there'] }),
    () => ({ text: ['surely not there'], recipient: [mistyped(address(), random)] }),
    () => ({ messageId: ['nothing.like.that@nowhere.example'] }),
    () => ({ queueId: ['0000000000'], format: 'raw' }),
    () => ({ user: ['nobody.at.all'] }),
  ];
  return Array.from({ length: count }, () => (kinds[Math.floor(random() * kinds.length)] as () => Values)());
}

const single = recording('single')['mail.log'] as Buffer;
const store = recording('hosts')['store.mail.log'] as Buffer;
const amavis = recording('amavis')['mail.log'] as Buffer;
const busy = generated(11, 400_000, 1);

describe.each(['wasm', 'twin'])('by the %s', (kernel) => {
  it('says of recordings what a reading of every line says', async () => {
    vi.stubEnv('MAILTRACE_KERNEL', kernel);
    const random = dice(5);
    for (const content of [single, copies(store, 3), amavis])
      expect(await expectEqual({ 'mail.log': content }, questionsOf(content, random, 8))).toBeGreaterThan(2);
  });

  it('says it of a busy site', async () => {
    vi.stubEnv('MAILTRACE_KERNEL', kernel);
    expect(await expectEqual({ 'mail.log': busy }, questionsOf(busy, dice(6), 12))).toBeGreaterThan(6);
  });
});

it('is the same with a thread ahead, and in two files', async () => {
  vi.stubEnv('MAILTRACE_THREADS', '2');
  await expectEqual({ 'mail.log': busy }, questionsOf(busy, dice(7), 8));
  const lines = linesOf(busy);
  const half = Math.floor(lines.length / 2);
  const set = { 'mail.log.1': textOf(lines.slice(0, half)), 'mail.log': textOf(lines.slice(half)) };
  await expectEqual(set, questionsOf(busy, dice(8), 8));
  const mixed = central();
  await expectEqual({ 'mail.log': mixed }, questionsOf(mixed, dice(9), 8));
});

it('says it of any part of a log, with lines lost and doubled, and hours without lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(single, store, busy.subarray(0, 200_000)), async (seed, content) => {
      const random = dice(seed);
      const lines = linesOf(damaged(content, random, random() * 0.1));
      const from = Math.floor((random() * lines.length) / 2);
      const log = textOf(later(lines.slice(from), random));
      await expectEqual({ 'mail.log': log }, questionsOf(Buffer.from(log), random, 3));
    }),
    runs(8),
  );
});

it('says it of what policy services speak of, refusals and mails that were given up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = dice(seed);
      const logs = [policyLog(seed, false)['mail.log'] as string, greylistLog(seed, 20), abandonedLog()];
      for (const log of logs) await expectEqual({ 'mail.log': log }, questionsOf(Buffer.from(log), random, 3));
    }),
    runs(4),
  );
});

it('counts refusals that name nobody, and sessions of clients of the domain', async () => {
  const log = textOf(
    Array.from({ length: 40 }, (_, i) => {
      const head = `Nov 21 22:${10 + i}:00 mx1 postfix/smtpd[${500 + (i % 3)}]: `;
      const name = i % 2 === 0 ? `host${i}.else.example[192.0.2.9]` : `out.partner.example[192.0.2.8]`;
      const refusal = `NOQUEUE: reject: MAIL from ${name}: 550 5.7.1 no; from=<a${i}@bad.example> proto=ESMTP helo=<h.example>`;
      const ends = i % 5 === 0 ? [] : [`${head}${refusal}`];
      const counters = i % 5 === 0 ? 'ehlo=1 quit=1 commands=2' : 'ehlo=1 mail=0/1 quit=1 commands=2/3';
      return [`${head}connect from ${name}`, ...ends, `${head}disconnect from ${name} ${counters}`];
    }).flat(),
  );
  const said = async (recipient: string): Promise<string> => {
    const question = { recipient: [recipient] };
    expect(await expectEqual({ 'mail.log': log }, [question])).toBe(1);
    const path = join(folder, 'said.log');
    writeLog(path, log);
    return JSON.stringify(await searched(helping, [path], question));
  };
  expect(await said('nobody@bad.example')).toContain('32 refusals of bad.example never named a recipient');
  expect(await said('nobody@far.example')).toContain('32 refusals in these logs never named a recipient');
  expect(await said('nobody@else.example')).toContain('sessions of clients in else.example brought no mail');
});

/** From some line on all are some hours later, on the same day; cut lines, and some without a stamp. */
function later(lines: readonly string[], random: () => number): string[] {
  const at = Math.floor(random() * lines.length);
  const hours = Math.floor(random() * 2) + 1;
  return lines.flatMap((line, i) => {
    if (random() < 0.002) return [line.slice(0, Math.floor(random() * 40))];
    if (random() < 0.002) return ['\tthat goes on', line];
    return [
      i < at
        ? line
        : line.replace(/^(.{7})(\d\d)(?=:)/, (_, day, hour) => `${day}${Math.min(23, Number(hour) + hours)}`),
    ];
  });
}
