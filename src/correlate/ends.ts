/**
 * What one hop says of its recipients.
 */
import type { Status } from '../model/words.ts';
import { storedAs } from './beside-entries.ts';
import { blank, sameAddress, type Entry } from './entry.ts';
import type { End, Hop } from './hop.ts';

/** Which relays are content filters: told by other mail that came back through them. */
export type IsFilter = (hop: Hop, end: End) => boolean;

export function leaf(hop: Hop, end: End, isFilter: IsFilter): Entry {
  const typed = end.orig ?? end.address;
  const entry = blank(hop, typed);
  entry.end = end;
  entry.finalAddress = sameAddress(typed, end.address) || isPlace(end) ? undefined : end.address;
  const isTimed = end.attempts > 0 && !Number.isNaN(end.at);
  entry.at = isTimed ? end.at : undefined;
  entry.code = end.code;
  entry.codeFromDaemon = end.codeFromDaemon;
  entry.dsn = end.dsn;
  entry.reply = end.reply;
  entry.relayName = end.relayName;
  entry.relayIp = end.relayIp;
  entry.port = end.port;
  entry.remoteId = end.remoteId;
  entry.mailbox = end.mailbox;
  entry.attempts = isTimed ? end.attempts : 0;
  entry.status = statusOf(hop, end, isFilter);
  if (entry.status === 'pending' && end.how !== 'forwarded' && end.outcome === 'sent')
    entry.reason = 'handed-to-filter';
  if (end.outcome === 'discarded' && end.how === 'filter') entry.action = 'discarded';
  if (end.outcome === 'quarantined') entry.action = 'quarantined';
  if (end.outcome === 'bounced' && (end.how === 'filter' || isFilter(hop, end) || isReturned(hop)))
    entry.action = 'bounced-by-filter';
  if (end.stored !== undefined) storedAs(entry, end);
  return entry;
}

/** A file or a program that an alias names is no address. */
function isPlace(end: End): boolean {
  return end.orig !== undefined && /^(?:\/|"?\|)/.test(end.address);
}

/** What one hop says of a recipient. */
function statusOf(hop: Hop, end: End, isFilter: IsFilter): Status {
  let status: Status;
  if (end.attempts === 0 && end.outcome !== 'removed') status = 'pending';
  else if (end.outcome === 'sent') return sentAs(hop, end, isFilter);
  else if (end.outcome === 'deferred') status = unfinished(hop);
  else status = end.outcome;
  // A frozen mail waits for an administrator, also one whose failure cannot be told to anybody.
  return hop.frozen && (status === 'bounced' || status === 'deferred' || status === 'pending') ? 'held' : status;
}

function sentAs(hop: Hop, end: End, isFilter: IsFilter): Status {
  if (end.how === 'forwarded') return 'pending';
  if (end.expanded) return 'expanded';
  if (end.how !== 'remote' && end.pipeHash === 0) return 'delivered';
  if (end.how !== 'remote') return isFilter(hop, end) ? 'pending' : 'delivered';
  return isFilter(hop, end) ? 'pending' : 'relayed';
}

/** A recipient still deferred where its mail may have gone from the queue. */
function unfinished(hop: Hop): Status {
  if (hop.held) return 'held';
  if (hop.expired) return 'expired';
  // `removed` of a mail that somebody still waits for is an administrator's doing, unless the queue manager wrote it: then
  // the line of the last try is missing.
  return hop.closed === 'admin' || (hop.closed === 'removed' && hop.closedUnsure) ? 'removed' : 'deferred';
}

/** Taken from its user and given back by a policy (a header check on mail handed in locally). */
function isReturned(hop: Hop): boolean {
  return hop.origin === 'local' && hop.refusals?.some((r) => r.final) === true;
}

/** Whether policy lines name nobody but those whom the ends tell of. */
function namesAreEnds(hop: Hop): boolean {
  const { named, ends } = hop;
  if (named === undefined) return true;
  if (named.length > 8) return false;
  return named.every((address) => ends.some((end) => (end.orig ?? end.address) === address));
}

/** Statuses alone, for counting: the same as of `entriesOf`, without making the entries where one hop tells all. */
export function statusesOf(root: Hop, isFilter: IsFilter): Status[] | undefined {
  const { ends } = root;
  if (
    ends.length === 0 ||
    root.next !== undefined ||
    !namesAreEnds(root) ||
    root.acts !== undefined ||
    root.words !== undefined ||
    ends.some((end) => end.stored !== undefined) ||
    root.refusals !== undefined ||
    root.joined !== undefined ||
    root.keptBack
  )
    return undefined;
  if (ends.length === 1) return [statusOf(root, ends[0] as End, isFilter)];
  return ends.map((end) => statusOf(root, end, isFilter));
}
