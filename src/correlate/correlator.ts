/**
 * Events in the order of the input -> messages, each handed on once.
 * Telling many mails takes long: it is work in slices. After `accept` and `end` the caller drives it with `work` while
 * `isBusy`, and may let others run in between; whoever does not has it done before the next event.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import type { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import type { HostSkew } from '../model/run.ts';
import { apply } from './apply.ts';
import { isOver } from './envelopes.ts';
import type { End, Hop } from './hop.ts';
import { learnSkew, rootOf } from './join.ts';
import { Judge } from './judge.ts';
import { mentionIds } from './mentions.ts';
import type { SmtpSession } from './session.ts';
import { DEFAULT_SETTLE, type SettleOptions } from './settle.ts';
import { type Listener, Teller } from './teller.ts';
import { Tracker } from './tracker.ts';
import { type Refused, resolve } from './transactions.ts';
import { wasAbandoned } from './whole.ts';

export interface CorrelatorOptions extends Listener {
  settle?: SettleOptions;
}

/** Mails told, and hops or sessions looked at, between two places where the work may stop. */
const TOLD_AT_ONCE = 16;
const LOOKED_AT_AT_ONCE = 256;

/** Work that may stop at each `yield`. */
type Job = Generator<undefined, void>;

export class Correlator {
  private readonly t: Tracker;
  private readonly settle: SettleOptions;
  private readonly judge: Judge;
  private readonly teller: Teller;
  /** open hops from which the next sweep pays */
  private nextCheck = 0;
  private job: Job | undefined = undefined;

  constructor(options: CorrelatorOptions) {
    this.settle = options.settle ?? DEFAULT_SETTLE;
    this.t = new Tracker({
      keepLine: options.keepLine,
      lean: options.onCount !== undefined && options.own?.isFilter === undefined && options.own?.isAdded === undefined,
    });
    this.judge = new Judge(this.t, options.own);
    this.teller = new Teller(this.t, this.judge, options);
  }

  /** What comes next stands at this place, behind all before it. */
  goTo(order: number): void {
    this.t.seq = order;
  }

  accept(ev: LogEvent): void {
    if (this.job !== undefined) this.work(Number.POSITIVE_INFINITY);
    const { t } = this;
    t.seq++;
    if (ev.frame.duplicate) {
      if (ev.kind === 'refusal') t.lastRefusal = undefined;
      return;
    }
    if (ev.frame.at > t.clock) t.clock = ev.frame.at;
    t.unserved.see(t, ev);
    apply(t, ev);
    if (ev.kind === 'delivery' && ev.code >= 400) this.noteRefused(ev);
    if (t.openHops.length >= this.nextCheck) this.planSweep();
  }

  /** A line of a program that no format knows: it joins the chains of the mails of its host whose ids it names. */
  foreign(frame: Frame): void {
    if (this.job !== undefined) this.work(Number.POSITIVE_INFINITY);
    this.t.seq++;
    if (frame.duplicate) return;
    if (frame.repeated > 1) this.t.repeatLine(frame);
    else mentionIds(this.t, frame);
  }

  /** Whether there is work to be driven. */
  get hasTold(): boolean {
    return this.teller.told > 0;
  }

  get isBusy(): boolean {
    return this.job !== undefined;
  }

  /** Goes on with the work until it is done or `performance.now()` passes `until`; true where it is done. */
  work(until: number): boolean {
    while (this.job !== undefined) {
      if (this.job.next().done === true) this.job = undefined;
      else if (performance.now() >= until) return false;
    }
    return true;
  }

  /** No more events come: what is left becomes the work. */
  end(): void {
    if (this.job !== undefined) this.work(Number.POSITIVE_INFINITY);
    this.t.unserved.finish(this.t);
    this.job = this.tellRest();
  }

  /** messages handed on */
  get told(): number {
    return this.teller.told;
  }

  get sessionKinds(): Record<string, number> {
    return this.teller.sessionKinds;
  }

  /** Mails of which a part came after they were told, and how late (ms of log time) the latest part was. */
  get late(): { count: number; lateness: number } {
    const { lateKeys } = this.teller;
    return { count: lateKeys.late, lateness: lateKeys.lateness };
  }

  /** Hosts whose clocks differ. */
  get skews(): HostSkew[] {
    return this.judge.skews.told;
  }

  /** Whether mails that were not read might show clocks to differ, and with that change what was joined. */
  get isDoubted(): boolean {
    // that no server tells of a mail is sure only where all lines were read
    return this.judge.skews.isDoubted || this.t.beside.isDoubted || this.t.unserved.told > 0;
  }

  private noteRefused(ev: LogEvent): void {
    const hop = this.t.known(ev);
    const address = ev.text(F.recipient);
    const end = hop?.ends.findLast((e: End) => e.address === address);
    if (hop !== undefined && end !== undefined) this.t.repeats.note(hop, end);
  }

  /** Plans to tell what has been finished for long, once enough is live to make it worth while. */
  private planSweep(): void {
    const { t, settle } = this;
    this.planCheck();
    if (t.openHops.length < settle.keepAtLeast) return;
    const before = t.clock - settle.holdMs;
    const ready: Hop[] = [];
    const kept: Hop[] = [];
    for (const hop of t.openHops) (isDone(hop, before) ? ready : kept).push(hop);
    const sessions: SmtpSession[] = [];
    const keptSessions: SmtpSession[] = [];
    for (const s of t.openSessions) (s.lastAt < before ? sessions : keptSessions).push(s);
    if (ready.length < settle.keepAtLeast / 8 && sessions.length < settle.keepAtLeast / 8) return;
    t.openHops = kept;
    t.openSessions = keptSessions;
    this.job = this.sweep(ready, sessions, before);
  }

  private planCheck(): void {
    this.nextCheck = Math.max(this.settle.keepAtLeast, Math.ceil(this.t.openHops.length * 1.25));
  }

  private *sweep(hops: readonly Hop[], sessions: readonly SmtpSession[], before: Instant): Job {
    const { t } = this;
    const waiting: Hop[] = [];
    yield* this.tellAll(hops, sessions, waiting, before);
    this.teller.book.settle();
    if (waiting.length > 0) t.openHops = merged(t.openHops, waiting);
    this.planCheck();
  }

  private *tellRest(): Job {
    const { t, teller } = this;
    const { openHops, openSessions } = t;
    t.openHops = [];
    t.openSessions = [];
    teller.isLast = true;
    yield* this.tellAll(openHops, openSessions, []);
    yield* teller.book.finish();
  }

  /** Tells the mails that begin at these hops; those that must wait for another of their hops go to `waiting`. */
  private *tellAll(
    hops: readonly Hop[],
    sessions: readonly SmtpSession[],
    waiting: Hop[],
    before: Instant = Number.POSITIVE_INFINITY,
  ): Job {
    const { t, judge, teller } = this;
    const refused: Refused[] = [];
    let n = 0;
    for (const session of sessions) {
      resolve(session, refused, Number.POSITIVE_INFINITY);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    for (const hop of hops) {
      if (hop.session !== undefined && !hop.session.resolved) resolve(hop.session, refused, before);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    for (const hop of hops) {
      if (hop.parents !== undefined) learnSkew(hop, judge.skews);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    for (const hop of hops) {
      judge.withNext(hop);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    const roots: Hop[] = [];
    for (const hop of hops) {
      const root = hop.judged === undefined ? hop : rootOf(hop);
      if (before !== Number.POSITIVE_INFINITY && !wholeDone(root, before)) waiting.push(hop);
      else if (root === hop) roots.push(root);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    yield* this.placeAll(refused);
    if (!t.beside.isEmpty) t.beside.gather(roots, t.openHops);
    // attempts before what may be their retries (retries.ts)
    for (const r of refused) {
      teller.tellRefused(r);
      if (++n % TOLD_AT_ONCE === 0) yield;
    }
    for (const root of roots) {
      teller.tell(root);
      if (++n % TOLD_AT_ONCE === 0) yield;
    }
    for (const session of sessions) {
      teller.tellSession(session);
      if (t.sessions.get(session.key) === session) t.sessions.delete(session.key);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
  }

  /** Gives the refusals that another hop's lines repeat to that hop. */
  private *placeAll(refused: readonly Refused[]): Job {
    const { repeats } = this.t;
    let n = 0;
    // a call-out is another host's: of one host there is none
    if (refused.some((r) => r.session.host !== refused[0]?.session.host)) {
      for (const r of refused) {
        for (const refusal of r.transaction.refusals) repeats.callout(refusal, r.session);
        if (++n % TOLD_AT_ONCE === 0) yield;
      }
    }
    for (const r of refused) {
      this.judge.place(r);
      if (++n % TOLD_AT_ONCE === 0) yield;
    }
    repeats.clearCallouts();
  }
}

/** Two lists in the order of their first lines as one. */
function merged(a: readonly Hop[], b: readonly Hop[]): Hop[] {
  const out: Hop[] = [];
  let i = 0;
  for (const hop of b) {
    while (i < a.length && (a[i] as Hop).seq <= hop.seq) out.push(a[i++] as Hop);
    out.push(hop);
  }
  while (i < a.length) out.push(a[i++] as Hop);
  return out;
}

function wholeDone(hop: Hop, before: Instant, depth = 0): boolean {
  if (!isDone(hop, before)) return false;
  if (hop.next === undefined) return true;
  return depth > 100 || hop.next.every((child) => wholeDone(child, before, depth + 1));
}

/** Queues give up after five days by default, and try at least every few hours. */
const LONGEST_SILENCE_MS = 14 * 86_400_000;

function isDone(hop: Hop, before: Instant): boolean {
  if (hop.lastAt >= before) return false;
  // No queue keeps a mail that long without a line: what would have ended it is missing.
  if (hop.lastAt < before - LONGEST_SILENCE_MS) return true;
  return hop.closed !== '' || hop.aborted || wasAbandoned(hop) || isOver(hop);
}
