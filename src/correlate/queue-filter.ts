/**
 * Filters that take mails out of the server's queue and put them back (MailScanner): under a new id of the same host, which
 * is the same mail's next hop, or under the same id. What they end the server's log never tells: it stays on hold there.
 * Source: MailScanner PFDiskStore.pm WriteHeader(), Message.pm HandleHamAndSpam().
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { type Hop, Parent } from './hop.ts';
import type { Tracker } from './tracker.ts';
import type { Word } from './word.ts';

export function afterQueueFilter(t: Tracker, ev: LogEvent, hop: Hop, word: Word): void {
  if (ev.relation === 'requeue-of') return requeue(t, ev, hop);
  // a mail that is on hold comes out by being put back alone; of another the last word must have been said
  if (word.outcome !== '' && (ev.final || hop.held)) hop.close('discarded', ev.frame.at);
}

function requeue(t: Tracker, ev: LogEvent, hop: Hop): void {
  const id = ev.hash(F.otherId);
  if (id === 0 || id === hop.idHash) return;
  // a cleaned mail goes on after all
  if (hop.closed === 'discarded') hop.closed = '';
  hop.close('requeued', ev.frame.at);
  hop.held = false;
  (hop.awaited ??= []).push(id);
  t.edge(new Parent(hop, undefined, 'requeue'), id);
}
