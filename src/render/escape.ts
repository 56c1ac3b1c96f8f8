/**
 * Cells that are safe for their reader: CSV cells that no spreadsheet takes for a formula, words that a shell takes as one.
 * Source: RFC 4180 section 2 (quoting); OWASP "CSV Injection" (the first characters that start a formula).
 */
import { visible, visibleControls } from '../util/visible.ts';

const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/**
 * One CSV cell of text. A cell that begins like a formula gets a `'` in front; control characters are made visible (on a
 * terminal all that it would obey or hide); quotes only where RFC 4180 needs them or blanks would be lost.
 */
export function csvText(text: string, onTerminal = false): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  const safe = onTerminal ? visible(guarded) : visibleControls(guarded);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A word for a POSIX shell: as it is where it is harmless, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w%+,./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
