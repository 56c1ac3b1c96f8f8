/** Small logs, each of one thing that is easy to get wrong: the messages told are those of expected.json, and no other. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, type Engine } from '../../src/commands/engine.ts';
import type { Message } from '../../src/model/message.ts';
import type { RunSummary } from '../../src/model/run.ts';
import { temporaryFolder } from '../helpers/fixtures.ts';
import { root } from '../house/sources.ts';
import { differences, linkDifferences, paired, type Scenario } from './expectation.ts';

const scenarios = join(root, 'fixtures', 'scenarios');
const NOW = '2026-11-22T12:00:00Z';
const folder = temporaryFolder();
let engine: Engine;

beforeAll(async () => {
  engine = await loadEngine();
});
afterAll(() => folder.remove());

/** The messages of a run over the scenario's inputs, oldest first. */
async function told(
  scenario: Scenario,
  paths: readonly string[],
): Promise<{ messages: Message[]; summary: RunSummary; lineNumbers: number[][] }> {
  const messages: Message[] = [];
  const { summary } = await engine.run(
    {
      paths,
      logZones: scenario.logZones ?? [],
      now: Date.parse(scenario.now ?? NOW),
      wantLines: true,
      wantSessions: true,
    },
    { cwd: folder.path, timeZone: 'UTC' },
    { onMessage: (message) => messages.push(message) > 0, onSession: () => undefined, reasonOf: engine.reasonOf },
  );
  messages.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  return { messages, summary, lineNumbers: messages.map(({ lines = [] }) => lines.map(({ line }) => line)) };
}

/** A message without its raw lines, whose places hang on the order of the arguments. */
const withoutLines = ({ lines: _, ...message }: Message): Omit<Message, 'lines'> => message;

describe.each(readdirSync(scenarios).toSorted())('%s', (name) => {
  const scenario = JSON.parse(readFileSync(join(scenarios, name, 'expected.json'), 'utf8')) as Scenario;
  const paths = scenario.inputs.map((input) => join(name, input));

  beforeAll(() => {
    mkdirSync(join(folder.path, name), { recursive: true });
    for (const input of scenario.inputs) {
      const copy = join(folder.path, name, input);
      copyFileSync(join(scenarios, name, input), copy);
      const changed = new Date(scenario.mtimes?.[input] ?? scenario.now ?? NOW);
      utimesSync(copy, changed, changed);
    }
  });

  test(scenario.title, async () => {
    const { messages, summary } = await told(scenario, paths);
    const found = paired(scenario.messages, messages, (e, a) => differences(e, a).length);
    const indexOf = new Map(found.flatMap((m, i) => (m === undefined ? [] : [[m.id, i] as const])));
    const wrong = scenario.messages.flatMap((e, i) => {
      const m = found[i];
      if (m === undefined) return [`message ${i}: not told`];
      return [...differences(e, m), ...linkDifferences(e, m, indexOf)].map((d) => `message ${i}: ${d}`);
    });
    for (const m of messages) {
      if (!found.includes(m))
        wrong.push(`told too much: ${JSON.stringify({ ...withoutLines(m), lines: m.lines?.map((l) => l.line) })}`);
    }
    expect(wrong).toEqual([]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    if (scenario.sessions) expect(summary.sessions).toEqual(scenario.sessions);
  });

  if (scenario.inputs.length < 2) return;
  test('the order of the arguments changes nothing', async () => {
    const [one, other] = [await told(scenario, paths), await told(scenario, paths.toReversed())];
    expect(other.messages.map(withoutLines)).toEqual(one.messages.map(withoutLines));
    expect(other.lineNumbers).toEqual(one.lineNumbers);
  });
});
