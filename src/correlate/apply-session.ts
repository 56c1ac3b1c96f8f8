/**
 * Lines of SMTP sessions and arrivals of mail in them.
 */
import { hashText } from '../model/hash.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import { meetAnswer } from './apply-beside.ts';
import { ownMail } from './envelopes.ts';
import { fill, splitAddresses } from './hop-facts.ts';
import { type Hop, Parent, type Refusal } from './hop.ts';
import { isSame, refusalOf } from './refusal.ts';
import { SmtpSession } from './session.ts';
import type { Tracker } from './tracker.ts';

/** A process that was silent this long serves another session (pids are used again). */
const SESSION_IDLE_MS = 3_600_000;
/** Without pids (Exim's default log) what belongs together comes within a minute. */
const PIDLESS_MS = 60_000;
/** Where no disconnect line comes, a session must not grow for ever. */
const MAX_ITEMS = 5_000;

/** The session that a line belongs to; made where it is new. */
export function sessionOf(t: Tracker, ev: LogEvent): SmtpSession {
  const { frame } = ev;
  const isKeyed = isOfProcess(ev);
  const key = isKeyed ? t.sessionKey(ev) : pidlessKey(t, ev);
  const session = t.sessions.get(key);
  const idle = isKeyed ? SESSION_IDLE_MS : PIDLESS_MS;
  if (
    session !== undefined &&
    !session.closed &&
    frame.at - session.lastAt <= idle &&
    session.items.length < MAX_ITEMS
  ) {
    if (frame.at > session.lastAt) session.lastAt = frame.at;
    return session;
  }
  return openSession(t, ev, key);
}

/** Whether the line tells its session: by pid, or by an id. */
function isOfProcess(ev: LogEvent): boolean {
  return ev.frame.pid >= 0 || ev.has(F.sessionId);
}

/** Without a pid the same client with the same HELO and sender is taken for the same session. */
function pidlessKey(t: Tracker, ev: LogEvent): number {
  const seed = t.seedOf(ev.frame.host, ev.system, ev.instance);
  return (
    hashText(
      `${ev.text(F.clientIp) ?? ''} ${ev.text(F.helo) ?? ev.text(F.clientName) ?? ''} ${(ev.text(F.sender) ?? '').toLowerCase()}`,
      seed,
    ) || 1
  );
}

function openSession(t: Tracker, ev: LogEvent, key: number): SmtpSession {
  const session = new SmtpSession(key, ev.frame.host, ev.instance, ev.system, ev.frame.pid, ev.frame.at, t.seq);
  session.weight = ev.frame.weight;
  session.isNamed = ev.has(F.sessionId);
  t.sessions.set(key, session);
  t.openSessions.push(session);
  return session;
}

function takeClient(t: Tracker, session: SmtpSession, ev: LogEvent): void {
  if (t.lean) return;
  session.clientIp ??= ev.text(F.clientIp);
  session.clientName ??= ev.text(F.clientName);
}

function keepLine(t: Tracker, session: SmtpSession, ev: LogEvent): void {
  if (t.keepLine) (session.lines ??= []).push(t.keepLine(ev.frame));
}

export function applyConnect(t: Tracker, ev: LogEvent): void {
  // A listener that logs for its children has a pid of its own.
  if (!isOfProcess(ev) || ev.what === 'daemon') return;
  const key = t.sessionKey(ev);
  const old = t.sessions.get(key);
  // A doubled connect line begins no second session.
  if (
    old !== undefined &&
    old.opened &&
    !old.closed &&
    !old.busy &&
    old.firstAt === ev.frame.at &&
    (t.lean || old.clientIp === ev.text(F.clientIp))
  )
    return keepLine(t, old, ev);
  if (old !== undefined) {
    old.isCutShort ||= !old.closed && old.opened;
    old.closed = true;
  }
  const session = openSession(t, ev, key);
  session.opened = true;
  session.isLocal = ev.what === 'local';
  takeClient(t, session, ev);
  keepLine(t, session, ev);
}

export function applyDisconnect(t: Tracker, ev: LogEvent): void {
  if (!isOfProcess(ev)) return;
  const session = sessionOf(t, ev);
  takeClient(t, session, ev);
  session.mailOk = ev.mailOk;
  session.mailAll = ev.mailAll;
  session.rcptOk = ev.rcptOk;
  session.rcptAll = ev.rcptAll;
  session.dataOk = ev.dataOk;
  session.dataAll = ev.dataAll;
  session.closed = true;
  keepLine(t, session, ev);
}

export function applySession(t: Tracker, ev: LogEvent): void {
  const hop = ev.has(F.queueId) ? t.known(ev) : undefined;
  if (!isOfProcess(ev) && !ev.has(F.clientIp)) return;
  const session = sessionOf(t, ev);
  takeClient(t, session, ev);
  session.mark(ev.what);
  if (t.lean && !ev.has(F.recipients)) {
    if (ev.what === 'lost' || ev.what === 'timeout') dropped(session, hop, ev);
    if (hop !== undefined) t.touch(hop, ev.frame.at);
    return;
  }
  if (ev.what === 'tls') session.tls = ev.text(F.tls) ?? session.tls;
  if (ev.what === 'auth-failed' || ev.what === 'auth') session.user = ev.text(F.user) ?? session.user;
  if (ev.has(F.reply)) session.text ??= ev.text(F.reply);
  if (ev.what === 'lost' || ev.what === 'timeout') dropped(session, hop, ev);
  if (ev.has(F.recipients) && ev.text(F.recipients) !== '') abandon(t, session, ev);
  if (hop !== undefined) {
    t.touch(hop, ev.frame.at);
    if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
  } else keepLine(t, session, ev);
}

/** An abandoned transaction whose accepted recipients the line names. */
function abandon(t: Tracker, session: SmtpSession, ev: LogEvent): void {
  const refusal = refusalOf(t, ev);
  refusal.outcome = 'aborted';
  refusal.recipients = splitAddresses(ev.text(F.recipients) ?? '');
  refusal.line = undefined;
  const last = session.items.at(-1)?.refusal;
  if (last !== undefined && isDataRefused(last)) {
    // the client gave up because of that, and not of itself
    last.recipients = refusal.recipients;
    last.sender ??= refusal.sender;
    return;
  }
  if (last === undefined || last.outcome !== 'aborted' || !isSame(last, refusal)) session.add({ refusal });
}

/** The command DATA was refused: the transaction goes on until its client ends it (Exim smtp_in.c smtp_setup_msg(), incomplete_transaction_log()). */
function isDataRefused({ stage, final, recipient, recipients, outcome }: Refusal): boolean {
  return stage === 'DATA' && final && outcome !== 'aborted' && recipient === undefined && recipients === undefined;
}

/** Stages in which a transaction that is cut off has brought nothing. */
const IN_TRANSACTION = new Set(['MAIL', 'RCPT', 'DATA', 'BDAT', 'RSET', 'NOOP', 'VRFY']);

function dropped(session: SmtpSession, named: Hop | undefined, ev: LogEvent): void {
  const hop = named ?? session.currentHop();
  if (hop === undefined || hop.queued || hop.closed !== '' || !IN_TRANSACTION.has(ev.stage)) return;
  hop.aborted = true;
}

/** The front of a before-queue proxy; a doubled line is no second one. */
function frontOf(t: Tracker, ev: LogEvent): Hop {
  const front = t.sessions.get(t.sessionKey(ev))?.currentHop();
  const doubled =
    front !== undefined &&
    front.queueId === undefined &&
    front.closed === '' &&
    front.firstAt === ev.frame.at &&
    front.sender === undefined;
  return doubled ? front : t.openFront(ev);
}

/** Ids that hold a time are never used again; of others an arrival this long after the first line is another mail. */
const SAME_ARRIVAL_MS = 60_000;

export function applyArrival(t: Tracker, ev: LogEvent): void {
  const hop = ev.has(F.queueId) ? arrivalHop(t, ev) : frontOf(t, ev);
  t.touch(hop, ev.frame.at);
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
  const again = hop.arrived;
  hop.arrived = true;
  if (ev.origin !== '' && !(again && hop.unclosed)) hop.origin = ev.origin;
  // An arrival line with sender and size is written when the mail was accepted (Exim `<=`), not when it began.
  if (ev.active || (ev.size >= 0 && ev.has(F.sender))) {
    hop.queued = true;
    if (Number.isNaN(hop.queuedAt)) hop.queuedAt = ev.frame.at;
  }
  if (!t.lean) {
    hop.user ??= ev.text(F.user);
    hop.tls ??= ev.text(F.tls);
    hop.origClientName ??= ev.text(F.origClientName);
    hop.origClientIp ??= ev.text(F.origClientIp);
  }
  if (!again && ev.has(F.origClientIp)) {
    hop.forwardedKey = ev.hash(F.origClientIp, t.seedOf(ev.frame.host, ev.system, ''));
    hop.nextForwarded = t.forwarded.get(hop.forwardedKey);
    if (hop.nextForwarded?.told !== undefined) hop.nextForwarded = undefined;
    t.forwarded.set(hop.forwardedKey, hop);
  }
  fill(t, hop, ev);
  if (ev.lasting) t.lasting.arrived(t, hop, ev);
  if (again) return;
  if (!t.beside.envelopes.isEmpty) {
    if (t.lean) hop.clientIp ??= ev.text(F.clientIp);
    t.beside.envelopes.arrived(hop);
  }
  relate(t, ev, hop);
  if (hop.queued) t.lists.sent(hop, ev.frame.at);
  if (!ev.has(F.queueId)) hop.clientKey = ev.hash(F.clientIp, t.seedOf(ev.frame.host, ev.system, ''));
  if (ev.origin !== 'smtp') return;
  const session = sessionOf(t, ev);
  takeClient(t, session, ev);
  if (hop.user !== undefined) session.user = hop.user;
  hop.session = session;
  hop.tls ??= session.tls;
  if (session.isNamed) takeSession(hop, session);
  if (session.isLocal) ownMail(t, hop, ev);
  session.add({ hop });
}

/** What the session told of the client before the mail came: the mail's own line does not say it again. */
function takeSession(hop: Hop, session: SmtpSession): void {
  if (session.isLocal) hop.origin = 'local';
  hop.clientIp ??= session.clientIp;
  hop.clientName ??= session.clientName;
  if (session.marks?.includes('auth') === true) hop.user ??= session.user;
}

function arrivalHop(t: Tracker, ev: LogEvent): Hop {
  const key = t.keyOf(ev);
  const known = t.hops.get(key);
  if (known === undefined) return t.twinOf(ev, key) ?? t.openHop(ev, key);
  // of such a system all lines with an id are one mail's
  if (known.unclosed) return known;
  if (!known.arrived) {
    // It came late: the mail it begins was over by then, and has no beginning.
    if (known.closed !== '' && ev.frame.at <= known.closedAt) return known;
    // The first lines of a mail may come in any order (cleanup before smtpd; Exim's `>>` before `<=`).
    return known.closed === '' && ev.frame.at - known.firstAt <= SAME_ARRIVAL_MS ? known : t.openHop(ev, key);
  }
  // A doubled line is no second mail.
  const doubled =
    known.firstAt === ev.frame.at &&
    (t.lean || known.clientIp === ev.text(F.clientIp)) &&
    !(known.closed !== '' && known.closedAt < ev.frame.at);
  return doubled ? known : t.openHop(ev, key);
}

function relate(t: Tracker, ev: LogEvent, hop: Hop): void {
  const id = ev.text(F.otherId);
  if (id === undefined || id === '' || ev.relation === '') return;
  if (ev.relation === 'parent') {
    hop.explicitParent = id;
    return;
  }
  const parent = t.hops.get(hashText(id, t.seedOf(ev.frame.host, ev.system, ev.instance)) || 1);
  if (ev.relation === 'requeue-of') {
    if (parent === undefined) return;
    parent.close('requeued', ev.frame.at);
    t.link(new Parent(parent, undefined, 'requeue'), hop);
    return;
  }
  if (ev.relation === 'split-of') return splitOf(t, ev, hop);
  if (parent === undefined) return;
  // Exim writes `<= <> R=parent` for a bounce, and for a delay warning or a success notice alike.
  t.tieNotice(parent, parent.failuresSinceNotice > 0 ? 'bounce' : 'delay', hop);
  parent.failuresSinceNotice = 0;
}

/** A mail of the same host goes on under this id too, for some of its recipients or all. */
export function splitOf(t: Tracker, ev: LogEvent, hop: Hop): void {
  const parent = t.hops.get(ev.hash(F.otherId, t.seedOf(ev.frame.host, ev.system, ev.instance)));
  if (parent !== undefined) t.link(new Parent(parent, undefined, 'split'), hop);
}

/** The proxy's answer names no id: the mail behind it names the first client, and came while the front waited. */
function behindProxy(t: Tracker, front: Hop): void {
  const key = front.clientKey;
  if (key === 0) return;
  let n = 0;
  for (let hop = t.forwarded.get(key); hop !== undefined && n < 64; hop = hop.nextForwarded, n++) {
    if (hop.firstAt < front.firstAt - 2000 || hop.parents !== undefined) continue;
    t.link(new Parent(front, undefined, 'proxy'), hop);
  }
}

function addLine(t: Tracker, hop: Hop, ev: LogEvent): void {
  if (t.keepLine) (hop.lines ??= []).push(t.keepLine(ev.frame));
}

/** The result of a before-queue proxy: no queue id; it belongs to the mail that the session is busy with. */
export function applyProxy(t: Tracker, ev: LogEvent): void {
  const session = sessionOf(t, ev);
  let front = session.currentHop();
  // a doubled line is no second result
  if (front?.proxyReply?.at === ev.frame.at && front.proxyReply.reply === ev.text(F.reply))
    return addLine(t, front, ev);
  if (front?.refusals?.some((r) => r.at === ev.frame.at && r.reply === ev.text(F.reply)) === true)
    return addLine(t, front, ev);
  if (front === undefined || front.queueId !== undefined || front.closed !== '') {
    front = t.openFront(ev);
    front.session = session;
    front.origin = 'smtp';
    front.clientIp = session.clientIp;
    front.clientName = session.clientName;
    session.add({ hop: front });
  }
  t.touch(front, ev.frame.at);
  if (t.keepLine) (front.lines ??= []).push(t.keepLine(ev.frame));
  fill(t, front, ev);
  if (ev.outcome === 'accepted') {
    const id = ev.text(F.remoteId);
    const outcome = ev.how === 'quarantine' ? 'quarantined' : ev.how === 'filter' ? 'discarded' : 'accepted';
    front.queued = true;
    front.close(outcome === 'accepted' ? 'completed' : 'discarded', ev.frame.at);
    front.proxyReply = { code: ev.code, dsn: ev.text(F.dsn), reply: ev.text(F.reply), outcome, at: ev.frame.at };
    if (ev.has(F.filterId)) meetAnswer(t, front, undefined, ev);
    if (id === undefined && outcome === 'accepted' && front.awaited === undefined) behindProxy(t, front);
    if (id !== undefined && outcome === 'accepted') t.edge(new Parent(front, undefined, 'proxy'), ev.hash(F.remoteId));
    return;
  }
  const refusal = refusalOf(t, ev);
  refusal.final = true;
  if (refusal.stage === '') refusal.stage = 'END-OF-MESSAGE';
  (front.refusals ??= []).push(refusal);
  front.close('refused', ev.frame.at);
  if (ev.has(F.filterId)) meetAnswer(t, front, undefined, ev);
}
