/**
 * Systems that tell no end of a mail in their queue (Sendmail, OpenSMTPD): when it is over, and what else their recipients need.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { endOf } from './end-of.ts';
import { sameAddress } from './entry.ts';
import { splitAddresses } from './hop-facts.ts';
import { End, type Hop } from './hop.ts';
import { formerName, renameTo } from './lasting.ts';
import type { Tracker } from './tracker.ts';

/** Whether nothing more is to come of such a mail: every recipient that it was taken for has ended. */
export function isOver(hop: Hop): boolean {
  const { ends } = hop;
  if (!hop.unclosed || hop.held || hop.frozen || ends.length === 0) return false;
  for (const end of ends) if (end.outcome === 'deferred') return false;
  if (hop.declared) return (hop.named ?? []).every((address) => ends.some((e) => isOf(e, address)));
  // `nrcpts=` counts after aliases; of a part without its first line what is told is all that is known
  return hop.nrcpt <= ends.length;
}

function isOf(end: End, address: string): boolean {
  return sameAddress(end.orig ?? end.address, address) || sameAddress(end.address, address);
}

/**
 * `ctladdr=` of a delivery: the address whose alias, list or .forward led here, or the sender of a mail of a local user.
 * Source: sendmail deliver.c getctladdr(), deliver().
 */
export function leadingAddress(hop: Hop, ev: LogEvent): string | undefined {
  const address = ev.text(F.origRecipient);
  if (address === undefined || hop.sender === undefined || isSender(address, hop.sender)) return undefined;
  return address;
}

function isSender(address: string, sender: string): boolean {
  if (sameAddress(address, sender)) return true;
  // one of the two may be a login without its domain
  const [a, b] = address.includes('@') ? [address, sender] : [sender, address];
  return !b.includes('@') && a.toLowerCase().startsWith(`${b.toLowerCase()}@`);
}

/** In the middle of a list that Sendmail cut short (util.c shortenstring()): what stands there are parts of two members. */
const CUT = '...';

/**
 * An alias led to its members, who are told of alone: what they are told of is the alias's. One whose members are all
 * those of another alias of the mail already has no result of its own: it was expanded.
 */
export function followAlias(hop: Hop, ev: LogEvent): void {
  const alias = ev.text(F.origRecipient);
  if (alias === undefined) return;
  const typed = formerName(hop, alias) ?? alias;
  const members = splitAddresses(ev.text(F.recipients) ?? '').filter((member) => !member.includes(CUT));
  let isNew = false;
  for (const member of members) {
    const known = formerName(hop, member);
    if (known !== undefined && !sameAddress(known, typed)) continue;
    renameTo(hop, member, typed);
    isNew = true;
  }
  if (isNew) {
    if (!hop.declared) hop.addNamed(typed);
    return;
  }
  const end = endOf(hop, typed, undefined);
  if (end.attempts > 0) return;
  end.outcome = 'expanded';
  end.attempts = 1;
  end.at = ev.frame.at;
}

/** The end with this id of its own, else that of the address. */
export function endOfEnvelope(hop: Hop, envelope: number, address: string, orig: string | undefined): End {
  const known = hop.ends.find((e) => e.envelope === envelope);
  if (known !== undefined) return known;
  const end = endOf(hop, address, orig);
  if (end.envelope === 0) {
    end.envelope = envelope;
    return end;
  }
  // the same mailbox twice: by two ways
  const other = new End(address, orig);
  other.envelope = envelope;
  hop.ends.push(other);
  return other;
}

/** An administrator took one recipient's envelope out of the queue. */
export function removeOne(hop: Hop, ev: LogEvent): void {
  const end = endOfEnvelope(hop, ev.hash(F.otherId), ev.text(F.recipient) ?? '', ev.text(F.origRecipient));
  end.outcome = 'removed';
  end.at = ev.frame.at;
}

/** What the machine hands in to itself from the null sender, the system wrote: it reports a failure, if one fits. */
export function ownMail(t: Tracker, hop: Hop, ev: LogEvent): void {
  if (hop.sender !== '' || hop.noticeOf !== undefined) return;
  hop.origin = 'internal';
  const [address] = hop.named ?? [];
  if (address === undefined) return;
  const about = t.returns.reportedBy(address, ev.frame.at, t.seedOf(ev.frame.host, ev.system, ev.instance));
  if (about !== undefined && about.told === undefined) t.tieNotice(about, 'bounce', hop);
}
