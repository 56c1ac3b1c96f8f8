/**
 * What the commands ask of the pipeline, and the raw lines of messages as the renderers take them.
 * The engine is handed to a command's run function, so that tests bring their own.
 */
import type { Io } from '../io.ts';
import type { Message, Session } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import type { boundInputs } from '../pipeline/bounds.ts';
import type { RunHandlers, RunIo, RunOptions, RunResult, readLines } from '../pipeline/run.ts';
import type { AddressPattern } from '../filter/address.ts';
import type { NearLook, Plan } from '../select/index.ts';
import type { Discovered } from '../sources/discover.ts';
import type { PlainHandlers, PlainOptions } from '../plain/plain-run.ts';
import type { ChainOptions } from '../weigh/chain-run.ts';
import type { CountHandlers } from '../weigh/count-run.ts';
import type { ToldRunHandlers } from '../weigh/told-run.ts';
import type { RawLine } from '../render/contract.ts';
import type { Scope } from '../scope/index.ts';

/** The inputs, and what a look at their bytes showed. */
interface NearWay extends NearLook {
  readonly found: Discovered;
}

export interface Engine {
  run(request: RunRequest, io: RunIo, handlers: RunHandlers, options?: RunOptions): Promise<RunResult>;
  /** The lines of what is looked for, for `run`; undefined where all lines must be read. */
  select?(request: RunRequest, io: RunIo, plan: Plan, options: RunOptions): Promise<RunOptions | undefined>;
  /** As `run`, where messages are only counted. */
  count?(request: RunRequest, io: RunIo, handlers: CountHandlers, options?: RunOptions): Promise<RunResult>;
  /** As `run`, where only the raw lines of all messages are wanted, or messages of which a line shows what is looked for. */
  chains?(request: RunRequest, io: RunIo, handlers: CountHandlers, options?: ChainOptions): Promise<RunResult>;
  /** Options with which `chains` finds what this plan looks for; undefined where it cannot. */
  sieve?(request: RunRequest, io: RunIo, plan: Plan, options: RunOptions): Promise<ChainOptions | undefined>;
  /** As `run`, for reports of everything: plain mails are told as numbers. undefined where every line must be read. */
  told?(
    request: RunRequest,
    io: RunIo,
    handlers: ToldRunHandlers,
    options?: RunOptions,
  ): Promise<RunResult | undefined>;
  /** As `run`, where all messages are printed as JSON; or those that show something, with their links to the others. */
  plain?(request: RunRequest, io: RunIo, handlers: PlainHandlers, options?: PlainOptions): Promise<RunResult>;
  /** What helps where a plan found nothing; undefined: all lines must be read for it. */
  near?(
    request: RunRequest,
    io: RunIo,
    plan: Plan,
    patterns: readonly AddressPattern[],
    options: RunOptions,
  ): Promise<NearWay | undefined>;
  /** What a window needs of the inputs, for `run`; undefined where that is all of them. */
  bound?: typeof boundInputs;
  /** exact bytes of lines of kept messages */
  readonly readLines: typeof readLines;
  /** one word for why a recipient's mail did not arrive */
  readonly reasonOf: NonNullable<RunHandlers['reasonOf']>;
  /** what is outside of it is nowhere told; raw lines go through it, too */
  readonly scope?: Scope;
}

/** The pipeline itself, loaded when a command needs it; under a scope, what is within it. Every command hands in its scope. */
export async function loadEngine(scope?: Scope): Promise<Engine> {
  const engine = await wholeEngine();
  return scope === undefined ? engine : (await import('./scoped-engine.ts')).scopedEngine(engine, scope);
}

async function wholeEngine(): Promise<Engine> {
  const { run, readLines, classify, discoverInputs } = await import('./engine-parts.ts');
  return {
    run,
    readLines,
    select: async (request, io, plan, options) =>
      (await import('../select/index.ts')).select(request, io, plan, options),
    count: async (request, io, handlers, options) =>
      (await import('../weigh/count-run.ts')).countRun(request, io, handlers, options),
    chains: async (request, io, handlers, options) =>
      (await import('../weigh/chain-run.ts')).chainRun(request, io, handlers, options),
    sieve: async (request, io, plan, options) => {
      const { queryOfPlan } = await import('../select/index.ts');
      const sieve = queryOfPlan(plan);
      if (sieve === undefined) return undefined;
      const found = options.found ?? (await discoverInputs(request, io, options));
      const { mayChain } = await import('../weigh/one-log.ts');
      return (await mayChain(request, io, found)) ? { found, sieve } : undefined;
    },
    near: async (request, io, plan, patterns, options) => {
      const { lookNear, queryOfPlan } = await import('../select/index.ts');
      const query = queryOfPlan(plan);
      if (query === undefined) return undefined;
      const found = options.found ?? (await discoverInputs(request, io, options));
      const { mayChain } = await import('../weigh/one-log.ts');
      if (!(await mayChain(request, io, found))) return undefined;
      const look = await lookNear(found.files, { query, patterns, ...options });
      return look && { ...look, found };
    },
    told: async (request, io, handlers, options) =>
      (await import('../weigh/told-run.ts')).toldRun(request, io, handlers, options),
    plain: async (request, io, handlers, options) =>
      (await import('../plain/plain-run.ts')).plainRun(request, io, handlers, options),
    bound: async (request, io, reach, options) =>
      (await import('../pipeline/bounds.ts')).boundInputs(request, io, reach, options),
    reasonOf: ({ status, code, dsn, reply, relay }) => classify({ status, code, dsn, reply, relay: relay?.name }),
  };
}

/** What a run may use of the process. Standard input is opened only where a PATH asks for it. */
export function runIoOf(io: Io, paths: readonly string[]): RunIo {
  const { cwd, timeZone } = io;
  return { cwd, timeZone, isLasting: true, ...(paths.includes('-') ? { stdin: io.stdin } : {}) };
}

/** What has `lines`: a message or a session. */
type WithLines = Message | Session;

/** How many messages' lines are read at once: bounds memory, and lets files be read in long pieces. */
export const LINES_BATCH = 200;
/** Messages whose lines are still to be looked at: of more, those that there are are looked at while the run goes on. */
export const MOST_CANDIDATES = 2000;

/** The raw chains of a few messages, in their order; an empty list where a message has none. */
export function rawLinesOf(
  engine: Engine,
  messages: readonly WithLines[],
  { files }: Pick<RunResult, 'files'>,
): RawLine[][] {
  const wanted = messages.flatMap(({ lines }) => lines ?? []);
  if (wanted.length === 0) return messages.map(() => []);
  const found = engine.readLines(wanted, files);
  const exact = (lines: Message['lines'] = []): RawLine[] =>
    lines.flatMap((line) => {
      const bytes = found.get(line);
      if (bytes === undefined) return [];
      const file = files[line.source]?.path ?? '-';
      return [{ file, line: line.line, ...(line.host === undefined ? {} : { host: line.host }), bytes }];
    });
  const { scope } = engine;
  return messages.map((message) => {
    if (scope === undefined) return exact(message.lines);
    return 'recipients' in message ? scope.lines(exact(message.lines), message) : [];
  });
}
