/**
 * One line on its way through the parsers. Reused for every line.
 * Shape:  `Info: ` and words and numbers separated by single spaces: `MID 6 ICID 5 RID 0 To: <mary@example.com>`.
 */
import { Frame } from '../../model/frame.ts';
import { F, LogEvent } from '../../model/log-event.ts';
import type { EventKind } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { indexOf, numberEnd, readNumber, startsAt } from '../postfix/bytes.ts';

const COLON = 0x3a;
const SPACE = 0x20;
/** `Critical` */
const LEVEL_MAX = 8;

export class Line {
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

  /** False where the line begins with no level (`Info: `). */
  take(frame: Frame, event: LogEvent, emit: Emit): boolean {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    const bytes = (this.bytes = frame.bytes);
    let b = frame.end;
    while (b > frame.body && bytes[b - 1] === SPACE) b--;
    this.b = b;
    let i = frame.body;
    while (i < b && i - frame.body < LEVEL_MAX && bytes[i] !== COLON) i++;
    this.a = i + 2;
    return i > frame.body && i + 2 < b && bytes[i] === COLON && bytes[i + 1] === SPACE;
  }

  start(kind: EventKind): LogEvent {
    const { event } = this;
    event.reset(kind, this.frame);
    event.system = 'cisco-esa';
    event.instance = 'cisco-esa';
    return event;
  }

  /** Starts an event about this mail. */
  about(kind: EventKind, id: string): LogEvent {
    const event = this.start(kind);
    event.setText(F.queueId, id);
    return event;
  }

  done(): ParseResult {
    this.emit(this.event);
    return 'event';
  }

  /** The line names this mail, and adds nothing. */
  mention(id: string): ParseResult {
    this.about('mention', id);
    return this.done();
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

  /** Place of the word in what is left; -1 where it is not there. */
  find(word: Uint8Array): number {
    return indexOf(this.bytes, this.a, this.b, word);
  }

  text(a: number, b: number): string {
    return this.frame.text(a, b);
  }

  /** All that is left. */
  rest(): string {
    return this.frame.text(Math.min(this.a, this.b), this.b);
  }
}
