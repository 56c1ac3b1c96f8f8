/**
 * An explanation, printed, with the mail in the logs that it is about; the search for that mail.
 */
import { explainLogged, type Explained } from '../../explain/explain-bounce.ts';
import type { Io } from '../../io.ts';
import type { BounceAction, BounceRecipient } from '../../model/bounce.ts';
import type { Recipient } from '../../model/message.ts';
import { GROUP_OF_STATUS } from '../../model/words.ts';
import { absenceBlock, foundHead } from '../../render/explain.ts';
import { explainJson, type ExplainFacts } from '../../render/explain-json.ts';
import { JsonStream, messageWriter } from '../../render/json.ts';
import { problemText } from '../../render/problem.ts';
import { showText } from '../../render/show.ts';
import { errorScreenOf } from '../common-options.ts';
import { rawLinesOf, runIoOf, type Engine, type loadEngine as loadEngineOf } from '../engine.ts';
import { EXIT } from '../exit.ts';
import type { ExplainOptions } from '../explain.ts';
import type { Absence } from './absent.ts';
import { findMail, type Search, type Wanted } from './find.ts';
import { redactedExplained } from './redacted.ts';

export type LoadEngine = typeof loadEngineOf;

/** With pseudonyms, if asked for. `typed`: addresses that are known from the report. */
export function shownOf(
  explained: readonly Explained[],
  { redactor }: ExplainOptions,
  typed: readonly string[] = [],
): readonly Explained[] {
  return redactor === undefined ? explained : explained.map((each) => redactedExplained(each, redactor, typed));
}

export function requestOf(paths: readonly string[], options: ExplainOptions, wantLines: boolean) {
  const { logZones, own = {}, sources = [], memory, screen } = options;
  return { paths, logZones, own, json: sources, memory, now: screen.now, wantLines, wantSessions: false };
}

function actionOf({ status }: Recipient): BounceAction {
  const group = GROUP_OF_STATUS[status];
  if (group === 'waiting') return 'delayed';
  if (group === 'sent') return status === 'relayed' ? 'relayed' : status === 'expanded' ? 'expanded' : 'delivered';
  return 'failed';
}

/** Postfix src/smtp/smtp_proto.c: "host %s said: %s"; who said it is told apart. */
const SAID = /^host \S+ said: /;

export function toldBy(recipient: Recipient): Explained {
  const { address, finalAddress, code, dsn, reply, relay, status } = recipient;
  const to = finalAddress ?? address;
  const remote = relay?.name ?? relay?.ip;
  const facts: BounceRecipient = {
    action: actionOf(recipient),
    ...(to === undefined ? {} : { address: to }),
    ...(address === undefined || address === to ? {} : { original: address }),
    ...(code === undefined ? {} : { code }),
    ...(dsn === undefined ? {} : { dsn }),
    ...(reply === undefined ? {} : { reply: relay === undefined ? reply : reply.replace(SAID, '') }),
    ...(remote === undefined ? {} : { remote }),
  };
  return explainLogged(facts, status);
}

export interface Traced {
  readonly search: Search;
  readonly wanted: Wanted;
  readonly engine: Engine;
}

export async function searchLogs(
  wanted: Wanted,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
  loadEngine: LoadEngine,
  signal: AbortSignal | undefined,
): Promise<Traced> {
  const engine = await loadEngine(options.scope);
  const runIo = runIoOf(io, paths);
  try {
    const search = await findMail(wanted, requestOf(paths, options, true), runIo, engine, io, signal);
    return { search, wanted, engine };
  } finally {
    runIo.spools?.close();
  }
}

/** Prints; after the explanation, the mail or what its absence means. */
export async function tell(
  facts: ExplainFacts,
  head: string,
  options: ExplainOptions,
  io: Io,
  traced?: Traced,
  absence?: Absence,
): Promise<number> {
  const { screen, own, redactor } = options;
  const found = traced?.search.found;
  const exact =
    traced === undefined || found === undefined
      ? []
      : (rawLinesOf(traced.engine, [found.message], traced.search.result)[0] ?? []);
  const lines = redactor === undefined || found === undefined ? exact : redactor.lines(exact, found.message);
  const message = redactor === undefined || found === undefined ? found?.message : redactor.message(found.message);
  if (options.json) {
    const stream = new JsonStream(messageWriter(screen.clock), 'ndjson');
    const mail = message === undefined ? undefined : stream.message(message, lines);
    const more = { ...(mail === undefined ? {} : { mail }), ...(found === undefined ? {} : { foundBy: found.by }) };
    io.stdout.write(explainJson({ ...facts, ...more }, screen.clock));
  } else {
    io.stdout.write(head);
    if (found !== undefined && message !== undefined)
      io.stdout.write(`\n${foundHead(found.by, screen)}\n${showText(message, lines, screen, own)}`);
    else if (absence !== undefined) io.stdout.write(`\n${absenceBlock(absence, screen)}`);
    else if (traced !== undefined) io.stdout.write(`\n${foundHead([], screen)}`);
  }
  await io.stdout.flush();
  const problems = traced?.search.result.summary.problems ?? [];
  const errors = errorScreenOf(screen, io);
  for (const problem of problems) io.stderr.write(problemText(redactor?.problem(problem) ?? problem, errors));
  if (traced?.search.result.summary.interrupted === true) return EXIT.interrupted;
  return problems.length > 0 ? EXIT.trouble : EXIT.found;
}
