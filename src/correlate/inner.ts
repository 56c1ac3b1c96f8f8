/**
 * A refusal at an inner hop that the hop before repeats in its delivery line is part of that hop, not a mail of its own:
 * the front server says `host store said: 550 5.1.1 <x>: … (in reply to RCPT TO command)`, the inner one logs the refusal.
 */
import { hashText } from '../model/hash.ts';
import { F, type LogEvent } from '../model/log-event.ts';
import type { Instant } from '../model/message.ts';
import type { End, Hop, Refusal } from './hop.ts';
import { IdTable } from './id-table.ts';
import type { SmtpSession } from './session.ts';
import type { Skews } from './skews.ts';

interface Repeat {
  hop: Hop;
  recipient: string;
  at: Instant;
  code: number;
  reply: string;
  next: Repeat | undefined;
}

interface Callout {
  refusal: Refusal;
  host: string | undefined;
  next: Callout | undefined;
}

/** A call-out is answered while the client waits. */
const CALLOUT_MS = 120_000;
/** Too few words to be known by. */
const SHORTEST_WORDS = 12;

/** The delivery line comes after the refusal, within a retry's time-out; clocks may differ. */
const WINDOW_MS = 900_000;

export class Repeats {
  private readonly table = new IdTable<Repeat>(256);
  private callouts = new IdTable<Callout>(16);

  /** A delivery that another server refused, for now or for good. */
  note(hop: Hop, end: End): void {
    if (end.reply === undefined || end.code < 400) return;
    const recipient = end.address.toLowerCase();
    const key = keyOf(recipient);
    hop.repeats = true;
    this.table.set(key, { hop, recipient, at: end.at, code: end.code, reply: end.reply, next: this.table.get(key) });
  }

  /** A refusal whose words may repeat what the next server said to a call-out. */
  callout(refusal: Refusal, session: SmtpSession): void {
    if (refusal.recipient === undefined || refusal.reply === undefined) return;
    const key = keyOf(refusal.recipient.toLowerCase());
    this.callouts.set(key, { refusal, host: session.host, next: this.callouts.get(key) });
  }

  /** The refusal of another host, of the same recipient, whose words hold this one's. */
  outerOf(refusal: Refusal, host: string | undefined): Refusal | undefined {
    if (refusal.recipient === undefined || refusal.reply === undefined) return undefined;
    const words = essence(refusal.reply);
    if (words.length < SHORTEST_WORDS) return undefined;
    for (let c = this.callouts.get(keyOf(refusal.recipient.toLowerCase())); c !== undefined; c = c.next) {
      const { refusal: outer } = c;
      if (outer === refusal || c.host === host || Math.abs(outer.at - refusal.at) > CALLOUT_MS) continue;
      const more = essence(outer.reply ?? '');
      if (more.length > words.length && more.includes(words)) return outer;
    }
    return undefined;
  }

  clearCallouts(): void {
    this.callouts = new IdTable<Callout>(16);
  }

  /** An address probe that the next server refused: its log holds the refusal, and it is no mail. */
  probe(hop: Hop, ev: LogEvent): void {
    const address = ev.text(F.recipient);
    const reply = ev.text(F.reply);
    if (address === undefined || reply === undefined) return;
    const recipient = address.toLowerCase();
    const key = keyOf(recipient);
    this.table.set(key, { hop, recipient, at: ev.frame.at, code: ev.code, reply, next: this.table.get(key) });
  }

  /** The hop whose delivery line repeats this refusal. */
  find(refusal: Refusal, self: Hop | undefined, host: string | undefined, skews: Skews): Hop | undefined {
    const sender = refusal.sender ?? self?.sender;
    const mid = self?.midHash ?? 0;
    const words = refusal.reply === undefined ? '' : essence(refusal.reply);
    let best: Repeat | undefined;
    for (const address of refusal.recipient !== undefined ? [refusal.recipient] : (refusal.recipients ?? [])) {
      for (let r = this.table.get(keyOf(address.toLowerCase())); r !== undefined; r = r.next) {
        if (r.hop === self || r.hop.told !== undefined) continue;
        const [least, most] = skews.between(r.hop.host, host);
        const d = refusal.at - r.at;
        if (d < least - WINDOW_MS || d > most + WINDOW_MS) continue;
        if (refusal.code !== 0 && r.code !== 0 && refusal.code !== r.code) continue;
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
      const key = keyOf(end.address.toLowerCase());
      let kept: Repeat | undefined;
      for (let r = this.table.get(key); r !== undefined; r = r.next) if (r.hop !== hop) kept = { ...r, next: kept };
      if (kept !== undefined) this.table.set(key, kept);
      else this.table.delete(key);
    }
  }
}

function keyOf(recipient: string): number {
  return hashText(recipient) || 1;
}

function sameSender(hop: Hop, sender: string | undefined): boolean {
  return hop.sender === undefined || sender === undefined || hop.sender.toLowerCase() === sender.toLowerCase();
}

/** Words of an answer without codes, spaces and case: servers wrap and prefix lines differently. */
function essence(reply: string): string {
  return reply.replace(/\b[245]\d\d[- ]|\b[245]\.\d{1,3}\.\d{1,3}\b|\s+/g, '').toLowerCase();
}
