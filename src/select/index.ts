/**
 * The door of the selective path: what a command looks for -> how the run reads its inputs.
 * Errors: none; undefined: all lines must be read.
 */
import type { FilterOptions } from '../filter/options.ts';
import { openKernel } from '../kernel/index.ts';
import type { RunRequest } from '../model/run.ts';
import { discoverInputs, type RunIo, type RunOptions } from '../pipeline/run.ts';
import { queryOf, queryOfId, type Query } from './query.ts';

export { lookNear, type NearLook } from './near.ts';
import { selectLines } from './select.ts';

/** What is looked for. */
export type Plan =
  | {
      readonly filters: FilterOptions;
      /** the output or a filter tells what became of mails */
      readonly asksStatus: boolean;
      /** the output tells links between messages */
      readonly asksLinks: boolean;
      /** where there are many lines to be looked for, another way is faster */
      readonly hasOtherWay?: boolean;
    }
  /** `show ID` */
  | { readonly id: string };

/** Which bytes every match shows; undefined: there are none that can be looked for. */
export function queryOfPlan(plan: Plan): Query | undefined {
  return 'id' in plan ? queryOfId(plan.id) : queryOf(plan.filters);
}

/** Options for a run over the lines of what is looked for. `blockBytes`: how much is looked at at once (for the tests). */
export async function select(
  request: RunRequest,
  io: RunIo,
  plan: Plan,
  options: RunOptions,
  blockBytes?: number,
): Promise<RunOptions | undefined> {
  const query = queryOfPlan(plan);
  if (query === undefined) return undefined;
  const found = options.found ?? (await discoverInputs(request, io, options));
  const asks = 'id' in plan ? { asksStatus: true, asksLinks: true, hasOtherWay: false } : plan;
  const { selections, hints } = await selectLines(found.files, request, io, {
    query,
    asksStatus: asks.asksStatus,
    asksLinks: asks.asksLinks,
    hasOtherWay: asks.hasOtherWay,
    kernel: openKernel(),
    blockBytes,
    signal: options.signal,
    onPhase: options.onPhase,
  });
  return selections === undefined ? undefined : { found, selections, hints };
}
