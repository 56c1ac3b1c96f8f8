/**
 * Where our command spends its time: V8 CPU profiles, one a thread, and the functions with the most self time.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { LogOptions } from './generator/options.ts';
import { CACHE, generatedLog, gzipped, zstandard } from './logs.ts';
import { run } from './measure.ts';
import { peer } from './peers.ts';
import { type BenchOptions, ours } from './row.ts';

const USUAL = ['search', '--count', '--json', 'LOG'];

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/**
 * Profiles our command with `args` (LOG, LOG.gz, LOG.zst, EXIM stand for generated logs) and prints
 * the paths of the profiles and their top functions. Whatever the command exits with is a profile.
 */
export async function profile(options: BenchOptions, bytes: number, args: readonly string[], top = 25): Promise<void> {
  const folder = path.join(CACHE, 'profiles', new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14));
  mkdirSync(folder, { recursive: true });
  const given: string[] = [];
  for (const arg of args.length > 0 ? args : USUAL) given.push(await logOf(arg, { ...options.log, bytes }));
  const command = ours(options, given);
  const [node = process.execPath, ...rest] = command.argv;
  if (node !== process.execPath) throw new Error('only a program that Node runs can be profiled');
  const done = run({ ...command, argv: [node, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...rest] }, 'profile');
  process.stdout.write(`exit ${done.status} after ${done.ms.toFixed(0)} ms; its stdout is in ${done.out}\n`);
  if (done.stderr !== '') process.stdout.write(`${done.stderr.trimEnd()}\n`);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))) {
    const file = path.join(folder, name);
    process.stdout.write(`\n${file}\n`);
    for (const [where, micros] of selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile).slice(0, top))
      process.stdout.write(`${(micros / 1000).toFixed(1).padStart(10)} ms  ${where}\n`);
  }
}

async function logOf(arg: string, options: LogOptions): Promise<string> {
  switch (arg) {
    case 'LOG':
      return generatedLog('postfix', options).path;
    case 'LOG.gz':
      return (await gzipped(generatedLog('postfix', options))).path;
    case 'LOG.zst':
      return zstandard(generatedLog('postfix', options), peer('zstd', [])?.argv[0] ?? 'zstd').path;
    case 'EXIM':
      return generatedLog('exim', options).path;
    default:
      return arg;
  }
}

/** Microseconds by function, the greatest first. */
function selfTimes(cpu: CpuProfile): [string, number][] {
  const names = new Map<number, string>();
  for (const { id, callFrame } of cpu.nodes) {
    const file = callFrame.url === '' ? '' : ` ${path.basename(callFrame.url)}:${callFrame.lineNumber + 1}`;
    names.set(id, `${callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName}${file}`);
  }
  const times = new Map<string, number>();
  cpu.samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    times.set(name, (times.get(name) ?? 0) + (cpu.timeDeltas[i] ?? 0));
  });
  return [...times].sort(([, a], [, b]) => b - a);
}
