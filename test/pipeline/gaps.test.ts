/** Hours in which a host wrote nothing: found by host, the longest first, bounded. */
import { expect, test } from 'vitest';
import { Gaps } from '../../src/pipeline/gaps.ts';

const HOUR = 3_600_000;

test('by host; an hour is none; a step back and lines without a stamp neither', () => {
  const gaps = new Gaps();
  for (const [host, hours] of [
    ['a', 0],
    ['b', 0],
    ['a', 1],
    ['b', 2.5],
    ['a', Number.NaN],
    ['a', 0.5],
    ['a', 4],
    [undefined, 4],
    [undefined, 6],
  ] as const)
    gaps.see({ host, at: hours * HOUR });
  expect(gaps.found()).toEqual([
    { host: 'a', from: 1 * HOUR, to: 4 * HOUR },
    { host: 'b', from: 0, to: 2.5 * HOUR },
    { from: 4 * HOUR, to: 6 * HOUR },
  ]);
  expect(gaps.found(4.5 * HOUR)).toEqual([{ from: 4 * HOUR, to: 6 * HOUR }]);
  expect(gaps.hosts).toEqual(['a', 'b']);
});

test('of very many hosts and gaps the longest are kept', () => {
  const gaps = new Gaps();
  for (let i = 0; i < 1000; i++) gaps.see({ host: `h${i}`, at: 0 });
  for (let i = 1; i <= 1000; i++) gaps.see({ host: 'h0', at: ((i * (i + 5)) / 2) * HOUR });
  expect(gaps.hosts.length).toBe(64);
  expect(gaps.found().length).toBe(20);
  expect(gaps.found()[0]).toMatchObject({ host: 'h0', to: ((1000 * 1005) / 2) * HOUR });
});
