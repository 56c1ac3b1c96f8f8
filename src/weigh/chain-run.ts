/**
 * A run of which only the raw chains of all messages are wanted: over a large Postfix log the machine puts together those of
 * plain mails, and the lines of the others alone are read; else, and where anything speaks against it, the ordinary run.
 */
import type { RunRequest } from '../model/run.ts';
import { discoverInputs, oneLogOf, run, type RunIo, type RunOptions, type RunResult } from '../pipeline/run.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import { Chain, ORDERS_A_LINE } from './chains.ts';
import type { TimedSelection } from './chosen.ts';
import { type CountHandlers, isConfigured, isLarge, LEAST_BYTES } from './count-run.ts';
import { type CountPlan, planCount } from './plan.ts';

/** As `run`, for handlers that have onChain. `leastBytes`: smaller logs are read whole. */
export async function chainRun(
  request: RunRequest,
  io: RunIo,
  handlers: CountHandlers,
  options: RunOptions = {},
  leastBytes = LEAST_BYTES,
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const whole = (): Promise<RunResult> => run(request, io, handlers, { ...options, found });
  if (isConfigured(request) || !isLarge(found.files, leastBytes)) return whole();
  const files = await oneLogOf(found.files, request, io);
  if (files === undefined) return whole();
  const chain = new Chain();
  let told = 0;
  const chains = {
    onPass: (): void => {
      if (told > 0) handlers.onRestart?.();
      told = 0;
    },
    take: (memory: ArrayBuffer, at: number, count: number, pieces: CountPlan['pieces']): void => {
      told += count;
      chain.each(memory, at, count, pieces, found.files, (one) => handlers.onChain?.(one));
    },
  };
  const plan = await planCount(files, { ...options, chains });
  if (plan === undefined) {
    if (told > 0) handlers.onRestart?.();
    return whole();
  }
  const clock = new Clock();
  const result =
    plan.selections === undefined
      ? // stopped: nothing more is read
        await whole()
      : await run(request, io, handlers, {
          ...options,
          found,
          selections: clock.watched(plan.selections),
          isWhole: true,
          orderOf: orderIn(plan),
        });
  const isGood = plan.selections !== undefined && result.isDoubted !== true && clock.isSure && plan.isCurrent();
  if (isGood || result.summary.interrupted) {
    handlers.onChainTimes?.(clock.shift);
    result.summary.messages += told;
    return result;
  }
  handlers.onRestart?.();
  return whole();
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
