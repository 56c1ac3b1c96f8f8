/**
 * Bounces that no line ties to their mail (OpenSMTPD): the daemon hands them in to itself, from the null sender, to the
 * sender of what failed, a second or more after the failure. Tied only where one mail alone fits; else not at all.
 * Source: OpenSMTPD usr.sbin/smtpd bounce.c bounce_add() (collected for a second), bounce_drain().
 * Memory: the last failures of the last senders, both bounded.
 */
import { hashText } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';
import type { Hop } from './hop.ts';

interface Failure {
  hop: Hop;
  at: Instant;
}

/** A bounce is handed in a second after the last failure that it reports, and may have to wait for others. */
const WITHIN_MS = 10_000;
const MAX_SENDERS = 4096;
const MAX_EACH = 8;

export class Returns {
  private readonly bySender = new Map<number, Failure[]>();

  /** A recipient of this mail failed for good. */
  failed(hop: Hop, at: Instant, seed: number): void {
    if (!hop.unclosed || hop.sender === undefined || hop.sender === '') return;
    const key = hashText(hop.sender.toLowerCase(), seed);
    const list = this.bySender.get(key) ?? [];
    this.bySender.delete(key);
    const known = list.find((f) => f.hop === hop);
    if (known !== undefined) known.at = at;
    else list.push({ hop, at });
    if (list.length > MAX_EACH) list.shift();
    this.bySender.set(key, list);
    if (this.bySender.size <= MAX_SENDERS) return;
    for (const oldest of this.bySender.keys()) {
      this.bySender.delete(oldest);
      return;
    }
  }

  /** The mail that a null-sender mail of the system itself, to this address, reports; undefined where none or several may be. */
  reportedBy(address: string, at: Instant, seed: number): Hop | undefined {
    const key = hashText(address.toLowerCase(), seed);
    const list = this.bySender.get(key);
    const fitting = list?.filter((f) => at - f.at >= 0 && at - f.at <= WITHIN_MS);
    if (list === undefined || fitting?.length !== 1) return undefined;
    const [failure] = fitting as [Failure];
    list.splice(list.indexOf(failure), 1);
    return failure.hop;
  }
}
