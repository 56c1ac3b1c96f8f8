/**
 * Numbers, times and texts of a report as people read them: what the forms for people share.
 */
import type { Instant } from '../../model/message.ts';
import { grouped } from '../../util/grouped.ts';
import { visible } from '../../util/visible.ts';
import type { Cell, Column, Figure, ReportDocument, Unit } from '../../report/document.ts';
import { bytesText } from '../progress.ts';
import type { Clock } from '../times.ts';
import { duration } from '../times.ts';

export interface ReportOptions {
  readonly clock: Clock;
  /** of HTML: when the report was made */
  readonly now?: Instant;
  /** standard output is a terminal: nothing in the report may be obeyed or hidden */
  readonly tty?: boolean;
  /** of CSV: the table printed; without it the report's first */
  readonly section?: string;
}

/** `1,234`, `5.6 MB`, `1 h 3 min`, `12.5%` */
export function numberText(value: number, unit: Unit | undefined): string {
  if (!Number.isFinite(value)) return '-';
  if (unit === 'bytes') return bytesText(value);
  if (unit === 'ms') return duration(value / 1000);
  if (unit === 'percent') return `${Number(value.toFixed(value < 1 ? 2 : 1))}%`;
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toFixed(1)));
}

/** A cell's text, made visible; '' where the log does not say. */
export function cellText(cell: Cell, { unit }: Pick<Column, 'unit'>, clock: Clock): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return visible(cell);
  return unit === 'time' ? clock.plain(cell).slice(0, -3) : numberText(cell, unit);
}

/** `2026-11-21 00:00 to 2026-11-21 23:59 (+01:00)`; undefined where nobody knows. */
function spanText(since: number | undefined, until: number | undefined, clock: Clock): string | undefined {
  if (since === undefined && until === undefined) return undefined;
  const from = since === undefined ? 'the beginning' : clock.plain(since);
  const to = until === undefined ? 'the end' : clock.plain(until);
  return `${from} to ${to} (${clock.iso(until ?? since ?? 0).slice(-6)})`;
}

/** The period of a report: the one asked for, else that of the logs. */
export function periodText({ period }: ReportDocument, clock: Clock): string {
  const { since, until, first, last } = period;
  return spanText(since ?? first, until ?? last, clock) ?? 'no line has a time';
}

/** `Compared with the day before, 2026-11-20 00:00:00 to …`; undefined where it is not. */
export function comparedText({ compared }: ReportDocument, clock: Clock): string | undefined {
  if (compared === undefined) return undefined;
  return `Compared with ${compared.label}: ${spanText(compared.since, compared.until, clock)}`;
}

/** Figures for people: parts of others are left out where they are 0 and were 0. */
export function shownFigures(figures: readonly Figure[]): Figure[] {
  return figures.filter(({ isPart, value, previous = 0 }) => isPart !== true || value !== 0 || previous !== 0);
}
