/**
 * The header lines that Exim writes under a refusal: in the reject log without a stamp, in syslog as pieces of their own.
 *
 * Source: src/log.c log_vwrite(): `Envelope-from: <…>`, `Envelope-to: <…>` and up to four more, `%c %s` for each header, whose
 * first character says its kind (src/macros.h htype_*); a folded header keeps its line ends. They are the only place that tells the
 * recipients, the subject and the Message-ID of a mail that was refused after its data.
 */
import type { Frame } from '../../model/frame.ts';
import type { EventKind, LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit } from '../../model/log-format.ts';
import type { Entry } from './context.ts';
import { COLON, GREATER, LESS, SPACE, TAB, findByte, hasAt, lower } from './scan.ts';

const MAX_HEADER = 4096;

/**
 * One line under the entry. False where it belongs to no entry.
 * Each line gives an event with the entry's id; without one `what` is 'of-last-refusal': the refusal before it in this stream.
 */
export function parseContinuation(frame: Frame, a: number, entry: Entry, event: LogEvent, emit: Emit): boolean {
  if (!entry.open) return false;
  const { bytes, end } = frame;
  if (hasAt(bytes, a, end, 'Envelope-from: <')) {
    if (entry.header !== '' && entry.header !== 'sender') return isAnother(entry);
    entry.header = 'sender';
    return emitAddress(frame, a + 16, entry, F.sender, event, emit);
  }
  if (hasAt(bytes, a, end, 'Envelope-to: <')) {
    if (entry.header !== '' && entry.header !== 'sender' && entry.header !== 'recipients') return isAnother(entry);
    entry.header = 'recipients';
    return emitAddress(frame, a + 14, entry, F.recipients, event, emit);
  }
  const name = headerNameEnd(bytes, a, end);
  if (name > 0) return parseHeader(frame, a + 2, name, entry, event, emit);
  if (bytes[a] === SPACE || bytes[a] === TAB) return parseFold(frame, a, entry, event, emit);
  if (hasAt(bytes, a, end, '*** truncated ***') || hasAt(bytes, a, end, '----')) {
    emitPlain(frame, entry, event, emit);
    return true;
  }
  // What is no header (damage) ends no block: the next entry's stamp does.
  return false;
}

/** The envelope comes first and once: this is that of an entry whose own first line is lost. */
function isAnother(entry: Entry): false {
  entry.open = false;
  return false;
}

/** Place of the colon of `X Name:`, where X is the kind of the header; -1 where the line is no header. */
function headerNameEnd(bytes: Uint8Array, a: number, end: number): number {
  const kind = bytes[a] as number;
  if (a + 3 > end || bytes[a + 1] !== SPACE || !(kind === SPACE || kind === 0x2a || (kind >= 0x41 && kind <= 0x5a)))
    return -1;
  for (let i = a + 2; i < end; i++) {
    const c = bytes[i] as number;
    if (c === COLON) return i > a + 2 ? i : -1;
    if (c <= SPACE || c >= 0x7f) return -1;
  }
  return -1;
}

function parseHeader(frame: Frame, from: number, colon: number, entry: Entry, event: LogEvent, emit: Emit): boolean {
  const { bytes, end } = frame;
  let value = colon + 1;
  while (value < end && (bytes[value] === SPACE || bytes[value] === TAB)) value++;
  if (isName(bytes, from, colon, 'subject')) {
    entry.header = 'subject';
    entry.text = frame.text(value, end).slice(0, MAX_HEADER);
    start('facts', frame, entry, event).set(F.subject, value, end);
  } else if (isName(bytes, from, colon, 'from')) {
    entry.header = 'from';
    entry.text = frame.text(value, end).slice(0, MAX_HEADER);
    start('facts', frame, entry, event).set(F.headerFrom, value, end);
  } else if (isName(bytes, from, colon, 'message-id')) {
    entry.header = 'other';
    const open = findByte(bytes, value, end, LESS);
    const close = open < 0 ? -1 : findByte(bytes, open, end, GREATER);
    start('facts', frame, entry, event).set(F.messageId, close < 0 ? value : open + 1, close < 0 ? end : close);
  } else {
    entry.header = 'other';
    start('mention', frame, entry, event);
  }
  emit(event);
  return true;
}

/** A line that goes on: another recipient of the envelope, or the rest of a header. The joined header replaces what was told (`active`). */
function parseFold(frame: Frame, a: number, entry: Entry, event: LogEvent, emit: Emit): boolean {
  const { bytes, end } = frame;
  let i = a;
  while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
  if (entry.header === 'recipients' && bytes[i] === LESS && i < end)
    return emitAddress(frame, i + 1, entry, F.recipients, event, emit);
  if (entry.header === 'subject' || entry.header === 'from') {
    if (entry.text.length < MAX_HEADER) entry.text += ` ${frame.text(i, end).slice(0, MAX_HEADER)}`;
    start('facts', frame, entry, event).setText(entry.header === 'subject' ? F.subject : F.headerFrom, entry.text);
    event.active = true;
    emit(event);
    return true;
  }
  emitPlain(frame, entry, event, emit);
  return true;
}

/** `<address>` from after its `<` to the last `>` of the line. */
function emitAddress(frame: Frame, i: number, entry: Entry, field: 1 | 21, event: LogEvent, emit: Emit): boolean {
  let close = frame.end - 1;
  while (close > i && frame.bytes[close] !== GREATER) close--;
  if (frame.bytes[close] !== GREATER || close < i) {
    emitPlain(frame, entry, event, emit);
    return true;
  }
  start('facts', frame, entry, event).set(field, i, close);
  emit(event);
  return true;
}

function emitPlain(frame: Frame, entry: Entry, event: LogEvent, emit: Emit): void {
  start('mention', frame, entry, event);
  emit(event);
}

function start(kind: EventKind, frame: Frame, entry: Entry, event: LogEvent): LogEvent {
  event.reset(kind, frame);
  event.system = 'exim';
  if (entry.id === '') event.what = 'of-last-refusal';
  else event.setText(F.queueId, entry.id);
  return event;
}

function isName(bytes: Uint8Array, a: number, b: number, word: string): boolean {
  if (b - a !== word.length) return false;
  for (let k = 0; k < word.length; k++) if (lower(bytes[a + k] as number) !== word.charCodeAt(k)) return false;
  return true;
}
