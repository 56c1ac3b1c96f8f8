/**
 * One line on its way through the parsers: where it stands, and its queue id. Reused for every line.
 * Shape:  `6ALMpP8r017128: text`, `NOQUEUE: text`, `text`.
 * Source: sendmail libsm/syslogio.c and sendmail/util.c sm_syslog() (an envelope without an id writes NOQUEUE, NOQID nothing);
 *         queue.c assign_queueid() (8 characters of time and sequence, then the pid; before 8.12 `QAA12345`).
 */
import { Frame } from '../../model/frame.ts';
import { F, LogEvent } from '../../model/log-event.ts';
import type { EventKind } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { isDigit, lit, startsAt } from '../postfix/bytes.ts';

const NOQUEUE = lit('NOQUEUE: ');
/** The id, its pid included: `QAA12345` of 8.8 to `6ALMpP8r4017128`. */
const SHORTEST = 8;
const LONGEST = 20;
/** digits of a pid at the end of an id */
const PID_DIGITS = 5;

export class Line {
  frame: Frame = new Frame();
  event: LogEvent = new LogEvent();
  bytes: Uint8Array = this.frame.bytes;
  /** what is left to read: [a, b) */
  a = 0;
  b = 0;
  idStart = 0;
  /** -1 where the line has no id */
  idEnd = -1;
  private emit: Emit = () => {};

  take(frame: Frame, event: LogEvent, emit: Emit): void {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    const bytes = (this.bytes = frame.bytes);
    let a = frame.body;
    const b = (this.b = frame.end);
    while (a < b && bytes[a] === 0x20) a++;
    this.idEnd = -1;
    if (startsAt(bytes, a, b, NOQUEUE)) a += NOQUEUE.length;
    else {
      const end = queueIdEnd(bytes, a, b);
      if (end > 0) {
        this.idStart = a;
        this.idEnd = end;
        a = Math.min(end + 2, b);
      }
    }
    this.a = a;
  }

  /** Starts an event of this line, with its queue id where it has one. */
  start(kind: EventKind): LogEvent {
    return this.startOf(kind, this.idStart, this.idEnd);
  }

  /** Starts an event about another queue id that the line names. */
  startOf(kind: EventKind, idStart: number, idEnd: number): LogEvent {
    const event = this.event;
    event.reset(kind, this.frame);
    event.system = 'sendmail';
    event.instance = 'sendmail';
    event.unclosed = true;
    if (idEnd >= 0) event.set(F.queueId, idStart, idEnd);
    return event;
  }

  done(): ParseResult {
    this.emit(this.event);
    return 'event';
  }

  /** The line belongs to its queue id and adds nothing. */
  mention(): ParseResult {
    if (this.idEnd < 0) return 'ignored';
    this.start('mention');
    return this.done();
  }

  unknown(): ParseResult {
    this.mention();
    return 'unknown';
  }

  at(word: Uint8Array): boolean {
    return startsAt(this.bytes, this.a, this.b, word);
  }
}

/** One past the queue id at `a` that `: ` (or the end of the line) follows; -1 where there is none. */
export function queueIdEnd(bytes: Uint8Array, a: number, b: number): number {
  let end = a;
  const limit = Math.min(b, a + LONGEST + 1);
  while (end < limit && isIdByte(bytes[end] as number)) end++;
  const n = end - a;
  if (n < SHORTEST || n > LONGEST || end >= b || bytes[end] !== 0x3a) return -1;
  if (end + 1 < b && bytes[end + 1] !== 0x20) return -1;
  for (let i = end - PID_DIGITS; i < end; i++) if (!isDigit(bytes[i])) return -1;
  return end;
}

function isIdByte(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}
