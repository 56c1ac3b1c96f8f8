/**
 * The one stable word for why a recipient did not get the mail: `recipients[].reason`.
 * Called once per failed or waiting recipient, so answers are remembered by a fingerprint that leaves out addresses,
 * numbers and ids (reply-fingerprint.ts): a log of a million refusals holds a few hundred different ones.
 * Units:  at most MEMORY_LIMIT entries of two words each; the memory is emptied when it is full.
 * Errors: none; `undefined` for a success and where the log does not say.
 */
import { findAnswer, isSuccess } from './explain.ts';
import type { ReplyFacts } from './explain.ts';
import type { Reason } from './reason-words.ts';
import { fingerprint } from './reply-fingerprint.ts';
import { readReply } from './reply-text.ts';

/** How many different answers are remembered. */
export const MEMORY_LIMIT = 16_384;

const memory = new Map<number, Reason | undefined>();

/** How many answers are remembered now; for tests of the bound. */
export function memorySize(): number {
  return memory.size;
}

/**
 * Says why, in one word. An expired recipient gets the reason of its last answer (`network`, `mailbox-full`, …)
 * and `expired` only where that says nothing. A greylisted one is always `greylisted`.
 */
export function classify(facts: ReplyFacts & { readonly status: string }): Reason | undefined {
  const { status, code, dsn, reply } = facts;
  if (isSuccess(status)) return undefined;
  if (status === 'greylisted') return 'greylisted';
  const key = fingerprint(status, code, dsn, reply);
  const known = memory.get(key);
  if (known !== undefined || memory.has(key)) return known;
  const reason = findAnswer(facts, readReply(reply ?? ''))?.row.reason;
  if (memory.size >= MEMORY_LIMIT) memory.clear();
  memory.set(key, reason);
  return reason;
}
