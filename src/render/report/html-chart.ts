/**
 * A chart of a report as inline SVG, with its numbers as a table below for who cannot see it, and for mail clients that drop SVG.
 * Shape:  no view box: heights and texts are in pixels, places along the width in percent, so that letters keep their size on a
 *         phone and on a wide screen.
 * Source: WAI-ARIA Graphics / SVG-AAM (role img, named by title and desc).
 */
import type { Chart, Series } from '../../report/document.ts';
import { visible } from '../../util/visible.ts';
import { cutEnd } from '../width.ts';
import { LIGHT } from './html-style.ts';
import { html } from './html-text.ts';
import { numberText } from './values.ts';

/** Pixels. */
const PLOT = 150;
const PLOT_TOP = 18;
const BAR_ROW = 38;
const BAR_HEIGHT = 11;
/** Letters that fit side by side below columns: on a phone, in half of a wide screen, and across one. */
const LETTERS = { narrow: 40, half: 66, wide: 96 };
/** A bar's label stands on one line before the number, 280 pixels wide at least. */
const MOST_OF_A_LABEL = 36;
/** Pixels of a letter of an axis, and beside it. */
const LETTER = 7;
const GAP = 8;
/** More columns than this take the whole width. */
const MANY_COLUMNS = 31;

/** What is drawn of a series: its colour, and how strong it is where several have the same tone. */
interface Ink {
  readonly series: Series;
  readonly classes: string;
}

const STRENGTHS = ['', ' second', ' third'] as const;

function inksOf(all: readonly Series[]): Ink[] {
  const seen = new Map<string, number>();
  return all.map((series) => {
    const before = seen.get(series.tone) ?? 0;
    seen.set(series.tone, before + 1);
    return { series, classes: `${series.tone}${STRENGTHS[Math.min(before, 2)] ?? ''}` };
  });
}

const OPACITIES: Readonly<Record<string, string>> = { second: ' fill-opacity=".66"', third: ' fill-opacity=".42"' };

/** Class for browsers, attributes for who drops the style sheet. */
function inkAttributes({ series, classes }: Ink): string {
  return `class="${classes}" fill="${LIGHT[series.tone]}"${OPACITIES[classes.split(' ')[1] ?? ''] ?? ''}`;
}

/** Values that can be drawn. */
const sizeOf = (series: Series, index: number): number => {
  const value = series.values[index] ?? 0;
  return Number.isFinite(value) && value > 0 ? value : 0;
};

function sumsOf({ labels, series }: Chart): number[] {
  return labels.map((_, index) => series.reduce((sum, one) => sum + sizeOf(one, index), 0));
}

const percent = (share: number): string => `${Number((100 * share).toFixed(3))}%`;

/** The next round number (1, 2 or 5 and zeros; whole) above a quarter of the highest, so that there are two to five lines. */
function stepOf(highest: number, unit: Chart['unit']): number {
  const rough = highest / 4;
  // lines for times stand at whole seconds, minutes, hours
  if (unit === 'ms') {
    const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 43_200, 86_400, 172_800];
    const found = steps.find((seconds) => seconds * 1000 >= rough);
    if (found !== undefined && rough >= 500) return found * 1000;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  return unit === undefined ? Math.max(1, step) : step;
}

/** What stands left of the columns: values of the lines, and how many pixels they take. */
interface Scale {
  readonly lines: readonly number[];
  readonly top: number;
  readonly margin: number;
}

function scaleOf({ unit }: Chart, sums: readonly number[]): Scale {
  const highest = Math.max(...sums);
  const step = stepOf(highest, unit);
  const lines = Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
  const widest = Math.max(...lines.map((line) => numberText(line, unit).length));
  return { lines, top: lines.at(-1) ?? step, margin: widest * LETTER + GAP };
}

/** The picture begins right of the margin: the values of the lines stand at negative places (the style sheet lets them be seen). */
function columns(chart: Chart, inks: readonly Ink[], { lines, top, margin }: Scale, isWide: boolean): string {
  const { labels, unit } = chart;
  const y = (value: number): number => Number((PLOT_TOP + PLOT * (1 - value / top)).toFixed(2));
  let out = '';
  for (const line of lines) {
    out += `<line class="line" stroke="#d5dae0" x1="0" x2="100%" y1="${y(line)}" y2="${y(line)}"/>`;
    out += `<text class="axis" x="${-GAP}" y="${y(line) + 4}" text-anchor="end">${numberText(line, unit)}</text>`;
  }
  const slot = 1 / labels.length;
  const room = labels.length > 60 ? 0.05 : 0.12;
  for (const index of labels.keys()) {
    const rects = stacked(inks, index, (ink, from, to) => {
      const height = Math.max(y(from) - y(to), 1);
      return `<rect ${inkAttributes(ink)} x="${percent(slot * (index + room))}" width="${percent(slot * (1 - 2 * room))}" y="${y(to)}" height="${Number(height.toFixed(2))}"/>`;
    });
    if (rects !== '') out += `<g><title>${html(tip(chart, index))}</title>${rects}</g>`;
  }
  return out + columnLabels(labels, margin, isWide);
}

/** As many labels as fit; those that fit on a wide screen alone have the class `fine`. */
function columnLabels(labels: readonly string[], margin: number, isWide: boolean): string {
  const each = Math.max(...labels.map(({ length }) => Math.min(length, MOST_OF_A_LABEL))) + 2;
  const every = (letters: number): number =>
    Math.max(1, Math.ceil((labels.length * each) / (letters - margin / LETTER)));
  const wide = every(isWide ? LETTERS.wide : LETTERS.half);
  // a multiple, so that the coarse ones are among the fine ones
  const narrow = wide * Math.ceil(every(LETTERS.narrow) / wide);
  return labels
    .map((label, index) => {
      if (index % wide !== 0) return '';
      const classes = index % narrow === 0 ? 'axis' : 'axis fine';
      const x = percent((index + 0.5) / labels.length);
      return `<text class="${classes}" x="${x}" y="${PLOT_TOP + PLOT + 17}" text-anchor="middle">${html(cutEnd(visible(label), MOST_OF_A_LABEL))}</text>`;
    })
    .join('');
}

function bars(chart: Chart, inks: readonly Ink[], sums: readonly number[]): string {
  const highest = Math.max(...sums);
  let out = '';
  for (const [index, label] of chart.labels.entries()) {
    const at = index * BAR_ROW;
    const rects = stacked(
      inks,
      index,
      (ink, from, to) =>
        `<rect ${inkAttributes(ink)} x="${percent(from / highest)}" width="${percent((to - from) / highest)}" y="${at + 19}" height="${BAR_HEIGHT}"/>`,
    );
    out += `<g><title>${html(tip(chart, index))}</title><rect class="track" fill="#edf0f3" x="0" width="100%" y="${at + 19}" height="${BAR_HEIGHT}"/>${rects}</g>`;
    out += `<text x="0" y="${at + 14}">${html(cutEnd(visible(label), MOST_OF_A_LABEL))}</text>`;
    out += `<text x="100%" y="${at + 14}" text-anchor="end">${numberText(sums[index] ?? 0, chart.unit)}</text>`;
  }
  return out;
}

/** The parts of one column or bar, each on the one before. */
function stacked(inks: readonly Ink[], index: number, part: (ink: Ink, from: number, to: number) => string): string {
  let from = 0;
  let out = '';
  for (const ink of inks) {
    const size = sizeOf(ink.series, index);
    if (size === 0) continue;
    out += part(ink, from, from + size);
    from += size;
  }
  return out;
}

/** `09:00: 12 delivered, 3 bounced` */
function tip({ labels, series, unit }: Chart, index: number): string {
  const parts = series
    .map((one) => [sizeOf(one, index), one.label] as const)
    .filter(([size]) => size > 0)
    .map(([size, label]) => (series.length === 1 ? numberText(size, unit) : `${numberText(size, unit)} ${label}`));
  return `${labels[index] ?? ''}: ${parts.join(', ') || '0'}`;
}

/** What one sees at a glance, in words. */
function described(chart: Chart, sums: readonly number[]): string {
  const highest = sums.indexOf(Math.max(...sums));
  const kind = chart.form === 'columns' ? 'columns' : 'bars';
  const parts = chart.series.length > 1 ? `, each of ${chart.series.map(({ label }) => label).join(', ')}` : '';
  return `${sums.length} ${kind}${parts}. Most: ${tip(chart, highest)}. All numbers are in the table below.`;
}

function legend(inks: readonly Ink[]): string {
  if (inks.length < 2) return '';
  const items = inks.map(
    ({ series, classes }) => `<li><span class="swatch ${classes}"></span>${html(series.label)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function numbers(chart: Chart): string {
  const heads = chart.series.map(({ label }) => `<th scope="col" class="n">${html(label)}</th>`).join('');
  const rows = chart.labels.map((label, index) => {
    const cells = chart.series.map((one) => `<td class="n">${numberText(one.values[index] ?? 0, chart.unit)}</td>`);
    return `<tr><th scope="row" class="f">${html(label)}</th>${cells.join('')}</tr>`;
  });
  return `<details><summary>Numbers<span class="vh">: ${html(chart.title)}</span></summary><table><thead><tr><th scope="col">${html(chart.title)}</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

/** A `<figure>`; '' where there is nothing to draw. `id` is unique in the page; `isAlone`: no other chart stands beside it. */
export function chartHtml(chart: Chart, id: string, isAlone: boolean): string {
  const sums = sumsOf(chart);
  if (!sums.some((sum) => sum > 0)) return '';
  const inks = inksOf(chart.series);
  const isColumns = chart.form === 'columns';
  const height = isColumns ? PLOT_TOP + PLOT + 22 : chart.labels.length * BAR_ROW - 4;
  const isWide = isAlone || (isColumns && chart.labels.length > MANY_COLUMNS);
  const scale = scaleOf(chart, sums);
  const picture = isColumns ? columns(chart, inks, scale, isWide) : bars(chart, inks, sums);
  const place = isColumns ? ` style="margin-left:${scale.margin}px;width:calc(100% - ${scale.margin}px)"` : '';
  return `<figure${isWide ? ' class="wide"' : ''}><figcaption>${html(chart.title)}</figcaption>${legend(inks)}
<svg role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${height}"${place} xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12" fill="#3d4650"><title id="${id}-title">${html(chart.title)}</title><desc id="${id}-desc">${html(described(chart, sums))}</desc>${picture}</svg>
${numbers(chart)}</figure>`;
}
