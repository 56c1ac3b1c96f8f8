/**
 * In which period a recipient is counted: that of its own last word; one that waits, at the period's end (cli.md "Time").
 * Units: Instants; a period holds both its ends.
 */
import type { Instant, Message, Recipient } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';

export interface Period {
  readonly since?: Instant;
  readonly until?: Instant;
}

/**
 * - `in`: it ended in the period
 * - `waits`: it waits still, and was there when the period ended
 * - `waited`: it waited when the period ended; what became of it came later
 * - `out`: none of these
 */
export type Standing = 'in' | 'waits' | 'waited' | 'out';

/** Refused for now, by greylisting or otherwise, so that the sender's server may come back. */
export function isOpenRefusal({ status, action }: Recipient): boolean {
  return status === 'greylisted' || (status === 'rejected' && action === 'tempfailed');
}

/** When a recipient's status came about. */
export function timeOf(message: Message, recipient: Recipient): Instant {
  return recipient.time ?? message.lastTime;
}

export function standingOf(message: Message, recipient: Recipient, { since, until }: Period): Standing {
  const isThere = until === undefined || message.time <= until;
  // a greylisted attempt is over: nothing of it lies in a queue
  if (GROUP_OF_STATUS[recipient.status] === 'waiting' && recipient.status !== 'greylisted')
    return isThere ? 'waits' : 'out';
  const time = timeOf(message, recipient);
  if (until !== undefined && time > until) return isThere ? 'waited' : 'out';
  return since !== undefined && time < since ? 'out' : 'in';
}
