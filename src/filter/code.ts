/**
 * `--code`: the last answer of a recipient.
 * Shapes: `550` the SMTP code; `5.7.1` the enhanced code, `5.7` all of its subject; `4` (also `4xx`, `4.x.x`) any 4xx or 4.x.x.
 * Source: RFC 5321 section 4.2, RFC 3463 section 2.
 * Errors: UsageError for anything else.
 */
import { UsageError } from '../errors.ts';
import type { Recipient } from '../model/message.ts';
import type { Test } from './test.ts';
import { anyOf } from './test.ts';

function parseCode(typed: string, where: string): (recipient: Recipient) => boolean {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/^([245])(?:xx|\.x\.x)$/, '$1')
    .replace(/\.x$/, '');
  if (/^[2-5]$/.test(text)) {
    const dotted = `${text}.`;
    return ({ code, dsn }) => (code === undefined ? dsn?.startsWith(dotted) === true : code.startsWith(text));
  }
  if (/^[2-5]\d\d$/.test(text)) return ({ code }) => code === text;
  if (/^[245]\.\d{1,3}\.\d{1,3}$/.test(text)) return ({ dsn }) => dsn === text;
  if (/^[245]\.\d{1,3}$/.test(text)) {
    const subject = `${text}.`;
    return ({ dsn }) => dsn?.startsWith(subject) === true;
  }
  throw new UsageError({
    where,
    what: `'${typed}' is no answer code`,
    help: 'give 550, 5.7.1, 5.7 (all of that subject), or 4 or 5 (any of that class)',
  });
}

export function codeFilter(values: readonly string[], where: string): Test {
  return { of: 'recipient', recipient: anyOf(values.map((value) => parseCode(value, where))) };
}
