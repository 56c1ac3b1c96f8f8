/**
 * Mail that a command hands in again by sendmail(1): a content filter behind pipe(8). Nothing names the new queue id. The
 * new mail has the Message-ID of the old one; where it had none, the sender and the time tell, and the server gave the new
 * one a Message-ID. pickup(8) may log the new mail before or after pipe(8) logs that its command is done: either waits.
 * Source: postfix src/pipe/pipe.c (`delivered via X service`), src/pickup/pickup.c, FILTER_README "simple content filter".
 * Memory: the last mails of either side, both bounded.
 */
import { hashText } from '../model/hash.ts';
import type { Instant } from '../model/message.ts';
import { type End, type Hop, Parent } from './hop.ts';
import type { Tracker } from './tracker.ts';

/** pickup(8) looks each minute, and at once where it is woken (master.cf(5)). */
const PICKUP_MS = 65_000;
/** Keys that are remembered on either side. */
const MAX_KEYS = 2048;
/** Mails of one key: recipients of a mail, mails of one sender. */
const MAX_EACH = 16;

interface Handed {
  hop: Hop;
  end: End;
}

export class Piped {
  private readonly handed = new Map<number, Handed[]>();
  private readonly arrived = new Map<number, Hop[]>();

  /** A command took this recipient's mail. */
  took(t: Tracker, hop: Hop, end: End): void {
    const key = keyOf(hop, hop.midHash === 0 ? hop.sender : undefined);
    if (key === 0) return;
    for (const child of this.arrived.get(key) ?? []) tie(t, hop, end, child);
    put(this.handed, key, { hop, end });
  }

  /** A mail was handed in on the machine: its Message-ID is known now. */
  picked(t: Tracker, child: Hop): void {
    for (const key of [keyOf(child, undefined), keyOf(child, child.sender)]) {
      if (key === 0) continue;
      for (const { hop, end } of this.handed.get(key) ?? []) tie(t, hop, end, child);
      put(this.arrived, key, child);
    }
  }
}

function tie(t: Tracker, hop: Hop, end: End, child: Hop): void {
  if (hop !== child && hop.told === undefined && isNear(child.firstAt, end.at))
    t.link(new Parent(hop, end, 'piped'), child);
}

export function isNear(from: Instant, at: Instant): boolean {
  return Math.abs(from - at) <= PICKUP_MS;
}

/** By the Message-ID, or by the sender; 0 = neither is known. */
function keyOf(hop: Hop, sender: string | undefined): number {
  if (sender !== undefined) return sender === '' ? 0 : hashText(`${hop.host ?? ''}\n${sender.toLowerCase()}`) || 1;
  return hop.midHash === 0 ? 0 : hashText(hop.host ?? '', hop.midHash) || 1;
}

function put<T>(map: Map<number, T[]>, key: number, item: T): void {
  const list = map.get(key) ?? [];
  list.push(item);
  if (list.length > MAX_EACH) list.shift();
  map.delete(key);
  map.set(key, list);
  if (map.size <= MAX_KEYS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
