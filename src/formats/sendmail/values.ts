/**
 * Values of Sendmail's lines: `key=value` joined by `, `, where a value may be an address with anything in it.
 * Offsets are indexes into the frame's bytes.
 * Source: sendmail headers.c logsender(), deliver.c logdelivery(); macro `_` of a client in srvrsmtp.c, daemon.c getauthinfo().
 */
import { F, type FieldIndex, type LogEvent } from '../../model/log-event.ts';
import { indexOf, isDigit, lit, numberEnd, readNumber, startsAt } from '../postfix/bytes.ts';

const COMMA = 0x2c;
const SPACE = 0x20;

/** Longest address that is looked for the end of: twice what Sendmail writes of a whole line (conf.h SYSLOG_BUFSIZE). */
const LONGEST_ADDRESS = 2048;

/** One past the address at `a`: quoted parts and `<…>` are passed over whole; it ends before a comma or a space. */
export function addressEnd(bytes: Uint8Array, a: number, b: number): number {
  let inside = false;
  const limit = Math.min(b, a + LONGEST_ADDRESS);
  for (let i = a; i < limit; i++) {
    const c = bytes[i];
    if (c === 0x22) {
      const end = quoteEnd(bytes, i, limit);
      if (end < 0) return inside ? plainEnd(bytes, a, b) : i;
      i = end - 1;
    } else if (c === 0x5c) i++;
    else if (inside) {
      if (c === 0x3e) inside = false;
    } else if (c === 0x3c) inside = true;
    else if (c === COMMA || c === SPACE) return i;
  }
  return inside || limit < b ? plainEnd(bytes, a, b) : b;
}

/** One past the quoted text at `a`, -1 where it is not closed. */
function quoteEnd(bytes: Uint8Array, a: number, b: number): number {
  for (let i = a + 1; i < b; i++) {
    if (bytes[i] === 0x5c) i++;
    else if (bytes[i] === 0x22) return i + 1;
  }
  return -1;
}

/** An address that was cut off: up to what begins the next value. */
function plainEnd(bytes: Uint8Array, a: number, b: number): number {
  for (let i = a; i < b; i++) if (bytes[i] === COMMA) return i;
  return b;
}

/** Sets field f to the address bytes[a, b) without `<>`. */
export function setAddress(event: LogEvent, f: FieldIndex, bytes: Uint8Array, a: number, b: number): void {
  if (bytes[a] === 0x3c && a < b) event.set(f, a + 1, Math.max(a + 1, bytes[b - 1] === 0x3e ? b - 1 : b));
  else event.set(f, a, b);
}

/** Days, hours, minutes, seconds (`00:00:05`, `1+02:03:04`) as ms; -1 where there are none (conf.c pintvl()). */
export function readInterval(bytes: Uint8Array, a: number, b: number): number {
  let at = a;
  let days = 0;
  let n = readNumber(bytes, at, b);
  if (n < 0) return -1;
  if (bytes[numberEnd] === 0x2b && numberEnd < b) {
    days = n;
    at = numberEnd + 1;
    n = readNumber(bytes, at, b);
  }
  let seconds = 0;
  for (let part = 0; part < 3; part++) {
    if (n < 0) return -1;
    seconds = seconds * 60 + n;
    if (part === 2) break;
    if (bytes[numberEnd] !== 0x3a || numberEnd >= b) return -1;
    n = readNumber(bytes, numberEnd + 1, b);
  }
  return (days * 86_400 + seconds) * 1000;
}

const IPV6 = lit('IPv6:');
const FORGED = lit(' (may be forged)');

/**
 * Reads `name [address]`, `[address]`, `[address] [address]`, `name. [address]`, each perhaps with `(may be forged)`.
 * The last bracket is the address of the connection; what stands before may be a stranger's ident answer.
 * Returns whether there is an address.
 */
export function readPeer(
  event: LogEvent,
  bytes: Uint8Array,
  a: number,
  end: number,
  name: FieldIndex,
  address: FieldIndex,
): boolean {
  let b = end;
  if (b - FORGED.length > a && startsAt(bytes, b - FORGED.length, b, FORGED)) b -= FORGED.length;
  const isForged = b !== end;
  if (b <= a) return false;
  if (bytes[b - 1] !== 0x5d) {
    setName(event, bytes, a, b, name);
    return false;
  }
  let open = b - 1;
  while (open > a && bytes[open] !== 0x5b) open--;
  if (bytes[open] !== 0x5b) return false;
  const from = startsAt(bytes, open + 1, b, IPV6) ? open + 1 + IPV6.length : open + 1;
  if (!isAddress(bytes, from, b - 1)) return false;
  event.set(address, from, b - 1);
  if (open - 1 > a && bytes[open - 1] === SPACE && !isForged) setName(event, bytes, a, open - 1, name);
  return true;
}

function isAddress(bytes: Uint8Array, a: number, b: number): boolean {
  if (a >= b) return false;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    const isHex = isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
    if (!isHex && c !== 0x2e && c !== 0x3a) return false;
  }
  return true;
}

/** A host name, without the login that ident told of it and without the dot of the root. */
function setName(event: LogEvent, bytes: Uint8Array, a: number, b: number, name: FieldIndex): void {
  let from = a;
  for (let i = a; i < b; i++) if (bytes[i] === 0x40) from = i + 1;
  const end = bytes[b - 1] === 0x2e ? b - 1 : b;
  if (from >= end || bytes[from] === 0x5b || bytes[from] === 0x2f) return;
  for (let i = from; i < end; i++) if (bytes[i] === SPACE) return;
  event.set(name, from, end);
}

/** The client as a line names it: its fields, and the key of its session. Returns whether it came over the network. */
export function readClient(event: LogEvent, bytes: Uint8Array, a: number, b: number): boolean {
  event.set(F.sessionId, a, b);
  return readPeer(event, bytes, a, b, F.clientName, F.clientIp);
}

const SEPARATOR = lit(', ');

/** Where the value at `a` ends: before the next `, `. */
export function valueEnd(bytes: Uint8Array, a: number, b: number): number {
  const end = indexOf(bytes, a, b, SEPARATOR);
  return end < 0 ? b : end;
}
