/**
 * Words that name a mail by client, sender and recipient alone, because it had no queue id when they were written: policy
 * services that a server asks at RCPT, filters that log their SMTP session. They are given when the mail is told.
 * Source: postfix SMTPD_POLICY_README (queue_id is empty before the first recipient is taken).
 */
import { hashText } from '../model/hash.ts';
import { sameAddress } from './entry.ts';
import type { Hop } from './hop.ts';
import type { Word } from './word.ts';

/** A policy is asked just before the mail gets its id, ms… */
const BEFORE_MS = 5000;
/** …by a logger that may be slow, ms. */
const AFTER_MS = 2000;

export function envelopeKey(host: string | undefined, sender: string): number {
  return hashText(`${(host ?? '').toLowerCase()}\n${sender.toLowerCase()}`) || 1;
}

/** Whether the word may be about this mail. */
export function isOfEnvelope(word: Word, hop: Hop): boolean {
  if (word.claims > 0 || word.host !== hop.host) return false;
  if (word.clientIp !== undefined) {
    if (word.clientIp !== hop.clientIp || word.at < hop.firstAt - BEFORE_MS || word.at > hop.firstAt + AFTER_MS)
      return false;
  } else if (word.at < hop.firstAt - AFTER_MS || word.at > hop.lastAt + AFTER_MS) return false;
  if (word.recipients.length === 0) return word.clientIp !== undefined;
  return word.recipients.some((address) => isNamed(hop, address));
}

function isNamed(hop: Hop, address: string): boolean {
  return (
    hop.ends.some((e) => sameAddress(e.address, address) || (e.orig !== undefined && sameAddress(e.orig, address))) ||
    hop.named?.some((a) => sameAddress(a, address)) === true ||
    hop.refusals?.some((r) => r.recipient !== undefined && sameAddress(r.recipient, address)) === true
  );
}
