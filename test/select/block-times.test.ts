/** Blocks that may hold lines near in time to those of another: none is left out that has such lines. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areNear, BlockTimes, type Times } from '../../src/select/block-times.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400_000;

/** What a block with lines of these times says of them. */
function timesOf(lines: readonly number[], isBsd: boolean): Times {
  const times = new BlockTimes();
  times.begin();
  for (const at of lines) {
    const date = new Date(at);
    const day = String(date.getUTCDate()).padStart(2, ' ');
    times.turn(isBsd ? `${MONTHS[date.getUTCMonth()]} ${day} ` : date.toISOString().slice(0, 10));
    times.see(at % DAY);
  }
  return times.told;
}

const someTime = fc.oneof(
  fc.integer({ min: Date.UTC(2023, 11, 31, 23), max: Date.UTC(2024, 0, 1, 1) }),
  fc.integer({ min: Date.UTC(2024, 1, 27, 22), max: Date.UTC(2024, 2, 2, 2) }),
  fc.integer({ min: Date.UTC(2025, 1, 27, 22), max: Date.UTC(2025, 2, 2, 2) }),
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
);

test('lines that are near stand in blocks that are', () => {
  const someOthers = fc.array(fc.integer({ min: -DAY, max: DAY }), { maxLength: 3 });
  fc.assert(
    fc.property(
      someTime,
      fc.integer({ min: -900_000, max: 900_000 }),
      someOthers,
      fc.boolean(),
      (at, apart, others, isBsd) => {
        const a = timesOf([at, ...others.map((shift) => at + shift)], isBsd);
        const b = timesOf([at + apart], isBsd);
        expect(areNear(a, b, Math.abs(apart))).toBe(true);
        expect(areNear(b, a, Math.abs(apart))).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('blocks of other hours are not near; of some, nothing is known', () => {
  const noon = Date.UTC(2026, 10, 21, 12);
  for (const isBsd of [true, false]) {
    const a = timesOf([noon, noon + 60_000], isBsd);
    expect(areNear(a, timesOf([noon + 3_600_000], isBsd), 900_000)).toBe(false);
    expect(areNear(a, timesOf([noon - DAY], isBsd), 900_000)).toBe(false);
    expect(areNear(a, undefined, 0)).toBe(true);
  }
  const times = new BlockTimes();
  times.begin();
  times.turn('Nov 21 ');
  times.see(0);
  times.isVague = true;
  expect(times.told).toBeUndefined();
});
