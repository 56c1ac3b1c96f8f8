/**
 * How records of lines hang together: what may repeat what, which lines of a process are one session, what is known of a mail.
 * Each says yes where it cannot be sure: it is for choosing lines, the correlator asks for more.
 */
import { essence } from '../correlate/inner.ts';
import type { Rec } from './record.ts';
import type { WalkOptions } from './walks.ts';
import type { Word } from './wants.ts';

export interface ClosureOptions extends WalkOptions {
  /** the output or a filter tells statuses: whether a relay is a content filter matters */
  asksStatus: boolean;
  /** the output tells links between messages */
  asksLinks: boolean;
  /** no line of the log begins with this word (of an id) */
  isNoHead(word: string): boolean;
  /** how many hosts wrote the logs */
  hosts(): number;
  /** every line with this address was looked at already */
  isSearched(address: string): boolean;
  /** all lines of this line's host stand in one stream of files, which follow each other */
  isInOneStream(rec: Rec): boolean;
}

/** In lines of ids: the words that the kernel knows. */
const WORDS = /[0-9A-Za-z-]+/g;

function addAll(pairs: Map<string, Set<string>>, address: string, senders: readonly string[]): void {
  const list = pairs.get(address);
  if (list === undefined) pairs.set(address, new Set(senders));
  else for (const sender of senders) list.add(sender);
}

/** Clocks of two hosts are not farther apart (correlate/join.ts), and the window of correlate/inner.ts. */
const APART_MS = 27 * 3_600_000;
const CALLOUT_MS = 180_000;

/** Where all is of one host, so near to a delivery is the refusal that it repeats: twice the window, see `repeatWhy`. */
export const REPEAT_MS = 2 * 900_000 + 1000;

/** Deliveries of one address and window are asked for at once. */
export function repeatWhy({ at }: Rec, address: string): string {
  return `address ${address} ${Math.floor((2 * at) / REPEAT_MS)}`;
}

const essences = new WeakMap<Rec, string>();

function essenceOf(rec: Rec): string {
  let text = essences.get(rec);
  if (text === undefined) essences.set(rec, (text = essence(rec.reply ?? '')));
  return text;
}

/** Whether the delivery line may repeat the refusal; correlate/inner.ts asks for more. */
function isRepeat(end: Rec, refusal: Rec): boolean {
  if (end.code < 400 || (refusal.code !== 0 && refusal.code !== end.code)) return false;
  if (Math.abs(end.at - refusal.at) > APART_MS) return false;
  return essenceOf(end).includes(essenceOf(refusal));
}

/** Whether one refusal may tell what a server answered another that asked while its client waited. */
function isCallout(a: Rec, b: Rec): boolean {
  if (a.host === b.host || Math.abs(a.at - b.at) > CALLOUT_MS) return false;
  const x = essenceOf(a);
  const y = essenceOf(b);
  return x.includes(y) || y.includes(x);
}

/** Whether this refusal, or refused delivery, may tell the same as one of these, which are of the search. */
export function isAnswer(rec: Rec, refusals: readonly Rec[] = [], refusedEnds: readonly Rec[] = []): boolean {
  if (rec.kind !== 'refusal') return refusals.some((refusal) => isRepeat(rec, refusal));
  return refusedEnds.some((end) => isRepeat(end, rec)) || refusals.some((other) => isCallout(rec, other));
}

export function isForNow(rec: Rec): boolean {
  return (
    (rec.kind === 'refusal' || rec.kind === 'act') &&
    (rec.outcome === 'tempfailed' || rec.outcome === 'greylisted' || (rec.code >= 400 && rec.code < 500))
  );
}

interface Facts {
  /** handed on, and the answer named no id */
  sentUnnamed: boolean;
  /** handed in on the machine, or by a filter that names the first client */
  handedIn: boolean;
  forwarded: boolean;
  /** a command took it */
  isPiped: boolean;
}

export function factsOf(own: readonly Rec[]): Facts {
  const facts: Facts = { sentUnnamed: false, handedIn: false, forwarded: false, isPiped: false };
  for (const rec of own) {
    if (rec.kind === 'delivery' && rec.outcome === 'sent' && rec.remote === undefined) facts.sentUnnamed = true;
    if (rec.kind === 'delivery' && (rec.how === 'unknown' || rec.what === 'command')) facts.isPiped = true;
    if (rec.kind === 'arrival' && rec.origin === 'local') facts.handedIn = true;
    if (rec.forwarded) facts.forwarded = true;
  }
  facts.handedIn ||= facts.forwarded;
  return facts;
}

/** What stands somewhere in the log (traps.ts). */
export interface Seen {
  fronts: boolean;
  mids: boolean;
  pipes: boolean;
  envelopes: boolean;
  lists: boolean;
}

/** Why the lines of a mail alone may not tell all of it. */
export function doubtOf(seen: Seen, facts: Facts, asksLinks: boolean): string | undefined {
  if (seen.pipes && (facts.handedIn || facts.isPiped || asksLinks)) return 'mail that a command took';
  if (seen.lists && (facts.sentUnnamed || asksLinks)) return 'mail that a list manager took';
  return facts.forwarded && seen.fronts ? 'mail behind a before-queue proxy' : undefined;
}

/** A session's lines, cut where the process begins another; all of them where they stand in several files. */
export function segmentsOf(all: readonly Rec[]): Rec[][] {
  const [first] = all;
  if (first === undefined) return [];
  if (first.pid < 0 || all.some((rec) => rec.file !== first.file)) return [[...all]];
  const parts: Rec[][] = [];
  let current: Rec[] = [];
  for (const rec of all.toSorted((a, b) => a.line - b.line)) {
    const last = current.at(-1);
    if (
      last !== undefined &&
      ((rec.kind === 'connect' && last.kind !== 'connect') || (last.kind === 'disconnect' && rec.kind !== 'disconnect'))
    ) {
      parts.push(current);
      current = [];
    }
    current.push(rec);
  }
  parts.push(current);
  return parts;
}

export function relayKey(rec: Rec): string {
  return `${rec.host}\n${rec.relay ?? ''}\n${rec.port}`;
}

export const midKey = (mid: string, host: string): string => `${mid}\n${host}`;

/** The longest word of an id, by which its lines are looked for. */
export function wordOf(id: string): string {
  let best = '';
  for (const [word] of id.matchAll(WORDS)) if (word.length > best.length) best = word;
  return best;
}

/** A Message-ID that every line writes as it is, and a word of it that is hardly another's. */
const PLAIN_MID = /^[!#-;=?-[\]-~]+$/;
const LONG_WORD = 8;
/** Shorter words are no word to look for. */
export const SHORTEST_WORD = 5;

/** The word by which lines with this Message-ID are found; undefined where it has none that is long enough. */
export function wordOfMid(mid: string): Word | undefined {
  const local = wordOf(mid.split('@')[0] as string);
  const word = local.length >= LONG_WORD ? local : wordOf(mid);
  return word.length < SHORTEST_WORD ? undefined : { word, text: PLAIN_MID.test(mid) ? mid : undefined };
}

export function put<K>(map: Map<K, Rec[]>, key: K, rec: Rec): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [rec]);
  else list.push(rec);
}

/**
 * Whether the mail of this delivery surely went on under the id that the relay named, as another hop with the same Message-ID
 * and sender shows. `host`: on that host, undefined = on any.
 */
export function wentOn(rec: Rec, byId: ReadonlyMap<string, readonly Rec[]>, host: string | undefined): boolean {
  if (rec.remote === undefined || rec.id === undefined || rec.outcome !== 'sent') return false;
  const next = (byId.get(rec.remote) ?? []).filter(
    (r) => r.id === rec.remote && (host === undefined || r.host === host),
  );
  const before = (byId.get(rec.id) ?? []).filter((r) => r.id === rec.id && r.host === rec.host);
  const arrived = (r: Rec): boolean => r.kind === 'arrival' && r.origin === 'smtp' && Math.abs(r.at - rec.at) < 60_000;
  if (!next.some(arrived)) return false;
  const mids = new Set(before.flatMap(({ mid }) => mid ?? []));
  const senders = new Set(before.flatMap(({ sender }) => sender ?? []));
  return (
    next.some(({ mid }) => mids.has(mid ?? '')) &&
    next.some(({ sender }) => sender !== undefined && senders.has(sender))
  );
}

/** Nothing of it tells what became of it: the counters of its session decide. */
export function isUnfinished(recs: readonly Rec[], id: string): boolean {
  return !recs.some(
    (rec) =>
      rec.id === id && (rec.kind === 'delivery' || rec.kind === 'closed' || (rec.kind === 'facts' && rec.active)),
  );
}

/** Recipients of these mails and refusals, with the senders that wrote to them. */
export function pairsOf(
  ids: ReadonlySet<string>,
  byId: ReadonlyMap<string, readonly Rec[]>,
  refused: Iterable<Rec>,
): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>();
  for (const id of ids) {
    const own = (byId.get(id) ?? []).filter((rec) => rec.id === id);
    const senders = own.flatMap(({ sender }) => sender ?? []);
    for (const rec of own) for (const address of rec.recipients) addAll(pairs, address, senders);
  }
  for (const rec of refused)
    if (rec.sender !== undefined) for (const address of rec.recipients) addAll(pairs, address, [rec.sender]);
  return pairs;
}

/** The sender that every line of its session has: where no process is logged, a client, a HELO and a sender are one (record.ts). */
export function senderOf(rec: Rec): string {
  return rec.pid < 0 ? (rec.sender ?? '') : '';
}
