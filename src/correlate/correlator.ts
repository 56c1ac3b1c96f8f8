/**
 * Events in the order of the input -> messages, each handed on once.
 * Telling many mails takes long: it is work in slices. After `accept` and `end` the caller drives it with `work` while
 * `isBusy`, and may let others run in between; whoever does not has it done before the next event.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import type { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import type { HostSkew, LetGo } from '../model/run.ts';
import { type MemoryShares, sharesOf } from '../util/memory.ts';
import { apply } from './apply.ts';
import { costOfEvent, liveCost } from './cost.ts';
import { isOver } from './envelopes.ts';
import type { End, Hop } from './hop.ts';
import { learnSkew, rootOf } from './join.ts';
import { Judge } from './judge.ts';
import { mentionIds } from './mentions.ts';
import { RELIEVED, SHORT_HOLD_MS, takeOldest } from './relief.ts';
import type { SmtpSession } from './session.ts';
import { DEFAULT_SETTLE, type SettleOptions } from './settle.ts';
import { type Listener, Teller } from './teller.ts';
import { Tracker } from './tracker.ts';
import { drain, type Refused, resolve } from './transactions.ts';
import { wasAbandoned } from './whole.ts';

export interface CorrelatorOptions extends Listener {
  settle?: SettleOptions;
  /** what the parts of it may take; not given: of util/memory.ts DEFAULT_MEMORY */
  memory?: MemoryShares;
}

/** Mails told, and hops or sessions looked at, between two places where the work may stop. */
const TOLD_AT_ONCE = 16;
const LOOKED_AT_AT_ONCE = 256;
/** Live memory is looked at anew when at most this part of what it may be can have been added. */
const LOOK_STEP = 0.125;

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
  /** bytes that live mails and sessions may take, and those that can be added before it is looked at again */
  private readonly live: number;
  private untilLook: number;

  constructor(options: CorrelatorOptions) {
    this.settle = options.settle ?? DEFAULT_SETTLE;
    const memory = options.memory ?? sharesOf();
    this.live = memory.live;
    this.untilLook = memory.live;
    this.t = new Tracker({
      keepLine: options.keepLine,
      lean: options.onCount !== undefined && options.own?.isFilter === undefined && options.own?.isAdded === undefined,
    });
    this.judge = new Judge(this.t, options.own);
    this.teller = new Teller(this.t, this.judge, options, memory);
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
      if (ev.kind === 'refusal') t.lastRefusals[ev.frame.stream] = undefined;
      return;
    }
    if (ev.frame.at > t.clock) t.clock = ev.frame.at;
    t.unserved.see(t, ev);
    apply(t, ev);
    if (ev.kind === 'delivery' && ev.code >= 400) this.noteRefused(ev);
    if (t.openHops.length >= this.nextCheck) this.planSweep();
    this.untilLook -= costOfEvent(ev.frame.end - ev.frame.body);
    if (this.untilLook < 0 && this.job === undefined) this.look();
  }

  /** A line of a program that no format knows: it joins the chains of the mails of its host whose ids it names. */
  foreign(frame: Frame): void {
    if (this.job !== undefined) this.work(Number.POSITIVE_INFINITY);
    this.t.seq++;
    if (frame.duplicate) return;
    if (frame.repeated > 1) this.t.lastLines.repeat(frame, this.t.keepLine);
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

  /** What had to be let go, as memory was short; undefined: nothing. */
  get letGo(): LetGo | undefined {
    return this.teller.letGo;
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
    const old = (session: SmtpSession): boolean => session.lastAt < before;
    const ready = t.openHops.filter((hop) => isDone(hop, before));
    const sessions = t.openSessions.filter(old);
    if (ready.length < settle.keepAtLeast / 8 && sessions.length < settle.keepAtLeast / 8) return;
    const taken = new Set(ready);
    t.openHops = t.openHops.filter((hop) => !taken.has(hop));
    t.openSessions = t.openSessions.filter((session) => !old(session));
    this.job = this.sweep(ready, sessions, before);
  }

  /** Looks at what is live, and plans to relieve it where it is more than it may be. */
  private look(): void {
    const cost = liveCost(this.t);
    if (cost > this.live) this.job = this.relieve();
    this.planLook(cost);
  }

  private planLook(cost: number): void {
    this.untilLook = Math.max(this.live - cost, this.live * LOOK_STEP);
  }

  /** Tells what is finished without holding it for long; where that is not enough, what was silent for longest. */
  private *relieve(): Job {
    const { t, settle } = this;
    const before = t.clock - Math.min(SHORT_HOLD_MS, settle.holdMs);
    const isIdle = (session: SmtpSession): boolean =>
      session.lastAt < (session.closed ? before : t.clock - settle.holdMs);
    const ready = new Set(t.openHops.filter((hop) => isDone(hop, before)));
    const sessions = t.openSessions.filter(isIdle);
    t.openHops = t.openHops.filter((hop) => !ready.has(hop));
    t.openSessions = t.openSessions.filter((session) => !isIdle(session));
    yield* this.sweep([...ready], sessions, before);
    const cost = liveCost(t);
    if (cost > this.live * RELIEVED) yield* this.tellOldest(cost - this.live * RELIEVED);
    this.planLook(liveCost(t));
  }

  /** Tells what was silent for longest, so that about `bytes` become free. */
  private *tellOldest(bytes: number): Job {
    const { t, teller } = this;
    const { hops, sessions } = takeOldest(t, bytes);
    const refused: Refused[] = [];
    const over: SmtpSession[] = [];
    for (const session of sessions) {
      if (!session.closed) teller.letGoSession(session);
      // one that goes on is the same session, with less in it
      if (session.closed || session.items.length === 0) over.push(session);
      else {
        drain(session, refused);
        t.openSessions.push(session);
      }
    }
    yield* this.tellAll(hops, over, undefined, t.clock + 1, refused);
    t.openHops = t.openHops.filter((hop) => hop.told === undefined);
    teller.book.settle();
    this.planCheck();
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

  /**
   * Tells the mails that begin at these hops; those that must wait for another of their hops go to `waiting`. Without it all
   * that these hops are part of is let go as it is.
   */
  private *tellAll(
    hops: readonly Hop[],
    sessions: readonly SmtpSession[],
    waiting: Hop[] | undefined,
    before: Instant = Number.POSITIVE_INFINITY,
    refused: Refused[] = [],
  ): Job {
    const { t, judge, teller } = this;
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
      if (waiting === undefined) {
        root.isLetGo = !wholeDone(root, before);
        roots.push(root);
      } else if (before !== Number.POSITIVE_INFINITY && !wholeDone(root, before)) waiting.push(hop);
      else if (root === hop) roots.push(root);
      if (++n % LOOKED_AT_AT_ONCE === 0) yield;
    }
    yield* this.placeAll(refused);
    // before the mails: what was refused for now is waiting for its retry, which may be among them (retries.ts)
    for (const r of refused) {
      teller.tellRefused(r);
      if (++n % TOLD_AT_ONCE === 0) yield;
    }
    if (!t.beside.isEmpty) t.beside.gather(roots, t.openHops);
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
