/** Lines of smtpd(8) and postscreen(8): whose client it is, what it was refused. */
import { indexOf, indexOfByte, is, isDigit } from '../count/bytes.ts';
import { findEither, findOpening, type i32, ld8 } from '../count/memory.ts';
import { end, kind, pid, POSTSCREEN } from './line.ts';

// of the sessions of the chain; 0 = not told
export let hasSession: boolean = false;
export let sessionPid: i32 = 0;
export let nameStart: i32 = 0;
export let nameEnd: i32 = 0;
export let ipStart: i32 = 0;
export let ipEnd: i32 = 0;
export let tlsStart: i32 = 0;
export let tlsEnd: i32 = 0;
export let tlsPid: i32 = 0;

export function forgetSession(): void {
  hasSession = false;
  sessionPid = -1;
  nameStart = nameEnd = ipStart = ipEnd = tlsStart = tlsEnd = 0;
  tlsPid = -1;
}

/** `name[address]` that readPeer() saw: name, address; 0 = not told, or unknown. */
export let peerName: i32 = 0;
export let peerNameEnd: i32 = 0;
export let peerIp: i32 = 0;
export let peerIpEnd: i32 = 0;

/** Reads `name[address]` at p: one past it (with its `:port`), -1 = there is none (src/formats/postfix/line.ts readPeer). */
export function readPeer(p: i32): i32 {
  const open = findOpening(p, end);
  if (open >= end || ld8(open) !== 0x5b) return -1;
  const close = findEither(0x5d, 0x20, open + 1, end);
  if (close >= end || ld8(close) !== 0x5d) return -1;
  peerName = p;
  peerNameEnd = open;
  if (open === p || isUnknown(p, open)) peerName = peerNameEnd = 0;
  peerIp = open + 1;
  peerIpEnd = close;
  if (close === open + 1 || isUnknown(open + 1, close)) peerIp = peerIpEnd = 0;
  let i = close + 1;
  if (ld8(i) !== 0x3a || !isDigit(ld8(i + 1)) || i + 1 >= end) return i;
  i++;
  while (i < end && isDigit(ld8(i))) i++;
  return i;
}

function isUnknown(a: i32, b: i32): boolean {
  return b - a === 7 && is(a, 'unknown');
}

/** The first word on the client holds. */
export function seeClient(): void {
  hasSession = true;
  sessionPid = pid;
  if (ipStart === 0) {
    ipStart = peerIp;
    ipEnd = peerIpEnd;
  }
  if (nameStart > 0) return;
  nameStart = peerName;
  nameEnd = peerNameEnd;
}

/** A line without a queue id, no refusal. `isOver`: the mail is there, its own line has the client. False: it is not plain. */
export function takeSessionLine(p: i32, isOver: boolean): boolean {
  if (kind === POSTSCREEN) return takeScreening(p, isOver);
  const c = ld8(p);
  if (c === 0x64 && is(p, 'disconnect from ')) return isOver || see(p + 16, isOver);
  if (c === 0x63 && is(p, 'connect from ')) {
    const e = readPeer(p + 13);
    if (e !== end || peerIp === 0) return false;
    if (!isOver) seeClient();
    return true;
  }
  if (c >= 0x41 && c <= 0x5a && isTls(p)) return takeTls(p, isOver);
  if (c === 0x6c && is(p, 'lost connection after ')) return seeBehindFrom(p + 22, isOver);
  if (c === 0x74 && is(p, 'timeout after ')) return seeBehindFrom(p + 14, isOver);
  if (c === 0x53 && is(p, 'SSL_accept error from ')) return see(p + 22, isOver);
  if (c === 0x77 && is(p, 'warning: ')) {
    const e = readPeer(p + 9);
    if (e < 0 || !is(e, ': SASL ') || indexOf(e, end, ' authentication failed') < 0) return false;
    if (!isOver) seeClient();
    return true;
  }
  return false;
}

function see(p: i32, isOver: boolean): boolean {
  const e = readPeer(p);
  if (e < 0) return false;
  if (!isOver) seeClient();
  return true;
}

function seeBehindFrom(p: i32, isOver: boolean): boolean {
  const from = indexOf(p, end, ' from ');
  return from >= 0 && see(from + 6, isOver);
}

function isTls(p: i32): boolean {
  const last = p + 40 < end ? p + 40 : end;
  const at = indexOf(p, last, ' TLS connection ');
  return at >= 0 && (is(at + 16, 'established from ') || is(at + 16, 'reused from '));
}

/** `Anonymous TLS connection established from h[ip]: TLSv1.3 with cipher X (256/256 bits) …` */
function takeTls(p: i32, isOver: boolean): boolean {
  const from = indexOf(p, end, ' from ');
  if (from < 0) return false;
  const e = readPeer(from + 6);
  if (e < 0 || !is(e, ': ')) return false;
  if (isOver) return true;
  seeClient();
  const text = e + 2;
  const bits = indexOf(text, end, ' (');
  const textEnd = bits < 0 ? end : bits;
  if (textEnd <= text || (tlsStart > 0 && tlsPid !== pid)) return false;
  tlsPid = pid;
  tlsStart = text;
  tlsEnd = textEnd;
  return true;
}

/** What postscreen(8) saw of a client (src/formats/postfix/postscreen.ts). */
function takeScreening(p: i32, isOver: boolean): boolean {
  const isKnown =
    is(p, 'CONNECT from ') ||
    is(p, 'DISCONNECT ') ||
    is(p, 'DNSBL rank ') ||
    is(p, 'PREGREET ') ||
    is(p, 'HANGUP after ') ||
    is(p, 'DENYLISTED ') ||
    is(p, 'BLACKLISTED ') ||
    is(p, 'PASS ') ||
    is(p, 'COMMAND ');
  if (!isKnown || isOver) return false;
  const open = indexOfByte(p, end, 0x5b);
  return open >= 0 && see(open, isOver);
}
