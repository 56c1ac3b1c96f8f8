/**
 * Facts of a mail as lines add them, and small readers of event fields.
 */
import { mayBeNotice } from '../model/filter-notice.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import type { Hop } from './hop.ts';
import type { Tracker } from './tracker.ts';

/** The hop of an event that is surely about a mail; its line joins the chain. */
export function own(t: Tracker, ev: LogEvent): Hop {
  const hop = t.hopOf(ev);
  t.touch(hop, ev.frame.at);
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
  return hop;
}

/** Facts that a later line adds; the first word holds. */
export function fill(t: Tracker, hop: Hop, ev: LogEvent): void {
  if (hop.midHash === 0 && ev.has(F.messageId) && !ev.isEmpty(F.messageId)) {
    hop.midHash = ev.hash(F.messageId);
    if (!t.lean) {
      hop.messageId = ev.text(F.messageId);
      if (hop.messageId !== undefined && mayBeNotice(hop.messageId))
        t.filterNotices.sawMessageId(t, hop, hop.messageId);
    }
    for (const parent of t.beside.redirectsOf(hop.midHash)) t.link(parent, hop);
    // a filter on another host, whose clock is behind: its line came first, and the id alone did not tell
    if (!t.beside.isEmpty) t.beside.opened(hop, hop.idHash);
    if (hop.origin === 'local') t.piped.picked(t, hop);
    if (hop.origin === 'local' || hop.forwardedKey !== 0) t.handedIn.set(t.handedInKey(hop), hop);
  }
  if (hop.sender === undefined && ev.has(F.sender)) hop.sender = ev.text(F.sender);
  if (hop.helo === undefined && ev.has(F.helo)) hop.helo = ev.text(F.helo);
  if (t.lean) return fillLean(hop, ev);
  if (hop.subject === undefined && ev.has(F.subject)) hop.subject = ev.text(F.subject);
  if (hop.headerFrom === undefined && ev.has(F.headerFrom)) hop.headerFrom = ev.text(F.headerFrom);
  if (hop.clientIp === undefined && ev.has(F.clientIp)) {
    hop.clientIp = ev.text(F.clientIp);
    hop.clientName = ev.text(F.clientName);
  }
  fillLean(hop, ev);
}

/** What counting needs. */
function fillLean(hop: Hop, ev: LogEvent): void {
  if (hop.origin === '') hop.origin = ev.origin;
  if (hop.origin === '' && ev.what === 'report') {
    hop.origin = 'internal';
    hop.isReport = true;
  }
  if (ev.size >= 0 && hop.size < 0) hop.size = ev.size;
  if (ev.nrcpt > hop.nrcpt) hop.nrcpt = ev.nrcpt;
  if (ev.has(F.recipients)) {
    for (const address of splitAddresses(ev.text(F.recipients) ?? '')) hop.addNamed(address);
    hop.declared = true;
  }
  if (ev.has(F.recipient) && !hop.declared) hop.addNamed(ev.text(F.recipient));
}

/** A list of addresses, separated by spaces or commas outside quotes and brackets. */
export function splitAddresses(text: string): string[] {
  const out: string[] = [];
  let quoted = false;
  let from = 0;
  const take = (to: number): void => {
    const address = text.slice(from, to).replace(/^</, '').replace(/>$/, '');
    if (address !== '') out.push(address);
    from = to + 1;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 92 /* \ */) i++;
    else if (c === 34 /* " */) quoted = !quoted;
    else if (!quoted && (c === 32 || c === 44 || c === 10 || c === 9)) take(i);
  }
  take(text.length);
  return out;
}
