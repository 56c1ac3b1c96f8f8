/**
 * `--subject`: a phrase in the decoded subject, or `/a regular expression/`; both without case.
 * Errors: UsageError for a pattern that does not compile, and for an empty phrase.
 */
import { UsageError } from '../errors.ts';
import { linearTest, patternOf } from './linear.ts';
import type { Test } from './test.ts';
import { anyOf } from './test.ts';

const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** One form for all ways to write a text: NFC, full case folding (`ß` = `SS`, `ς` = `σ`), white space as single blanks. */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  // Upper, then lower case folds what lower case alone keeps apart.
  const folded = text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.replaceAll(/\s+/g, ' ').trim();
}

/** A test of a subject. */
function parseSubject(typed: string, where: string): (subject: string) => boolean {
  const source = patternOf(typed);
  if (source !== undefined) {
    const isMatch = linearTest(source, where);
    return (subject) => isMatch(subject.normalize('NFC'));
  }
  const phrase = foldText(typed);
  if (phrase === '') throw new UsageError({ where, what: 'the phrase is empty', help: 'give a word of the subject' });
  return (subject) => foldText(subject).includes(phrase);
}

export function subjectFilter(values: readonly string[], where: string): Test {
  const matches = anyOf(values.map((value) => parseSubject(value, where)));
  return { of: 'message', message: (message) => message.subject !== undefined && matches(message.subject) };
}
