/**
 * Lines of Postfix that tell nothing of a mail: known, and left alone.
 */
import { indexOf, lit } from './bytes.ts';
import type { Line } from './line.ts';

const HEADS = [
  'fatal: ',
  'panic: ',
  'error: ',
  'table ',
  'using backwards-compatible default setting ',
  'discarding EHLO keywords: ',
  'sasl_exceptions: ',
  'setting up TLS connection ',
  'SSL_',
  'SSL3 ',
  'TLS ',
  'TLSRPT: ',
  'Issuing session ticket',
  'initializing the ',
  'certificate ',
  'connect to ',
  'host ',
  'warning: ',
  'statistics: ',
  'Peer verification: ',
  'Peer certificate ',
  'Verified: ',
  'Unverified: ',
  'private key for ',
  'private/',
  'Relaying allowed for ',
  'fingerprint=',
  'subject_CN=',
  'skipping SRV lookup ',
  'reload ',
  'cleanup socket ',
  'watchdog',
  'connection ',
  'auto_clnt_',
  'message-id too long',
  'Deleted: ',
  'Requeued: ',
  'Placed on hold: ',
  'Released from hold: ',
  'Force-expired: ',
  'Renamed to match inode number: ',
  'defer transport ',
  'defer site ',
  'logging initialized',
  'name_mask: ',
  'daemon started ',
  'starting the Postfix ',
  'stopping the Postfix ',
  'refreshing the Postfix ',
  'terminating on signal ',
  'waiting for the Postfix ',
  'the Postfix mail system ',
  'postfix_path ',
  'cache ',
  'close database ',
  'open database ',
  'addr ',
].map(lit);

/** `Trusted TLS connection established to h[ip]:25: …` of smtp(8) */
const TLS_CONNECTION = lit(' TLS connection ');

/** Whether a line without a queue id is known to tell nothing. */
export function isNoise(line: Line): boolean {
  if (line.warning || line.a >= line.b) return true;
  for (const head of HEADS) if (line.at(head)) return true;
  return isTalk(line) || indexOf(line.bytes, line.a, Math.min(line.b, line.a + 40), TLS_CONNECTION) >= 0;
}

/** `< h[ip]: EHLO x`, `> h[ip]: 250 …` (debug_peer_list), `h[ip]: replacing command …`, `h[ip]: certificate …`. */
function isTalk(line: Line): boolean {
  const { bytes, a, b } = line;
  if ((bytes[a] === 0x3c || bytes[a] === 0x3e) && bytes[a + 1] === 0x20) return true;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    if (c === 0x20) return false;
    if (c === 0x5d && bytes[i + 1] === 0x3a) return true;
  }
  return false;
}
