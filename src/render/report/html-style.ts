/**
 * The style sheet of a report: light and dark, from 320 pixels to a wide screen.
 * Mail clients know little: no variables, no nesting; a client that drops the sheet whole shows plain tables (the charts carry
 * their colours as attributes too).
 * Colours: texts have a contrast of 4.5 or more on their ground, shapes 3 or more (WCAG 2.2, 1.4.3 and 1.4.11).
 */
import type { Series } from '../../report/document.ts';

type Tone = Series['tone'];

/** On white. */
export const LIGHT: Readonly<Record<Tone, string>> = {
  good: '#2a8a57',
  wait: '#b57508',
  bad: '#c2382b',
  stop: '#7a55a8',
  plain: '#2b6cb0',
};

/** On the dark ground. */
const DARK: Readonly<Record<Tone, string>> = {
  good: '#46b980',
  wait: '#dda13a',
  bad: '#f0705f',
  stop: '#b394e6',
  plain: '#62a8ee',
};

const tones = (colours: Readonly<Record<Tone, string>>): string =>
  Object.entries(colours)
    .map(([tone, colour]) => `.${tone}{fill:${colour};background-color:${colour}}`)
    .join('');

const BASE = `
body{margin:0;padding:0;background:#fff;color:#1c2127;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,footer{max-width:1120px;margin:0 auto;padding:20px 24px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:19px;line-height:1.3;margin:36px 0 8px}
p{margin:0 0 8px}
h1,h2,p,li,dt,dd,figcaption,details th{overflow-wrap:anywhere}
.about,.note,footer,.hint{color:#57606a}
.about{margin:0}
.figures{margin:20px 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
.figures div{border:1px solid #d5dae0;border-radius:8px;padding:10px 14px;display:flex;flex-direction:column}
.figures dt{font-size:14px}
.figures dd{margin:0}
.figures .value{font-size:24px;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums;order:-1}
.zero .value{color:#57606a;font-weight:400}
.hint{font-size:13px}
.charts{display:grid;grid-template-columns:1fr;gap:20px;margin:28px 0 0}
figure{margin:0;min-width:0;border:1px solid #d5dae0;border-radius:8px;padding:14px 16px}
figcaption{font-weight:600;margin:0 0 8px}
svg{display:block;width:100%;overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
svg text{fill:#3d4650}
svg .axis{fill:#57606a}
svg .line{stroke:#d5dae0}
svg .track{fill:#edf0f3}
.legend{list-style:none;margin:0 0 8px;padding:0;font-size:13px}
.legend li{display:inline-block;margin:0 14px 0 0}
.swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px}
.second{opacity:.66}.third{opacity:.42}
details{margin:8px 0 0;font-size:13px}
summary{cursor:pointer;color:#57606a}
table{border-collapse:collapse;width:100%;font-size:14px;margin:8px 0 0}
th,td{text-align:left;vertical-align:top;padding:5px 16px 5px 0;border-bottom:1px solid #e3e7eb;font-weight:400;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:13px;color:#57606a;border-bottom:1px solid #b9c1c9;vertical-align:bottom}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.t{overflow-wrap:anywhere;min-width:9em}
.w{min-width:15em}
time{font-variant-numeric:tabular-nums;white-space:nowrap}
.small{width:auto;min-width:min(100%,560px)}
tr.g .f,tr.g .n,tr.s .n{font-weight:600}
tr.g th,tr.g td{padding-top:16px;border-bottom-color:#b9c1c9}
tr.a td{padding-bottom:7px;color:#3d4650}
tr.k th,tr.k td{border-bottom:0}
tr.x td{padding-top:0}
tr.x td::before{content:attr(data-of) " ";font-size:13px;color:#57606a}
.d1>:first-child{padding-left:18px}.d2>:first-child{padding-left:36px}.d3>:first-child{padding-left:54px}
.new{font-size:12px;font-weight:600;border:1px solid #b23124;color:#b23124;border-radius:4px;padding:0 5px;margin-left:7px;white-space:nowrap}
ul.notes{margin:0;padding-left:20px}
footer{border-top:1px solid #d5dae0;font-size:13px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

const WIDE = `
.charts{grid-template-columns:1fr 1fr}
.charts .wide{grid-column:1/-1}`;

/** A row becomes a block: its name, then its values in a line, each with its column's name. */
const NARROW = `
main,footer{padding:16px}
.fine{display:none}
.figures{grid-template-columns:repeat(auto-fill,minmax(130px,1fr));gap:8px}
.figures .value{font-size:20px}
figure{padding:12px}
.rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.rows,.rows tbody{display:block}
.small{min-width:0}
.rows tr{display:flex;flex-wrap:wrap;border-bottom:1px solid #e3e7eb;padding:6px 0}
.rows tr.k{border-bottom:0;padding-bottom:0}
.rows tr.x{padding-top:0}
.rows th,.rows td{border:0;padding:0 14px 0 0;text-align:left;max-width:100%;box-sizing:border-box}
.rows .t{min-width:0}
.rows .f,.rows .w{flex:0 0 100%;padding-right:0}
.rows .f{order:-1}
.rows .e{display:none}
.rows td[data-of]::before{content:attr(data-of) " ";font-size:13px;color:#57606a}
.rows tr.g{padding-top:16px;border-bottom-color:#b9c1c9}
.rows tr.g th,.rows tr.g td{padding-top:0}
.rows .d1{padding-left:14px}.rows .d2{padding-left:28px}.rows .d3{padding-left:42px}
.rows .d1>*,.rows .d2>*,.rows .d3>*{padding-left:0}`;

const NIGHT = `
body{background:#14181d;color:#e4e8ec}
.about,.note,footer,.hint,.zero .value,summary,thead th,tr.x td::before{color:#9ea8b3}
.figures div,figure{border-color:#39424c;background:#1a1f25}
svg text,tr.a td{fill:#c9d1d9;color:#c9d1d9}
svg .axis{fill:#9ea8b3}
svg .line{stroke:#39424c}
svg .track{fill:#2a3139}
th,td{border-bottom-color:#2d353e}
thead th,tr.g th,tr.g td{border-bottom-color:#4b5561}
.new{border-color:#f48778;color:#f48778}
footer{border-top-color:#39424c}`;

const NIGHT_NARROW = `
.rows tr{border-bottom-color:#2d353e}
.rows tr.g{border-bottom-color:#4b5561}
.rows td[data-of]::before{color:#9ea8b3}`;

const PRINT = `
figure,tr,.figures div{break-inside:avoid}
details{display:none}`;

const NARROW_WIDTH = '(max-width:700px)';

/** All of it, for one `<style>`. */
export const STYLE = [
  `:root{color-scheme:light dark}${BASE}${tones(LIGHT)}`,
  `@media (min-width:900px){${WIDE}}`,
  `@media ${NARROW_WIDTH}{${NARROW}}`,
  `@media (prefers-color-scheme:dark){${NIGHT}${tones(DARK)}}`,
  `@media (prefers-color-scheme:dark) and ${NARROW_WIDTH}{${NIGHT_NARROW}}`,
  `@media print{${PRINT}}`,
]
  .join('')
  .replaceAll('\n', '');
