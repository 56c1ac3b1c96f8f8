/**
 * Table rows -> a function that finds the first row whose text is in a reply.
 * Time is linear in the reply: each piece is one forward search; of two pieces that stand near each other the second is looked
 * for in a few characters behind each place of the first. Which texts cannot be
 * in it is known beforehand, by the groups of four characters that it has: of a thousand texts a few are searched.
 * Errors: a code in a table that cannot be read throws when the table is compiled, so a test finds it.
 */
import type { TextRow } from './advice.ts';
import { maskDigits, numberedCause } from './reply-text.ts';

/** `5.7.606-649` and the like; class 0 means any class. */
interface EnhancedRange {
  readonly cls: number;
  readonly subject: number;
  readonly from: number;
  readonly to: number;
}

/** One text of a row, in the pieces between its `*`, or its two pieces around `~`. */
interface Alternative {
  readonly pieces: readonly string[];
  /** the second piece stands close behind the first, in the same sentence */
  readonly near: boolean;
  /** a text without these four characters in a row cannot have the pieces; -1: they are too short to tell */
  readonly gram: number;
}

interface CompiledRow {
  readonly row: TextRow;
  readonly alternatives: readonly Alternative[];
  readonly wholeWords: boolean;
  readonly smtp: ReadonlySet<string>;
  readonly enhanced: readonly EnhancedRange[];
  readonly anyCode: boolean;
}

/** An enhanced code as numbers. */
export interface EnhancedCode {
  readonly cls: number;
  readonly subject: number;
  readonly detail: number;
}

const ENHANCED = /^([245])\.(\d{1,3})\.(\d{1,3})$/;
const RANGE = /^([245x])\.(\d{1,3})\.(\d{1,3})(?:-(\d{1,3}))?$/;

/** `5.1.1` -> its numbers; `undefined` for anything else. */
export function parseEnhanced(dsn: string | undefined): EnhancedCode | undefined {
  const found = dsn === undefined ? null : ENHANCED.exec(dsn);
  if (found === null) return undefined;
  return { cls: Number(found[1]), subject: Number(found[2]), detail: Number(found[3]) };
}

function compileRange(code: string): EnhancedRange {
  const found = RANGE.exec(code);
  if (found === null) throw new Error(`bad code in a table: ${code}`);
  const from = Number(found[3]);
  return {
    cls: found[1] === 'x' ? 0 : Number(found[1]),
    subject: Number(found[2]),
    from,
    to: found[4] === undefined ? from : Number(found[4]),
  };
}

/** Places for groups of four characters; two that share one only cost a search. */
const GRAMS = 1 << 14;

function gramAt(text: string, at: number): number {
  const hash =
    text.charCodeAt(at) * 0x1f35 +
    text.charCodeAt(at + 1) * 0x3a7 +
    text.charCodeAt(at + 2) * 0x47 +
    text.charCodeAt(at + 3);
  return hash & (GRAMS - 1);
}

function alternativeOf(text: string): Alternative {
  const near = text.includes('~');
  const pieces = text.split(near ? '~' : '*');
  if (near && pieces.length !== 2) throw new Error(`two pieces may be near each other: ${text}`);
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
  // what begins many texts (`mailbox`) tells less than what ends them
  return { pieces, near, gram: longest.length < 4 ? -1 : gramAt(longest, longest.length - 4) };
}

/** The groups of a text; one object for all, as a set for each text would be allocated. */
const present = new Uint8Array(GRAMS);

function markGrams(text: string, mark: 0 | 1): void {
  for (let at = 0; at + 4 <= text.length; at++) present[gramAt(text, at)] = mark;
}

function compileRow(row: TextRow): CompiledRow {
  const codes = row.codes ?? [];
  return {
    row,
    alternatives: row.texts.map((text) => alternativeOf(numberedCause(text) ?? maskDigits(text.toLowerCase()))),
    wholeWords: row.wholeWords === true,
    smtp: new Set(codes.filter((code) => code.length === 3)),
    enhanced: codes.filter((code) => code.length !== 3).map(compileRange),
    anyCode: codes.length === 0,
  };
}

/** Letters, digits and what joins the parts of a host name or address. */
function joinsWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c === 45 || c === 95 || c === 64 || c === 47;
}

/** True if [start, end) of `text` is a word of its own; a full stop belongs to it only before another letter. */
function isWord(text: string, start: number, end: number): boolean {
  if (start > 0) {
    const before = text.charCodeAt(start - 1);
    if (joinsWord(before) || before === 46) return false;
  }
  if (end < text.length) {
    const after = text.charCodeAt(end);
    if (joinsWord(after)) return false;
    if (after === 46 && end + 1 < text.length && joinsWord(text.charCodeAt(end + 1))) return false;
  }
  return true;
}

function findPiece(text: string, piece: string, from: number, wholeWords: boolean): number {
  let at = text.indexOf(piece, from);
  if (!wholeWords) return at;
  while (at >= 0 && !isWord(text, at, at + piece.length)) at = text.indexOf(piece, at + piece.length);
  return at;
}

function hasPieces(text: string, pieces: readonly string[], wholeWords: boolean): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = findPiece(text, piece, from, wholeWords);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

/** The most characters between two pieces that are near each other: four or five words. */
const NEAR = 28;
const SENTENCE_END = /[.;:!?](?:\s|$)/;

function hasNear(text: string, first: string, second: string, wholeWords: boolean): boolean {
  let at = findPiece(text, first, 0, wholeWords);
  while (at >= 0) {
    const from = at + first.length;
    const window = text.slice(from, from + NEAR + second.length + 1);
    const found = findPiece(window, second, 0, wholeWords);
    if (found >= 0 && !SENTENCE_END.test(window.slice(0, found))) return true;
    at = findPiece(text, first, from, wholeWords);
  }
  return false;
}

function fitsCode(rule: CompiledRow, code: string | undefined, enhanced: EnhancedCode | undefined): boolean {
  if (rule.anyCode || (code !== undefined && rule.smtp.has(code))) return true;
  if (enhanced === undefined) return false;
  return rule.enhanced.some(
    (range) =>
      (range.cls === 0 || range.cls === enhanced.cls) &&
      range.subject === enhanced.subject &&
      enhanced.detail >= range.from &&
      enhanced.detail <= range.to,
  );
}

/** Finds the first row that fits a text made by readReply(), or `undefined`. */
export type TextMatcher = (
  text: string,
  code: string | undefined,
  enhanced: EnhancedCode | undefined,
) => TextRow | undefined;

/** Prepares rows for matching; their order decides. */
export function compileTexts(rows: readonly TextRow[]): TextMatcher {
  const rules = rows.map(compileRow);
  const find: TextMatcher = (text, code, enhanced) => {
    for (const rule of rules) {
      const { alternatives, wholeWords, row } = rule;
      if (alternatives.length === 0) {
        if (fitsCode(rule, code, enhanced)) return row;
        continue;
      }
      for (const { pieces, near, gram } of alternatives) {
        if (gram >= 0 && present[gram] === 0) continue;
        const isThere = near
          ? hasNear(text, pieces[0] ?? '', pieces[1] ?? '', wholeWords)
          : hasPieces(text, pieces, wholeWords);
        if (isThere && fitsCode(rule, code, enhanced)) return row;
      }
    }
    return undefined;
  };
  return (text, code, enhanced) => {
    markGrams(text, 1);
    const found = find(text, code, enhanced);
    markGrams(text, 0);
    return found;
  };
}
