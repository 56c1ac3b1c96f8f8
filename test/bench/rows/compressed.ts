/**
 * Compressed logs against the decompressors alone.
 */
import { checkCount } from '../checks/count.ts';
import { checkSame } from '../checks/same-lines.ts';
import { generatedLog, gzipped, zstandard } from '../logs.ts';
import { peer } from '../peers.ts';
import type { RaceRow } from '../row.ts';

/** It names the lines only, without their chains. */
const zcatRg: RaceRow['peer'] = {
  name: 'zcat | rg -F',
  command: (log) => {
    const rg = peer('rg', []);
    if (rg === undefined || peer('zcat', []) === undefined) return undefined;
    return { argv: ['/bin/sh', '-c', 'zcat "$1" | "$RG" -F -e "$2"', 'sh', log.path, log.rare], env: envOf(rg) };
  },
};

function envOf(rg: { argv: readonly string[]; env?: Record<string, string> }): Record<string, string> {
  return { ...rg.env, RG: rg.argv[0] ?? 'rg' };
}

function rareGz(name: string, filter: '--text' | '--recipient'): RaceRow {
  return {
    kind: 'race',
    name,
    group: 'gz',
    targets: new Map([[1e9, { least: 1.5, aim: 2 }]]),
    log: (options) => gzipped(generatedLog('postfix', options)),
    args: (log) => ['search', filter, log.rare, '--format', 'raw', log.path],
    peer: zcatRg,
    check: ({ ours, log, run }) =>
      checkSame(ours.out, run(['search', filter, log.rare, '--format', 'raw', log.plain]).out),
  };
}

export const COMPRESSED: readonly RaceRow[] = [
  rareGz('gz-rare-text', '--text'),
  rareGz('gz-rare-recipient', '--recipient'),
  {
    kind: 'race',
    name: 'zst-count',
    group: 'zst',
    targets: new Map([[1e9, { least: 0.35, aim: 0.6 }]]),
    log: (options) => {
      const zstd = peer('zstd', [])?.argv[0];
      return zstd === undefined
        ? 'zstd is not installed (--install gets it)'
        : zstandard(generatedLog('postfix', options), zstd);
    },
    args: (log) => ['search', '--count', '--json', log.path],
    peer: {
      name: 'zstd -dc',
      command: (log) => {
        const zstd = peer('zstd', ['-dc', log.path]);
        return zstd && { ...zstd, discard: true };
      },
    },
    check: ({ ours, log }) => checkCount(ours.out, log.truth),
  },
];
