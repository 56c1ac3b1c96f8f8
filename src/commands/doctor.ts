/**
 * `mailtrace doctor [PATH…]`: what a set of logs cannot tell, and the one setting that changes it.
 * Errors: inputs that cannot be read: 2; else 0, whatever was found.
 */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { JsonSource, LogZone, RunSummary } from '../model/run.ts';
import type { RunHandlers } from '../pipeline/run.ts';
import { LogHealth } from '../pipeline/health.ts';
import type { Finding } from '../render/doctor.ts';
import { findingsJson, findingsText } from '../render/doctor.ts';
import { problemText } from '../render/problem.ts';
import { counted, wrap } from '../render/prose.ts';
import type { Redactor } from '../render/redact/index.ts';
import type { Screen } from '../render/screen.ts';
import { visible } from '../util/visible.ts';
import { addGeneralOptions, errorScreenOf, outputOption, redactOption, screenOf } from './common-options.ts';
import { configuredOf } from './configured.ts';
import { findingsOf } from './doctor-findings.ts';
import { MailFacts } from './doctor-mails.ts';
import type { Engine } from './engine.ts';
import { loadEngine, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { withProgress } from './progress.ts';
import { redactorOf } from './redacting.ts';
import { addScopeOption } from './scoping.ts';

const EXAMPLES = `
Examples:
  mailtrace doctor                               the logs of this machine
  mailtrace doctor mx1.log mx2.log store.log     a set that belongs together
  mailtrace doctor --json logs | jq -r .todo     what to change
`;

export interface DoctorOptions {
  paths: readonly string[];
  json: boolean;
  screen: Screen;
  logZones: readonly LogZone[];
  own?: Own;
  collected?: readonly JsonSource[];
  memory?: number;
  redactor?: Redactor | undefined;
}

export function newDoctorCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('doctor')
    .description('What a set of logs cannot tell, and the one setting to turn on.')
    .argument('[path...]')
    .usage('[PATH…]')
    .addOption(outputOption('--json', 'one object a line: kind, text, todo, source'))
    .addOption(redactOption());
  return addScopeOption(addGeneralOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], values: Values) => {
      const { own, logZones, json, memory, scope, ...settings } = await configuredOf(paths, values, io);
      const options: DoctorOptions = {
        paths: settings.paths,
        json: values['json'] === true,
        screen: screenOf(values, io),
        logZones,
        own,
        collected: json,
        memory,
        redactor: await redactorOf(values, io),
      };
      done(await doctorRun(options, io, await loadEngine(scope), signal));
    });
}

/** Reads everything once and prints what it found. Returns the exit status. */
export async function doctorRun(options: DoctorOptions, io: Io, engine: Engine, signal?: AbortSignal): Promise<number> {
  const { paths, logZones, own = {}, collected = [], memory, screen, redactor } = options;
  const request = {
    paths,
    logZones,
    own,
    json: collected,
    memory,
    now: screen.now,
    wantLines: false,
    wantSessions: false,
  };
  let health = new LogHealth();
  let mails = new MailFacts();
  const handlers: RunHandlers = {
    onMessage: (message) => {
      mails.see(message);
      return false;
    },
    keepsMessages: false,
    onRestart: () => {
      health = new LogHealth();
      mails = new MailFacts();
    },
  };
  const { summary } = await withProgress(
    io,
    signal,
    () => undefined,
    (onPhase) =>
      engine.run(request, runIoOf(io, paths), handlers, { signal, onPhase, onFrame: (frame) => health.see(frame) }),
  );
  const hosts = health.gaps.hosts;
  const exact = findingsOf({ summary, health, mails, clock: screen.clock });
  const findings = redactor === undefined ? exact : exact.map((finding) => masked(finding, redactor, summary, hosts));
  io.stdout.write(options.json ? findingsJson(findings) : findingsText(findings, screen));
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  return tellRest(redactor === undefined ? summary : redactor.summary(summary), findings, mails, options, io, signal);
}

function masked(finding: Finding, redactor: Redactor, summary: RunSummary, hosts: readonly string[]): Finding {
  return { ...finding, text: redactor.sentence(finding.text, summary, { hosts }) };
}

function tellRest(
  summary: RunSummary,
  findings: readonly Finding[],
  { messages }: MailFacts,
  { screen }: DoctorOptions,
  io: Io,
  signal: AbortSignal | undefined,
): number {
  const error = errorScreenOf(screen, io);
  const lines = summary.sources.reduce((sum, source) => sum + source.lines, 0);
  const found = findings.length === 0 ? 'nothing is amiss' : counted(findings.length, 'finding');
  const read = summary.scope === undefined ? `, ${counted(lines, 'line')}` : ` of ${visible(summary.scope)}`;
  const text = `${found}; examined ${counted(messages, 'message')}${read} in ${counted(summary.sources.length, 'source')}`;
  io.stderr.write(error.tty ? wrap(text, error.columns) : `${text}\n`);
  for (const problem of summary.problems) io.stderr.write(problemText(problem, error));
  if (summary.interrupted || signal?.aborted === true) {
    io.stderr.write('interrupted: what is printed is what was found so far\n');
    return EXIT.interrupted;
  }
  return summary.problems.length > 0 ? EXIT.trouble : EXIT.found;
}
