/**
 * A disk that fails while a log is read: whoever reads at any place gives it up, and the ordinary reading tells of it. Here a
 * folder has taken the file's place after it was found: opening it works, reading fails.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { run } from '../../src/pipeline/run.ts';
import { discover, type Discovered } from '../../src/sources/discover.ts';
import { openAt } from '../../src/sources/spool/read-at.ts';
import { FULL } from '../../src/sources/spool/spool.ts';
import { planCount } from '../../src/weigh/plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailtrace-failing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const LINE = 'Nov 21 10:00:00 mx1 postfix/qmgr[7]: 4A1B2C3D4E: removed\n';

async function failing(name: string): Promise<Discovered> {
  const path = join(folder, name);
  writeFileSync(path, LINE.repeat(1000));
  const found = await discover([path], { cwd: folder, standardPlaces: [] });
  rmSync(path);
  mkdirSync(path);
  return found;
}

it('a place of it cannot be read: it must be read the usual way', async () => {
  const { files } = await failing('place.log');
  const at = openAt(files[0] as (typeof files)[number]);
  expect(at.read(Buffer.alloc(100), 0, 100, 0)).toBe(FULL);
  at.close();
});

it.each(['1', '2'])('the counting machine gives it up, with %s threads', async (threads) => {
  vi.stubEnv('MAILTRACE_THREADS', threads);
  const { files } = await failing(`plan-${threads}.log`);
  expect(await planCount(files)).toBeUndefined();
});

it('the ordinary reading tells of it', async () => {
  const found = await failing('run.log');
  const { summary } = await run(
    { paths: [], logZones: [], now: Date.UTC(2026, 10, 22), wantLines: false, wantSessions: false },
    { cwd: folder, timeZone: 'UTC' },
    { onMessage: () => false },
    { found },
  );
  expect(summary.problems.map(({ where, what }) => `${where}: ${what}`)).toEqual([
    expect.stringContaining('run.log: '),
  ]);
});
