/**
 * The benchmark: `npm run bench -- --help`. See README.md beside this file.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { atLeastZero, DEFAULTS, IDS, oneOf, parseSize, STAMPS } from './generator/options.ts';
import { installPeers } from './peers.ts';
import { profile } from './profile.ts';
import { race } from './race.ts';
import { printTable, writeResults } from './report.ts';
import type { BenchOptions, Measured, RaceRow, Row } from './row.ts';
import { ROWS } from './rows/index.ts';

const HELP = `npm run bench [-- OPTIONS]
  --size SIZE,…      sizes of the logs, as 100M or 1G (else each row at those it is judged at)
  --only NAME,…      only these rows:
                     ${ROWS.map((row) => row.name).join(', ')}
  --rounds N         how often each command runs (5)
  --seed N           of the generator (1)
  --hosts N          hosts in the Postfix log (1)
  --stamp KIND       its stamps: ${STAMPS.join(', ')}
  --ids KIND         ids of the mails: ${IDS.join(', ')} (exigrep may not know the long ones)
  --bin FILE         our program (bin/mailtrace.js)
  --install          get the peers from Debian, unpacked in the folder for temporary files, first
  --profile          no table: profile \`search --count --json LOG\`, or what stands after \`--\`
                     (there LOG, LOG.gz, LOG.zst and EXIM are the generated logs)
  --no-save          write no results file
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      size: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(DEFAULTS.seed) },
      hosts: { type: 'string', default: String(DEFAULTS.hosts) },
      stamp: { type: 'string', default: DEFAULTS.stamp },
      ids: { type: 'string', default: DEFAULTS.ids },
      bin: { type: 'string', default: path.join(import.meta.dirname, '..', '..', 'bin', 'mailtrace.js') },
      install: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      save: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const options: BenchOptions = {
    bin: path.resolve(values.bin),
    rounds: Math.max(1, atLeastZero('rounds', values.rounds)),
    log: {
      ...DEFAULTS,
      seed: atLeastZero('seed', values.seed),
      hosts: Math.max(1, atLeastZero('hosts', values.hosts)),
      stamp: oneOf('stamp', values.stamp, STAMPS),
      ids: oneOf('ids', values.ids, IDS),
    },
  };
  const sizes = values.size?.split(',').map((size) => parseSize(size));
  if (values.install) installPeers();
  if (values.profile) {
    await profile(options, sizes?.[0] ?? DEFAULTS.bytes, positionals);
    return 0;
  }
  return await table(options, rowsOf(values.only), sizes, values.save);
}

function rowsOf(only: string | undefined): Row[] {
  const names = only?.split(',');
  const unknown = (names ?? []).filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(`no row ${unknown.join(', ')}; there are ${ROWS.map((row) => row.name).join(', ')}`);
  return ROWS.filter((row) => names?.includes(row.name) ?? true);
}

async function table(
  options: BenchOptions,
  rows: readonly Row[],
  sizes: readonly number[] | undefined,
  save: boolean,
): Promise<number> {
  const measured: Measured[] = [];
  const all = sizes ?? [...new Set(rows.flatMap((row) => [...row.targets.keys()]))].sort((a, b) => a - b);
  const has = (row: Row, bytes: number): boolean => sizes !== undefined || row.targets.has(bytes);
  for (const bytes of all) {
    const races = rows.filter((row) => row.kind === 'race' && has(row, bytes)) as RaceRow[];
    for (const group of new Set(races.map((row) => row.group))) {
      const together = races.filter((row) => row.group === group);
      measured.push(...(await race(together, options, bytes)));
    }
  }
  for (const row of rows) {
    if (row.kind !== 'solo') continue;
    // Start-up reads no log: it has no size.
    for (const bytes of row.targets.has(0) ? [0] : all.filter((size) => has(row, size))) {
      process.stderr.write(`${row.name}\n`);
      measured.push(await row.measure(options, bytes));
    }
  }
  printTable(measured);
  if (save) process.stderr.write(`test/bench/results/${writeResults(measured, options)}\n`);
  return measured.some((row) => row.mark === 'wrong' || row.mark === 'missed') ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 2;
}
