/**
 * The state of a run: hops by queue id, sessions by process, and the ids that wait for a hop.
 * Everything is keyed by host and instance: queue ids and pids are unique in neither alone.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { hashText } from '../model/hash.ts';
import type { Frame } from '../model/frame.ts';
import type { ChainLine, Instant } from '../model/message.ts';
import { Beside } from './beside.ts';
import { FilterNotices } from './filter-notices.ts';
import { Lists } from './lists.ts';
import { Piped } from './piped.ts';
import { type Act, Hop, type End, type NoticeKind, type Parent, type Refusal } from './hop.ts';
import { IdTable } from './id-table.ts';
import { LastLines } from './last-lines.ts';
import { hostless, joinServers, Lasting } from './lasting.ts';
import { Repeats } from './inner.ts';
import type { Notified } from './meetings.ts';
import { Returns } from './returns.ts';
import type { SmtpSession } from './session.ts';
import { Unserved } from './unserved.ts';
import type { Word } from './word.ts';

export interface TrackerOptions {
  /** makes the record of a raw line; undefined where nobody asked for lines */
  keepLine: ((frame: Frame) => ChainLine) | undefined;
  /** messages are only counted: texts that no join needs are not made */
  lean: boolean;
}

/** A notice is logged within seconds of the line that names it. */
const NOTICE_MS = 600_000;
/** Ids that were named before their mail's first line; notices whose own line is missing. */
const MAX_EARLY = 2000;
const MAX_NOTICES = 20_000;
const PID_STEP = 4_503_599_627;
/** the largest prime below 2^53 */
const LARGEST_PRIME = 9_007_199_254_740_881;
/** In place of a queue id where no text is made. */
const COUNTED = '-';
/** Mails with one id (on other hosts, or of other servers' look) that are looked at. */
const MAX_SAME = 64;
/** Within this time after its end a line still belongs to a queue id's finished mail: loggers swap lines. */
const GRACE_MS = 60_000;

export class Tracker {
  /** the latest incarnation of each (host, instance, queue id) */
  readonly hops = new IdTable<Hop>(4096);
  /** the latest live hop of a queue id on any host; the others hang on it by `nextSameId` */
  readonly byQueueId = new IdTable<Hop>(4096);
  readonly sessions = new IdTable<SmtpSession>(256);
  /** edges by the hash of the id they wait for; more of the same id hang on them by `nextWaiting` */
  readonly waiting = new IdTable<Parent>(1024);
  /** hops in the order of their first line; sessions likewise */
  openHops: Hop[] = [];
  openSessions: SmtpSession[] = [];
  readonly keepLine: ((frame: Frame) => ChainLine) | undefined;
  /** mails handed in on the machine, or by a filter that names the first client, by host and Message-ID: mail that comes back */
  readonly handedIn = new IdTable<Hop>(64);
  /** mails whose first client a filter names (XFORWARD), by host and that client; more hang on it by `nextForwarded` */
  readonly forwarded = new IdTable<Hop>(64);
  private readonly acts = new Set<number>();
  /** refusals of the last minute, by all that they say */
  private readonly refusals = new Map<number, Refusal>();
  private refusalsSince: Instant = 0;
  /** lines that name an id of which nothing else is known yet */
  private readonly early = new Map<number, ChainLine[]>();
  /** notices that wait for their own mail's first line, by its key */
  waitingNotices = new IdTable<{ about: Hop; kind: NoticeKind; at: Instant }>(64);
  /** what delivery lines say that the next server refused */
  readonly repeats = new Repeats();
  /** what filters and delivery programs say */
  readonly beside = new Beside();
  /** mails that commands took, and may hand in again */
  readonly piped = new Piped();
  /** posts that list managers took */
  readonly lists = new Lists();
  /** mails of which filters alone tell */
  readonly unserved = new Unserved();
  /** what filters wrote about mails that they judged */
  readonly filterNotices = new FilterNotices();
  /** answers that delivery programs wrote, not seen yet */
  readonly answers: { hop: Hop; kind: NoticeKind; word: Word; to: string }[] = [];
  /** mails whose ids are the same on every server */
  readonly lasting = new Lasting();
  /** failures that a bounce may report without naming them */
  readonly returns = new Returns();
  /** by stream: the refusal that a reject log's header lines may follow */
  readonly lastRefusals: (Refusal | undefined)[] = [];
  readonly lastLines = new LastLines();
  readonly lean: boolean;
  /** counts lines: the order of everything */
  seq = 0;
  /** newest stamp seen */
  clock: Instant = Number.NEGATIVE_INFINITY;

  private lastHost: string | undefined = undefined;
  private lastInstance = '';
  private lastSystem = '';
  private lastSeed = 0;

  constructor(options: TrackerOptions) {
    const { keepLine } = options;
    this.keepLine = keepLine === undefined ? undefined : (frame) => this.lastLines.keep(frame, keepLine(frame));
    this.lean = options.lean;
  }

  /** Seed of all keys of one host, system and instance. */
  seedOf(host: string | undefined, system: string, instance: string): number {
    if (host === this.lastHost && instance === this.lastInstance && system === this.lastSystem && this.lastSeed !== 0)
      return this.lastSeed;
    this.lastHost = host;
    this.lastInstance = instance;
    this.lastSystem = system;
    this.lastSeed = hashText(`${host === undefined ? '' : host.toLowerCase()}\n${system}\n${instance}`) || 1;
    return this.lastSeed;
  }

  keyOf(ev: LogEvent): number {
    return ev.hash(F.queueId, this.seedOf(ev.frame.host, ev.system, ev.instance));
  }

  /** The hop that this event is about, if it is known. */
  known(ev: LogEvent): Hop | undefined {
    const key = this.keyOf(ev);
    return this.hops.get(key) ?? this.adopted(ev, key);
  }

  /**
   * A service may have a syslog_name of its own (`postfix-submission/smtpd`), and the cleanup and queue manager behind it
   * the usual one: the mail is then known under another instance, where nothing but its arrival was logged.
   * Source: postfix postconf(5) syslog_name, master(5) `-o syslog_name=`.
   */
  private adopted(ev: LogEvent, key: number): Hop | undefined {
    if (ev.lasting) return hostless(this, ev);
    const { frame } = ev;
    let n = 0;
    for (
      let hop = this.byQueueId.get(ev.hash(F.queueId));
      hop !== undefined && n < MAX_SAME;
      hop = hop.nextSameId, n++
    ) {
      if (hop.host !== frame.host || hop.system !== ev.system || hop.instance === ev.instance || hop.closed !== '')
        continue;
      if (!hop.arrived || hop.queued || hop.midHash !== 0 || frame.at - hop.lastAt > GRACE_MS) continue;
      this.hops.set(key, hop);
      hop.aliasKey = key;
      return hop;
    }
    return undefined;
  }

  /** The hop that this event is about: the live incarnation, or a new one. */
  hopOf(ev: LogEvent): Hop {
    const key = this.keyOf(ev);
    const hop = this.hops.get(key) ?? this.adopted(ev, key);
    if (hop !== undefined && (hop.closed === '' || hop.unclosed || ev.frame.at - hop.closedAt <= GRACE_MS)) return hop;
    return this.openHop(ev, key);
  }

  /**
   * The same arrival in a log that names the host and in one that does not (Exim's main log and its syslog): one mail.
   * Called where the id is not known under the event's own host.
   */
  twinOf(ev: LogEvent, key: number): Hop | undefined {
    const { frame } = ev;
    let n = 0;
    for (
      let hop = this.byQueueId.get(ev.hash(F.queueId));
      hop !== undefined && n < MAX_SAME;
      hop = hop.nextSameId, n++
    ) {
      if (hop.system !== ev.system || hop.instance !== ev.instance || hop.aliasKey !== 0) continue;
      if ((hop.host === undefined) === (frame.host === undefined) || Math.abs(hop.firstAt - frame.at) > 1000) continue;
      if (!hop.arrived || (ev.has(F.sender) && hop.sender !== ev.text(F.sender))) continue;
      this.hops.set(key, hop);
      hop.aliasKey = key;
      return hop;
    }
    return undefined;
  }

  /** A new incarnation of the event's queue id. */
  openHop(ev: LogEvent, key = this.keyOf(ev)): Hop {
    const { frame } = ev;
    const queueId = this.lean ? COUNTED : (ev.text(F.queueId) as string);
    const hop = new Hop(key, frame.host, ev.instance, ev.system, queueId, frame.at, this.seq);
    const before = this.hops.get(key);
    if (before !== undefined && before.closed === '') before.close('lost', frame.at);
    this.hops.set(key, hop);
    this.openHops.push(hop);
    const byId = ev.hash(F.queueId);
    hop.idHash = byId;
    hop.weight = frame.weight;
    hop.unclosed = ev.unclosed;
    hop.lasting = ev.lasting;
    hop.nextSameId = this.byQueueId.get(byId);
    this.byQueueId.set(byId, hop);
    const early = this.early.size > 0 ? this.early.get(key) : undefined;
    if (early !== undefined) {
      this.early.delete(key);
      hop.lines = early.filter((line) => Math.abs(frame.at - line.at) <= GRACE_MS);
    }
    const notice = this.waitingNotices.get(key);
    if (notice !== undefined) {
      this.waitingNotices.delete(key);
      if (Math.abs(frame.at - notice.at) <= NOTICE_MS) this.tieNotice(notice.about, notice.kind, hop);
    }
    if (!this.beside.isEmpty) this.beside.opened(hop, byId);
    if (ev.lasting) joinServers(this, hop);
    for (let w = this.waiting.get(byId); w !== undefined; w = w.nextWaiting) this.link(w, hop);
    return hop;
  }

  /** A hop without a queue id: the front of a before-queue proxy. */
  openFront(ev: LogEvent): Hop {
    const hop = new Hop(0, ev.frame.host, ev.instance, ev.system, undefined, ev.frame.at, this.seq);
    this.openHops.push(hop);
    return hop;
  }

  /** Ties an edge to every live hop that has the id, now and later. Which of them is meant is judged when the mail is told. */
  edge(parent: Parent, byId: number): void {
    let n = 0;
    for (let hop = this.byQueueId.get(byId); hop !== undefined && n < MAX_SAME; hop = hop.nextSameId, n++)
      this.link(parent, hop);
    const other = this.waiting.get(byId);
    parent.nextWaiting = other;
    parent.waitingLength = other === undefined ? 1 : other.waitingLength + 1;
    // A remote server that answers every mail with the same id must not make a list without bound.
    if (parent.waitingLength > MAX_SAME) {
      parent.nextWaiting = undefined;
      parent.waitingLength = 1;
    }
    this.waiting.set(byId, parent);
  }

  /** `hop` wrote a notice that has the queue id `id` on the same host; it may have logged first, or will. */
  notice(hop: Hop, kind: NoticeKind, id: string, ev: LogEvent): void {
    this.noticeByKey(hop, kind, hashText(id, this.seedOf(ev.frame.host, ev.system, ev.instance)) || 1, ev.frame.at);
  }

  /** A filter beside the server of `hop` handed a notice in. */
  noticeById(hop: Hop, { id, kind, at, host }: Notified): void {
    if (host === hop.host)
      this.noticeByKey(hop, kind, hashText(id, this.seedOf(host, hop.system, hop.instance)) || 1, at);
  }

  private noticeByKey(hop: Hop, kind: NoticeKind, key: number, at: Instant): void {
    const child = this.hops.get(key);
    if (child !== undefined && child !== hop && Math.abs(at - child.firstAt) <= NOTICE_MS)
      this.tieNotice(hop, kind, child);
    else {
      if (this.waitingNotices.size >= MAX_NOTICES) this.waitingNotices = new IdTable(64);
      this.waitingNotices.set(key, { about: hop, kind, at });
    }
  }

  tieNotice(about: Hop, kind: NoticeKind, child: Hop): void {
    if (child.noticeOf !== undefined || child === about) return;
    child.noticeOf = { kind, hop: about };
    (about.notices ??= []).push({ kind, hop: child });
    if (child.origin === '') child.origin = 'internal';
  }

  link(parent: Parent, hop: Hop): void {
    if (hop === parent.hop) return;
    if (hop.parents === undefined) hop.parents = [parent];
    else {
      if (hop.parents.some((p) => p.hop === parent.hop && p.end === parent.end)) return;
      hop.parents.push(parent);
    }
    const from: End | undefined = parent.end;
    if (from === undefined) (parent.hop.wholeChildren ??= []).push(hop);
    else if (from.children === undefined) from.children = [hop];
    else from.children.push(hop);
  }

  /** Key of the session that a line without a queue id belongs to; port only where a process serves many clients at once. */
  sessionKey(ev: LogEvent): number {
    const seed = this.seedOf(ev.frame.host, ev.system, ev.instance);
    if (ev.port >= 0) return hashText(`pid ${ev.frame.pid} ${ev.text(F.clientIp) ?? ''}:${ev.port}`, seed) || 1;
    const process = sessionSeed(seed, ev.frame.pid);
    return ev.has(F.sessionId) ? ev.hash(F.sessionId, process) || 1 : process;
  }

  handedInKey(hop: Hop): number {
    return hashText(hop.host ?? '', hop.midHash) || 1;
  }

  /** A line that names an id before its mail's first line (a check at DATA): it waits for the mail, within bounds. */
  foreshadow(ev: LogEvent): void {
    if (this.keepLine === undefined || Number.isNaN(ev.frame.at)) return;
    const key = this.keyOf(ev);
    const lines = this.early.get(key);
    const line = this.keepLine(ev.frame);
    if (lines !== undefined) {
      if (lines.length < MAX_SAME) lines.push(line);
      return;
    }
    this.early.set(key, [line]);
    if (this.early.size > MAX_EARLY) for (const oldest of this.early.keys()) return void this.early.delete(oldest);
  }

  /** The very same refusal, told before: loggers double lines, and systems write refusals to two logs. Else remembers it. */
  seenRefusal(refusal: Refusal, ev: LogEvent): Refusal | undefined {
    const { at, pid } = ev.frame;
    if (Math.abs(at - this.refusalsSince) > GRACE_MS || this.refusals.size > MAX_EARLY) {
      this.refusals.clear();
      this.refusalsSince = at;
    }
    let key = sessionSeed(this.seedOf(ev.frame.host, ev.system, ev.instance), pid);
    key = mixed(mixed(mixed(mixed(key, String(at)), refusal.stage), refusal.recipient), refusal.sender);
    key = mixed(mixed(mixed(key, refusal.clientIp), refusal.helo), refusal.reply);
    const known = this.refusals.get(key);
    if (known === undefined) this.refusals.set(key, refusal);
    return known;
  }

  /** The very same act of a transaction without a queue id, told before. */
  seenAct(act: Act, ev: LogEvent): boolean {
    let key = sessionSeed(this.seedOf(ev.frame.host, ev.system, ev.instance), ev.frame.pid);
    key = mixed(mixed(mixed(mixed(key, String(act.at)), act.action), act.stage), act.recipient);
    key = mixed(mixed(mixed(key, act.sender), act.reason), act.target);
    if (this.acts.has(key)) return true;
    if (this.acts.size > MAX_EARLY) this.acts.clear();
    this.acts.add(key);
    return false;
  }

  /** Takes a told hop out of the tables; a later incarnation of its id stays. */
  forget(hop: Hop): void {
    for (const id of hop.awaited ?? []) this.forgetWaiting(hop, id);
    if (this.hops.get(hop.key) === hop) this.hops.delete(hop.key);
    if (hop.aliasKey !== 0 && this.hops.get(hop.aliasKey) === hop) this.hops.delete(hop.aliasKey);
    if (hop.queueId === undefined) return;
    const byId = hop.idHash;
    const first = this.byQueueId.get(byId);
    if (first === hop) {
      if (hop.nextSameId === undefined) this.byQueueId.delete(byId);
      else this.byQueueId.set(byId, hop.nextSameId);
    } else {
      let n = 0;
      for (let h = first; h !== undefined && n < MAX_SAME; h = h.nextSameId, n++) {
        if (h.nextSameId !== hop) continue;
        h.nextSameId = hop.nextSameId;
        break;
      }
    }
    hop.nextSameId = undefined;
    // what hangs on it is older still
    hop.nextForwarded = undefined;
    if (hop.forwardedKey !== 0 && this.forwarded.get(hop.forwardedKey) === hop) this.forwarded.delete(hop.forwardedKey);
    if ((hop.origin === 'local' || hop.forwardedKey !== 0) && hop.midHash !== 0) {
      const key = this.handedInKey(hop);
      if (this.handedIn.get(key) === hop) this.handedIn.delete(key);
    }
    for (const end of hop.ends) if (end.remoteHash !== 0) this.forgetWaiting(hop, end.remoteHash);
  }

  private forgetWaiting(hop: Hop, key: number): void {
    const first = this.waiting.get(key);
    if (first === undefined) return;
    let kept: Parent | undefined = first;
    while (kept !== undefined && kept.hop === hop) kept = kept.nextWaiting;
    if (kept === undefined) this.waiting.delete(key);
    else if (kept !== first) this.waiting.set(key, kept);
    for (let w = kept; w !== undefined; w = w.nextWaiting)
      while (w.nextWaiting !== undefined && w.nextWaiting.hop === hop) w.nextWaiting = w.nextWaiting.nextWaiting;
  }

  touch(hop: Hop, at: Instant): void {
    if (at > hop.lastAt) hop.lastAt = at;
    if (at < hop.firstAt) hop.firstAt = at;
  }

  line(ev: LogEvent): ChainLine | undefined {
    return this.keepLine?.(ev.frame);
  }
}

/** Distinct for every pid of a seed, below 2^53, and without a string. */
function sessionSeed(seed: number, pid: number): number {
  return (seed + (pid + 1) * PID_STEP) % LARGEST_PRIME;
}

/** Another hash for each text; one that is missing is like an empty one. */
function mixed(hash: number, text: string | undefined): number {
  return hashText(text ?? '', hash);
}
