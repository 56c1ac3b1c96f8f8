/**
 * `mailtrace search [PATH…] [filters]`: the messages that match, one row a recipient.
 */
import { Command } from 'commander';
import { sessionAsMessage } from './session-message.ts';
import type { Io } from '../io.ts';
import type { Message, Session } from '../model/message.ts';
import type { RunSummary } from '../model/run.ts';
import type { RunResult } from '../pipeline/run.ts';
import { decodeText } from '../model/frame.ts';
import type { FooterFacts, Tally } from '../render/footer.ts';
import { footerText, sessionsText } from '../render/footer.ts';
import { rowsOf } from '../render/rows.ts';
import { Counter, Groups, Kept } from './collect.ts';
import { addGeneralOptions, errorScreenOf, outputOption } from './common-options.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, loadEngine, rawLinesOf, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { addFilterOptions } from './filter-options.ts';
import { NearMisses, narrower } from './search-hints.ts';
import type { SearchOptions } from './search-options.ts';
import { searchOptionsOf } from './search-options.ts';
import { printCounts, printGroups, printMessages, printSessions } from './search-print.ts';

const EXAMPLES = `
PATH: files, folders, globs, - for standard input; compressed and rotated ones are read as one log.
Every filter has a --not-… that leaves out; one given twice means either.

Examples:
  mailtrace search -r bob@example.com /var/log/mail.log*     every mail to Bob
  mailtrace search -d example.net --status failed --since 2d  what went wrong with a domain
  mailtrace search --status deferred --group-by reason        why mail waits
`;

/** Defines the command; `done` gets the exit status. */
export function newSearchCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('search')
    .description('Find mail: the messages that match, one row a recipient.')
    .argument('[path...]')
    .usage('[PATH…] [filters]');
  addFilterOptions(command)
    .addOption(outputOption('--sort <order>', 'newest (default) or oldest first'))
    .addOption(outputOption('--limit <n>', 'at most so many messages; 0 = all (terminal: 100)'))
    .addOption(outputOption('--count', 'only the numbers'))
    .addOption(outputOption('--group-by <key>', 'numbers by reason, relay, domain, status or client'))
    .addOption(outputOption('--format <format>', 'table, json, ndjson, csv or raw'))
    .addOption(outputOption('--json', 'the same as --format ndjson'))
    .addOption(outputOption('--fields <a,b>', 'these fields: time,sender,recipient.address,client.ip'))
    .addOption(outputOption('--raw', 'the raw log lines too'))
    .addOption(outputOption('--sessions', 'sessions that brought no mail, in place of mail'));
  return addGeneralOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], values: Values) => {
      const options = await searchOptionsOf(paths, values, io);
      done(await searchRun(options, io, await loadEngine(), signal));
    });
}

/** What matched, and what of it is kept. */
class Matches {
  readonly all: Tally = { messages: 0, recipients: 0 };
  readonly kept: Kept;
  readonly counter = new Counter();
  readonly groups: Groups | undefined;
  readonly sessions: Session[] = [];
  readonly sessionKinds: Record<string, number> = {};
  readonly #count: boolean;

  constructor(options: SearchOptions) {
    this.kept = new Kept(options.order, options.filter.needsLines ? undefined : options.limit);
    this.groups = options.groupBy === undefined ? undefined : new Groups(options.groupBy);
    this.#count = options.count;
  }

  /** Whether the message must be kept by the run. */
  add(message: Message): boolean {
    this.all.messages++;
    if (this.#count || this.groups !== undefined) {
      if (this.#count) this.counter.add(message);
      this.groups?.add(message);
      return false;
    }
    this.all.recipients += tallyOf([message]).recipients;
    return this.kept.add(message);
  }
}

function tallyOf(messages: readonly Message[]): Tally {
  let recipients = 0;
  for (const message of messages) for (const row of rowsOf(message)) if (row.recipient !== undefined) recipients++;
  return { messages: messages.length, recipients };
}

/** Runs a search and prints what it found. Returns the exit status. */
export async function searchRun(options: SearchOptions, io: Io, engine: Engine, signal?: AbortSignal): Promise<number> {
  const { filter } = options;
  let matches = new Matches(options);
  const near = new NearMisses(filter);
  const asksClient = options.filterOptions.ip !== undefined || options.filterOptions.host !== undefined;
  const candidates: Message[] = [];
  const result = await engine.run(
    {
      paths: options.paths,
      logZones: options.logZones,
      now: options.screen.now,
      wantLines: options.raw || filter.needsLines,
      wantSessions: options.sessions || asksClient,
    },
    runIoOf(io, options.paths),
    {
      reasonOf: engine.reasonOf,
      onMessage(message) {
        if (options.sessions) return false;
        if (!filter.matchMessage(message)) {
          near.see(message);
          return false;
        }
        near.stop();
        if (!filter.needsLines) return matches.add(message);
        candidates.push(message);
        return true;
      },
      onSession(session) {
        const asMessage = sessionAsMessage(session);
        if (!filter.matchMessage(asMessage)) return;
        if (filter.needsLines && options.sessions) candidates.push(asMessage);
        matches.sessionKinds[session.kind] = (matches.sessionKinds[session.kind] ?? 0) + 1;
        if (options.sessions) matches.sessions.push(session);
      },
    },
    { signal },
  );
  if (filter.needsLines) matches = await sifted(matches, candidates, options, engine, result);
  return options.sessions
    ? finishSessions(matches, options, io, engine, result)
    : finish(matches, near, options, io, engine, result);
}

/** The candidates whose raw lines fit --text and --not-text. */
async function sifted(
  before: Matches,
  candidates: readonly Message[],
  options: SearchOptions,
  engine: Engine,
  result: RunResult,
): Promise<Matches> {
  const matches = new Matches({ ...options, filter: { ...options.filter, needsLines: false } });
  Object.assign(matches.sessionKinds, before.sessionKinds);
  for (let at = 0; at < candidates.length; at += LINES_BATCH) {
    const batch = candidates.slice(at, at + LINES_BATCH);
    const chains = rawLinesOf(engine, batch, result);
    for (const [i, message] of batch.entries()) {
      const texts = (chains[i] ?? []).map(({ bytes }) =>
        decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length),
      );
      if (!options.filter.matchLines(texts)) continue;
      if (options.sessions) matches.sessions.push(before.sessions[at + i] as Session);
      else matches.add(message);
    }
  }
  return matches;
}

async function finish(
  matches: Matches,
  near: NearMisses,
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
): Promise<number> {
  const { summary } = result;
  const messages = matches.kept.sorted();
  if (options.count) await printCounts(matches.counter, options, io);
  else if (matches.groups !== undefined) await printGroups(matches.groups.sorted(), options, io);
  else await printMessages(messages, options, io, engine, result);
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  const isList = !options.count && matches.groups === undefined;
  const hints: string[] = [];
  const { ip, host } = options.filterOptions;
  if (ip !== undefined || host !== undefined)
    hints.push(...[sessionsText(matches.sessionKinds)].filter((text) => text !== undefined));
  if (matches.all.messages === 0) hints.push(...near.hints(summary, options.defaultWindow));
  const shown = isList
    ? tallyOf(messages)
    : {
        messages: matches.all.messages,
        recipients: options.count ? matches.counter.counts.recipients : recipientsOf(matches),
      };
  await printFooter(footerFacts(options, summary, matches, messages, shown, hints), options, io);
  return statusOf(matches.all.messages, summary);
}

function recipientsOf(matches: Matches): number {
  return matches.groups?.sorted().reduce((sum, group) => sum + group.recipients, 0) ?? 0;
}

function footerFacts(
  options: SearchOptions,
  summary: RunSummary,
  matches: Matches,
  messages: readonly Message[],
  shown: Tally,
  hints: readonly string[],
): FooterFacts {
  const { since, until } = options.window;
  const [first] = messages;
  const isCut = messages.length > 0 && messages.length < matches.all.messages;
  return {
    shown,
    ...(isCut ? { matched: matches.all, narrower: narrower(options.filterOptions) } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    defaultWindow: options.defaultWindow,
    summary,
    ...(first !== undefined && options.format === 'table' && options.paths.length > 0 && !options.paths.includes('-')
      ? { example: { id: first.id, paths: options.paths } }
      : {}),
    hints,
  };
}

/** Where a program reads the result, only what is worth a word: nothing found, something cut, in trouble or assumed by default. */
async function printFooter(facts: FooterFacts, options: SearchOptions, io: Io): Promise<void> {
  const { summary } = facts;
  const isNotable =
    facts.shown.messages === 0 ||
    facts.matched !== undefined ||
    facts.defaultWindow === true ||
    summary.interrupted ||
    summary.sources.some(({ unknown }) => unknown > 0) ||
    (facts.hints?.length ?? 0) > 0;
  if (options.format === 'table' || isNotable || summary.problems.length > 0) {
    io.stderr.write(footerText(facts, errorScreenOf(options.screen, io)));
  }
  await io.stderr.flush();
}

async function finishSessions(
  matches: Matches,
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
): Promise<number> {
  const { summary } = result;
  const sign = options.order === 'newest' ? -1 : 1;
  const sorted = matches.sessions.toSorted((a, b) => sign * (a.time - b.time));
  const shown = options.limit === undefined ? sorted : sorted.slice(0, options.limit);
  await printSessions(shown, options, io, engine, result);
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  const { formatProblem } = await import('../errors.ts');
  const cut = shown.length < sorted.length ? ` of ${sorted.length} (--limit)` : '';
  if (options.format === 'table' || cut !== '') io.stderr.write(`${shown.length} sessions without mail${cut}\n`);
  for (const problem of summary.problems) io.stderr.write(formatProblem(problem));
  await io.stderr.flush();
  return statusOf(sorted.length, summary);
}

export function statusOf(found: number, summary: RunSummary): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.problems.length > 0) return EXIT.trouble;
  return found > 0 ? EXIT.found : EXIT.nothing;
}
