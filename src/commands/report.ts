/**
 * `mailtrace report NAME [PATH…] [filters]`: numbers and tables over many mails, for cron and for people.
 * Exit status: 0 when it ran, 2 trouble, 3 where --fail-over is reached.
 */
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { RunSummary } from '../model/run.ts';
import { isOver } from '../deliver/fail-over.ts';
import { problemText } from '../render/problem.ts';
import { counted } from '../render/prose.ts';
import { renderReport } from '../render/report/index.ts';
import type { ReportDocument, ReportKind } from '../report/document.ts';
import { Report } from '../report/report.ts';
import { addGeneralOptions, errorScreenOf, outputOption, redactOption } from './common-options.ts';
import { deliver } from './delivery.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { addDeliveryOptions, deliveryOptionsOf, withFormatOfOutput } from './delivery-options.ts';
import type { Engine } from './engine.ts';
import { loadEngine } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { addFilterOptions } from './filter-options.ts';
import type { LastRunOptions } from './last-run-options.ts';
import { checkLastRun, isLastRun, lastRunOf } from './last-run-options.ts';
import type { ReportOptions } from './report-options.ts';
import { reportOptionsOf } from './report-options.ts';
import { redactedReport } from './report-redacting.ts';
import { readReport } from './report-run.ts';
import type { SearchOptions } from './search-options.ts';
import { addScopeOption } from './scoping.ts';

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
  mailtrace report traffic --output traffic.html /var/log/mail.log*
From cron, what came since the last report that was delivered:
  mailtrace report bounces --since last-run --quiet-if-empty \\
    --mail-to ops@example.com /var/log/mail.log*
`;

/** Defines the command; `done` gets the exit status. */
export function newReportCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('report')
    .description('Numbers and tables over many mails, for a daily mail and for people.')
    .argument('<name>')
    .argument('[path...]')
    .usage('NAME [PATH…] [filters]');
  addFilterOptions(command)
    .addOption(outputOption('--format <format>', 'text, html, markdown, json or csv'))
    .addOption(outputOption('--json', 'the same as --format json'))
    .addOption(outputOption('--section <name>', 'of CSV: this table in place of the first; figures'))
    .addOption(outputOption('--top <n>', 'rows of a table; 0 = all (10; JSON and CSV 1000)'))
    .addOption(outputOption('--compare <period>', 'previous or last-week: what is new, and what it was'))
    .addOption(outputOption('--as-logged', 'of traffic: beside mails what the log counts, as pflogsumm does'))
    .addOption(outputOption('--added', 'count copies and redirects that our server added too'))
    .addOption(redactOption());
  addDeliveryOptions(command);
  return addScopeOption(addGeneralOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, paths: string[], values: Values) => {
      done(await reportOf(name, paths, withFormatOfOutput(values), io, signal));
    });
}

const DEFAULT_WINDOW = 'Only the last 14 days are counted: give --since or a PATH for more.';

/** Numbers that are no share of all mail must not look like one. */
function scopeNote(scope: SearchOptions['scope']): string[] {
  return scope === undefined ? [] : [`Only mail of ${scope.text} is counted.`];
}

/** Makes the report of what these options say. */
function newReport(options: ReportOptions): Report {
  const { kind, filter, period, compare, top, withAdded, search } = options;
  const { clock } = search.screen;
  const filters = filter.describe();
  return new Report({
    kind,
    filters,
    memory: search.memory,
    notes: [...(search.defaultWindow ? [DEFAULT_WINDOW] : []), ...scopeNote(search.scope)],
    ...(compare === undefined ? {} : { compare }),
    context: {
      period,
      withAdded,
      top,
      minutesEast: (at) => clock.offsetAt(at),
      asLogged: options.asLogged,
      isFiltered: filters !== '' || search.scope !== undefined,
      knowsOwn: search.own.isDomain !== undefined || search.own.networkOf !== undefined,
    },
  });
}

/** Checks the options, takes the period of the last run where that is asked for, and runs. Returns the exit status. */
async function reportOf(
  name: string,
  paths: readonly string[],
  values: Values,
  io: Io,
  signal?: AbortSignal,
): Promise<number> {
  checkLastRun(values);
  const delivery = await deliveryOptionsOf(values, io);
  if (!isLastRun(values)) {
    const options = await reportOptionsOf(name, paths, values, io);
    checkFailOver(options, delivery);
    return reportRun(options, io, await loadEngine(options.search.scope), signal, delivery);
  }
  const timeless = await reportOptionsOf(name, paths, { ...values, since: undefined, compare: undefined }, io);
  checkFailOver(timeless, delivery);
  const lastRun = lastRunOf(values, timeless, io);
  try {
    if (lastRun.values === undefined) return EXIT.found;
    const options = await reportOptionsOf(name, paths, lastRun.values, io);
    return await reportRun(options, io, await loadEngine(options.search.scope), signal, delivery, lastRun);
  } finally {
    lastRun.close();
  }
}

/** Reports of all recipients, of which none is a share; and one that counts none. */
const WITHOUT_SHARE: readonly ReportKind[] = ['traffic', 'delays'];

function checkFailOver({ kind }: ReportOptions, { failOver }: DeliveryOptions): void {
  if (failOver === undefined) return;
  if (kind === 'auth')
    throw new UsageError({ where: '--fail-over', what: 'report auth counts no recipients', help: 'leave it out' });
  if (failOver.isShare && WITHOUT_SHARE.includes(kind))
    throw new UsageError({ where: '--fail-over', what: `report ${kind} is of all recipients`, help: 'give a number' });
}

const TO_STDOUT: DeliveryOptions = { quietIfEmpty: false, failOverText: '' };

/** Reads, delivers, and tells on stderr what went wrong: nothing where all is well. Returns the exit status. */
export async function reportRun(
  options: ReportOptions,
  io: Io,
  engine: Engine,
  signal?: AbortSignal,
  delivery: DeliveryOptions = TO_STDOUT,
  lastRun?: LastRunOptions,
): Promise<number> {
  const { report, result, hosts } = await readReport(options, () => newReport(options), io, engine, signal);
  const { summary } = result;
  if (signal?.aborted === true) summary.interrupted = true;
  const finished = report.finish(summary);
  const whole = {
    ...finished,
    notes: [...finished.notes, ...shortNotes(summary), ...(lastRun?.notes(summary.first) ?? [])],
  };
  const { screen, redactor } = options.search;
  const document = redactor === undefined ? whole : redactedReport(whole, redactor, { summary, hosts }, options.search);
  const print = (): string =>
    renderReport(document, options.format, {
      clock: screen.clock,
      now: screen.now,
      tty: screen.tty,
      ...(options.section === undefined ? {} : { section: options.section }),
    });
  // half a report is printed to who waits for it, but goes to nobody else
  const isHalf = summary.interrupted && (delivery.mail !== undefined || delivery.output !== undefined);
  const isDelivered = !isHalf && (await deliver(document, delivery, print, screen, io));
  if (io.stdout.closed) return EXIT.found;
  const isWhole = !summary.interrupted && summary.problems.length === 0;
  if (isDelivered && isWhole) lastRun?.delivered();
  const errors = errorScreenOf(screen, io);
  for (const problem of summary.problems)
    io.stderr.write(problemText(redactor === undefined ? problem : redactor.problem(problem), errors));
  if (lastRun !== undefined && !isWhole)
    io.stderr.write('the report is not whole: the next --since last-run takes this period again\n');
  if (summary.interrupted)
    io.stderr.write(
      isHalf ? 'interrupted: nothing was delivered\n' : 'interrupted: the report counts what was read so far\n',
    );
  const isAlert = alerts(document, delivery, io);
  await io.stderr.flush();
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.problems.length > 0) return EXIT.trouble;
  return isAlert ? EXIT.alert : EXIT.found;
}

/** Numbers of mails that were told in parts. */
function shortNotes({ letGo }: RunSummary): string[] {
  if (letGo === undefined || letGo.mails === 0) return [];
  return [`Memory was short: ${counted(letGo.mails, 'mail')} may count twice, as unfinished and as what came later.`];
}

/** Whether --fail-over is reached; then it is told. */
function alerts({ kind, figures }: ReportDocument, { failOver, failOverText }: DeliveryOptions, io: Io): boolean {
  if (failOver === undefined) return false;
  const value = (name: string): number | undefined => figures.find((figure) => figure.name === name)?.value;
  const reported = value('recipients') ?? 0;
  if (!isOver(failOver, reported, value('results') ?? reported)) return false;
  io.stderr.write(`report ${kind}: ${counted(reported, 'recipient')}: --fail-over ${failOverText} is reached\n`);
  return true;
}
