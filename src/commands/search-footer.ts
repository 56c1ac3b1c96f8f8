/**
 * What a search says on stderr below its result.
 */
import type { Io } from '../io.ts';
import type { InputProblem, RunSummary } from '../model/run.ts';
import { shellWord } from '../render/escape.ts';
import type { FooterFacts } from '../render/footer.ts';
import { footerText, sessionsText } from '../render/footer.ts';
import { errorScreenOf } from './common-options.ts';
import { redactedFacts } from './redacting.ts';
import type { NearMisses } from './search-hints.ts';
import { narrower } from './search-narrower.ts';
import type { Matches } from './search-matches.ts';
import type { SearchOptions } from './search-options.ts';
import type { Printed } from './search-print.ts';

/** `cat LOG | mailtrace search` reads the standard places. */
const UNREAD_PIPE = 'the standard input was not read: give - to search it (mailtrace search … -)';

/** A PATH that is not there and looks like an address was meant to be searched for. */
export function withSearchHelp(problem: InputProblem): InputProblem {
  if (!/^[^\s/@]+@[^\s/@]+$/.test(problem.where)) return problem;
  return { ...problem, help: `to search for an address: --address ${shellWord(problem.where)}` };
}

export function footerFacts(
  options: SearchOptions,
  summary: RunSummary,
  matches: Matches,
  printed: Printed,
  near: NearMisses,
  stdinIsPipe: boolean,
): FooterFacts {
  const { since, until } = options.window;
  const { firstId } = printed;
  const isCut = printed.messages > 0 && printed.messages < matches.all.messages;
  const isStopped = isCut && (options.limit === undefined || (summary.interrupted && printed.messages < options.limit));
  return {
    shown: matches.shown(printed),
    ...(isStopped ? { stopped: true } : {}),
    ...(isCut ? { matched: matches.all, narrower: narrower(options, summary) } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    defaultWindow: options.defaultWindow,
    pathsGiven: options.paths.length > 0,
    summary,
    ...(firstId !== undefined && options.format === 'table' && options.paths.length > 0 && !options.paths.includes('-')
      ? { example: { id: firstId, paths: typedPaths(options) } }
      : {}),
    hints: hintsOf(options, summary, matches, near, stdinIsPipe),
  };
}

/** Those of a policy are read anyway, and may not be typed. */
export function typedPaths({ paths, scope }: Pick<SearchOptions, 'paths' | 'scope'>): readonly string[] {
  return scope?.allows === undefined ? paths : [];
}

function hintsOf(
  options: SearchOptions,
  summary: RunSummary,
  matches: Matches,
  near: NearMisses,
  stdinIsPipe: boolean,
): string[] {
  const { ip, host } = options.filterOptions;
  const sessions = ip === undefined && host === undefined ? undefined : sessionsText(matches.sessionKinds);
  const empty = matches.all.messages === 0 ? near.hints(summary, options.screen.clock) : [];
  if (matches.all.messages === 0 && stdinIsPipe && options.paths.length === 0) empty.push(UNREAD_PIPE);
  return sessions === undefined ? empty : [sessions, ...empty];
}

/** Where a program reads the result, only what is worth a word: nothing found, something cut, in trouble or assumed by default. */
export async function printFooter(
  facts: FooterFacts,
  options: SearchOptions,
  io: Io,
  hosts: readonly string[],
): Promise<void> {
  const { summary } = facts;
  const isNotable =
    facts.shown.messages === 0 ||
    facts.matched !== undefined ||
    facts.defaultWindow === true ||
    summary.interrupted ||
    summary.sources.some(({ unknown }) => unknown > 0) ||
    (facts.hints?.length ?? 0) > 0;
  if (options.format === 'table' || isNotable || summary.problems.length > 0) {
    const { redactor } = options;
    const told = redactor === undefined ? facts : redactedFacts(facts, redactor, { typed: typedOf(options), hosts });
    io.stderr.write(footerText(told, errorScreenOf(options.screen, io)));
  }
  await io.stderr.flush();
}

/** What was searched for: in the logs it names people, too. */
export function typedOf({ filterOptions }: Pick<SearchOptions, 'filterOptions'>): string[] {
  const { not = {}, ...texts } = filterOptions;
  return [...Object.values(texts), ...Object.values(not)].flat().filter((text) => typeof text === 'string');
}
