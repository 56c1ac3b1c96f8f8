/**
 * A section of a report as an HTML table: groups with their heading, what to do, and details below.
 * Each value carries its column's name (`data-of`): on a narrow screen a row is a block and has no head above. Long texts
 * (`wide`) have a column where there is room for it, else lines of their own below their row.
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

interface Page {
  /** columns of the table */
  readonly across: readonly Seen[];
  /** those that get a line of their own */
  readonly below: readonly Seen[];
  /** which of `across` names the row: the first that is text */
  readonly naming: number;
  readonly clock: Clock;
}

const DEEPEST = 3;
/** A table of more columns has no room for a long text beside them. */
const MOST_BESIDE_A_TEXT = 6;
/** A table of fewer columns need not be as wide as the page. */
const FEW = 4;

/** A `<section>`; '' where it says nothing. */
export function sectionHtml(section: Section, clock: Clock, id: string): string {
  if (section.rows.length === 0 && section.text === undefined) return '';
  const text = section.text === undefined ? '' : `<p>${html(section.text)}</p>`;
  const more = (section.more ?? 0) > 0 ? `<p class="note">and ${counted(section.more ?? 0, 'more row')}</p>` : '';
  const table = section.rows.length === 0 ? '' : tableOf(section, pageOf(section, clock), id);
  return `<section aria-labelledby="${id}"><h2 id="${id}">${html(section.title)}</h2>${text}${table}${more}</section>\n`;
}

function pageOf({ columns }: Section, clock: Clock): Page {
  const seen = columns.map((column, index) => ({ column, index })).filter(({ column }) => column.isData !== true);
  const texts = seen.filter(({ column }) => column.wide === true);
  const below = texts.length > 1 || seen.length > MOST_BESIDE_A_TEXT ? texts : [];
  const across = seen.filter((one) => !below.includes(one));
  const naming = across.findIndex(({ column }) => column.align === undefined && column.unit === undefined);
  return { across, below, naming: Math.max(0, naming), clock };
}

function tableOf({ rows }: Section, page: Page, id: string): string {
  const heads = page.across.map(
    ({ column }, at) => `<th scope="col"${classOf(column, at === page.naming, false)}>${html(column.label)}</th>`,
  );
  let body = '';
  let plain = '';
  const endPlain = (): void => {
    if (plain !== '') body += `<tbody>${plain}</tbody>\n`;
    plain = '';
  };
  for (const row of rows) {
    const text = rowHtml(row, page, 0);
    if (row.heading === undefined) {
      plain += text;
      continue;
    }
    endPlain();
    body += `<tbody>${text}</tbody>\n`;
  }
  endPlain();
  const isSmall = page.across.length < FEW && page.below.length === 0;
  return `<table class="rows${isSmall ? ' small' : ''}" aria-labelledby="${id}"><thead><tr>${heads.join('')}</tr></thead>\n${body}</table>`;
}

function classOf({ align, unit, wide }: Column, isNaming: boolean, isEmpty: boolean): string {
  const classes = [
    isNaming ? 'f' : '',
    align === 'right' ? 'n' : unit === undefined ? 't' : '',
    wide === true ? 'w' : '',
    isEmpty ? 'e' : '',
  ].filter((one) => one !== '');
  return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
}

const isBlank = (cell: Cell): boolean => cell === undefined || cell === '';

/** The row, its long texts, its advice and its details. */
function rowHtml(row: Row, page: Page, depth: number): string {
  const { across, below, clock } = page;
  const level = depth === 0 ? '' : `d${Math.min(depth, DEEPEST)}`;
  const isNew = row.isNew === true ? '<span class="new">new</span>' : '';
  const wide = ` colspan="${across.length}"`;
  const cells = across.map(({ index }) => row.cells[index]);
  const isGroup = row.heading !== undefined;
  let out = '';
  // the heading stands beside the sums where nothing stands before them, else above
  let from = 0;
  if (isGroup) {
    while (from < cells.length && isBlank(cells[from])) from++;
    const isBeside = from > 0 && from < cells.length;
    const span = isBeside ? (from > 1 ? ` colspan="${from}"` : '') : wide;
    const kept = isBeside ? '' : ' k';
    out += `${opened(`g ${level}${kept}`)}<th scope="${depth === 0 ? 'rowgroup' : 'row'}" class="f"${span}>${html(row.heading)}${isNew}</th>`;
    if (!isBeside) out += '</tr>\n';
  }
  const texts = below.filter(({ index }) => !isBlank(row.cells[index]));
  if (from < across.length) {
    if (!isGroup || from === 0) out += opened(`${isGroup ? 's' : ''} ${level}${texts.length > 0 ? ' k' : ''}`);
    for (const [at, { column }] of across.entries()) {
      if (at >= from) out += cellOf(cells[at], column, at === page.naming && !isGroup, clock, isGroup ? '' : isNew);
    }
    out += '</tr>\n';
  }
  for (const [at, { column, index }] of texts.entries()) {
    const kept = at < texts.length - 1 ? ' k' : '';
    out += `${opened(`x ${level}${kept}`)}<td class="f t"${wide} data-of="${html(column.label)}">${cellHtml(row.cells[index], column, clock)}</td></tr>\n`;
  }
  if (row.advice !== undefined) out += noteRow(html(row.advice), level, wide);
  for (const detail of row.rows ?? []) out += rowHtml(detail, page, depth + 1);
  if ((row.more ?? 0) > 0)
    out += noteRow(`and ${counted(row.more ?? 0, 'more row')}`, `d${Math.min(depth + 1, DEEPEST)}`, wide);
  return out;
}

function opened(classes: string): string {
  const tidy = classes.trim().replaceAll(/ +/g, ' ');
  return tidy === '' ? '<tr>' : `<tr class="${tidy}">`;
}

function noteRow(text: string, level: string, wide: string): string {
  return `${opened(`a ${level}`)}<td class="f"${wide}>${text}</td></tr>\n`;
}

function cellOf(cell: Cell, column: Column, isNaming: boolean, clock: Clock, isNew: string): string {
  const classes = classOf(column, isNaming, isBlank(cell));
  const text = cellHtml(cell, column, clock);
  if (isNaming) return isBlank(cell) ? `<td${classes}>${isNew}</td>` : `<th scope="row"${classes}>${text}${isNew}</th>`;
  return `<td${classes}${isBlank(cell) ? '' : ` data-of="${html(column.label)}"`}>${text}</td>`;
}
