/**
 * A refusal at an inner hop that the hop before repeats in its delivery line is part of that hop, not a mail of its own:
 * the front server says `host store said: 550 5.1.1 <x>: … (in reply to RCPT TO command)`, the inner one logs the refusal.
 */
import { hashText } from '../model/hash.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import type { Instant } from '../model/message.ts';
import type { End, Hop, Refusal } from './hop.ts';
import { IdTable } from './id-table.ts';

interface Repeat {
  hop: Hop;
  recipient: string;
  at: Instant;
  code: number;
  reply: string;
  next: Repeat | undefined;
}

/** The delivery line comes after the refusal, within a retry's time-out; clocks may differ. */
const WINDOW_MS = 900_000;

export class Repeats {
  private readonly table = new IdTable<Repeat>(256);

  /** A delivery that another server refused, for now or for good. */
  note(hop: Hop, end: End): void {
    if (end.reply === undefined || end.code < 400) return;
    const recipient = end.address.toLowerCase();
    const key = keyOf(recipient, end.code);
    hop.repeats = true;
    this.table.set(key, { hop, recipient, at: end.at, code: end.code, reply: end.reply, next: this.table.get(key) });
  }

  /** An address probe that the next server refused: its log holds the refusal, and it is no mail. */
  probe(hop: Hop, ev: LogEvent): void {
    const address = ev.text(F.recipient);
    const reply = ev.text(F.reply);
    if (address === undefined || reply === undefined) return;
    const recipient = address.toLowerCase();
    const key = keyOf(recipient, ev.code);
    this.table.set(key, { hop, recipient, at: ev.frame.at, code: ev.code, reply, next: this.table.get(key) });
  }

  /** The hop whose delivery line repeats this refusal. */
  find(refusal: Refusal, self: Hop | undefined): Hop | undefined {
    const sender = refusal.sender ?? self?.sender;
    const mid = self?.midHash ?? 0;
    const words = refusal.reply === undefined ? '' : essence(refusal.reply);
    let best: Repeat | undefined;
    for (const address of refusal.recipient !== undefined ? [refusal.recipient] : (refusal.recipients ?? [])) {
      for (let r = this.table.get(keyOf(address.toLowerCase(), refusal.code)); r !== undefined; r = r.next) {
        if (r.hop === self || r.hop.told !== undefined) continue;
        if (Math.abs(r.at - refusal.at) > WINDOW_MS) continue;
        if (!sameSender(r.hop, sender)) continue;
        if (mid !== 0 && r.hop.midHash !== 0 && r.hop.midHash !== mid) continue;
        if (!essence(r.reply).includes(words)) continue;
        if (best === undefined || Math.abs(r.at - refusal.at) < Math.abs(best.at - refusal.at)) best = r;
      }
    }
    return best?.hop;
  }

  /** Forgets what a told hop said. */
  forget(hop: Hop): void {
    for (const end of hop.ends) {
      const key = keyOf(end.address.toLowerCase(), end.code);
      let kept: Repeat | undefined;
      for (let r = this.table.get(key); r !== undefined; r = r.next) if (r.hop !== hop) kept = { ...r, next: kept };
      if (kept !== undefined) this.table.set(key, kept);
      else this.table.delete(key);
    }
  }
}

function keyOf(recipient: string, code: number): number {
  return hashText(`${code} ${recipient}`) || 1;
}

function sameSender(hop: Hop, sender: string | undefined): boolean {
  return hop.sender === undefined || sender === undefined || hop.sender.toLowerCase() === sender.toLowerCase();
}

/** Words of an answer without codes, spaces and case: servers wrap and prefix lines differently. */
function essence(reply: string): string {
  return reply.replace(/\b[245]\d\d[- ]|\b[245]\.\d{1,3}\.\d{1,3}\b|\s+/g, '').toLowerCase();
}
