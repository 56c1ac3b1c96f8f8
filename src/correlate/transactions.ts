/**
 * Draws the transactions of an SMTP session, which Postfix does not log.
 * One transaction: same session, same sender and HELO, no recipient twice; refusals before a queue id belong to the
 * next mail with equal sender and HELO and no shared recipient (the queue file opens at the first accepted RCPT,
 * smtpd_delay_open); a refusal after a mail's arrival line begins a new one. The counters of the disconnect line overrule.
 * Source: postfix src/smtpd/smtpd.c (rcpt_cmd, mail_open_stream), src/smtpd/smtpd_check.c log_whatsup().
 */
import type { Instant } from '../model/message.ts';
import { addAct } from './apply-policy.ts';
import type { Act, Hop, Refusal } from './hop.ts';
import type { SessionItem, SmtpSession } from './session.ts';

export interface Transaction {
  refusals: Refusal[];
  acts: Act[];
  hop: Hop | undefined;
}

/** A transaction that brought no mail. */
export interface Refused {
  session: SmtpSession;
  transaction: Transaction;
}

/**
 * Draws a session's transactions and gives every mail the refusals and acts of its own; those that brought no mail go to
 * `refused`. Of a session that goes on only what lies behind its last mail before `before` is drawn.
 */
export function resolve(session: SmtpSession, refused: Refused[], before: Instant): void {
  if (!session.resolved) give(session, ripe(session, before), refused);
}

/** Draws all of a session that goes on; what comes later is drawn without it. */
export function drain(session: SmtpSession, refused: Refused[]): void {
  const { items } = session;
  session.items = [];
  session.lines = undefined;
  session.cut = true;
  give(session, items, refused);
}

function give(session: SmtpSession, items: SmtpSession['items'], refused: Refused[]): void {
  // The usual session brings one mail and nothing else.
  if (items.length === 0 || (items.length === 1 && items[0]?.hop !== undefined)) return;
  for (const transaction of transactionsOf(session, items)) {
    const { hop, acts, refusals } = transaction;
    if (hop === undefined) {
      refused.push({ session, transaction });
      continue;
    }
    if (acts.length === 0 && refusals.length === 0) continue;
    hop.joined = transaction;
    for (const act of acts) {
      addAct(hop, act);
      hop.addNamed(act.recipient);
      hop.sender ??= act.sender;
    }
    hop.sender ??= refusals[0]?.sender;
  }
}

/** What of a session can be drawn now: all of it where it is over; of one that goes on, what lies behind its last old mail. */
function ripe(session: SmtpSession, before: Instant): SmtpSession['items'] {
  const { items } = session;
  if (session.closed || before === Number.POSITIVE_INFINITY) {
    session.resolved = true;
    return items;
  }
  let n = 0;
  items.forEach((item, i) => {
    if (item.hop !== undefined && item.hop.firstAt < before) n = i + 1;
  });
  session.items = items.slice(n);
  session.cut = true;
  return items.slice(0, n);
}

function transactionsOf(session: SmtpSession, items: readonly SessionItem[]): Transaction[] {
  const groups = drawn(items, session.isNamed);
  if (session.mailOk < 0 || !session.closed || session.cut) return groups;
  const counted = groups.filter(hadMail).length;
  if (counted < session.mailOk) {
    const split = splitJoins(groups, session.mailOk - counted);
    const apart = splitRefusals(split, session.mailOk - split.filter(hadMail).length);
    return splitEqual(apart, session.mailOk - apart.filter(hadMail).length);
  }
  if (counted > session.mailOk) return mergeRepeats(groups, counted - session.mailOk);
  return groups;
}

function drawn(items: readonly SessionItem[], isNamed: boolean): Transaction[] {
  const groups: Transaction[] = [];
  let current: Transaction | undefined;
  for (const item of items) {
    if (item.hop) {
      if (current !== undefined && current.hop === undefined && leadsTo(current, item.hop)) current.hop = item.hop;
      else groups.push((current = { refusals: [], acts: [], hop: item.hop }));
      continue;
    }
    if (current === undefined || current.hop !== undefined || !continues(current, item.refusal ?? item.act, isNamed))
      groups.push((current = { refusals: [], acts: [], hop: undefined }));
    if (item.refusal) current.refusals.push(item.refusal);
    else current.acts.push(item.act);
  }
  return groups;
}

const low = (s: string | undefined): string | undefined => s?.toLowerCase();

function continues(group: Transaction, next: Refusal | Act, isNamed: boolean): boolean {
  const first = group.refusals[0] ?? group.acts[0];
  if (first === undefined) return true;
  // After its RCPT commands a transaction's data is refused, where nothing else is in the session.
  if (isNamed && 'final' in next && 'outcome' in next && next.final && next.recipient === undefined)
    return first.recipient !== undefined && next.stage !== 'MAIL' && !group.refusals.some((r) => r.final);
  // Refused before RCPT: every command of it stands alone.
  if (next.recipient === undefined || first.recipient === undefined) return false;
  if (low(first.sender) !== low(next.sender) || low(first.helo) !== low(next.helo)) return false;
  const address = low(next.recipient);
  return (
    !group.refusals.some((r) => low(r.recipient) === address) &&
    !group.acts.some((a) => low(a.recipient) === address && 'outcome' in next)
  );
}

function leadsTo(group: Transaction, hop: Hop): boolean {
  const first = group.refusals[0] ?? group.acts[0];
  if (first === undefined) return true;
  if (first.recipient === undefined) return false;
  if (hop.sender !== undefined && first.sender !== undefined && low(hop.sender) !== low(first.sender)) return false;
  if (hop.helo !== undefined && first.helo !== undefined && low(hop.helo) !== low(first.helo)) return false;
  const own = new Set<string | undefined>();
  for (const end of hop.ends) own.add(low(end.orig ?? end.address));
  for (const address of hop.named ?? []) own.add(low(address));
  if (group.refusals.some((r) => own.has(low(r.recipient)))) return false;
  // Without a pid the session is a guess: what lies between is a minute at most.
  return hop.firstAt - first.at <= 3_600_000;
}

function hadMail(group: Transaction): boolean {
  return (
    group.hop !== undefined ||
    group.acts.length > 0 ||
    group.refusals.some((r) => r.recipient !== undefined || r.recipients !== undefined)
  );
}

/** The session had more transactions than were drawn: refusals joined to a mail were transactions of their own, the ones farthest in time first. */
function splitJoins(groups: Transaction[], missing: number): Transaction[] {
  const joined = groups.filter((g) => g.hop !== undefined && g.refusals.length > 0);
  const gap = (g: Transaction): number => (g.hop as Hop).firstAt - (g.refusals.at(-1) as Refusal).at;
  const undone = new Set(joined.sort((a, b) => gap(b) - gap(a)).slice(0, missing));
  return groups.flatMap((g) =>
    undone.has(g)
      ? [
          { refusals: g.refusals, acts: [], hop: undefined },
          { refusals: [], acts: g.acts, hop: g.hop },
        ]
      : [g],
  );
}

/** More transactions still: refusals of one sender stand alone, those farthest apart in time first. */
function splitRefusals(groups: Transaction[], missing: number): Transaction[] {
  const cuts: { group: Transaction; at: number; gap: number }[] = [];
  for (const group of groups) {
    if (group.hop !== undefined) continue;
    for (let i = 1; i < group.refusals.length; i++)
      cuts.push({ group, at: i, gap: (group.refusals[i] as Refusal).at - (group.refusals[i - 1] as Refusal).at });
  }
  const made = new Set(cuts.sort((a, b) => b.gap - a.gap).slice(0, missing));
  return groups.flatMap((group) => {
    const at = [...made]
      .filter((c) => c.group === group)
      .map((c) => c.at)
      .sort((a, b) => a - b);
    if (at.length === 0) return [group];
    return [0, ...at].map((from, i) => ({
      refusals: group.refusals.slice(from, at[i]),
      acts: i === 0 ? group.acts : [],
      hop: undefined,
    }));
  });
}

/** And more still: what looked like a doubled line was a second try in the same second. */
function splitEqual(groups: Transaction[], missing: number): Transaction[] {
  let left = missing;
  return groups.flatMap((group) => {
    const [refusal] = group.refusals;
    if (
      left <= 0 ||
      group.hop !== undefined ||
      group.refusals.length !== 1 ||
      refusal === undefined ||
      refusal.times < 2
    )
      return [group];
    const copies: Transaction[] = [group];
    while (left > 0 && refusal.times > 1) {
      refusal.times--;
      left--;
      const again: Refusal = { ...refusal, times: 1, line: refusal.more?.pop() };
      delete again.more;
      copies.push({ refusals: [again], acts: [], hop: undefined });
    }
    return copies;
  });
}

/** The session had fewer: neighbours that only a repeated recipient kept apart are one. */
function mergeRepeats(groups: Transaction[], surplus: number): Transaction[] {
  const out: Transaction[] = [];
  for (const group of groups) {
    const last = out.at(-1);
    const a = last?.refusals[0];
    const b = group.refusals[0];
    if (
      surplus > 0 &&
      last !== undefined &&
      last.hop === undefined &&
      a?.recipient !== undefined &&
      b?.recipient !== undefined &&
      low(a.sender) === low(b.sender) &&
      low(a.helo) === low(b.helo)
    ) {
      for (const refusal of group.refusals) {
        const twin = last.refusals.find((r) => low(r.recipient) === low(refusal.recipient));
        if (twin === undefined) last.refusals.push(refusal);
        else {
          twin.times++;
          if (refusal.line) (twin.more ??= []).push(refusal.line);
        }
      }
      last.acts.push(...group.acts);
      last.hop = group.hop;
      surplus--;
    } else out.push(group);
  }
  return out;
}
