/** What was assumed of many files is told once. */
import { describe, expect, it } from 'vitest';
import { assumptionSentences } from '../../src/framing/assumptions.ts';
import type { Assumption } from '../../src/framing/assumptions.ts';

const zone = (name: string, lines: number): Assumption => ({ kind: 'zone', zone: name, lines });
const years = (list: readonly number[], lines = 63): Assumption => ({ kind: 'year', why: 'why', years: list, lines });

describe('assumptionSentences', () => {
  it('adds up what files have in common, and keeps apart what differs', () => {
    expect(assumptionSentences([[zone('UTC', 95_000)], [zone('UTC', 381)], [zone('Asia/Tokyo', 1)], []])).toEqual([
      'zone UTC taken for 95,381 lines in 2 files whose stamps name none',
      'zone Asia/Tokyo taken for 1 line whose stamps name none',
    ]);
    // The same number in two files is no reason to count it once.
    expect(assumptionSentences([[zone('UTC', 5)], [zone('UTC', 5)]])).toEqual([
      'zone UTC taken for 10 lines in 2 files whose stamps name none',
    ]);
    expect(assumptionSentences([])).toEqual([]);
  });

  it.each([
    [[2026], 'year 2026'],
    [[2025, 2026], 'years 2025 and 2026'],
    [[2026, 2014, 2015, 2016], 'years 2014 to 2016 and 2026'],
    [[2014, 2015, 2019, 2021, 2022, 2023], 'years 2014, 2015, 2019 and 2021 to 2023'],
  ])('%j is %s', (list, expected) => {
    expect(assumptionSentences([[years(list)]])).toEqual([`${expected} taken for 63 lines (why)`]);
  });

  it('names hosts once, at most three, and nothing that a terminal obeys', () => {
    const shift = (...hosts: string[]): Assumption => ({ kind: 'shift', what: '+1 h from zone UTC', hosts });
    expect(assumptionSentences([[shift('mx1')], [shift('mx1', '\u001b[2J')]])).toEqual([
      'stamps of mx1, ?[2J read +1 h from zone UTC: the times in queue ids say so',
    ]);
    expect(assumptionSentences([[shift('a', 'b', 'c', 'd', 'e')]])[0]).toContain('of a, b, c and 2 more hosts read');
  });
});
