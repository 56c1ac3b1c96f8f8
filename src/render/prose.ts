/** Sentences wrapped to a width, for people. Expects texts that went through visible(). */
import { grouped } from '../util/grouped.ts';
import { headOf, widthOf } from './width.ts';

/** Prose wider than this is hard to read, however wide the terminal. */
const WIDEST_PROSE = 100;

export function proseWidth(columns: number): number {
  return Math.max(20, Math.min(columns, WIDEST_PROSE));
}

/** Pieces of a word that is wider than a line. */
function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest) > width) {
    const piece = headOf(rest, width) || (rest.match(/^./su)?.[0] ?? rest);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

/**
 * Lines with their ends: the first begins with `first`, the others with as many blanks as `hang` (default: as `first` is wide).
 * No line is wider than `width`.
 */
export function wrap(text: string, width: number, first = '', hang = widthOf(first)): string {
  const room = Math.max(8, width - hang);
  const indent = ' '.repeat(hang);
  let out = '';
  let line = first;
  let used = widthOf(first);
  let empty = true;
  const next = (): void => {
    out += `${line.trimEnd()}\n`;
    line = indent;
    used = hang;
    empty = true;
  };
  // Blanks stand with the word behind them and are kept as they are within a line: answers and raw lines are exact.
  for (const [, blanks = '', word = ''] of text.matchAll(/( *)([^ ]+)/g)) {
    const wordWidth = widthOf(word);
    if (!empty && used + blanks.length + wordWidth > width) next();
    const gap = empty ? '' : blanks;
    const pieces = used + gap.length + wordWidth > width ? broken(word, room) : [word];
    for (const [i, piece] of pieces.entries()) {
      if (i > 0 || (empty && used > hang && used + widthOf(piece) > width)) next();
      line += empty ? piece : gap + piece;
      used += widthOf(piece) + (empty ? 0 : gap.length);
      empty = false;
    }
  }
  return `${out}${line.trimEnd()}\n`;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(parts: readonly string[]): string {
  if (parts.length <= 1) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `1 recipient`, `2 recipients`, `1,000 recipients` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
