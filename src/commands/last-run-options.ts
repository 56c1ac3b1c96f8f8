/**
 * `--since last-run`: the values with the period that the state of the last run tells, the lock that this run holds, and what
 * is to be done when the report was delivered.
 * Errors: UsageError for options that do not go with it; UserError for a state that is damaged or held by another run.
 */
import { resolve } from 'node:path';
import { LastRun, stateName } from '../deliver/last-run.ts';
import type { StateOwner } from '../deliver/last-run.ts';
import { takeLock } from '../deliver/run-lock.ts';
import { stateFolder } from '../deliver/state-folder.ts';
import { makeFolder } from '../deliver/whole-file.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Instant } from '../model/message.ts';
import { rotatedName } from '../pipeline/rotation.ts';
import type { Clock } from '../render/times.ts';
import { textOf } from './common-options.ts';
import type { Values } from './filter-options.ts';
import type { ReportOptions } from './report-options.ts';

export interface LastRunOptions {
  /** undefined: nothing is to be reported yet */
  readonly values: Values | undefined;
  /** for the report: which period a first run takes; that the logs begin after the period. `first`: the first stamp read */
  notes(first: Instant | undefined): string[];
  /** the report was delivered */
  delivered(): void;
  /** gives the lock back */
  close(): void;
}

export function isLastRun(values: Values): boolean {
  return textOf(values['since']).trim().toLowerCase() === 'last-run';
}

/** Values of options that do not go together. Throws UsageError. */
export function checkLastRun(values: Values): void {
  if (isLastRun(values)) {
    if (values['until'] === undefined) return;
    throw new UsageError({
      where: '--until',
      what: 'does not go with --since last-run: its period ends five minutes ago',
      help: 'leave it out',
    });
  }
  if (values['state'] !== undefined) {
    throw new UsageError({ where: '--state', what: 'names what --since last-run keeps', help: 'add --since last-run' });
  }
}

/** `options`: those of the report without --since. */
export function lastRunOf(values: Values, options: ReportOptions, io: Io): LastRunOptions {
  const owner = ownerOf(options, io);
  const folder = stateFolder(io.env, process.getuid?.() === 0);
  const name = stateNameOf(values) ?? stateName(owner);
  const state = new LastRun(folder, name, owner);
  makeFolder(folder);
  const close = takeLock(`${state.path.slice(0, -'.json'.length)}.lock`);
  try {
    const now = io.now();
    const period = state.period(now);
    if (period === undefined) return { values: undefined, notes: () => [], delivered: () => undefined, close };
    const { since, until, isFirst } = period;
    return {
      values: { ...values, since: new Date(since).toISOString(), until: new Date(until).toISOString() },
      notes: (first) => (isFirst ? [FIRST_RUN] : gapNotes(since, first, options.search.screen.clock)),
      delivered: () => state.write(until, now),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

const FIRST_RUN = 'First run with --since last-run: nobody knows of one before, so the period is the last 24 hours.';
/** A server is quiet for less. */
const QUIET_MS = 3_600_000;

/** A log that was rotated away, or was not given, is missing from the period. */
function gapNotes(since: Instant, first: Instant | undefined, clock: Clock): string[] {
  if (first === undefined || first <= since + QUIET_MS) return [];
  return [
    `The last report ended at ${clock.plain(since)}, but the logs begin at ${clock.plain(first)}: what is between is in none of them. Give the rotated files too (mail.log*).`,
  ];
}

function stateNameOf(values: Values): string | undefined {
  if (values['state'] === undefined) return undefined;
  const name = textOf(values['state']);
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name;
  throw new UsageError({ where: '--state', what: `'${name}' is no name`, help: 'letters, digits, - and _: daily' });
}

/** Paths as a rotation leaves them: a shell makes another list of `mail.log*` every day, where none does the glob stays. */
function ownerOf({ kind, search, filter }: ReportOptions, io: Io): StateOwner {
  const sources = search.paths.map((path) =>
    path === '-' ? path : rotatedName(resolve(io.cwd, path.replace(/(?<=[^/])[-.]?\*$/, ''))).base,
  );
  const exact = search.filterOptions.exact === true ? ', exact' : '';
  return { report: kind, filters: `${filter.describe()}${exact}`, sources: [...new Set(sources)].toSorted() };
}
