/**
 * The machine that tells which lines of a Postfix log the formats must read for its mails to be counted: WASM where the machine
 * has it, else the same source (src/kernel/assembly/count) as plain TypeScript. It knows bytes and Postfix' own lines, and
 * leaves everything that is not plain to the formats.
 */
import { readFileSync } from 'node:fs';
import { distFile } from '../kernel/index.ts';

/** The functions of count.ts; its header tells how they are used. */
interface CountModule {
  open(size: number, most: number): void;
  openIn(from: number, room: number): void;
  lend(size: number): number;
  buffer(): number;
  room(): number;
  base(offset: number): void;
  forceKey(a: number, b: number): void;
  scan(from: number, to: number): number;
  look(from: number, to: number): number;
  turnTo(block: number, records: number): void;
  recordsSeen(): number;
  scanTold(count: number): void;
  finish(): void;
  sign(length: number, format: number): boolean | number;
  isLost(): boolean | number;
  askedStart(): number;
  askedEnd(): number;
  program(kind: number, instance: number): void;
  outStart(): number;
  outLength(): number;
  outTaken(): void;
  weightsStart(): number;
  shapesSeen(): number;
  talliesStart(): number;
  clashesStart(): number;
  clashesSeen(): number;
  wantChains(alone: boolean, sessions: boolean): void;
  chainsStart(): number;
  chainsSeen(): number;
  chainsTaken(): void;
  wantTold(what: number, outcomes: number): void;
  toldStart(): number;
  toldLength(): number;
  toldTaken(): void;
  namesStart(): number;
  namesSeen(): number;
  namesPool(): number;
  numberOf(role: number, length: number): number;
  hashOf(length: number): number;
  secondHash(): number;
  linesSeen(): number;
  isCrowded(): boolean | number;
  bytesTaken(): number;
}

export interface Counter {
  readonly module: CountModule;
  /** its memory as it is now: it moves when it grows */
  memory(): ArrayBuffer;
  /** of WASM: another thread's machine may work in it too */
  readonly shared?: WebAssembly.Memory;
}

/** 4 MiB to begin with; it grows, to 4 GiB at most (.scripts/assembly.mjs). */
const PAGES = 64;
const MOST_PAGES = 65_536;

/**
 * A machine with nothing in it, for a log of `size` bytes, that takes no more than `most` bytes (0 = any). `before`: one that is of no more use.
 */
export async function openCounter(size: number, most = 0, before?: Counter): Promise<Counter> {
  if (before === undefined) return openWasm(size, most) ?? openTwin(size, most);
  before.module.open(size, most);
  return before;
}

/** Tells it the signs of lines beside the server that must be read; false: there is no room for one. */
export function tellSigns(
  counter: Counter,
  signs: readonly { readonly sign: string; readonly format: number }[],
): boolean {
  const { module } = counter;
  for (const { sign, format } of signs) {
    const length = Buffer.from(counter.memory()).write(sign, module.buffer(), 'latin1');
    if (!module.sign(length, format)) return false;
  }
  return true;
}

/** As WASM alone; undefined: the machine has none. */
function openWasm(size: number, most = 0): Counter | undefined {
  if (process.env['MAILTRACE_KERNEL'] === 'twin') return undefined;
  try {
    const counter = machineIn(new WebAssembly.Memory({ initial: PAGES, maximum: MOST_PAGES, shared: true }));
    counter.module.open(size, most);
    return counter;
  } catch {
    return undefined;
  }
}

/** A machine that reads lines' heads in `room` bytes of the memory of another, from `from` on, which lent them. Throws where it cannot. */
export function openBeside(shared: WebAssembly.Memory, from: number, room: number): Counter {
  const counter = machineIn(shared);
  counter.module.openIn(from, room);
  return counter;
}

function machineIn(shared: WebAssembly.Memory): Counter {
  const compiled = new WebAssembly.Module(readFileSync(distFile('count.wasm')));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: shared } });
  return { module: exports as unknown as CountModule, memory: () => shared.buffer, shared };
}

async function openTwin(size: number, most: number): Promise<Counter> {
  const { memoryOf, ...module } = await import('../kernel/assembly/count/twin.ts');
  module.open(size, most);
  return { module, memory: memoryOf };
}
