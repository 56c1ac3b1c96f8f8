/**
 * Texts and values of a report as HTML.
 * Shape:  what a log wrote is made visible (util/visible.ts: no controls, no bidi overrides) and then escaped, so it stands for
 *         itself in an element and in a quoted attribute alike.
 * Source: WHATWG HTML 13.3 (escaping a string).
 */
import type { Cell, Column, Unit } from '../../report/document.ts';
import { grouped } from '../../util/grouped.ts';
import { visible } from '../../util/visible.ts';
import { bytesText } from '../progress.ts';
import type { Clock } from '../times.ts';
import { duration } from '../times.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text, for an element or a quoted attribute. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A number in its unit, for people: `1,234`, `12.5%`, `1.2 GB`, `3 min 20 s`. Never holds markup. */
export function numberText(value: number, unit: Unit | undefined): string {
  if (!Number.isFinite(value)) return '-';
  if (unit === 'bytes') return bytesText(value);
  if (unit === 'ms') return duration(value / 1000);
  if (unit === 'percent') return `${Number(value.toFixed(1))}%`;
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toFixed(2)));
}

/** A cell as HTML; '' where the log does not say. */
export function cellHtml(cell: Cell, { unit }: Column, clock: Clock): string {
  if (cell === undefined) return '';
  // addresses and relays break where their parts meet
  if (typeof cell === 'string') return html(cell).replaceAll('@', '@<wbr>').replaceAll('[', '<wbr>[');
  return unit === 'time' ? timeHtml(cell, clock) : numberText(cell, unit);
}

/** `<time>` of an instant, to the minute in the zone printed; whole in its attribute. */
export function timeHtml(at: number, clock: Clock): string {
  return `<time datetime="${clock.iso(at)}">${clock.plain(at).slice(0, -3)}</time>`;
}
