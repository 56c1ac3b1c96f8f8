/**
 * Options that both generators share, and their command line.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Truth } from './ledger.ts';
import type { Stamp } from './log-writer.ts';

/** Part of the key of cached logs: raise it when a generator writes other bytes. */
export const GENERATOR_VERSION = 1;

export interface LogOptions {
  bytes: number;
  seed: number;
  hosts: number;
  stamp: Exclude<Stamp, 'exim'>;
  /** The last stamp is just before it (ms since 1970). */
  last: number;
}

/** The last stamp is fixed, so that the same options give the same bytes on any day. */
export const DEFAULTS: LogOptions = {
  bytes: 100e6,
  seed: 1,
  hosts: 1,
  stamp: 'rfc3164',
  last: Date.UTC(2026, 10, 20, 18),
};

/** `100M`, `1G`, `500k` or bytes. Throws on anything else. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMG]?)$/i.exec(text);
  if (match === null) throw new Error(`not a size: ${text}`);
  const unit = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}

/** `now`, `now-1d`, or a date. */
function parseLast(text: string): number {
  const match = /^now(?:-(\d+)d)?$/.exec(text);
  const time = match === null ? Date.parse(text) : Date.now() - Number(match[1] ?? 0) * 86_400_000;
  if (Number.isNaN(time)) throw new Error(`not a date: ${text}`);
  return time;
}

/** Runs a generator from its command line: `[--size --seed --hosts --stamp --last] OUT`. */
export function generatorMain(generate: (path: string, options: LogOptions) => Truth): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '100M' },
      seed: { type: 'string', default: String(DEFAULTS.seed) },
      hosts: { type: 'string', default: String(DEFAULTS.hosts) },
      stamp: { type: 'string', default: DEFAULTS.stamp },
      last: { type: 'string' },
    },
  });
  const path = positionals[0];
  if (path === undefined) throw new Error('which file is to be written?');
  const options: LogOptions = {
    bytes: parseSize(values.size),
    seed: Number(values.seed),
    hosts: Number(values.hosts),
    stamp: values.stamp === 'rfc3339' ? 'rfc3339' : 'rfc3164',
    last: values.last === undefined ? DEFAULTS.last : parseLast(values.last),
  };
  const truth = generate(path, options);
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(truth, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(truth)}\n`);
}
