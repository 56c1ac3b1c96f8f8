/**
 * The host group after `H=` and after `from ` of session lines.
 *
 *   mail.example.net (helo.x) [192.0.2.7]:4711     verified name, HELO claim, address, port       src/host.c host_build_sender_fullhost()
 *   (helo.x) [192.0.2.7]                           no verified name
 *   [192.0.2.7]                                    before HELO
 *   mx.example.org DS [2001:db8::25]:25*           a server we sent to: DNSSEC, connection used again    src/deliver.c d_hostlog()
 *   mail.example.net                               a local transport's host, no address
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { COLON, LBRACKET, LPAREN, RBRACKET, SPACE, digits, find, findByte, hasAt, isDigit, tokenEnd } from './scan.ts';

/** Where the last call of parseHost found the parts; -1 where there is none. `isCut`: there is an address that does not end. */
export const host = { name: -1, nameEnd: -1, helo: -1, heloEnd: -1, ip: -1, ipEnd: -1, port: -1, isCut: false };

/** Reads the host group that begins at i, leaves its parts in `host` and gives the place after it. */
export function parseHost(bytes: Uint8Array, i: number, end: number): number {
  host.isCut = false;
  host.name = host.nameEnd = host.helo = host.heloEnd = host.ip = host.ipEnd = host.port = -1;
  const first = bytes[i];
  if (first !== LPAREN && first !== LBRACKET) {
    const stop = nameEnd(bytes, i, end);
    host.name = i;
    host.nameEnd = stop;
    i = stop;
    if (hasAt(bytes, i, end, ' DS [')) i += 3;
    if (bytes[i] !== SPACE || i + 1 >= end || (bytes[i + 1] !== LPAREN && bytes[i + 1] !== LBRACKET)) return i;
    i++;
  }
  if (bytes[i] === LPAREN) {
    const close = heloEnd(bytes, i + 1, end);
    // the line was cut in the claim: all that is left of it is the client's
    if (close < 0) return end;
    host.helo = i + 1;
    host.heloEnd = close;
    i = close + 1;
    if (!hasAt(bytes, i, end, ' [')) return i;
    i++;
  }
  return bytes[i] === LBRACKET ? address(bytes, i, end) : i;
}

/** A name ends at a space or at the colon before free text. */
function nameEnd(bytes: Uint8Array, i: number, end: number): number {
  const stop = tokenEnd(bytes, i, end);
  return stop > i && bytes[stop - 1] === COLON ? stop - 1 : stop;
}

/**
 * Place of the `)` that ends the HELO claim: the client chooses the claim, so a `) [` inside it (helo_accept_junk_hosts)
 * is passed over where no field, text or end follows the address.
 */
function heloEnd(bytes: Uint8Array, i: number, end: number): number {
  let found = -1;
  let close = -1;
  for (let at = find(bytes, i, end, ') ['); at >= 0; at = find(bytes, at + 1, end, ') [')) {
    found = at;
    if (close < at + 3) close = findByte(bytes, at + 3, end, RBRACKET);
    if (close < 0) break;
    const next = bytes[close + 1];
    if (close + 1 >= end || next === COLON) break;
    if (next === SPACE && bytes[close + 2] !== LPAREN && !hasAt(bytes, close + 2, end, ') ')) break;
  }
  return found >= 0 ? found : findByte(bytes, i, end, 0x29);
}

/** Longest address in brackets: IPv6 with the name of an interface (RFC 4291, IFNAMSIZ), and room. */
const LONGEST_ADDRESS = 80;

function address(bytes: Uint8Array, i: number, end: number): number {
  const close = findByte(bytes, i, Math.min(end, i + LONGEST_ADDRESS), RBRACKET);
  if (close < 0) {
    host.isCut = true;
    return tokenEnd(bytes, i, end);
  }
  host.ip = i + 1;
  host.ipEnd = close;
  i = close + 1;
  if (bytes[i] === COLON && i + 1 < end && isDigit(bytes[i + 1])) {
    host.port = digits(bytes, i + 1, end);
    i++;
    while (i < end && isDigit(bytes[i])) i++;
  }
  if (bytes[i] === 0x2a && i < end) i++;
  return i;
}

/** The parts of the last parseHost as the client of the event. */
export function setClient(event: LogEvent): void {
  if (host.name >= 0 && host.ip >= 0) event.set(F.clientName, host.name, host.nameEnd);
  if (host.helo >= 0) event.set(F.helo, host.helo, host.heloEnd);
  if (host.ip >= 0) event.set(F.clientIp, host.ip, host.ipEnd);
}

/** The parts of the last parseHost as the server that the event's mail went to. */
export function setRelay(event: LogEvent): void {
  if (host.name >= 0) event.set(F.relayName, host.name, host.nameEnd);
  if (host.ip >= 0) event.set(F.relayIp, host.ip, host.ipEnd);
  event.port = host.port;
}
