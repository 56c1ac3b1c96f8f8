/**
 * Events in the order of the input -> messages, each handed on once.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import type { Frame } from '../model/frame.ts';
import type { ChainLine, Instant, Message, Session } from '../model/message.ts';
import { GROUP_OF_STATUS, type Status } from '../model/words.ts';
import { hashText } from '../model/hash.ts';
import { apply } from './apply.ts';
import { idOf, messageOf, recipientEntries, type ReasonOf } from './assemble.ts';
import { statusesOf } from './ends.ts';
import type { Entry } from './entry.ts';
import { isOver } from './envelopes.ts';
import { wasAbandoned } from './whole.ts';
import { type End, type Hop, Parent } from './hop.ts';
import { judgeParent, learnSkew, rootOf } from './join.ts';
import { LateKeys } from './late.ts';
import { LinkBook } from './links.ts';
import { refusedMessage, refusedRecipients, sessionRecord } from './refused.ts';
import type { SmtpSession } from './session.ts';
import { DEFAULT_SETTLE, type SettleOptions } from './settle.ts';
import { mentionIds } from './mentions.ts';
import { Skews } from './skews.ts';
import { Tracker } from './tracker.ts';
import { addAct } from './apply-policy.ts';
import { transactionsOf, type Transaction } from './transactions.ts';

export interface CorrelatorOptions {
  /** makes the record of a raw line; undefined where nobody asked for lines */
  keepLine?: (frame: Frame) => ChainLine;
  reasonOf?: ReasonOf;
  settle?: SettleOptions;
  /** true = kept: links that later lines show are still added to this object */
  onMessage(message: Message): boolean;
  onSession?(session: Session): void;
  /** in place of onMessage: only how many messages and what became of their recipients, at a fraction of the cost */
  onCount?(statuses: readonly Status[], refusedForNow: number, times: number): void;
}

/** A transaction that brought no mail. */
interface Refused {
  session: SmtpSession;
  transaction: Transaction;
}

export class Correlator {
  private readonly t: Tracker;
  private readonly options: CorrelatorOptions;
  private readonly settle: SettleOptions;
  private readonly book = new LinkBook();
  private readonly isFilter = (hop: Hop, end: End): boolean =>
    this.filters.size > 0 && this.filters.has(relayKey(hop, end));
  /** relays through which mail came back to the same host: content filters */
  private readonly filters = new Set<number>();
  /** hops and sessions told or resolved so far, from the front of the tracker's lists */
  private nextCheck = 0;
  private readonly skews = new Skews();
  private readonly lateKeys = new LateKeys();
  /** the last messages are being told: nothing comes after them */
  private ending = false;
  /** messages handed on */
  told = 0;
  readonly sessionKinds: Record<string, number> = {};

  constructor(options: CorrelatorOptions) {
    this.options = options;
    this.settle = options.settle ?? DEFAULT_SETTLE;
    this.t = new Tracker({ keepLine: options.keepLine, lean: options.onCount !== undefined });
  }

  accept(ev: LogEvent): void {
    const { t } = this;
    t.seq++;
    if (ev.frame.duplicate) {
      if (ev.kind === 'refusal') t.lastRefusal = undefined;
      return;
    }
    if (ev.frame.at > t.clock) t.clock = ev.frame.at;
    apply(t, ev);
    if (ev.kind === 'delivery' && ev.code >= 400) this.noteRefused(ev);
    if (t.openHops.length >= this.nextCheck) this.sweep();
  }

  /** A line of a program that no format knows: it joins the chains of the mails of its host whose ids it names. */
  foreign(frame: Frame): void {
    this.t.seq++;
    if (frame.duplicate) return;
    if (frame.repeated > 1) this.t.repeatLine(frame);
    else mentionIds(this.t, frame);
  }

  /** Tells everything that is left. */
  finish(): void {
    this.ending = true;
    this.tellAll(this.t.openHops, this.t.openSessions);
    this.t.openHops.length = 0;
    this.t.openSessions.length = 0;
    this.book.finish();
  }

  /** Mails of which a part came after they were told, and how late (ms of log time) the latest part was. */
  get late(): { count: number; lateness: number } {
    return { count: this.lateKeys.late, lateness: this.lateKeys.lateness };
  }

  /** Whether mails that were not read might show clocks to differ, and with that change what was joined. */
  get isDoubted(): boolean {
    return this.skews.isDoubted;
  }

  private noteRefused(ev: LogEvent): void {
    const hop = this.t.known(ev);
    const address = ev.text(F.recipient);
    const end = hop?.ends.findLast((e: End) => e.address === address);
    if (hop !== undefined && end !== undefined) this.t.repeats.note(hop, end);
  }

  /** Tells what has been finished for long, once enough is live to make it worth while. */
  private sweep(): void {
    const { t, settle } = this;
    this.nextCheck = Math.max(settle.keepAtLeast, Math.ceil(t.openHops.length * 1.25));
    if (t.openHops.length < settle.keepAtLeast) return;
    const before = t.clock - settle.holdMs;
    const ready: Hop[] = [];
    const kept: Hop[] = [];
    for (const hop of t.openHops) (isDone(hop, before) ? ready : kept).push(hop);
    const sessions: SmtpSession[] = [];
    const keptSessions: SmtpSession[] = [];
    for (const s of t.openSessions) (s.lastAt < before ? sessions : keptSessions).push(s);
    if (ready.length < settle.keepAtLeast / 8 && sessions.length < settle.keepAtLeast / 8) return;
    const waiting = this.tellAll(ready, sessions, before);
    this.book.settle();
    t.openHops.length = 0;
    for (const hop of [...kept, ...waiting].sort((a, b) => a.seq - b.seq)) t.openHops.push(hop);
    t.openSessions.length = 0;
    for (const s of keptSessions) t.openSessions.push(s);
    this.nextCheck = Math.max(settle.keepAtLeast, Math.ceil(t.openHops.length * 1.25));
  }

  /** Tells the mails that begin at these hops; returns those that must wait for another of their hops. */
  private tellAll(
    hops: readonly Hop[],
    sessions: readonly SmtpSession[],
    before: Instant = Number.POSITIVE_INFINITY,
  ): Hop[] {
    const refused: Refused[] = [];
    for (const session of sessions) this.resolve(session, refused, Number.POSITIVE_INFINITY);
    for (const hop of hops)
      if (hop.session !== undefined && !hop.session.resolved) this.resolve(hop.session, refused, before);
    for (const hop of hops) if (hop.parents !== undefined) learnSkew(hop, this.skews);
    for (const hop of hops) this.judgeWithNext(hop);
    const waiting: Hop[] = [];
    const roots: Hop[] = [];
    for (const hop of hops) {
      const root = hop.judged === undefined ? hop : rootOf(hop);
      if (before !== Number.POSITIVE_INFINITY && !this.wholeDone(root, before)) waiting.push(hop);
      else if (root === hop) roots.push(root);
    }
    // a call-out is another host's: of one host there is none
    if (refused.some((r) => r.session.host !== refused[0]?.session.host)) {
      for (const r of refused) for (const refusal of r.transaction.refusals) this.t.repeats.callout(refusal, r.session);
    }
    for (const r of refused) this.placeRefused(r);
    this.t.repeats.clearCallouts();
    for (const root of roots) this.tell(root);
    for (const r of refused) this.tellRefused(r);
    for (const session of sessions) {
      this.tellSession(session);
      if (this.t.sessions.get(session.key) === session) this.t.sessions.delete(session.key);
    }
    return waiting;
  }

  /** Draws a session's transactions and gives every mail the refusals and acts of its own. */
  private resolve(session: SmtpSession, refused: Refused[], before: Instant): void {
    if (session.resolved) return;
    const items = ripe(session, before);
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

  /** Judges a hop and those that may go on from it: a mail must not be told without a part that is still in a queue. */
  private judgeWithNext(hop: Hop): void {
    this.judge(hop);
    for (const end of hop.ends) for (const child of end.children ?? []) this.judge(child);
    for (const child of hop.wholeChildren ?? []) this.judge(child);
  }

  private judge(hop: Hop): void {
    if (hop.explicitParent !== undefined) {
      for (
        let parent = this.t.byQueueId.get(hashText(hop.explicitParent) || 1);
        parent !== undefined;
        parent = parent.nextSameId
      ) {
        if (parent !== hop && parent.told === undefined) this.t.link(new Parent(parent, undefined, 'explicit'), hop);
      }
      hop.explicitParent = undefined;
    }
    if (hop.judged !== undefined) return;
    const judged = judgeParent(hop, this.skews) ?? this.judgeRefused(hop);
    if (judged === undefined) return;
    hop.judged = judged;
    (judged.parent.next ??= []).push(hop);
    for (const edge of judged.edges) {
      const end = edge.end;
      if (end !== undefined && judged.parent.host === hop.host && edge.relation === 'queued-as')
        this.filters.add(relayKey(judged.parent, end));
    }
  }

  /** A mail refused at this hop whose refusal the hop before repeats: this hop is part of that mail. */
  private judgeRefused(hop: Hop): Hop['judged'] {
    const refusal = hop.refusals?.find((r) => r.final) ?? (hop.queued ? undefined : hop.refusals?.[0]);
    if (refusal === undefined || hop.origin !== 'smtp') return undefined;
    const parent = this.t.repeats.find(refusal, hop, hop.host, this.skews);
    if (parent === undefined || rootOf(parent) === hop) return undefined;
    return { parent, edges: [], skew: 0, ambiguous: false };
  }

  private wholeDone(hop: Hop, before: Instant, depth = 0): boolean {
    if (!isDone(hop, before)) return false;
    if (hop.next === undefined) return true;
    return depth > 100 || (hop.next ?? []).every((child) => this.wholeDone(child, before, depth + 1));
  }

  private tell(root: Hop): void {
    if (root.told !== undefined) return;
    this.lateKeys.check(root);
    const { options } = this;
    if (options.onCount !== undefined) {
      if (isMessage(root)) {
        this.told += root.weight;
        const statuses = statusesOf(root, this.isFilter);
        if (statuses !== undefined) options.onCount(statuses, 0, root.weight);
        else {
          const counted = countedEntries(recipientEntries(root, this.isFilter));
          const refusedForNow = counted.filter((e) => e.status === 'rejected' && e.action === 'tempfailed').length;
          options.onCount(
            counted.map((e) => e.status),
            refusedForNow,
            root.weight,
          );
        }
      }
      this.close(root, COUNTED);
      return;
    }
    const id = this.book.unique(idOf(root));
    if (isMessage(root)) {
      const message = messageOf(root, id, {
        isFilter: this.isFilter,
        reasonOf: this.options.reasonOf ?? (() => undefined),
        wantLines: this.options.keepLine !== undefined,
      });
      this.told++;
      this.book.add(message, this.options.onMessage(message));
      this.close(root, id);
      this.book.notices(root, id);
    } else this.close(root, '');
  }

  /** Marks all hops of a told mail and takes them out of the tables. */
  private close(hop: Hop, id: string, depth = 0): void {
    if (hop.told !== undefined || depth > 100) return;
    hop.told = id;
    if (!this.ending) this.lateKeys.add(hop);
    if (hop.repeats !== undefined) this.t.repeats.forget(hop);
    this.t.forget(hop);
    for (const child of hop.next ?? []) this.close(child, id, depth + 1);
  }

  /** A refusal that an earlier hop's delivery line repeats belongs to that hop. */
  private placeRefused({ session, transaction }: Refused): void {
    for (let i = transaction.refusals.length - 1; i >= 0; i--) {
      const refusal = transaction.refusals[i];
      if (refusal === undefined) continue;
      const outer = this.t.repeats.outerOf(refusal, session.host);
      if (outer !== undefined) {
        // what a call-out asked the next host: the refusal that the client saw tells it
        if (refusal.line) (outer.more ??= []).push(refusal.line);
        transaction.refusals.splice(i, 1);
        continue;
      }
      const hop = this.t.repeats.find(refusal, undefined, session.host, this.skews);
      if (
        hop === undefined ||
        (hop.host === session.host && hop.instance === session.instance && hop.system !== session.system)
      )
        continue;
      (hop.inner ??= []).push(refusal);
      transaction.refusals.splice(i, 1);
    }
  }

  private tellRefused({ session, transaction }: Refused): void {
    if (transaction.refusals.length === 0 && transaction.acts.length === 0) return;
    if (this.options.onCount !== undefined) {
      this.told += session.weight;
      const recipients = refusedRecipients(transaction, () => undefined);
      this.options.onCount(
        recipients.map((r) => r.status),
        recipients.filter((r) => r.status === 'rejected' && r.action === 'tempfailed').length,
        session.weight,
      );
      return;
    }
    const message = refusedMessage(
      session,
      transaction,
      (parts, at) => this.book.refusalId(parts, at),
      this.options.reasonOf ?? (() => undefined),
      this.options.keepLine !== undefined,
    );
    this.told++;
    this.book.add(message, this.options.onMessage(message));
  }

  private tellSession(session: SmtpSession): void {
    if (session.busy || (!session.opened && session.marks === undefined)) return;
    const record = sessionRecord(session);
    this.sessionKinds[record.kind] = (this.sessionKinds[record.kind] ?? 0) + session.weight;
    this.options.onSession?.(record);
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

/** Of addresses that our server added only failures count, unless there is nobody else. */
function countedEntries(entries: readonly Entry[]): readonly Entry[] {
  const shown = entries.filter((e) => e.added === undefined || GROUP_OF_STATUS[e.status] === 'failed');
  return shown.length > 0 ? shown : entries;
}

/** Queues give up after five days by default, and try at least every few hours. */
const LONGEST_SILENCE_MS = 14 * 86_400_000;

/** In place of an id where messages are only counted. */
const COUNTED = '-';

function isDone(hop: Hop, before: Instant): boolean {
  if (hop.lastAt >= before) return false;
  // No queue keeps a mail that long without a line: what would have ended it is missing.
  if (hop.lastAt < before - LONGEST_SILENCE_MS) return true;
  return hop.closed !== '' || hop.aborted || wasAbandoned(hop) || isOver(hop);
}

/** A queue id with no client, uid, from or to line is no message; nor is an address probe. */
function isMessage(root: Hop): boolean {
  if (root.probe) return false;
  if (
    root.arrived ||
    root.ends.length > 0 ||
    root.sender !== undefined ||
    root.refusals !== undefined ||
    root.queueId === undefined
  )
    return true;
  return root.acts !== undefined;
}

function relayKey(hop: Hop, end: End): number {
  return hashText(hop.host ?? '', end.relayHash) + end.port;
}
