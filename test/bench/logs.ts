/**
 * Generated logs, kept in the system's folder for temporary files, keyed by generator, seed and size.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateExim } from './generate-exim.ts';
import { generatePostfix } from './generate-postfix.ts';
import type { Truth } from './generator/ledger.ts';
import { DEFAULTS, GENERATOR_VERSION } from './generator/options.ts';

/** Where logs, peers, profiles and outputs are kept; nothing of it is in the repository. */
export const CACHE = path.join(tmpdir(), 'mailtrace-bench');

export interface GeneratedLog {
  path: string;
  truth: Truth;
}

/** The log of `bytes` bytes, generated unless an earlier run left it. */
export function generatedLog(kind: 'postfix' | 'exim', bytes: number, seed: number): GeneratedLog {
  const folder = path.join(CACHE, 'logs');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${kind}-v${GENERATOR_VERSION}-s${seed}-${bytes}.log`);
  const side = `${file}.truth.json`;
  if (!existsSync(file) || !existsSync(side)) {
    process.stderr.write(`generating ${kind} log of ${bytes / 1e6} MB\n`);
    const generate = kind === 'postfix' ? generatePostfix : generateExim;
    const truth = generate(`${file}.part`, { ...DEFAULTS, bytes, seed });
    renameSync(`${file}.part`, file);
    writeFileSync(side, `${JSON.stringify(truth, undefined, 2)}\n`);
  }
  return { path: file, truth: JSON.parse(readFileSync(side, 'utf8')) as Truth };
}
