/**
 * A line of words and numbers that is read from its head on. Reused for every line: a format's own reader extends it.
 */
import { Frame } from '../model/frame.ts';
import { LogEvent } from '../model/log-event.ts';
import type { EventKind } from '../model/log-event.ts';
import type { Emit, ParseResult } from '../model/log-format.ts';
import { numberEnd, readNumber, startsAt } from './postfix/bytes.ts';

export class Cursor {
  frame: Frame = new Frame();
  event: LogEvent = new LogEvent();
  bytes: Uint8Array = this.frame.bytes;
  /** what is left to read: [a, b) */
  a = 0;
  b = 0;
  /** the number that number() took: [from, to) */
  from = 0;
  to = 0;
  private emit: Emit = () => {};
  private readonly system: string;

  constructor(system: string) {
    this.system = system;
  }

  /** Begins at the text of the line. */
  begin(frame: Frame, event: LogEvent, emit: Emit): void {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    this.bytes = frame.bytes;
    this.a = frame.body;
    this.b = frame.end;
  }

  start(kind: EventKind): LogEvent {
    const { event } = this;
    event.reset(kind, this.frame);
    event.system = this.system;
    event.instance = this.system;
    return event;
  }

  done(): ParseResult {
    this.emit(this.event);
    return 'event';
  }

  /** Takes these bytes off the head. */
  word(word: Uint8Array): boolean {
    if (!startsAt(this.bytes, this.a, this.b, word)) return false;
    this.a += word.length;
    return true;
  }

  /** Takes a number off the head; -1 where there is none. */
  number(): number {
    const n = readNumber(this.bytes, this.a, this.b);
    if (n < 0) return -1;
    this.from = this.a;
    this.to = this.a = numberEnd;
    return n;
  }

  /** The number that number() took, as text: an id. */
  id(): string {
    return this.frame.text(this.from, this.to);
  }
}
