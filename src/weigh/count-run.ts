/**
 * A run that only counts: over a large Postfix log the plan's lines alone, else, and where anything speaks against it, the
 * ordinary run.
 */
import type { InputFile } from '../sources/input-file.ts';
import { areAtHand } from '../sources/spool/read-at.ts';
import type { Message } from '../model/message.ts';
import type { RunRequest } from '../model/run.ts';
import type { Status } from '../model/words.ts';
import {
  discoverInputs,
  oneLogOf,
  run,
  type RunHandlers,
  type RunIo,
  type RunOptions,
  type RunResult,
} from '../pipeline/run.ts';
import type { Chain } from './chains.ts';
import { planCount, unpackedSize } from './plan.ts';

/** Below this the ordinary run is as fast. */
export const LEAST_BYTES = 4 * 1024 * 1024;

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

/** A configured filter decides what is delivered, an added address is no recipient: the plan knows only what the log shows. */
export function isConfigured({ own }: RunRequest): boolean {
  return own?.isFilter !== undefined || own?.isAdded !== undefined;
}

/** As `run`, for handlers that have onCount. `leastBytes`: smaller logs are read whole. */
export async function countRun(
  request: RunRequest,
  io: RunIo,
  handlers: CountHandlers,
  options: RunOptions = {},
  leastBytes = LEAST_BYTES,
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const whole = (): Promise<RunResult> => run(request, io, handlers, { ...options, found });
  if (request.wantLines || isConfigured(request) || !isLarge(found.files, leastBytes)) return whole();
  const files = await oneLogOf(found.files, request, io);
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

export function isLarge(files: readonly InputFile[], leastBytes: number): boolean {
  return files.length > 0 && areAtHand(files) && unpackedSize(files) >= leastBytes;
}
