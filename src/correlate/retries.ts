/**
 * Ties a refused-for-now attempt to the attempt that came after it.
 * Equal sender and recipient, and equal Message-ID, or a client of the same /24 or /64, or the same HELO domain, within
 * five days. Three attempts make a chain. Where two attempts that are not in one chain fit the same retry, none is tied.
 * Bounds: where attempts take more memory than they may, the oldest pairs are let go, and counted.
 */
import { hashFolded } from '../model/hash.ts';
import type { Instant, Message, Recipient } from '../model/message.ts';
import { IdTable } from './id-table.ts';

const WINDOW_MS = 5 * 86_400_000;

/** An attempt is told at most this much of log time after a later mail. */
const TOLD_LATE_MS = 7_200_000;
const KEEP_RECENT = 4_096;
/** Bytes of an attempt, with its texts and its slot. */
const ATTEMPT = 420;
/** Later attempts of the same sender and recipient that are looked at. */
const MOST_LOOKED_AT = 1000;
/** messages of others between two yields */
const AT_ONCE = 64;
/** marks of pairs: of most others one look tells that nobody waits for them */
const MARKS = 2 ** 20;

/** One recipient of a mail. Those of equal sender and recipient, a pair, hang on the first of them. */
class Attempt {
  readonly pair: number;
  readonly id: string;
  readonly time: Instant;
  /** refused for now: it may have a retry */
  readonly open: boolean;
  readonly messageId: string | undefined;
  readonly ip: string | undefined;
  readonly helo: string | undefined;
  next: Attempt | undefined = undefined;
  /** of the first: the last, and whether one of them was refused for now */
  last: Attempt = this;
  isWanted = false;

  constructor({ pair, id, time, open, messageId, ip, helo }: OtherAttempt) {
    this.pair = pair;
    this.id = id;
    this.time = time;
    this.open = open;
    this.messageId = messageId;
    this.ip = ip;
    this.helo = helo;
  }
}

/** One recipient of a mail that is told elsewhere. */
export type OtherAttempt = Pick<Attempt, 'pair' | 'id' | 'time' | 'open' | 'messageId' | 'ip' | 'helo'>;

export interface RetryLink {
  attempt: string;
  retry: string;
  /** of the attempt */
  time: Instant;
}

/** Attempts of messages that are told elsewhere. */
export interface OtherAttempts {
  /** pairs that have one that was refused for now */
  readonly open: readonly number[];
  /** the attempts of such a pair, once all were told; one that is alone of its pair, of which `hasOwn` knows none, need not be told */
  of(isWanted: (pair: number) => boolean, hasOwn: (pair: number) => boolean): Iterable<OtherAttempt>;
}

/** Of a sender, for pairOf(). src/kernel/assembly/mails/put.ts makes the same hash of a pair. */
function seedOf(sender: string): number {
  return hashFolded(sender);
}

/** The pair of a recipient and the sender with this seed. */
function pairOf(address: string, seed: number): number {
  return hashFolded(address, seed) || 1;
}

/** It may have a retry. */
function isRefusedForNow({ status, action }: Recipient): boolean {
  return status === 'greylisted' || (status === 'rejected' && action === 'tempfailed');
}

export class Retries {
  /** the first attempt of each pair */
  private readonly byPair = new IdTable<Attempt>(1024);
  /** pairs that have an attempt that was refused for now */
  private wanted: number[] = [];
  /** of pairs that nobody waits for yet: an attempt before them may still be told, if it was told late */
  private recent: Attempt[] = [];
  private newest: Instant = Number.NEGATIVE_INFINITY;
  private held = 0;
  private readonly most: number;
  /** attempts refused for now that were let go */
  letGo = 0;
  private readonly others: OtherAttempts | undefined;
  /** pairs that others wait for */
  private readonly expected: ReadonlySet<number>;

  constructor(bytes = Number.POSITIVE_INFINITY, others?: OtherAttempts) {
    this.most = Math.max(2 * KEEP_RECENT, bytes / ATTEMPT);
    this.others = others;
    this.expected = new Set(others?.open);
  }

  add(message: Message): void {
    if (message.sender === undefined || message.kind !== 'mail') return;
    const { id, time, messageId, client } = message;
    const seed = seedOf(message.sender);
    for (const r of message.recipients)
      if (r.address !== undefined && r.added === undefined)
        this.take({
          pair: pairOf(r.address, seed),
          id,
          time,
          open: isRefusedForNow(r),
          messageId,
          ip: client?.ip,
          helo: client?.helo,
        });
    if (this.recent.length > KEEP_RECENT) this.forgetOld();
    if (this.held > this.most) this.relieve();
  }

  private take(one: OtherAttempt): void {
    if (one.time > this.newest) this.newest = one.time;
    const attempt = new Attempt(one);
    const first = this.put(attempt);
    if ((one.open || this.expected.has(attempt.pair)) && !first.isWanted) {
      first.isWanted = true;
      this.wanted.push(attempt.pair);
    } else if (!first.isWanted) this.recent.push(attempt);
  }

  /** Returns the first of its pair. */
  private put(attempt: Attempt): Attempt {
    const first = this.byPair.get(attempt.pair);
    this.held++;
    if (first === undefined) {
      this.byPair.set(attempt.pair, attempt);
      return attempt;
    }
    first.last.next = attempt;
    first.last = attempt;
    return first;
  }

  /** Mails are told nearly in the order of time: what nobody waited for by now will not be a retry. */
  private forgetOld(): void {
    const before = this.newest - TOLD_LATE_MS;
    const kept: Attempt[] = [];
    for (const attempt of this.recent) {
      if (this.byPair.get(attempt.pair)?.isWanted === true) continue;
      if (attempt.time >= before) kept.push(attempt);
      else this.forget(attempt.pair);
    }
    const least = Math.max(0, kept.length - KEEP_RECENT / 2);
    for (let i = 0; i < least; i++) this.forget((kept[i] as Attempt).pair);
    this.recent = kept.slice(least);
  }

  /** Returns how many of them were refused for now. */
  private forget(pair: number): number {
    let open = 0;
    for (let a = this.byPair.get(pair); a !== undefined; a = a.next) {
      this.held--;
      if (a.open) open++;
    }
    this.byPair.delete(pair);
    return open;
  }

  /** Lets the oldest pairs go, until a quarter is free. */
  private relieve(): void {
    let n = 0;
    for (; n < this.wanted.length && this.held > this.most * 0.75; n++)
      this.letGo += this.forget(this.wanted[n] as number);
    this.wanted = this.wanted.slice(n);
  }

  /** All links, a pair between two yields; `found` and `unsure` (ids of retries that more than one attempt fits) are filled. */
  *links(found: RetryLink[], unsure: Set<string>): Generator<undefined, void> {
    const seen = new Set<string>();
    if (this.others !== undefined) {
      const marks = new Uint8Array(MARKS);
      for (const pair of this.expected) marks[pair % MARKS] = 1;
      for (const pair of this.wanted) marks[pair % MARKS] = 1;
      const isWanted = (pair: number): boolean =>
        marks[pair % MARKS] === 1 && (this.expected.has(pair) || this.byPair.get(pair)?.isWanted === true);
      let n = 0;
      for (const attempt of this.others.of(isWanted, (pair) => this.byPair.get(pair) !== undefined)) {
        this.take(attempt);
        if (this.held > this.most) this.relieve();
        if (++n % AT_ONCE === 0) yield;
      }
    }
    for (const pair of this.wanted) {
      const list: Attempt[] = [];
      for (let a = this.byPair.get(pair); a !== undefined; a = a.next) list.push(a);
      linkPair(list, found, unsure, seen);
      yield;
    }
    // of a mail with several recipients, in an order that does not hang on which of them was told first
    found.sort((a, b) => a.time - b.time || order(a.attempt, b.attempt) || order(a.retry, b.retry));
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function linkPair(list: Attempt[], found: RetryLink[], unsure: Set<string>, seen: Set<string>): void {
  if (list.length < 2) return;
  list.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const nextOf = new Map<Attempt, Attempt>();
  const claims = new Map<Attempt, number>();
  list.forEach((a, i) => {
    if (!a.open) return;
    const retry = retryOf(a, list, i + 1);
    if (retry === undefined) return;
    nextOf.set(a, retry);
    claims.set(retry, (claims.get(retry) ?? 0) + 1);
  });
  for (const [attempt, retry] of nextOf) {
    if ((claims.get(retry) ?? 0) > 1) {
      unsure.add(retry.id);
      continue;
    }
    const pair = `${attempt.id} ${retry.id}`;
    if (seen.has(pair)) continue;
    seen.add(pair);
    found.push({ attempt: attempt.id, retry: retry.id, time: attempt.time });
  }
}

function retryOf(a: Attempt, list: readonly Attempt[], from: number): Attempt | undefined {
  const to = Math.min(list.length, from + MOST_LOOKED_AT);
  for (let i = from; i < to; i++) {
    const b = list[i] as Attempt;
    if (b.time - a.time > WINDOW_MS) return undefined;
    if (b.id !== a.id && fits(a, b)) return b;
  }
  return undefined;
}

function fits(a: Attempt, b: Attempt): boolean {
  if (b.time - a.time > WINDOW_MS) return false;
  if (a.messageId !== undefined && b.messageId !== undefined) return a.messageId === b.messageId;
  const net = netOf(a.ip);
  if (net !== undefined && net === netOf(b.ip)) return true;
  const domain = domainOf(a.helo);
  return domain !== undefined && domain === domainOf(b.helo);
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
