/**
 * How much memory the command takes of input without end (endless.ts): each kind piped in, `--scale` of its full number.
 *
 *     tsx test/bench/endurance.ts --only mails,unfinished --scale 0.05 --memory 1G
 *
 *   --file       in a file, which the counting machine looks over first; it is removed again
 *   --traffic    `report traffic --json` in place of `search --count --json`
 *   --save       the figures go into results/ too
 *
 * Prints a row a kind; exit 1 where one took more than `--memory`, or told another number of messages than there were.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
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
  /** of the log, where it stood in a file */
  bytes?: number;
}

/** KiB; 0 where the process is gone or there is no /proc. */
function highWater(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function generator(kind: string, count: number, out: 'pipe' | number): ReturnType<typeof spawn> {
  const args = ['--import', 'tsx', GENERATOR, kind, String(count)];
  return spawn(process.execPath, args, { stdio: ['ignore', out, 'inherit'] });
}

/** Runs the command; `stdin`: what it reads where no argument names a file. */
async function measure(args: readonly string[], stdin: 'ignore' | NodeJS.ReadableStream): Promise<Figures> {
  const begin = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { stdio: [stdin as never, 'pipe', 'ignore'] });
  let kib = 0;
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    out = (out + piece).slice(-10_000);
  });
  const timer = setInterval(() => {
    kib = Math.max(kib, highWater(child.pid));
  }, 20);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { kib, seconds: (performance.now() - begin) / 1000, status, out };
}

async function ofPipe(kind: string, count: number, args: readonly string[]): Promise<Figures> {
  const made = generator(kind, count, 'pipe');
  try {
    return await measure([...args, '-'], made.stdout as NodeJS.ReadableStream);
  } finally {
    made.kill();
  }
}

async function ofFile(kind: string, count: number, args: readonly string[]): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailtrace-endless-'));
  try {
    const file = path.join(folder, 'mail.log');
    const fd = openSync(file, 'w');
    await once(generator(kind, count, fd), 'close');
    closeSync(fd);
    return { ...(await measure([...args, file], 'ignore')), bytes: statSync(file).size };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Row {
  readonly kind: string;
  readonly count: number;
  readonly command: string;
  readonly from: 'pipe' | 'file';
  readonly bytes?: number;
  readonly memory: string;
  readonly peakKib: number;
  readonly seconds: number;
  readonly status: number | null;
  /** messages that were told; absent where the command does not say it in one place */
  readonly told?: number;
}

function save(rows: readonly Row[]): string {
  const date = new Date();
  const name = `endurance-${date.toISOString().slice(0, 19).replaceAll(':', '')}Z.json`;
  const [cpu] = cpus();
  const all = { date, node: process.version, cpu: { model: cpu?.model, count: cpus().length }, rows };
  writeFileSync(path.join(import.meta.dirname, 'results', name), `${JSON.stringify(all, undefined, 2)}\n`);
  return name;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      scale: { type: 'string', default: '0.02' },
      memory: { type: 'string', default: '1G' },
      file: { type: 'boolean', default: false },
      traffic: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  const { memory } = values;
  const command = values.traffic ? 'report traffic --json' : 'search --count --json';
  const rows: Row[] = [];
  let failed = 0;
  for (const kind of values.only?.split(',') ?? Object.keys(ENDLESS)) {
    const endless = ENDLESS[kind];
    if (endless === undefined) throw new Error(`no kind ${kind}; there are ${Object.keys(ENDLESS).join(', ')}`);
    const count = Math.ceil(endless.full * Number(values.scale));
    const args = [...command.split(' '), '--memory', memory];
    const from = values.file ? 'file' : 'pipe';
    const { kib, seconds, status, out, bytes } = await (values.file ? ofFile : ofPipe)(kind, count, args);
    const told = values.traffic ? undefined : Number(/"messages":(\d+)/.exec(out)?.[1] ?? -1);
    const isRight = told === undefined || !ONE_EACH.includes(kind) || told === count;
    const isWithin = kib * 1024 <= parseSize(memory);
    if (!isRight || !isWithin) failed++;
    rows.push({
      kind,
      count,
      command,
      from,
      memory,
      peakKib: kib,
      seconds: Math.round(seconds),
      status,
      ...(bytes === undefined ? {} : { bytes }),
      ...(told === undefined ? {} : { told }),
    });
    process.stdout.write(
      `${kind.padEnd(12)} ${String(count).padStart(11)} ${endless.unit.padEnd(50)} ${String(Math.round(kib / 1024)).padStart(6)} MiB ${seconds.toFixed(0).padStart(6)} s  exit ${status}${isRight ? '' : `  TOLD ${told}`}${isWithin ? '' : '  TOO MUCH'}\n`,
    );
  }
  if (values.save) process.stdout.write(`test/bench/results/${save(rows)}\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
