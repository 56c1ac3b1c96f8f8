/**
 * Damaged logs, read every way there is: a search over chosen lines, counts and raw chains by the plan say of them what a run
 * over every line says.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Random } from '../../fuzz/random.ts';
import { plans, selected } from '../../fuzz/targets/runs.ts';
import { dice, type Logs, runs } from '../properties/harness.ts';
import { beheaded, crashed, cut, lost, unfinished, zeroed } from './damage.ts';
import { ALL } from './recordings.ts';

const KINDS = { lost, cut, beheaded, zeroed, crashed, unfinished };
const NAMES = Object.keys(ALL).filter(
  (name) => Object.keys(ALL[name] as Logs).length === 1 && !name.startsWith('shared'),
);

describe.each(Object.entries(KINDS))('%s', { timeout: 120_000 }, (_, damage) => {
  it('every way tells the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...NAMES), async (seed, name) => {
        const random = dice(seed);
        const { logs } = damage(ALL[name] as Logs, random, 0.002 * 10 ** (random() * 1.5));
        const [content] = Object.values(logs) as [Buffer];
        const from = new Random(seed);
        for (let n = 0; n < 3; n++) await selected.check(content, from);
        for (let n = 0; n < 2; n++) await plans.check(content, from);
      }),
      runs(2),
    );
  });
});
