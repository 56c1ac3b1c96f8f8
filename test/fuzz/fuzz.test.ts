/**
 * A short run of the fuzzer with fixed seeds (MAILTRACE_FUZZ=1 draws one), and every find that was kept: fixtures/fuzz/TARGET.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../house/sources.ts';
import { faultOf, runCase } from './case.ts';
import { TARGETS } from './targets/index.ts';

const isFuzz = (process.env['MAILTRACE_FUZZ'] ?? '') !== '';
const SEED = isFuzz ? Math.floor(Math.random() * 2 ** 31) : 1;
const FINDS = join(root, 'fixtures/fuzz');

const findsOf = (target: string): string[] => {
  const folder = join(FINDS, target);
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
};

it('every find is of a target', () => {
  const names = TARGETS.map(({ name }) => name);
  expect(readdirSync(FINDS).filter((name) => !names.includes(name) && name !== 'README.md')).toEqual([]);
});

describe.each(TARGETS.map((target) => ({ ...target, target })))('$name: $title', ({ name, target }) => {
  it('cases of one seed', { timeout: 120_000 }, async () => {
    const cases = target.cases ?? 60;
    for (let index = 0; index < (isFuzz ? cases * 20 : cases); index++) {
      const { find } = await runCase(target, SEED, index);
      expect(find && { ...find, input: find.input.toString('latin1') }).toBeUndefined();
    }
  });

  const finds = findsOf(name);
  if (finds.length === 0) return;
  it.each(finds)('%s', async (file) => {
    const input = readFileSync(join(FINDS, name, file));
    for (const seed of [1, 2, 3]) expect(await faultOf(target, input, seed)).toBeUndefined();
  });
});
