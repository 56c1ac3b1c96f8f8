/**
 * Mails whose id is the same on every server that handled them (LogEvent.lasting): Exchange's network-message-id.
 * Shape:  the servers' hops are one mail. The first that tells of it leads to the others, unless a delivery line that names
 *         the next server says more.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { type End, type Hop, Parent } from './hop.ts';
import type { Tracker } from './tracker.ts';

const MAX_KNOWN = 50_000;
const MAX_SAME = 64;
const MAX_RENAMED = 10_000;

export class Lasting {
  /** by Message-ID: reports name the mail by it */
  private readonly known = new Map<number, Hop>();
  /** reports on mails that are not seen yet (exports begin with the newest row), by the Message-ID that they name */
  private readonly reports = new Map<number, Hop>();

  arrived(t: Tracker, hop: Hop, ev: LogEvent): void {
    if (ev.has(F.otherId) && !ev.isEmpty(F.otherId)) {
      const about = this.known.get(ev.hash(F.otherId));
      if (about === undefined) this.wait(ev.hash(F.otherId), hop);
      else if (about.told === undefined && about !== hop) t.tieNotice(about, 'bounce', hop);
      return;
    }
    if (hop.midHash === 0 || this.known.has(hop.midHash)) return;
    this.known.set(hop.midHash, hop);
    const report = this.reports.get(hop.midHash);
    if (report !== undefined) {
      this.reports.delete(hop.midHash);
      if (report.told === undefined) t.tieNotice(hop, 'bounce', report);
    }
    if (this.known.size > MAX_KNOWN) for (const oldest of this.known.keys()) return void this.known.delete(oldest);
  }

  private wait(mid: number, report: Hop): void {
    if (this.reports.size < MAX_KNOWN) this.reports.set(mid, report);
  }
}

/** A row that names no server belongs to a hop of its id that is known. */
export function hostless(t: Tracker, ev: LogEvent): Hop | undefined {
  if (ev.frame.host !== undefined) return undefined;
  const hop = t.byQueueId.get(ev.hash(F.queueId));
  return hop !== undefined && hop.system === ev.system ? hop : undefined;
}

/** A server tells of the mail for the first time: it goes on from the one that told of it first. */
export function joinServers(t: Tracker, hop: Hop): void {
  let first: Hop | undefined;
  let n = 0;
  for (let h = hop.nextSameId; h !== undefined && n < MAX_SAME; h = h.nextSameId, n++)
    if (h.lasting && h.told === undefined) first = h;
  if (first !== undefined) t.link(new Parent(first, undefined, 'explicit'), hop);
}

/** The directory resolved an address to another one. */
export function rename(hop: Hop, ev: LogEvent): void {
  const to = ev.text(F.recipient);
  const from = ev.text(F.origRecipient);
  if (to !== undefined && from !== undefined && from !== '')
    renameTo(hop, to, hop.renamed?.get(from.toLowerCase()) ?? from);
}

/** What is told of `to` is told of `from`. */
export function renameTo(hop: Hop, to: string, from: string): void {
  if (to.toLowerCase() === from.toLowerCase()) return;
  hop.renamed ??= new Map();
  if (hop.renamed.size < MAX_RENAMED) hop.renamed.set(to.toLowerCase(), from);
}

export function formerName(hop: Hop, address: string): string | undefined {
  return hop.renamed?.get(address.toLowerCase());
}

/**
 * Whether what is known of the recipient says more: a later word, or the mailbox, which the server behind has named before
 * this one knows that it was handed over.
 */
export function isOlderWord(end: End, ev: LogEvent): boolean {
  if (end.attempts === 0) return false;
  if (ev.frame.at < end.at) return true;
  return ev.how === 'remote' && ev.outcome === 'sent' && end.outcome === 'sent' && end.how === 'mailbox';
}
