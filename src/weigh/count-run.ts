/**
 * A run that only counts: over a large Postfix log the plan's lines alone, else, and where anything speaks against it, the
 * ordinary run.
 */
import type { Message } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import type { Status } from '../model/words.ts';
import { discoverInputs, run, type RunHandlers, type RunIo, type RunOptions, type RunResult } from '../pipeline/run.ts';
import type { Chain } from './chains.ts';
import { isConfigured, oneLargeLog } from './one-log.ts';
import { planCount } from './plan.ts';

export interface CountHandlers extends RunHandlers {
  /** a message of which only its raw lines are known; the object is used again */
  onChain?(chain: Chain): void;
  /** all chains were told, and their times lack so many ms */
  onChainTimes?(shift: number): void;
  /** how many rows a message has in a table; asked where onChain is given */
  rowsOf?(message: Message): number;
  /** all chains were told: how many rows those of a shape have */
  onChainRows?(rowsOf: (shape: number) => number): void;
  /** mails that are counted together: how many, and what became of their recipients */
  onTally?(messages: number, byStatus: ReadonlyMap<Status, number>): void;
}

/** As `run`, for handlers that have onCount. `leastBytes`: smaller logs are read whole. */
export async function countRun(
  request: RunRequest,
  io: RunIo,
  handlers: CountHandlers,
  options: RunOptions = {},
  leastBytes?: number,
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const whole = (): Promise<RunResult> => run(request, io, handlers, { ...options, found });
  if (request.wantLines || isConfigured(request)) return whole();
  const files = await oneLargeLog(found.files, request, io, leastBytes);
  const plan = files === undefined ? undefined : await planCount(files, { ...options, memory: request.memory });
  if (plan === undefined) return whole();
  const { selections, messages, byStatus } = plan;
  if (selections === undefined) {
    // stopped: nothing more is read
    const result = await whole();
    handlers.onTally?.(messages, byStatus);
    result.summary.messages += messages;
    return result;
  }
  const result = await run(request, io, handlers, { ...options, found, selections, isWhole: true });
  const isGood = result.isDoubted !== true && plan.isCurrent();
  if (isGood || result.summary.interrupted) {
    handlers.onTally?.(messages, byStatus);
    result.summary.messages += messages;
    return result;
  }
  handlers.onRestart?.();
  return whole();
}
