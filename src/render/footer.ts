/**
 * What stands on stderr below a result: how much it is, what was searched, what was cut, what could not be read or
 * understood, and what to type next.
 * Shape:  plain sentences, a line each (wrapped on a terminal, but for commands to copy); problems as `mailtrace: where: what`.
 */
import type { Instant } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import { grouped } from '../util/grouped.ts';
import { visible } from '../util/visible.ts';
import { shellWord } from './escape.ts';
import { bytesText } from './progress.ts';
import { problemText } from './problem.ts';
import { counted, listed, wrap } from './prose.ts';
import type { Screen } from './screen.ts';

/** Sources that are named where nothing was found in them. */
const MOST_SOURCES = 4;

export interface Tally {
  messages: number;
  recipients: number;
}

export interface FooterFacts {
  /** printed */
  shown: Tally;
  /** matched, where more than was printed (--limit) */
  matched?: Tally;
  /** the window asked for */
  since?: Instant;
  until?: Instant;
  /** nobody asked for the window: no PATH and no --since */
  defaultWindow?: boolean;
  /** false: nobody named the sources, so an empty result does */
  pathsGiven?: boolean;
  summary: RunSummary;
  /** a message to show, for the command to copy; only after a search with PATHs */
  example?: { id: string; paths: readonly string[] };
  /** Ctrl-C or a lack of room ended the printing, not --limit */
  stopped?: boolean;
  /** filters that would narrow it, as typed: `--status failed`; told where the result was cut */
  narrower?: readonly string[];
  /** files were skipped and that may matter */
  statusAsOf?: Instant;
  /** sentences of an empty result: what comes near, what the logs cannot tell */
  hints?: readonly string[];
}

function tallyText(tally: Tally): string {
  return `${counted(tally.messages, 'message')}, ${counted(tally.recipients, 'recipient')}`;
}

function headText({ shown, matched, summary }: FooterFacts): string {
  if (shown.messages === 0 && (matched?.messages ?? 0) === 0)
    // of what was not read nobody knows whether it holds mail
    return summary.messages > 0 || summary.interrupted
      ? 'nothing matched'
      : summary.scope !== undefined
        ? 'nothing matched: the logs hold no mail within the scope'
        : noFormatText(summary) === undefined
          ? 'nothing matched: the logs hold no mail'
          : 'nothing matched: no mail was found in the logs';
  if (matched === undefined || matched.messages <= shown.messages) return tallyText(shown);
  return `${grouped(shown.messages)} of ${counted(matched.messages, 'message')}, ${grouped(shown.recipients)} of ${counted(matched.recipients, 'recipient')}`;
}

/** `Nov 20 10:00 to Nov 21 09:15 (+01:00)` */
function windowText(facts: FooterFacts, screen: Screen): string | undefined {
  const { clock } = screen;
  const { since, until, summary } = facts;
  const first = since ?? summary.first;
  const last = until ?? summary.last;
  if (first === undefined && last === undefined) return undefined;
  if (first !== undefined && last !== undefined && first > last) return besideText(facts, first, last, clock);
  const from = first === undefined ? 'the beginning' : clock.plain(first);
  const to = last === undefined ? 'the end' : clock.plain(last);
  const offset = clock.iso(last ?? first ?? 0).slice(-6);
  const why = facts.defaultWindow === true ? '; only the last 14 days: give --since or a PATH for more' : '';
  return `${from} to ${to} (${offset})${why}`;
}

/** The window lies where the logs hold nothing: before their beginning or behind their end. */
function besideText({ since, until }: FooterFacts, first: Instant, last: Instant, clock: Screen['clock']): string {
  const offset = clock.iso(last).slice(-6);
  const from = `from ${clock.plain(first)} on`;
  const to = `up to ${clock.plain(last)}`;
  if (since !== undefined && until === undefined)
    return `${from} (${offset}), where the logs end at ${clock.plain(last)}`;
  if (since === undefined) return `${to} (${offset}), where the logs begin at ${clock.plain(first)}`;
  return `${from}, ${to} (${offset})`;
}

function searchedText(facts: FooterFacts, screen: Screen): string {
  const { summary } = facts;
  const window = windowText(facts, screen);
  // of chosen lines: how many messages there are nobody knows
  const what =
    summary.isPart === true
      ? counted(
          summary.sources.reduce((sum, { lines }) => sum + lines, 0),
          'line',
        )
      : counted(summary.messages, 'message');
  const whose = summary.scope === undefined ? '' : ` of ${visible(summary.scope)}`;
  return `searched ${what}${whose} in ${sourcesText(facts)}${window === undefined ? '' : `, ${window}`}`;
}

/** `2 sources`; where nobody named them and nothing was found, which. */
function sourcesText({ summary: { sources }, pathsGiven, shown }: FooterFacts): string {
  const count = counted(sources.length, 'source');
  if (pathsGiven !== false || shown.messages > 0 || sources.length === 0) return count;
  const named = sources.slice(0, MOST_SOURCES).map(({ path }) => visible(path));
  const more = sources.length - named.length;
  return `${count} (${listed(more === 0 ? named : [...named, counted(more, 'other')])})`;
}

/** `44 lines in spamd.log are of no format that mailtrace knows (mailtrace formats lists them)` */
export function noFormatText(summary: RunSummary): string | undefined {
  const strange = summary.sources.filter(({ lines, formats }) => lines > 0 && formats.length === 0);
  const [first] = strange;
  if (first === undefined) return undefined;
  const lines = strange.reduce((sum, source) => sum + source.lines, 0);
  const more = strange.length - 1;
  const where = `${visible(first.path)}${more === 0 ? '' : ` and ${counted(more, 'other source')}`}`;
  return `${counted(lines, 'line')} in ${where} ${lines === 1 ? 'is' : 'are'} of no format that mailtrace knows (mailtrace formats lists them)`;
}

function notUnderstoodText(summary: RunSummary): string | undefined {
  const unknown = summary.sources.reduce((sum, source) => sum + source.unknown, 0);
  // of lines that were not looked at nobody knows
  if (unknown === 0 || summary.isPart === true) return undefined;
  const first = summary.sources.find((source) => source.unknown > 0);
  const place =
    first === undefined
      ? ''
      : `, first at ${visible(first.path)}${first.sample === undefined ? '' : `:${first.sample.line}`}; see mailtrace formats ${visible(shellWord(first.path))}`;
  return `${counted(unknown, 'line')} not understood${place}`;
}

/** `mailtrace show ID PATH…`, each word safe to paste into a shell. */
export function showCommand(id: string, paths: readonly string[]): string {
  return ['mailtrace', 'show', ...(id.startsWith('-') ? ['--'] : []), id, ...paths]
    .map((word) => visible(shellWord(word)))
    .join(' ');
}

function cutText({ shown, matched, narrower, stopped }: FooterFacts): string | undefined {
  if (stopped === true || matched === undefined || matched.messages <= shown.messages) return undefined;
  const ways = listed((narrower ?? []).map(visible)).replace(/ and (?=--[^,]*$)/, ' or ');
  return `cut at ${counted(shown.messages, 'message')}${ways === '' ? '' : `; to narrow it: ${ways}`}; for more of them: a greater --limit`;
}

function interruptedText({ stopped }: FooterFacts): string {
  return stopped === true ? 'the first part of what was found so far' : 'what was found so far';
}

/** `lines before Nov 13 10:00 were not read (512 MB): too old to matter to this window` */
function skippedText({ skipped }: RunSummary, { clock }: Screen): string | undefined {
  if (skipped === undefined) return undefined;
  const { before, after, bytes } = skipped;
  const ends = [
    ...(before === undefined ? [] : [`before ${clock.plain(before)}`]),
    ...(after === undefined ? [] : [`after ${clock.plain(after)}`]),
  ];
  const size = bytes === 0 ? '' : ` (${bytesText(bytes)})`;
  return `lines ${ends.join(' and ')} were not read${size}: they cannot matter to this window`;
}

/** All lines for stderr. `screen` is that of stderr. */
export function footerText(facts: FooterFacts, screen: Screen): string {
  const { summary } = facts;
  const sentences = [
    `${headText(facts)}; ${searchedText(facts, screen)}`,
    skippedText(summary, screen),
    cutText(facts),
    facts.shown.messages === 0 ? noFormatText(summary) : undefined,
    ...(facts.hints ?? []).map(visible),
    facts.statusAsOf === undefined
      ? undefined
      : `status as of ${screen.clock.plain(facts.statusAsOf)}: newer logs were not read`,
    ...summary.assumptions.map(visible),
    notUnderstoodText(summary),
    summary.interrupted ? `interrupted: what is printed is ${interruptedText(facts)}` : undefined,
  ].filter((sentence) => sentence !== undefined);
  let text = sentences.map((sentence) => (screen.tty ? wrap(sentence, screen.columns) : `${sentence}\n`)).join('');
  if (facts.example !== undefined) text += `${showCommand(facts.example.id, facts.example.paths)}\n`;
  return text + summary.problems.map((problem) => problemText(problem, screen)).join('');
}

/** `3 sessions without mail: 2 scan, 1 auth-failed`; undefined where there is none. */
export function sessionsText(sessions: Readonly<Record<string, number>>): string | undefined {
  const kinds = Object.entries(sessions).filter(([, count]) => count > 0);
  if (kinds.length === 0) return undefined;
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const texts = kinds.toSorted((a, b) => b[1] - a[1]).map(([kind, count]) => `${grouped(count)} ${visible(kind)}`);
  return `${counted(total, 'session')} without mail: ${texts.join(', ')}; --sessions lists them`;
}
