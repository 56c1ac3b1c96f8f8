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
  at: Instant;
  code: number;
  reply: string;
  /** `reply` as it is compared, once it was */
  words: string | undefined;
}

interface Callout {
  refusal: Refusal;
  host: string | undefined;
  words: string;
}

/** Equal recipients that are looked at. */
const MAX_SAME = 128;

/** A call-out is answered while the client waits. */
const CALLOUT_MS = 120_000;
/** Too few words to be known by. */
const SHORTEST_WORDS = 12;

/** The delivery line comes after the refusal, within a retry's time-out; clocks may differ. */
const WINDOW_MS = 900_000;
/** Clocks of two hosts are not farther apart (join.ts). */
const SKEW_MS = 26 * 3_600_000;

export class Repeats {
  private readonly table = new IdTable<Repeat[]>(256);
  private callouts = new IdTable<Callout[]>(16);

  /** A delivery that another server refused, for now or for good. */
  note(hop: Hop, end: End): void {
    if (end.reply === undefined || end.code < 400) return;
    this.put(keyOf(end.address.toLowerCase()), hop, end.at, end.code, end.reply);
  }

  private put(key: number, hop: Hop, at: Instant, code: number, reply: string): void {
    hop.repeats ??= [];
    if (!hop.repeats.includes(key)) hop.repeats.push(key);
    const list = this.table.get(key);
    if (list === undefined) {
      this.table.set(key, [{ hop, at, code, reply, words: undefined }]);
      return;
    }
    // A dead address may fail any number of mails: the latest are looked at.
    if (list.length >= MAX_SAME) list.shift();
    list.push({ hop, at, code, reply, words: undefined });
  }

  /** A refusal whose words may repeat what the next server said to a call-out. */
  callout(refusal: Refusal, session: SmtpSession): void {
    if (refusal.recipient === undefined || refusal.reply === undefined) return;
    const key = keyOf(refusal.recipient.toLowerCase());
    const one = { refusal, host: session.host, words: essence(refusal.reply) };
    const list = this.callouts.get(key);
    if (list === undefined) this.callouts.set(key, [one]);
    else if (list.length < MAX_SAME) list.push(one);
  }

  /** The refusal of another host, of the same recipient, whose words hold this one's. */
  outerOf(refusal: Refusal, host: string | undefined): Refusal | undefined {
    if (refusal.recipient === undefined || refusal.reply === undefined) return undefined;
    const words = essence(refusal.reply);
    if (words.length < SHORTEST_WORDS) return undefined;
    for (const c of this.callouts.get(keyOf(refusal.recipient.toLowerCase())) ?? []) {
      const { refusal: outer } = c;
      if (outer === refusal || c.host === host || Math.abs(outer.at - refusal.at) > CALLOUT_MS) continue;
      if (c.words.length > words.length && c.words.includes(words)) return outer;
    }
    return undefined;
  }

  clearCallouts(): void {
    this.callouts = new IdTable<Callout[]>(16);
  }

  /** An address probe that the next server refused: its log holds the refusal, and it is no mail. */
  probe(hop: Hop, ev: LogEvent): void {
    const address = ev.text(F.recipient);
    const reply = ev.text(F.reply);
    if (address === undefined || reply === undefined) return;
    this.put(keyOf(address.toLowerCase()), hop, ev.frame.at, ev.code, reply);
  }

  /** The hop whose delivery line repeats this refusal. */
  find(refusal: Refusal, self: Hop | undefined, host: string | undefined, skews: Skews): Hop | undefined {
    const sender = refusal.sender ?? self?.sender;
    const mid = self?.midHash ?? 0;
    let words: string | undefined;
    let best: Repeat | undefined;
    for (const address of refusal.recipient !== undefined ? [refusal.recipient] : (refusal.recipients ?? [])) {
      for (const r of this.table.get(keyOf(address.toLowerCase())) ?? []) {
        if (r.hop === self || r.hop.told !== undefined) continue;
        if (refusal.code !== 0 && r.code !== 0 && refusal.code !== r.code) continue;
        if (!sameSender(r.hop, sender)) continue;
        if (mid !== 0 && r.hop.midHash !== 0 && r.hop.midHash !== mid) continue;
        r.words ??= essence(r.reply);
        words ??= refusal.reply === undefined ? '' : essence(refusal.reply);
        if (!r.words.includes(words)) continue;
        const [least, most] = skews.between(r.hop.host, host);
        const d = refusal.at - r.at;
        if (d < least - WINDOW_MS || d > most + WINDOW_MS) {
          if (r.hop.host !== host && Math.abs(d) <= SKEW_MS) skews.isDoubted = true;
          continue;
        }
        if (best === undefined || Math.abs(r.at - refusal.at) < Math.abs(best.at - refusal.at)) best = r;
      }
    }
    return best?.hop;
  }

  /** Forgets what a told hop said. */
  forget(hop: Hop): void {
    for (const key of hop.repeats ?? []) {
      const kept = (this.table.get(key) ?? []).filter((r) => r.hop !== hop);
      if (kept.length > 0) this.table.set(key, kept);
      else this.table.delete(key);
    }
    hop.repeats = undefined;
  }
}

function keyOf(recipient: string): number {
  return hashText(recipient) || 1;
}

function sameSender(hop: Hop, sender: string | undefined): boolean {
  return hop.sender === undefined || sender === undefined || hop.sender.toLowerCase() === sender.toLowerCase();
}

/** Words of an answer without codes, spaces and case: servers wrap and prefix lines differently. */
export function essence(reply: string): string {
  return reply.replace(/\b[245]\d\d[- ]|\b[245]\.\d{1,3}\.\d{1,3}\b|\s+/g, '').toLowerCase();
}
