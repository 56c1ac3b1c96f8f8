/**
 * What became of a mail as a whole, where no line tells it of a recipient.
 */
import type { Instant } from '../model/message.ts';
import type { Action, Status } from '../model/words.ts';
import { blank, fromRefusal, type Entry } from './entry.ts';
import type { Hop, Refusal } from './hop.ts';
import type { SmtpSession } from './session.ts';

/** What became of a mail as a whole, where no line tells it of a recipient. */
export interface Whole {
  status: Status;
  action?: Action | undefined;
  refusal?: Refusal;
  at?: Instant | undefined;
  reply?: string | undefined;
}

export function wholeOutcome(hop: Hop): Whole | undefined {
  const refusal = hop.refusals?.find((r) => r.final);
  if (refusal !== undefined && hop.origin !== 'local' && hop.origin !== 'internal')
    return {
      status: refusal.outcome === 'greylisted' ? 'greylisted' : 'rejected',
      action: refusal.outcome === 'aborted' ? undefined : refusal.outcome,
      refusal,
    };
  const act = hop.acts?.find((a) => a.final && (a.action === 'discarded' || a.action === 'quarantined'));
  if (act !== undefined)
    return {
      status: act.action === 'quarantined' ? 'quarantined' : 'discarded',
      action: act.action as Action,
      at: act.at,
    };
  const returned = hop.acts?.find((a) => a.final && a.action === 'bounced-by-filter');
  if (returned !== undefined && hop.ends.length === 0)
    return { status: 'bounced', action: 'bounced-by-filter', at: returned.at, reply: returned.reason };
  const proxy = hop.proxyReply;
  if (proxy !== undefined && proxy.outcome !== 'accepted')
    return { status: proxy.outcome, action: proxy.outcome, at: proxy.at };
  if (hop.closed === 'admin') return { status: 'removed', at: hop.closedAt };
  if (hop.closed === 'given-up' || (hop.expired && hop.ends.length === 0)) return { status: 'expired', at: hop.lastAt };
  if (hop.held)
    return { status: 'held', action: hop.acts?.some((a) => a.action === 'held') === true ? 'held' : undefined };
  // Frozen before the first try: a policy's doing.
  if (hop.frozen) return { status: 'held', action: 'held', at: hop.frozenAt };
  if (hop.closed === 'discarded') return { status: 'discarded', action: 'discarded', at: hop.closedAt };
  if (hop.aborted || hop.closed === 'canceled' || wasAbandoned(hop)) return { status: 'aborted', at: hop.lastAt };
  return hop.ends.length === 0 ? { status: 'pending' } : undefined;
}

/** The session is over and the queue manager never saw the mail: the client went away, or never sent it. */
export function wasAbandoned(hop: Hop): boolean {
  if (
    hop.queued ||
    hop.isHurt ||
    !hop.arrived ||
    hop.origin !== 'smtp' ||
    hop.ends.length > 0 ||
    hop.closed !== '' ||
    hop.queueId === undefined ||
    hop.held ||
    hop.frozen
  )
    return false;
  // who handed it over was told that it was taken
  if (hop.parents?.some(({ end }) => end?.outcome === 'sent') === true) return false;
  const { session } = hop;
  if (session === undefined || !session.closed || session.isCutShort || session.pid < 0) return false;
  // Without counters: nothing of its content was logged, so it never came.
  if (session.dataOk < 0 || session.cut) return hop.midHash === 0;
  let accepted = 0;
  for (const { hop: other } of session.items)
    if (other !== undefined && (other.queued || other.held || (other.closed !== '' && other.closed !== 'refused')))
      accepted++;
  return session.dataOk <= accepted && !isAnswerLost(session);
}

/**
 * DATA was refused, and no line says so: smtpd counts a DATA that it refused, and logs why (Postfix smtpd.c, data_cmd() and
 * cleanup_message.c); where the client went away instead, it logs that.
 */
function isAnswerLost(session: SmtpSession): boolean {
  if (session.marks?.some((mark) => mark === 'lost' || mark === 'timeout') === true) return false;
  let told = 0;
  for (const { hop, refusal } of session.items) {
    if (hop?.aborted === true || hop?.closed === 'refused' || hop?.refusals?.some((r) => r.final) === true) told++;
    if (refusal !== undefined && refusal.stage !== 'RCPT') told++;
  }
  return session.dataAll - session.dataOk > told;
}

export function fromWhole(hop: Hop, address: string | undefined, whole: Whole): Entry {
  const entry = whole.refusal !== undefined ? fromRefusal(hop, address, whole.refusal) : blank(hop, address);
  entry.status = whole.status;
  entry.action = whole.action;
  entry.at ??= whole.at;
  entry.reply ??= whole.reply;
  const proxy = hop.proxyReply;
  if (proxy !== undefined && whole.refusal === undefined) {
    entry.code = proxy.code;
    entry.dsn = proxy.dsn;
    entry.reply = proxy.reply;
    // the system behind took it, and nothing came out
    if (whole.status === 'pending') entry.reason = 'handed-to-filter';
  }
  return entry;
}
