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
    stdio: ['ignore', fd, 'pipe'],
    encoding: 'utf8',
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(fd);
  return { ms, status: done.status, out, stderr: done.stderr ?? String(done.error) };
}

/**
 * Peak resident memory in bytes: VmHWM of /proc, polled, and for Node read once more by the
 * process itself as it exits. (rusage would count the memory of the benchmark, inherited over fork.)
 * Undefined where there is no /proc.
 */
export async function peakMemory(command: Command, name: string): Promise<{ bytes: number | undefined; run: Run }> {
  const out = outputFile(name);
  const fd = openSync(out, 'w');
  const [program = '', ...args] = command.argv;
  const hook = `import{readFileSync as r,writeSync as w}from"node:fs";process.on("exit",()=>{try{w(3,/VmHWM:\\s+(\\d+)/.exec(r("/proc/self/status","utf8"))[1])}catch{}})`;
  const isNode = program === process.execPath;
  const withHook = isNode ? ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...args] : args;
  const begin = process.hrtime.bigint();
  const child = spawn(program, withHook, {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', fd, 'pipe', 'pipe'],
  });
  let peak = 0;
  let stderr = '';
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdio[3]?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid));
  }, 10);
  const status = await new Promise<number | null>((resolve) =>
    child.on('close', resolve).on('error', () => resolve(-1)),
  );
  clearInterval(timer);
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(fd);
  const kib = Math.max(peak, Number(told) || 0);
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
      if (done.status !== 0) throw new Error(`${name} ended with ${done.status}: ${done.stderr.slice(0, 500)}`);
      times.get(name)?.push(done.ms);
    }
  }
  return times;
}

/** The median over the rounds of how many times as long `other` took as `ours`. */
export function medianRatio(other: readonly number[], ours: readonly number[]): number {
  return median(other.map((ms, round) => ms / (ours[round] ?? Number.NaN)));
}
