/**
 * Generated logs, kept in the system's folder for temporary files, keyed by all that decides on their bytes.
 */
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { generateExim } from './generate-exim.ts';
import { generatePostfix } from './generate-postfix.ts';
import type { Truth } from './generator/ledger.ts';
import { GENERATOR_VERSION, type LogOptions } from './generator/options.ts';

/** Where logs, peers, profiles and outputs are kept; nothing of it is in the repository. */
export const CACHE = path.join(tmpdir(), 'mailtrace-bench');

export type LogKind = 'postfix' | 'exim';

/** A log, or a compressed copy of one (`path`), and what is true of it. */
export interface GeneratedLog {
  path: string;
  truth: Truth;
  /** The same bytes, not compressed. */
  plain: string;
  rare: string;
  wide: string;
}

/** The log, generated unless an earlier run left it. */
export function generatedLog(kind: LogKind, options: LogOptions): GeneratedLog {
  const folder = path.join(CACHE, 'logs');
  mkdirSync(folder, { recursive: true });
  const variant = kind === 'exim' ? options.ids : `${options.hosts}-${options.stamp}-${options.ids}`;
  const file = path.join(folder, `${kind}-v${GENERATOR_VERSION}-s${options.seed}-${variant}-${options.bytes}.log`);
  const side = `${file}.truth.json`;
  if (!existsSync(file) || !existsSync(side)) {
    process.stderr.write(`generating ${kind} log of ${options.bytes / 1e6} MB\n`);
    const generate = kind === 'postfix' ? generatePostfix : generateExim;
    const truth = generate(`${file}.part`, options);
    renameSync(`${file}.part`, file);
    writeFileSync(side, `${JSON.stringify(truth, undefined, 2)}\n`);
  }
  const truth = JSON.parse(readFileSync(side, 'utf8')) as Truth;
  return { path: file, plain: file, truth, rare: options.rare, wide: options.wide };
}

/** The same log as `gzip` writes it, with its time of change. */
export async function gzipped(log: GeneratedLog): Promise<GeneratedLog> {
  const packed = `${log.plain}.gz`;
  if (!existsSync(packed)) {
    process.stderr.write('packing with gzip\n');
    await pipeline(
      createReadStream(log.plain, { highWaterMark: 1 << 20 }),
      createGzip(),
      createWriteStream(`${packed}.part`),
    );
    finish(packed, log.plain);
  }
  return { ...log, path: packed };
}

/** The same log as `zstd` writes it. Throws where that fails. */
export function zstandard(log: GeneratedLog, zstd: string): GeneratedLog {
  const packed = `${log.plain}.zst`;
  if (!existsSync(packed)) {
    process.stderr.write('packing with zstd\n');
    const done = spawnSync(zstd, ['-q', '-f', log.plain, '-o', `${packed}.part`], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`zstd: ${done.stderr}`);
    finish(packed, log.plain);
  }
  return { ...log, path: packed };
}

/** A log without years is of the year of its time of change: the copy has the same. */
function finish(packed: string, plain: string): void {
  const { atime, mtime } = statSync(plain);
  utimesSync(`${packed}.part`, atime, mtime);
  renameSync(`${packed}.part`, packed);
}
