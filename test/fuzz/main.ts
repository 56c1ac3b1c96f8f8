/**
 * `npm run fuzz`: mutated lines into everything that reads them, for some minutes, with new seeds.
 *   --minutes N     how long (1)
 *   --only A,B      these targets alone; --list names them
 *   --seed N        the run's seed (drawn); with it and --case N a find is made again
 *   --case N        one case of the targets
 *   --file FILE     checks this input, a find that was kept, with the targets of --only
 *   --out FOLDER    where finds are kept (fuzz-finds in the folder for temporary files)
 *   --properties    instead of all this: the property tests, with new seeds
 * The exit status is 1 where something broke.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { faultOf, type Find, runCase } from './case.ts';
import { TARGETS } from './targets/index.ts';
import { BEAT, CASE, LENGTH, TARGET, type Told, type Work } from './worker.ts';

/** A thread does not inherit what lets this one load TypeScript. */
const START = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('worker.ts', import.meta.url).href)});
});`;
/** A case ends in milliseconds; in so many it is stuck. */
const STUCK_MS = 30_000;
const INPUT_BYTES = 16 * 1024 * 1024;
/** of one kind of fault so many are kept */
const MOST_ALIKE = 3;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string' },
    case: { type: 'string' },
    file: { type: 'string' },
    out: { type: 'string', default: join(tmpdir(), 'fuzz-finds') },
    list: { type: 'boolean', default: false },
    properties: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const chosen =
  values.only === undefined ? TARGETS : TARGETS.filter(({ name }) => values.only?.split(',').includes(name));
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

/** Where it broke, with numbers left out: finds of one kind. */
const kindOf = ({ target, error }: Find): string =>
  `${target} ${error.split('\n', 1)[0]?.replaceAll(/\d+/g, 'N').slice(0, 60)} ${/at (?!mustEqual|must )\S+ .*src\/\S+/.exec(error)?.[0] ?? ''}`;

interface Counts {
  cases: number;
  lines: number;
}

class Run {
  readonly counts = new Map<string, Counts>();
  readonly kinds = new Map<string, number>();
  next = 0;

  take(told: Told): void {
    const counts = this.counts.get(told.target) ?? { cases: 0, lines: 0 };
    this.counts.set(told.target, { cases: counts.cases + told.cases, lines: counts.lines + told.lines });
    this.next = Math.max(this.next, told.next);
    if (told.find !== undefined) this.keep(told.find);
  }

  keep(find: Find): void {
    const kind = kindOf(find);
    const count = (this.kinds.get(kind) ?? 0) + 1;
    this.kinds.set(kind, count);
    if (count > MOST_ALIKE) return;
    mkdirSync(values.out, { recursive: true });
    const path = join(values.out, `${find.target}-${find.seed}-${find.index}`);
    writeFileSync(path, find.input);
    writeFileSync(`${path}.txt`, `${find.error}\n`);
    say(
      `found: ${path}\n${find.error.split('\n').slice(0, 6).join('\n')}\nagain: npm run fuzz -- --only ${find.target} --seed ${find.seed} --case ${find.index}`,
    );
  }

  tell(): number {
    let lines = 0;
    for (const [target, counts] of this.counts) {
      say(`${target}: ${counts.cases} cases, ${counts.lines} lines`);
      lines += counts.lines;
    }
    const finds = [...this.kinds.values()].reduce((sum, n) => sum + n, 0);
    say(`${lines} lines, seed ${seed}, ${finds} finds of ${this.kinds.size} kinds`);
    return finds;
  }
}

/** Works until the time is over, or a case is stuck: then the thread is ended. */
async function work(run: Run, until: number): Promise<void> {
  const beat = new SharedArrayBuffer(16);
  const input = new SharedArrayBuffer(INPUT_BYTES);
  const state = new Int32Array(beat);
  const data: Work = { seed, first: run.next, targets: chosen.map(({ name }) => name), beat, input };
  const worker = new Worker(START, { eval: true, workerData: data });
  const find = (error: string): Find => ({
    target: chosen[state[TARGET] as number]?.name ?? '',
    seed,
    index: state[CASE] as number,
    error,
    input: Buffer.from(new Uint8Array(input).slice(0, state[LENGTH])),
  });
  let isOver = false;
  worker.on('message', (told: Told) => run.take(told));
  worker.on('error', (error) => {
    isOver = true;
    run.keep(find(`the thread ended: ${error.stack ?? error.message}`));
  });
  let last = -1;
  let since = Date.now();
  while (!isOver && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 250));
    const now = state[BEAT] as number;
    if (now !== last) [last, since] = [now, Date.now()];
    else if (Date.now() - since > STUCK_MS) {
      run.keep(find('stuck: no end in half a minute'));
      isOver = true;
    }
  }
  await worker.terminate();
  if (!isOver) return;
  const cases = state[BEAT] as number;
  if (cases === 0) throw new Error('the thread does not begin');
  run.next = (state[CASE] as number) + 1;
}

async function oneCase(index: number): Promise<number> {
  let finds = 0;
  for (const target of chosen) {
    const { find, lines } = await runCase(target, seed, index);
    say(`${target.name}: ${lines} lines: ${find === undefined ? 'nothing breaks' : find.error}`);
    if (find !== undefined) {
      finds++;
      say(JSON.stringify(find.input.toString('latin1')));
    }
  }
  return finds;
}

async function oneFile(path: string): Promise<number> {
  let finds = 0;
  for (const target of chosen) {
    const fault = await faultOf(target, readFileSync(path), seed);
    say(`${target.name}: ${fault ?? 'nothing breaks'}`);
    if (fault !== undefined) finds++;
  }
  return finds;
}

async function main(): Promise<number> {
  if (values.list) {
    for (const { name, title } of TARGETS) say(`${name.padEnd(10)} ${title}`);
    return 0;
  }
  if (chosen.length === 0) {
    say(`no such target: ${values.only}; --list names them`);
    return 2;
  }
  if (values.properties) {
    const env = { ...process.env, MAILTRACE_FUZZ: '1' };
    return (
      spawnSync('npx', ['vitest', 'run', '--config', 'test/vitest.config.ts'], { stdio: 'inherit', env }).status ?? 1
    );
  }
  if (values.case !== undefined) return oneCase(Number(values.case));
  if (values.file !== undefined) return oneFile(values.file);
  const run = new Run();
  const until = Date.now() + Number(values.minutes) * 60_000;
  const ticker = setInterval(() => run.tell(), 60_000);
  while (Date.now() < until) await work(run, until);
  clearInterval(ticker);
  return run.tell() > 0 ? 1 : 0;
}

process.exitCode = await main();
