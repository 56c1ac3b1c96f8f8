/**
 * `recipient-status` of Exchange: what the next server or Exchange itself answered, with its codes.
 * Shape:  `250 2.1.5 RESOLVER.GRP.Expanded; …`, `[{LED=550 5.1.10 RESOLVER.ADR.…};{MSG=…};{FQDN=…}]`, `To`, `Cc`.
 * Source: learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking (recipient-status);
 *         learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online (LED, LRT, FQDN).
 */
import { F, type LogEvent } from '../../model/log-event.ts';

const REPLY = /(?:^|LED=|\s)([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3}))?(?=[\s;:}\]]|$)/;
const LONGEST = 4096;

/** Sets reply, code and dsn; says whether the queue gave up (4.4.7, QUEUE.Expired). */
export function setStatus(event: LogEvent, status: string): boolean {
  const text = status.slice(0, LONGEST);
  const match = REPLY.exec(text.slice(0, 512));
  if (match === null) return false;
  event.setText(F.reply, text);
  event.code = Number(match[1]);
  if (match[2] !== undefined) event.setText(F.dsn, match[2]);
  return match[2] === '4.4.7' || match[2] === '5.4.7' || /\bQUEUE\.Expired\b/i.test(text);
}

/**
 * The statuses of a `;` list with as many recipients, in their order. Texts may hold `;` themselves: a list of another length
 * belongs to all of them.
 */
export function statusesOf(text: string, count: number): string[] {
  if (count <= 1) return [text];
  const parts = partsOf(text);
  return parts.length === count ? parts : Array<string>(count).fill(text);
}

/** Parts at `;` outside of brackets. */
function partsOf(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) depth++;
    else if ((c === 0x5d || c === 0x7d) && depth > 0) depth--;
    else if (c === 0x3b && depth === 0) {
      out.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  out.push(text.slice(from).trim());
  return out;
}
