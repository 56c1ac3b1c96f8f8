/** The first pass with helpers: any number of threads, the same answers; a helper that fails is no fault. */
import { closeSync, openSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openKernel } from '../../src/kernel/index.ts';
import { Blocks } from '../../src/select/blocks.ts';
import { Crew } from '../../src/select/crew.ts';
import { helpersFor } from '../../src/util/threads.ts';
import { recording } from '../pipeline/properties/harness.ts';
import { askBoth, questionsOf, withLogs } from './harness.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('small logs are looked at by one thread, large ones by as many as help', () => {
  expect(helpersFor(1024 * 1024)).toBe(0);
  expect(helpersFor(2 ** 34)).toBeLessThanOrEqual(2);
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

test('of blocks of a helper that ended, and of heads, nothing is known', async () => {
  const kernel = openKernel();
  const blocks = new Blocks();
  const crew = new Crew(1, { heads: true }, [{ blocks }], kernel);
  const here = import.meta.filename;
  const fd = openSync(here, 'r');
  crew.open(0, here, fd);
  blocks.add(0, 1, 1e9, undefined);
  expect(crew.note(0, 0, 0, 1e9)).toBe(true);
  await crew.finish();
  await crew.end();
  closeSync(fd);
  expect(kernel.mayHead(Buffer.from('nobody-wrote-this'))).toBe(true);
  expect(blocks.holding([[1]])).toEqual([0]);
});

test('the helpers read no file that took the place of the one that is read', async () => {
  const crew = new Crew(1, { heads: false }, [{ blocks: new Blocks() }], openKernel());
  const fd = openSync(import.meta.filename, 'r');
  crew.open(0, import.meta.dirname, fd);
  expect(crew.note(0, 0, 0, 10)).toBe(false);
  crew.open(0, '/nowhere', fd);
  expect(crew.note(0, 0, 0, 10)).toBe(false);
  closeSync(fd);
  await crew.end();
});
