/**
 * Regular expressions that users give, on an engine whose time grows with the text and no faster, whatever the pattern (RE2's,
 * as re2js has it). It is loaded only where a pattern is given, before filters are compiled.
 * Shape:  RE2's syntax, which is JavaScript's without looking around and back references, without case.
 * Errors: UsageError for a pattern that does not compile.
 */
import type { RE2JS } from 're2js';
import { UsageError } from '../errors.ts';
import type { FilterOptions } from './options.ts';

type Engine = typeof RE2JS;

let engine: Engine | undefined;

/** `/pattern/` or `/pattern/i`; undefined where it is a phrase. */
export function patternOf(typed: string): string | undefined {
  return typed.length > 2 ? /^\/(.+)\/i?$/s.exec(typed)?.[1] : undefined;
}

/** Must be done before filters are compiled. */
export async function loadPatterns({ subject = [], not = {} }: FilterOptions): Promise<void> {
  if (![...subject, ...(not.subject ?? [])].some((typed) => patternOf(typed) !== undefined)) return;
  engine ??= (await import('re2js')).RE2JS;
}

/** Whether a text holds what the pattern stands for. */
export function linearTest(source: string, where: string): (text: string) => boolean {
  if (engine === undefined) throw new Error('loadPatterns() comes first');
  try {
    const pattern = engine.compile(engine.translateRegExp(source), engine.CASE_INSENSITIVE);
    return (text) => pattern.test(text);
  } catch (error) {
    throw new UsageError({
      where,
      what: `no regular expression: ${reasonOf(error)}`,
      help: 'the syntax is RE2’s: no (?=…), no \\1; a text without the slashes is searched as it stands',
    });
  }
}

/** ``error parsing regexp: missing closing ): `(?i)(` `` without what was put around it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return error.message.replace('error parsing regexp: ', '').replace('`(?i)', '`');
}
