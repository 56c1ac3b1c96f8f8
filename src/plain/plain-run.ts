/**
 * A run of which the JSON of all messages is wanted: over a large Postfix log the messages of plain mails are written from
 * their lines, as the machine put them together (src/weigh), and the lines of the others alone are read by the formats; else,
 * and where anything speaks against it, the ordinary run.
 */
import type { RunRequest } from '../model/run.ts';
import { framerOf } from '../pipeline/framer-of.ts';
import { discoverInputs, run, type RunHandlers, type RunIo, type RunOptions, type RunResult } from '../pipeline/run.ts';
import type { Discovered } from '../sources/discover.ts';
import { Clock, orderIn } from '../weigh/chain-run.ts';
import { oneLargeLog } from '../weigh/one-log.ts';
import { type CountPlan, planCount } from '../weigh/plan.ts';
import { LineMarks, type Sieve } from '../weigh/sieve.ts';
import { PlainReader } from './reader.ts';
import type { PlainTaker } from './taker.ts';

export interface PlainHandlers extends RunHandlers {
  /** in place of onMessage, for messages that are told as JSON */
  plain?: PlainTaker;
}

export interface PlainOptions extends RunOptions {
  /** Messages of which a line may show this are read by the formats. */
  readonly sieve?: Sieve | undefined;
}

/** As `run`, for handlers that have `plain`. `leastBytes`: smaller logs are read whole. */
export async function plainRun(
  request: RunRequest,
  io: RunIo,
  handlers: PlainHandlers,
  { sieve, ...options }: PlainOptions = {},
  leastBytes?: number,
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const whole = (): Promise<RunResult> => run(request, io, handlers, { ...options, found });
  const { plain } = handlers;
  if (plain === undefined || !isUsual(request)) return whole();
  const files = await oneLargeLog(found.files, request, io, leastBytes);
  if (files === undefined) return whole();
  const marks = sieve && new LineMarks();
  const reader = new PlainReader(
    found.files,
    plain,
    (recipient) => handlers.reasonOf?.(recipient),
    (file) => framerOf(file, request, io),
    (id, link) => handlers.onLink?.(id, link),
    marks,
  );
  const restart = (): void => {
    if (reader.told > 0) handlers.onRestart?.();
    reader.restart();
  };
  const plan = await planCount(files, {
    ...options,
    memory: request.memory,
    sieve: sieve && marks && { needles: sieve.needles, marks },
    chains: {
      onPass: restart,
      take: reader.take.bind(reader),
      finish: (pieces, chosen) => reader.finish(pieces, chosen, options.signal),
      held: () => reader.held,
    },
  });
  if (plan === undefined || reader.isLost || plain.isFull === true) {
    restart();
    return whole();
  }
  if (plan.selections === undefined) {
    // stopped: nothing more is read
    const result = await whole();
    result.summary.messages += reader.told;
    return result;
  }
  const result = await restRun(found, plan, reader, request, io, handlers, options);
  if (result !== undefined) return result;
  handlers.onRestart?.();
  return whole();
}

/** Reads what was not written, and adds up. Undefined: what was told is void. */
async function restRun(
  found: Discovered,
  plan: CountPlan,
  reader: PlainReader,
  request: RunRequest,
  io: RunIo,
  handlers: PlainHandlers,
  options: RunOptions,
): Promise<RunResult | undefined> {
  const clock = new Clock();
  /** a message has the id of one that was written, or the run was made anew */
  let isTangled = false;
  const result = await run(
    request,
    io,
    {
      ...handlers,
      attempts: reader.attempts,
      onMessage: (message) => {
        isTangled ||= reader.hasId(message.id);
        return handlers.onMessage(message);
      },
      // parts that came late are told apart by reading all
      onRestart: () => {
        isTangled = true;
      },
    },
    {
      ...options,
      found,
      selections: clock.watched(plan.selections),
      isWhole: true,
      orderOf: orderIn(plan),
    },
  );
  const isTimed = reader.told === 0 || clock.shift === reader.shift;
  const isGood = !isTangled && isTimed && result.isDoubted !== true && clock.isSure && plan.isCurrent();
  if (isGood || result.summary.interrupted) {
    result.summary.messages += reader.told;
    return result;
  }
  return undefined;
}

/** What is configured as ours tells more of a mail than the log shows; so does a zone for some hosts. */
function isUsual({ own, wantLines, logZones, wantSessions }: RunRequest): boolean {
  const isOwn = own !== undefined && Object.keys(own).length > 0;
  return !isOwn && !wantLines && !wantSessions && logZones.every(({ match }) => match === undefined);
}
