/**
 * Texts and values of a report as HTML.
 * Shape:  what a log wrote is made visible (util/visible.ts: no controls, no bidi overrides) and then escaped, so it stands for
 *         itself in an element and in a quoted attribute alike.
 * Source: WHATWG HTML 13.3 (escaping a string).
 */
import type { Cell, Column } from '../../report/document.ts';
import { visible } from '../../util/visible.ts';
import type { Clock } from '../times.ts';
import { numberText } from './values.ts';

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
