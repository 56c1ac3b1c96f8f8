/**
 * Lines that name a queue id and add nothing to its story: known, and kept in its chain.
 */
import { lit } from './bytes.ts';
import type { Line } from './line.ts';

const HEADS = [
  'resent-message-id=', // cleanup_message.c: Message-ID has a line of its own
  'status=deferred (', // global/bounce.c, abounce.c: the notice could not be written, the mail stays
  'skipped, still being delivered', // qmgr_message.c
  'enabling PIX workarounds', // smtp_proto.c
  'disabling PIX workarounds',
  'breaking line > ', // smtp_proto.c
  'Server certificate ', // smtp_proto.c
  'server certificate ',
  'Untrusted TLS connection ',
  'Trusted TLS connection ',
  'Verified TLS connection ',
  'Anonymous TLS connection ',
  'TLS ',
  'SASL ',
  'replacing server reply ',
  'not sending trace/success notification ', // bounce_trace_service.c
  'no trace file -- not sending a notification',
  'undeliverable postmaster notification discarded', // bounce_notify_util.c
  'undeliverable postmaster delay notification discarded',
  'double-bounce message', // bounce
  'reply filter in: ', // smtpd_chat.c
  'reply filter out: ',
  'sending defer warning ',
  'sender delay ', // a notice without an id
  'to=', // a line that its carrier cut
  'Host offered STARTTLS: ',
  'Recipient ',
  'data ',
  'generated ',
].map(lit);

export function isKnownMention(line: Line): boolean {
  for (const head of HEADS) if (line.at(head)) return true;
  return false;
}
