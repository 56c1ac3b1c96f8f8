/**
 * `mailtrace WORD…`: guesses what each word is, says which search that makes, and runs it.
 * Shapes: a path that exists (or `-`, or a glob); an address, `user@`, `@domain`; an IP address or network; a queue id (Postfix
 *         short and long, Exim old and new); an id of ours; a Message-ID in `<>` or that looks like no address; a domain.
 * Errors: UsageError where the first word is none of these: a mistyped command.
 */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { UsageError, didYouMean, nearest } from '../errors.ts';
import { isIpPattern } from '../filter/ip.ts';
import type { Io } from '../io.ts';
import { eximIdTime, postfixLongIdTime } from '../model/id-time.ts';
import { shellWord } from '../render/escape.ts';
import { visible } from '../util/visible.ts';
import { COMMANDS } from './registry.ts';
import { heldGrant } from './held-grant.ts';

type Guess = 'path' | 'option' | '--address' | '--domain' | '--ip' | '--queue-id' | '--message-id' | 'own-id';

const OWN_ID = /^\d{8}-\d{6}-[a-z0-9]{4,}$/;
/** Postfix short queue ids: microseconds and inode in upper-case hexadecimal (global/mail_queue.h, MQID_SH_*). */
const SHORT_ID = /^[0-9A-F]{6,15}$/;
const DOMAIN = /^\.?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]+$/u;

/** Options of search that take a value: the word behind them is not guessed. */
function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

function isQueueId(word: string): boolean {
  const bytes = Buffer.from(word, 'latin1');
  if (!Number.isNaN(eximIdTime(bytes, 0, bytes.length)) || !Number.isNaN(postfixLongIdTime(bytes, 0, bytes.length)))
    return true;
  return SHORT_ID.test(word) && /\d/.test(word);
}

/** What a word is; undefined where it is nothing we know. */
export function guessWord(word: string, exists: (path: string) => boolean): Guess | undefined {
  if (isFlag(word)) return 'option';
  if (word === '-' || (word.includes('/') && !isIpPattern(word) && !word.includes('@'))) return 'path';
  if (/^<.*@.*>$/.test(word)) return '--message-id';
  if (exists(word)) return 'path';
  if (isIpPattern(word)) return isIP(word) === 0 && !word.includes('/') ? undefined : '--ip';
  if (OWN_ID.test(word)) return 'own-id';
  if (word.includes('@')) return looksLikeMessageId(word) ? '--message-id' : '--address';
  if (isQueueId(word)) return '--queue-id';
  if (DOMAIN.test(word)) return '--domain';
  return /[*?]/.test(word) ? 'path' : undefined;
}

/** Message-IDs that mail programs write: a local part that no person has. */
function looksLikeMessageId(word: string): boolean {
  // Gmail writes its ids in a domain that has no mailbox.
  if (word.endsWith('@mail.gmail.com')) return true;
  const local = word.slice(0, word.lastIndexOf('@'));
  return (
    (!local.includes('=') && ((local.length >= 20 && /\d{6}/.test(local)) || /^\d{10,}\./.test(local))) ||
    /\$/.test(local)
  );
}

/** Turns the words into the search they mean, says so, and runs it. */
export async function wordRun(words: readonly string[], io: Io, signal?: AbortSignal): Promise<number> {
  // who may name no paths is not told which there are
  const isBound = (await heldGrant(io)) !== undefined;
  const exists = (path: string): boolean => !isBound && existsSync(resolve(io.cwd, path));
  const [first = ''] = words;
  if (guessWord(first, exists) === undefined) throw unknownCommand(first);
  const { newSearchCommand } = await import('./search.ts');
  const valued = new Set(
    newSearchCommand(io, () => undefined).options.flatMap((option) =>
      option.required ? [option.short, option.long] : [],
    ),
  );
  const options: string[] = [];
  const paths: string[] = [];
  let ownId: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const guess = guessWord(word, exists);
    if (guess === 'option') {
      options.push(word);
      const count = !valued.has(word) ? 0 : /^--(?:not-)?between$/.test(word) ? 2 : 1;
      options.push(...words.slice(i + 1, i + 1 + count));
      i += count;
    } else if (guess === 'path') paths.push(word);
    else if (guess === 'own-id') ownId = word;
    else if (guess === undefined) throw unknownWord(word);
    else options.push(guess, word);
  }
  const [command, args] =
    ownId === undefined
      ? (['search', [...options, ...paths]] as const)
      : (['show', [ownId, ...options, ...paths]] as const);
  // what was typed are real names
  if (!options.some((option) => /^--redact\b/.test(option)))
    io.stderr.write(`${visible(`mailtrace ${command} ${args.map(shellWord).join(' ')}`)}\n`);
  await io.stderr.flush();
  return COMMANDS[command].start(args, io, signal);
}

function unknownCommand(word: string): UsageError {
  const names = Object.keys(COMMANDS);
  const guess = nearest(word, names);
  const help =
    'mailtrace --help lists the commands; a word may be an address, a domain, an IP, a queue id, a Message-ID or a path';
  return new UsageError({
    where: word,
    what: 'no such command',
    help: guess === undefined ? help : [didYouMean(word, names), help],
  });
}

function unknownWord(word: string): UsageError {
  return new UsageError({
    where: word,
    what: 'neither an address, a domain, an IP, a queue id, a Message-ID nor a path',
    help: 'a phrase of the subject is searched with --subject, of the log with --text',
  });
}
