/**
 * Figures of our own: peak memory, and what starting costs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkCount } from '../checks/count.ts';
import { CACHE, type GeneratedLog, generatedLog } from '../logs.ts';
import { type Command, failure, interleave, median, peakMemory, run } from '../measure.ts';
import { peer } from '../peers.ts';
import { type BenchOptions, judge, type Measured, ours, type SoloRow, type Target, type Verdict } from '../row.ts';

const STARTUP_ROUNDS = 15;
/** `--version` may take so many milliseconds more than an empty module. */
const STARTUP: Target = { least: 20, aim: 8 };

function memoryRow(
  name: string,
  target: Target,
  args: (log: GeneratedLog) => string[],
  check: (out: string, log: GeneratedLog) => Verdict,
): SoloRow {
  const targets = new Map([[1e9, target]]);
  const measure = async (options: BenchOptions, bytes: number): Promise<Measured> => {
    const log = generatedLog('postfix', { ...options.log, bytes });
    const wanted = targets.get(bytes);
    const base: Measured = { row: name, bytes, unit: 'B', ...(wanted && { target: wanted }) };
    const time = peer('time', [])?.argv[0];
    const done = await peakMemory(ours(options, args(log)), name, time);
    if (done.run.status !== 0) return { ...base, mark: 'wrong', note: failure(done.run) };
    const { wrong } = check(done.run.out, log);
    if (wrong !== undefined) return { ...base, mark: 'wrong', note: wrong };
    if (done.bytes === undefined) return { ...base, note: 'neither GNU time nor /proc here' };
    const mark = judge('B', done.bytes, wanted);
    const note = `in ${(done.run.ms / 1000).toFixed(1)} s`;
    return { ...base, ours: done.bytes, figure: done.bytes, ...(mark && { mark }), note };
  };
  return { kind: 'solo', name, targets, measure };
}

export const SOLO: readonly SoloRow[] = [
  memoryRow(
    'memory-count',
    { least: 400e6, aim: 280e6 },
    (log) => ['search', '--count', '--json', log.path],
    (out, log) => checkCount(out, log.truth),
  ),
  memoryRow(
    'memory-rare',
    { least: 90e6, aim: 60e6 },
    (log) => ['search', '--text', log.rare, '--format', 'raw', log.path],
    (out, log) => (readFileSync(out, 'latin1').includes(log.rare) ? {} : { wrong: 'nothing was found' }),
  ),
  { kind: 'solo', name: 'startup', targets: new Map([[0, STARTUP]]), measure: startup },
];

function startup(options: BenchOptions): Measured {
  mkdirSync(CACHE, { recursive: true });
  const empty = path.join(CACHE, 'empty.mjs');
  writeFileSync(empty, '');
  const commands = new Map<string, Command>([
    ['startup', ours(options, ['--version'])],
    ['node empty.mjs', { argv: [process.execPath, empty] }],
  ]);
  const first = run(commands.get('startup') as Command, 'startup-content');
  const version = readFileSync(first.out, 'utf8');
  const base: Measured = { row: 'startup', peer: 'node empty.mjs', unit: 'ms', target: STARTUP };
  if (first.status !== 0 || !/\d+\.\d+/.test(version))
    return {
      ...base,
      mark: 'wrong',
      note: `--version: exit ${first.status}, ${JSON.stringify(version.slice(0, 80))}`,
    };
  const times = interleave(commands, Math.max(STARTUP_ROUNDS, options.rounds));
  const mine = times.get('startup') ?? [];
  const theirs = times.get('node empty.mjs') ?? [];
  const figure = median(mine.map((ms, round) => ms - (theirs[round] ?? Number.NaN)));
  const mark = judge('ms', figure, STARTUP);
  return {
    ...base,
    ours: median(mine),
    theirs: median(theirs),
    figure,
    ...(mark && { mark }),
    rounds: { ours: mine, theirs },
  };
}
