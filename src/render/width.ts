/**
 * How many columns a text takes on a terminal, and texts cut to fit.
 * Expects text that went through visible(): no controls, no joiners.
 * Why not string-width 4 (it comes with cli-table3): it knows no combining marks beyond Latin (U+0300-036F), so a Thai or
 * Hindi subject would break the table, and it cannot cut.
 * Source: Unicode East Asian Width (UAX #11, classes W and F), marks of categories Mn and Me; terminals follow wcwidth(3).
 */
import { isPlain } from '../util/visible.ts';

const WIDE = /[\p{Emoji_Presentation}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;

/** First and last code points that take two columns: East Asian Width W and F, unassigned ones of those blocks too. */
const WIDE_RANGES: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f251],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function widthOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (MARK.test(character)) return 0;
  // A regional indicator is one column; a terminal that makes a flag of two of them draws it two columns wide.
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 1;
  for (const [first, last] of WIDE_RANGES) if (code >= first && code <= last) return 2;
  return code > 0x2000 && WIDE.test(character) ? 2 : 1;
}

/** Columns that `text` takes. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

const ELLIPSIS = '…';

/** The longest beginning of `text` that takes at most `width` columns. */
export function headOf(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let head = '';
  for (const character of text) {
    used += widthOfCharacter(character);
    if (used > width) break;
    head += character;
  }
  return head;
}

function tailOf(text: string, width: number): string {
  if (isPlain(text)) return width <= 0 ? '' : text.slice(-width);
  let used = 0;
  let tail = '';
  let marks = '';
  for (const character of Array.from(text).toReversed()) {
    const own = widthOfCharacter(character);
    if (own === 0) {
      marks = character + marks;
      continue;
    }
    used += own;
    if (used > width) break;
    tail = character + marks + tail;
    marks = '';
  }
  return tail;
}

/** `text` in at most `width` columns, cut at its end: `Quarterly numb…`. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  return headOf(text, width - 1) + ELLIPSIS;
}

/** `text` in at most `width` columns, cut in its middle; a domain keeps more of its end, a name of its beginning: `alice.wo…@example.org`. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  const room = width - 1;
  const domain = text.slice(text.lastIndexOf('@'));
  const domainWidth = widthOf(domain);
  // Whole domain if it leaves the name at least a third; else both are cut.
  const tail = domain.startsWith('@') && domainWidth <= (room * 2) / 3 ? domainWidth : Math.floor(room / 2);
  return headOf(text, room - tail) + ELLIPSIS + tailOf(text, tail);
}

/** `text` with blanks up to `width` columns, on the right (or on the left, for numbers). */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const blanks = width - widthOf(text);
  if (blanks <= 0) return text;
  return side === 'left' ? text + ' '.repeat(blanks) : ' '.repeat(blanks) + text;
}
