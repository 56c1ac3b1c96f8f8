/**
 * `--redact[=users]`: what it means, and the key of its pseudonyms.
 * Key: random for each run; MAILTRACE_REDACT_KEY fixes it, for the same tokens over several runs. An option would show it in
 *      the list of processes.
 */
import { randomBytes } from 'node:crypto';
import type { Io } from '../io.ts';
import type { RawLine } from '../render/contract.ts';
import type { FooterFacts } from '../render/footer.ts';
import type { Redactor, Told } from '../render/redact/index.ts';
import type { Message } from '../model/message.ts';
import { oneOf } from './common-options.ts';
import type { Values } from './filter-options.ts';
import { REDACT_WORDS } from './filter-options.ts';
import type { Printer } from './spool/whole-form.ts';

const KEY_NAME = 'MAILTRACE_REDACT_KEY';

/** undefined where nothing is to be redacted: then none of it is loaded. */
export async function redactorOf(values: Values, io: Io): Promise<Redactor | undefined> {
  const what = oneOf(values['redact'], REDACT_WORDS, '--redact');
  if (what === undefined) return undefined;
  const { Redactor } = await import('../render/redact/index.ts');
  const given = io.env[KEY_NAME] ?? '';
  return new Redactor({ key: given === '' ? randomBytes(32) : Buffer.from(given), keepsHosts: what === 'users' });
}

/** The same printer, given pseudonyms. */
export function redactedPrinter(printer: Printer, redactor: Redactor): Printer {
  return {
    head: printer.head,
    message: (message: Message, lines: readonly RawLine[] | undefined) =>
      printer.message(redactor.message(message), lines && redactor.lines(lines, message)),
    end: () => printer.end(),
  };
}

/** The lines below a result. `typed`: what was searched for. The command to copy goes: its paths would lead nowhere. */
export function redactedFacts(facts: FooterFacts, redactor: Redactor, told: Told): FooterFacts {
  const { example: _, hints, summary, ...others } = facts;
  return {
    ...others,
    summary: redactor.summary(summary),
    ...(hints === undefined ? {} : { hints: hints.map((hint) => redactor.sentence(hint, summary, told)) }),
  };
}
