/**
 * Options that both generators share, and their command line.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Truth } from './ledger.ts';
import type { Stamp } from './log-writer.ts';
import type { IdKind } from './queue-ids.ts';

/** Part of the key of cached logs: raise it when a generator writes other bytes. */
export const GENERATOR_VERSION = 3;

export interface LogOptions {
  bytes: number;
  seed: number;
  hosts: number;
  stamp: Exclude<Stamp, 'exim'>;
  /** Postfix: `enable_long_queue_ids`; Exim: the ids of 4.97 and later. */
  ids: IdKind;
  /** A local address that few mails name: see `people.ts`. Empty: none is planted. */
  rare: string;
  /** About how many lines name it in each 100 MB. */
  rareLines: number;
  /** A remote domain that many mails name. Empty: none is planted. */
  wide: string;
  /** The share of the messages that name it. */
  wideShare: number;
  /** The last stamp is just before it (ms since 1970). */
  last: number;
}

/** The last stamp is fixed, so that the same options give the same bytes on any day. */
export const DEFAULTS: LogOptions = {
  bytes: 100e6,
  seed: 1,
  hosts: 1,
  stamp: 'rfc3164',
  ids: 'short',
  rare: 'rare.user@corp.example',
  rareLines: 40,
  wide: 'bigmail.example',
  wideShare: 0.05,
  last: Date.UTC(2026, 10, 20, 18),
};

export const STAMPS = ['rfc3164', 'rfc3339'] as const;
export const IDS = ['short', 'long'] as const;

/** `100M`, `1G`, `500k` or bytes. Throws on anything else. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMG]?)$/i.exec(text);
  if (match === null) throw new Error(`not a size: ${text}`);
  const unit = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}

/** One of `words`. Throws on anything else. */
export function oneOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`--${name} ${text}: there are ${words.join(', ')}`);
  return found;
}

/** A number of at least 0. Throws on anything else. */
export function atLeastZero(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Error(`--${name} ${text}: not a number`);
  return value;
}

/** `now`, `now-1d`, or a date. */
function parseLast(text: string): number {
  const match = /^now(?:-(\d+)d)?$/.exec(text);
  const time = match === null ? Date.parse(text) : Date.now() - Number(match[1] ?? 0) * 86_400_000;
  if (Number.isNaN(time)) throw new Error(`not a date: ${text}`);
  return time;
}

/**
 * Runs a generator from its command line:
 * `[--size --seed --hosts --stamp --ids --rare --rare-lines --wide --wide-share --last] OUT`.
 */
export function generatorMain(generate: (path: string, options: LogOptions) => Truth): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '100M' },
      seed: { type: 'string', default: String(DEFAULTS.seed) },
      hosts: { type: 'string', default: String(DEFAULTS.hosts) },
      stamp: { type: 'string', default: DEFAULTS.stamp },
      ids: { type: 'string', default: DEFAULTS.ids },
      rare: { type: 'string', default: DEFAULTS.rare },
      'rare-lines': { type: 'string', default: String(DEFAULTS.rareLines) },
      wide: { type: 'string', default: DEFAULTS.wide },
      'wide-share': { type: 'string', default: String(DEFAULTS.wideShare) },
      last: { type: 'string' },
    },
  });
  const path = positionals[0];
  if (path === undefined) throw new Error('which file is to be written?');
  const options: LogOptions = {
    bytes: parseSize(values.size),
    seed: atLeastZero('seed', values.seed),
    hosts: Math.max(1, Math.floor(atLeastZero('hosts', values.hosts))),
    stamp: oneOf('stamp', values.stamp, STAMPS),
    ids: oneOf('ids', values.ids, IDS),
    rare: values.rare,
    rareLines: atLeastZero('rare-lines', values['rare-lines']),
    wide: values.wide,
    wideShare: atLeastZero('wide-share', values['wide-share']),
    last: values.last === undefined ? DEFAULTS.last : parseLast(values.last),
  };
  const truth = generate(path, options);
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(truth, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(truth)}\n`);
}
