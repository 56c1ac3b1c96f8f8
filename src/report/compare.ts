/**
 * A document beside the same of another period: figures with what they were, rows that were not there then.
 */
import type { Cell, Column, ReportDocument, Row, Section } from './document.ts';
import type { Parts } from './tally.ts';

/** What a row is of: its texts that are no numbers and no times; long texts vary. */
function identityOf({ cells, heading }: Row, columns: readonly Column[]): string {
  const parts: Cell[] = cells.filter((_, i) => {
    const { align, unit, wide } = columns[i] ?? {};
    return align === undefined && unit === undefined && wide === undefined;
  });
  return heading === undefined ? JSON.stringify(parts) : `heading ${String(parts[0])}`;
}

function identitiesOf(rows: readonly Row[], columns: readonly Column[], known: Set<string>): Set<string> {
  for (const row of rows) {
    known.add(identityOf(row, columns));
    if (row.rows !== undefined) identitiesOf(row.rows, columns, known);
  }
  return known;
}

function marked(rows: readonly Row[], columns: readonly Column[], known: ReadonlySet<string>): Row[] {
  return rows.map((row) => ({
    ...row,
    ...(known.has(identityOf(row, columns)) ? {} : { isNew: true }),
    ...(row.rows === undefined ? {} : { rows: marked(row.rows, columns, known) }),
  }));
}

function markedSection(section: Section, before: Section | undefined): Section {
  const known = identitiesOf(before?.rows ?? [], section.columns, new Set());
  return { ...section, rows: marked(section.rows, section.columns, known) };
}

export function compared(
  document: ReportDocument,
  before: Parts,
  period: NonNullable<ReportDocument['compared']>,
): ReportDocument {
  return {
    ...document,
    compared: period,
    figures: document.figures.map((figure) => {
      const previous = before.figures.find(({ name }) => name === figure.name)?.value;
      return previous === undefined ? figure : { ...figure, previous };
    }),
    // every hour and day is there in each period, or in none
    sections: document.sections.map((section) =>
      section.name.startsWith('per_')
        ? section
        : markedSection(
            section,
            before.sections.find(({ name }) => name === section.name),
          ),
    ),
  };
}

/**
 * Of a period without a mail of this kind no row says what is new: all of it is. `isCovered`: the logs hold that period.
 */
export function withoutComparison(
  document: ReportDocument,
  before: Parts,
  period: NonNullable<ReportDocument['compared']>,
  isCovered: boolean,
): ReportDocument {
  const { label } = period;
  const note = isCovered
    ? `Nothing of this kind was logged in ${label}: all of this is new, and no row is marked.`
    : `These logs hold nothing of ${label}: there is nothing to compare with.`;
  const { figures } = isCovered ? compared(document, before, period) : document;
  return { ...document, figures, notes: [note, ...document.notes], ...(isCovered ? { compared: period } : {}) };
}
