/**
 * What stays of a message that was handed on: enough to notice that a later line belongs to it.
 * A hop whose clock is wrong, or whose file lags behind, begins after the mail before it was told. That is noticed here by
 * its queue id and Message-ID, and the run is made again with a longer memory (see pipeline/run.ts).
 * Memory: 16 bytes a slot in a table at least three eighths full: at most 43 bytes a key; a mail that ended here has one.
 * Two tables, of which the older is let go when the newer is full: what was told last is remembered.
 */
import type { Instant } from '../model/message.ts';
import type { Hop } from './hop.ts';

/** Slots that a table may have, 16 bytes each, where it is said; a table grows by halves of what it may be. */
const SLOT_BYTES = 16;

export class LateKeys {
  private now = new KeyTable();
  private before = new KeyTable();
  private readonly mostSlots: number;
  /** mails that came too late to be joined */
  late = 0;
  /** how late the latest was, ms of log time */
  lateness = 0;

  /** `bytes` for both tables. */
  constructor(bytes: number) {
    // while one is made larger, the smaller one is there too
    this.mostSlots = Math.max(8192, bytes / SLOT_BYTES / 2.5);
  }

  /** A told hop: what it was called, and what it said it went on as. */
  add(hop: Hop): void {
    if (hop.midHash === 0) return;
    if (hop.idHash !== 0 && hop.origin !== 'internal' && hop.origin !== 'local')
      this.put(hop.idHash, hop.midHash, hop.lastAt);
    for (const end of hop.ends)
      if (end.remoteHash !== 0 && end.children === undefined) this.put(mix(end.remoteHash), hop.midHash, end.at);
  }

  /** Looks whether a hop that is told as the first of its mail goes on from one that was told, or one told went on from it. */
  check(hop: Hop): void {
    if (hop.midHash === 0 || (this.now.used === 0 && this.before.used === 0)) return;
    if (hop.idHash !== 0) this.note(this.find(mix(hop.idHash), hop.midHash), hop.firstAt);
    for (const end of hop.ends)
      if (end.remoteHash !== 0 && end.children === undefined) this.note(this.find(end.remoteHash, hop.midHash), end.at);
  }

  private note(then: Instant | undefined, now: Instant): void {
    if (then === undefined) return;
    this.late++;
    this.lateness = Math.max(this.lateness, Math.abs(now - then));
  }

  private find(key: number, mid: number): Instant | undefined {
    return this.now.find(key, mid) ?? this.before.find(key, mid);
  }

  private put(key: number, mid: number, at: Instant): void {
    if (this.now.isFull && this.now.slots * 2 > this.mostSlots) {
      this.before = this.now;
      this.now = new KeyTable();
    }
    this.now.put(key, mid, at);
  }
}

class KeyTable {
  private keys = new Float64Array(8192);
  /** low half of the Message-ID's hash */
  private mids = new Uint32Array(8192);
  /** seconds since 1970 */
  private times = new Uint32Array(8192);
  used = 0;

  get slots(): number {
    return this.keys.length;
  }

  /** The next key makes it twice as large. */
  get isFull(): boolean {
    return this.used * 4 >= this.keys.length * 3;
  }

  find(key: number, mid: number): Instant | undefined {
    const mask = this.keys.length - 1;
    for (let i = slot(key, mask); this.keys[i] !== 0; i = (i + 1) & mask)
      if (this.keys[i] === key && this.mids[i] === mid >>> 0) return (this.times[i] as number) * 1000;
    return undefined;
  }

  put(key: number, mid: number, at: Instant): void {
    if (this.isFull) this.grow();
    const mask = this.keys.length - 1;
    let i = slot(key, mask);
    while (this.keys[i] !== 0) i = (i + 1) & mask;
    this.keys[i] = key;
    this.mids[i] = mid >>> 0;
    this.times[i] = Math.max(0, Math.floor(at / 1000));
    this.used++;
  }

  private grow(): void {
    const { keys, mids, times } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.mids = new Uint32Array(keys.length * 2);
    this.times = new Uint32Array(keys.length * 2);
    this.used = 0;
    for (let i = 0; i < keys.length; i++)
      if (keys[i] !== 0) this.put(keys[i] as number, mids[i] as number, (times[i] as number) * 1000);
  }
}

/** A key of another kind than the id itself: "went on as". */
function mix(hash: number): number {
  return hash === Number.MAX_SAFE_INTEGER ? 1 : hash + 1;
}

function slot(key: number, mask: number): number {
  return (key ^ (key / 0x100000000)) & mask;
}
