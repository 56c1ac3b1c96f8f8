/**
 * A report as one HTML file that needs nothing else: no scripts, no references to outside, style and charts inside.
 * For browsers and mail clients, light and dark, narrow and wide. Everything from a log goes through html() (html-text.ts);
 * the policy in the head forbids the browser to run or fetch anything all the same.
 */
import type { Figure, ReportDocument } from '../../report/document.ts';
import type { Instant } from '../../model/message.ts';
import { version } from '../../version.ts';
import type { Clock } from '../times.ts';
import { chartHtml } from './html-chart.ts';
import { STYLE } from './html-style.ts';
import { sectionHtml } from './html-table.ts';
import { html, timeHtml } from './html-text.ts';
import { periodText, spanText } from './period.ts';
import { numberText, shownFigures } from './values.ts';

export interface HtmlOptions {
  readonly clock: Clock;
  /** when the report was made */
  readonly now?: Instant;
}

/** The whole file. */
export function reportHtml(document: ReportDocument, { clock, now }: HtmlOptions): string {
  const period = periodText(document.period, clock);
  const charts = document.charts
    .map((chart, index) => chartHtml(chart, `chart-${index + 1}`, document.charts.length === 1))
    .join('\n');
  const sections = document.sections.map((section, index) => sectionHtml(section, clock, `part-${index + 1}`)).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(`${document.title}, ${period}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${html(document.title)}</h1>
${aboutHtml(document, period, clock)}
${figuresHtml(document)}
${document.empty ? '<p>Nothing to report.</p>' : ''}
${charts.trim() === '' ? '' : `<div class="charts">\n${charts}\n</div>`}
${sections}${notesHtml(document.notes)}</main>
<footer>mailtrace ${html(version)}${now === undefined ? '' : `, ${timeHtml(now, clock)} (${clock.iso(now).slice(-6)})`}</footer>
</body>
</html>
`.replaceAll(/\n{2,}/g, '\n');
}

function aboutHtml({ filters, compared }: ReportDocument, period: string, clock: Clock): string {
  const lines = [html(period)];
  if (filters !== '') lines.push(`only ${html(filters)}`);
  if (compared !== undefined) lines.push(`compared with ${html(compared.label)}: ${html(spanText(compared, clock))}`);
  return lines.map((line) => `<p class="about">${line}</p>`).join('\n');
}

function figuresHtml({ figures: all, compared }: ReportDocument): string {
  const figures = shownFigures(all);
  if (figures.length === 0) return '';
  const items = figures.map((figure) => {
    const hint = figure.hint === undefined ? '' : `<dd class="hint">${html(figure.hint)}</dd>`;
    const before = compared === undefined ? '' : beforeHtml(figure);
    return `<div${figure.value === 0 ? ' class="zero"' : ''}><dt>${html(figure.label)}</dt><dd class="value">${numberText(figure.value, figure.unit)}</dd>${before}${hint}</div>`;
  });
  return `<dl class="figures">\n${items.join('\n')}\n</dl>`;
}

/** `was 30 (+40%)` */
function beforeHtml({ value, previous, unit }: Figure): string {
  if (previous === undefined) return '';
  const change = previous === 0 || unit === 'percent' ? undefined : Math.round((100 * (value - previous)) / previous);
  const told = change === undefined || change === 0 ? '' : ` (${change > 0 ? '+' : '−'}${Math.abs(change)}%)`;
  return `<dd class="hint">was ${numberText(previous, unit)}${told}</dd>`;
}

function notesHtml(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li>${html(note)}</li>`);
  return `<section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul class="notes">${items.join('\n')}</ul></section>\n`;
}
