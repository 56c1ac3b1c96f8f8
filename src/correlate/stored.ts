/**
 * A delivery program's word on one recipient that names the mail by its Message-ID: which recipient of which hop it is about.
 * Source: cyrus-imapd imap/lmtpd.c, imap/lmtp_sieve.c; Dovecot's LDA (no session that the server would name).
 */
import { sameAddress } from './entry.ts';
import type { End, Hop } from './hop.ts';
import { twinOf, type Word } from './word.ts';

/** A delivery program logs while the server waits for its answer, ms. */
const NEAR_MS = 30_000;
/** Hops of a mail that are looked at. */
const MOST_HOPS = 64;

/** One session may store a mail for several users: the program names them by login or by address, without a `+detail`. */
export function isOf(word: Word, end: End): boolean {
  const [user] = word.recipients;
  if (user === undefined || sameAddress(user, end.address)) return true;
  const at = end.address.lastIndexOf('@');
  if (at <= 0) return false;
  const local = localPart(end.address, at);
  return sameAddress(user, user.includes('@') ? local + end.address.slice(at) : local);
}

function localPart(address: string, at: number): string {
  const plus = address.indexOf('+');
  return address.slice(0, plus > 0 && plus < at ? plus : at);
}

/** Whether the word is about this recipient, whom the server has just given over; unnamed, only where there is no other. */
export function isStoredHere(word: Word, hop: Hop, end: End): boolean {
  if (word.host !== hop.host || Math.abs(word.at - end.at) > NEAR_MS) return false;
  return isOf(word, end) && (word.recipients.length > 0 || hop.nrcpt === 1);
}

/**
 * The same when the mail is told, whatever of the two was logged first. A word that names no user is about the one
 * recipient of whom nothing else was said. A redirect is tied where it is logged, or not at all.
 */
export function storeLate(word: Word, root: Hop): boolean {
  if (word.what === 'forwarded') return false;
  const open: { hop: Hop; end: End }[] = [];
  for (const hop of hopsFrom(root))
    for (const end of hop.ends)
      if (end.outcome === 'sent' && word.host === hop.host && Math.abs(word.at - end.at) <= NEAR_MS && isOf(word, end))
        open.push({ hop, end });
  const meant = word.recipients.length > 0 ? open : open.filter(({ end }) => end.stored === undefined);
  const [first] = meant;
  if (first === undefined || (word.recipients.length === 0 && meant.length > 1)) return false;
  word.claims++;
  if (twinOf(first.end.stored, word) === undefined) (first.end.stored ??= []).push(word);
  (first.hop.lines ??= []).push(...word.lines);
  return true;
}

function hopsFrom(root: Hop): Hop[] {
  const out = [root];
  for (const hop of out)
    for (const next of hop.next ?? []) if (out.length < MOST_HOPS && !out.includes(next)) out.push(next);
  return out;
}
