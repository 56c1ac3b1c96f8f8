/**
 * A run for reports of everything in a large plain Postfix log: the machine tells of plain mails, refusals and the server
 * (told.ts), and the lines of the others alone are read; else, and where anything speaks against it, there is none.
 */
import type { Frame } from '../model/frame.ts';
import type { LineWatch } from '../model/line-watch.ts';
import type { LogEvent } from '../model/log-event.ts';
import type { Instant, Message } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import { discoverInputs, run, type RunHandlers, type RunIo, type RunOptions, type RunResult } from '../pipeline/run.ts';
import type { InputFile } from '../sources/input-file.ts';
import { openAt } from '../sources/spool/read-at.ts';
import { Clock, orderIn } from './chain-run.ts';
import { type Counter, openCounter } from './counter.ts';
import { type CountPlan, planCount } from './plan.ts';
import type { Names } from './names.ts';
import { isConfigured, oneLargeLog } from './one-log.ts';
import { ToldReader, type ToldHandlers, type ToldMail, type ToldWants, wordsOf } from './told.ts';

export type { Names as ToldNames } from './names.ts';
export type { ToldMail, ToldWants } from './told.ts';

/** What the tables of a report take of a name that has a number, about (report/plain-people.ts). */
const NAME_BYTES = 96;

/** What takes the place of messages. Whoever has it is asked at the end whether all of it can be. */
export interface ToldSink extends Omit<ToldHandlers, 'onMail'> {
  /** before all others: the names that numbers stand for */
  begin(names: Names): void;
  onMail(mail: ToldMail): void;
  /** a message that the formats told, beside onMessage */
  onOther(message: Message): void;
  /** a number for what a program is called: 8 * a number of its own + which writer of Postfix it is (server.ts of the machine) */
  tagOf(program: string, isClaimed: boolean): number;
  readonly programs: readonly string[];
  /** bytes that are kept of what was told, beside those that are kept of each name */
  readonly held: number;
  /** all was told; `midOf`: the words by which a told mail knows a Message-ID. False: the log must be read whole. */
  finish(midOf: (messageId: string) => readonly [number, number]): boolean;
  /** nothing more is told: the run was stopped */
  stop(): void;
}

export interface ToldRunHandlers extends RunHandlers {
  readonly wants: ToldWants;
  /** asked for a new one where telling begins anew */
  newSink(): ToldSink;
}

/** As `run`; undefined where every line must be read, smaller logs than `leastBytes` among them. */
export async function toldRun(
  request: RunRequest,
  io: RunIo,
  handlers: ToldRunHandlers,
  options: RunOptions = {},
  leastBytes?: number,
): Promise<RunResult | undefined> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  if (request.wantLines || isConfigured(request)) return undefined;
  const files = await oneLargeLog(found.files, request, io, leastBytes);
  const shift = files === undefined ? undefined : await shiftOf(files, request, io, options);
  if (files === undefined || shift === undefined) return undefined;
  let sink: ToldSink | undefined;
  let reader: ToldReader | undefined;
  let counter: Counter | undefined;
  const told = {
    ...wordsOf(handlers.wants),
    onPass: (machine: Counter): void => {
      if (sink !== undefined) handlers.onRestart?.();
      counter = machine;
      sink = handlers.newSink();
      reader = new ToldReader(machine, shift, sink.programs, sink);
      sink.begin(reader.names);
    },
    take: (): void => reader?.read(),
    tagOf: (program: string, isClaimed: boolean): number => sink?.tagOf(program, isClaimed) ?? 0,
    held: (): number => (sink?.held ?? 0) + (counter?.module.namesSeen() ?? 0) * NAME_BYTES,
  };
  const plan = await planCount(files, { ...options, told, memory: request.memory });
  const again = (): undefined => {
    if (sink !== undefined) handlers.onRestart?.();
  };
  // stopped: what was told so far is of no use without the others
  if (plan?.selections === undefined || sink === undefined || reader?.isDoubted !== false || counter === undefined)
    return again();
  const clock = new Clock();
  const last: ToldSink = sink;
  let isAnew = false;
  const { watch, ...others } = handlers;
  const strange = new StrangeLines(reader.strange, plan.pieces, found.files, watch);
  const result = await run(
    request,
    io,
    {
      ...others,
      watch: strange,
      onMessage: (message) => {
        last.onOther(message);
        return handlers.onMessage(message);
      },
      onLink: (id, link) => {
        // of attempts and retries the sink knows more
        if (link.type !== 'retried-by' && link.type !== 'retry-of') handlers.onLink?.(id, link);
      },
      onRestart: () => {
        isAnew = true;
      },
    },
    { ...options, found, selections: clock.watched(plan.selections), isWhole: true, orderOf: orderIn(plan) },
  );
  const isGood =
    !isAnew &&
    !strange.isDoubted &&
    result.isDoubted !== true &&
    clock.isSure &&
    clock.shift === shift &&
    plan.isCurrent();
  const machine = counter;
  reader.names.refresh();
  if (isGood && !result.summary.interrupted && last.finish((text) => midIn(machine, text))) return result;
  if (result.summary.interrupted) {
    last.stop();
    return result;
  }
  return again();
}

/** Of lines whose head the machine does not know what they say of the server is told by the formats. */
class StrangeLines implements LineWatch {
  /** a connection began or ended: the machine knows the other end of it */
  isDoubted = false;
  readonly #numbers: ReadonlySet<number>;
  readonly #before: ReadonlyMap<number, number>;
  readonly #watch: LineWatch | undefined;

  constructor(
    numbers: ReadonlySet<number>,
    pieces: CountPlan['pieces'],
    files: readonly InputFile[],
    watch: LineWatch | undefined,
  ) {
    this.#numbers = numbers;
    this.#before = new Map(
      pieces.map(({ identity, line }) => [files.findIndex((file) => file.identity === identity), line]),
    );
    this.#watch = watch;
  }

  #isStrange({ source, line }: Frame): boolean {
    return this.#numbers.size > 0 && this.#numbers.has((this.#before.get(source) ?? 0) + line);
  }

  line(frame: Frame): void {
    if (this.#isStrange(frame)) this.#watch?.line(frame);
  }

  event({ kind, frame }: LogEvent): void {
    if ((kind === 'connect' || kind === 'disconnect') && this.#isStrange(frame)) this.isDoubted = true;
  }
}

/** The two words that the machine knows a Message-ID by. */
function midIn(counter: Counter, text: string): readonly [number, number] {
  const { module } = counter;
  const length = Buffer.from(counter.memory()).write(text, module.buffer(), 'utf8');
  const first = module.hashOf(length);
  return [first, module.secondHash()];
}

const MOST_FIRST = 64 * 1024;
const LF = 10;

/** What the machine's times lack to those of the formats, told of the first line alone, ms; undefined: it cannot be told. */
async function shiftOf(
  files: readonly InputFile[],
  request: RunRequest,
  io: RunIo,
  options: RunOptions,
): Promise<Instant | undefined> {
  const [file] = files;
  if (file === undefined || files.some(({ spool }) => spool !== undefined)) return undefined;
  const bytes = Buffer.alloc(MOST_FIRST);
  let length: number;
  try {
    const at = openAt(file);
    length = bytes.subarray(0, Math.max(0, at.read(bytes, 0, MOST_FIRST, 0))).indexOf(LF);
    at.close();
  } catch {
    return undefined;
  }
  const seconds = length < 0 ? undefined : await secondsOf(bytes.subarray(0, length + 1));
  if (seconds === undefined) return undefined;
  let at: number | undefined;
  const selection = {
    count: 1,
    offsets: Float64Array.of(0),
    lengths: Uint32Array.of(length),
    lines: Float64Array.of(1),
    silent: Uint8Array.of(1),
    totalLines: 1,
    totalBytes: length,
    onPlaced: (_: number, time: number): void => {
      at = time;
    },
  };
  const found = { files: [file], problems: [], binaries: 0 };
  const selections = new Map([[file.identity, selection]]);
  await run(request, io, { onMessage: () => false }, { signal: options.signal, found, selections });
  return at === undefined || Number.isNaN(at) ? undefined : Math.floor(at / 1000) * 1000 - seconds * 1000;
}

/** Any program: only the stamp is asked for. */
const FOREIGN = 1;
/** Words of a line that came out, and which of them is its time (line.ts of the machine). */
const OUT_TIME = 5;
const NO_TIME = -(2 ** 31);

/** The machine's time of a line with its LF, seconds; undefined where it knows none. */
async function secondsOf(line: Buffer): Promise<number | undefined> {
  const counter = await openCounter(line.length);
  const { module } = counter;
  const at = module.buffer();
  line.copy(Buffer.from(counter.memory()), at);
  for (let p = at; (p = module.scan(p, at + line.length)) < at + line.length;) module.program(FOREIGN, 0);
  if (module.outLength() === 0) return undefined;
  const time = new Int32Array(counter.memory(), module.outStart(), OUT_TIME + 1)[OUT_TIME];
  return time === NO_TIME ? undefined : time;
}
