/**
 * What a report was asked for, checked whole before a byte is read.
 * Errors: UsageError for every value that is wrong.
 */
import { UsageError, didYouMean } from '../errors.ts';
import { compileFilters } from '../filter/compile.ts';
import type { CompiledFilter } from '../filter/compile.ts';
import type { Io } from '../io.ts';
import type { Instant } from '../model/message.ts';
import { REPORT_FORMATS } from '../render/report/index.ts';
import type { ReportFormat } from '../render/report/index.ts';
import { REPORT_KINDS } from '../report/document.ts';
import type { ReportKind } from '../report/document.ts';
import type { Period } from '../report/period.ts';
import { oneOf, textOf } from './common-options.ts';
import { COMPARE_WORDS } from './filter-options.ts';
import type { Values } from './filter-options.ts';
import type { SearchOptions } from './search-options.ts';
import { searchOptionsOf, windowsOf, zoneForTimes } from './search-options.ts';

/** Rows of a table: for people, and for programs. */
const TOP = { people: 10, programs: 1000 };

export interface ReportOptions {
  readonly kind: ReportKind;
  readonly format: ReportFormat;
  /** paths, zones and what else a search has; its filter asks the window, that of a report does not */
  readonly search: SearchOptions;
  /** without the window: a report asks that of each recipient */
  readonly filter: CompiledFilter;
  readonly period: Period;
  readonly compare: { readonly label: string; readonly since: Instant; readonly until: Instant } | undefined;
  /** rows of a table; Infinity = all */
  readonly top: number;
  readonly section: string | undefined;
  readonly withAdded: boolean;
  readonly asLogged: boolean;
}

function kindOf(typed: string): ReportKind {
  const word = typed.trim().toLowerCase();
  const kind = REPORT_KINDS.find((each) => each === word);
  if (kind === undefined)
    throw new UsageError({ where: 'report', what: `no report '${typed}'`, help: didYouMean(word, REPORT_KINDS) });
  return kind;
}

function formatOf(values: Values): ReportFormat {
  const format = oneOf(values['format'], REPORT_FORMATS, '--format');
  if (values['json'] !== true) return format ?? 'text';
  if (format !== undefined && format !== 'json') {
    throw new UsageError({
      where: '--json',
      what: `it means --format json, and --format ${format} is given too`,
      help: 'give one of the two',
    });
  }
  return 'json';
}

function topOf(values: Values, format: ReportFormat): number {
  const typed = values['top'];
  if (typed === undefined) return format === 'json' || format === 'csv' ? TOP.programs : TOP.people;
  const text = textOf(typed);
  const top = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(top))
    throw new UsageError({ where: '--top', what: `'${text}' is no number of rows`, help: 'give 20, or 0 for all' });
  return top === 0 ? Infinity : top;
}

/** The period before, of the same length in days; or the same days a week earlier. */
async function compareOf(
  values: Values,
  period: Period,
  search: SearchOptions,
): Promise<ReportOptions['compare'] | undefined> {
  const word = oneOf(values['compare'], COMPARE_WORDS, '--compare');
  if (word === undefined) return undefined;
  const { since, until = search.screen.now } = period;
  if (since === undefined)
    throw new UsageError({
      where: '--compare',
      what: 'a period is compared with one before it, and none is given',
      help: 'give --since, as in --since yesterday --until yesterday',
    });
  const { earlierPeriod } = await import('../filter/time.ts');
  const zone = zoneForTimes(search.screen.clock.zone);
  const earlier = earlierPeriod({ since, until }, word === 'last-week' ? 7 : undefined, zone);
  return { label: word === 'last-week' ? 'the week before' : 'the period before', ...earlier };
}

/** Checks everything. Throws UsageError for the first that is wrong. */
export async function reportOptionsOf(
  name: string,
  paths: readonly string[],
  values: Values,
  io: Io,
): Promise<ReportOptions> {
  const kind = kindOf(name);
  const format = formatOf(values);
  const search = await searchOptionsOf(paths, { ...values, format: undefined, json: undefined }, io);
  const { notWindow } = await windowsOf(search.filterOptions, search.screen);
  const { since, until } = search.window;
  const period = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const section = textOf(values['section']) || undefined;
  if (section !== undefined && format !== 'csv')
    throw new UsageError({ where: '--section', what: 'it chooses a table of CSV', help: 'add --format csv' });
  if (values['asLogged'] === true && kind !== 'traffic')
    throw new UsageError({
      where: '--as-logged',
      what: `report ${kind} has no such numbers`,
      help: 'see report traffic',
    });
  const filter = compileFilters(search.filterOptions, { notWindow });
  if (values['asLogged'] === true && search.scope !== undefined)
    throw new UsageError({ where: '--as-logged', what: 'lines of a log know no scope', help: 'leave one of them out' });
  if (values['asLogged'] === true && filter.describe() !== '')
    throw new UsageError({
      where: '--as-logged',
      what: 'lines of a log know no filters',
      help: 'leave out the filters, or --as-logged',
    });
  return {
    kind,
    format,
    search,
    filter,
    period,
    compare: await compareOf(values, period, search),
    top: topOf(values, format),
    section,
    withAdded: values['added'] === true,
    asLogged: values['asLogged'] === true,
  };
}
