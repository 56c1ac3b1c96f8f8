/**
 * Policy services and filters that name mails by client, sender and recipient alone: searches over chosen lines tell the same
 * of them as searches over all lines, where the same client writes to the same people again and again, at the same time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policyLog } from '../helpers/policy-log.ts';
import { dice, runs } from '../pipeline/properties/harness.ts';
import { askBoth, questionsOf, withLogs } from './harness.ts';

test('words without an id', { timeout: 120_000 }, async () => {
  let chosenOnes = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const logs = policyLog(seed);
      const random = dice(seed + 1);
      await withLogs(logs, async (folder) => {
        for (const question of questionsOf(logs)
          .toSorted(() => random() - 0.5)
          .slice(0, 8)) {
          const { chosen, whole, isChosen } = await askBoth(folder, question);
          const asked = JSON.stringify(question);
          expect({ asked, out: chosen.out, status: chosen.status }).toEqual({
            asked,
            out: whole.out,
            status: whole.status,
          });
          if (isChosen) chosenOnes++;
        }
      });
    }),
    runs(8),
  );
  expect(chosenOnes).toBeGreaterThan(20);
});
