/**
 * One line on its way through the parsers. Reused for every line.
 * Shape:  `Info: ` and words and numbers separated by single spaces: `MID 6 ICID 5 RID 0 To: <mary@example.com>`.
 */
import type { Frame } from '../../model/frame.ts';
import { F, type LogEvent } from '../../model/log-event.ts';
import type { EventKind } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { Cursor } from '../cursor.ts';
import { indexOf } from '../postfix/bytes.ts';

const COLON = 0x3a;
const SPACE = 0x20;
/** `Critical` */
const LEVEL_MAX = 8;

export class Line extends Cursor {
  constructor() {
    super('cisco-esa');
  }

  /** False where the line begins with no level (`Info: `). */
  take(frame: Frame, event: LogEvent, emit: Emit): boolean {
    this.begin(frame, event, emit);
    const { bytes } = this;
    let b = frame.end;
    while (b > frame.body && bytes[b - 1] === SPACE) b--;
    this.b = b;
    let i = frame.body;
    while (i < b && i - frame.body < LEVEL_MAX && bytes[i] !== COLON) i++;
    this.a = i + 2;
    return i > frame.body && i + 2 < b && bytes[i] === COLON && bytes[i + 1] === SPACE;
  }

  /** Starts an event about this mail. */
  about(kind: EventKind, id: string): LogEvent {
    const event = this.start(kind);
    event.setText(F.queueId, id);
    return event;
  }

  /** The line names this mail, and adds nothing. */
  mention(id: string): ParseResult {
    this.about('mention', id);
    return this.done();
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
