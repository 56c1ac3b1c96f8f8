/**
 * In which period a recipient is counted: that of its own last word; one that waits, at the period's end (cli.md "Time").
 * Units: Instants; a period holds both its ends.
 */
import type { Instant, Message, Recipient } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { Status } from '../model/words.ts';

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

export function standingOf(message: Message, recipient: Recipient, period: Period): Standing {
  return standingAt(message.time, recipient.status, timeOf(message, recipient), period);
}

/** Of a recipient of a mail that arrived at `arrival`, whose status came about at `time`. */
export function standingAt(arrival: Instant, status: Status, time: Instant, { since, until }: Period): Standing {
  const isThere = until === undefined || arrival <= until;
  // a greylisted attempt is over: nothing of it lies in a queue
  if (GROUP_OF_STATUS[status] === 'waiting' && status !== 'greylisted') return isThere ? 'waits' : 'out';
  if (until !== undefined && time > until) return isThere ? 'waited' : 'out';
  return since !== undefined && time < since ? 'out' : 'in';
}
