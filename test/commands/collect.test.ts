/** The heap of --limit gives what sorting all would give. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kept, printedBefore } from '../../src/commands/collect.ts';
import { aMessage } from '../render/messages.ts';

test('the first N of any stream, in either order, are those of the whole sorted', () => {
  const stream = fc.array(fc.record({ time: fc.nat(20), id: fc.string({ maxLength: 2 }) }), { maxLength: 60 });
  fc.assert(
    fc.property(
      stream,
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom('newest' as const, 'oldest' as const),
      (entries, limit, order) => {
        const messages = entries.map((entry) => aMessage(entry));
        const kept = new Kept(order, limit);
        for (const message of messages) kept.add(message);
        const shape = (list: typeof messages): string[] => list.map(({ time, id }) => `${time} ${id}`);
        expect(shape(kept.sorted())).toEqual(shape(messages.toSorted(printedBefore(order)).slice(0, limit)));
      },
    ),
  );
});
