/**
 * `=>` `->` `>>` `*>` `**` `==`: one recipient's result of one try.
 *
 * Source: src/deliver.c delivery_log(), deferral_log(), failure_log(), string_log_address(), d_hostlog(), d_tlslog();
 * src/retry.c retry_update(); src/receive.c (blackhole). After the flag: `final (parents)? <original>?`, fields, free text after `: `.
 */
import type { Emit } from '../../model/log-format.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Frame } from '../../model/frame.ts';
import { head, parseHead, quotedOriginal } from './delivery-head.ts';
import { host, parseHost, setRelay } from './host.ts';
import { isStored } from './stored.ts';
import { setConfirmation, setFailureText } from './reply.ts';
import {
  COLON,
  EQUALS,
  GREATER,
  LPAREN,
  QUOTE,
  SPACE,
  closingAngle,
  closingQuote,
  digits,
  find,
  findByte,
  hasAt,
  tokenEnd,
} from './scan.ts';

/** What the two characters of the flag mean. */
export type Flag = '=>' | '->' | '>>' | '*>' | '**' | '==';

/** What a line's fields said, beyond the event. */
const seen = { text: -1, textEnd: -1, hasHost: false, hasTransport: false, hasRouter: false, errno: 0 };

/**
 * Nothing stands behind the address, which may be cut off itself. deliver.c: delivery_log() names the transport, and
 * post_process_one() the router of what it threw away; failure_log() and defer_log() tell why.
 */
function isCut(arrow: boolean): boolean {
  return !seen.hasTransport && !seen.hasRouter && (arrow || seen.text < 0);
}

function start(kind: 'delivery' | 'mention', frame: Frame, id: number, idEnd: number, event: LogEvent): void {
  event.reset(kind, frame);
  event.system = 'exim';
  event.set(F.queueId, id, idEnd);
}

/** The line after the flag and its space. */
export function parseDelivery(
  frame: Frame,
  i: number,
  id: number,
  idEnd: number,
  flag: Flag,
  event: LogEvent,
  emit: Emit,
): void {
  const { bytes, end } = frame;
  start('delivery', frame, id, idEnd, event);
  if (i >= end) {
    // cut off behind the flag: whom it was about is lost
    start('mention', frame, id, idEnd, event);
    emit(event);
    return;
  }
  const arrow = flag[1] === '>';
  if (arrow && blackholed(frame, i, event)) {
    emit(event);
    return;
  }
  i = parseHead(bytes, i, end);
  if (hasAt(bytes, head.original, head.originalEnd, 'system-filter') && head.originalEnd - head.original === 13) {
    emitSystemFilter(event, arrow, emit);
    return;
  }
  setAddresses(event);
  readFields(event, bytes, i, end, flag);
  if (isCut(arrow)) {
    start('mention', frame, id, idEnd, event);
    emit(event);
    return;
  }
  if (seen.text >= 0) setText(event, bytes, flag);
  if (arrow) setSent(event, bytes, flag);
  else event.outcome = flag === '==' ? deferredOutcome(event, bytes) : failedOutcome(event, bytes);
  emit(event);
}

/**
 * `=> blackhole (DATA ACL discarded recipients): text`, `=> discarded (system filter)`: all recipients at once, no address.
 * A local user of that name has `<original>` or a field after it, one whose name goes on in spaces the same in quotes.
 */
function blackholed(frame: Frame, i: number, event: LogEvent): boolean {
  const { bytes, end } = frame;
  const n = hasAt(bytes, i, end, 'blackhole') ? 9 : hasAt(bytes, i, end, 'discarded') ? 9 : 0;
  if (n === 0) return false;
  if (quotedOriginal(bytes, i, end) >= 0) return false;
  i += n;
  if (i < end && (bytes[i] !== SPACE || bytes[i + 1] === 0x3c || bytes[i + 2] === EQUALS)) return false;
  event.outcome = 'discarded';
  event.how = 'blackhole';
  event.what = 'all';
  if (bytes[i + 1] === LPAREN) {
    if (hasAt(bytes, i + 2, end, 'DATA ') || hasAt(bytes, i + 2, end, 'DKIM ')) event.stage = 'END-OF-MESSAGE';
    else if (hasAt(bytes, i + 2, end, 'RCPT ')) event.stage = 'RCPT';
    else if (hasAt(bytes, i + 2, end, 'MAIL ')) event.stage = 'MAIL';
    else if (hasAt(bytes, i + 2, end, 'system filter')) event.how = 'filter';
    const text = find(bytes, i, end, '): ');
    if (text >= 0) event.set(F.reason, text + 3, end);
  } else if (i + 1 < end) {
    event.set(F.reason, i + 1, end);
  }
  return true;
}

/** A delivery that the system filter asked for beside the recipients: a copy, no recipient's end (deliver.c, `system-filter`). */
function emitSystemFilter(event: LogEvent, done: boolean, emit: Emit): void {
  const id = event.start(F.queueId);
  const idEnd = event.stop(F.queueId);
  event.reset(done ? 'act' : 'mention', event.frame);
  event.system = 'exim';
  event.set(F.queueId, id, idEnd);
  if (done) {
    event.action = 'copied';
    event.what = 'system-filter';
    const skip = head.special === 'auto-reply' ? 1 : 0;
    event.set(F.target, head.final + skip, head.finalEnd);
  }
  emit(event);
}

/**
 * Recipient and original. A local delivery shows the local part alone (log_as_local): where the original says the same
 * mailbox with its domain, that is the address. What is no address (file, pipe, autoreply) gives way to the original.
 */
function setAddresses(event: LogEvent): void {
  if (head.special !== '') {
    event.what = head.special;
    if (head.original >= 0) event.set(F.recipient, head.original, head.originalEnd);
    if (head.special === 'file') event.set(F.mailbox, head.final, head.finalEnd);
    if (head.special === 'auto-reply') event.set(F.target, head.final + 1, head.finalEnd);
    return;
  }
  if (head.original < 0) {
    if (head.finalEnd > head.final) event.set(F.recipient, head.final, head.finalEnd);
    return;
  }
  if (head.sameMailbox) {
    event.set(F.recipient, head.original, head.originalEnd);
    return;
  }
  event.set(F.recipient, head.final, head.finalEnd);
  event.set(F.origRecipient, head.original, head.originalEnd);
}

function readFields(event: LogEvent, bytes: Buffer, i: number, end: number, flag: Flag): void {
  seen.text = seen.textEnd = -1;
  seen.hasHost = seen.hasTransport = seen.hasRouter = false;
  seen.errno = 0;
  while (i < end) {
    const c = bytes[i] as number;
    if (c === SPACE) i++;
    else if (c === COLON && (i + 1 >= end || bytes[i + 1] === SPACE)) {
      seen.text = Math.min(i + 2, end);
      seen.textEnd = end;
      return;
    } else if (bytes[i + 1] === EQUALS && i + 1 < end) i = readLetter(event, bytes, i, c, end);
    else if (c === 0x64 && hasAt(bytes, i, end, 'defer (')) i = readErrno(event, bytes, i + 7, end);
    else if (flag === '**' && (hasAt(bytes, i, end, 'mua_wrapper ') || hasAt(bytes, i, end, 'routing yielded a '))) {
      seen.text = i;
      seen.textEnd = end;
      return;
    } else i = skipWord(bytes, i, end);
  }
}

function readLetter(event: LogEvent, bytes: Buffer, i: number, letter: number, end: number): number {
  const from = i + 2;
  switch (letter) {
    case 0x48: {
      const stop = parseHost(bytes, from, end);
      if (host.ip >= 0 || host.isCut) seen.hasHost = true;
      setRelay(event);
      return Math.max(stop, from);
    }
    case 0x54: {
      const stop = valueEnd(bytes, from, end);
      event.set(F.transport, from, stop);
      seen.hasTransport = true;
      return stop;
    }
    case 0x52:
      seen.hasRouter = true;
      break;
    case 0x43: // C="250 OK"
      if (bytes[from] === QUOTE && from < end) {
        const close = closingQuote(bytes, from + 1, end);
        setConfirmation(event, from + 1, close);
        return Math.min(close + 1, end);
      }
      break;
    case 0x46: // F=<sender>
    case 0x50: // P=<return path>
      if (bytes[from] === 0x3c) return angleEnd(event, bytes, from + 1, end, letter === 0x46);
      break;
    default:
  }
  return valueEnd(bytes, from, end);
}

/** F=<> and P=<> end at a `>` that a space, a colon or the end follows; a quoted local part may hold one too (RFC 5321). */
function angleEnd(event: LogEvent, bytes: Buffer, from: number, end: number, isSender: boolean): number {
  const quoted = bytes[from] === QUOTE && from < end ? closingAngle(bytes, from, end) : -1;
  for (
    let at = quoted >= 0 ? quoted : findByte(bytes, from, end, GREATER);
    at >= 0;
    at = findByte(bytes, at + 1, end, GREATER)
  ) {
    const next = bytes[at + 1];
    if (at + 1 < end && next !== SPACE && next !== COLON) continue;
    if (isSender) event.set(F.sender, from, at);
    return at + 1;
  }
  // cut in it: what follows is the address's
  return end;
}

/** A value ends at a space, or before the colon of the free text. */
function valueEnd(bytes: Uint8Array, i: number, end: number): number {
  const stop = tokenEnd(bytes, i, end);
  return stop > i && bytes[stop - 1] === COLON ? stop - 1 : stop;
}

/** Fields of several letters (`DN="…"`, `QT=`, `PRX=[…]`) and marks (`K`, `L*`). */
function skipWord(bytes: Uint8Array, i: number, end: number): number {
  if (hasAt(bytes, i, end, 'DN="')) {
    for (let at = findByte(bytes, i + 4, end, QUOTE); at >= 0; at = findByte(bytes, at + 1, end, QUOTE)) {
      if (at + 1 >= end || bytes[at + 1] === SPACE || bytes[at + 1] === COLON) return at + 1;
    }
    return end;
  }
  return Math.max(valueEnd(bytes, i, end), i + 1);
}

/** `defer (110): Connection timed out H=…`: the words of errno stand before the host; gives the place after them. */
function readErrno(event: LogEvent, bytes: Uint8Array, i: number, end: number): number {
  const close = findByte(bytes, i, end, 0x29);
  if (close < 0) return end;
  const negative = bytes[i] === 0x2d;
  const n = digits(bytes, negative ? i + 1 : i, close);
  seen.errno = n < 0 ? 0 : negative ? -n : n;
  if (negative || !hasAt(bytes, close, end, '): ')) return close + 1;
  const text = find(bytes, close + 3, end, ': ');
  const limit = text < 0 ? end : text;
  let at = find(bytes, close + 3, limit, ' H=');
  if (at < 0) at = find(bytes, close + 3, limit, ' DT=');
  if (at < 0) return close + 1;
  event.set(F.reply, close + 3, at); // holds where no other text follows
  return at;
}

/** The free text, without the `DT=0.1s` that failure_log() writes last. */
function setText(event: LogEvent, bytes: Buffer, flag: Flag): void {
  if (flag === '**') seen.textEnd = beforeDeliveryTime(bytes, seen.text, seen.textEnd);
  if (seen.text >= seen.textEnd) return;
  if (seen.errno === -52 || seen.errno === -53 || isNoAnswer(bytes, seen.text, seen.textEnd))
    event.set(F.reason, seen.text, seen.textEnd);
  else setFailureText(event, seen.text, seen.textEnd);
}

function beforeDeliveryTime(bytes: Uint8Array, a: number, b: number): number {
  if (b <= a || bytes[b - 1] !== 0x73) return b;
  let i = b - 1;
  while (i > a && bytes[i] !== SPACE) i--;
  return hasAt(bytes, i, b, ' DT=') ? i : b;
}

/** A retry time is no answer: it is told as the reason, and the last answer before it holds. */
function isNoAnswer(bytes: Uint8Array, a: number, b: number): boolean {
  return hasAt(bytes, a, b, 'retry time') || hasAt(bytes, a, b, 'Retry time') || isGivenUp(bytes, a, b);
}

/** Texts of src/retry.c and src/transports/smtp.c for an address whose retries are used up. */
function isGivenUp(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    hasAt(bytes, a, b, 'retry timeout exceeded') ||
    find(bytes, a, b, 'failing for a long time') >= 0 ||
    find(bytes, a, b, 'after a long failure period') >= 0
  );
}

/**
 * ERRNO_RRETRY, LRETRY and HRETRY (src/macros.h) say that no try was made. They are -52, -53, -54 now and were -51, -52, -53:
 * the numbers that mean nothing else in any version count, for the others the text does.
 */
function deferredOutcome(event: LogEvent, bytes: Uint8Array): 'deferred' | 'suppressed' {
  if (seen.errno === -52 || seen.errno === -53) return 'suppressed';
  if (seen.text < 0 || event.code > 0) return 'deferred';
  return find(bytes, seen.text, Math.min(seen.textEnd, seen.text + 64), 'etry time not') >= 0
    ? 'suppressed'
    : 'deferred';
}

function failedOutcome(event: LogEvent, bytes: Uint8Array): 'bounced' | 'expired' {
  const { text: a, textEnd: b } = seen;
  if (a < 0) return 'bounced';
  const tail = b - 24;
  if (isGivenUp(bytes, a, b) || (tail >= a && hasAt(bytes, tail, b, ': retry timeout exceeded'))) return 'expired';
  return 'bounced';
}

function setSent(event: LogEvent, bytes: Uint8Array, flag: Flag): void {
  if (flag === '>>') event.what = 'cutthrough';
  if (head.special === 'blackhole') {
    event.outcome = 'discarded';
    event.how = 'blackhole';
    return;
  }
  if (
    head.special === 'file' &&
    hasAt(bytes, head.final, head.finalEnd, '/dev/null') &&
    head.finalEnd - head.final === 9
  ) {
    event.outcome = 'discarded';
    event.how = 'devnull';
    return;
  }
  if (head.special === '' && !seen.hasTransport && hasAt(bytes, head.final, head.finalEnd, 'discarded')) {
    event.outcome = 'discarded';
    event.how = 'blackhole';
    event.mask &= ~((1 << F.origRecipient) | (1 << F.recipient));
    if (head.original >= 0) event.set(F.recipient, head.original, head.originalEnd);
    return;
  }
  event.outcome = flag === '*>' ? 'suppressed' : 'sent';
  event.how = head.special === 'auto-reply' ? 'unknown' : isStored(event) || !seen.hasHost ? 'mailbox' : 'remote';
}
