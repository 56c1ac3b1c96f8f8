/**
 * `--redact` of a report. What it counts has pseudonyms already (report-run.ts); here what else is told: tables that come from
 * the lines themselves (report/server-watch.ts), the filters, the notes.
 */
import type { RunSummary } from '../model/run.ts';
import type { Redactor } from '../render/redact/index.ts';
import type { Cell, ReportDocument, Row, Section } from '../report/document.ts';
import { typedOf } from './search-footer.ts';
import type { SearchOptions } from './search-options.ts';

/** Sections whose cells are words of lines, or clients as connections name them. */
const FROM_LINES = /^(?:connections_by_client|not_reached|[a-z]+_lines|master|tls)$/;

export function redactedReport(
  document: ReportDocument,
  redactor: Redactor,
  { summary, hosts }: { readonly summary: RunSummary; readonly hosts: readonly string[] },
  options: Pick<SearchOptions, 'filterOptions'>,
): ReportDocument {
  const told = { typed: typedOf(options), hosts };
  const sentence = (text: string): string => redactor.sentence(text, summary, told);
  return {
    ...document,
    filters: sentence(document.filters),
    notes: document.notes.map(sentence),
    sections: document.sections.map((section) =>
      FROM_LINES.test(section.name) ? masked(section, redactor, hosts) : section,
    ),
  };
}

function masked(section: Section, redactor: Redactor, hosts: readonly string[]): Section {
  // names in a line are known by the words before them: `fatal: ann(1000): message file too big`
  const head = /^([a-z]+)_lines$/.exec(section.name)?.[1];
  const before = head === undefined ? '' : `${head}: `;
  const cell = (value: Cell): Cell =>
    typeof value === 'string' ? redactor.text(before + value, { hosts }).slice(before.length) : value;
  const row = (one: Row): Row => ({
    ...one,
    cells: one.cells.map(cell),
    ...(one.rows === undefined ? {} : { rows: one.rows.map(row) }),
  });
  return { ...section, rows: section.rows.map(row) };
}
