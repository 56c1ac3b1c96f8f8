/**
 * Rows against their peers: content first, then all commands of a group in turn, round by round.
 */
import type { GeneratedLog } from './logs.ts';
import { type Command, failure, interleave, median, medianRatio, run } from './measure.ts';
import { type BenchOptions, judge, type Measured, ours, type RaceRow, type Verdict } from './row.ts';

interface Runner {
  base: Measured;
  command: Command;
  peer: { key: string; command: Command } | undefined;
}

/** Measures rows of one group on logs of `bytes` bytes. */
export async function race(rows: readonly RaceRow[], options: BenchOptions, bytes: number): Promise<Measured[]> {
  const results: (Measured | Runner)[] = [];
  for (const row of rows) results.push(await prepare(row, options, bytes));
  const commands = new Map<string, Command>();
  for (const result of results) {
    if (!('command' in result)) continue;
    commands.set(result.base.row, result.command);
    if (result.peer !== undefined) commands.set(result.peer.key, result.peer.command);
  }
  let times: Map<string, number[]>;
  try {
    times = interleave(commands, options.rounds);
  } catch (error) {
    return results.map((result) =>
      'command' in result ? { ...result.base, mark: 'wrong' as const, note: String(error) } : result,
    );
  }
  return results.map((result) => ('command' in result ? measured(result, times) : result));
}

/** Checks the content of a row; what is measured of it then, or why nothing is. */
async function prepare(row: RaceRow, options: BenchOptions, bytes: number): Promise<Measured | Runner> {
  process.stderr.write(`${row.name}: content\n`);
  const target = row.targets.get(bytes);
  const base: Measured = { row: row.name, bytes, peer: row.peer.name, unit: 'x', ...(target && { target }) };
  const log = await row.log({ ...options.log, bytes });
  if (typeof log === 'string') return { ...base, note: log };
  const command = ours(options, row.args(log));
  const other = row.peer.command(log);
  const verdict = await content(row, options, log, command, other);
  if (verdict.wrong !== undefined) return { ...base, mark: 'wrong', note: verdict.wrong };
  if (verdict.note !== undefined) base.note = verdict.note;
  // Peers are told apart by what they run: one that several rows have runs once a round.
  const peer = other && { key: `${row.peer.name} ${other.argv.slice(1).join(' ')}`, command: other };
  return { base, command, peer };
}

function content(
  row: RaceRow,
  options: BenchOptions,
  log: GeneratedLog,
  command: Command,
  other: Command | undefined,
): Verdict | Promise<Verdict> {
  const first = run(command, `${row.name}-content`);
  if (first.status !== 0) return { wrong: failure(first) };
  return row.check({
    ours: first,
    log,
    peer: () => other && run(other, `${row.name}-peer-content`),
    run: (args) => run(ours(options, args), `${row.name}-other-content`),
  });
}

function measured(runner: Runner, times: ReadonlyMap<string, number[]>): Measured {
  const { base } = runner;
  const mine = times.get(base.row) ?? [];
  const theirs = runner.peer && times.get(runner.peer.key);
  if (theirs === undefined) {
    const absent = `${base.peer} is not installed (--install gets it)`;
    return { ...base, ours: median(mine), note: base.note === undefined ? absent : `${absent}; ${base.note}` };
  }
  const figure = medianRatio(theirs, mine);
  const mark = judge('x', figure, base.target);
  return {
    ...base,
    ours: median(mine),
    theirs: median(theirs),
    figure,
    ...(mark && { mark }),
    rounds: { ours: mine, theirs },
  };
}
