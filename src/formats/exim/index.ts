/**
 * Exim: main log, reject log, and both in syslog.
 *
 * Source: github.com/Exim/exim, src/log.c, receive.c, deliver.c, smtp_in.c, queue.c; the specification's chapter "Log files".
 * A line is dispatched by its first bytes: a queue id and the flag after it, `H=`, or the words of a session.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { parseArrival } from './arrival.ts';
import type { EximContext } from './context.ts';
import { createContext, endWait } from './context.ts';
import { parseContinuation } from './continuation.ts';
import { parseDelivery } from './delivery.ts';
import { Line } from './line.ts';
import { flushPieces, flushProcess, isPiece, parsePiece } from './pieces.ts';
import { mention, parseQueueLine } from './queue.ts';
import { parseHostLine, parseRejectedLine } from './reject.ts';
import { isNoise, parseSession } from './session.ts';
import { EQUALS, GREATER, SPACE, hasAt, queueIdLength } from './scan.ts';

const line = new Line();

function parse(frame: Frame, event: LogEvent, emit: Emit, context: EximContext): ParseResult {
  if (frame.framing === 'none') {
    if (frame.body >= frame.end) return 'ignored';
    return parseContinuation(frame, frame.body, context.entry, event, emit) ? 'event' : 'unknown';
  }
  context.entry.open = false;
  const { body } = frame;
  if (frame.program !== '') {
    if (isPiece(frame.bytes, body, frame.end)) return parsePiece(frame, event, emit, context, parseBody);
    if (context.pieces.size > 0) flushProcess(frame, event, emit, context, parseBody);
  }
  return parseBody(frame, body, event, emit, context);
}

/** The words of one entry's first line, after stamp and pid. */
function parseBody(frame: Frame, body: number, event: LogEvent, emit: Emit, context: EximContext): ParseResult {
  const { bytes, end } = frame;
  line.frame = frame;
  line.event = event;
  line.emit = emit;
  line.context = context;
  line.body = body;
  const n = queueIdLength(bytes, body, end);
  if (n > 0) {
    line.id = body;
    line.idEnd = body + n;
    return parseWithId(body + n + 1);
  }
  line.id = line.idEnd = -1;
  return parseWithoutId(body);
}

function parseWithId(i: number): ParseResult {
  const { frame, id, idEnd, event, emit } = line;
  const { bytes, end } = frame;
  const a = bytes[i];
  const b = bytes[i + 1];
  if (
    i + 2 <= end &&
    (b === EQUALS || b === GREATER || (a === 0x2a && b === 0x2a)) &&
    (i + 2 === end || bytes[i + 2] === SPACE)
  ) {
    const at = Math.min(i + 3, end);
    if (b === EQUALS && (a === 0x3c || a === 0x28)) {
      parseArrival(frame, at, id, idEnd, a === 0x28, event, emit);
      return 'event';
    }
    const flag = flagOf(a, b);
    if (flag !== undefined) {
      parseDelivery(frame, at, id, idEnd, flag, event, emit);
      return 'event';
    }
  }
  if (isHostStart(bytes, i, end)) {
    if (parseHostLine(line, i)) return 'event';
    mention(line);
    return 'unknown';
  }
  if (hasAt(bytes, i, end, 'rejected ') && parseRejectedLine(line, i + 9, false)) return 'event';
  if (hasAt(bytes, i, end, 'SMTP ') && parseSession(line, i)) return 'event';
  return parseQueueLine(line, i) ? 'event' : 'unknown';
}

function flagOf(a: number | undefined, b: number | undefined): '=>' | '->' | '>>' | '*>' | '**' | '==' | undefined {
  if (b === GREATER)
    return a === EQUALS ? '=>' : a === 0x2d ? '->' : a === GREATER ? '>>' : a === 0x2a ? '*>' : undefined;
  if (a === 0x2a) return '**';
  return a === EQUALS ? '==' : undefined;
}

function parseWithoutId(i: number): ParseResult {
  const { frame, context } = line;
  const { bytes, end } = frame;
  if (isHostStart(bytes, i, end)) {
    if (parseHostLine(line, i)) return 'event';
    endWait(context, frame);
    return 'unknown';
  }
  if (hasAt(bytes, i, end, 'rejected ') && parseRejectedLine(line, i + 9, false)) return 'event';
  if (hasAt(bytes, i, end, 'temporarily rejected ') && parseRejectedLine(line, i + 21, true)) return 'event';
  if (parseSession(line, i)) return 'event';
  endWait(context, frame);
  return isNoise(bytes, i, end) ? 'ignored' : 'unknown';
}

/** `H=`, `U=`, `F=`, and ` DS H=` (smtp_in.c writes the mark first). */
function isHostStart(bytes: Uint8Array, i: number, end: number): boolean {
  const c = bytes[i];
  if (i + 2 > end) return false;
  if (bytes[i + 1] === EQUALS) return c === 0x48 || c === 0x55 || c === 0x46;
  return (c === SPACE || c === 0x44) && (hasAt(bytes, i, end, ' DS H=') || hasAt(bytes, i, end, 'DS H='));
}

/** Emits what waits in pieces of syslog entries whose end never came; call it where a stream ends. */
export function finishExim(event: LogEvent, emit: Emit, context: EximContext): void {
  flushPieces(event, emit, context, parseBody);
}

function claims(program: string, frame: Frame): boolean {
  if (program === '') return frame.framing === 'exim' || frame.framing === 'none';
  return (
    program === 'exim' ||
    (program.startsWith('exim') &&
      /^exim[-_]?(?:4|tls|smtp|in|out|mainlog|rejectlog|paniclog|4-daemon)?$/.test(program))
  );
}

/** Part of the lines that have a queue id with a flag, `H=` with an address, or the daemon's words. */
function detect(sample: readonly Frame[]): number {
  let of = 0;
  let ours = 0;
  for (const frame of sample) {
    if (frame.framing === 'none') continue;
    of++;
    const { bytes, body, end } = frame;
    const n = queueIdLength(bytes, body, end);
    if (n > 0) ours++;
    else if (
      frame.program === '' ? frame.framing === 'exim' && looksExim(bytes, body, end) : claims(frame.program, frame)
    )
      ours++;
  }
  return of === 0 ? 0 : ours / of;
}

function looksExim(bytes: Uint8Array, i: number, end: number): boolean {
  return (
    isHostStart(bytes, i, end) ||
    isNoise(bytes, i, end) ||
    hasAt(bytes, i, end, 'SMTP ') ||
    hasAt(bytes, i, end, 'rejected ')
  );
}

const exim: LogFormat<EximContext> = {
  name: 'exim',
  title: 'Exim main log and reject log',
  docs: 'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html',
  versions: '4.60 to 4.99',
  claims,
  createContext,
  // deliver.c deliver_msglog(), post_process_one()
  refusedSigns: [' ** ', ' == '],
  /** In syslog entries come in pieces, and refusals twice. */
  isContextual: (frame) => frame.program !== '',
  parse,
  finish: finishExim,
  detect,
};

export default exim;
