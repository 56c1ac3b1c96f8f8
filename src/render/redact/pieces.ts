/**
 * A text in pieces while it is redacted: what is done is not looked at again, so no rule sees what another has written.
 */

/** A text that is still to be looked at, or one that stays as it is. */
export type Piece = string | { readonly done: string };

/** Where a match is replaced, in the text that was searched, and by what. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A match of an expression with the flags `dg`, or of what looks for keys by hand (search.ts). */
export interface Match {
  readonly 0: string;
  readonly index: number;
  readonly input: string;
  readonly groups?: Readonly<Record<string, string>> | undefined;
  readonly indices?: { readonly groups?: Readonly<Record<string, [number, number]>> | undefined } | undefined;
}

/** What a global expression does: looks from `lastIndex` on. */
export interface Search {
  lastIndex: number;
  exec(text: string): Match | null;
}

/** Looks for `pattern` (global) in all that is not done; `cutOf` says what of a match is replaced, undefined = nothing. */
export function sweep(
  pieces: readonly Piece[],
  pattern: Search,
  cutOf: (match: Match, text: string) => Cut | undefined,
): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    if (typeof piece === 'string') sweepText(piece, pattern, cutOf, out);
    else out.push(piece);
  }
  return out;
}

function sweepText(
  text: string,
  pattern: Search,
  cutOf: (match: Match, text: string) => Cut | undefined,
  out: Piece[],
): void {
  let from = 0;
  let next = 0;
  for (;;) {
    // a rule may redact what it found with the same pattern: where this search goes on is its own
    pattern.lastIndex = next;
    const match = pattern.exec(text);
    if (match === null) break;
    next = match.index + Math.max(1, match[0].length);
    const cut = cutOf(match, text);
    if (cut === undefined || cut.start < from) continue;
    if (cut.start > from) out.push(text.slice(from, cut.start));
    out.push({ done: cut.text });
    from = cut.end;
    next = Math.max(cut.end, match.index + 1);
  }
  if (from < text.length) out.push(text.slice(from));
}

/** The whole match is replaced. */
export function whole(match: Match, text: string): Cut {
  return { start: match.index, end: match.index + match[0].length, text };
}

/** Only the group `v` of the match is; the pattern has the flag `d`. */
export function value(match: Match, to: (text: string) => string): Cut | undefined {
  const span = match.indices?.groups?.['v'];
  const text = match.groups?.['v'];
  if (span === undefined || text === undefined || text === '') return undefined;
  return { start: span[0], end: span[1], text: to(text) };
}

export function joined(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.done)).join('');
}
