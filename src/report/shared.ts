/** What several reports say alike: charts of reasons, and the note on rows let go. */
import { grouped } from '../util/grouped.ts';
import type { Chart, Figure, Series } from './document.ts';

const MOST_BARS = 10;

/** The most common reasons as bars. */
export function reasonChart(reasons: readonly { reason: string; count: number }[], tone: Series['tone']): Chart[] {
  if (reasons.length === 0) return [];
  const shown = reasons.slice(0, MOST_BARS);
  return [
    {
      name: 'reasons',
      title: 'Top reasons',
      form: 'bars',
      labels: shown.map(({ reason }) => reason),
      series: [{ name: 'recipients', label: 'recipients', tone, values: shown.map(({ count }) => count) }],
    },
  ];
}

/** Notes for tables that had more distinct rows than are kept. */
export function letGoNote(rows: number): string[] {
  if (rows === 0) return [];
  return [
    `${grouped(rows)} of the rarest rows were let go, as a table keeps a bounded number: counts of rare rows are at least what is said.`,
  ];
}

/** A figure that is part of the one above it. */
export function part(name: string, label: string, value: number): Figure {
  return { name, label, value, isPart: true };
}
