/**
 * The benchmark: `npm run bench -- --help`. See README.md beside this file.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseSize } from './generator/options.ts';
import { generatedLog } from './logs.ts';
import { installPeers } from './peers.ts';
import { profile } from './profile.ts';
import { printTable, writeResults } from './report.ts';
import { type BenchOptions, type Measured, ROWS } from './rows.ts';

const HELP = `npm run bench [-- OPTIONS]
  --size 100M|1G     size of the log of the rows that have none of their own (100M)
  --only NAME,…      only these rows: ${ROWS.map((row) => row.name).join(', ')}
  --rounds N         how often each command runs (5)
  --seed N           of the generator (1)
  --bin FILE         our program (bin/mailtrace.js)
  --install          get the peers from Debian, unpacked in the folder for temporary files, first
  --profile          no table: profile \`search --count --json LOG\`, or what stands after \`--\`
                     (LOG there is the generated log)
  --no-save          write no results file
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      size: { type: 'string', default: '100M' },
      only: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
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
    bytes: parseSize(values.size),
    rounds: Number(values.rounds),
    seed: Number(values.seed),
  };
  if (values.install) installPeers();
  if (values.profile) {
    const log = generatedLog('postfix', options.bytes, options.seed).path;
    const args = positionals.length > 0 ? positionals : ['search', '--count', '--json', 'LOG'];
    profile(
      options,
      args.map((arg) => (arg === 'LOG' ? log : arg)),
    );
    return 0;
  }
  const names = values.only?.split(',') ?? ROWS.map((row) => row.name);
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(`no row ${unknown.join(', ')}; there are ${ROWS.map((row) => row.name).join(', ')}`);
  return await table(options, names, values.save);
}

async function table(options: BenchOptions, names: readonly string[], save: boolean): Promise<number> {
  const measured: Measured[] = [];
  for (const row of ROWS.filter(({ name }) => names.includes(name))) {
    process.stderr.write(`${row.name} …\n`);
    measured.push(await row.measure(options));
  }
  printTable(measured);
  if (save) process.stderr.write(`test/bench/results/${writeResults(measured, options)}\n`);
  return measured.some((row) => row.ok === false) ? 1 : 0;
}

process.exitCode = await main();
