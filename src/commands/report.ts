/**
 * `mailtrace report NAME [PATH…] [filters]`: numbers and tables over many mails, for cron and for people.
 * Exit status: 0 when it ran, 2 trouble.
 */
import { Command } from 'commander';
import type { Io } from '../io.ts';
import { problemText } from '../render/problem.ts';
import { renderReport } from '../render/report/index.ts';
import { Report } from '../report/report.ts';
import { addGeneralOptions, errorScreenOf, outputOption } from './common-options.ts';
import type { Engine } from './engine.ts';
import { loadEngine } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { addFilterOptions } from './filter-options.ts';
import type { ReportOptions } from './report-options.ts';
import { reportOptionsOf } from './report-options.ts';
import { readReport } from './report-run.ts';

const EXAMPLES = `
NAME:
  bounces     mail that could not be delivered: why, to whom, whose it was
  rejects     mail that was refused: for good and for now, by rule and client
  deferred    mail that waits in a queue, and why
  quarantine  mail that filters stopped or an administrator must release
  traffic     how much came and went; every figure of pflogsumm, and more
  delays      how long delivery took, by domain and server
  auth        logins, failed logins, and refusals for SPF, DKIM and DMARC

Examples:
  mailtrace report bounces --since yesterday --until yesterday
  mailtrace report traffic --json /var/log/mail.log*
  mailtrace report rejects -d example.com --since 7d --compare previous
`;

/** Defines the command; `done` gets the exit status. */
export function newReportCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('report')
    .description('Numbers and tables over many mails, for a daily mail and for people.')
    .argument('<name>')
    .argument('[path...]')
    .usage('NAME [PATH…] [filters]');
  addFilterOptions(command)
    .addOption(outputOption('--format <format>', 'text, markdown, json or csv'))
    .addOption(outputOption('--json', 'the same as --format json'))
    .addOption(outputOption('--section <name>', 'of CSV: this table in place of the first; figures'))
    .addOption(outputOption('--top <n>', 'rows of a table; 0 = all (10; JSON and CSV 1000)'))
    .addOption(outputOption('--compare <period>', 'previous or last-week: what is new, and what it was'))
    .addOption(outputOption('--as-logged', 'of traffic: beside mails what the log counts, as pflogsumm does'))
    .addOption(outputOption('--added', 'count copies and redirects that our server added too'));
  return addGeneralOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, paths: string[], values: Values) => {
      const options = await reportOptionsOf(name, paths, values, io);
      done(await reportRun(options, io, await loadEngine(), signal));
    });
}

const DEFAULT_WINDOW = 'Only the last 14 days are counted: give --since or a PATH for more.';

/** Makes the report of what these options say. */
function newReport(options: ReportOptions): Report {
  const { kind, filter, period, compare, top, withAdded, search } = options;
  const { clock } = search.screen;
  const filters = filter.describe();
  return new Report({
    kind,
    filters,
    notes: search.defaultWindow ? [DEFAULT_WINDOW] : [],
    ...(compare === undefined ? {} : { compare }),
    context: {
      period,
      withAdded,
      top,
      minutesEast: (at) => clock.offsetAt(at),
      asLogged: options.asLogged,
      isFiltered: filters !== '',
      knowsOwn: search.own.isDomain !== undefined || search.own.networkOf !== undefined,
    },
  });
}

/** Reads, prints, and tells on stderr what went wrong: nothing where all is well. Returns the exit status. */
export async function reportRun(options: ReportOptions, io: Io, engine: Engine, signal?: AbortSignal): Promise<number> {
  const { report, result } = await readReport(options, () => newReport(options), io, engine, signal);
  const { summary } = result;
  const document = report.finish(summary);
  const { screen } = options.search;
  io.stdout.write(
    renderReport(document, options.format, {
      clock: screen.clock,
      tty: screen.tty,
      ...(options.section === undefined ? {} : { section: options.section }),
    }),
  );
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  if (signal?.aborted === true) summary.interrupted = true;
  const errors = errorScreenOf(screen, io);
  for (const problem of summary.problems) io.stderr.write(problemText(problem, errors));
  if (summary.interrupted) io.stderr.write('interrupted: the report counts what was read so far\n');
  await io.stderr.flush();
  if (summary.interrupted) return EXIT.interrupted;
  return summary.problems.length > 0 ? EXIT.trouble : EXIT.found;
}
