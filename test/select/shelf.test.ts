/** Marks of blocks on shelves: each block of each mark is told, and no block that has not got it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Blocks } from '../../src/select/blocks.ts';

/** Of some ranges, so that they meet: in one bucket, in neighbours, at both ends. */
const someMark = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 2040, max: 2060 }),
  fc.integer({ min: 2 ** 24 - 3, max: 2 ** 24 - 1 }),
  fc.integer({ min: 1, max: 2 ** 24 - 1 }),
);
const someBlocks = fc.array(fc.option(fc.array(someMark, { maxLength: 6 }), { nil: undefined, freq: 8 }), {
  maxLength: 100,
});

function blocksOf(marks: readonly (readonly number[] | undefined)[]): Blocks {
  const blocks = new Blocks();
  for (const [i, some] of marks.entries())
    blocks.add(i * 10, i, i * 10 + 10, some === undefined ? undefined : Uint32Array.from(some), undefined);
  return blocks;
}

test('the blocks that may hold what is asked for', () => {
  fc.assert(
    fc.property(someBlocks, fc.array(fc.array(someMark, { maxLength: 3 }), { maxLength: 8 }), (marks, wanted) => {
      const blocks = blocksOf(marks);
      const expected = marks.map((some) =>
        wanted.flatMap((asked, i) => (some === undefined || asked.every((mark) => some.includes(mark)) ? [i] : [])),
      );
      const held = blocks.holdingEach(wanted);
      expect([...held.keys()]).toEqual(marks.flatMap((_, i) => ((expected[i] ?? []).length > 0 ? [i] : [])));
      for (const [block, which] of held) expect(which).toEqual(expected[block]);
      expect(blocks.holding(wanted)).toEqual([...held.keys()]);
    }),
    { numRuns: 500 },
  );
});

test('more marks than a shelf has room for are on several', () => {
  const marks = Array.from({ length: 40 }, (_, block) => Array.from({ length: 9000 }, (_, i) => block * 9000 + i + 1));
  const blocks = blocksOf(marks);
  for (const block of [0, 6, 7, 8, 31, 32, 39])
    expect(blocks.holding([[block * 9000 + 1], [block * 9000 + 9000]])).toEqual([block]);
});

test('a block of which nothing is known, and what has no marks, may be anywhere', () => {
  const blocks = blocksOf([[1], undefined, [2]]);
  expect([...blocks.holdingEach([[2], undefined])]).toEqual([
    [0, [1]],
    [1, [0, 1]],
    [2, [0, 1]],
  ]);
});
