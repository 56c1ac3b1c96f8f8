/** The head of a line: stamp, host, program and pid; and the queue id that its text begins with. */
import { indexOf, is, isAlnum, isDigit } from './bytes.ts';
import { end, start } from './line.ts';
import {
  countAlnum,
  countHex,
  digits,
  find,
  hash,
  hash2,
  type i32,
  ld,
  ld8,
  ldu,
  numberAt,
  st,
  take,
} from './memory.ts';
import { sawSecondHost } from './refuse.ts';
import { openStamps, stampEnd } from './stamps.ts';
import { lookUp, newTable, put } from './tables.ts';

/** What a program writes: told by the caller. */
export const FOREIGN = 1;
export const SMTPD = 2;
export const CLEANUP = 3;
export const QMGR = 4;
export const PICKUP = 5;
export const DELIVERY = 6;
export const LMTP = 7;
/** of Postfix, and knows nothing of a mail */
export const OTHER = 8;
/** of Postfix: its lines are read by the formats */
export const READER = 9;
export const POSTSCREEN = 10;
export const DNSBLOG = 11;
/** beside the server: what it says names mails by their queue ids; by other things */
export const BESIDE = 12;
export const BESIDE_OTHERWISE = 13;
/** as BESIDE; a line that names no queue id may be known by client, sender and recipient */
export const BESIDE_NAMELESS = 14;

const MOST_HOSTS = 60;
/** heads that are remembered, and bytes of one */
const MOST_HEADS = 4_096;
const MOST_HEAD = 96;
/** `]: ` */
const BEHIND_PID = 0x20_3a_5d;

/** what the head of the line at hand tells */
export let host: i32 = 0;
export let instance: i32 = 0;
export let kind: i32 = 0;
export let pid: i32 = 0;
/** what the caller calls the program, and which writer of Postfix it is (server.ts) */
export let tag: i32 = 0;
/** first byte of its text */
export let body: i32 = 0;
/** the last queue id that was read */
export let id1: i32 = 0;
export let id2: i32 = 0;
/** how many hosts were seen */
export let hosts: i32 = 0;

/** the program that was not known: where its name lies */
export let askedStart: i32 = 0;
export let askedEnd: i32 = 0;
let asked1: i32 = 0;
let asked2: i32 = 0;

let hostTable: i32 = 0;
let programs: i32 = 0;
/** what stands between stamp and pid: host and kind, instance */
let heads: i32 = 0;
/** by byte: 1 = of a short queue id, 2 = of a long one */
let letters: i32 = 0;

export function openHeads(): void {
  letters = take(256);
  const hex = '0123456789ABCDEF';
  const long = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
  for (let i = 0; i < hex.length; i++) set8(letters + hex.charCodeAt(i), 1);
  for (let i = 0; i < long.length; i++) set8(letters + long.charCodeAt(i), ld8(letters + long.charCodeAt(i)) | 2);
  hostTable = newTable(128);
  programs = newTable(256);
  heads = newTable(256);
  hosts = 0;
  openStamps();
}

/** Writes one byte of a word that is at a multiple of 4. */
function set8(p: i32, value: i32): void {
  const shift = (p & 3) * 8;
  const word = p & ~3;
  st(word, (ld(word) & ~(0xff << shift)) | (value << shift));
}

/** Answers what was asked: what the program writes (above its lowest byte the tag), and a number of its instance. */
export function answerProgram(what: i32, ofInstance: i32): void {
  put(programs, asked1, asked2, what, ofInstance);
}

export function hasTooManyHosts(): boolean {
  return hosts > MOST_HOSTS;
}

export const ODD = 0;
export const GOOD = 1;
export const ASK = 2;

/** The head of the line at hand, as another machine has read it: front.ts. */
export function tellHead(ofHost: i32, what: i32, called: i32, ofInstance: i32, process: i32, text: i32): void {
  host = ofHost;
  kind = what;
  tag = called;
  instance = ofInstance;
  pid = process;
  body = text;
  if (ofHost <= hosts) return;
  hosts = ofHost;
  if (hosts === 2) sawSecondHost();
}

export function tellId(a: i32, b: i32): void {
  id1 = a;
  id2 = b;
}

export function readHead(): i32 {
  if (end - start < 24) return ODD;
  const p = stampEnd(start);
  if (p < 0) return ODD;
  const open = find(0x5b, p + 1, end - p > MOST_HEAD ? p + MOST_HEAD : end);
  const x = hash(p + 1, open);
  const y = hash2;
  const known = lookUp(heads, x, y);
  if (known !== 0) {
    const who = ld(known + 8);
    host = (who >> 8) & 0xff;
    kind = who & 0xff;
    tag = who >> 16;
    instance = ld(known + 12);
    return readPid(open);
  }
  const b = readNames(p + 1);
  if (b < 0) return b === -1 ? ODD : ASK;
  if (ld8(b) !== 0x5b) {
    body = b + 2;
    return (kind === FOREIGN || kind >= BESIDE) && is(b, ': ') ? GOOD : ODD;
  }
  if (b === open && ld(heads + 8) < MOST_HEADS) put(heads, x, y, (tag << 16) | (host << 8) | kind, instance);
  return readPid(b);
}

/** Host and program: the position behind them; -1 = none of the usual shapes; -2 = the program is not known. */
function readNames(p: i32): i32 {
  let a = p;
  let b = a;
  while (ld8(b) > 0x20) b++;
  if (ld8(b) !== 0x20 || b === a || b - a > 200 || ld8(b - 1) === 0x3a || ld8(b - 1) === 0x5d || ld8(a) === 0x3c)
    return -1;
  let x = hash(a, b);
  host = hostOf(x, hash2);
  a = b + 1;
  b = a;
  for (;;) {
    const h = ld8(b);
    if (h <= 0x20 || h === 0x5b || h === 0x3a) break;
    b++;
  }
  if (b === a || b - a > 200) return -1;
  x = hash(a, b);
  const slot = lookUp(programs, x, hash2);
  if (slot === 0) {
    asked1 = x;
    asked2 = hash2;
    askedStart = a;
    askedEnd = b;
    return -2;
  }
  kind = ld(slot + 8) & 0xff;
  tag = ld(slot + 8) >> 8;
  instance = ld(slot + 12);
  return b;
}

/** `[123]: ` at p, and text behind it. */
function readPid(p: i32): i32 {
  pid = numberAt(p + 1);
  const b = p + 1 + digits;
  if (digits === 0 || (ldu(b) & 0xff_ffff) !== BEHIND_PID || b + 3 >= end) return ODD;
  body = b + 3;
  if (ld8(body) <= 0x20 || ld8(body) === 0x5b || (ld8(body) === 0x6d && is(body, 'message repeated '))) return ODD;
  return GOOD;
}

function hostOf(x: i32, y: i32): i32 {
  const slot = lookUp(hostTable, x, y);
  if (slot !== 0) return ld(slot + 8);
  if (hosts <= MOST_HOSTS) {
    hosts++;
    put(hostTable, x, y, hosts, 0);
    if (hosts === 2) sawSecondHost();
  }
  return hosts;
}

/** End of the queue id at p, and id1, id2; -1 = none (src/formats/postfix/queue-id.ts). */
export function queueIdEnd(p: i32): i32 {
  const hex = countHex(p);
  if (hex < 16 && ld8(letters + ld8(p + hex)) === 0) {
    if (hex < 6) return -1;
    id1 = hash(p, p + hex);
    id2 = hash2;
    return p + hex;
  }
  let all: i32 = 3;
  let lastZ: i32 = -1;
  let i = p;
  for (;;) {
    const c = ld8(i);
    const k = ld8(letters + c);
    if (k === 0 || i - p > 40) break;
    all &= k;
    if (c === 0x7a) lastZ = i;
    i++;
  }
  const n = i - p;
  if (n < 6 || n > 40) return -1;
  if ((all & 1) === 0 && ((all & 2) === 0 || lastZ - p < 10 || lastZ >= i - 1)) return -1;
  id1 = hash(p, i);
  id2 = hash2;
  return i;
}

/** `word: ` of six letters and digits or more, one of them a digit: perhaps an id of another look. */
export function looksLikeId(p: i32): boolean {
  const n = countAlnum(p);
  if (n < 6 || (n < 16 && ld8(p + n) !== 0x3a)) return false;
  let i = p;
  let hasDigit = false;
  while (isAlnum(ld8(i)) && i - p <= 40) {
    if (isDigit(ld8(i))) hasDigit = true;
    i++;
  }
  return hasDigit && ld8(i) === 0x3a && ld8(i + 1) === 0x20;
}

function indexOfTls(p: i32): boolean {
  const last = p + 56 < end ? p + 56 : end;
  return indexOf(p, last, ' TLS connection established to ') >= 0;
}

/** A line of a delivery agent that tells nothing of a mail (src/formats/postfix/noise.ts). */
export function isNoise(): boolean {
  return is(body, 'connect to ') || indexOfTls(body);
}
