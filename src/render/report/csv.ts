/**
 * One table of a report as CSV: `--section NAME`, else the first; `figures` are the headline numbers.
 * Shape: RFC 4180 with line feeds as line ends, a header of the columns' stable names; of grouped tables the details, each with
 *        its group's word; text cells are guarded against formulas, number cells are bare, times are ISO 8601.
 */
import { UsageError, didYouMean } from '../../errors.ts';
import type { Cell, Column, ReportDocument, Row } from '../../report/document.ts';
import { csvText } from '../escape.ts';
import type { Clock } from '../times.ts';
import type { ReportOptions } from './values.ts';

const FIGURES = 'figures';

/** The table with its head. Throws UsageError where the report has none of that name. */
export function reportCsv(document: ReportDocument, { clock, tty = false, section }: ReportOptions): string {
  const { kind, sections } = document;
  if (section === FIGURES || (section === undefined && sections.length === 0)) return figuresCsv(document, tty);
  const found = sections.find(({ name }) => section === undefined || name === section);
  if (found === undefined) {
    throw new UsageError({
      where: '--section',
      what: `report ${kind} has no table '${section ?? ''}'`,
      help: didYouMean(section ?? '', [FIGURES, ...sections.map(({ name }) => name)]),
    });
  }
  const { columns, rows } = found;
  const lines = [
    columns.map(({ name }) => name),
    ...leaves(rows).map(({ cells }) => cellsOf(columns, cells, clock, tty)),
  ];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
}

function figuresCsv({ figures }: ReportDocument, tty: boolean): string {
  const rows = figures.map(({ name, value }) => `${csvText(name, tty)},${numberOf(value)}\n`);
  return `name,value\n${rows.join('')}`;
}

function leaves(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => (row.rows === undefined || row.rows.length === 0 ? [row] : leaves(row.rows)));
}

const numberOf = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toFixed(3)));

function cellsOf(columns: readonly Column[], cells: readonly Cell[], clock: Clock, tty: boolean): string[] {
  return columns.map(({ unit }, i) => {
    const cell = cells[i];
    if (cell === undefined) return '';
    if (typeof cell === 'string') return csvText(cell, tty);
    return unit === 'time' ? clock.iso(cell) : numberOf(cell);
  });
}
