/**
 * What is kept as bytes, in memory or in a file, is printed as what is kept as messages (a --limit that nothing reaches):
 * every format, both orders, from files and from a pipe.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Values } from '../../../src/commands/filter-options.ts';
import type { Engine } from '../../../src/commands/engine.ts';
import { loadEngine } from '../../../src/commands/engine.ts';
import { searchOptionsOf } from '../../../src/commands/search-options.ts';
import { searchRun } from '../../../src/commands/search.ts';
import type { StoreOptions } from '../../../src/commands/spool/store.ts';
import { fakeIo } from '../../helpers/io.ts';
import { root } from '../../house/sources.ts';
import { type Logs, RECORDINGS } from '../../pipeline/properties/harness.ts';
import type { Scenario } from '../../scenarios/expectation.ts';
import { type LogFolder, withLogs } from '../../select/harness.ts';

const engine = await loadEngine();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailtrace-spool-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  out: string;
  err: string;
}

async function ask(
  logs: LogFolder,
  values: Values,
  store?: Partial<StoreOptions>,
  stdin?: Buffer,
  by = engine,
): Promise<Answer> {
  const io = fakeIo({ now: () => logs.now.getTime(), timeZone: logs.timeZone, ...(stdin && { stdin }) });
  const options = await searchOptionsOf(stdin === undefined ? logs.paths : ['-'], values, io);
  const status = await searchRun(
    { ...options, logZones: logs.logZones, store: { ...options.store, ...store } },
    io,
    by,
  );
  return { status, out: io.stdout.bytes.toString('latin1'), err: io.stderr.text };
}

const FORMATS: readonly Values[] = [
  { format: 'ndjson' },
  { format: 'json' },
  { format: 'csv' },
  { format: 'raw' },
  {},
  { json: true, raw: true },
  { raw: true },
  { format: 'csv', fields: 'id,links.id,notes.text' },
  { json: true, fields: 'time,recipient.address,links.type' },
  { format: 'json', fields: 'notes,lines.line' },
];

/** Asks for one format in one order, each way. */
async function expectSame(logs: LogFolder, values: Values, stdin?: Buffer): Promise<string> {
  const { out, status } = await ask(logs, { ...values, limit: '100000' }, {}, stdin);
  for (const store of [{}, { memory: 3000, folders: [folder] }]) {
    const found = await ask(logs, values, store, stdin);
    expect({ values, status: found.status, out: found.out }).toEqual({ values, status, out });
  }
  return out;
}

describe.each(Object.keys(RECORDINGS))('the recording %s', (name) => {
  const logs = RECORDINGS[name] as Logs;
  test.each(FORMATS)('%j', { timeout: 120_000 }, async (format) => {
    await withLogs(logs, async (about) => {
      const out = await expectSame(about, { ...format, sort: 'oldest' });
      expect(out.length).toBeGreaterThan(3000);
      if (format['format'] === 'ndjson') expect(out).toContain('"links":[{');
      if (name !== 'single') return;
      await expectSame(about, { ...format, sort: 'newest' });
      await expectSame(about, { ...format, sort: 'oldest' }, Object.values(logs)[0] as Buffer);
    });
  });
});

test('raw lines that are no longer there are left out', { timeout: 60_000 }, async () => {
  const outs: string[] = [];
  for (const values of [{ format: 'raw' }, { format: 'raw', limit: '100000' }]) {
    await withLogs(RECORDINGS['single'] as Logs, async (about) => {
      const cutting: Engine = {
        ...engine,
        async run(...args) {
          const result = await engine.run(...args);
          truncateSync(about.paths[0] as string, 200_000);
          return result;
        },
      };
      delete cutting.chains;
      outs.push((await ask(about, values, {}, undefined, cutting)).out);
    });
  }
  expect(outs[0]?.length).toBeGreaterThan(100_000);
  expect(outs[0]?.length).toBeLessThan(220_000);
  expect(outs[0]).toBe(outs[1]);
});

test('raw lines that are looked for are found in a pipe as in the file', { timeout: 60_000 }, async () => {
  const logs = RECORDINGS['single'] as Logs;
  await withLogs(logs, async (about) => {
    for (const values of [{ text: ['status=bounced'] }, { text: ['connect'], notText: ['status=sent'], limit: '7' }]) {
      const asked: Values = { ...values, format: 'raw' };
      const { out } = await ask(about, asked);
      expect(out.length).toBeGreaterThan(100);
      const piped = await ask(about, asked, { memory: 3000, folders: [folder] }, Object.values(logs)[0] as Buffer);
      expect(piped.out).toBe(out);
    }
  });
});

const SCENARIOS = join(root, 'fixtures/scenarios');

test('scenarios', { timeout: 300_000 }, async () => {
  for (const [i, name] of readdirSync(SCENARIOS).entries()) {
    const { inputs, now } = JSON.parse(readFileSync(join(SCENARIOS, name, 'expected.json'), 'utf8')) as Scenario;
    if (!inputs.every((input) => existsSync(join(SCENARIOS, name, input)))) continue;
    const logs = Object.fromEntries(inputs.map((input) => [input, readFileSync(join(SCENARIOS, name, input))]));
    await withLogs(
      logs,
      async (about) => {
        const order = i % 2 === 0 ? 'newest' : 'oldest';
        await expectSame(about, { ...FORMATS[i % FORMATS.length], sort: order });
        if (i % 4 === 0) await expectSame(about, { format: 'raw' }, Object.values(logs)[0]);
      },
      now === undefined ? {} : { written: new Date(now) },
    );
  }
});

describe('the temporary file', () => {
  test('has no name while it is used, and none is left', async () => {
    await withLogs(RECORDINGS['single'] as Logs, async (about) => {
      await ask(about, { json: true }, { memory: 3000, folders: [folder] });
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('where none can be made, memory is used; where that is not enough, what fitted is printed, and 2', async () => {
    await withLogs(RECORDINGS['single'] as Logs, async (about) => {
      const all = await ask(about, { json: true });
      const folders = [join(folder, 'not-there')];
      const inMemory = await ask(about, { json: true }, { memory: 3000, mostMemory: 1e9, folders });
      expect(inMemory).toEqual(all);
      const second = await ask(
        about,
        { json: true },
        { memory: 3000, mostMemory: 3000, folders: [...folders, folder] },
      );
      expect(second).toEqual(all);
      const part = await ask(about, { json: true }, { memory: 3000, mostMemory: 30_000, folders });
      expect(part.status).toBe(2);
      expect(part.err).toMatch(
        /not-there: ENOENT.*: no room to put the messages in order: [\d,]+ messages of [\d,]+ left out/,
      );
      expect(part.err).toContain('TMPDIR');
      const lines = part.out.trim().split('\n');
      expect(lines.length).toBeGreaterThan(5);
      const known = new Set(all.out.split('\n'));
      expect(lines.every((line) => known.has(line))).toBe(true);
    });
  });
});
