/**
 * What is found in chosen lines is what is found in all: the same bytes on standard output and the same exit status, for
 * questions that the words of a log suggest.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { root } from '../house/sources.ts';
import {
  RECORDINGS,
  dice,
  interleave,
  linesOf,
  type Logs,
  mapLogs,
  recording,
  runs,
  textOf,
} from '../pipeline/properties/harness.ts';
import type { Scenario } from '../scenarios/expectation.ts';
import { askBoth, questionsOf, type Question, withLogs } from './harness.ts';

/** Some of the questions, the same each time. */
function some(questions: readonly Question[], most: number, seed: number): Question[] {
  const random = dice(seed);
  return questions
    .map((question) => ({ question, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ question }) => question);
}

/** Asks these questions both ways; gives how many were answered from chosen lines. */
async function expectSame(
  logs: Logs,
  questions: readonly Question[],
  about: Parameters<typeof withLogs>[2] = {},
): Promise<number> {
  return withLogs(
    logs,
    async (folder) => {
      let count = 0;
      for (const question of questions) {
        const { chosen, whole, isChosen } = await askBoth(folder, question);
        const asked = JSON.stringify(question);
        expect({ asked, out: chosen.out, status: chosen.status }).toEqual({
          asked,
          out: whole.out,
          status: whole.status,
        });
        if (isChosen) count++;
        else expect({ asked, err: chosen.err }).toEqual({ asked, err: whole.err });
      }
      return count;
    },
    about,
  );
}

const SCENARIOS = join(root, 'fixtures/scenarios');

describe('scenarios', () => {
  test.each(readdirSync(SCENARIOS))('%s', { timeout: 60_000 }, async (name) => {
    const folder = join(SCENARIOS, name);
    const { inputs, now, mtimes, logZones } = JSON.parse(
      readFileSync(join(folder, 'expected.json'), 'utf8'),
    ) as Scenario;
    if (!inputs.every((input) => existsSync(join(folder, input)))) return;
    const logs = Object.fromEntries(inputs.map((input) => [input, readFileSync(join(folder, input))]));
    await expectSame(logs, some(questionsOf(logs), 4, 11), {
      ...(now === undefined ? {} : { written: new Date(now) }),
      ...(mtimes === undefined ? {} : { mtimes }),
      ...(logZones === undefined ? {} : { logZones }),
    });
  });
});

/** The three hosts without the before-queue proxy of one of them: mail behind such a one takes the full path. */
/** Sieve stores and discards, and writes no mail. */
const unanswered = mapLogs(recording('dovecot'), (content) =>
  textOf(
    linesOf(content).filter((line) => !/forwarded to <|vacation response to <|rejected message from </.test(line)),
  ),
);
const unproxied = mapLogs(recording('hosts'), (content) =>
  textOf(linesOf(content).filter((line) => !/NOQUEUE: client=|proxy-(?:accept|reject)/.test(line))),
);

describe('what stands in one line, and is another mail’s too', () => {
  const names = [
    '35-inner-refusal',
    '89-inner-milter-reject',
    '96-exim-callout-refused-inside',
    '98-counters-three-transactions',
  ];
  test.each(names)('%s', { timeout: 60_000 }, async (name) => {
    const folder = join(SCENARIOS, name);
    const { inputs, now } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Scenario;
    const logs = Object.fromEntries(inputs.map((input) => [input, readFileSync(join(folder, input))]));
    const lines = Object.values(logs).flatMap(linesOf);
    const questions = lines.map((line): Question => ({ text: [line.slice(0, 70)], format: 'raw' }));
    const about = now === undefined ? {} : { written: new Date(now) };
    await expectSame(logs, some(questions, 8, 1), about);
    // the same on one host: a content filter beside its server
    const beside = lines.map((line) => line.replace(/^(\w{3} [ \d]\d [\d:]{8}) \S+/, '$1 mx1'));
    const whereRefused = beside.filter((line) => line.includes('reject'));
    const asked = [...whereRefused, ...beside].map((line): Question => ({ text: [line.slice(0, 70)], format: 'raw' }));
    await expectSame({ 'mail.log': textOf(beside) }, asked.slice(0, 8), about);
  });
});

describe('recordings', () => {
  test.each([
    ...Object.entries(RECORDINGS),
    ['hosts without a proxy', unproxied] as const,
    ['dovecot without answers', unanswered] as const,
  ])('%s', { timeout: 120_000 }, async (name, logs) => {
    const count = await expectSame(logs, some(questionsOf(logs), 10, 5));
    // OpenSMTPD's lines are always read whole (isContextual)
    // mail that Sieve wrote or redirected is told of by other names (`besides.traps`)
    if (!['hosts', 'opensmtpd', 'dovecot'].includes(name)) expect(count).toBeGreaterThan(2);
  });

  test('three hosts in one log', { timeout: 60_000 }, async () => {
    const logs = { 'mail.log': interleave(unproxied, dice(1)) };
    expect(await expectSame(logs, some(questionsOf(logs), 10, 6))).toBeGreaterThan(2);
  });
});

describe('random parts of logs', () => {
  const lines = [
    recording('single')['mail.log'] as Buffer,
    interleave(unproxied, dice(1)),
    recording('exim')['mainlog'] as Buffer,
  ].map(linesOf);

  test('any piece of a log, lines left out, doubled, in two files', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = dice(seed);
        const all = lines[Math.floor(random() * lines.length)] as string[];
        const from = Math.floor(random() * all.length * 0.7);
        const piece = all.slice(from, from + 200 + Math.floor(random() * 400));
        const kept = piece.flatMap((line) => (random() < 0.03 ? [] : random() < 0.03 ? [line, line] : [line]));
        const logs: Logs =
          random() < 0.5
            ? { 'mail.log': textOf(kept) }
            : {
                'mx1.log': textOf(kept.filter(() => random() < 0.7)),
                'central.log': textOf(kept),
              };
        await expectSame(logs, some(questionsOf(logs), 4, seed));
      }),
      runs(6),
    );
  });
});
