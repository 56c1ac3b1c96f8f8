/**
 * Runs whole processes: their wall time, their output, their peak memory.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './logs.ts';

export interface Command {
  /** The program and its arguments. */
  argv: readonly string[];
  env?: Record<string, string>;
  /** Its stdout goes to the null device: of a peer that writes what it reads. */
  discard?: boolean;
}

export interface Run {
  ms: number;
  status: number | null;
  /** File that holds its stdout. */
  out: string;
  stderr: string;
}

/** Runs to the end, stdout into a file (as a user's redirection would), and takes the time. */
export function run(command: Command, name: string): Run {
  const out = outputFile(name);
  const fd = openSync(out, 'w');
  const [program = '', ...args] = command.argv;
  const begin = process.hrtime.bigint();
  const done = spawnSync(program, args, {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', command.discard === true ? 'ignore' : fd, 'pipe'],
    encoding: 'utf8',
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(fd);
  return { ms, status: done.status, out, stderr: done.error === undefined ? (done.stderr ?? '') : String(done.error) };
}

/** How a run ended that should have ended well: its status and the first line of its stderr. */
export function failure(done: Run): string {
  return `exit ${done.status}: ${done.stderr.trim().split('\n')[0]?.slice(0, 200)}`;
}

/**
 * Peak resident memory in bytes, as GNU time tells it (`gnuTime`; the most that the process or one
 * of its children had), else VmHWM of /proc, polled. Undefined where there is neither. (The rusage
 * of a child of ours would count our own memory, inherited over fork.)
 */
export async function peakMemory(
  command: Command,
  name: string,
  gnuTime: string | undefined,
): Promise<{ bytes: number | undefined; run: Run }> {
  if (gnuTime === undefined) return await polledMemory(command, name);
  const report = outputFile(`${name}.time`);
  const done = run({ ...command, argv: [gnuTime, '-o', report, '-f', '%M', ...command.argv] }, name);
  const kib = Number(/(\d+)\s*$/.exec(readFileSync(report, 'utf8'))?.[1]);
  return { bytes: Number.isNaN(kib) ? undefined : kib * 1024, run: done };
}

async function polledMemory(command: Command, name: string): Promise<{ bytes: number | undefined; run: Run }> {
  const out = outputFile(name);
  const fd = openSync(out, 'w');
  const [program = '', ...args] = command.argv;
  const begin = process.hrtime.bigint();
  const child = spawn(program, args, { env: { ...process.env, ...command.env }, stdio: ['ignore', fd, 'pipe'] });
  let kib = 0;
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setInterval(() => {
    kib = Math.max(kib, highWater(child.pid));
  }, 2);
  const status = await new Promise<number | null>((resolve) =>
    child.on('close', resolve).on('error', () => resolve(-1)),
  );
  clearInterval(timer);
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(fd);
  return { bytes: kib > 0 ? kib * 1024 : undefined, run: { ms, status, out, stderr } };
}

/** KiB; 0 where the process is gone or there is no /proc. */
function highWater(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function outputFile(name: string): string {
  const folder = path.join(CACHE, 'out');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name.replaceAll(/[^\w.-]/g, '_')}.out`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const mid = sorted.length >> 1;
  const high = sorted[mid] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[mid - 1] ?? high)) / 2;
}

/** Each command in turn, `rounds` times, the order turned round every other time. Milliseconds. */
export function interleave(commands: ReadonlyMap<string, Command>, rounds: number): Map<string, number[]> {
  const times = new Map<string, number[]>([...commands.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const names = [...commands.keys()];
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const done = run(commands.get(name) as Command, name);
      if (done.status !== 0) throw new Error(`${name}: ${failure(done)}`);
      times.get(name)?.push(done.ms);
    }
  }
  return times;
}

/** The median over the rounds of how many times as long `other` took as `ours`. */
export function medianRatio(other: readonly number[], ours: readonly number[]): number {
  return median(other.map((ms, round) => ms / (ours[round] ?? Number.NaN)));
}
