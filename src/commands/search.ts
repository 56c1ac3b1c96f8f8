/**
 * `mailtrace search [PATH…] [filters]`: the messages that match, one row a recipient.
 */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import type { RunRequest, RunSummary } from '../model/run.ts';
import type { RunIo, RunOptions, RunResult } from '../pipeline/run.ts';
import type { ChainOptions } from '../weigh/chain-run.ts';
import { problemText } from '../render/problem.ts';
import { counted } from '../render/prose.ts';
import { addGeneralOptions, errorScreenOf, outputOption, redactOption } from './common-options.ts';
import type { Engine } from './engine.ts';
import { loadEngine, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { addFilterOptions } from './filter-options.ts';
import { Patience } from './patience.ts';
import { withProgress } from './progress.ts';
import { footerFacts, printFooter, withSearchHelp } from './search-footer.ts';
import type { NearMisses } from './search-hints.ts';
import { Hunt } from './search-hunt.ts';
import { type Matches, sifted } from './search-matches.ts';
import type { SearchOptions } from './search-options.ts';
import { searchOptionsOf } from './search-options.ts';
import { planOf, sieveFor } from './search-plan.ts';
import { printCounts, printGroups, printMessages, printSessions, printSpool } from './search-print.ts';
import type { Printed } from './search-print.ts';
import { ReachWatch, reachOf } from './search-reach.ts';
import { addScopeOption } from './scoping.ts';

const EXAMPLES = `
PATH: files, folders, globs, - for standard input; compressed and rotated ones
are read as one log.
Every filter has a --not-… that leaves out; one given twice means either.

Examples:
  every mail to Bob:
    mailtrace search -r bob@example.com /var/log/mail.log*
  what went wrong with a domain:
    mailtrace search -d example.net --status failed --since 2d
  why mail waits:
    mailtrace search --status deferred --group-by reason
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
    .addOption(redactOption())
    .addOption(outputOption('--sessions', 'sessions that brought no mail, in place of mail'));
  return addScopeOption(addGeneralOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], values: Values) => {
      const options = await searchOptionsOf(paths, values, io);
      done(await searchRun(options, io, await loadEngine(options.scope), signal));
    });
}

/** Runs a search and prints what it found. Returns the exit status. */
export async function searchRun(options: SearchOptions, io: Io, engine: Engine, signal?: AbortSignal): Promise<number> {
  const runIo = runIoOf(io, options.paths);
  try {
    return await searchIn(runIo, options, io, engine, signal);
  } finally {
    runIo.spools?.close();
  }
}

async function searchIn(
  runIo: RunIo,
  options: SearchOptions,
  io: Io,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { filter } = options;
  const asksClient = options.filterOptions.ip !== undefined || options.filterOptions.host !== undefined;
  const hunt = new Hunt(options, engine);
  const patience = new Patience(signal);
  const request: RunRequest = {
    paths: options.paths,
    logZones: options.logZones,
    now: options.screen.now,
    wantLines: options.raw || filter.needsLines,
    wantSessions: options.sessions || asksClient,
    own: options.own,
    json: options.json,
    memory: options.memory,
  };
  const read = (chosen: ChainOptions, onPhase: RunOptions['onPhase']): Promise<RunResult> => {
    const isSieved = chosen.sieve !== undefined;
    const handlers = hunt.handlers(isSieved);
    const all = { signal, onPhase, onFiles: hunt.onFiles, ...chosen };
    if (chosen.selections !== undefined) return engine.run(request, runIo, handlers, all);
    if (engine.plain !== undefined && isSieved && handlers.plain !== undefined)
      return engine.plain(request, runIo, handlers, all);
    if (engine.chains !== undefined && isSieved) return engine.chains(request, runIo, handlers, all);
    if (engine.count !== undefined && handlers.onCount !== undefined)
      return engine.count(request, runIo, handlers, all);
    if (engine.chains !== undefined && handlers.onChain !== undefined)
      return engine.chains(request, runIo, handlers, all);
    if (engine.plain !== undefined && handlers.plain !== undefined) return engine.plain(request, runIo, handlers, all);
    return engine.run(request, runIo, handlers, all);
  };
  const look = async (result: RunResult): Promise<Matches> =>
    filter.needsLines ? sifted(hunt.matches, hunt.candidates, options, engine, result, patience) : hunt.matches;
  const { result, matches } = await withProgress(
    io,
    signal,
    () => hunt.found,
    async (onPhase) => {
      const plan = planOf(options);
      const sieve = plan && (await sieveFor(plan, engine, request, runIo));
      const asked = plan && { ...plan, hasOtherWay: sieve !== undefined };
      const chosen =
        asked &&
        ((await engine.select?.(request, runIo, asked, { signal, onPhase, ...(sieve && { found: sieve.found }) })) ??
          sieve);
      if (chosen !== undefined) {
        const part = await read(chosen, onPhase);
        const found = await look(part);
        // an empty result is helped with what comes near, which all messages tell
        if (part.isDoubted !== true && (found.all.messages > 0 || part.summary.interrupted))
          return { result: part, matches: found };
        hunt.restart();
        const helped = part.isDoubted === true ? undefined : await hunt.help(plan, request, runIo, { signal, onPhase });
        const matched = helped && (await look(helped));
        if (helped !== undefined && matched?.all.messages === 0) return { result: helped, matches: matched };
        hunt.restart();
      }
      const bounded =
        chosen === undefined
          ? await readWithin(options, hunt, engine, request, runIo, read, { signal, onPhase })
          : undefined;
      if (bounded !== undefined) {
        const found = await look(bounded);
        if (found.all.messages > 0 || found.sessions.length > 0 || bounded.summary.interrupted)
          return { result: bounded, matches: found };
        hunt.restart();
      }
      const all = await read({ onFrame: (frame) => hunt.near.seeLine(frame) }, onPhase);
      return { result: all, matches: await look(all) };
    },
  ).finally(() => hunt.close());
  return options.sessions
    ? finishSessions(matches, options, io, engine, result, patience)
    : finish(matches, hunt.near, options, io, engine, result, patience);
}

/**
 * Reads what the window needs of the inputs. Undefined where that is all of them, or shows not to be enough: then what was
 * found is void.
 */
async function readWithin(
  options: SearchOptions,
  hunt: Hunt,
  engine: Engine,
  request: RunRequest,
  io: RunIo,
  read: (chosen: RunOptions, onPhase: RunOptions['onPhase']) => Promise<RunResult>,
  { signal, onPhase }: Pick<RunOptions, 'signal' | 'onPhase'>,
): Promise<RunResult | undefined> {
  const reach = reachOf(options);
  const bounded = reach && (await engine.bound?.(request, io, reach, { signal, onPhase }));
  if (reach === undefined || bounded === undefined) return undefined;
  const watch = new ReachWatch(reach);
  hunt.watch = watch;
  const result = await read(bounded.options, onPhase);
  hunt.watch = undefined;
  if (!result.summary.interrupted && (watch.isDoubted || result.isDoubted === true)) {
    hunt.restart();
    return undefined;
  }
  result.summary.skipped = bounded.skipped;
  return result;
}

/** Sessions that are printed after Ctrl-C: in a table they are laid out at once. */
const MOST_AFTER_INTERRUPT = 1000;

async function finish(
  matches: Matches,
  near: NearMisses,
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
  patience: Patience,
): Promise<number> {
  const { summary } = result;
  summary.problems = summary.problems.map(withSearchHelp);
  let printed: Printed = { messages: 0, recipients: 0 };
  if (options.count) await printCounts({ ...matches.counter.counts, letGo: summary.letGo?.mails ?? 0 }, options, io);
  else if (matches.groups !== undefined) await printGroups(matches.groups.sorted(), options, io);
  else if (matches.spool !== undefined) printed = await printSpool(matches.spool, io, result, patience);
  else printed = await printMessages(matches.kept?.sorted() ?? [], options, io, engine, result, patience);
  matches.close();
  const problem = matches.problem();
  if (problem !== undefined) summary.problems.push(problem);
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  if (patience.isInterrupted) summary.interrupted = true;
  const facts = footerFacts(options, summary, matches, printed, near, io.stdinIsPipe === true);
  await printFooter(facts, options, io, near.hosts);
  return statusOf(matches.all.messages, summary);
}

async function finishSessions(
  matches: Matches,
  options: SearchOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
  patience: Patience,
): Promise<number> {
  const { summary } = result;
  const sign = options.order === 'newest' ? -1 : 1;
  const sorted = matches.sessions.toSorted((a, b) => sign * (a.time - b.time));
  const most = patience.isInterrupted ? MOST_AFTER_INTERRUPT : sorted.length;
  const shown = sorted.slice(0, Math.min(options.limit ?? most, most));
  await printSessions(shown, options, io, engine, result);
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  if (patience.isInterrupted) summary.interrupted = true;
  const why = shown.length === options.limit ? ' (--limit)' : '';
  const cut = shown.length < sorted.length ? ` of ${sorted.length}${why}` : '';
  if (options.format === 'table' || cut !== '') {
    io.stderr.write(`${counted(shown.length, 'session')} without mail${cut}\n`);
  }
  const lost = matches.problem();
  if (lost !== undefined) summary.problems.push(lost);
  if (summary.interrupted) io.stderr.write('interrupted: what is printed is what was found so far\n');
  const screen = errorScreenOf(options.screen, io);
  const { redactor } = options;
  for (const problem of summary.problems) {
    const told = withSearchHelp(problem);
    io.stderr.write(problemText(redactor === undefined ? told : redactor.problem(told), screen));
  }
  await io.stderr.flush();
  return statusOf(sorted.length, summary);
}

function statusOf(found: number, summary: RunSummary): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.problems.length > 0) return EXIT.trouble;
  return found > 0 ? EXIT.found : EXIT.nothing;
}
