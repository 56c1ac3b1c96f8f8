/**
 * Entries that Exim gave to syslog in pieces: `[2\18] text` ends in a line end of the entry, `[2/5] text` was cut at 870 bytes.
 *
 * Source: src/log.c write_syslog(). The first piece holds the queue id (and the entry's own stamp, which the framing takes off); the others do not and are joined by host and pid. The entry's first line is parsed as soon as it is whole; the lines after it are
 * headers. A piece that completes nothing is a mention of the entry's mail. What never gets its last piece is parsed as far as it goes
 * when that process begins another entry, or at the end of the stream (`flushPieces`).
 */
import type { Frame } from '../../model/frame.ts';
import { decodeText } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import type { EximContext, Pieces } from './context.ts';
import { MAX_ENTRY_BYTES, copyPlace, openPieces, processKey } from './context.ts';
import { parseContinuation } from './continuation.ts';
import { BACKSLASH, LBRACKET, RBRACKET, SPACE, digits, isDigit, queueIdLength } from './scan.ts';

/** Parses the body [body, end) of a frame as an entry's first line. */
export type ParseBody = (frame: Frame, body: number, event: LogEvent, emit: Emit, context: EximContext) => ParseResult;

/** What the last `isPiece` read. */
const marker = { n: 0, total: 0, line: false, text: 0 };

/** Whether the body begins with `[n/m] ` or `[n\m] `. */
export function isPiece(bytes: Uint8Array, a: number, end: number): boolean {
  if (bytes[a] !== LBRACKET || !isDigit(bytes[a + 1])) return false;
  let i = a + 1;
  marker.n = digits(bytes, i, end);
  while (i < end && isDigit(bytes[i])) i++;
  const sign = bytes[i];
  if (sign !== 0x2f && sign !== BACKSLASH) return false;
  marker.line = sign === BACKSLASH;
  marker.total = digits(bytes, ++i, end);
  while (i < end && isDigit(bytes[i])) i++;
  if (i >= end || bytes[i] !== RBRACKET) return false;
  marker.text = bytes[i + 1] === SPACE && i + 1 < end ? i + 2 : i + 1;
  return marker.n >= 1 && marker.total >= 2 && marker.n <= marker.total && marker.total < 10000;
}

/** The piece that isPiece just saw. */
export function parsePiece(
  frame: Frame,
  event: LogEvent,
  emit: Emit,
  context: EximContext,
  parseBody: ParseBody,
): ParseResult {
  const { n, total, line, text } = marker;
  const key = processKey(frame);
  let pieces = context.pieces.get(key);
  // Loggers double lines: the piece that came last comes again.
  if (pieces !== undefined && pieces.total === total && pieces.next === n + 1 && isLastPiece(pieces, frame, text)) {
    emitMention(frame, pieces, event, emit);
    return 'event';
  }
  if (n === 1) {
    if (pieces !== undefined) flushOne(context, pieces, event, emit, parseBody);
    pieces = openPieces(context, key, frame, total);
  }
  if (pieces === undefined || pieces.next !== n || pieces.total !== total) {
    if (pieces === undefined) return 'unknown';
    flushOne(context, pieces, event, emit, parseBody);
    context.pieces.delete(key);
    return 'unknown';
  }
  pieces.next++;
  pieces.lastText = frame.text(text, Math.min(frame.end, text + LAST_TEXT));
  append(pieces, frame, text);
  const last = n === total;
  if (line || last) completeLine(context, pieces, frame, event, emit, parseBody);
  else emitMention(frame, pieces, event, emit);
  if (last) context.pieces.delete(key);
  return 'event';
}

/** Another entry of this process began: what was left of the one before is parsed. */
export function flushProcess(
  frame: Frame,
  event: LogEvent,
  emit: Emit,
  context: EximContext,
  parseBody: ParseBody,
): void {
  const key = processKey(frame);
  const pieces = context.pieces.get(key);
  if (pieces === undefined) return;
  flushOne(context, pieces, event, emit, parseBody);
  context.pieces.delete(key);
}

/** The stream ended: every unfinished entry is parsed as far as it goes. */
export function flushPieces(event: LogEvent, emit: Emit, context: EximContext, parseBody: ParseBody): void {
  for (const pieces of context.pieces.values()) flushOne(context, pieces, event, emit, parseBody);
  context.pieces.clear();
}

/** How much of a piece tells it from the one before. */
const LAST_TEXT = 1000;

function isLastPiece(pieces: Pieces, frame: Frame, text: number): boolean {
  return pieces.lastText === frame.text(text, Math.min(frame.end, text + LAST_TEXT));
}

function append(pieces: Pieces, frame: Frame, from: number): void {
  const n = Math.min(frame.end - from, MAX_ENTRY_BYTES - pieces.length);
  if (n <= 0) return;
  if (pieces.length + n > pieces.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.min(MAX_ENTRY_BYTES, (pieces.length + n) * 2));
    pieces.bytes.copy(larger, 0, 0, pieces.length);
    pieces.bytes = larger;
  }
  frame.bytes.copy(pieces.bytes, pieces.length, from, from + n);
  pieces.length += n;
}

/** A line of the entry is whole: told in a scratch frame that stands for the piece which completed it. */
function completeLine(
  context: EximContext,
  pieces: Pieces,
  place: Frame,
  event: LogEvent,
  emit: Emit,
  parseBody: ParseBody,
): void {
  const scratch = copyPlace(context.scratch, place);
  scratch.bytes = pieces.bytes;
  scratch.body = 0;
  scratch.end = pieces.length;
  pieces.length = 0;
  if (pieces.headers) {
    if (!parseContinuation(scratch, 0, pieces.entry, event, emit)) emitMention(place, pieces, event, emit);
    return;
  }
  pieces.headers = true;
  context.entry.open = false;
  parseBody(scratch, 0, event, emit, context);
  const n = queueIdLength(scratch.bytes, 0, scratch.end);
  pieces.entry.id = n > 0 ? scratch.text(0, n) : '';
  pieces.entry.open = context.entry.open;
  context.entry.open = false;
}

function flushOne(context: EximContext, pieces: Pieces, event: LogEvent, emit: Emit, parseBody: ParseBody): void {
  if (pieces.length > 0) completeLine(context, pieces, pieces.frame, event, emit, parseBody);
}

/** A piece that completes nothing, or a line that is no header: of the entry's mail. */
function emitMention(frame: Frame, pieces: Pieces, event: LogEvent, emit: Emit): void {
  event.reset('mention', frame);
  event.system = 'exim';
  if (pieces.entry.id !== '') event.setText(F.queueId, pieces.entry.id);
  else {
    const n = queueIdLength(pieces.bytes, 0, pieces.length);
    if (n > 0) event.setText(F.queueId, decodeText(pieces.bytes, 0, n));
    else event.what = 'of-last-refusal';
  }
  emit(event);
}
