/** A report in the form asked for. */
import type { ReportDocument } from '../../report/document.ts';
import { reportCsv } from './csv.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import { reportMarkdown } from './markdown.ts';
import { reportText } from './text.ts';
import type { ReportOptions } from './values.ts';

export const REPORT_FORMATS = ['text', 'html', 'markdown', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const RENDERERS: Readonly<Record<ReportFormat, (document: ReportDocument, options: ReportOptions) => string>> = {
  text: reportText,
  html: reportHtml,
  markdown: reportMarkdown,
  json: reportJson,
  csv: reportCsv,
};

export function renderReport(document: ReportDocument, format: ReportFormat, options: ReportOptions): string {
  return RENDERERS[format](document, options);
}
