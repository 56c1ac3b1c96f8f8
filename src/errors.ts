/**
 * What went wrong, as the user is told it on stderr.
 * Shape:  `mailtrace: <where>: <what>`, lower case and without a full stop; then `help: <what to do>` lines.
 * Errors: UsageError (an option or argument is wrong; src/cli.ts adds the usage line) and UserError (everything else that is
 *         not a bug) are printed as a message; any other error is a bug and is printed with its stack.
 */
import type { InputProblem } from './model/run.ts';
import { visible } from './util/visible.ts';

export interface ProblemText {
  /** option, `file:line`, path; undefined where the message stands alone */
  where?: string;
  what: string;
  /** one `help:` line each */
  help?: string | readonly string[];
}

function textOf(problem: ProblemText): string {
  return problem.where === undefined ? problem.what : `${problem.where}: ${problem.what}`;
}

/** A trouble that the user can mend: exit status 2. */
export class UserError extends Error {
  override name = 'UserError';
  readonly problem: ProblemText;
  constructor(problem: ProblemText) {
    super(textOf(problem));
    this.problem = problem;
  }
}

/** A wrong option or argument: exit status 2, and the usage line. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

/** The lines for stderr, each with its line end. Names and texts may come from anywhere: nothing in them reaches the terminal raw. */
export function formatProblem(problem: ProblemText | InputProblem): string {
  const help = problem.help === undefined ? [] : typeof problem.help === 'string' ? [problem.help] : problem.help;
  const lines = [`mailtrace: ${textOf(problem)}`, ...help.map((line) => `help: ${line}`)];
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** Edits (insert, delete, change, swap of neighbours) between two words, but at most `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return Math.min(row[b.length] ?? 0, limit + 1);
}

/** The known word that `word` most likely means: a third of its letters may be wrong, or it is its beginning. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  let bestEdits = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editDistance(typed, candidate.toLowerCase(), bestEdits);
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  if (best !== undefined || typed.length < 2) return best;
  for (const candidate of known) if (candidate.toLowerCase().startsWith(typed)) return candidate;
  return undefined;
}

/** The help line for an unknown word: what it was probably meant to be, else the choices. */
export function didYouMean(word: string, known: readonly string[]): string {
  const guess = nearest(word, known);
  return guess === undefined ? `choose one of: ${known.join(', ')}` : `did you mean '${guess}'?`;
}
