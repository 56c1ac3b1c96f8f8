/**
 * A search within a window reads a part of the logs: it must print the same bytes as one that reads all of them and
 * leaves out what is outside.
 */
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/commands/engine.ts';
import { loadEngine } from '../../src/commands/engine.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import { boundInputs } from '../../src/pipeline/bounds.ts';
import { generateExim } from '../bench/generate-exim.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import {
  dice,
  generated,
  interleave,
  linesOf,
  type Logs,
  recording,
  runs,
  shifted,
  stampOf,
  textOf,
} from '../pipeline/properties/harness.ts';

const DAY = 86_400_000;
const engineOf = await loadEngine();
const whole: Engine = { ...engineOf };
delete whole.bound;
delete whole.select;

interface Answer {
  status: number;
  out: string;
  err: string;
}

interface Both {
  within: Answer;
  all: Answer;
  /** bytes that were left out of the last reading; undefined where that was of everything */
  skipped: number | undefined;
}

interface Folder {
  paths: string[];
  now: number;
}

async function answer({ paths, now }: Folder, question: Values, engine: Engine): Promise<Answer> {
  const io = fakeIo({ now: () => now, timeZone: 'UTC' });
  const options = await searchOptionsOf(paths, question, io);
  const status = await searchRun(options, io, engine);
  return { status, out: io.stdout.text, err: io.stderr.text };
}

async function askBoth(folder: Folder, question: Values): Promise<Both> {
  let skipped: number | undefined;
  const engine: Engine = {
    ...engineOf,
    bound: (request, io, reach, options) => boundInputs(request, io, reach, { ...options, leastBytes: 1 }),
    async run(request, io, handlers, options) {
      const result = await engineOf.run(request, io, handlers, options);
      const parts = result.files.map(({ size, part }) => (part ? size - Math.min(size, part.to) + part.from : 0));
      const sum = parts.reduce((all, bytes) => all + bytes, 0);
      skipped = sum === 0 ? undefined : sum;
      return result;
    },
  };
  delete engine.select;
  return { within: await answer(folder, question, engine), all: await answer(folder, question, whole), skipped };
}

async function withLogs<T>(logs: Logs, written: (name: string) => number, use: (folder: Folder) => Promise<T>) {
  const path = mkdtempSync(join(tmpdir(), 'mailtrace-window-'));
  try {
    const times = Object.entries(logs).map(([name, content]) => {
      const at = written(name);
      writeFileSync(join(path, name), content);
      utimesSync(join(path, name), new Date(at), new Date(at));
      return at;
    });
    return await use({ paths: Object.keys(logs).map((name) => join(path, name)), now: Math.max(...times) });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** The last stamp, as if in 2026. */
const endOf = (content: string | Buffer): number =>
  Math.max(
    ...linesOf(content)
      .map(stampOf)
      .filter((at) => !Number.isNaN(at)),
  );

const iso = (at: number): string => new Date(at).toISOString();

function expectSame(question: Values, { within, all }: Both): void {
  expect({ question, out: within.out, status: within.status }).toEqual({ question, out: all.out, status: all.status });
}

/** The same log again and again, so many days before its end. */
const again = (content: Buffer, days: readonly number[]): Buffer =>
  Buffer.concat(days.map((back) => shifted(content, -back * DAY)));

const BACK = [22, 15, 6, 0];
/** less is no log: the generators write mails whole */
const PIECE_BYTES = 250_000;

/** Logs as the generators of the benchmark write them: a piece of some minutes on each of these days. */
function eximWeeks(): Buffer {
  const path = join(mkdtempSync(join(tmpdir(), 'mailtrace-window-')), 'mainlog');
  const pieces = BACK.map((back, i) => {
    generateExim(path, { bytes: PIECE_BYTES, seed: i + 1, last: RECORDED.getTime() - back * DAY });
    return readFileSync(path);
  });
  rmSync(dirname(path), { recursive: true });
  return Buffer.concat(pieces);
}

const postfixWeeks = (): Buffer =>
  Buffer.concat(BACK.map((back, i) => shifted(generated(i + 1, PIECE_BYTES, 2), -back * DAY)));

const SOURCES: Readonly<Record<string, Logs>> = {
  'a Postfix log': { 'mail.log': postfixWeeks() },
  'an Exim log': { mainlog: eximWeeks() },
  'logs of three hosts': Object.fromEntries(
    Object.entries(recording('hosts')).map(([name, content]) => [name, again(content as Buffer, [30, 16, 8, 0])]),
  ),
};

describe.each(Object.entries(SOURCES))('%s of weeks', (_, logs) => {
  const end = Math.max(...Object.values(logs).map(endOf));

  test('tells the same in any window', async () => {
    await withLogs(
      logs,
      () => end,
      async (folder) => {
        const last = { since: iso(end - DAY), format: 'csv' };
        const both = await askBoth(folder, last);
        expectSame(last, both);
        expect(both.skipped).toBeGreaterThan(0);
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(0.5, 3, 6.5, 15.5, 22.5, 30),
            fc.constantFrom(undefined, 0.6, 4, 9, 16),
            fc.constantFrom<Values>({ json: true }, { format: 'raw' }, {}, { count: true }, { status: ['failed'] }),
            async (back, length, more) => {
              const since = end - back * DAY;
              const until = length === undefined ? {} : { until: iso(since + length * DAY) };
              const question: Values = { ...more, since: iso(since), ...until };
              expectSame(question, await askBoth(folder, question));
            },
          ),
          { ...runs(3), endOnFailure: true },
        );
      },
    );
  }, 120_000);
});

describe('a mail that lived longer than the reach', () => {
  const at = (day: string, text: string): string => `${day} 10:00:00 mx1 postfix/${text}`;
  const id = '3A1B2C4D5E';
  const other = (day: string, n: number): string[] => [
    at(day, `smtpd[20]: 4F${n}B2C4D5E: client=c.example[192.0.2.7]`),
    at(day, `cleanup[21]: 4F${n}B2C4D5E: message-id=<${n}@c.example>`),
    at(day, `qmgr[9]: 4F${n}B2C4D5E: from=<b@c.example>, size=900, nrcpt=1 (queue active)`),
    at(
      day,
      `smtp[22]: 4F${n}B2C4D5E: to=<bob@x.example>, relay=x[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 ok)`,
    ),
    at(day, `qmgr[9]: 4F${n}B2C4D5E: removed`),
  ];
  const log = [
    at('Oct 20', `smtpd[10]: ${id}: client=old.example[192.0.2.1]`),
    at('Oct 20', `cleanup[11]: ${id}: message-id=<long@old.example>`),
    at('Oct 20', `qmgr[9]: ${id}: from=<a@old.example>, size=900, nrcpt=1 (queue active)`),
    at('Oct 20', `smtp[12]: ${id}: to=<joe@x.example>, relay=none, delay=1, dsn=4.4.1, status=deferred (timeout)`),
    ...other('Oct 21', 0),
    ...other('Nov  1', 1),
    ...other('Nov  5', 2),
    at('Nov 15', `qmgr[9]: ${id}: from=<a@old.example>, size=900, nrcpt=1 (queue active)`),
    at(
      'Nov 15',
      `smtp[12]: ${id}: to=<joe@x.example>, relay=x[192.0.2.9]:25, delay=9, dsn=2.0.0, status=sent (250 ok)`,
    ),
    at('Nov 15', `qmgr[9]: ${id}: removed`),
    ...other('Nov 16', 3),
  ];
  const end = Date.UTC(2026, 10, 16, 10);
  const ask = (lines: string[], question: Values): Promise<Both> =>
    withLogs(
      { 'mail.log': textOf(lines) },
      () => end,
      (folder) => askBoth(folder, question),
    );

  test('has its client though it came weeks before --since', async () => {
    const both = await ask(log, { ip: ['192.0.2.1'], since: '2026-11-14', json: true });
    expectSame({}, both);
    expect(both.within.out).toContain('long@old.example');
  });

  test('has its last status though that came weeks after --until', async () => {
    const both = await ask(log, { until: '2026-10-20', json: true });
    expectSame({}, both);
    expect(both.within.out).toContain('"relayed"');
  });

  test('does not hinder where it is outside the window', async () => {
    const both = await ask(log, { since: '2026-11-16', format: 'csv' });
    expectSame({}, both);
    expect(both.skipped).toBeGreaterThan(500);
    expect(both.within.err).not.toContain('joe');
  });

  test('lines that stand in no order are found wherever they stand', async () => {
    const mixed = [...other('Nov 16', 4), ...log, ...other('Oct  2', 5)];
    for (const question of [
      { since: '2026-11-16' },
      { until: '2026-10-02' },
      { since: '2026-10-21', until: '2026-10-21' },
    ]) {
      const both = await ask(mixed, { ...question, json: true });
      expectSame(question, both);
      expect(both.all.status).toBe(0);
    }
  });
});

test('years are told by the lines that are not read', async () => {
  const one = interleave(recording('hosts'), dice(2));
  // Nov 2024, Jul 2025, Feb 2026 and Nov 2026, without a year in any stamp
  const log = again(one, [730, 490, 280, 0]);
  const end = endOf(one);
  await withLogs(
    { 'mail.log': log },
    () => end,
    async (folder) => {
      const last = { since: iso(end - 2 * DAY), json: true };
      const both = await askBoth(folder, last);
      expectSame(last, both);
      expect(both.skipped).toBeGreaterThan(0);
      expect(both.all.status).toBe(0);
      const earlier = { since: iso(end - 282 * DAY), until: iso(end - 279 * DAY), json: true };
      expectSame(earlier, await askBoth(folder, earlier));
    },
  );
});

test('of a rotated set, packed files too old are not opened', async () => {
  const piece = (week: number): Buffer => shifted(generated(week + 1, PIECE_BYTES, 1), -7 * week * DAY);
  const end = endOf(piece(0));
  const logs: Logs = {
    'mail.log': piece(0),
    'mail.log.1': piece(1),
    'mail.log.2.gz': gzipSync(piece(2)),
    'mail.log.3.gz': gzipSync(piece(3)),
    'mail.log.4.gz': gzipSync(piece(4)),
  };
  const number = (name: string): number => Number(/\d/.exec(name)?.[0] ?? 0);
  // copied without their times, and with them
  for (const written of [() => end, (name: string) => end - number(name) * 7 * DAY])
    await withLogs(logs, written, async (folder) => {
      const question = { since: iso(end - DAY), format: 'csv' };
      const both = await askBoth(folder, question);
      expectSame(question, both);
      expect(both.skipped).toBeGreaterThan(0);
      expect(both.all.status).toBe(0);
    });
});
