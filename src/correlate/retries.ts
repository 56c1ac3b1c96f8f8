/**
 * Ties a refused-for-now attempt to the attempt that came after it.
 * Equal sender and recipient, and equal Message-ID, or a client of the same /24 or /64, or the same HELO domain, within
 * five days. Three attempts make a chain. Where two attempts that are not in one chain fit the same retry, none is tied.
 */
import { hashText } from '../model/hash.ts';
import type { Instant, Message } from '../model/message.ts';

const WINDOW_MS = 5 * 86_400_000;

/** An attempt is told at most this much of log time after a later mail. */
const TOLD_LATE_MS = 7_200_000;
const KEEP_RECENT = 4_096;

interface Attempt {
  id: string;
  time: Instant;
  /** refused for now: it may have a retry */
  open: boolean;
  messageId: string | undefined;
  net: string | undefined;
  helo: string | undefined;
}

export interface RetryLink {
  attempt: string;
  retry: string;
}

export class Retries {
  private readonly byPair = new Map<number, Attempt[]>();
  /** pairs that have an attempt that was refused for now */
  private readonly wanted = new Set<number>();
  /** pairs of mails that nobody waits for yet: an attempt before them may still be told, if it was told late */
  private readonly recent: { key: number; time: Instant }[] = [];
  private newest: Instant = Number.NEGATIVE_INFINITY;

  add(message: Message): void {
    if (message.sender === undefined || message.kind !== 'mail') return;
    if (message.time > this.newest) this.newest = message.time;
    for (const r of message.recipients) {
      if (r.address === undefined || r.added !== undefined) continue;
      const key = hashText(`${message.sender.toLowerCase()}\n${r.address.toLowerCase()}`);
      const open = r.status === 'greylisted' || (r.status === 'rejected' && r.action === 'tempfailed');
      if (open) this.wanted.add(key);
      else if (!this.wanted.has(key)) this.recent.push({ key, time: message.time });
      const attempt: Attempt = {
        id: message.id,
        time: message.time,
        open,
        messageId: message.messageId,
        net: netOf(message.client?.ip),
        helo: domainOf(message.client?.helo),
      };
      const list = this.byPair.get(key);
      if (list === undefined) this.byPair.set(key, [attempt]);
      else list.push(attempt);
    }
    if (this.recent.length > KEEP_RECENT) this.forgetOld();
  }

  /** Mails are told nearly in the order of time: what nobody waited for by now will not be a retry. */
  private forgetOld(): void {
    const before = this.newest - TOLD_LATE_MS;
    const kept = this.recent.filter(({ key, time }) => {
      if (this.wanted.has(key)) return false;
      if (time >= before) return true;
      this.byPair.delete(key);
      return false;
    });
    this.recent.length = 0;
    for (const one of kept.slice(0, -KEEP_RECENT / 2)) this.byPair.delete(one.key);
    for (const one of kept.slice(-KEEP_RECENT / 2)) this.recent.push(one);
  }

  links(): { links: RetryLink[]; ambiguous: string[] } {
    const links: RetryLink[] = [];
    const ambiguous = new Set<string>();
    const seen = new Set<string>();
    for (const key of this.wanted) {
      const list = (this.byPair.get(key) ?? []).sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
      const nextOf = new Map<Attempt, Attempt>();
      const claims = new Map<Attempt, Attempt[]>();
      list.forEach((a, i) => {
        if (!a.open) return;
        const retry = list.slice(i + 1).find((b) => b.id !== a.id && fits(a, b));
        if (retry === undefined) return;
        nextOf.set(a, retry);
        claims.set(retry, [...(claims.get(retry) ?? []), a]);
      });
      for (const [attempt, retry] of nextOf) {
        if ((claims.get(retry) ?? []).length > 1) {
          ambiguous.add(retry.id);
          continue;
        }
        const pair = `${attempt.id} ${retry.id}`;
        if (seen.has(pair)) continue;
        seen.add(pair);
        links.push({ attempt: attempt.id, retry: retry.id });
      }
    }
    return { links, ambiguous: [...ambiguous] };
  }
}

function fits(a: Attempt, b: Attempt): boolean {
  if (b.time - a.time > WINDOW_MS) return false;
  if (a.messageId !== undefined && b.messageId !== undefined) return a.messageId === b.messageId;
  return (a.net !== undefined && a.net === b.net) || (a.helo !== undefined && a.helo === b.helo);
}

/** The /24 of an IPv4 address, the /64 of an IPv6 one. */
function netOf(ip: string | undefined): string | undefined {
  if (ip === undefined) return undefined;
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(ip);
  if (v4) return v4[1];
  if (!ip.includes(':')) return undefined;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? left
      : [...left, ...new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((g) => g.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** The domain of a HELO name: its last two labels at least; an address literal has none. */
function domainOf(helo: string | undefined): string | undefined {
  if (helo === undefined || helo.startsWith('[') || !helo.includes('.')) return undefined;
  const labels = helo.toLowerCase().split('.');
  return labels.length > 2 ? labels.slice(1).join('.') : labels.join('.');
}
