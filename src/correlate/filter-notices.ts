/**
 * Bounces and notices that a filter beside the server wrote: tied to the mail that it judged by the filter's own name of it.
 * The filter hands them in before it logs the verdict, but loggers and clocks may swap the two.
 */
import { filterNoticeOf, type FilterNotice } from '../model/filter-notice.ts';
import type { Instant } from '../model/message.ts';
import type { Hop } from './hop.ts';
import type { Tracker } from './tracker.ts';
import type { Word } from './word.ts';

/** A filter may work on a mail for minutes, ms. */
const NEAR_MS = 600_000;
/** Names that are remembered: a hostile log may hold any number. */
const MOST = 2000;
/** One mail has a notice to the sender, and some to others. */
const MOST_NOTICES = 8;

interface Judged {
  readonly hop: Hop;
  readonly at: Instant;
  readonly isBounced: boolean;
}

export class FilterNotices {
  private readonly written = new Map<string, { hop: Hop; notice: FilterNotice }[]>();
  private readonly judged = new Map<string, Judged>();

  /** The Message-ID of a mail is known: is it a filter's notice? */
  sawMessageId(t: Tracker, hop: Hop, messageId: string): void {
    const notice = filterNoticeOf(messageId);
    if (notice === undefined) return;
    const about = this.judged.get(notice.mailId);
    if (about !== undefined) return tie(t, about, hop, notice);
    const known = this.written.get(notice.mailId);
    if (known === undefined) remember(this.written, notice.mailId, [{ hop, notice }]);
    else if (known.length < MOST_NOTICES) known.push({ hop, notice });
  }

  /** A verdict that names the mail so is about the mail of this hop. */
  sawVerdict(t: Tracker, hop: Hop, word: Word): void {
    // of a clean mail nothing is written
    if (word.mailId === undefined || word.what === 'clean') return;
    const about = { hop, at: word.at, isBounced: word.outcome === 'bounced' };
    for (const { hop: child, notice } of this.written.get(word.mailId) ?? []) tie(t, about, child, notice);
    this.written.delete(word.mailId);
    if (!this.judged.has(word.mailId)) remember(this.judged, word.mailId, about);
  }
}

function tie(t: Tracker, { hop, at, isBounced }: Judged, child: Hop, { to }: FilterNotice): void {
  if (Math.abs(child.firstAt - at) <= NEAR_MS) t.tieNotice(hop, to === 'S' && isBounced ? 'bounce' : 'notice', child);
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  if (map.size <= MOST) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    break;
  }
}
