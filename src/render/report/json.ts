/**
 * A report as one JSON object, version 1:
 *   {v, report, period: {since, until, first, last}, compared: {label, since, until}, filters, figures: {NAME: number},
 *    previous: {NAME: number}, tables: {NAME: [{COLUMN: value, …, rows: [{…}], new}]}, more: {NAME: n},
 *    series: {CHART: {labels, SERIES: [numbers]}}, notes, empty}
 * Shape: what the log does not say is left out, never null; names only get more, never other meanings.
 * Units: times ISO 8601 with an offset; durations ms, sizes bytes, shares percent.
 */
import type { Chart, Column, Figure, ReportDocument, Row, Section } from '../../report/document.ts';
import { HIDDEN } from '../../util/visible.ts';
import { escapeUnits } from '../json.ts';
import type { Clock } from '../times.ts';
import type { ReportOptions } from './values.ts';

type Json = Record<string, unknown>;

const iso = (at: number | undefined, clock: Clock): string | undefined =>
  at === undefined ? undefined : clock.iso(at);

/** The object, on one line. */
export function reportJson(document: ReportDocument, { clock }: ReportOptions): string {
  const { kind, period, compared, filters, figures, sections, charts, notes, empty } = document;
  const object: Json = {
    v: 1,
    report: kind,
    period: {
      since: iso(period.since, clock),
      until: iso(period.until, clock),
      first: iso(period.first, clock),
      last: iso(period.last, clock),
    },
    compared: compared && {
      label: compared.label,
      since: iso(compared.since, clock),
      until: iso(compared.until, clock),
    },
    filters: filters === '' ? undefined : filters,
    figures: numbersOf(figures, ({ value }) => value),
    previous: compared && numbersOf(figures, ({ previous }) => previous),
    tables: Object.fromEntries(sections.map((section) => [section.name, rowsOf(section, section.rows, clock)])),
    more: moreOf(sections),
    series: Object.fromEntries(charts.map((chart) => [chart.name, seriesOf(chart)])),
    notes: notes.length === 0 ? undefined : notes,
    empty,
  };
  // what a terminal would obey or hide is written as escapes, which any reader undoes
  return `${JSON.stringify(object).replace(HIDDEN, escapeUnits)}\n`;
}

function numbersOf(figures: readonly Figure[], valueOf: (figure: Figure) => number | undefined): Json {
  return Object.fromEntries(figures.map((figure) => [figure.name, rounded(valueOf(figure))]));
}

/** Shares and averages to three digits. */
function rounded(value: number | undefined): number | undefined {
  return value === undefined || Number.isInteger(value) ? value : Number(value.toFixed(3));
}

function moreOf(sections: readonly Section[]): Json | undefined {
  const cut = sections.filter(({ more }) => more !== undefined && more > 0);
  return cut.length === 0 ? undefined : Object.fromEntries(cut.map(({ name, more }) => [name, more]));
}

function rowsOf(section: Section, rows: readonly Row[], clock: Clock): Json[] {
  return rows.map((row) => ({
    ...cellsOf(section.columns, row, clock),
    meaning: row.heading,
    advice: row.advice,
    new: row.isNew,
    rows: row.rows && rowsOf(section, row.rows, clock),
    more: row.more,
  }));
}

function cellsOf(columns: readonly Column[], { cells }: Row, clock: Clock): Json {
  const object: Json = {};
  for (const [i, { name, unit }] of columns.entries()) {
    const cell = cells[i];
    object[name] = typeof cell === 'number' ? (unit === 'time' ? clock.iso(cell) : rounded(cell)) : cell;
  }
  return object;
}

function seriesOf({ labels, series }: Chart): Json {
  return { labels, ...Object.fromEntries(series.map(({ name, values }) => [name, values.map(rounded)])) };
}
