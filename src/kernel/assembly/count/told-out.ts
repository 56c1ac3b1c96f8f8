/**
 * Records as they go out (told.ts), and those of what lines tell of the server itself (server.ts).
 */
import { body, host, pid, tag } from './head.ts';
import { end, number, start } from './line.ts';
import { giveBlock, takeBlock } from './blocks.ts';
import { copy, type f64, type i32, st, stf } from './memory.ts';
import { nameAs } from './names.ts';
import { microTime } from './stamps.ts';

// kinds of records, beside those of mails
const TEXT = 3;
const CONNECTION = 4;
const TLS = 5;
const SCREEN = 6;
const STRANGE = 7;
const UNREACHED = 8;
const SHAPE = 9;
const TEXT_HEAD = 40;
/** role of a line's text (names.ts) */
const LINE = 0x4c494e45;
/** Bytes of a line about a server that was not reached (src/report/postfix-line.ts). */
const MOST_UNREACHED = 300;

export let toldAt: i32 = 0;
export let toldBytes: i32 = 0;
let room: i32 = 0;

export function openRecordsOut(): void {
  toldAt = toldBytes = room = 0;
}

export function wantRecordsOut(): void {
  room = 1 << 20;
  toldAt = takeBlock(room);
}

export function clearTold(): void {
  toldBytes = 0;
}

/** What came behind the first `size` bytes is void. */
export function cutTold(size: i32): void {
  toldBytes = size;
}

/** Room for a record of so many bytes. */
export function reserve(extra: i32): i32 {
  if (toldBytes + extra > room) {
    let wider = room * 2;
    while (toldBytes + extra > wider) wider *= 2;
    const larger = takeBlock(wider);
    copy(larger, toldAt, toldBytes);
    giveBlock(toldAt, room);
    toldAt = larger;
    room = wider;
  }
  const at = toldAt + toldBytes;
  toldBytes += extra;
  return at;
}

/** The line at hand goes out as text. `what`: its number; below 0 that of a shape; 0 = it tells of the server. */
export function tellText(what: i32): i32 {
  const size = end - start;
  const at = reserve(TEXT_HEAD + ((size + 7) & ~7));
  st(at, TEXT);
  st(at + 4, what);
  stf(at + 8, microTime());
  st(at + 16, tag);
  st(at + 20, size);
  st(at + 24, body - start);
  st(at + 28, pid);
  st(at + 32, host);
  copy(at + TEXT_HEAD, start, size);
  return what;
}

/** `site`: the name that the client's belongs to (people.ts). */
export function tellConnection(site: i32, since: f64): void {
  const at = reserve(24);
  st(at, CONNECTION);
  st(at + 4, site);
  stf(at + 8, since);
  stf(at + 16, microTime());
}

export function tellTls(way: i32, protocol: i32): void {
  const at = reserve(16);
  st(at, TLS);
  st(at + 4, way);
  st(at + 8, protocol);
}

/** The line at hand says why a server was not reached. */
export function tellUnreached(): void {
  const size = end - body < MOST_UNREACHED ? end - body : MOST_UNREACHED;
  const name = nameAs(LINE ^ (tag << 8), body, body + size);
  const at = reserve(16);
  st(at, UNREACHED);
  st(at + 4, name);
  st(at + 8, tag);
}

export function tellScreen(act: i32): void {
  const at = reserve(8);
  st(at, SCREEN);
  st(at + 4, act);
}

/** The line at hand has none of the usual heads: what it says of the server only the formats can tell. */
export function tellStrange(): void {
  const at = reserve(8);
  st(at, STRANGE);
  st(at + 4, number);
}

/** The line at hand is the first with an answer of this shape; `kind`: the first shape of its kind. */
export function tellShape(shape: i32, kind: i32): void {
  const name = nameAs(LINE ^ (tag << 8), body, end);
  const at = reserve(24);
  st(at, SHAPE);
  st(at + 4, shape);
  st(at + 8, kind);
  st(at + 12, name);
  st(at + 16, tag);
}
