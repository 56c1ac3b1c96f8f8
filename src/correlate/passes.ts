/**
 * Whom a mail that was refused as a whole was for besides those whom the server's line names: smtpd opens the queue file at
 * the first RCPT that it accepts, so a policy service was asked for this recipient before there was an id, and the line of the
 * refusal names the last recipient alone. The service's last word before the mail's first line is of its first recipient.
 * Source: postfix src/smtpd/smtpd_check.c (the policy's `queue_id` is empty then), src/cleanup/cleanup_milter.c
 *         cleanup_milter_log() and smtpd_check.c log_whatsup() (one `to=<>`); SMTPD_POLICY_README.
 */
import type { Proposal } from './by-envelope.ts';
import { sameAddress } from './entry.ts';
import type { Hop } from './hop.ts';
import type { Word } from './word.ts';

/** Loggers may swap lines; of stamps in whole seconds the service's may be the later one of two files. */
const SWAPPED_MS = 1000;
/** Two of a client at a time: the order alone tells which is whose. */
const AT_ONCE_MS = 1000;
const MOST_MAILS = 64;
const REFUSING: ReadonlySet<string> = new Set(['rejected', 'greylisted', 'tempfailed', 'discarded']);

/** Whether it may say whom a mail is for that is refused later. */
function mayNameFirst(word: Word): boolean {
  return word.clientIp !== undefined && word.recipients.length === 1 && !REFUSING.has(word.action);
}

/**
 * What policy services said of the first recipient of a mail that was refused as a whole, where they alone name it; the mail
 * then has it. `isOf`: whether a word names this mail's sender and a recipient that other lines name.
 */
export function wordsOfFirst(root: Hop, isOf: (word: Word, hop: Hop) => boolean): readonly Word[] {
  if (root.proposals === undefined || !wasRefusedWhole(root)) return NONE;
  const given = new Set<Proposal>();
  for (const hop of mailsAround(root)) {
    const all = fittingOf(hop, given, isOf);
    const last = lastBefore(hop, all);
    if (last === undefined) continue;
    const [address = ''] = last.word.recipients;
    const same = all.filter(({ word }) => sameAddress(word.recipients[0] ?? '', address));
    if (hop !== root) {
      for (const one of same) given.add(one);
      continue;
    }
    // the service was asked for a recipient that the refusal names
    if (isOf(last.word, root)) return NONE;
    if (all.some((p) => !same.includes(p) && !isOf(p.word, root) && isAtOnce(p, root))) root.isProposalUnsure = true;
    root.firstNamed = address;
    return same.map(({ word }) => word);
  }
  return NONE;
}

const NONE: readonly Word[] = [];

function wasRefusedWhole(hop: Hop): boolean {
  return hop.queueId !== undefined && hop.ends.length === 0 && hop.refusals?.some((r) => r.final) === true;
}

function isAtOnce({ word }: Proposal, hop: Hop): boolean {
  return Math.abs(word.at - hop.firstAt) <= AT_ONCE_MS;
}

/** This mail and others that were refused as a whole and may be meant by the same words, in the order of the log. */
function mailsAround(root: Hop): Hop[] {
  const mails = new Set([root]);
  for (const { hops } of root.proposals ?? [])
    for (const hop of hops) if (mails.size < MOST_MAILS && wasRefusedWhole(hop)) mails.add(hop);
  return [...mails].toSorted((a, b) => a.seq - b.seq);
}

/** Words about recipients of this sender. */
function fittingOf(hop: Hop, given: ReadonlySet<Proposal>, isOf: (word: Word, hop: Hop) => boolean): Proposal[] {
  return (hop.proposals ?? []).filter(
    (p) =>
      !p.isTaken &&
      !given.has(p) &&
      mayNameFirst(p.word) &&
      hop.sender !== undefined &&
      sameAddress(p.word.sender ?? '', hop.sender) &&
      !p.hops.some((other) => other !== hop && isOthers(p, other, isOf)),
  );
}

/** Whether the word is of another mail, which came at once and was for that recipient, and of which no later word tells. */
function isOthers(p: Proposal, hop: Hop, isOf: (word: Word, hop: Hop) => boolean): boolean {
  if (hop.seq < p.seq || !isAtOnce(p, hop) || !isOf(p.word, hop)) return false;
  const [address = ''] = p.word.recipients;
  return !(hop.proposals ?? []).some(
    (later) =>
      later.seq > p.seq &&
      later.seq < hop.seq &&
      mayNameFirst(later.word) &&
      isOf(later.word, hop) &&
      sameAddress(later.word.recipients[0] ?? '', address),
  );
}

function lastBefore(hop: Hop, all: readonly Proposal[]): Proposal | undefined {
  return all.findLast((p) => p.seq < hop.seq) ?? all.find(({ word }) => Math.abs(word.at - hop.firstAt) <= SWAPPED_MS);
}
