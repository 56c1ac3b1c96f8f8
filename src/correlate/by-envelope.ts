/**
 * Words that name a mail by client, sender and recipient alone, because it had no queue id when they were written: policy
 * services that a server asks at RCPT, filters that log their own SMTP session. They are evidence: the server's own lines
 * tell what came of it, so such a word changes no recipient's status.
 *   - with the client's address: of the refusal of that client, sender and recipient which follows, else of a mail that this
 *     client began within seconds. Of several mails the first that has no word of that service yet.
 *     The recipient of a mail that was refused as a whole may be told so alone (`passes.ts`): then it is named by the word.
 *   - without it: of a mail of that sender and recipient which the host is busy with.
 * Source: postfix SMTPD_POLICY_README (queue_id is empty before the first recipient is taken); formats.md, "Identity".
 */
import { hashText } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';
import { sameAddress } from './entry.ts';
import type { Hop, Refusal } from './hop.ts';
import { wordsOfFirst } from './passes.ts';
import { isTwin, type Word } from './word.ts';

/** A policy is asked just before the mail gets its id… */
const BEFORE_MS = 10_000;
/** …by a logger that may be slow; of further recipients of a mail after it. */
const AFTER_MS = 2000;
const LATER_RECIPIENT_MS = 10_000;
/** Modules of one service speak one after the other. */
const SAME_ATTEMPT_MS = 1000;
/** A filter logs its verdict while the server still works on the mail. */
const BUSY_MS = 60_000;
/** Words this near are weighed against each other. */
const RIVAL_MS = 60_000;
/** Mails of a host that are looked at, the last first. */
const MOST_HOPS = 4096;
/** Words that wait for their mail, by client; the oldest are let go. */
const MOST_CLIENTS = 4096;
const MOST_WORDS = 256;
/** Words and mails that are weighed against each other. */
const MOST_RIVALS = 256;

/** A word, and the mails that it may be about. */
export interface Proposal {
  readonly word: Word;
  readonly seq: number;
  readonly hops: Hop[];
  /** it was of a refusal */
  isTaken: boolean;
}

export class Envelopes {
  /** by host and client: words that a mail or a refusal may follow */
  private readonly waiting = new Map<number, Proposal[]>();

  /** Whether nothing waits: the usual log has no such words. */
  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** A word without a queue id and a Message-ID; `hops`: open mails in the order of their first lines. */
  add(word: Word, seq: number, hops: readonly Hop[]): void {
    if (word.kind !== 'verdict' || word.sender === undefined) return;
    // a filter's word on a mail from nobody tells too little
    if (word.sender === '' && word.clientIp === undefined) return;
    const proposal: Proposal = { word, seq, hops: [], isTaken: false };
    const isPolicy = word.clientIp !== undefined;
    const since = word.at - (!isPolicy ? BUSY_MS : word.recipients.length > 0 ? LATER_RECIPIENT_MS : AFTER_MS);
    for (let i = hops.length - 1, n = 0; i >= 0 && n < MOST_HOPS; i--, n++) {
      const hop = hops[i] as Hop;
      // nearly in the order of their first lines
      if (isPolicy && hop.firstAt < since - BUSY_MS) break;
      const isMeant = isPolicy ? hop.arrived && hop.firstAt >= since : hop.lastAt >= since && !isGone(hop, word.at);
      if (isMeant && hop.host === word.host && (!isPolicy || hop.clientIp === word.clientIp)) propose(proposal, hop);
    }
    if (!isPolicy) return;
    const key = keyOf(word.host, word.clientIp);
    const list = (this.waiting.get(key) ?? []).filter((p) => !p.isTaken && p.word.at >= word.at - BEFORE_MS);
    list.push(proposal);
    if (list.length > MOST_WORDS) list.shift();
    this.waiting.delete(key);
    this.waiting.set(key, list);
    if (this.waiting.size <= MOST_CLIENTS) return;
    for (const oldest of this.waiting.keys()) return void this.waiting.delete(oldest);
  }

  /** A client began a mail. */
  arrived(hop: Hop): void {
    if (hop.clientIp === undefined) return;
    for (const proposal of this.waiting.get(keyOf(hop.host, hop.clientIp)) ?? [])
      if (!proposal.isTaken && isBefore(proposal.word.at, hop.firstAt)) propose(proposal, hop);
  }

  /** A client was refused, and no mail of it has an id: what each service said of this sender and recipient last before. */
  refused(host: string | undefined, refusal: Refusal): void {
    const { clientIp, sender, recipient } = refusal;
    if (clientIp === undefined || sender === undefined) return;
    const list = this.waiting.get(keyOf(host, clientIp)) ?? [];
    const last = new Map<string, Instant>();
    for (let i = list.length - 1; i >= 0; i--) {
      const proposal = list[i] as Proposal;
      const { word } = proposal;
      if (proposal.isTaken || !isBefore(word.at, refusal.at) || !sameAddress(word.sender ?? '', sender)) continue;
      if (word.recipients.length > 0 && !word.recipients.some((a) => sameAddress(a, recipient ?? ''))) continue;
      // what it said before was of another attempt
      if (word.at < (last.get(word.engine) ?? word.at) - SAME_ATTEMPT_MS) continue;
      if (!last.has(word.engine)) last.set(word.engine, word.at);
      proposal.isTaken = true;
      word.claims++;
      if (refusal.words?.some((w) => isTwin(w, word)) !== true) (refusal.words ??= []).push(word);
      (refusal.more ??= []).push(...word.lines);
    }
  }
}

function isGone(hop: Hop, at: Instant): boolean {
  return hop.closed !== '' && hop.closedAt < at - AFTER_MS;
}

function propose(proposal: Proposal, hop: Hop): void {
  if (proposal.hops.length >= MOST_RIVALS || proposal.hops.includes(hop)) return;
  if ((hop.proposals?.length ?? 0) >= MOST_RIVALS) return;
  proposal.hops.push(hop);
  (hop.proposals ??= []).push(proposal);
}

function isBefore(at: Instant, event: Instant): boolean {
  return at <= event + AFTER_MS && at >= event - BEFORE_MS;
}

function keyOf(host: string | undefined, ip: string): number {
  return hashText(`${(host ?? '').toLowerCase()}\n${ip.toLowerCase()}`) || 1;
}

/** Of what may be said of this mail that which is. Where other mails could be meant by other words, the mail is marked. */
export function ownProposals(root: Hop): readonly Word[] {
  if (root.proposals === undefined) return [];
  const all = rivalsOf(root);
  const given = new Map<string, Set<Hop>>();
  const out = [...wordsOfFirst(root, isOf)];
  for (const { word, seq, hops } of all) {
    const fitting = hops.filter((hop) => isOf(word, hop)).toSorted((a, b) => a.seq - b.seq);
    const key = `${word.engine}\n${word.recipients.join()}`;
    const judged = given.get(key) ?? new Set();
    given.set(key, judged);
    const free = fitting.filter((hop) => !judged.has(hop));
    const owner = free.find((hop) => hop.seq > seq) ?? free[0] ?? fitting.at(-1);
    if (owner === undefined) continue;
    judged.add(owner);
    if (owner !== root) continue;
    out.push(word);
    const isContested =
      fitting.length > 1 &&
      all.some((p) => isUnlike(p.word, word) && fitting.some((hop) => p.hops.includes(hop) && isOf(p.word, hop)));
    if (isContested) root.isProposalUnsure = true;
  }
  return out;
}

/**
 * All words that may be about this mail, and those of the same time that may be about mails which these may be about, in the
 * order of the log: no farther, so that what lies far away changes nothing.
 */
function rivalsOf(root: Hop): Proposal[] {
  const own = (root.proposals ?? []).filter((p) => !p.isTaken && isOf(p.word, root));
  const all = new Set(own);
  for (const { word, hops } of own)
    for (const hop of hops)
      if (hop !== root && isOf(word, hop))
        for (const other of hop.proposals ?? [])
          if (isRival(other, word) && isOf(other.word, hop) && all.size < MOST_RIVALS) all.add(other);
  return [...all].toSorted((a, b) => a.seq - b.seq);
}

function isRival(other: Proposal, word: Word): boolean {
  return !other.isTaken && Math.abs(other.word.at - word.at) <= RIVAL_MS;
}

function isUnlike(a: Word, b: Word): boolean {
  return a.engine === b.engine && (a.action !== b.action || a.reason !== b.reason);
}

/** Whether the word names this mail's sender, and one of its recipients where it names any. */
function isOf(word: Word, hop: Hop): boolean {
  // what came out of a filter is the same mail
  if (hop.judged !== undefined || hop.sender === undefined || !sameAddress(word.sender ?? '', hop.sender)) return false;
  return word.recipients.length === 0 || word.recipients.some((address) => isNamed(hop, address));
}

function isNamed(hop: Hop, address: string): boolean {
  return (
    hop.ends.some((e) => sameAddress(e.address, address) || (e.orig !== undefined && sameAddress(e.orig, address))) ||
    hop.named?.some((a) => sameAddress(a, address)) === true ||
    hop.refusals?.some((r) => r.recipient !== undefined && sameAddress(r.recipient, address)) === true
  );
}
