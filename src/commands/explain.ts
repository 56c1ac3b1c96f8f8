/**
 * `mailtrace explain CODE…|LINE|FILE.eml|- [PATH…]`: what a code, an answer, a log line or a bounce means, and whose side
 * must act; with PATHs, the mail that it is about.
 * Errors: UsageError, UserError; exit status 0 when it ran, 2 trouble.
 */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { JsonSource, LogZone } from '../model/run.ts';
import type { Redactor } from '../render/redact/index.ts';
import type { Screen } from '../render/screen.ts';
import type { Scope } from '../scope/index.ts';
import { configuredOf } from './configured.ts';
import { addGeneralOptions, outputOption, redactOption, screenOf } from './common-options.ts';
import { loadEngine } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { heldGrant } from './held-grant.ts';
import { redactorOf } from './redacting.ts';
import { addScopeOption } from './scoping.ts';

const EXAMPLES = `
What is explained: an enhanced or SMTP code, an answer of a server or a log line
(in quotes), a bounce or complaint (a file, or - for standard input), an mbox
with several: each mail in its turn. PATHs are logs: the mail that it is about
is looked for there and shown. Without PATHs those that the configuration names
are read, where it names some; a code or an answer needs none.

Examples:
  mailtrace explain 5.7.26
  mailtrace explain '554 5.7.1 Service unavailable; Client host [192.0.2.1]
    blocked using zen.spamhaus.org'
  mailtrace explain bounce.eml /var/log/mail.log*
  mailtrace explain --list
`;

export interface ExplainOptions {
  readonly words: readonly string[];
  readonly json: boolean;
  readonly list: boolean;
  readonly screen: Screen;
  readonly logZones: readonly LogZone[];
  readonly own?: Own;
  readonly sources?: readonly JsonSource[];
  readonly memory?: number;
  /** what may be shown of the logs */
  readonly scope?: Scope | undefined;
  /** no word is a file, and no folder is looked at */
  readonly readsNoFiles?: boolean;
  /** the configured logs: read for a bounce, complaint or log line where no PATH is */
  readonly logs?: readonly string[];
  readonly redactor?: Redactor | undefined;
}

export function newExplainCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('explain')
    .description('What a code, an answer, a log line or a bounce means, whose side must act, and what to do.')
    .argument('[what...]')
    .usage('CODE…|LINE|FILE.eml|- [PATH…]')
    .addOption(outputOption('--list', 'the reasons there are, with their usual codes and answers'))
    .addOption(outputOption('--json', 'one object; of an mbox one a mail, each on a line'))
    .addOption(outputOption('--no-logs', 'the configured logs are not read'))
    .addOption(redactOption());
  return addScopeOption(addGeneralOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], values: Values) => {
      const settings = await configuredOf([], values, io);
      const options: ExplainOptions = {
        words,
        json: values['json'] === true,
        list: values['list'] === true,
        screen: screenOf(values, io),
        logZones: settings.logZones,
        own: settings.own,
        sources: settings.json,
        memory: settings.memory,
        scope: settings.scope,
        readsNoFiles: (await heldGrant(io)) !== undefined,
        logs: values['logs'] === false ? [] : settings.paths,
        redactor: await redactorOf(values, io),
      };
      done(await explainRun(options, io, loadEngine, signal));
    });
}

/** Explains what was given. Returns the exit status. */
export async function explainRun(
  options: ExplainOptions,
  io: Io,
  engine: typeof loadEngine,
  signal?: AbortSignal,
): Promise<number> {
  if (options.list) {
    const { reasonTable } = await import('../render/explain.ts');
    const { reasonLines } = await import('../render/explain-json.ts');
    io.stdout.write(options.json ? reasonLines() : reasonTable(options.screen));
    await io.stdout.flush();
    return EXIT.found;
  }
  const { inputOf } = await import('./explain/input.ts');
  const { explainGiven } = await import('./explain/given.ts');
  const { given, paths } = await inputOf(options.words, io, options.readsNoFiles);
  const logs = paths.length > 0 ? paths : (options.logs ?? []);
  const status = await explainGiven(given, logs, options, io, engine, signal);
  await io.stdout.flush();
  return status;
}
