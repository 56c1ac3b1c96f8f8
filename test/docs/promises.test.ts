/** README.md "What mailtrace promises": each line names the test that holds it, and that test is there and has something to say. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../house/sources.ts';

const [, after = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('\n## What mailtrace promises\n');
const rows = [...(after.split('\n## ')[0] ?? '').matchAll(/^\|(?! ?-)(.+)\|(.+)\|$/gm)].slice(1);

test('there are promises, and none is said twice', () => {
  expect(rows.length).toBeGreaterThan(10);
  expect(new Set(rows.map(([, promise = '']) => promise.trim())).size).toBe(rows.length);
});

test.each(rows.map(([, promise = '', tests = '']) => [promise.trim(), tests.trim()]))('%s', (_, tests) => {
  const files = [...tests.matchAll(/\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect([file, existsSync(join(root, file))]).toEqual([file, true]);
    expect(file).toMatch(/^test\/.+\.test\.ts$/);
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/\bexpect\(|\bassert\(/);
  }
});
