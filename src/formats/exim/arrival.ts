/**
 * `<=` and `(=`: a mail was accepted.
 *
 * Source: src/receive.c receive_msg() (order of the fields), add_host_info_for_log(); src/smtp_in.c add_tls_info_for_log();
 * src/log.c log_vwrite() (` from <sender> for recipient …`). Fields may be missing or in any order; the letters mean other
 * things than on a delivery: R= is the parent mail, T= the subject, P= the protocol.
 */
import type { Emit } from '../../model/log-format.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Frame } from '../../model/frame.ts';
import { host, parseHost, setClient } from './host.ts';
import {
  EQUALS,
  LESS,
  QUOTE,
  SPACE,
  addressEnd,
  closingAngle,
  closingQuote,
  digits,
  find,
  findByte,
  hasAt,
  tokenEnd,
} from './scan.ts';
import { fitsAfterSize } from './arrival-end.ts';
import { isEscaped, unescapeQuoted } from './unescape.ts';

/** The line after `<= `; the id stands at [id, idEnd). `fake`: `(=`, the client was told that the mail was refused. */
export function parseArrival(
  frame: Frame,
  i: number,
  id: number,
  idEnd: number,
  fake: boolean,
  event: LogEvent,
  emit: Emit,
): void {
  const { bytes, end } = frame;
  event.reset('arrival', frame);
  event.system = 'exim';
  event.set(F.queueId, id, idEnd);
  event.origin = 'local';
  if (hasAt(bytes, i, end, '<>')) {
    event.set(F.sender, i, i);
    i += 2;
  } else {
    const stop = senderEnd(bytes, i, end);
    event.set(F.sender, i, stop);
    i = stop;
  }
  while (i < end) {
    if (bytes[i] === SPACE) i++;
    else i = readField(event, bytes, i, end);
  }
  if (event.relation === 'bounce-of' && event.origin === 'local') event.origin = 'internal';
  // it is written when the mail is taken, also where its size was cut off
  if (event.size < 0) event.active = true;
  emit(event);
  if (fake) emitFakeReject(frame, id, idEnd, event, emit);
}

/** An unquoted sender may hold no space, so its end is the first one after a quoted local part. */
function senderEnd(bytes: Uint8Array, i: number, end: number): number {
  return bytes[i] === QUOTE ? tokenEnd(bytes, addressEnd(bytes, i, end), end) : tokenEnd(bytes, i, end);
}

/** One field; gives the place after it. */
function readField(event: LogEvent, bytes: Buffer, i: number, end: number): number {
  const first = bytes[i] as number;
  if (bytes[i + 1] === EQUALS && i + 1 < end) return readLetter(event, bytes, i, first, end);
  if (first === 0x69 && hasAt(bytes, i, end, 'id')) {
    const from = hasAt(bytes, i, end, 'id=') ? i + 3 : hasAt(bytes, i, end, 'id*=') ? i + 4 : -1;
    if (from >= 0) {
      const stop = messageIdEnd(bytes, from, end);
      event.set(F.messageId, from, stop);
      return stop;
    }
  }
  if (first === 0x66 && hasAt(bytes, i, end, 'for ')) {
    setRecipients(event, bytes, i + 4, end);
    return end;
  }
  if (first === 0x66 && hasAt(bytes, i, end, 'from <')) {
    const close = closingAngle(bytes, i + 6, end);
    return close < 0 ? end : close + 1;
  }
  if (hasAt(bytes, i, end, 'DN="')) return distinguishedNameEnd(bytes, i + 4, end);
  return tokenEnd(bytes, i, end);
}

function readLetter(event: LogEvent, bytes: Buffer, i: number, letter: number, end: number): number {
  const from = i + 2;
  switch (letter) {
    case 0x48: {
      const stop = parseHost(bytes, from, end);
      if (host.ip >= 0 || host.helo >= 0) {
        setClient(event);
        event.origin = 'smtp';
      }
      return Math.max(stop, from);
    }
    case 0x54: // T="subject"
      if (bytes[from] !== QUOTE || from >= end) return tokenEnd(bytes, from, end);
      return readSubject(event, bytes, from + 1, end);
    case 0x53: // S=size
      event.size = digits(bytes, from, end);
      break;
    case 0x52: // R=parent
      event.set(F.otherId, from, tokenEnd(bytes, from, end));
      event.relation = 'bounce-of';
      break;
    case 0x58: {
      const stop = tokenEnd(bytes, from, end);
      event.set(F.tls, from, bytes[stop - 1] === 0x2a ? stop - 1 : stop);
      return stop;
    }
    case 0x41: {
      const stop = tokenEnd(bytes, from, end);
      const login = findByte(bytes, from, stop, 0x3a);
      if (login < 0) return stop;
      const sender = findByte(bytes, login + 1, stop, 0x3a);
      const size = sizeAfterLogin(bytes, login + 1, end);
      event.set(F.user, login + 1, sender >= 0 && (size < 0 || size === stop) ? sender : size < 0 ? stop : size);
      return size < 0 ? stop : size;
    }
    default:
  }
  return tokenEnd(bytes, from, end);
}

/**
 * Where the login ends, whatever it holds (server_set_id is the client's text): before the first ` S=` that only the
 * fields follow which receive_msg() writes after the size; -1 where there is none.
 */
function sizeAfterLogin(bytes: Uint8Array, i: number, end: number): number {
  let tries = 0;
  for (let at = find(bytes, i, end, ' S='); at >= 0 && tries < 16; at = find(bytes, at + 3, end, ' S='), tries++) {
    if (fitsAfterSize(bytes, at, end)) return marksBefore(bytes, i, at);
  }
  return -1;
}

/** Before the marks that may stand between login and size: ` PRDR`, ` K`, ` PRX=…`. */
function marksBefore(bytes: Uint8Array, from: number, at: number): number {
  for (;;) {
    let i = at;
    while (i > from && bytes[i - 1] !== SPACE) i--;
    const isMark =
      i > from &&
      (hasAt(bytes, i, at, 'PRX=') ||
        (at - i === 1 && bytes[i] === 0x4b) ||
        (at - i === 4 && hasAt(bytes, i, at, 'PRDR')));
    if (!isMark) return at;
    at = i - 1;
  }
}

function readSubject(event: LogEvent, bytes: Buffer, from: number, end: number): number {
  const close = closingQuote(bytes, from, end);
  if (isEscaped(bytes, from, close)) event.setText(F.subject, unescapeQuoted(bytes, from, close));
  else event.set(F.subject, from, close);
  return Math.min(close + 1, end);
}

/** A Message-ID ends at a space; its quoted local part may hold some. */
function messageIdEnd(bytes: Uint8Array, i: number, end: number): number {
  return bytes[i] === QUOTE
    ? tokenEnd(bytes, Math.min(closingQuote(bytes, i + 1, end) + 1, end), end)
    : tokenEnd(bytes, i, end);
}

/** DN="…" has no escapes for its quotes: it ends at a quote that a space or the end follows. */
function distinguishedNameEnd(bytes: Uint8Array, i: number, end: number): number {
  for (let at = findByte(bytes, i, end, QUOTE); at >= 0; at = findByte(bytes, at + 1, end, QUOTE)) {
    if (at + 1 >= end || bytes[at + 1] === SPACE) return at + 1;
  }
  return tokenEnd(bytes, i, end);
}

/** `for a b c` to the end of the line; where a quoted local part may hold a space, the list is given with `, ` between. */
export function setRecipients(event: LogEvent, bytes: Buffer, i: number, end: number): void {
  if (findByte(bytes, i, end, QUOTE) < 0) {
    event.set(F.recipients, i, end);
    return;
  }
  const list: string[] = [];
  while (i < end) {
    if (bytes[i] === SPACE) {
      i++;
      continue;
    }
    const stop = senderEnd(bytes, i, end);
    const open = bytes[i] === LESS ? 1 : 0;
    list.push(event.frame.text(i + open, stop - open));
    i = Math.max(stop, i + 1);
  }
  event.setText(F.recipients, list.join(', '));
}

/** control = fakereject: the client was told 550, the mail was kept. */
function emitFakeReject(frame: Frame, id: number, idEnd: number, event: LogEvent, emit: Emit): void {
  event.reset('act', frame);
  event.system = 'exim';
  event.set(F.queueId, id, idEnd);
  event.action = 'quarantined';
  event.stage = 'END-OF-MESSAGE';
  event.what = 'fakereject';
  event.final = true;
  emit(event);
}
