/** docs/report.md: every figure and table that it names is in the JSON of that report. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { REPORT_KINDS } from '../../src/report/document.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

const text = readFileSync(join(root, 'docs/report.md'), 'utf8');
const LOG = join(root, 'fixtures/postfix/single.mail.log');

interface Json {
  figures: Record<string, number>;
  tables: Record<string, unknown>;
}

async function jsonOf(...args: string[]): Promise<Json> {
  const io = fakeIo({ now: () => RECORDED.getTime() });
  await main(['report', ...args, '--json', LOG], io);
  return JSON.parse(io.stdout.text) as Json;
}

const words = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

describe('docs/report.md', () => {
  test.each(REPORT_KINDS.filter((kind) => kind !== 'traffic'))(
    'names the figures and tables of %s, and no others',
    async (kind) => {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${kind}\``));
      const [, , figures, tables] = row?.split('|') ?? [];
      const { figures: numbers, tables: lists } = await jsonOf(kind);
      expect(Object.keys(numbers)).toEqual(words(figures));
      expect(Object.keys(lists)).toEqual(words(tables));
    },
  );

  test('names each figure and table of traffic at its place of pflogsumm', async () => {
    const { figures, tables } = await jsonOf('traffic', '--as-logged');
    const named = [...text.matchAll(/`(figures|tables)\.(\w+)`/g)].map((match) => [match[1], match[2] ?? ''] as const);
    expect(named.length).toBeGreaterThan(40);
    const missing = named.filter(([where, name]) => !Object.hasOwn(where === 'figures' ? figures : tables, name));
    expect(missing).toEqual([]);
    const known = new Set(named.map(([, name]) => name));
    expect(Object.keys(tables).filter((name) => !known.has(name))).toEqual([]);
  });
});
