/**
 * One event -> the hop, session or both that it is about.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { applyBeside, applyFilterMention } from './apply-beside.ts';
import { applyDelivery } from './apply-delivery.ts';
import { applyAct, applyRefusal } from './apply-policy.ts';
import { applyArrival, applyConnect, applyDisconnect, applyProxy, applySession, splitOf } from './apply-session.ts';
import { followAlias, ownMail, removeOne } from './envelopes.ts';
import { fill, own, splitAddresses } from './hop-facts.ts';
import type { Hop, NoticeKind } from './hop.ts';
import { rename } from './lasting.ts';
import { mentionId } from './mentions.ts';
import { isAlike, refusalOf } from './refusal.ts';
import type { Tracker } from './tracker.ts';

export function apply(t: Tracker, ev: LogEvent): void {
  if (ev.what === 'copy') return applyCopy(t, ev);
  switch (ev.kind) {
    case 'delivery':
      return applyDelivery(t, ev);
    case 'facts':
      return applyFacts(t, ev);
    case 'arrival':
      return applyArrival(t, ev);
    case 'closed':
      return applyClosed(t, ev);
    case 'connect':
      return applyConnect(t, ev);
    case 'disconnect':
      return applyDisconnect(t, ev);
    case 'session':
      return applySession(t, ev);
    case 'refusal':
      return applyRefusal(t, ev);
    case 'act':
      return applyAct(t, ev);
    case 'proxy':
      return applyProxy(t, ev);
    case 'expired':
      return applyExpired(t, ev);
    case 'notify':
      return applyNotify(t, ev);
    case 'admin':
      return applyAdmin(t, ev);
    case 'probe': {
      const hop = own(t, ev);
      hop.probe = true;
      // what the next server said of the probe stands in its log too
      if (ev.code >= 400) t.repeats.probe(hop, ev);
      return;
    }
    case 'attempt':
    case 'mention':
      return applyMention(t, ev);
    case 'verdict':
    case 'stored':
      return applyBeside(t, ev);
  }
}

/** The second copy of a line that the system writes to two logs: it joins the chain and counts for nothing. */
function applyCopy(t: Tracker, ev: LogEvent): void {
  if (ev.has(F.queueId)) return applyMention(t, ev);
  if (t.keepLine === undefined || ev.kind !== 'refusal') return;
  // other lines, of other processes and of the same log read twice, may stand between the two
  const session = t.sessions.get(t.sessionKey(ev));
  const copy = refusalOf(t, ev);
  const told = session?.items.findLast(({ refusal }) => refusal !== undefined && isAlike(refusal, copy))?.refusal;
  if (told !== undefined) (told.more ??= []).push(t.keepLine(ev.frame));
}

/** A line that names an id and adds nothing: it joins the chain of a known mail, and begins none. */
function applyMention(t: Tracker, ev: LogEvent): void {
  if (!ev.has(F.queueId)) {
    if (ev.has(F.filterId)) return applyFilterMention(t, ev);
    const last = t.lastRefusals[ev.frame.stream];
    if (ev.what === 'of-last-refusal' && last !== undefined && t.keepLine)
      (last.more ??= []).push(t.keepLine(ev.frame));
    return;
  }
  const hop = t.known(ev);
  if (hop === undefined) {
    // a filter's line names the server's id: the mail is known under the server's name
    if (!mentionId(t, ev.frame, ev.hash(F.queueId), ev.system)) t.foreshadow(ev);
    return;
  }
  if (ev.what === 'not-understood') hop.isHurt = true;
  t.touch(hop, ev.frame.at);
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
}

function applyFacts(t: Tracker, ev: LogEvent): void {
  if (!ev.has(F.queueId)) return factsOfRefusal(t, ev);
  // Header lines of a reject log carry no stamp: they add to a mail that is known, and begin none.
  if (Number.isNaN(ev.frame.at) && t.known(ev) === undefined) return;
  let hop = t.known(ev);
  const mid = ev.has(F.messageId) && !ev.isEmpty(F.messageId) ? ev.hash(F.messageId) : 0;
  // A Message-ID for an id whose mail has gone, or has another one: the id is used again.
  if (
    hop === undefined ||
    (hop.closed !== '' && ev.frame.at - hop.closedAt > 2000) ||
    (mid !== 0 && startsAnother(hop, mid))
  ) {
    if (hop === undefined || !hop.refusals?.some((r) => r.final)) hop = t.openHop(ev);
  }
  t.touch(hop, ev.frame.at);
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
  if (ev.what === 'alias') return followAlias(hop, ev);
  if (ev.active && ev.size < 0) refill(hop, ev);
  fill(t, hop, ev);
  if (ev.lasting) rename(hop, ev);
  if (ev.relation === 'split-of') splitOf(t, ev, hop);
  if (hop.session?.isLocal === true) ownMail(t, hop, ev);
  if (ev.active && ev.size >= 0) {
    hop.queued = true;
    if (Number.isNaN(hop.queuedAt)) hop.queuedAt = ev.frame.at;
    // pickup logs the bare login; the queue manager has the address that cleanup made of it
    if (hop.sender !== undefined && hop.sender !== '' && !hop.sender.includes('@'))
      hop.sender = ev.text(F.sender) ?? hop.sender;
    if (hop.held) hop.released = true;
    hop.aborted = false;
    t.lists.sent(hop, ev.frame.at);
  }
}

/** A header that was folded comes again with its next line: the longer one holds. */
function refill(hop: Hop, ev: LogEvent): void {
  if (ev.has(F.subject)) hop.subject = undefined;
  if (ev.has(F.headerFrom)) hop.headerFrom = undefined;
  if (ev.has(F.messageId)) hop.midHash = 0;
}

function startsAnother(hop: Hop, mid: number): boolean {
  return hop.midHash !== 0 && hop.midHash !== mid && (hop.closed !== '' || hop.queued);
}

/** Headers that a reject log adds to the refusal before them. */
function factsOfRefusal(t: Tracker, ev: LogEvent): void {
  const refusal = t.lastRefusals[ev.frame.stream];
  if (refusal === undefined) return;
  if (t.keepLine) (refusal.more ??= []).push(t.keepLine(ev.frame));
  if (ev.active || refusal.messageId === undefined) refusal.messageId = ev.text(F.messageId) || refusal.messageId;
  if (ev.active || refusal.subject === undefined) refusal.subject = ev.text(F.subject) ?? refusal.subject;
  if (ev.active || refusal.headerFrom === undefined) refusal.headerFrom = ev.text(F.headerFrom) ?? refusal.headerFrom;
  if (ev.has(F.recipients))
    refusal.recipients = [...(refusal.recipients ?? []), ...splitAddresses(ev.text(F.recipients) ?? '')].slice(0, 1000);
}

function applyClosed(t: Tracker, ev: LogEvent): void {
  const hop = t.known(ev);
  if (hop === undefined) {
    // Only its end is here: the log began after the mail.
    own(t, ev).close(closedHow(ev.what), ev.frame.at);
    return;
  }
  t.touch(hop, ev.frame.at);
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
  if (ev.what === 'nothing') return closeEmpty(hop, ev.frame.at);
  hop.close(closedHow(ev.what), ev.frame.at);
  hop.closedUnsure = ev.active;
}

/** Nobody was accepted: what is left are refusals, or nothing at all. */
function closeEmpty(hop: Hop, at: number): void {
  if (hop.refusals === undefined && hop.acts === undefined && hop.ends.length === 0) hop.probe = true;
  hop.arrived = true;
  hop.close('canceled', at);
}

function closedHow(what: string): 'removed' | 'completed' | 'canceled' | 'discarded' {
  return what === 'completed' || what === 'canceled' || what === 'discarded' ? what : 'removed';
}

/** The queue gave the mail up: whoever still waits has waited in vain. */
function applyExpired(t: Tracker, ev: LogEvent): void {
  const hop = own(t, ev);
  hop.expired = true;
  if (hop.sender === undefined && ev.has(F.sender)) hop.sender = ev.text(F.sender);
  for (const end of hop.ends) {
    if (end.outcome !== 'deferred') continue;
    end.outcome = 'expired';
    end.at = ev.frame.at;
    hop.failuresSinceNotice++;
  }
}

const NOTICE_KINDS: Readonly<Record<string, NoticeKind>> = {
  bounce: 'bounce',
  delay: 'delay',
  success: 'success',
  postmaster: 'postmaster',
  notice: 'notice',
};

function applyNotify(t: Tracker, ev: LogEvent): void {
  const hop = own(t, ev);
  const id = ev.text(F.otherId);
  const kind = NOTICE_KINDS[ev.what];
  if (id === undefined || kind === undefined) return;
  t.notice(hop, kind, id, ev);
}

function applyAdmin(t: Tracker, ev: LogEvent): void {
  const hop = own(t, ev);
  const { at } = ev.frame;
  switch (ev.what) {
    case 'removed':
      // One recipient alone, or the whole mail with whoever is unfinished.
      if (ev.has(F.recipient) && ev.unclosed) return removeOne(hop, ev);
      for (const end of hop.ends)
        if (end.outcome === 'deferred' && (!ev.has(F.recipient) || end.address === ev.text(F.recipient)))
          endAt(end, 'removed', at);
      if (!ev.has(F.recipient)) hop.close('admin', at);
      return;
    case 'given-up':
      for (const end of hop.ends) if (end.outcome === 'deferred') endAt(end, 'expired', at);
      hop.expired = true;
      return;
    case 'expired':
      return;
    case 'requeued':
      hop.close('requeued', at);
      return;
    case 'held':
      hop.held = true;
      hop.released = false;
      return;
    case 'frozen':
      hop.frozen = true;
      hop.frozenAt ??= at;
      return;
    case 'released':
    case 'unfrozen':
      hop.held = false;
      hop.frozen = false;
      hop.released = true;
  }
}

function endAt(end: { outcome: string; at: number }, outcome: 'removed' | 'expired', at: number): void {
  end.outcome = outcome;
  end.at = at;
}
