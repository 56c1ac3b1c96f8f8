/**
 * How much memory the command takes of input without end (endless.ts): each kind piped in, `--scale` of its full number.
 *
 *     tsx test/bench/endurance.ts --only mails,unfinished --scale 0.05 --memory 1G
 *
 * Prints a row a kind; exit 1 where one took more than `--memory`, or told another number of messages than there were.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseSize } from './generator/options.ts';
import { ENDLESS } from './endless.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'bin', 'mailtrace.js');
const GENERATOR = path.join(import.meta.dirname, 'endless.ts');

/** Kinds whose messages are as many as there are units of them. */
const ONE_EACH: readonly string[] = ['mails', 'unfinished', 'addresses', 'rejects', 'retries', 'session', 'hosts'];

interface Figures {
  kib: number;
  seconds: number;
  status: number | null;
  out: string;
}

/** KiB; 0 where the process is gone or there is no /proc. */
function highWater(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function measure(kind: string, count: number, args: readonly string[]): Promise<Figures> {
  const generator = spawn(process.execPath, ['--import', 'tsx', GENERATOR, kind, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begin = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { stdio: [generator.stdout, 'pipe', 'ignore'] });
  let kib = 0;
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    out = (out + piece).slice(-10_000);
  });
  const timer = setInterval(() => {
    kib = Math.max(kib, highWater(child.pid));
  }, 20);
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearInterval(timer);
      generator.kill();
      resolve({ kib, seconds: (performance.now() - begin) / 1000, status, out });
    });
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      scale: { type: 'string', default: '0.02' },
      memory: { type: 'string', default: '1G' },
    },
  });
  const most = parseSize(values.memory);
  const kinds = values.only?.split(',') ?? Object.keys(ENDLESS);
  let failed = 0;
  for (const kind of kinds) {
    const endless = ENDLESS[kind];
    if (endless === undefined) throw new Error(`no kind ${kind}; there are ${Object.keys(ENDLESS).join(', ')}`);
    const count = Math.ceil(endless.full * Number(values.scale));
    const args = ['search', '--count', '--json', '--memory', values.memory, '-'];
    const { kib, seconds, status, out } = await measure(kind, count, args);
    const told = Number(/"messages":(\d+)/.exec(out)?.[1] ?? -1);
    const isRight = !ONE_EACH.includes(kind) || told === count;
    const isWithin = kib * 1024 <= most;
    if (!isRight || !isWithin) failed++;
    process.stdout.write(
      `${kind.padEnd(12)} ${String(count).padStart(11)} ${endless.unit.padEnd(50)} ${String(Math.round(kib / 1024)).padStart(6)} MiB ${seconds.toFixed(0).padStart(6)} s  exit ${status}${isRight ? '' : `  TOLD ${told}`}${isWithin ? '' : '  TOO MUCH'}\n`,
    );
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
