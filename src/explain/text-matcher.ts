/**
 * Table rows -> a function that finds the first row whose text is in a reply.
 * Time is linear in the reply: each piece is one forward search, and nothing is ever searched twice.
 * Errors: a code in a table that cannot be read throws when the table is compiled, so a test finds it.
 */
import type { TextRow } from './advice.ts';
import { maskDigits } from './reply-text.ts';

/** `5.7.606-649` and the like; class 0 means any class. */
interface EnhancedRange {
  readonly cls: number;
  readonly subject: number;
  readonly from: number;
  readonly to: number;
}

interface CompiledRow {
  readonly row: TextRow;
  readonly alternatives: readonly (readonly string[])[];
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

function compileRow(row: TextRow): CompiledRow {
  const codes = row.codes ?? [];
  return {
    row,
    alternatives: row.texts.map((text) => maskDigits(text.toLowerCase()).split('*')),
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
  return (text, code, enhanced) => {
    for (const rule of rules) {
      if (!fitsCode(rule, code, enhanced)) continue;
      if (rule.alternatives.length === 0) return rule.row;
      if (text !== '' && rule.alternatives.some((pieces) => hasPieces(text, pieces, rule.wholeWords))) return rule.row;
    }
    return undefined;
  };
}
