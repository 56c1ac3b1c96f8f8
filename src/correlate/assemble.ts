/**
 * A finished chain of hops (or a refused transaction) -> the message as the contract tells it.
 */
import type { ChainLine, Hop as MessageHop, Message, Note, Recipient, Verdict } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import type { Action, Direction, MessageKind, MessageState } from '../model/words.ts';
import { headerText } from '../util/encoded-words.ts';
import { directionOf, overall } from './direction.ts';
import type { IsFilter } from './ends.ts';
import { entriesOf } from './entries.ts';
import { fromRefusal, type Entry } from './entry.ts';
import { markAdded } from './added.ts';
import { addAll, addLines, inOrder } from './chain-lines.ts';
import { clockNotes } from './clock-notes.ts';
import { isOver } from './envelopes.ts';
import { wasAbandoned } from './whole.ts';
import type { End, Hop } from './hop.ts';
import { whyOf } from './refusal.ts';
import { letGoNote } from './relief.ts';
import { stableId } from './stable-id.ts';
import { unnamedOf } from './unnamed.ts';
import { addProposals, addWordVerdicts, hasWords } from './word-verdicts.ts';
import type { Transaction } from './transactions.ts';

/** What explains a status in one word; given by the caller, as this stage knows no codes. */
export type ReasonOf = (recipient: Recipient) => string | undefined;

export interface AssembleOptions {
  isFilter: IsFilter;
  reasonOf: ReasonOf;
  wantLines: boolean;
  own: Own;
}

/** All hops of a mail in the order travelled, the first one first. */
function hopsOf(root: Hop): Hop[] {
  const out = [root];
  if (root.next !== undefined) addNext(out, root, root.next, 0);
  return out;
}

function addNext(out: Hop[], hop: Hop, next: readonly Hop[], depth: number): void {
  const sorted = next.length < 2 ? next : next.toSorted((a, b) => a.firstAt - b.firstAt || a.seq - b.seq);
  for (const child of sorted) {
    if (depth >= 100 || out.includes(child)) continue;
    out.push(child);
    if (child.next !== undefined) addNext(out, child, child.next, depth + 1);
  }
}

export function messageOf(root: Hop, id: string, options: AssembleOptions): Message {
  const hops = hopsOf(root);
  const known = recipientEntries(root, options.isFilter, options.own);
  const first = firstTime(root);
  let last = first;
  for (const hop of hops) if (hop.lastAt > last) last = hop.lastAt;
  const message: Message = {
    v: 1,
    id,
    order: root.seq,
    kind: kindOf(root),
    time: first,
    lastTime: last,
    state: stateOf(hops, known),
    direction: 'unknown',
    verdicts: verdictsOf(hops),
    hops: hops.map(hopRecord),
    recipients: known.map((e) => recipientOf(root, e, first, options)),
    notes: notesOf(hops),
    links: [],
  };
  addFacts(message, root, hops);
  const unnamed = unnamedOf(root, known);
  if (unnamed > 0) message.unnamedRecipients = unnamed;
  finishMessage(message);
  if (options.wantLines) message.lines = chainOf(hops);
  return message;
}

/** One entry an end, as the message tells them. */
export function recipientEntries(root: Hop, isFilter: IsFilter, own: Own): Entry[] {
  const entries = entriesOf(root, isFilter);
  if (root.joined !== undefined) addJoined(root, entries);
  if (entries.length < 2) return entries;
  const out = withoutTwins(entries);
  if (own.isAdded !== undefined) markAdded(root, out, own.isAdded);
  return out;
}

/** Refusals and acts of the same transaction that came before the queue id. */
function addJoined(root: Hop, entries: Entry[]): void {
  for (const refusal of (root.joined as Transaction).refusals) {
    const addresses = refusal.recipient !== undefined ? [refusal.recipient] : (refusal.recipients ?? []);
    for (const address of addresses)
      if (!entries.some((e) => e.address?.toLowerCase() === address.toLowerCase()))
        entries.push(fromRefusal(root, address, refusal));
  }
  // The nameless entry is no more needed once somebody is named.
  if (entries.length > 1 && entries.some((e) => e.address !== undefined)) {
    const i = entries.findIndex((e) => e.address === undefined && e.status === 'pending');
    if (i >= 0 && root.closed === 'refused') entries.splice(i, 1);
  }
}

/** One end may stand for an address by several ways: it is told once. */
function withoutTwins(entries: readonly Entry[]): Entry[] {
  const seen = new Map<End, Set<string>>();
  return entries.filter(({ address, finalAddress, end }) => {
    if (address === undefined || end === undefined) return true;
    const way = `${address}\n${finalAddress ?? ''}`;
    const ways = seen.get(end);
    if (ways?.has(way) === true) return false;
    if (ways === undefined) seen.set(end, new Set([way]));
    else ways.add(way);
    return true;
  });
}

function firstTime(root: Hop): number {
  let first = root.firstAt;
  if (root.joined === undefined) return first;
  for (const refusal of root.joined.refusals) if (refusal.at < first) first = refusal.at;
  for (const act of root.joined.acts) if (act.at < first) first = act.at;
  return first;
}

function kindOf(root: Hop): MessageKind {
  const notice = root.noticeOf;
  if (notice === undefined)
    return root.isReport ? 'notice' : root.sender === '' && root.origin === 'internal' ? 'bounce' : 'mail';
  if (notice.kind === 'bounce') return 'bounce';
  if (notice.kind === 'reply') return 'auto-reply';
  if (notice.kind === 'delay' && notice.hop.replies > 0) return 'auto-reply';
  // The only report of a failure of a null-sender mail goes to the postmaster.
  if (notice.kind === 'postmaster' && !(notice.hop.notices ?? []).some((n) => n.kind === 'bounce')) return 'bounce';
  return 'notice';
}

function stateOf(hops: readonly Hop[], entries: readonly Entry[]): MessageState {
  for (const hop of hops) if (hop.isLetGo || isPartial(hop)) return 'partial';
  for (const entry of entries) if (isUntold(entry)) return 'partial';
  for (const hop of hops) {
    // its new queue id comes next
    if (hop.closed === 'requeued' && hop.next === undefined) return 'open';
    if (hop.closed !== '' || hop.aborted || wasAbandoned(hop) || isOver(hop)) continue;
    // The session is over, the mail was taken, and the queue manager's lines are missing.
    if (
      hop.session?.closed === true &&
      !hop.queued &&
      !hop.held &&
      hop.origin === 'smtp' &&
      hop.midHash !== 0 &&
      hop.ends.length === 0
    )
      return 'partial';
    if (!isWhollyBounced(hop)) return 'open';
  }
  return 'complete';
}

/** Lines that would tell what became of it are missing, although its mail has gone on. */
function isUntold(e: Entry): boolean {
  if (e.untold) return e.hop.closed !== '';
  if (e.end === undefined) return false;
  if (e.end.how === 'forwarded' && e.status === 'pending') return true;
  return e.status === 'deferred' && (e.hop.closed === 'removed' || e.hop.closed === 'completed');
}

/** Mail handed in locally and refused by a header check is returned by cleanup itself: the queue manager never sees it. */
function isWhollyBounced(hop: Hop): boolean {
  return hop.origin === 'local' && !hop.queued && hop.ends.length > 0 && hop.ends.every((e) => e.outcome === 'bounced');
}

/** Its first lines are missing: no arrival, and it is none that the system wrote itself. */
function isPartial(hop: Hop): boolean {
  if (hop.isUnserved) return true;
  if (hop.queueId === undefined) return hop.closed === '' && hop.proxyReply === undefined && hop.refusals === undefined;
  if (hop.closed === 'lost') return true;
  if (hop.arrived || hop.noticeOf !== undefined)
    return (
      hop.closed !== '' &&
      hop.closed !== 'refused' &&
      hop.ends.length === 0 &&
      hop.queued &&
      hop.acts === undefined &&
      hop.closed === 'removed'
    );
  const from = hop.judged?.edges[0]?.relation;
  // the queue itself wrote its next queue file: nobody handed it in
  if (from === 'forwarded' || from === 'requeue' || (hop.judged !== undefined && hop.lasting)) return false;
  // A mail that the system wrote itself begins with its Message-ID.
  return !(hop.origin === 'internal' && hop.messageId !== undefined);
}

function hopRecord(hop: Hop): MessageHop {
  const record: MessageHop = { system: hop.system, time: hop.firstAt, lastTime: hop.lastAt };
  if (hop.host !== undefined) record.host = hop.host;
  if (hop.queueId !== undefined) record.queueId = hop.queueId;
  return record;
}

function addFacts(message: Message, root: Hop, hops: readonly Hop[]): void {
  const joined = root.joined?.refusals[0] ?? root.joined?.acts[0];
  let sender = root.sender ?? joined?.sender;
  let from: string | undefined;
  let subject: string | undefined;
  let messageId: string | undefined;
  let size = -1;
  for (const hop of hops) {
    sender ??= hop.sender;
    from ??= hop.headerFrom;
    subject ??= hop.subject;
    messageId ??= hop.messageId;
    if (size < 0) size = hop.size;
  }
  sender = qualified(hops, sender);
  if (sender !== undefined) message.sender = sender;
  if (from !== undefined && from !== '') message.from = headerText(from);
  if (subject !== undefined) {
    const text = headerText(subject);
    if (text !== '') message.subject = text;
  }
  if (messageId !== undefined) message.messageId = messageId;
  if (size >= 0) message.size = size;
  const client = clientOf(root, joined?.helo);
  if (client !== undefined) message.client = client;
}

/** A bare login, as the submission program logs it: with the domain that the next hop was told. */
function qualified(hops: readonly Hop[], sender: string | undefined): string | undefined {
  if (sender === undefined || sender === '' || sender.includes('@')) return sender;
  const start = `${sender.toLowerCase()}@`;
  return hops.find((hop) => hop.sender?.toLowerCase().startsWith(start) === true)?.sender ?? sender;
}

function clientOf(root: Hop, helo: string | undefined): Message['client'] {
  const client: NonNullable<Message['client']> = {};
  const ip = root.origClientIp ?? root.clientIp;
  const name = root.origClientIp !== undefined ? root.origClientName : root.clientName;
  if (ip !== undefined && ip !== '') client.ip = ip;
  if (name !== undefined && name !== '' && name !== 'unknown') client.name = name;
  const said = root.helo ?? helo;
  if (said !== undefined && said !== '') client.helo = said;
  const user = root.user;
  if (user !== undefined && user !== '') client.user = user;
  if (root.tls !== undefined && root.tls !== '') client.tls = root.tls;
  const isKnown =
    client.ip !== undefined ||
    client.name !== undefined ||
    client.helo !== undefined ||
    client.user !== undefined ||
    client.tls !== undefined;
  return isKnown ? client : undefined;
}

function recipientOf(root: Hop, e: Entry, first: number, options: AssembleOptions): Recipient {
  const r: Recipient = { status: e.status, direction: directionOf(root, e, options.own) };
  if (e.address !== undefined && e.address !== '') r.address = e.address;
  if (e.finalAddress !== undefined && e.finalAddress !== '') r.finalAddress = e.finalAddress;
  if (e.added !== undefined) r.added = e.added;
  const action =
    e.action ??
    (e.status === 'rejected'
      ? 'rejected'
      : e.status === 'greylisted'
        ? 'greylisted'
        : e.status === 'aborted'
          ? undefined
          : 'accepted');
  if (action !== undefined) r.action = action;
  if (e.mailbox !== undefined && e.mailbox !== '') r.mailbox = e.mailbox;
  if (e.at !== undefined) r.time = e.at;
  if (e.code > 0) r.code = String(e.code);
  if (e.dsn !== undefined && e.dsn !== '') r.dsn = e.dsn;
  if (e.reply !== undefined && e.reply !== '') r.reply = e.reply;
  if (e.codeFromDaemon) r.codeFrom = 'daemon';
  const relay: NonNullable<Recipient['relay']> = {};
  if (e.relayName !== undefined && e.relayName !== '') relay.name = e.relayName;
  if (e.relayIp !== undefined && e.relayIp !== '') relay.ip = e.relayIp;
  if (e.port >= 0) relay.port = e.port;
  if (relay.name !== undefined || relay.ip !== undefined || relay.port !== undefined) r.relay = relay;
  if (e.remoteId !== undefined && e.remoteId !== '') r.remoteId = e.remoteId;
  if (e.end !== undefined && !root.arrived && e.end.delayMs >= 0) r.delay = e.end.delayMs / 1000;
  if (e.at !== undefined && e.end !== undefined && root.arrived) r.delay = Math.max(0, Math.round(e.at - first)) / 1000;
  if (e.attempts > 0) r.attempts = e.attempts;
  if (e.via.length > 0) r.via = e.via;
  const reason = e.reason ?? options.reasonOf(r);
  if (reason !== undefined) r.reason = reason;
  return r;
}

/** What holds of the message where it holds of all its recipients. */
export function finishMessage(message: Message): void {
  let action: Action | undefined;
  let isMixed = false;
  let isFirst = true;
  const directions: Direction[] = [];
  for (const r of message.recipients) {
    if (r.added !== undefined) continue;
    if (!isFirst && r.action !== action) isMixed = true;
    isFirst = false;
    action = r.action;
    directions.push(r.direction);
  }
  if (isMixed) message.action = 'mixed';
  else if (action !== undefined) message.action = action;
  message.direction = overall(directions);
}

function verdictsOf(hops: readonly Hop[]): Verdict[] {
  const out: Verdict[] = [];
  for (const hop of hops) {
    if (
      hop.acts === undefined &&
      hop.refusals === undefined &&
      hop.joined === undefined &&
      hop.inner === undefined &&
      !hasWords(hop)
    )
      continue;
    addWordVerdicts(out, hop);
    for (const act of hop.acts ?? []) {
      const verdict: Verdict = { time: act.at, engine: act.engine, action: act.action };
      if (hop.host !== undefined) verdict.host = hop.host;
      const reason =
        act.matched !== undefined && act.reason !== undefined
          ? `${act.reason} (${act.stage === '' ? '' : `${act.stage} `}${act.matched})`
          : (act.reason ?? act.matched);
      if (reason !== undefined && reason !== '') verdict.reason = reason;
      if (act.recipient !== undefined && act.recipient !== '') verdict.recipients = [act.recipient];
      out.push(verdict);
    }
    for (const r of [...(hop.refusals ?? []), ...(hop.joined?.refusals ?? []), ...(hop.inner ?? [])]) {
      if (r.words !== undefined) addProposals(out, r.words);
      if (r.outcome === 'aborted') continue;
      const verdict: Verdict = { time: r.at, engine: r.engine, action: r.outcome };
      const host = r.host ?? hop.host;
      if (host !== undefined) verdict.host = host;
      Object.assign(verdict, whyOf(r));
      if (r.recipient !== undefined && r.recipient !== '') verdict.recipients = [r.recipient];
      out.push(verdict);
    }
  }
  return out.length < 2 ? out : out.sort((a, b) => a.time - b.time);
}

function notesOf(hops: readonly Hop[]): Note[] {
  const out = clockNotes(hops);
  if (hops[0]?.isLetGo === true) out.push(letGoNote());
  if (hops.some((hop) => hop.isVerdictUnsure))
    out.push({
      type: 'ambiguous-join',
      text: 'more than one mail of this id could be the one that the filter judged; the order was taken',
    });
  if (hops.some((hop) => hop.isNoticeUnsure))
    out.push({
      type: 'ambiguous-join',
      text: 'more than one mail could be the one that this answers or that answers it; the nearest in time was taken',
    });
  if (hops.some((hop) => hop.isProposalUnsure))
    out.push({
      type: 'ambiguous-join',
      text: 'more than one mail of this client, sender and recipient could be the one that the policy service spoke of; the order was taken',
    });
  for (const hop of hops) {
    const j = hop.judged;
    if (j === undefined) continue;
    if (j.ambiguous)
      out.push({
        type: 'ambiguous-join',
        text: `more than one mail could lead to ${hop.queueId ?? 'the next hop'}; the nearest in time was taken`,
      });
  }
  return out;
}

/** The raw chain in the order of the input: every hop's lines, those of the transaction and of its session. */
function chainOf(hops: readonly Hop[]): ChainLine[] {
  const lines: ChainLine[] = [];
  for (const hop of hops) {
    if (hop.lines !== undefined) addAll(lines, hop.lines);
    if (hop.session?.lines !== undefined) addAll(lines, hop.session.lines);
    if (hop.joined !== undefined) {
      for (const refusal of hop.joined.refusals) addLines(lines, refusal);
      for (const act of hop.joined.acts) addLines(lines, act);
    }
    if (hop.inner !== undefined) for (const refusal of hop.inner) addLines(lines, refusal);
  }
  return inOrder(lines);
}

export function idOf(root: Hop): string {
  // A before-queue proxy has no id of its own: that of the id behind it.
  const named = root.queueId !== undefined ? root : ((root.next ?? []).find((h) => h.queueId !== undefined) ?? root);
  if (named.queueId === undefined)
    return stableId(root.firstAt, [root.host, root.instance, root.clientIp, root.sender, root.named?.[0]]);
  const instance = named.instance === named.system || named.instance === '' ? undefined : named.instance;
  return stableId(root.firstAt, [root.host, instance, named.queueId]);
}
