/**
 * `--status`, `--action`, `--direction`: the closed words of the contract, and the groups of them.
 * Groups: statuses `sent` `waiting` `failed` `stopped`; `blocked` = rejected or discarded; action `forwarded` = redirected.
 * Errors: UsageError for any other word, with the one that was probably meant.
 */
import { UsageError, didYouMean } from '../errors.ts';
import type { Message, Recipient } from '../model/message.ts';
import { ACTIONS, DIRECTIONS, GROUP_OF_STATUS, STATUSES, STATUS_GROUPS } from '../model/words.ts';
import type { Status } from '../model/words.ts';
import type { Test } from './test.ts';

/** What `--status` takes. */
export const STATUS_WORDS: readonly string[] = [...STATUSES, ...STATUS_GROUPS, 'blocked'];
/** What `--action` takes. */
export const ACTION_WORDS: readonly string[] = [...ACTIONS, 'would-reject', 'blocked', 'forwarded'];
/** What `--direction` takes. */
export const DIRECTION_WORDS: readonly string[] = DIRECTIONS;

function word(typed: string, known: readonly string[], where: string): string {
  const text = typed.trim().toLowerCase().replaceAll(/[_ ]/g, '-');
  if (known.includes(text)) return text;
  const guess = didYouMean(text, known);
  const all = `one of: ${known.join(', ')}`;
  throw new UsageError({
    where,
    what: `unknown word '${typed}'`,
    help: guess.startsWith('choose') ? guess : [guess, all],
  });
}

/** Values may be lists: `--status bounced,expired`. */
function words(values: readonly string[], known: readonly string[], where: string): Set<string> {
  return new Set(values.flatMap((value) => value.split(',')).map((value) => word(value, known, where)));
}

const BLOCKED: readonly Status[] = ['rejected', 'discarded'];

export function statusFilter(values: readonly string[], where: string): Test {
  const wanted = words(values, STATUS_WORDS, where);
  const statuses = new Set<Status>(
    STATUSES.filter((status) => wanted.has(status) || wanted.has(GROUP_OF_STATUS[status])),
  );
  if (wanted.has('blocked')) for (const status of BLOCKED) statuses.add(status);
  return { of: 'recipient', recipient: (recipient) => statuses.has(recipient.status) };
}

function wouldReject(recipient: Recipient, message: Message): boolean {
  return message.verdicts.some(
    ({ action, recipients }) =>
      action === 'would-reject' &&
      (recipients === undefined || recipient.address === undefined || recipients.includes(recipient.address)),
  );
}

export function actionFilter(values: readonly string[], where: string): Test {
  const wanted = words(values, ACTION_WORDS, where);
  if (wanted.has('blocked')) for (const action of BLOCKED) wanted.add(action);
  if (wanted.has('forwarded')) wanted.add('redirected');
  // A dry run is never a recipient's action: it stands in the verdicts alone.
  const dryRuns = wanted.has('would-reject');
  return {
    of: 'recipient',
    recipient: (recipient, message) =>
      (recipient.action !== undefined && wanted.has(recipient.action)) || (dryRuns && wouldReject(recipient, message)),
  };
}

export function directionFilter(values: readonly string[], where: string): Test {
  const wanted = words(values, DIRECTION_WORDS, where);
  return { of: 'recipient', recipient: (recipient) => wanted.has(recipient.direction) };
}
