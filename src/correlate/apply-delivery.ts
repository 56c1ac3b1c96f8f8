/**
 * A recipient's result of one try -> the end of that recipient at its hop.
 */
import { hashText } from '../model/hash.ts';
import { isLastHop } from '../model/last-hops.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import { idBehind, LONG_ID } from '../model/remote-id.ts';
import { meetAnswer, meetStored, tieAnswer } from './apply-beside.ts';
import { besideOf, endOf } from './end-of.ts';
import { endOfEnvelope, leadingAddress } from './envelopes.ts';
import { own } from './hop-facts.ts';
import { formerName, isOlderWord } from './lasting.ts';
import { type Act, End, type EndOutcome, type Hop, Parent } from './hop.ts';
import type { Tracker } from './tracker.ts';

export function applyDelivery(t: Tracker, ev: LogEvent): void {
  const hop = own(t, ev);
  if (!ev.has(F.recipient)) return applyWhole(hop, ev);
  const address = ev.text(F.recipient) ?? '';
  const lead = ev.what === 'ctladdr' ? leadingAddress(hop, ev) : ev.text(F.origRecipient);
  const orig = lead === undefined ? formerName(hop, address) : ev.unclosed ? (formerName(hop, lead) ?? lead) : lead;
  const envelope = ev.how === 'forwarded' ? 0 : ev.hash(F.otherId);
  const first = envelope === 0 ? endOf(hop, address, orig) : endOfEnvelope(hop, envelope, address, orig);
  const end = isKeptBeside(first, ev) ? besideOf(hop, first) : first;
  if (ev.what === 'auto-reply') hop.replies++;
  if (ev.outcome === 'suppressed') return; // "retry time not reached" is no try and no answer
  if (ev.what === 'answer') return answered(t, hop, end, ev);
  const { at } = ev.frame;
  if (ev.lasting && isOlderWord(end, ev)) return;
  const outcome = outcomeOf(ev);
  if (isRepeat(t, end, ev, outcome)) return;
  if (isSettled(end) && outcome === 'deferred') return; // an older try's line, late
  // giving up is no try
  if (outcome !== 'expired' || ev.code > 0 || end.attempts === 0) end.attempts++;
  end.outcome = outcome;
  end.how = ev.how;
  end.toItself = ev.active;
  // an export may tell the outcome, and not when
  end.at = ev.what === 'untimed' ? Number.NaN : at;
  // "retry timeout exceeded" is no answer: the last one before it holds.
  if (outcome !== 'expired' || ev.code > 0 || end.reply === undefined) answer(t, end, ev);
  if (!t.lean) {
    end.transport = ev.text(F.transport);
    end.mailbox = ev.text(F.mailbox);
    end.remoteId = ev.text(F.remoteId);
  }
  const forwarded = ev.how === 'forwarded' && ev.has(F.otherId);
  end.remoteHash = ev.hash(forwarded ? F.otherId : F.remoteId);
  // the next server knows the mail by the same id
  if (end.remoteHash === 0 && ev.lasting && ev.how === 'remote') end.remoteHash = hop.idHash;
  if (ev.delayMs >= 0) end.delayMs = ev.delayMs;
  if (outcome === 'bounced' || outcome === 'expired') {
    hop.failuresSinceNotice++;
    if (hop.unclosed) t.returns.failed(hop, at, t.seedOf(ev.frame.host, ev.system, ev.instance));
  }
  hop.held = false;
  if (ev.has(F.sender) && hop.sender === undefined) hop.sender = ev.text(F.sender);
  const isNamed = end.remoteHash !== 0;
  if (outcome === 'sent' && !isNamed) takenByCommand(t, hop, end, ev);
  if (ev.has(F.filterId)) meetAnswer(t, hop, end, ev);
  else if (outcome === 'sent' && !t.beside.isEmpty) meetStored(t, hop, end);
  // a filter that says of each recipient what it did needs no guess
  const isTold = hop.words !== undefined && ev.has(F.filterId);
  const mayComeBack = outcome === 'sent' && t.handedIn.size > 0 && hop.midHash !== 0 && !isNamed && !isTold;
  if (mayComeBack && !(ev.how === 'mailbox' && isLastHop(ev.text(F.transport)))) handedInAgain(t, hop, end);
  if (t.answers.length > 0 && hop.sender === '' && hop.noticeOf === undefined) tieAnswer(t, hop, end);
  if (!isNamed) return;
  t.edge(new Parent(hop, end, forwarded ? 'forwarded' : 'queued-as'), end.remoteHash);
  if (!forwarded) followBehind(t, hop, end, ev);
}

/**
 * A copy stayed in the mailbox and another went on, under one name: `\ann, bob@b` in ann's `.forward`. Where the domain
 * is $myorigin, Postfix' local(8) writes two lines alike of her (mailbox.c, forward.c forward_finish()).
 */
function isKeptBeside(end: End, ev: LogEvent): boolean {
  if (end.attempts === 0 || ev.outcome !== 'sent' || end.outcome !== 'sent') return false;
  if (ev.how === 'forwarded') return end.how !== 'forwarded' && end.how !== 'remote';
  return end.how === 'forwarded' && ev.how !== 'remote';
}

/** The next server has handed the mail on already: where its own lines are missing, the one behind it goes on. */
function followBehind(t: Tracker, hop: Hop, end: End, ev: LogEvent): void {
  const length = ev.stop(F.remoteId) - ev.start(F.remoteId);
  if (length !== 0 && length < LONG_ID) return;
  const behind = idBehind(ev.text(F.remoteId) ?? '', ev.text(F.reply) ?? '');
  if (behind === undefined) return;
  const id = hashText(behind) || 1;
  if (hop.awaited?.includes(id) !== true) (hop.awaited ??= []).push(id);
  t.edge(new Parent(hop, end, 'behind'), id);
}

/** What the next server answered when it took the mail, told by a line of its own. */
function answered(t: Tracker, hop: Hop, end: End, ev: LogEvent): void {
  if (end.outcome !== 'sent' || end.reply !== undefined) return;
  if (!t.lean) {
    end.reply = ev.text(F.reply);
    end.dsn = ev.text(F.dsn);
    end.remoteId = ev.text(F.remoteId);
  }
  if (end.remoteHash !== 0 || !ev.has(F.remoteId)) return;
  end.remoteHash = ev.hash(F.remoteId);
  t.edge(new Parent(hop, end, 'queued-as'), end.remoteHash);
}

/** The LMTP port of Mailman 3 (src/mailman/config/schema.cfg [mta] lmtp_port), whose answer names no id. */
const MAILMAN_PORT = 8024;

/** A command or list manager took it: it may write a new mail, or hand this one in again. */
function takenByCommand(t: Tracker, hop: Hop, end: End, ev: LogEvent): void {
  const isPipe = ev.how === 'unknown' && end.relayHash === 0;
  if (isPipe) end.pipeHash = ev.hash(F.transport);
  const isCommand = isPipe || ev.what === 'command';
  if (isCommand) t.piped.took(t, hop, end);
  if (isCommand || ev.port === MAILMAN_PORT || isAgent(ev) || isHere(ev)) t.lists.took(hop, end);
}

/** Programs that store and do nothing else. */
const STORING: ReadonlySet<number> = new Set(['local', 'virtual'].map((name) => hashText(name)));

/** An agent whose name the administrator chose: Exim's transport may be a file, or a pipe to a program (`T=mailman_transport`). */
function isAgent(ev: LogEvent): boolean {
  return ev.how === 'mailbox' && ev.has(F.transport) && !STORING.has(ev.hash(F.transport));
}

/** A program on the server itself took it by SMTP or LMTP: Exim names no port (but with the selector outgoing_port). */
function isHere(ev: LogEvent): boolean {
  if (ev.how !== 'remote' || ev.port >= 0 || !ev.has(F.relayIp)) return false;
  const ip = ev.text(F.relayIp);
  return ip === '::1' || ip?.startsWith('127.') === true;
}

/** What took the mail may have handed it in again, and logged that first: a content filter behind a pipe, or one whose answer names no id. */
function handedInAgain(t: Tracker, hop: Hop, end: End): void {
  const child = t.handedIn.get(t.handedInKey(hop));
  if (child === undefined || child === hop || beganBefore(child, hop)) return;
  // a relay's mail comes back by SMTP, a command's by sendmail
  if ((end.relayHash !== 0) === (child.origin === 'smtp')) t.link(new Parent(hop, end, 'piped'), child);
}

/** What was there before the mail came is what handed it over (Sendmail's submission queue to its server), not what came of it. */
function beganBefore(child: Hop, hop: Hop): boolean {
  return child.firstAt < hop.firstAt || (child.firstAt === hop.firstAt && child.seq < hop.seq);
}

function answer(t: Tracker, end: End, ev: LogEvent): void {
  end.code = ev.code;
  end.relayHash = ev.has(F.relayIp) ? ev.hash(F.relayIp) : ev.hash(F.relayName);
  end.port = ev.port;
  // A refusal's words are what an inner hop's refusal is known by.
  if (!t.lean || ev.code >= 400) end.reply = ev.text(F.reply);
  if (t.lean) return;
  end.codeFromDaemon = ev.codeFromDaemon;
  end.dsn = ev.text(F.dsn);
  end.relayName = ev.text(F.relayName);
  end.relayIp = ev.text(F.relayIp);
}

/** A line without an address is about all recipients (Exim `=> blackhole (DATA ACL discarded recipients)`). */
function applyWhole(hop: Hop, ev: LogEvent): void {
  if (ev.outcome === 'bounced') return bounceWhole(hop, ev);
  if (ev.outcome === 'discarded' || ev.outcome === 'quarantined') actOnWhole(hop, ev, ev.outcome);
}

/** `cancelled by root`, `cancelled by system filter: text`: whoever is left bounces. */
function bounceWhole(hop: Hop, ev: LogEvent): void {
  for (const address of hop.named ?? []) {
    if (hop.ends.some((e) => (e.orig ?? e.address).toLowerCase() === address.toLowerCase())) continue;
    hop.ends.push(new End(address, undefined));
  }
  const isFilter = ev.how === 'filter';
  for (const end of hop.ends) {
    if (end.outcome !== 'deferred') continue;
    end.outcome = 'bounced';
    if (isFilter) end.how = 'filter';
    end.at = ev.frame.at;
    end.attempts ||= 1;
    hop.failuresSinceNotice++;
  }
  if (hop.ends.length > 0) return;
  // nobody is named: Exim does not log recipients as they come, but with its selector received_recipients
  hop.failuresSinceNotice++;
  if (isFilter) actOnWhole(hop, ev, 'bounced-by-filter');
}

function actOnWhole(hop: Hop, ev: LogEvent, action: Act['action']): void {
  const act: Act = {
    at: ev.frame.at,
    seq: hop.seq,
    action,
    stage: ev.stage,
    engine: ev.engine === '' ? ev.system : ev.engine,
    sender: undefined,
    recipient: undefined,
    helo: undefined,
    reason: ev.text(F.reason) ?? ev.text(F.reply),
    matched: undefined,
    target: undefined,
    final: true,
    line: undefined,
  };
  if (!hop.acts?.some((a) => a.at === act.at && a.action === act.action && a.final)) (hop.acts ??= []).push(act);
}

function outcomeOf(ev: LogEvent): EndOutcome {
  switch (ev.outcome) {
    case 'sent':
    case 'bounced':
    case 'expired':
    case 'discarded':
    case 'quarantined':
    case 'expanded':
    case 'aborted':
      return ev.outcome;
    default:
      return 'deferred';
  }
}

/** The same line a second time: loggers double lines. */
function isRepeat(t: Tracker, end: End, ev: LogEvent, outcome: EndOutcome): boolean {
  if (
    end.attempts === 0 ||
    end.at !== ev.frame.at ||
    end.outcome !== outcome ||
    (ev.delayMs >= 0 && end.delayMs !== ev.delayMs)
  )
    return false;
  return t.lean || (end.reply === ev.text(F.reply) && end.relayIp === ev.text(F.relayIp));
}

function isSettled(end: End): boolean {
  return end.attempts > 0 && end.outcome !== 'deferred' && end.outcome !== 'expired';
}
