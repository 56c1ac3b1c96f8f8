/**
 * `mailtrace formats [PATH…]`: the formats it knows; for files, what each is, its span, and the lines that were not understood.
 */
import { Command } from 'commander';
import { formatProblem } from '../errors.ts';
import { FORMATS as KNOWN } from '../formats/index.ts';
import type { Io } from '../io.ts';
import type { LogZone, RunSummary, SourceSummary } from '../model/run.ts';
import { jsonString } from '../render/json.ts';
import type { ColumnStyle } from '../render/layout.ts';
import { layoutTable } from '../render/layout.ts';
import { paintOf } from '../render/screen.ts';
import type { Screen } from '../render/screen.ts';
import { visible } from '../util/visible.ts';
import { addGeneralOptions, logZonesOf, outputOption, screenOf } from './common-options.ts';
import type { Engine } from './engine.ts';
import { loadEngine, runIoOf } from './engine.ts';
import { EXIT } from './exit.ts';
import type { Values } from './filter-options.ts';

const EXAMPLES = `
Examples:
  mailtrace formats                        the formats it knows
  mailtrace formats /var/log/mail.log*     what these files are, and what was not understood
  mailtrace formats --json mail.log | jq .unknown
`;

export interface FormatsOptions {
  paths: readonly string[];
  json: boolean;
  screen: Screen;
  logZones: readonly LogZone[];
}

export function newFormatsCommand(io: Io, done: (status: number) => void, signal?: AbortSignal): Command {
  const command = new Command('formats')
    .description('The log formats it knows; for files: what each is, its time span, lines understood and not.')
    .argument('[path...]')
    .usage('[PATH…]')
    .addOption(outputOption('--json', 'one object a line'));
  return addGeneralOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], values: Values) => {
      const options = {
        paths,
        json: values['json'] === true,
        screen: screenOf(values, io),
        logZones: logZonesOf(values),
      };
      done(await formatsRun(options, io, paths.length === 0 ? undefined : await loadEngine(), signal));
    });
}

/** Returns the exit status: 0 when it ran, 2 where a file could not be read. */
export async function formatsRun(
  options: FormatsOptions,
  io: Io,
  engine: Engine | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const { screen, paths, json, logZones } = options;
  if (engine === undefined) {
    io.stdout.write(json ? knownJson() : knownText(screen));
    return EXIT.found;
  }
  const { summary } = await engine.run(
    { paths, logZones, now: screen.now, wantLines: false, wantSessions: false },
    runIoOf(io, paths),
    { onMessage: () => false },
    { signal },
  );
  if (json) for (const source of summary.sources) io.stdout.write(sourceJson(source, screen));
  else io.stdout.write(summary.sources.map((source) => sourceText(source, screen)).join('\n'));
  await io.stdout.flush();
  if (io.stdout.closed) return EXIT.found;
  return tellRest(summary, io);
}

function tellRest(summary: RunSummary, io: Io): number {
  for (const assumption of summary.assumptions) io.stderr.write(`${visible(assumption)}\n`);
  for (const problem of summary.problems) io.stderr.write(formatProblem(problem));
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

function number(count: number): string {
  return count.toLocaleString('en-US');
}

/** A block of lines for a file. */
function sourceText(source: SourceSummary, screen: Screen): string {
  const paint = paintOf(screen);
  const { clock } = screen;
  const rows: [string, string][] = [];
  const name =
    source.formats.length === 0 ? (source.lines === 0 ? 'empty' : 'no known format') : source.formats.join(', ');
  rows.push(['format', name]);
  if (source.first !== undefined && source.last !== undefined) {
    rows.push([
      'span',
      `${clock.plain(source.first)} to ${clock.plain(source.last)} (${clock.iso(source.last).slice(-6)})`,
    ]);
  }
  rows.push(['lines', number(source.lines)]);
  if (source.lines > 0) {
    rows.push(
      ['understood', number(source.event)],
      ['ignored', `${number(source.ignored)} (known, nothing about a mail)`],
    );
    if (source.foreign > 0) rows.push(['others', `${number(source.foreign)} (of other programs)`]);
    if (source.unframed > 0)
      rows.push(['unstamped', `${number(source.unframed)} (no time stamp, no format wants them)`]);
    rows.push(['not understood', `${number(source.unknown)} (${percent(source.unknown, source.lines)})`]);
  }
  const reasons = Object.entries(source.reasons).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [reason, count] of reasons) rows.push(['', `${number(count)} ${visible(reason)}`]);
  if (source.sample !== undefined)
    rows.push(['first of them', `line ${source.sample.line}: ${visible(source.sample.text)}`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`);
  return `${paint.head(visible(source.path))}\n${lines.join('')}`;
}

/** The same as one JSON line, with times in the zone printed. */
function sourceJson(source: SourceSummary, screen: Screen): string {
  const { first, last, sample, path, ...counts } = source;
  const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : screen.clock.iso(at));
  const rest = JSON.stringify({ ...counts, first: iso(first), last: iso(last) }).slice(1);
  const told = sample === undefined ? '' : `"sample":{"line":${sample.line},"text":${jsonString(sample.text)}},`;
  return `{"path":${jsonString(path)},${told}${rest}\n`;
}
