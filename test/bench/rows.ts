/**
 * What is measured. A row checks the content of its output first, then takes times.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Truth } from './generator/ledger.ts';
import { CACHE, generatedLog } from './logs.ts';
import { type Command, interleave, median, medianRatio, peakMemory, run } from './measure.ts';
import { peer } from './peers.ts';

export interface BenchOptions {
  /** Our program; a `.js`, `.mjs` or `.ts` is run by this Node. */
  bin: string;
  /** Size of the log where a row has no size of its own. */
  bytes: number;
  rounds: number;
  seed: number;
}

/** One line of the table. Times in ms, memory in bytes. */
export interface Measured {
  row: string;
  bytes?: number;
  ours?: number;
  peer?: string;
  theirs?: number;
  /** How many times as fast as the peer. */
  ratio?: number;
  /** What the step asks for, in words. */
  wanted: string;
  ok?: boolean;
  unit: 'ms' | 'B';
  /** Why there is no figure, or what is wrong with the content. */
  note?: string;
  rounds?: { ours: number[]; theirs: number[] };
}

export interface Row {
  name: string;
  measure: (options: BenchOptions) => Promise<Measured> | Measured;
}

const MEMORY_LOG = 1e9;
const STARTUP_ROUNDS = 15;

export const ROWS: readonly Row[] = [
  {
    name: 'count',
    measure: (options) => counted(options, 'count', 'postfix', ['pflogsumm'], { ratio: 5, words: '5x' }),
  },
  {
    name: 'exim-count',
    measure: (options) =>
      counted(options, 'exim-count', 'exim', ['eximstats', '-nr', '-ne', '-nt'], { ratio: 0, words: '-' }),
  },
  { name: 'startup', measure: startup },
  { name: 'memory', measure: memory },
];

/** Our command line with these arguments. */
export function ours(options: BenchOptions, args: readonly string[]): Command {
  const script = /\.[cm]?[jt]s$/.test(options.bin);
  return { argv: [...(script ? [process.execPath] : []), options.bin, ...args], env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' } };
}

interface Wanted {
  ratio: number;
  words: string;
}

function counted(
  options: BenchOptions,
  row: string,
  kind: 'postfix' | 'exim',
  tool: readonly [string, ...string[]],
  wanted: Wanted,
): Measured {
  const log = generatedLog(kind, options.bytes, options.seed);
  const base = { row, bytes: log.truth.bytes, wanted: wanted.words, unit: 'ms' as const, peer: tool[0] };
  const mine = ours(options, ['search', '--count', '--json', log.path]);
  const first = run(mine, `${row}-ours`);
  const wrong = compareCount(first, log.truth);
  if (wrong !== undefined) return { ...base, ok: false, note: wrong, ours: first.ms };
  const other = peer(tool[0], [...tool.slice(1), log.path]);
  const commands = new Map([['mailtrace', mine]]);
  if (other !== undefined) commands.set(tool[0], other);
  const times = interleave(commands, options.rounds);
  const mineTimes = times.get('mailtrace') ?? [];
  const theirTimes = times.get(tool[0]);
  if (theirTimes === undefined)
    return { ...base, ours: median(mineTimes), note: `${tool[0]} is not installed (--install gets it)` };
  const ratio = medianRatio(theirTimes, mineTimes);
  return {
    ...base,
    ours: median(mineTimes),
    theirs: median(theirTimes),
    ratio,
    ok: ratio >= wanted.ratio,
    rounds: { ours: mineTimes, theirs: theirTimes },
  };
}

function startup(options: BenchOptions): Measured {
  mkdirSync(CACHE, { recursive: true });
  const empty = path.join(CACHE, 'empty.mjs');
  writeFileSync(empty, '');
  const commands = new Map<string, Command>([
    ['mailtrace', ours(options, ['--version'])],
    ['node empty.mjs', { argv: [process.execPath, empty] }],
  ]);
  const first = run(commands.get('mailtrace') as Command, 'startup');
  const version = readFileSync(first.out, 'utf8');
  const base = { row: 'startup', peer: 'node empty.mjs', wanted: 'at most +40 ms', unit: 'ms' as const };
  if (first.status !== 0 || !/\d+\.\d+/.test(version))
    return { ...base, ok: false, note: `--version: exit ${first.status}, ${JSON.stringify(version.slice(0, 80))}` };
  const times = interleave(commands, Math.max(STARTUP_ROUNDS, options.rounds));
  const mine = times.get('mailtrace') ?? [];
  const theirs = times.get('node empty.mjs') ?? [];
  const over = median(mine) - median(theirs);
  return {
    ...base,
    ours: median(mine),
    theirs: median(theirs),
    ratio: median(theirs) / median(mine),
    ok: over <= 40,
    note: `+${over.toFixed(1)} ms`,
    rounds: { ours: mine, theirs },
  };
}

async function memory(options: BenchOptions): Promise<Measured> {
  const log = generatedLog('postfix', MEMORY_LOG, options.seed);
  const done = await peakMemory(ours(options, ['search', '--count', '--json', log.path]), 'memory');
  const wrong = compareCount(done.run, log.truth);
  const base = { row: 'memory', bytes: log.truth.bytes, wanted: 'under 500 MB', unit: 'B' as const };
  if (wrong !== undefined) return { ...base, ok: false, note: wrong };
  if (done.bytes === undefined) return { ...base, note: 'no /proc here' };
  return { ...base, ours: done.bytes, ok: done.bytes < 500e6, note: `in ${(done.run.ms / 1000).toFixed(1)} s` };
}

/** What differs between our `--count --json` and what the generator knows, or undefined. */
function compareCount(done: { status: number | null; out: string; stderr: string }, truth: Truth): string | undefined {
  if (done.status !== 0) return `exit ${done.status}: ${done.stderr.slice(0, 300)}`;
  let found: Partial<Truth>;
  try {
    found = JSON.parse(readFileSync(done.out, 'utf8')) as Partial<Truth>;
  } catch {
    return 'stdout is not one JSON object';
  }
  const wrong: string[] = [];
  for (const key of ['messages', 'recipients'] as const)
    if (found[key] !== truth[key]) wrong.push(`${key} ${found[key]} for ${truth[key]}`);
  const statuses = found.byStatus ?? {};
  for (const word of new Set([...Object.keys(truth.byStatus), ...Object.keys(statuses)])) {
    const [is, want] = [statuses[word] ?? 0, truth.byStatus[word] ?? 0];
    if (is !== want) wrong.push(`${word} ${is} for ${want}`);
  }
  return wrong.length > 0 ? `wrong content: ${wrong.join(', ')}` : undefined;
}
