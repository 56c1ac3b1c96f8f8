/** Recorded logs, copied so that their time of change is that of the recording: their stamps name no year. */
import { copyFileSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../house/sources.ts';

/** After the last line of every recording. */
export const RECORDED = new Date('2026-11-21T22:50:00Z');

/** A folder of a test's own; give `remove` to afterAll. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'mailtrace-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Copies `fixtures/<name>` into the folder; gives the file's name there. */
export function copyFixture(name: string, folder: string): string {
  const copy = basename(name);
  copyFileSync(join(root, 'fixtures', name), join(folder, copy));
  utimesSync(join(folder, copy), RECORDED, RECORDED);
  return copy;
}
