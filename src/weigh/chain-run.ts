/**
 * A run of which only the raw chains of all messages are wanted: over a large Postfix log the machine puts together those of
 * plain mails, and the lines of the others alone are read; else, and where anything speaks against it, the ordinary run.
 */
import type { RunRequest } from '../model/run.ts';
import { discoverInputs, run, type RunIo, type RunOptions, type RunResult } from '../pipeline/run.ts';
import type { Discovered } from '../sources/discover.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { Chain, ORDERS_A_LINE } from './chains.ts';
import type { TimedSelection } from './chosen.ts';
import type { CountHandlers } from './count-run.ts';
import { isConfigured, oneLargeLog } from './one-log.ts';
import { type CountPlan, planCount, type PlanOptions } from './plan.ts';
import { type Sieve, Sifter } from './sieve.ts';

export interface ChainOptions extends RunOptions {
  /** Messages of which no line shows this are left out, but for some. */
  readonly sieve?: Sieve | undefined;
  /** whether a session that brought no mail is told, of which this is a line; not given: none are asked, and few told */
  readonly acceptsSession?: ((bytes: Buffer, start: number, end: number) => boolean) | undefined;
}

/**
 * As `run`, for handlers that have onChain; with a sieve, for any that need no sessions and no links: without onChain all that
 * is left is read. `leastBytes`: smaller logs are read whole.
 */
export async function chainRun(
  request: RunRequest,
  io: RunIo,
  handlers: CountHandlers,
  options: ChainOptions = {},
  leastBytes?: number,
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const { sieve, acceptsSession } = options;
  const sifter = sieve && new Sifter(sieve, found.files, acceptsSession);
  try {
    return await chainRunOver(found, request, io, handlers, { ...options, sifter }, leastBytes);
  } finally {
    sifter?.close();
  }
}

async function chainRunOver(
  found: Discovered,
  request: RunRequest,
  io: RunIo,
  handlers: CountHandlers,
  { sieve, sifter, acceptsSession, ...options }: ChainOptions & { sifter: Sifter | undefined },
  leastBytes: number | undefined,
): Promise<RunResult> {
  const whole = (): Promise<RunResult> => run(request, io, handlers, { ...options, found });
  if (isConfigured(request)) return whole();
  const files = await oneLargeLog(found.files, request, io, leastBytes);
  if (files === undefined) return whole();
  const chain = new Chain();
  const firsts = new Firsts(handlers);
  let told = 0;
  const chains: NonNullable<PlanOptions['chains']> = {
    isAlone: true,
    hasSessions: sifter !== undefined && acceptsSession !== undefined,
    onPass: () => {
      if (told > 0) handlers.onRestart?.();
      told = 0;
      firsts.clear();
    },
    take: (memory, at, count, pieces, chosen) => {
      chain.each(memory, at, count, pieces, found.files, (one) => {
        if (one.isFirst) return firsts.await(one);
        if (one.isSession) {
          if (sifter?.takesSession(one) === true) one.eachPlace((...line) => chosen.add(...line));
          return;
        }
        const isWanted = sifter?.takes(one) ?? true;
        if (isWanted && handlers.onChain === undefined) return one.eachPlace((...line) => chosen.add(...line));
        told++;
        if (isWanted) handlers.onChain?.(one);
      });
    },
  };
  const marking = sieve && sifter && { needles: sieve.needles, marks: sifter.marks };
  const plan = await planCount(files, { ...options, chains, sieve: marking, memory: request.memory });
  chain.end();
  if (plan === undefined) {
    if (told > 0) handlers.onRestart?.();
    return whole();
  }
  const clock = new Clock();
  const result =
    plan.selections === undefined
      ? // stopped: nothing more is read
        await whole()
      : await run(request, io, firsts.watching(), {
          ...options,
          found,
          selections: clock.watched(plan.selections),
          isWhole: true,
          orderOf: orderIn(plan),
        });
  const isRead = plan.selections !== undefined && result.isDoubted !== true;
  // rows are asked of chains alone
  const areCounted = handlers.onChain === undefined || firsts.areAllRead;
  const isGood = isRead && clock.isSure && areCounted && plan.isCurrent();
  if (isGood || result.summary.interrupted) {
    handlers.onChainTimes?.(clock.shift);
    handlers.onChainRows?.((shape) => firsts.rowsOf(shape));
    result.summary.messages += told;
    return result;
  }
  handlers.onRestart?.();
  return whole();
}

/** The first mail of each shape, which is read: how many rows it has, all of its shape have. */
class Firsts {
  readonly #handlers: CountHandlers;
  /** shape and lines by the order of the mail */
  readonly #awaited = new Map<number, { shape: number; count: number }>();
  readonly #rows = new Map<number, number>();
  #isVoid = false;

  constructor(handlers: CountHandlers) {
    this.#handlers = handlers;
  }

  clear(): void {
    this.#awaited.clear();
    this.#rows.clear();
  }

  await({ order, shape, count }: Chain): void {
    this.#awaited.set(order, { shape, count });
  }

  /** The handlers, which see the first ones as they are told. */
  watching(): CountHandlers {
    const isRepeatable = this.#handlers.onRestart !== undefined;
    return {
      ...this.#handlers,
      onMessage: (message) => {
        const { order = 0, lines = [] } = message;
        // a line may give several events
        const one = this.#awaited.get(order - (order % ORDERS_A_LINE));
        // where the formats see another mail in its lines than the machine, all of its shape are others
        if (one !== undefined && lines.length === one.count)
          this.#rows.set(one.shape, this.#handlers.rowsOf?.(message) ?? 0);
        return this.#handlers.onMessage(message);
      },
      ...(isRepeatable
        ? {
            onRestart: () => {
              this.#isVoid = true;
              this.#handlers.onRestart?.();
            },
          }
        : {}),
    };
  }

  /** Each was told as the machine saw it, and by one run: another one would have lost the chains. */
  get areAllRead(): boolean {
    return !this.#isVoid && this.#rows.size === this.#awaited.size;
  }

  rowsOf(shape: number): number {
    return this.#rows.get(shape) ?? 0;
  }
}

/** The place of a line's events among those of the one long log. */
export function orderIn({ pieces }: CountPlan): NonNullable<RunOptions['orderOf']> {
  const before = new Map(pieces.map(({ identity, line }) => [identity, line]));
  return (file, line) => ((before.get(file.identity) ?? 0) + line) * ORDERS_A_LINE;
}

/** What the machine's times lack to the formats' times: the same for all lines, or its order is not to be trusted. */
export class Clock {
  #shift: number | undefined;
  #differs = false;

  /** ms */
  get shift(): number {
    return (this.#shift ?? 0) * 1000;
  }

  get isSure(): boolean {
    return this.#shift !== undefined && !this.#differs;
  }

  watched(selections: ReadonlyMap<string, TimedSelection>): Map<string, LineSelection> {
    return new Map(
      [...selections].map(([identity, selection]) => [
        identity,
        { ...selection, onPlaced: (i, at) => this.#see(selection.seconds[i] as number, at) },
      ]),
    );
  }

  #see(seconds: number, at: number): void {
    if (Number.isNaN(seconds)) return;
    const shift = Math.floor(at / 1000) - seconds;
    if (shift !== (this.#shift ??= shift)) this.#differs = true;
  }
}
