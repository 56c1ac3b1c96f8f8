/**
 * What of a search is looked for in raw bytes first, and what its output tells: for the selective path.
 */
import type { RunRequest } from '../model/run.ts';
import type { RunIo } from '../pipeline/run.ts';
import type { Plan } from '../select/index.ts';
import type { ChainOptions } from '../weigh/chain-run.ts';
import type { Engine } from './engine.ts';
import type { SearchOptions } from './search-options.ts';

/** Filters that ask what became of a mail. */
const ASK_STATUS = ['status', 'action', 'direction', 'reason'] as const;

/** Whether the output tells links between messages, or notes on them. */
export function tellsLinks({ format, count, groupBy, fields }: SearchOptions): boolean {
  if (count || groupBy !== undefined) return false;
  return fields === undefined
    ? format === 'json' || format === 'ndjson'
    : fields.some(({ keys }) => keys[0] === 'links' || keys[0] === 'notes');
}

/** undefined where every line counts: sessions without mail, no filter that says anything. */
export function planOf(options: SearchOptions): Plan | undefined {
  const { filterOptions, format, count, groupBy, sessions } = options;
  if (sessions || options.filter.describe() === '') return undefined;
  const { not = {} } = filterOptions;
  const asks = ASK_STATUS.some((name) => filterOptions[name] !== undefined || not[name] !== undefined);
  const isPrinted = !count && groupBy === undefined;
  return {
    filters: filterOptions,
    asksStatus: asks || format !== 'raw' || !isPrinted,
    asksLinks: tellsLinks(options),
  };
}

/** Whether the search asks of messages that a raw line shows some text, and nothing else. */
export function asksTextAlone({ filterOptions, defaultWindow }: SearchOptions): boolean {
  const { not = {}, ...options } = filterOptions;
  const asked = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const isNegated = Object.values(not).some((value) => value !== undefined);
  return !defaultWindow && !isNegated && asked.every((name) => name === 'text' || name === 'exact');
}

/**
 * How to read, where most of a log is to be looked at: for what needs no sessions. Where links are told, other messages are
 * written as JSON, which asks more (plain/plain-run.ts).
 */
export async function sieveFor(
  plan: Plan,
  engine: Engine,
  request: RunRequest,
  io: RunIo,
): Promise<ChainOptions | undefined> {
  if (request.wantSessions || 'id' in plan) return undefined;
  if (!plan.asksLinks) return engine.chains && engine.sieve?.(request, io, plan, {});
  if (request.wantLines || request.logZones.some(({ match }) => match !== undefined)) return undefined;
  return engine.plain && engine.sieve?.(request, io, plan, {});
}
