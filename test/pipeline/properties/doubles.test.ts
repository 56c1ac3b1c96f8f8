/** Lines that stand twice, for any reason, count once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  central,
  dice,
  expectSame,
  linesOf,
  mapLogs,
  type Outcome,
  recording,
  RECORDINGS,
  runs,
  textOf,
  trace,
  without,
} from './harness.ts';

const each = describe.each(Object.keys(RECORDINGS));

const noVerdicts = (...pair: [Outcome, Outcome]): [Outcome, Outcome] => {
  const [a, b] = pair.map((outcome) => without(outcome, (message) => ({ ...message, verdicts: [] })));
  return [a as Outcome, b as Outcome];
};

/** How many verdicts each message has. */
const verdictsOf = ({ messages }: Outcome): string[] =>
  messages.flatMap(({ id, verdicts }) => (verdicts.length > 0 ? [`${id} ${verdicts.length}`] : [])).sort();

each('%s', (name) => {
  const logs = recording(name);

  it('with every line doubled gives the same messages but for the lines', async () => {
    const doubled = await trace(mapLogs(logs, (content) => textOf(linesOf(content).flatMap((line) => [line, line]))));
    expectSame(...noVerdicts(doubled, await trace(logs)), 'not');
  });

  it('with every line doubled gives each verdict once', async () => {
    const doubled = await trace(mapLogs(logs, (content) => textOf(linesOf(content).flatMap((line) => [line, line]))));
    expect(verdictsOf(doubled)).toEqual(verdictsOf(await trace(logs)));
  });

  it('with any lines doubled gives the same messages but for the lines', async () => {
    const once = await trace(logs);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = dice(seed);
        const doubled = mapLogs(logs, (content) =>
          textOf(linesOf(content).flatMap((line) => (random() < 0.2 ? [line, line] : [line]))),
        );
        expectSame(...noVerdicts(await trace(doubled), once), 'not');
      }),
      runs(4),
    );
  });

  it('given twice, by the same name or as copies, gives the same messages', async () => {
    const once = await trace(logs);
    const names = Object.keys(logs);
    expectSame(await trace(logs, { paths: [...names, ...names, ...names.map((path) => `./${path}`)] }), once);
    const copies = Object.fromEntries(Object.entries(logs).map(([path, content]) => [`copy-of-${path}`, content]));
    expectSame(await trace({ ...logs, ...copies }), once);
    expectSame(await trace({ ...copies, ...logs }), once);
  });

  it('given with a copy of a part of it gives the same messages', async () => {
    const once = await trace(logs);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (a, b) => {
        const part = Object.fromEntries(
          Object.entries(logs).map(([path, content]) => {
            const lines = linesOf(content);
            const [from, to] = [a % lines.length, b % lines.length].sort((x, y) => x - y) as [number, number];
            return [`part-of-${path}`, textOf(lines.slice(from, to))];
          }),
        );
        expectSame(await trace({ ...logs, ...part }), once, 'as a set');
      }),
      runs(4),
    );
  });
});

it("a central log beside the hosts' own logs gives the same messages as the central log alone", async () => {
  const log = central();
  const alone = await trace({ 'mail.log': log });
  const hosts = recording('hosts');
  expectSame(await trace({ 'mail.log': log, ...hosts }), alone, 'as a set');
  expectSame(await trace({ ...hosts, 'mail.log': log }), alone, 'as a set');
});
