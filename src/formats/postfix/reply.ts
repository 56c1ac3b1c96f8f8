/**
 * Codes in answers: `450 4.2.0 text`, `4.7.1 text`, `550-5.1.1 text`.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { indexOfFolded, isDigit, lit, startsAt } from './bytes.ts';

const SAID = [lit(' said'), lit(' refused to talk to me'), lit(' refused to start TLS')] as const;

/** The SMTP code at `at`, 0 where there is none. */
function smtpCodeAt(bytes: Uint8Array, at: number, b: number): number {
  if (at + 3 > b) return 0;
  const c0 = bytes[at] as number;
  if (c0 < 0x32 || c0 > 0x35 || !isDigit(bytes[at + 1]) || !isDigit(bytes[at + 2])) return 0;
  if (at + 3 < b && bytes[at + 3] !== 0x20 && bytes[at + 3] !== 0x2d) return 0;
  return (c0 - 0x30) * 100 + ((bytes[at + 1] as number) - 0x30) * 10 + (bytes[at + 2] as number) - 0x30;
}

/** End of the enhanced code d.d{1,3}.d{1,3} at `at`, -1 where there is none. */
export function enhancedEnd(bytes: Uint8Array, at: number, b: number): number {
  const c0 = bytes[at];
  if (at >= b || (c0 !== 0x32 && c0 !== 0x34 && c0 !== 0x35)) return -1;
  let i = at + 1;
  for (let part = 0; part < 2; part++) {
    if (i >= b || bytes[i] !== 0x2e) return -1;
    const from = ++i;
    while (i < b && i - from < 3 && isDigit(bytes[i])) i++;
    if (i === from) return -1;
  }
  return i < b && (isDigit(bytes[i]) || bytes[i] === 0x2e) ? -1 : i;
}

/**
 * Sets code and dsn from an answer that begins at `at` (`554 5.7.1 text`, `5.7.1 text`); what is not told stays unset.
 * `keepDsn`: the line told a dsn elsewhere.
 */
export function readCodes(event: LogEvent, bytes: Uint8Array, at: number, b: number, keepDsn = false): void {
  const code = smtpCodeAt(bytes, at, b);
  let i = at;
  if (code > 0) {
    event.code = code;
    i = at + 4;
  }
  if (keepDsn) return;
  const end = enhancedEnd(bytes, i, b);
  if (end > 0) event.set(F.dsn, i, end);
}

/**
 * The SMTP code that a delivery text holds: at its start, or after the first `host X said: `, `refused to talk to me: `,
 * `refused to start TLS: ` (smtp_proto.c); 0 where there is none.
 */
export function codeOfText(bytes: Uint8Array, a: number, b: number): number {
  const own = smtpCodeAt(bytes, a, b);
  if (own > 0) return own;
  for (let i = a; i + 4 < b; i++) {
    if (bytes[i] !== 0x3a || bytes[i + 1] !== 0x20) continue;
    for (const word of SAID) {
      if (i - word.length >= a && startsAt(bytes, i - word.length, b, word)) return smtpCodeAt(bytes, i + 2, b);
    }
  }
  return 0;
}

const GREYLIST = [
  lit('greylist'),
  lit('graylist'),
  lit('grey-list'),
  lit('gray-list'),
  lit('grey listed'),
  // Proxmox' pmgpolicy has this text for nothing else (pmg-api src/bin/pmgpolicy greylist_value)
  lit('service is unavailable (try later)'),
] as const;

/** Whether the text of a temporary refusal says that it is greylisting (postgrey, policyd, milter-greylist, Proxmox and others). */
export function saysGreylisting(bytes: Uint8Array, a: number, b: number): boolean {
  for (const word of GREYLIST) if (indexOfFolded(bytes, a, b, word) >= 0) return true;
  return false;
}

/**
 * Text that a content filter put into its answer when it kept a mail back while saying 250.
 * Amavis 2.x: `2.7.0 Ok, discarded, id=20417-03-2 - SPAM`, with `, quarantined` in it if it stored the mail; where the
 * name of a virus or of an attachment stands before it (amavisd, smtp_reason_by_ccat), which is a stranger's, at its end alone;
 * Proxmox Mail Gateway (PMG/SMTP.pm): `2.7.0 BLOCKED (LOGID)`; clamsmtp (src/clamsmtpd.c): `Virus Detected; Discarded Email`.
 */
const DISCARDED_BY_FILTER = [
  lit('Ok, discarded, id='),
  lit('BLOCKED ('),
  lit('Virus Detected; Discarded Email'),
] as const;
const QUARANTINED = lit(', quarantined');
const REASON = lit(' - ');
const NAMING = [lit('BANNED'), lit('INFECTED')] as const;

/** 'filter', 'quarantine', or '' where the answer says neither. */
export function heldByFilter(bytes: Uint8Array, a: number, b: number): 'filter' | 'quarantine' | '' {
  const text = textStart(bytes, a, b);
  for (const word of DISCARDED_BY_FILTER) {
    if (!startsAt(bytes, text, b, word)) continue;
    const reason = indexOfFolded(bytes, text, b, REASON) + REASON.length;
    const isNaming = reason < REASON.length || NAMING.some((one) => startsAt(bytes, reason, b, one));
    const from = isNaming ? Math.max(text, b - QUARANTINED.length) : reason;
    return indexOfFolded(bytes, from, b, QUARANTINED) >= 0 ? 'quarantine' : 'filter';
  }
  return '';
}

/** Where the words of an answer begin, after its codes. */
export function textStart(bytes: Uint8Array, a: number, b: number): number {
  const text = smtpCodeAt(bytes, a, b) > 0 ? Math.min(a + 4, b) : a;
  const end = enhancedEnd(bytes, text, b);
  return end > 0 ? Math.min(end + 1, b) : text;
}
