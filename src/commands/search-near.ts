/**
 * The help of an empty result without reading the whole of a large log by the formats: gaps from a few lines of it, addresses
 * that come near and refusals from the mails that show them. What is said is what a reading of every line would say; where
 * there is too much of it, less.
 */
import type { AddressPattern } from '../filter/address.ts';
import type { Frame } from '../model/frame.ts';
import type { RunRequest } from '../model/run.ts';
import type { RunIo, RunOptions, RunResult } from '../pipeline/run.ts';
import type { Plan } from '../select/index.ts';
import type { CountHandlers } from '../weigh/count-run.ts';
import type { Engine } from './engine.ts';
import type { NearMisses } from './search-hints.ts';

/**
 * `handlers`: of a run in which few messages are told, none of them as a chain or a number. undefined where it cannot be told
 * that way: what was shown to `near` and the handlers is void then.
 */
export async function nearRun(
  near: NearMisses,
  handlers: CountHandlers,
  engine: Engine,
  plan: Plan | undefined,
  patterns: readonly AddressPattern[],
  request: RunRequest,
  io: RunIo,
  options: Pick<RunOptions, 'signal' | 'onPhase' | 'onFiles'>,
): Promise<RunResult | undefined> {
  if (engine.near === undefined || engine.chains === undefined) return undefined;
  if (plan === undefined || request.wantSessions || near.asksAll) return undefined;
  const { signal, onPhase } = options;
  const way = await engine.near(request, io, plan, patterns, { signal, onPhase });
  if (way === undefined) return undefined;
  const { found, gaps, query } = way;
  const onFrame = (frame: Frame): void => near.seeLine(frame);
  // lines without those around them make no messages that mean anything
  const lines = { ...request, wantLines: false };
  const ends = await engine.run(lines, io, { onMessage: () => false }, { signal, found, selections: gaps, onFrame });
  if (way.isDoubted() || ends.summary.interrupted) return undefined;
  near.know(way);
  const acceptsSession = near.namesClient.bind(near);
  return engine.chains(request, io, handlers, { ...options, found, sieve: query, acceptsSession });
}
