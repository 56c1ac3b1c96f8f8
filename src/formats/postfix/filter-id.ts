/**
 * The id under which a filter judged the mail, read from its answer to the end of data.
 * Proxmox Mail Gateway, pmg-api src/PMG/SMTP.pm:
 *   250 2.5.0 OK (381C4E5DFA32622BFC4)
 *   250 2.7.0 BLOCKED (381C4E5DFA32622BFC4)
 *   554 5.7.1 Rejected for policy reasons (381C4E5DFA32622BFC4)
 *   451 4.4.0 detected undelivered mail (381C4E5DFA32622BFC4)
 * The id: inode, seconds and microseconds in hex (src/PMG/MailQueue.pm new_fileid).
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { indexOf, lit, startsAt } from './bytes.ts';
import { textStart } from './reply.ts';

const TAKEN = [lit('OK ('), lit('BLOCKED (')] as const;
const REFUSED = [lit('Rejected for policy reasons ('), lit('detected undelivered mail (')] as const;
const MIN = 14;
const MAX = 40;

/** Sets the filter's id from an answer that took the mail: bytes[a, b) begins with its codes. */
export function readTakenBy(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  const text = textStart(bytes, a, b);
  const first = bytes[text];
  if (first !== 0x4f && first !== 0x42) return;
  for (const word of TAKEN) if (startsAt(bytes, text, b, word)) return setId(event, bytes, text + word.length, b);
}

/** Sets the filter's id from an answer that refused the mail, which may stand behind `host x said: `. */
export function readRefusedBy(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  if (event.code !== 554 && event.code !== 451) return;
  for (const word of REFUSED) {
    const at = indexOf(bytes, a, b, word);
    if (at >= 0) return setId(event, bytes, at + word.length, b);
  }
}

function setId(event: LogEvent, bytes: Uint8Array, a: number, b: number): void {
  const end = idEnd(bytes, a, b);
  if (end > 0) event.set(F.filterId, a, end);
}

/** End of the id at `a` that a bracket ends; -1 where there is none. */
function idEnd(bytes: Uint8Array, a: number, b: number): number {
  const limit = Math.min(b, a + MAX);
  let i = a;
  while (i < limit && isHex(bytes[i] as number)) i++;
  return i - a >= MIN && i < b && bytes[i] === 0x29 ? i : -1;
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46);
}

/** Whether the line may name a filter's id: what became of the mail, that filter's own lines tell. */
export function mayNameFilter({ bytes, body, end }: Frame): boolean {
  for (const word of [...TAKEN, ...REFUSED]) {
    const at = indexOf(bytes, body, end, word);
    if (at >= 0 && idEnd(bytes, at + word.length, end) > 0) return true;
  }
  return false;
}
