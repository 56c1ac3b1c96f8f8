/**
 * What of the logs a search within a window must read, and the signs that it was not enough.
 * A mail lives for days: what is known of one in the window (who sent it, its subject, what became of it) may stand far
 * outside. The servers give mail up after five days (Postfix maximal_queue_lifetime 5d and bounce_queue_lifetime 5d; the
 * retry rule of Exim's default configuration 4d), so the reach is a week longer than the window at both ends, two weeks where links are told: the
 * other end of a link has a life of its own. A mail that lived longer (it was held, or these settings are others) shows:
 * its first lines are missing, or it is still open. Then the logs are read whole: the answer is the same in any case.
 * Source: postconf(5), Exim's src/configure.default.
 */
import type { Instant, Message } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import type { Reach } from '../pipeline/bounds.ts';
import type { SearchOptions } from './search-options.ts';
import { tellsLinks } from './search-plan.ts';

const WEEK = 7 * 86_400_000;

/** undefined where the search has no window. */
export function reachOf(options: SearchOptions): Reach | undefined {
  const { since, until } = options.window;
  if (since === undefined && until === undefined) return undefined;
  const margin = tellsLinks(options) ? 2 * WEEK : WEEK;
  return { from: (since ?? -Infinity) - margin, to: (until ?? Infinity) + margin };
}

/** Asks every message that is told, whether it matches or not: without its first lines nobody knows that. */
export class ReachWatch {
  /** some message in the window may have lines that were not read */
  isDoubted = false;
  readonly #from: Instant;
  readonly #to: Instant;

  constructor({ from, to }: Reach) {
    this.#from = from + WEEK;
    this.#to = to - WEEK;
  }

  see(message: Message): void {
    if (this.isDoubted || message.lastTime < this.#from || message.time > this.#to) return;
    this.isDoubted =
      (Number.isFinite(this.#from) && message.state === 'partial') || (Number.isFinite(this.#to) && isWaiting(message));
  }
}

function isWaiting({ state, recipients }: Message): boolean {
  if (state === 'open') return true;
  return state === 'partial' && recipients.some(({ status }) => GROUP_OF_STATUS[status] === 'waiting');
}
