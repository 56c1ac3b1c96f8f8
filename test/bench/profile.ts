/**
 * Where our command spends its time: a V8 CPU profile and the functions with the most self time.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './logs.ts';
import { run } from './measure.ts';
import { type BenchOptions, ours } from './rows.ts';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Profiles our command with `args` and prints the path of the profile and its top functions. */
export function profile(options: BenchOptions, args: readonly string[], top = 25): void {
  const folder = path.join(CACHE, 'profiles');
  mkdirSync(folder, { recursive: true });
  const name = `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}.cpuprofile`;
  const command = ours(options, args);
  const [node = process.execPath, ...rest] = command.argv;
  if (node !== process.execPath) throw new Error('only a program that Node runs can be profiled');
  const done = run(
    { ...command, argv: [node, '--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}`, ...rest] },
    'profile',
  );
  const file = path.join(folder, name);
  process.stdout.write(`exit ${done.status} after ${done.ms.toFixed(0)} ms; ${file}\n`);
  for (const [where, micros] of selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile).slice(0, top)) {
    process.stdout.write(`${(micros / 1000).toFixed(1).padStart(10)} ms  ${where}\n`);
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
