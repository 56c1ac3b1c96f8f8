/**
 * What of a search is looked for in raw bytes first, and what its output tells: for the selective path.
 */
import type { Plan } from '../select/index.ts';
import type { SearchOptions } from './search-options.ts';

/** Filters that ask what became of a mail. */
const ASK_STATUS = ['status', 'action', 'direction', 'reason'] as const;

/** undefined where every line counts: sessions without mail, no filter that says anything. */
export function planOf(options: SearchOptions): Plan | undefined {
  const { filterOptions, format, count, groupBy, sessions, fields } = options;
  if (sessions || options.filter.describe() === '') return undefined;
  const { not = {} } = filterOptions;
  const asks = ASK_STATUS.some((name) => filterOptions[name] !== undefined || not[name] !== undefined);
  const isPrinted = !count && groupBy === undefined;
  const showsLinks =
    fields === undefined
      ? format === 'json' || format === 'ndjson'
      : fields.some(({ keys }) => keys[0] === 'links' || keys[0] === 'notes');
  return {
    filters: filterOptions,
    asksStatus: asks || format !== 'raw' || !isPrinted,
    asksLinks: isPrinted && showsLinks,
  };
}
