/**
 * A problem as `mailtrace: where: what` and its `help:` lines, wrapped at words on a terminal.
 */
import { formatProblem } from '../errors.ts';
import type { ProblemText } from '../errors.ts';
import type { InputProblem } from '../model/run.ts';
import { wrap } from './prose.ts';
import type { Screen } from './screen.ts';

/** Lines with their ends; further lines of a long one hang below its text. */
export function problemText(problem: ProblemText | InputProblem, screen: Pick<Screen, 'tty' | 'columns'>): string {
  const text = formatProblem(problem);
  if (!screen.tty) return text;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [label = ''] = /^(?:help|mailtrace): /.exec(line) ?? [];
      return wrap(line.slice(label.length), screen.columns, label);
    })
    .join('');
}
