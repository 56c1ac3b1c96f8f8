/**
 * A report as plain text for the body of a mail: at most 72 columns, no colour, nothing cut from answers.
 */
import type { Column, Figure, ReportDocument, Row, Section } from '../../report/document.ts';
import { grouped } from '../../util/grouped.ts';
import { visible } from '../../util/visible.ts';
import type { ColumnStyle } from '../layout.ts';
import { layoutTable, neededWidths } from '../layout.ts';
import { wrap } from '../prose.ts';
import type { Clock } from '../times.ts';
import { widthOf } from '../width.ts';
import type { ReportOptions } from './values.ts';
import { cellText, comparedText, numberText, periodText, shownFigures } from './values.ts';

const TEXT_WIDTH = 72;
const NEW = 'NEW ';

/** The whole report, with its line ends. */
export function reportText(document: ReportDocument, { clock }: ReportOptions): string {
  const { title, filters, figures, sections, notes } = document;
  const compared = comparedText(document, clock);
  const parts = [
    `${visible(title)}\n${'='.repeat(widthOf(visible(title)))}\n`,
    wrap(periodText(document, clock), TEXT_WIDTH),
    filters === '' ? '' : wrap(visible(filters), TEXT_WIDTH, 'Only: '),
    compared === undefined ? '' : wrap(compared, TEXT_WIDTH),
    figuresText(figures),
    ...sections.map((section) => sectionText(section, clock)),
    notes.length === 0 ? '' : `\n${notes.map((note) => wrap(visible(note), TEXT_WIDTH, '* ')).join('')}`,
  ];
  return parts.join('');
}

function figuresText(all: readonly Figure[]): string {
  const figures = shownFigures(all);
  if (figures.length === 0) return '';
  const numbers = figures.map(({ value, unit }) => numberText(value, unit));
  const width = Math.max(...numbers.map((text) => text.length));
  const lines = figures.map(({ label, unit, previous, isPart }, i) => {
    const was = previous === undefined ? '' : ` (was ${numberText(previous, unit)})`;
    const number = (numbers[i] ?? '').padStart(width);
    return wrap(`${visible(label)}${was}`, TEXT_WIDTH, `  ${number}  ${isPart === true ? '  ' : ''}`);
  });
  return `\n${lines.join('')}`;
}

function sectionText(section: Section, clock: Clock): string {
  const { title, text, rows, more } = section;
  if (rows.length === 0 && text === undefined) return '';
  const head = `\n${visible(title)}\n${'-'.repeat(widthOf(visible(title)))}\n`;
  const said = text === undefined ? '' : wrap(visible(text), TEXT_WIDTH);
  const isGrouped = rows.some(({ heading }) => heading !== undefined);
  const body = isGrouped
    ? rows.map((row) => groupText(row, section.columns, clock)).join('\n')
    : tableText(section, clock);
  const rest = more === undefined || more === 0 ? '' : `… and ${grouped(more)} more\n`;
  return head + said + body + rest;
}

/** Rows as columns; long texts stand below their row. */
function tableText({ columns, rows }: Section, clock: Clock): string {
  if (rows.length === 0) return '';
  const shown = columns.map((column, i) => ({ column, i })).filter(({ column }) => isInLine(column));
  const styles = shown.map(({ column }): ColumnStyle => {
    const isNumber = column.align === 'right';
    return {
      head: visible(column.label),
      cut: isNumber || column.unit !== undefined ? 'never' : 'middle',
      ...(isNumber ? { right: true } : {}),
    };
  });
  const cells = rows.map((row) =>
    shown.map(({ column, i }, at) => ({
      text: (at === 0 && row.isNew === true ? NEW : '') + cellText(row.cells[i], column, clock),
    })),
  );
  const needed = neededWidths(styles, cells);
  const isCut = needed.reduce((sum, width) => sum + width + 2, -2) > TEXT_WIDTH;
  // several addresses cut short would tell nobody: such rows are lists
  if (isCut && styles.filter(({ cut }) => cut === 'middle').length > 1)
    return rows.map((row) => detailText(row, columns, clock)).join('');
  const [head = '', ...lines] = layoutTable(styles, cells, TEXT_WIDTH, (text) => text)
    .trimEnd()
    .split('\n');
  const body = lines.map((line, i) => `${line}\n${wideText(rows[i] as Row, columns, clock, 4)}`);
  return `${head}\n${body.join('')}`;
}

const isInLine = ({ wide, isData }: Column): boolean => wide !== true && isData !== true;

function wideText(row: Row, columns: readonly Column[], clock: Clock, indent: number): string {
  return columns
    .flatMap((column, i) => {
      const text = column.wide === true ? cellText(row.cells[i], column, clock) : '';
      return text === '' ? [] : [wrap(text, TEXT_WIDTH, ' '.repeat(indent))];
    })
    .join('');
}

/** A group: its heading with its number, what to do, and its details. */
function groupText(row: Row, columns: readonly Column[], clock: Clock): string {
  const count = columns.findIndex(({ align }) => align === 'right');
  const number = cellText(row.cells[count], columns[count] ?? {}, clock);
  const mark = row.isNew === true ? NEW : '';
  const head = wrap(`${mark}${visible(row.heading ?? '')}`, TEXT_WIDTH, `${number.padStart(6)}  `);
  const advice = row.advice === undefined ? '' : wrap(visible(row.advice), TEXT_WIDTH, '        -> ', 11);
  const details = (row.rows ?? []).map((detail) => detailText(detail, columns, clock)).join('');
  const more = row.more === undefined || row.more === 0 ? '' : `        … and ${grouped(row.more)} more\n`;
  return head + advice + details + more;
}

function detailText(row: Row, columns: readonly Column[], clock: Clock): string {
  const count = columns.findIndex(({ align }) => align === 'right');
  const number = cellText(row.cells[count], columns[count] ?? {}, clock);
  const isPlain = count < 0;
  const first = isPlain ? '' : `${number.padStart(10)}  `;
  const words: string[] = [];
  const times: string[] = [];
  for (const [i, column] of columns.entries()) {
    if (i === count || !isInLine(column)) continue;
    const text = cellText(row.cells[i], column, clock);
    if (text === '') continue;
    if (column.unit === 'time') times.push(text);
    else words.push(column.align === 'right' ? `${visible(column.label).toLowerCase()} ${text}` : text);
  }
  const [from, to = from] = times;
  const when = from === undefined ? [] : [from === to ? from : `${from} to ${to}`];
  const [head = '', ...rest] = isPlain ? [...when, ...words] : [...words, ...when];
  const line = pieces([row.isNew === true ? `${NEW}${head}` : head, ...rest], first, isPlain ? 2 : first.length);
  return line + wideText(row, columns, clock, isPlain ? 4 : first.length);
}

/** Pieces in as many lines as they need, parted between them where there is room enough for each. */
function pieces(texts: readonly string[], first: string, hang: number): string {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    if (last !== undefined && hang + widthOf(last) + 2 + widthOf(text) <= TEXT_WIDTH)
      lines[lines.length - 1] = `${last}  ${text}`;
    else lines.push(text);
  }
  return lines.map((line, i) => wrap(line, TEXT_WIDTH, i === 0 ? first : ' '.repeat(hang), hang)).join('');
}
