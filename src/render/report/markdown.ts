/**
 * A report as Markdown (CommonMark with the tables of GitHub Flavored Markdown).
 * Log text is hostile: every character that Markdown or HTML gives a meaning stands behind a backslash (CommonMark 2.4: any
 * ASCII punctuation may), and what GFM would make a link of by itself is broken up (GFM 6.9: `www.` and `://`).
 */
import type { Column, Figure, ReportDocument, Row, Section } from '../../report/document.ts';
import { grouped } from '../../util/grouped.ts';
import { visible } from '../../util/visible.ts';
import type { Clock } from '../times.ts';
import type { ReportOptions } from './values.ts';
import { cellText, comparedText, numberText, periodText, shownFigures } from './values.ts';

const SPECIAL = /[\\`*_{}[\]<>#|!&~$^]/g;

/** Text that Markdown shows as it stands, within a line. */
function markdownText(text: string): string {
  return visible(text)
    .replace(SPECIAL, String.raw`\$&`)
    .replaceAll('://', String.raw`\://`)
    .replaceAll(/\b(www)\./gi, String.raw`$1\.`);
}

/** Text that stands at the beginning of a line, where `-`, `+`, `=` and `1.` would make something else of it. */
function paragraphText(text: string): string {
  return markdownText(text)
    .replace(/^(\s*)([-+=])/, String.raw`$1\$2`)
    .replace(/^(\s*\d+)([.)])/, String.raw`$1\$2`);
}

/** The whole report. */
export function reportMarkdown(document: ReportDocument, { clock }: ReportOptions): string {
  const { title, filters, figures, sections, notes } = document;
  const compared = comparedText(document, clock);
  const parts = [
    `# ${markdownText(title)}`,
    paragraphText(periodText(document, clock)),
    filters === '' ? '' : `Only: ${markdownText(filters)}`,
    compared === undefined ? '' : paragraphText(compared),
    figuresTable(figures),
    ...sections.map((section) => sectionText(section, clock)),
    notes.map((note) => `- ${paragraphText(note)}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableLines(head: readonly string[], right: readonly boolean[], rows: readonly (readonly string[])[]): string {
  const rule = right.map((isRight) => (isRight ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function figuresTable(all: readonly Figure[]): string {
  const figures = shownFigures(all);
  if (figures.length === 0) return '';
  const hasPrevious = figures.some(({ previous }) => previous !== undefined);
  const rows = figures.map(({ label, value, unit, previous }) => [
    markdownText(label),
    numberText(value, unit),
    ...(hasPrevious ? [previous === undefined ? '' : numberText(previous, unit)] : []),
  ]);
  const head = ['', 'number', ...(hasPrevious ? ['before'] : [])];
  return tableLines(head, [false, true, ...(hasPrevious ? [true] : [])], rows);
}

function sectionText({ title, text, columns, rows, more }: Section, clock: Clock): string {
  if (rows.length === 0 && text === undefined) return '';
  const isGrouped = rows.some(({ heading }) => heading !== undefined);
  const body = isGrouped
    ? rows.map((row) => groupText(row, columns, clock)).join('\n\n')
    : rowsTable(rows, columns, clock);
  return [
    `## ${markdownText(title)}`,
    text === undefined ? '' : paragraphText(text),
    body,
    more === undefined || more === 0 ? '' : `… and ${grouped(more)} more`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function rowsTable(rows: readonly Row[], columns: readonly Column[], clock: Clock): string {
  if (rows.length === 0) return '';
  const shown = columns.map((column, i) => ({ column, i })).filter(({ column }) => column.isData !== true);
  return tableLines(
    shown.map(({ column }) => markdownText(column.label)),
    shown.map(({ column }) => column.align === 'right'),
    rows.map((row) =>
      shown.map(({ column, i }, at) => {
        const mark = at === 0 && row.isNew === true ? '**new** ' : '';
        return mark + markdownText(cellText(row.cells[i], column, clock));
      }),
    ),
  );
}

function groupText(row: Row, columns: readonly Column[], clock: Clock): string {
  const count = columns.findIndex(({ align }) => align === 'right');
  const number = cellText(row.cells[count], columns[count] ?? {}, clock);
  const mark = row.isNew === true ? ' **new**' : '';
  return [
    `### ${markdownText(row.heading ?? '')} (${number})${mark}`,
    row.advice === undefined ? '' : paragraphText(row.advice),
    rowsTable(row.rows ?? [], columns, clock),
    row.more === undefined || row.more === 0 ? '' : `… and ${grouped(row.more)} more`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
