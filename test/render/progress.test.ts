import { expect, test } from 'vitest';
import { progressText } from '../../src/render/progress.ts';

const facts = { what: 'reading', bytes: 412e6, total: 1.2e9, rate: 310e6, matches: 1234 };

test('all that is known, in one line', () => {
  expect(progressText(facts, 100)).toBe('reading 412 MB of 1.2 GB (34%), 310 MB/s, 3 s left, 1,234 matches');
  expect(progressText({ ...facts, matches: 1 }, 100)).toMatch(/, 1 match$/);
  expect(progressText({ what: 'reading', bytes: 0 }, 100)).toBe('reading 0 B');
});

test('a pipe has no end to tell, a log that grew beyond its size neither', () => {
  expect(progressText({ ...facts, total: undefined }, 100)).toBe('reading 412 MB, 310 MB/s, 1,234 matches');
  expect(progressText({ ...facts, total: 400e6 }, 100)).toBe('reading 412 MB, 310 MB/s, 1,234 matches');
});

test('an input that stands still has no time left', () => {
  expect(progressText({ ...facts, rate: 0 }, 100)).not.toContain('left');
});

test('units change where their number would have four digits', () => {
  const read = (bytes: number): string => progressText({ what: 'reading', bytes }, 100).slice(8);
  expect([999, 1000, 999_499, 999_500, 9_940_000, 9_960_000].map(read)).toEqual([
    '999 B',
    '1.0 kB',
    '999 kB',
    '1.0 MB',
    '9.9 MB',
    '10 MB',
  ]);
});

test('never wider than the room; what counts least goes first', () => {
  for (let columns = 0; columns <= 100; columns++) {
    expect(progressText(facts, columns).length).toBeLessThanOrEqual(columns);
  }
  expect(progressText(facts, 60)).toBe('reading 412 MB of 1.2 GB (34%), 3 s left, 1,234 matches');
  expect(progressText(facts, 50)).toBe('reading 412 MB of 1.2 GB (34%), 1,234 matches');
  expect(progressText(facts, 40)).toBe('reading 412 MB of 1.2 GB (34%)');
  expect(progressText(facts, 12)).toBe('reading 412…');
});
