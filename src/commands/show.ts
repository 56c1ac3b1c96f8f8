/**
 * `mailtrace show ID [PATH…]`: one message whole.
 * ID: our id or a unique beginning of it, a queue id of any hop, a Message-ID.
 * Errors: several messages: a table of them, exit status 2; none: 1.
 */
import { Command } from 'commander';
import { UsageError, formatProblem } from '../errors.ts';
import { bareId } from '../filter/names.ts';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { Message } from '../model/message.ts';
import type { JsonSource, LogZone, RunSummary } from '../model/run.ts';
import type { RunHandlers, RunIo, RunResult } from '../pipeline/run.ts';
import type { RawLine } from '../render/contract.ts';
import { JsonStream, messageWriter } from '../render/json.ts';
import { noFormatText, showCommand } from '../render/footer.ts';
import { problemText } from '../render/problem.ts';
import { counted, wrap } from '../render/prose.ts';
import { RawStream } from '../render/raw.ts';
import { matchesTable, showText } from '../render/show.ts';
import type { Redactor } from '../render/redact/index.ts';
import type { Screen } from '../render/screen.ts';
import type { Scope } from '../scope/index.ts';
import { ticketText } from '../render/ticket.ts';
import { visible } from '../util/visible.ts';
import { configuredOf } from './configured.ts';
import {
  addGeneralOptions,
  errorScreenOf,
  logZonesOf,
  oneOf,
  outputOption,
  redactOption,
  screenOf,
} from './common-options.ts';
import type { Engine } from './engine.ts';
import { LINES_BATCH, loadEngine, rawLinesOf, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { SHOW_FORMATS } from './filter-options.ts';
import { withProgress } from './progress.ts';
import { redactorOf } from './redacting.ts';
import { addScopeOption } from './scoping.ts';
import { typedPaths } from './search-footer.ts';

const EXAMPLES = `
ID: an id that search prints, or a unique beginning of it; a queue id of any
server; a Message-ID.

Examples:
  mailtrace show 4bXkWz1HqGz2xQr /var/log/mail.log*
  mailtrace show '<1234@example.com>' mx1.log mx2.log
  mailtrace show 20261121-091502-abc --ticket
`;

export interface ShowOptions {
  id: string;
  paths: readonly string[];
  format: 'text' | (typeof SHOW_FORMATS)[number];
  ticket: boolean;
  screen: Screen;
  logZones: readonly LogZone[];
  own?: Own;
  json?: readonly JsonSource[];
  memory?: number;
  redactor?: Redactor | undefined;
  scope?: Scope | undefined;
}

export function newShowCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('show')
    .description('One message whole: what happened and why, its way over all servers, its log lines.')
    .argument('<id>')
    .argument('[path...]')
    .usage('ID [PATH…]')
    .addOption(outputOption('--format <format>', 'json, ndjson or raw; always with the raw lines'))
    .addOption(outputOption('--json', 'the same as --format ndjson'))
    .addOption(outputOption('--raw', 'the raw lines alone'))
    .addOption(outputOption('--ticket', 'ten plain lines to paste into a ticket'))
    .addOption(redactOption());
  return addScopeOption(addGeneralOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, paths: string[], values: Values) => {
      const settings = await configuredOf(paths, values, io);
      const { own, logZones, json, memory, scope } = settings;
      const redactor = await redactorOf(values, io);
      const shown = showOptionsOf(id, settings.paths, values, io);
      const options = { ...shown, own, logZones, json, memory, redactor, scope };
      done(await showRun(options, io, await loadEngine(scope), signal));
    });
}

/** Checks everything. Throws UsageError for the first that is wrong. */
export function showOptionsOf(id: string, paths: readonly string[], values: Values, io: Io): ShowOptions {
  const format = oneOf(values['format'], SHOW_FORMATS, '--format');
  const asked = [
    format !== undefined && '--format',
    values['json'] === true && '--json',
    values['raw'] === true && '--raw',
    values['ticket'] === true && '--ticket',
  ].filter((option) => option !== false);
  const [, second] = asked;
  if (second !== undefined && !(asked.length === 2 && second === '--json' && format !== 'raw')) {
    throw new UsageError({ where: second, what: `does not go with ${asked[0] ?? ''}`, help: 'give one of the two' });
  }
  return {
    id: bareId(id, 'ID'),
    paths,
    format: values['raw'] === true ? 'raw' : (format ?? (values['json'] === true ? 'ndjson' : 'text')),
    ticket: values['ticket'] === true,
    screen: screenOf(values, io),
    logZones: logZonesOf(values),
  };
}

/** Messages that an ambiguous ID fits are kept up to here. */
const MOST = 200;

/** How well an ID fits a message: the better kinds hide the others. */
const KINDS = ['own', 'queue', 'message', 'prefix'] as const;
type Kind = (typeof KINDS)[number];

function fit(message: Message, id: string): Kind | undefined {
  if (message.id === id) return 'own';
  if (message.hops.some(({ queueId }) => queueId === id)) return 'queue';
  if (message.messageId === id) return 'message';
  return message.id.startsWith(id) ? 'prefix' : undefined;
}

class Found {
  readonly #kinds: Record<Kind, Message[]> = { own: [], queue: [], message: [], prefix: [] };
  count: Record<Kind, number> = { own: 0, queue: 0, message: 0, prefix: 0 };

  add(message: Message, id: string): boolean {
    const kind = fit(message, id);
    if (kind === undefined) return false;
    this.count[kind]++;
    if (this.#kinds[kind].length >= MOST) return false;
    this.#kinds[kind].push(message);
    return true;
  }

  /** The best kind that was found, in time order, and how many there are of it. */
  best(): { messages: Message[]; total: number } {
    const kind = KINDS.find((each) => this.count[each] > 0) ?? 'own';
    const messages = this.#kinds[kind].toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    return { messages, total: this.count[kind] };
  }
}

/** Finds the message and prints it. Returns the exit status. */
export async function showRun(options: ShowOptions, io: Io, engine: Engine, signal?: AbortSignal): Promise<number> {
  const runIo = runIoOf(io, options.paths);
  try {
    return await showIn(runIo, options, io, engine, signal);
  } finally {
    runIo.spools?.close();
  }
}

async function showIn(
  runIo: RunIo,
  options: ShowOptions,
  io: Io,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<number> {
  let found = new Found();
  const { id, paths, logZones, screen } = options;
  const { own = {}, json = [], memory } = options;
  const request = { paths, logZones, own, json, memory, now: screen.now, wantLines: true, wantSessions: false };
  const handlers: RunHandlers = {
    onMessage: (message) => found.add(message, id),
    onRestart: () => {
      found = new Found();
    },
    reasonOf: (recipient) => engine.reasonOf(recipient),
  };
  const result = await withProgress(
    io,
    signal,
    () => found.best().total,
    async (onPhase) => {
      const chosen = await engine.select?.(request, runIo, { id }, { signal, onPhase });
      if (chosen !== undefined) {
        const part = await engine.run(request, runIo, handlers, { signal, onPhase, ...chosen });
        if (part.isDoubted !== true && (found.best().total > 0 || part.summary.interrupted)) return part;
        found = new Found();
      }
      return engine.run(request, runIo, handlers, { signal, onPhase });
    },
  );
  const { redactor } = options;
  const summary = redactor === undefined ? result.summary : redactor.summary(result.summary);
  const { messages, total } = found.best();
  const [message] = messages;
  const errorScreen = errorScreenOf(screen, io);
  if (message === undefined) tellNone(options, summary, io);
  else if (total > 1) await tellSeveral(messages, total, options, io, engine, result);
  else print(...masked(message, rawLinesOf(engine, [message], result)[0] ?? [], options), options, io);
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  if (message !== undefined && options.format === 'text' && !options.ticket) {
    for (const assumption of summary.assumptions) {
      const text = visible(assumption);
      io.stderr.write(errorScreen.tty ? wrap(text, errorScreen.columns) : `${text}\n`);
    }
  }
  for (const problem of summary.problems) io.stderr.write(problemText(problem, errorScreen));
  if (summary.interrupted || signal?.aborted === true) {
    io.stderr.write('interrupted: what is printed is what was found so far\n');
    return EXIT.interrupted;
  }
  if (total > 1 || summary.problems.length > 0) return EXIT.trouble;
  return message === undefined ? EXIT.nothing : EXIT.found;
}

/** As it is, or with pseudonyms. */
function masked(
  message: Message,
  lines: readonly RawLine[],
  { redactor }: ShowOptions,
): [message: Message, lines: readonly RawLine[]] {
  return redactor === undefined ? [message, lines] : [redactor.message(message), redactor.lines(lines, message)];
}

function print(message: Message, lines: readonly RawLine[], options: ShowOptions, io: Io): void {
  const { format, screen } = options;
  if (options.ticket) {
    io.stdout.write(ticketText(message, screen.clock));
  } else if (format === 'raw') io.stdout.write(new RawStream(screen.tty).chain(lines));
  else if (format === 'text') {
    // what is configured as ours are real names
    io.stdout.write(showText(message, lines, screen, options.redactor === undefined ? options.own : {}));
  } else {
    const stream = new JsonStream(messageWriter(screen.clock), format);
    io.stdout.write(stream.message(message, lines) + stream.end());
  }
}

async function tellSeveral(
  messages: readonly Message[],
  total: number,
  options: ShowOptions,
  io: Io,
  engine: Engine,
  result: RunResult,
): Promise<void> {
  const { format, screen } = options;
  if (format === 'json' || format === 'ndjson') {
    const stream = new JsonStream(messageWriter(screen.clock), format);
    for (let at = 0; at < messages.length; at += LINES_BATCH) {
      const batch = messages.slice(at, at + LINES_BATCH);
      const chains = rawLinesOf(engine, batch, result);
      for (const [i, message] of batch.entries()) {
        io.stdout.write(stream.message(...masked(message, chains[i] ?? [], options)));
      }
    }
    io.stdout.write(stream.end());
  } else {
    io.stdout.write(
      matchesTable(
        messages.map((message) => masked(message, [], options)[0]),
        screen,
      ),
    );
  }
  await io.stdout.flush();
  const first = messages[0]?.id ?? options.id;
  const more = total > messages.length ? ` (the first ${messages.length} are printed)` : '';
  io.stderr.write(
    formatProblem({
      where: options.redactor?.text(options.id) ?? options.id,
      what: `${total} messages have this id${more}`,
      help: `give the whole id of one: ${showCommand(first, options.redactor === undefined ? typedPaths(options) : [])}`,
    }),
  );
}

function tellNone({ id, paths, screen, redactor }: ShowOptions, summary: RunSummary, io: Io): void {
  const searched = `${counted(summary.messages, 'message')}${summary.scope === undefined ? '' : ` of ${summary.scope}`} in ${counted(summary.sources.length, 'source')}`;
  const help = [
    noFormatText(summary),
    id.includes('@') && !id.includes('*')
      ? 'an address is searched with mailtrace search --address'
      : 'a part of a queue id is searched with mailtrace search --queue-id',
    io.stdinIsPipe === true && paths.length === 0
      ? 'the standard input was not read: give - to search it (mailtrace show ID -)'
      : undefined,
  ].filter((line) => line !== undefined);
  const problem = { where: redactor?.text(id) ?? id, what: `no message has this id (searched ${searched})`, help };
  io.stderr.write(problemText(problem, errorScreenOf(screen, io)));
}
