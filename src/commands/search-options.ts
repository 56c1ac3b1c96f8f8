/**
 * What a search was asked for, checked whole before a byte is read.
 * Errors: UsageError for every value that is wrong.
 */
import { UsageError, didYouMean } from '../errors.ts';
import { REASONS } from '../explain/reason-words.ts';
import type { CompiledFilter } from '../filter/compile.ts';
import { compileFilters } from '../filter/compile.ts';
import type { FilterOptions } from '../filter/options.ts';
import type { Window } from '../filter/time.ts';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { JsonSource, LogZone } from '../model/run.ts';
import type { FieldPath } from '../render/fields.ts';
import { parseFields } from '../render/fields.ts';
import type { Redactor } from '../render/redact/index.ts';
import type { Scope } from '../scope/index.ts';
import type { Screen } from '../render/screen.ts';
import type { GroupKey, Order } from './collect.ts';
import { oneOf, screenOf, textOf } from './common-options.ts';
import { configuredOf } from './configured.ts';
import type { Values } from './filter-options.ts';
import { redactorOf } from './redacting.ts';
import { FORMATS, GROUP_KEYS, filterOptionsOf } from './filter-options.ts';
import { storeOptions } from './spool/spool.ts';
import type { StoreOptions } from './spool/store.ts';

type Format = (typeof FORMATS)[number];

/** Messages in a table on a terminal where --limit does not say. */
const TERMINAL_LIMIT = 100;
const DEFAULT_DAYS = 14;
const DAY = 86_400_000;

export interface SearchOptions {
  paths: readonly string[];
  filter: CompiledFilter;
  filterOptions: FilterOptions;
  window: Window;
  /** nobody asked for the window */
  defaultWindow: boolean;
  format: Format;
  order: Order;
  /** undefined = all */
  limit: number | undefined;
  fields: readonly FieldPath[] | undefined;
  count: boolean;
  groupBy: GroupKey | undefined;
  /** raw lines are printed */
  raw: boolean;
  sessions: boolean;
  screen: Screen;
  logZones: readonly LogZone[];
  own: Own;
  json: readonly JsonSource[];
  /** bytes that the run may take */
  memory: number;
  /** pseudonyms in place of people, hosts and subjects in all that is printed */
  redactor: Redactor | undefined;
  /** what may be shown of the logs */
  scope?: Scope | undefined;
  /** where what is to be printed is kept */
  store: StoreOptions;
}

function formatOf(values: Values): Format {
  const format = oneOf(values['format'], FORMATS, '--format');
  if (values['json'] !== true) return format ?? 'table';
  if (format !== undefined && format !== 'json' && format !== 'ndjson') {
    throw new UsageError({
      where: '--json',
      what: `it means --format ndjson, and --format ${format} is given too`,
      help: 'give one of the two',
    });
  }
  return format ?? 'ndjson';
}

function limitOf(values: Values, format: Format, tty: boolean): number | undefined {
  const typed = values['limit'];
  if (typed === undefined) return format === 'table' && tty ? TERMINAL_LIMIT : undefined;
  const text = textOf(typed);
  const limit = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(limit)) {
    throw new UsageError({
      where: '--limit',
      what: `'${text}' is no number of messages`,
      help: 'give 20, or 0 for all',
    });
  }
  return limit === 0 ? undefined : limit;
}

function checkReasons(options: FilterOptions): void {
  for (const [texts, where] of [
    [options.reason, '--reason'],
    [options.not?.reason, '--not-reason'],
  ] as const) {
    const known: readonly string[] = REASONS;
    const wrong = texts?.find((text) => !text.includes('*') && !known.includes(text.trim().toLowerCase()));
    if (wrong === undefined) continue;
    throw new UsageError({ where, what: `unknown word '${wrong}'`, help: didYouMean(wrong.toLowerCase(), known) });
  }
}

/** The zone's name as luxon takes it: fixed offsets are `UTC+5:30` there. */
export function zoneForTimes(zone: string): string {
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone);
  if (fixed !== null) return `UTC${fixed[1] ?? ''}${Number(fixed[2])}:${fixed[3] ?? '00'}`;
  return /^z$/i.test(zone) ? 'UTC' : zone;
}

/** The windows of --since and --until, and of their --not-…. luxon is loaded only where one is given. */
export async function windowsOf(
  options: FilterOptions,
  screen: Screen,
): Promise<{ window: Window; notWindow: Window }> {
  const { since, until, not = {} } = options;
  if ([since, until, not.since, not.until].every((text) => text === undefined)) return { window: {}, notWindow: {} };
  const { parseWindow } = await import('../filter/time.ts');
  const context = { now: screen.now, zone: zoneForTimes(screen.clock.zone) };
  return { window: parseWindow({ since, until }, context), notWindow: parseWindow(not, context, true) };
}

/** Checks everything. Throws UsageError for the first that is wrong. */
export async function searchOptionsOf(paths: readonly string[], values: Values, io: Io): Promise<SearchOptions> {
  const typedOptions = filterOptionsOf(values);
  const settings = await configuredOf(paths, values, io);
  const filterOptions = settings.widen(typedOptions);
  checkReasons(filterOptions);
  const screen = screenOf(values, io);
  const { window, notWindow } = await windowsOf(filterOptions, screen);
  const defaultWindow = paths.length === 0 && window.since === undefined;
  if (defaultWindow) window.since = (window.until ?? screen.now) - DEFAULT_DAYS * DAY;
  const format = formatOf(values);
  const groupBy = oneOf(values['groupBy'], GROUP_KEYS, '--group-by');
  const count = values['count'] === true;
  if (count && groupBy !== undefined)
    throw new UsageError({ where: '--count', what: '--group-by counts already', help: 'leave out --count' });
  if ((count || groupBy !== undefined) && format === 'raw') {
    throw new UsageError({ where: '--format', what: 'raw has no numbers', help: 'leave out --count and --group-by' });
  }
  const sessions = values['sessions'] === true;
  if (sessions && (count || groupBy !== undefined)) {
    throw new UsageError({
      where: '--sessions',
      what: `does not go with ${count ? '--count' : '--group-by'}`,
      help: 'give one of the two',
    });
  }
  const fields = typeof values['fields'] === 'string' ? parseFields(values['fields']) : undefined;
  return {
    paths: settings.paths,
    own: settings.own,
    json: settings.json,
    memory: settings.memory,
    filter: compileFilters(filterOptions, { window, notWindow }),
    filterOptions,
    window,
    defaultWindow,
    format,
    order: oneOf(values['sort'], ['newest', 'oldest'], '--sort') ?? 'newest',
    limit: limitOf(values, format, io.stdoutIsTty),
    fields,
    count,
    groupBy,
    raw: values['raw'] === true || format === 'raw' || fields?.some(({ keys }) => keys[0] === 'lines') === true,
    sessions,
    screen,
    logZones: settings.logZones,
    redactor: await redactorOf(values, io),
    scope: settings.scope,
    store: storeOptions(io.env, settings.memory),
  };
}
