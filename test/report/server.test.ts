/** Numbers of a server that are of no mail: each is held against the lines of the recorded log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

const LOG = join(root, 'fixtures/postfix/single.mail.log');
const lines = readFileSync(LOG, 'utf8').split('\n');

type TableRow = Record<string, string | number>;

interface Json {
  figures: Record<string, number>;
  tables: Record<string, TableRow[]>;
  notes: string[];
}

async function traffic(...args: string[]): Promise<Json> {
  const io = fakeIo({ now: () => RECORDED.getTime() });
  await main(['report', 'traffic', '--json', ...args, LOG], io);
  return JSON.parse(io.stdout.text) as Json;
}

const sum = (rows: readonly TableRow[] | undefined): number =>
  (rows ?? []).reduce((all, { count }) => all + Number(count), 0);

describe('report traffic', () => {
  test('TLS, postscreen and servers not reached are as many as there are lines', async () => {
    const { tables, figures } = await traffic();
    expect(tables['tls']).toEqual([{ count: 4, way: 'in', protocol: 'TLSv1.3', trust: 'anonymous' }]);
    expect(lines.filter((line) => line.includes(' TLS connection established from ')).length).toBe(4);
    expect(sum(tables['postscreen'])).toBe(lines.filter((line) => line.includes('/postscreen[')).length);
    const failures = lines.filter((line) => /\/smtp\[\d+\]: connect to /.test(line)).length;
    expect(failures).toBeGreaterThan(0);
    expect(figures['servers_not_reached']).toBe(failures);
    expect(tables['not_reached']).toEqual([
      { count: failures, server: 'mx.deadhost.example.org', why: 'Connection refused' },
    ]);
  });

  test('lines count in the period of their own time', async () => {
    const { figures } = await traffic('--since', '2026-11-21 22:26:43', '--until', '2026-11-21 22:26:45');
    const stamps = ['22:26:43', '22:26:44', '22:26:45'];
    const within = lines.filter((line) => stamps.some((stamp) => line.includes(` ${stamp} `)));
    expect(figures['warning_lines']).toBe(within.filter((line) => line.includes(']: warning: ')).length);
    expect(figures['warning_lines']).toBeGreaterThan(0);
  });

  test('with a filter they are left out, and that is said', async () => {
    const { figures, tables, notes } = await traffic('-d', 'example.net');
    expect([figures['connections'], tables['tls']]).toEqual([undefined, undefined]);
    expect(notes.join(' ')).toContain('numbers of the whole log');
  });
});
