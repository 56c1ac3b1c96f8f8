/** The first pass with helpers: any number of threads, the same answers; a helper that fails is no fault. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openKernel, wordMarks } from '../../src/kernel/index.ts';
import { discoverInputs } from '../../src/pipeline/run.ts';
import { Blocks } from '../../src/select/blocks.ts';
import { Crew } from '../../src/select/crew.ts';
import { SHARED, type CrewStart } from '../../src/select/crew-task.ts';
import { FirstPass } from '../../src/select/first-pass.ts';
import { Interpreter } from '../../src/select/interpreter.ts';
import { Places } from '../../src/select/places.ts';
import { queryOf, type Query } from '../../src/select/query.ts';
import { Timeline } from '../../src/select/timeline.ts';
import { TRAP_WORDS } from '../../src/select/trap-words.ts';
import { Traps } from '../../src/select/traps.ts';
import { WordLines } from '../../src/select/word-lines.ts';
import type { InputFile } from '../../src/sources/input-file.ts';
import { helpersFor } from '../../src/util/threads.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { recording, runs } from '../pipeline/properties/harness.ts';
import { askBoth, questionsOf, withLogs } from './harness.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('small logs are looked at by one thread, large ones by as many as help', () => {
  expect(helpersFor(1024 * 1024)).toBe(0);
  expect(helpersFor(2 ** 34)).toBeLessThanOrEqual(3);
  vi.stubEnv('MAILTRACE_THREADS', '5');
  expect(helpersFor(1)).toBe(4);
  vi.stubEnv('MAILTRACE_THREADS', '1');
  expect(helpersFor(2 ** 34)).toBe(0);
  for (const no of ['0', '-3', 'x', '']) {
    vi.stubEnv('MAILTRACE_THREADS', no);
    expect(helpersFor(1024)).toBe(0);
  }
});

describe.each(['hosts', 'single', 'exim'])('%s', (name) => {
  test('1, 2 and 5 threads print the same bytes, and those of the whole log', { timeout: 120_000 }, async () => {
    const logs = recording(name);
    const questions = questionsOf(logs);
    await withLogs(logs, async (folder) => {
      for (let i = 0; i < questions.length; i += Math.ceil(questions.length / 6)) {
        const question = questions[i] as (typeof questions)[number];
        const answers = [];
        for (const threads of ['1', '2', '5']) {
          vi.stubEnv('MAILTRACE_THREADS', threads);
          const { chosen, whole, isChosen } = await askBoth(folder, question);
          expect(chosen.out).toBe(whole.out);
          answers.push({ ...chosen, isChosen });
        }
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[2]).toEqual(answers[0]);
      }
    });
  });
});

const EMPTY: CrewStart = {
  stripes: [],
  shared: new SharedArrayBuffer(SHARED.count * 4),
  blockBytes: 100,
  needles: [],
  traps: TRAP_WORDS,
  heads: false,
  ordered: false,
};

const REQUEST = {
  paths: [],
  logZones: [],
  now: RECORDED.getTime(),
  wantLines: false,
  wantSessions: false,
  json: [],
};

/** What the first pass notes of this file. */
async function notesOf(path: string, blockBytes: number): Promise<unknown> {
  const kernel = openKernel();
  const { files } = await discoverInputs({ ...REQUEST, paths: [path] }, { cwd: '/', timeZone: 'UTC' }, {});
  const file = files[0] as InputFile;
  const io = { cwd: '/', timeZone: 'UTC' };
  const source = {
    file,
    blocks: new Blocks(),
    timeline: new Timeline(new Interpreter(files, REQUEST, io).lookAt(file), false, kernel),
    found: new Places(),
    words: new WordLines(),
    hits: new Set<number>(),
    bytes: 0,
    lines: 0,
  };
  const traps = new Traps(TRAP_WORDS);
  const query = queryOf({ text: ['bücher'] }) ?? queryOf({ text: ['client'] });
  const options = { kernel, query: query as Query, asksStatus: true, blockBytes };
  const isDone = await new FirstPass([source], traps, options).run();
  const { unstamped } = source.timeline;
  return {
    isDone,
    bytes: source.bytes,
    lines: source.lines,
    hits: [...source.hits].toSorted((a, b) => a - b),
    found: [...source.found.all()].toSorted((a, b) => a.offset - b.offset),
    unstamped: unstamped.done(0, 0),
    traps: traps.seen,
    heads: ['432C72A01ED', 'nobody-wrote-this'].map((word) => kernel.mayHead(Buffer.from(word))),
    words: [...readFileSync(path, 'latin1').matchAll(/[0-9A-F]{10,11}/g)].map(
      ([word]) =>
        source.blocks.holding([
          [(wordMarks(word) as { alone: number }).alone],
          [(wordMarks(word) as { joined: number }).joined],
        ]).length > 0,
    ),
  };
}

/** Lines of every kind: long ones, ones that go on, of other shapes, beyond ASCII, none at the end. */
const someLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .nat(59)
      .map(
        (s) =>
          `Nov 21 22:31:${String(s).padStart(2, '0')} mx1 postfix/smtpd[12]: 3AF5A24ECE${s % 10}: client=x[1.2.3.4]`,
      ),
  },
  fc.constantFrom(
    'Nov 22 00:00:01 mx2 postgrey[77]: action=pass, sender=a@b.example',
    '2026-11-22T01:00:00.5+01:00 mx2 postfix/qmgr[9]: 3AF5A24ECE1: removed',
    '\tgoes on client',
    '',
    `Nov 21 22:31:18 mx1 a[1]: ${'x'.repeat(3000)} client`,
    'Nov 21 22:31:18 mx1 a[1]: client bücher',
    'Nov 21 22:31:18 mx1 a[1]: NOQUEUE: client=x',
  ),
);

test('any log in stripes: what is noted is what one thread notes', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-crew-'));
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someLine, { maxLength: 300 }),
        fc.boolean(),
        fc.integer({ min: 60, max: 900 }),
        async (lines, isCut, bytes) => {
          const path = join(folder, 'mail.log');
          writeFileSync(path, lines.join('\n') + (isCut ? '' : '\n'));
          vi.stubEnv('MAILTRACE_THREADS', '1');
          const alone = await notesOf(path, bytes);
          vi.stubEnv('MAILTRACE_THREADS', '3');
          expect(await notesOf(path, bytes)).toEqual(alone);
        },
      ),
      runs(12),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a helper that fails tells no more, and says so', async () => {
  const traps = new Traps(TRAP_WORDS);
  for (const start of [undefined, { ...EMPTY, stripes: [{ fd: 99_999, source: 0, from: 0, to: 10, end: 10 }] }]) {
    const told: unknown[] = [];
    const crew = new Crew(1, start as CrewStart, openKernel(), traps, (one) => told.push(one));
    await crew.finish();
    await crew.end();
    expect({ told, isWhole: crew.isWhole }).toEqual({ told: [], isWhole: false });
  }
});
