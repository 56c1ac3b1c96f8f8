/**
 * A mail came in: `from=<ann@example.net>, size=2048, class=0, nrcpts=2, msgid=<m1@example.net>, proto=ESMTP, daemon=MTA,
 * relay=mail.example.net [192.0.2.7]`. Written once the headers are read, or when the envelope is dropped before.
 * What a stranger writes is the sender and the Message-ID: the daemon's values are looked for from the other side of them.
 * Source: sendmail headers.c logsender(); envelope.c dropenvelope(); collect.c.
 */
import { F } from '../../model/log-event.ts';
import type { ParseResult } from '../../model/log-format.ts';
import { endsWith, equals, indexOf, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import type { Line } from './line.ts';
import { addressEnd, readClient, setAddress } from './values.ts';

export const FROM = lit('from=');
const SIZE = lit(', size=');
const NRCPTS = lit(', nrcpts=');
const MSGID = lit(', msgid=');
const RELAY = lit(', relay=');
const TAIL = [lit(', proto='), lit(', daemon=')];
const BODYTYPES = [lit(', bodytype=8BITMIME'), lit(', bodytype=7BIT')];
const NONE = lit('<NONE>');
const RESPONSE = lit('[RESPONSE]');

export function readFrom(line: Line): ParseResult {
  const { bytes, b } = line;
  const a = line.a + FROM.length;
  const end = senderEnd(bytes, a, b);
  if (end < 0) return line.unknown();
  const nrcptsAt = indexOf(bytes, end, b, NRCPTS);
  const nrcpts = nrcptsAt < 0 ? -1 : readNumber(bytes, nrcptsAt + NRCPTS.length, b);
  const size = readNumber(bytes, end + SIZE.length, b);
  const event = line.start(nrcpts === 0 ? 'facts' : 'arrival');
  if (!equals(bytes, a, end, NONE)) setAddress(event, F.sender, bytes, a, end);
  const relay = lastIndexOf(bytes, end, b, RELAY);
  let origin: 'smtp' | 'local' | 'internal' | '' = '';
  if (relay >= 0) {
    const from = relay + RELAY.length;
    if (equals(bytes, from, b, RESPONSE)) origin = 'internal';
    else origin = readClient(event, bytes, from, b) ? 'smtp' : 'local';
  }
  if (origin === 'local' || origin === 'internal') forgetClient(line);
  const hasId = readMessageId(line, nrcptsAt < 0 ? end : nrcptsAt, relay < 0 ? b : relay);
  event.origin = origin;
  if (nrcpts === 0) {
    line.done();
    return nothingCame(line);
  }
  event.nrcpt = nrcpts;
  // No header was read: the envelope was dropped before its data.
  const isDropped = size <= 0 && !hasId && origin === 'smtp';
  if (!isDropped) {
    event.size = size;
    event.active = true;
  }
  line.done();
  return isDropped ? canceled(line) : 'event';
}

/** The sender's end, before `, size=`; -1 where the line is no such line. */
function senderEnd(bytes: Uint8Array, a: number, b: number): number {
  const end = addressEnd(bytes, a, b);
  if (startsAt(bytes, end, b, SIZE)) return end;
  return indexOf(bytes, a, b, SIZE);
}

/** `relay=ann@localhost`: who handed it in on the machine is no client of the network. */
function forgetClient(line: Line): void {
  const { event } = line;
  event.mask &= ~((1 << F.clientName) | (1 << F.sessionId));
}

/** Sets the Message-ID that stands in bytes[a, b); one that was cut off is not told. */
function readMessageId(line: Line, a: number, b: number): boolean {
  const { bytes } = line;
  const at = indexOf(bytes, a, b, MSGID);
  if (at < 0) return false;
  const from = at + MSGID.length;
  let end = b;
  for (const word of TAIL) {
    const found = lastIndexOf(bytes, from, b, word);
    if (found >= 0) {
      end = found;
      break;
    }
  }
  for (const word of BODYTYPES) if (endsWith(bytes, from, end, word)) end -= word.length;
  if (bytes[from] === 0x3c && end > from) {
    if (bytes[end - 1] === 0x3e && end - 1 > from) line.event.set(F.messageId, from + 1, end - 1);
  } else if (end > from) line.event.set(F.messageId, from, end);
  return true;
}

/** The client went away, or began anew, before its data was whole. */
export function canceled(line: Line): ParseResult {
  line.start('closed').what = 'canceled';
  return line.done();
}

/** No recipient was accepted: nothing but what was refused is left of it. */
function nothingCame(line: Line): ParseResult {
  line.start('closed').what = 'nothing';
  return line.done();
}
