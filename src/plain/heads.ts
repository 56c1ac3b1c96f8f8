/**
 * Heads of lines as a framer told them before: the time of a BSD stamp of the same minute, and host and program of the same
 * bytes. What was not seen yet is for the framer.
 */
import { readTag, type Daemon } from '../formats/postfix/tag.ts';
import type { Frame } from '../model/frame.ts';

const STAMP = 15;
/** `Nov 21 09:15:`: what a minute's stamps have in common */
const MINUTE = 13;
const SPACE = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const COLON = 0x3a;
const MOST_HEAD = 120;
const SLOTS = 256;
const ROOM = 128;

export interface Tag {
  readonly host: string;
  readonly instance: string;
  readonly daemon: Daemon;
  readonly length: number;
}

export class Heads {
  // of the line at hand
  at = 0;
  pid = 0;
  body = 0;
  tag: Tag | undefined = undefined;
  readonly #known: Buffer = Buffer.alloc(SLOTS * ROOM);
  readonly #tags: (Tag | undefined)[] = new Array<Tag | undefined>(SLOTS).fill(undefined);
  readonly #minute: Buffer = Buffer.alloc(MINUTE);
  #minuteAt = Number.NaN;

  /** The line that begins at `a`; false: a framer must read it. */
  read(bytes: Buffer, a: number, end: number): boolean {
    const seconds = this.#seconds(bytes, a, end);
    if (seconds < 0) return false;
    const from = a + STAMP + 1;
    const last = Math.min(end, from + MOST_HEAD);
    let open = from;
    while (open < last && bytes[open] !== OPEN) open++;
    const slot = slotOf(bytes, from, open);
    const tag = this.#tags[slot];
    if (open === last || tag === undefined || tag.length !== open - from) return false;
    const known = this.#known;
    for (let i = from, k = slot * ROOM; i < open; i++, k++) if (bytes[i] !== known[k]) return false;
    let pid = 0;
    let i = open + 1;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit >>> 0 > 9) break;
      pid = pid * 10 + digit;
    }
    if (i === open + 1 || i > open + 10) return false;
    if (bytes[i] !== CLOSE || bytes[i + 1] !== COLON || bytes[i + 2] !== SPACE || i + 3 >= end) return false;
    this.pid = pid;
    this.body = i + 3;
    this.at = this.#minuteAt + seconds * 1000;
    this.tag = tag;
    return true;
  }

  /** What a framer made of the line that begins at `a`. */
  learn(bytes: Buffer, a: number, frame: Frame): void {
    const from = a + STAMP + 1;
    if (frame.bytes !== bytes || frame.framing !== 'syslog' || frame.body < from || frame.host === undefined) return;
    const seconds = bytes[a + STAMP] === SPACE ? two(bytes, a + MINUTE) : -1;
    if (seconds < 0 || bytes[a + MINUTE - 1] !== COLON || seconds > 59) return;
    bytes.copy(this.#minute, 0, a, a + MINUTE);
    this.#minuteAt = frame.at - seconds * 1000;
    const open = bytes.indexOf(OPEN, from);
    if (open < 0 || open >= frame.body || open - from > ROOM) return;
    if (bytes.toString('latin1', from, open) !== `${frame.host} ${frame.program}`) return;
    const { instance, daemon } = readTag(frame.program);
    const slot = slotOf(bytes, from, open);
    bytes.copy(this.#known, slot * ROOM, from, open);
    this.#tags[slot] = { host: frame.host, instance, daemon, length: open - from };
  }

  #seconds(bytes: Buffer, a: number, end: number): number {
    if (end - a < STAMP + 2 || bytes[a + STAMP] !== SPACE || Number.isNaN(this.#minuteAt)) return -1;
    const minute = this.#minute;
    for (let i = 0; i < MINUTE; i++) if (bytes[a + i] !== minute[i]) return -1;
    const seconds = two(bytes, a + MINUTE);
    return seconds > 59 ? -1 : seconds;
  }
}

function slotOf(bytes: Buffer, a: number, b: number): number {
  const x = Math.imul((bytes[b - 1] as number) + ((bytes[b - 3] as number) << 8), 0x9e3779b1);
  return ((x >>> 16) ^ (b - a) ^ ((bytes[a] as number) << 2)) & (SLOTS - 1);
}

function two(bytes: Buffer, p: number): number {
  const x = (bytes[p] as number) - 0x30;
  const y = (bytes[p + 1] as number) - 0x30;
  return x >>> 0 > 9 || y >>> 0 > 9 ? -1 : x * 10 + y;
}
