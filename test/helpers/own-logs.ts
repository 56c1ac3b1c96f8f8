/** Logs of a test in a folder of their own, and searches over them whose output can be compared. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Engine } from '../../src/commands/engine.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import { RECORDED } from './fixtures.ts';
import { fakeIo } from './io.ts';

export type Logs = Readonly<Record<string, string | Buffer>>;

/** A folder for logs; it is gone when the tests of the file are over. */
export function logFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `mailtrace-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let next = 0;

/** Writes the logs, of the time they were recorded at, and has them used. */
export async function withLogs<T>(
  folder: string,
  logs: Logs,
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const own = join(folder, `${next++}`);
  mkdirSync(own);
  const paths = Object.keys(logs).map((name) => join(own, name));
  for (const [name, content] of Object.entries(logs)) writeLog(join(own, name), content);
  const result = await use(paths);
  rmSync(own, { recursive: true });
  return result;
}

export function writeLog(path: string, content: string | Buffer): void {
  writeFileSync(path, content);
  utimesSync(path, RECORDED, RECORDED);
}

/** What a search prints; without how many lines something was taken for: of lines that were not read nobody counts it. */
export async function searched(
  by: Engine,
  paths: readonly string[],
  question: Values,
): Promise<{ status: number; out: string; err: string }> {
  const io = fakeIo({ now: () => RECORDED.getTime(), timeZone: 'UTC' });
  const options = await searchOptionsOf([...paths], question, io);
  const status = await searchRun(options, io, by);
  const err = io.stderr.text.replaceAll(/ taken for .*/g, '');
  return { status, out: io.stdout.text, err };
}
