/**
 * `--subject`: a phrase in the decoded subject, or `/a regular expression/`; both without case.
 * A regular expression is the user's own and runs as JavaScript's: it is asked of the first 1,000 characters of a subject
 * alone, so that one with a bad pattern costs a bounded text (nested quantifiers can still be slow).
 * Errors: UsageError for a pattern that does not compile.
 */
import { UsageError } from '../errors.ts';
import type { Test } from './test.ts';
import { anyOf } from './test.ts';

const LONGEST = 1000;
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** One form for all ways to write a text: NFC, full case folding (`ß` = `SS`, `ς` = `σ`), white space as single blanks. */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  // Upper, then lower case folds what lower case alone keeps apart.
  const folded = text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.replaceAll(/\s+/g, ' ').trim();
}

function parseRegExp(source: string, where: string): RegExp {
  let reason = '';
  for (const flags of ['iu', 'i']) {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    }
  }
  throw new UsageError({
    where,
    what: `no regular expression: ${reason}`,
    help: 'a text without the slashes is searched as it stands',
  });
}

/** A test of a subject. */
function parseSubject(typed: string, where: string): (subject: string) => boolean {
  const source = typed.length > 2 ? /^\/(.+)\/i?$/s.exec(typed)?.[1] : undefined;
  if (source !== undefined) {
    const pattern = parseRegExp(source, where);
    return (subject) => pattern.test(subject.slice(0, LONGEST).normalize('NFC'));
  }
  const phrase = foldText(typed);
  if (phrase === '') throw new UsageError({ where, what: 'the phrase is empty', help: 'give a word of the subject' });
  return (subject) => foldText(subject).includes(phrase);
}

export function subjectFilter(values: readonly string[], where: string): Test {
  const matches = anyOf(values.map((value) => parseSubject(value, where)));
  return { of: 'message', message: (message) => message.subject !== undefined && matches(message.subject) };
}
