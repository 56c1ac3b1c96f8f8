/**
 * Lines of filters and delivery programs beside a server: given to the mails that they are about.
 */
import { F, type LogEvent } from '../model/log-event.ts';
import { sameAddress } from './entry.ts';
import { End, type Hop, type NoticeKind, Parent } from './hop.ts';
import type { MeetingSink } from './meetings.ts';
import { afterQueueFilter } from './queue-filter.ts';
import { isOf, isStoredHere } from './stored.ts';
import type { Tracker } from './tracker.ts';
import { twinOf, type Word, wordOf } from './word.ts';

export function applyBeside(t: Tracker, ev: LogEvent): void {
  const word = wordOf(ev, t.line(ev));
  tieWord(t, ev, word);
  t.unserved.add(t, ev, word);
}

function tieWord(t: Tracker, ev: LogEvent, word: Word): void {
  const { beside } = t;
  const hasId = ev.has(F.queueId) && !ev.isEmpty(F.queueId);
  const isTaken = ev.has(F.filterId) && beside.meetings.add(word, ev.hash(F.filterId), !hasId, sinkOf(t));
  // what a delivery program says is of one recipient: a queue id alone does not tell which
  if (isTaken) return;
  if (hasId) {
    const id = ev.hash(F.queueId);
    const hop = beside.addById(word, id, t.byQueueId.get(id));
    if (hop !== undefined && ev.active) afterQueueFilter(t, ev, hop, word);
    if (hop !== undefined) t.filterNotices.sawVerdict(t, hop, word);
  } else if (word.midHash !== 0) beside.addByMid(word);
  // of numbers only whom it names may matter
  else if (!ev.has(F.filterId) && (!t.lean || word.clientIp !== undefined)) {
    word.isEvidence = true;
    beside.envelopes.add(word, t.seq, t.openHops);
  }
}

/** A delivery line says that a mail was given over: what the program that took it said of its Message-ID and this user. */
export function meetStored(t: Tracker, hop: Hop, end: End): void {
  for (const word of t.beside.storedOf(hop.midHash)) if (isStoredHere(word, hop, end)) meet(t, hop, end, word);
}

/** A line of the program's that names its own id and decides nothing. */
export function applyFilterMention(t: Tracker, ev: LogEvent): void {
  const { meetings } = t.beside;
  const id = ev.hash(F.filterId);
  meetings.mention(id, ev.frame.at, ev.what === 'begins', t.line(ev));
  const notice = ev.text(F.otherId);
  if (notice === undefined || (ev.what !== 'bounce' && ev.what !== 'notice')) return;
  meetings.notice(id, { id: notice, kind: ev.what, at: ev.frame.at, host: ev.frame.host }, sinkOf(t));
}

/** A server's answer names a program's own id; `end`: of that recipient, else of the whole mail. */
export function meetAnswer(t: Tracker, hop: Hop, end: End | undefined, ev: LogEvent): void {
  t.beside.meetings.answer({ hop, end }, ev.hash(F.filterId), ev.frame.at, sinkOf(t));
}

const sinks = new WeakMap<Tracker, MeetingSink>();

function sinkOf(t: Tracker): MeetingSink {
  let sink = sinks.get(t);
  if (sink === undefined) {
    sink = {
      meet: ({ hop, end }, word) => meet(t, hop, end, word),
      handedOn: ({ hop, end }, front) => t.link(new Parent(hop, end, 'queued-as'), front),
      notified: ({ hop }, notice) => t.noticeById(hop, notice),
    };
    sinks.set(t, sink);
  }
  return sink;
}

/** The server's line of one recipient, and the program's word on it. */
function meet(t: Tracker, hop: Hop, end: End | undefined, word: Word): void {
  if (word.kind === 'verdict') {
    judgeBlock(hop, end, word);
    follow(t, hop, end, word);
    t.filterNotices.sawVerdict(t, hop, word);
    if (hop.words?.includes(word)) return;
    if (twinOf(hop.words, word) !== undefined) return addDoubled(hop, word);
    word.claims++;
    (hop.words ??= []).push(word);
    (hop.lines ??= []).push(...word.lines);
    return;
  }
  if (end === undefined || !isOf(word, end) || end.stored?.includes(word)) return;
  if (twinOf(end.stored, word) !== undefined) return addDoubled(hop, word);
  word.claims++;
  (end.stored ??= []).push(word);
  (hop.lines ??= []).push(...word.lines);
  if (word.what === 'forwarded' && word.target !== undefined) redirect(t, hop, end, word, word.target);
  else if (word.what === 'rejected') expectNotice(t, hop, 'bounce', word);
  else if (word.what === 'replied') expectNotice(t, hop, 'reply', word);
}

/** A doubled line says nothing new. */
function addDoubled(hop: Hop, word: Word): void {
  word.claims++;
  (hop.lines ??= []).push(...word.lines);
}

/** A filter that says only that it blocked: what the server was told makes it a discard or a refusal. */
function judgeBlock(hop: Hop, end: End | undefined, word: Word): void {
  if (word.action !== 'discarded' || word.outcome !== '') return;
  if (end === undefined) word.outcome = hop.refusals?.some((r) => r.final) === true ? 'rejected' : 'discarded';
  else if (end.outcome === 'deferred' || !word.recipients.some((a) => sameAddress(a, end.address))) return;
  else word.outcome = end.outcome === 'bounced' ? 'rejected' : 'discarded';
  word.action = word.outcome;
}

/** The filter names the id under which it gave the mail back for this recipient, or a copy of it. */
function follow(t: Tracker, hop: Hop, end: End | undefined, word: Word): void {
  const id = word.remoteHash;
  if (id === 0) return;
  if (end === undefined || word.action === 'copied') {
    if (hop.awaited?.includes(id) === true) return;
    (hop.awaited ??= []).push(id);
    t.edge(new Parent(hop, undefined, 'filtered'), id);
  } else if (end.remoteHash === 0 && word.recipients.some((a) => sameAddress(a, end.address))) {
    end.remoteHash = id;
    t.edge(new Parent(hop, end, 'filtered'), id);
  }
}

/** A Sieve redirect: an end of its own, which the mail that carries it on takes the place of. */
function redirect(t: Tracker, hop: Hop, end: End, word: Word, target: string): void {
  const onward = new End(target, end.orig ?? end.address);
  onward.outcome = 'sent';
  onward.how = 'forwarded';
  // the program handed it in before it answered the server; its own host's clock may be another
  onward.at = word.host === hop.host ? word.at : end.at;
  onward.attempts = 1;
  onward.transport = 'sieve';
  hop.ends.push(onward);
  const parent = new Parent(hop, onward, 'redirected');
  t.beside.redirected(parent, hop.midHash);
  // the mail was handed in before the program told of it
  for (let i = t.openHops.length - 1, n = 0; i >= 0 && n < RECENT; i--, n++) {
    const child = t.openHops[i] as Hop;
    if (child !== hop && child.midHash !== 0 && child.midHash === hop.midHash) t.link(parent, child);
  }
}

/** Mails that arrived last, among which a program's own is looked for. */
const RECENT = 1000;
/** A program hands its answer in before it tells of it, ms. */
const NOTICE_MS = 5000;

/** The answer that a delivery program wrote to the sender is a mail of its own, from nobody. */
function expectNotice(t: Tracker, hop: Hop, kind: NoticeKind, word: Word): void {
  const to = word.target ?? word.sender ?? hop.sender;
  if (to === undefined || to === '') return;
  const fitting: Hop[] = [];
  for (let i = t.openHops.length - 1, n = 0; i >= 0 && n < RECENT; i--, n++) {
    const child = t.openHops[i] as Hop;
    if (child.firstAt < word.at - NOTICE_MS) break;
    if (!mayAnswer(child, hop, word)) continue;
    if (child.ends.some((e) => sameAddress(e.address, to)) || child.named?.some((a) => sameAddress(a, to)) === true)
      fitting.push(child);
  }
  const answer = fitting.toSorted((a, b) => Math.abs(a.firstAt - word.at) - Math.abs(b.firstAt - word.at))[0];
  if (answer !== undefined) {
    if (fitting.length > 1) answer.isNoticeUnsure = hop.isNoticeUnsure = true;
    t.tieNotice(hop, kind, answer);
    return;
  }
  if (t.answers.length >= RECENT) t.answers.shift();
  t.answers.push({ hop, kind, word, to });
}

function mayAnswer(child: Hop, hop: Hop, word: Word): boolean {
  return (
    child !== hop &&
    child.sender === '' &&
    child.noticeOf === undefined &&
    child.host === hop.host &&
    Math.abs(child.firstAt - word.at) <= NOTICE_MS
  );
}

/** A mail from nobody is delivered: it may be the answer that a delivery program told of. */
export function tieAnswer(t: Tracker, child: Hop, end: End): void {
  const fitting = t.answers.filter(({ hop, word, to }) => mayAnswer(child, hop, word) && sameAddress(end.address, to));
  const [found] = fitting.toSorted((a, b) => Math.abs(a.word.at - child.firstAt) - Math.abs(b.word.at - child.firstAt));
  if (found === undefined) return;
  t.answers.splice(t.answers.indexOf(found), 1);
  if (fitting.some(({ hop }) => hop !== found.hop)) child.isNoticeUnsure = found.hop.isNoticeUnsure = true;
  t.tieNotice(found.hop, found.kind, child);
}
