/**
 * Whole runs over mutated logs: the messages are as the contract says; they do not depend on how the bytes are read; counting
 * and chains by the plan (WASM and twin) are those of every line; a search over chosen lines finds what one over all finds; and
 * nothing that a terminal would obey is printed.
 */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine, type Engine } from '../../../src/commands/engine.ts';
import type { Values } from '../../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../../src/commands/search-options.ts';
import { searchRun } from '../../../src/commands/search.ts';
import { chainRun } from '../../../src/weigh/chain-run.ts';
import { countRun } from '../../../src/weigh/count-run.ts';
import { fakeIo } from '../../helpers/io.ts';
import { contractFaults } from '../../pipeline/properties/contract.ts';
import { trace, type TraceOptions } from '../../pipeline/properties/harness.ts';
import { someBlock } from '../blocks.ts';
import type { Random } from '../random.ts';
import { Broken, must, mustEqual, type Target } from '../target.ts';

const WRITTEN = new Date('2026-11-23T00:00:00Z');
/** of a log that is read by the plan: servers' own lines alone */
const PLANNED = /^(?:postfix\/(?:single|two-hosts)|scenarios\/.*mail\.log$|postfix\/lines)/;

const engine = await loadEngine();
const whole: Engine = { ...engine };
for (const other of ['select', 'count', 'chains', 'bound'] as const) Reflect.deleteProperty(whole, other);
const planned: Engine = {
  ...whole,
  count: (request, io, handlers, options) => countRun(request, io, handlers, options, 0),
  chains: (request, io, handlers, options) => chainRun(request, io, handlers, options, 0),
};
const selecting: Engine = {
  ...whole,
  select: async (request, io, plan, options) => engine.select?.(request, io, plan, options),
};

async function withFile<T>(bytes: Buffer, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-fuzz-'));
  try {
    const path = join(folder, 'mail.log');
    writeFileSync(path, bytes);
    utimesSync(path, WRITTEN, WRITTEN);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answer(
  engine: Engine,
  path: string,
  question: Values,
  stdoutIsTty = false,
): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo({ now: () => WRITTEN.getTime(), timeZone: 'UTC', stdoutIsTty });
  const status = await searchRun(await searchOptionsOf([path], question, io), io, engine);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

/** C0 but for line ends, DEL, C1, bidirectional controls. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

async function checkContract(bytes: Buffer, random: Random): Promise<void> {
  const read = (options: TraceOptions): ReturnType<typeof trace> =>
    trace({ 'mail.log': bytes }, { written: WRITTEN, ...options });
  const outcome = await read({});
  const [fault] = contractFaults(outcome);
  if (fault !== undefined) throw new Broken(fault);
  if (random.is(0.5)) return;
  const cut = await read({ block: { blockSize: 1 + random.below(2000) } });
  mustEqual('in small blocks', outcome.messages, cut.messages);
}

async function checkPrinted(bytes: Buffer, random: Random): Promise<void> {
  const form = random.of<Values>([
    {},
    { json: true },
    { format: 'csv' },
    { raw: true },
    { format: 'raw' },
    { redact: 'all' },
  ]);
  const { out, err } = await withFile(bytes, (path) => answer(whole, path, form, true));
  const at = OBEYED.exec(`${out}${err}`);
  must(
    at === null,
    `${JSON.stringify(form)} prints ${JSON.stringify(`${out}${err}`.slice((at?.index ?? 0) - 20).slice(0, 60))}`,
  );
}

async function checkPlan(bytes: Buffer, random: Random): Promise<void> {
  const question = random.of<Values>([{ count: true }, { format: 'raw' }]);
  await withFile(bytes, async (path) => {
    const plain = await answer(whole, path, question);
    const before = process.env['MAILTRACE_KERNEL'];
    for (const kernel of ['wasm', 'twin']) {
      process.env['MAILTRACE_KERNEL'] = kernel;
      const told = await answer(planned, path, question);
      mustEqual(
        `${JSON.stringify(question)} by the plan, ${kernel}`,
        [told.status, told.out],
        [plain.status, plain.out],
      );
    }
    if (before === undefined) Reflect.deleteProperty(process.env, 'MAILTRACE_KERNEL');
    else process.env['MAILTRACE_KERNEL'] = before;
  });
}

const WORDS = /[\w.+=-]+@[\w.-]+\w|\b[0-9A-Za-z-]{8,24}\b|\b\d+\.\d+\.\d+\.\d+\b/g;

async function checkSelected(bytes: Buffer, random: Random): Promise<void> {
  const found = bytes.toString('latin1').match(WORDS) ?? ['nobody@example.com'];
  const value = [random.of([...found])];
  const asks: Values[] = [{ text: value, format: 'raw' }];
  if (value[0]?.includes('@') === true)
    asks.push({ recipient: value, json: true }, { sender: value, json: true }, { address: value, raw: true });
  else asks.push({ queueId: value, json: true });
  const question = random.of(asks);
  await withFile(bytes, async (path) => {
    const [chosen, all] = [await answer(selecting, path, question), await answer(whole, path, question)];
    mustEqual(`${JSON.stringify(question)} over chosen lines`, [chosen.status, chosen.out], [all.status, all.out]);
  });
}

export const runs: Target = {
  name: 'runs',
  title: 'the messages of whole runs: contract, blocks of any size, what is printed',
  cases: 25,
  make: (random) => someBlock(random, { share: random.is(0.5) ? 0.05 : 0.5 }),
  check: (bytes, random) => (random.is(0.6) ? checkContract(bytes, random) : checkPrinted(bytes, random)),
};

export const plans: Target = {
  name: 'plans',
  title: 'counts and chains by the plan, in WASM and by its twin, are those of every line',
  cases: 15,
  make: (random) => someBlock(random, { only: PLANNED, share: random.is(0.7) ? 0.03 : 0.3 }),
  check: checkPlan,
};

export const selected: Target = {
  name: 'selected',
  title: 'a search over chosen lines finds what one over all lines finds',
  cases: 15,
  make: (random) => someBlock(random, { share: random.is(0.7) ? 0.03 : 0.3 }),
  check: checkSelected,
};
