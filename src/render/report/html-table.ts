/**
 * A section of a report as an HTML table: groups with their heading, what to do, and details below.
 * Each value carries its column's name (`data-of`): on a narrow screen a row is a block and has no head above.
 */
import type { Cell, Column, Row, Section } from '../../report/document.ts';
import { counted } from '../prose.ts';
import type { Clock } from '../times.ts';
import { cellHtml, html } from './html-text.ts';

/** A column that people see, and where its cells are. */
interface Seen {
  readonly column: Column;
  readonly index: number;
}

const DEEPEST = 3;

export function sectionHtml(section: Section, clock: Clock, id: string): string {
  const seen = section.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => column.isData !== true);
  const text = section.text === undefined ? '' : `<p>${html(section.text)}</p>`;
  const more = (section.more ?? 0) > 0 ? `<p class="note">and ${counted(section.more ?? 0, 'more row')}</p>` : '';
  const table = section.rows.length === 0 ? '' : tableOf(section, seen, clock, id);
  return `<section aria-labelledby="${id}"><h2 id="${id}">${html(section.title)}</h2>${text}${table}${more}</section>\n`;
}

function tableOf({ rows }: Section, seen: readonly Seen[], clock: Clock, id: string): string {
  const heads = seen.map(({ column }, at) => `<th scope="col"${classOf(column, at, false)}>${html(column.label)}</th>`);
  let body = '';
  let plain = '';
  const endPlain = (): void => {
    if (plain !== '') body += `<tbody>${plain}</tbody>\n`;
    plain = '';
  };
  for (const row of rows) {
    const text = rowHtml(row, seen, clock, 0);
    if (row.heading === undefined) {
      plain += text;
      continue;
    }
    endPlain();
    body += `<tbody>${text}</tbody>\n`;
  }
  endPlain();
  return `<table class="rows" aria-labelledby="${id}"><thead><tr>${heads.join('')}</tr></thead>\n${body}</table>`;
}

function classOf({ align, unit, wide }: Column, at: number, isEmpty: boolean): string {
  const classes = [
    at === 0 ? 'f' : '',
    align === 'right' ? 'n' : unit === undefined ? 't' : '',
    wide === true ? 'w' : '',
    isEmpty ? 'e' : '',
  ].filter((one) => one !== '');
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
}

const isBlank = (cell: Cell): boolean => cell === undefined || cell === '';

/** The row, its advice and its details. */
function rowHtml(row: Row, seen: readonly Seen[], clock: Clock, depth: number): string {
  const level = depth === 0 ? '' : `d${Math.min(depth, DEEPEST)}`;
  const isNew = row.isNew === true ? '<span class="new">new</span>' : '';
  const cells = seen.map(({ index }) => row.cells[index]);
  let out = '';
  let from = 0;
  if (row.heading !== undefined) {
    // over the cells that have nothing to say: the sums stand beside it
    while (from < cells.length && isBlank(cells[from])) from++;
    if (from === 0) from = seen.length;
    const span = from > 1 ? ` colspan="${from}"` : '';
    out += `<tr class="${`g ${level}`.trim()}"><th scope="${depth === 0 ? 'rowgroup' : 'row'}" class="f"${span}>${html(row.heading)}${isNew}</th>`;
    if (from === seen.length) {
      out += '</tr>\n';
      from = cells.every(isBlank) ? seen.length : 0;
      if (from === 0) out += `<tr${level === '' ? '' : ` class="${level}"`}>`;
    }
  } else out += `<tr${level === '' ? '' : ` class="${level}"`}>`;
  if (from < seen.length) {
    for (const [at, { column }] of seen.entries()) {
      if (at >= from) out += cellOf(cells[at], column, at, clock, row.heading === undefined ? isNew : '');
    }
    out += '</tr>\n';
  }
  if (row.advice !== undefined) {
    out += `<tr class="${`a ${level}`.trim()}"><td class="f" colspan="${seen.length}">${html(row.advice)}</td></tr>\n`;
  }
  for (const detail of row.rows ?? []) out += rowHtml(detail, seen, clock, depth + 1);
  if ((row.more ?? 0) > 0) {
    const below = `d${Math.min(depth + 1, DEEPEST)}`;
    out += `<tr class="a ${below}"><td class="f" colspan="${seen.length}">and ${counted(row.more ?? 0, 'more row')}</td></tr>\n`;
  }
  return out;
}

function cellOf(cell: Cell, column: Column, at: number, clock: Clock, isNew: string): string {
  const classes = classOf(column, at, isBlank(cell));
  const text = cellHtml(cell, column, clock);
  // the first names the row
  if (at === 0) return isBlank(cell) ? `<td${classes}></td>` : `<th scope="row"${classes}>${text}${isNew}</th>`;
  return `<td${classes}${isBlank(cell) ? '' : ` data-of="${html(column.label)}"`}>${text}</td>`;
}
