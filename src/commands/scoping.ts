/**
 * `--scope` and the policy of those who come through sudo: what a command may read and show.
 * Errors: UserError where the policy shows nothing to this user; UsageError for a scope that is no domain, and for everything
 *         that a policy does not let be asked.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError, UserError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Own } from '../model/own.ts';
import type { Scope } from '../scope/index.ts';
import type { Values } from './filter-options.ts';
import { FILTER_FLAGS } from './filter-options.ts';
import { heldGrant } from './held-grant.ts';

const DOMAIN = /^\.?[^\s@*/,;<>"\\]+$/;

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

/** `--scope`, of commands that print what logs hold. */
export function addScopeOption(command: Command): Command {
  return command.addOption(
    new Option('--scope <domain>', 'only mail to it, or from it by a login or our networks')
      .argParser(collect)
      .helpGroup('General:'),
  );
}

function typedDomains(values: Values): string[] | undefined {
  const typed = values['scope'];
  if (!Array.isArray(typed)) return undefined;
  const domains = (typed as string[]).flatMap((text) => text.split(',')).map((text) => text.trim().replace(/^@/, ''));
  const wrong = domains.find((domain) => !DOMAIN.test(domain));
  if (wrong !== undefined)
    throw new UsageError({
      where: '--scope',
      what: `'${wrong}' is no domain`,
      help: 'give example.com, or .example.com for it and all below it',
    });
  return domains;
}

/** The scope of what was typed and of the policy: within both. Undefined where there is neither. */
export async function scopeOf(values: Values, own: Own, io: Io): Promise<Scope | undefined> {
  const grant = await heldGrant(io);
  const typed = typedDomains(values);
  const domains = [typed, grant?.domains].filter((list) => list !== undefined);
  if (domains.length === 0) return undefined;
  const { Scope } = await import('../scope/index.ts');
  return new Scope({ domains, own, ...(grant === undefined ? {} : { allows: grant.allows }) });
}

/** Options that may be given under a policy. What is not named here is refused, so that a new option must be thought of. */
export const ALLOWED: ReadonlySet<string> = new Set([
  ...FILTER_FLAGS,
  '--exact',
  '--sort',
  '--limit',
  '--count',
  '--group-by',
  '--format',
  '--json',
  '--fields',
  '--raw',
  '--redact',
  '--sessions',
  '--section',
  '--top',
  '--compare',
  '--added',
  '--ticket',
  '--list',
  '--scope',
  '--tz',
  '--log-tz',
  '--no-color',
  '--quiet-if-empty',
  '--fail-over',
]);

/** How many words a command takes under a policy: no paths. Of explain see explainWords. */
const WORDS: Readonly<Record<string, number>> = { show: 1, report: 1, completion: 1, explain: Infinity };

/** Refuses what a policy does not let be asked. Called with what commander has parsed, before the command runs. */
export async function checkBounds(command: Command, io: Io): Promise<void> {
  if ((await heldGrant(io)) === undefined) return;
  const name = command.name().replace(/^mailtrace /, '');
  for (const option of command.options) {
    const isTyped = command.getOptionValueSource(option.attributeName()) === 'cli';
    if (isTyped && !ALLOWED.has(option.long ?? '')) throw notAllowed(option.long ?? option.flags);
  }
  const values: Values = command.opts();
  if (typeof values['since'] === 'string' && /^last-run$/i.test(values['since'].trim()))
    throw notAllowed('--since last-run');
  const { args } = command;
  const most = WORDS[name] ?? 0;
  if (args.length > most) throw notAllowed('a PATH', 'leave it out: the sources of the policy are read');
  if (name === 'explain') checkExplained(args);
}

/** A word that could be a file, whether it is there or not. */
function mayBeFile(word: string): boolean {
  return !/\s/.test(word) && (word.includes('/') || word.startsWith('~') || /\.(?:eml|mbox|msg|txt|log)$/i.test(word));
}

/** `-` alone, and no files. */
function checkExplained(args: readonly string[]): void {
  if (args.includes('-') && args.length > 1) throw notAllowed('a PATH', 'give - alone for standard input');
  if (args.some(mayBeFile)) throw notAllowed('a FILE', 'give - alone for standard input: mailtrace explain - <FILE');
}

function notAllowed(where: string, help?: string): UserError {
  return new UserError({ where, what: 'the policy does not allow it', ...(help === undefined ? {} : { help }) });
}
