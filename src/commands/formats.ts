/**
 * `mailtrace formats [PATH…]`: the formats it knows; for files, what each is, its span, and the lines that were not understood.
 */
import { Command } from 'commander';
import { FORMATS as KNOWN } from '../formats/index.ts';
import type { Io } from '../io.ts';
import type { JsonSource, LogZone, RunSummary, SourceSummary } from '../model/run.ts';
import { noFormatText } from '../render/footer.ts';
import { jsonString } from '../render/json.ts';
import type { ColumnStyle } from '../render/layout.ts';
import { layoutTable } from '../render/layout.ts';
import { problemText } from '../render/problem.ts';
import { counted, wrap } from '../render/prose.ts';
import type { Redactor } from '../render/redact/index.ts';
import { paintOf } from '../render/screen.ts';
import type { Screen } from '../render/screen.ts';
import { grouped } from '../util/grouped.ts';
import { visible } from '../util/visible.ts';
import { configuredOf } from './configured.ts';
import { addGeneralOptions, errorScreenOf, outputOption, redactOption, screenOf } from './common-options.ts';
import type { Engine } from './engine.ts';
import { loadEngine, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';
import { withProgress } from './progress.ts';
import { redactorOf } from './redacting.ts';

const EXAMPLES = `
Examples:
  mailtrace formats                      the formats it knows
  mailtrace formats /var/log/mail.log*   what these files are
  mailtrace formats --json mail.log | jq .unknown
`;

export interface FormatsOptions {
  paths: readonly string[];
  json: boolean;
  screen: Screen;
  logZones: readonly LogZone[];
  /** where collectors' JSON has the line */
  collected?: readonly JsonSource[];
  memory?: number;
  redactor?: Redactor | undefined;
}

export function newFormatsCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('formats')
    .description('The log formats it knows; for files: what each is, its time span, lines understood and not.')
    .argument('[path...]')
    .usage('[PATH…]')
    .addOption(outputOption('--json', 'one object a line'))
    .addOption(redactOption());
  return addGeneralOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], values: Values) => {
      const settings = await configuredOf(paths, values, io);
      const options = {
        paths,
        json: values['json'] === true,
        screen: screenOf(values, io),
        logZones: settings.logZones,
        collected: settings.json,
        memory: settings.memory,
        redactor: await redactorOf(values, io),
      };
      done(await formatsRun(options, io, paths.length === 0 ? undefined : await loadEngine(undefined), signal));
    });
}

/** Returns the exit status: 0 when it ran, 2 where a file could not be read. */
export async function formatsRun(
  options: FormatsOptions,
  io: Io,
  engine: Engine | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const { screen, paths, json, logZones, collected = [], memory } = options;
  if (engine === undefined) {
    io.stdout.write(json ? knownJson() : knownText(screen));
    return EXIT.found;
  }
  const request = { paths, logZones, json: collected, memory, now: screen.now, wantLines: false, wantSessions: false };
  const { redactor } = options;
  const { summary: exact } = await withProgress(
    io,
    signal,
    () => undefined,
    (onPhase) => engine.run(request, runIoOf(io, paths), { onMessage: () => false }, { signal, onPhase }),
  );
  const summary = redactor === undefined ? exact : redactor.summary(exact);
  if (json) for (const source of summary.sources) io.stdout.write(sourceJson(source, screen));
  else
    io.stdout.write(
      [...summary.sources.map((source) => sourceText(source, screen)), ...totalText(summary, screen)].join('\n'),
    );
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  if (signal?.aborted === true) summary.interrupted = true;
  return tellRest(summary, io, errorScreenOf(screen, io));
}

function tellRest(summary: RunSummary, io: Io, screen: Screen): number {
  const said = [noFormatText(summary), ...summary.assumptions.map(visible)].filter((text) => text !== undefined);
  for (const text of said) io.stderr.write(screen.tty ? wrap(text, screen.columns) : `${text}\n`);
  for (const problem of summary.problems) io.stderr.write(problemText(problem, screen));
  if (summary.interrupted) {
    io.stderr.write('interrupted\n');
    return EXIT.interrupted;
  }
  return summary.problems.length > 0 ? EXIT.trouble : EXIT.found;
}

function knownText(screen: Screen): string {
  const columns: ColumnStyle[] = [
    { head: 'FORMAT', cut: 'never' },
    { head: 'WHAT IT IS', cut: 'end' },
    { head: 'VERSIONS', cut: 'end' },
    { head: 'DOCUMENTED AT', cut: 'end' },
  ];
  const rows = KNOWN.map(({ name, title, versions, docs }) => [name, title, versions, docs].map((text) => ({ text })));
  return layoutTable(columns, rows, screen.tty ? screen.columns : undefined, paintOf(screen).head);
}

function knownJson(): string {
  return KNOWN.map(({ name, title, versions, docs }) => `${JSON.stringify({ name, title, versions, docs })}\n`).join(
    '',
  );
}

function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  const value = (100 * part) / whole;
  return value < 0.01 ? '<0.01%' : `${Number(value.toFixed(value < 1 ? 2 : 1))}%`;
}

function formatName({ formats, lines }: SourceSummary): string {
  if (formats.length > 0) return formats.join(', ');
  return lines === 0 ? 'empty' : 'none that mailtrace knows';
}

type Counted = Pick<SourceSummary, 'lines' | 'event' | 'ignored' | 'foreign' | 'unframed' | 'unknown'>;

/** How many lines there are of each kind. `isKnown`: a format claimed some; else nothing was there to be understood. */
function countRows(source: Counted, isKnown: boolean): [string, string][] {
  const { lines, event, ignored, foreign, unframed, unknown } = source;
  const rows: [string, string][] = [['lines', grouped(lines)]];
  if (lines === 0) return rows;
  if (isKnown) {
    rows.push(['understood', grouped(event)], ['ignored', `${grouped(ignored)} (known, nothing about a mail)`]);
  }
  if (foreign > 0) rows.push(['others', `${grouped(foreign)} (of other programs)`]);
  if (unframed > 0) rows.push(['unstamped', `${grouped(unframed)} (no time stamp, no format wants them)`]);
  if (isKnown) rows.push(['not understood', `${grouped(unknown)} (${percent(unknown, lines)})`]);
  return rows;
}

function spanRow({ first, last }: Pick<SourceSummary, 'first' | 'last'>, { clock }: Screen): [string, string][] {
  if (first === undefined || last === undefined) return [];
  return [['span', `${clock.plain(first)} to ${clock.plain(last)} (${clock.iso(last).slice(-6)})`]];
}

function block(head: string, rows: readonly (readonly [string, string])[], screen: Screen): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`);
  return `${paintOf(screen).head(head)}\n${lines.join('')}`;
}

/** A block of lines for a file. */
function sourceText(source: SourceSummary, screen: Screen): string {
  const rows: [string, string][] = [
    ['format', formatName(source)],
    ...spanRow(source, screen),
    ...countRows(source, source.formats.length > 0),
  ];
  const reasons = Object.entries(source.reasons).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [reason, count] of reasons) rows.push(['', `${grouped(count)} ${visible(reason)}`]);
  if (source.sample !== undefined)
    rows.push(['first of them', `line ${source.sample.line}: ${visible(source.sample.text)}`]);
  return block(visible(source.path), rows, screen);
}

/** The sum of all files, where there are several. */
function totalText(summary: RunSummary, screen: Screen): string[] {
  const { sources } = summary;
  if (sources.length < 2) return [];
  const total: Counted = { lines: 0, event: 0, ignored: 0, foreign: 0, unframed: 0, unknown: 0 };
  const files = new Map<string, number>();
  for (const source of sources) {
    for (const key of ['lines', 'event', 'ignored', 'foreign', 'unframed', 'unknown'] as const)
      total[key] += source[key];
    const name = formatName(source);
    files.set(name, (files.get(name) ?? 0) + 1);
  }
  const formats = [...files].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const rows: [string, string][] = [
    ['format', formats.map(([name, count]) => `${name} (${counted(count, 'file')})`).join('; ')],
    ...spanRow(summary, screen),
    ...countRows(
      total,
      sources.some((source) => source.formats.length > 0),
    ),
  ];
  return [block(`All ${grouped(sources.length)} files`, rows, screen)];
}

/** The same as one JSON line, with times in the zone printed. */
function sourceJson(source: SourceSummary, screen: Screen): string {
  const { first, last, sample, path, ...counts } = source;
  const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : screen.clock.iso(at));
  const rest = JSON.stringify({ ...counts, first: iso(first), last: iso(last) }).slice(1);
  const told = sample === undefined ? '' : `"sample":{"line":${sample.line},"text":${jsonString(sample.text)}},`;
  return `{"path":${jsonString(path)},${told}${rest}\n`;
}
