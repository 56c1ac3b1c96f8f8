/**
 * `=> bob <bob@b> … T=lmtp H=127.0.0.1 [127.0.0.1] C="250 2.0.0 <bob@b> K3a7XYZ Saved"`: Dovecot's LMTP server stored it.
 *
 * Sources: Exim src/transports/smtp.c (`protocol = lmtp` names the host as SMTP does) and lmtp.c (a socket or command: no
 * host); Dovecot src/lmtp/lmtp-local.c lmtp_local_deliver_to_rcpt(). A strange server may answer with the same words, so
 * they count where no host is named, where it is this one, and where the administrator calls the transport LMTP.
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { find, hasAt } from './scan.ts';

const SAVED = ' Saved';

/** Whether the answer says so; takes the session, by which Dovecot's own lines know the mail, as the filter's id. */
export function isStored(event: LogEvent): boolean {
  const { bytes } = event.frame;
  const a = event.start(F.reply);
  const end = event.stop(F.reply) - SAVED.length;
  if (a < 0 || end <= a || !hasAt(bytes, end, end + SAVED.length, SAVED) || !hasAt(bytes, a, end, '250 2.0.0 '))
    return false;
  if (!isTrusted(event)) return false;
  let from = end;
  while (from > a && bytes[from - 1] !== 0x20) from--;
  if (from < end) event.set(F.filterId, from, end);
  return true;
}

function isTrusted(event: LogEvent): boolean {
  const { bytes } = event.frame;
  const ip = event.start(F.relayIp);
  if (ip < 0) return true;
  const ipEnd = event.stop(F.relayIp);
  if (hasAt(bytes, ip, ipEnd, '127.') || (ipEnd - ip === 3 && hasAt(bytes, ip, ipEnd, '::1'))) return true;
  return find(bytes, event.start(F.transport), event.stop(F.transport), 'lmtp') >= 0;
}
