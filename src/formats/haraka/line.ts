/**
 * One line on its way through the parsers: level, id, origin, words and `key=value` parts, whichever way Haraka wrote them.
 * Shapes: `[NOTICE] [uuid.1] [core] disconnect ip=192.0.2.7 lr="" …` (values with a space, `=`, `"` or `\` are quoted, `\` before
 *         `"` and `\`), `level=NOTICE uuid=uuid.1 origin=core message=disconnect ip=192.0.2.7 …` (`source=` before 2.8.26), and
 *         one JSON object. On a terminal the line stands between two colours.
 * Source: Haraka logger.js stringify(), log_if_level(), log_respond().
 * Values are strings: few lines bring something, and an escape may stand in each.
 */
import { Frame } from '../../model/frame.ts';
import { LogEvent } from '../../model/log-event.ts';
import type { EventKind } from '../../model/log-event.ts';
import type { Emit } from '../../model/log-format.ts';
import { closingQuote } from '../values.ts';
import { lit, startsAt } from '../postfix/bytes.ts';

const SPACE = 0x20;
const OPEN = 0x5b;
const BRACE = 0x7b;
const QUOTE = 0x22;
const EQUALS = 0x3d;
const LEVEL = lit('level=');
const UUID_LENGTH = 36;
/** a longer line holds no JSON object that Haraka wrote */
const JSON_MAX = 256 * 1024;

export class Line {
  frame: Frame = new Frame();
  event: LogEvent = new LogEvent();
  emit: Emit = () => {};
  level = '';
  /** as logged: `-`, `UUID`, `UUID.1`, outbound `UUID.1.1` */
  uuid = '';
  /** `core`, `outbound` or a plugin; '' where the line does not tell it */
  origin = '';
  /** what the line says before its `key=value` parts; of the default format they stand in it */
  words = '';
  private object: Record<string, unknown> | undefined = undefined;
  /** where the parts are looked for */
  private a = 0;
  private b = 0;

  /** Reads the head; false where the line is none of Haraka's. */
  take(frame: Frame, event: LogEvent, emit: Emit): boolean {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    this.object = undefined;
    this.level = '';
    this.uuid = '';
    this.origin = '';
    this.words = '';
    const { bytes } = frame;
    this.b = colourStart(bytes, frame.body, frame.end);
    this.a = colourEnd(bytes, frame.body, this.b);
    const c = this.a < this.b ? bytes[this.a] : 0;
    if (c === OPEN) return this.takeBrackets();
    if (c === BRACE) return this.takeObject();
    return startsAt(bytes, this.a, this.b, LEVEL) && this.takeLogfmt();
  }

  private takeBrackets(): boolean {
    const { frame, b } = this;
    const { bytes } = frame;
    const parts: string[] = [];
    let at = this.a;
    while (parts.length < 3) {
      if (bytes[at] !== OPEN || at >= b) return false;
      let end = at + 1;
      while (end < b && bytes[end] !== 0x5d && end - at < 256) end++;
      if (end >= b || bytes[end] !== 0x5d) return false;
      parts.push(frame.text(at + 1, end));
      at = Math.min(b, end + 2);
    }
    while (at < b && bytes[at] === SPACE) at++;
    this.a = at;
    this.level = parts[0] as string;
    this.uuid = parts[1] as string;
    this.origin = parts[2] as string;
    this.words = frame.text(at, b);
    return true;
  }

  private takeLogfmt(): boolean {
    this.level = this.value('level') ?? '';
    this.uuid = this.value('uuid') ?? '';
    this.origin = this.value('origin') ?? this.value('source') ?? '';
    const message = this.value('message');
    this.words =
      message === undefined || message === '' ? (this.value('delivered file') === undefined ? '' : DELIVERED) : message;
    return this.uuid !== '';
  }

  private takeObject(): boolean {
    if (this.b - this.a > JSON_MAX) return false;
    try {
      const read: unknown = JSON.parse(this.frame.text(this.a, this.b));
      if (typeof read !== 'object' || read === null) return false;
      this.object = read as Record<string, unknown>;
    } catch {
      return false;
    }
    this.level = this.value('level') ?? '';
    this.uuid = this.value('uuid') ?? '';
    this.origin = this.value('origin') ?? this.value('source') ?? '';
    this.words = this.value('message') || (this.value('delivered file') === undefined ? '' : DELIVERED);
    return this.uuid !== '';
  }

  /** The value of `key`, unescaped; undefined where the line does not tell it. `from`: the bytes of `words` that hold no keys. */
  value(key: string, from = 0): string | undefined {
    if (this.object !== undefined) {
      const value = Object.hasOwn(this.object, key) ? this.object[key] : undefined;
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    }
    const { bytes } = this.frame;
    const name = nameOf(key);
    let at = this.a + from;
    while (at < this.b) {
      const isIt = startsAt(bytes, at, this.b, name);
      if (isIt) at += name.length;
      else {
        while (at < this.b && bytes[at] !== EQUALS && bytes[at] !== SPACE) at++;
        if (bytes[at] !== EQUALS || at >= this.b) {
          at++;
          continue;
        }
        at++;
      }
      const end = this.valueEnd(at);
      if (isIt) return this.valueText(at, end);
      at = end + 1;
    }
    return undefined;
  }

  private valueEnd(at: number): number {
    const { bytes } = this.frame;
    if (bytes[at] === QUOTE && at < this.b) {
      const close = closingQuote(bytes, at + 1, this.b);
      if (close >= 0 && close < this.b) return close + 1;
    }
    let end = at;
    while (end < this.b && bytes[end] !== SPACE) end++;
    return end;
  }

  private valueText(at: number, end: number): string {
    const { frame } = this;
    if (frame.bytes[at] !== QUOTE || end - at < 2) return frame.text(at, end);
    const text = frame.text(at + 1, end - 1);
    return text.includes('\\') ? text.replaceAll(/\\(["\\])/g, '$1') : text;
  }

  number(key: string, from = 0): number {
    const n = Number(this.value(key, from) || Number.NaN);
    return n >= 0 && n < Number.MAX_SAFE_INTEGER ? n : -1;
  }

  start(kind: EventKind): LogEvent {
    const { event } = this;
    event.reset(kind, this.frame);
    event.system = 'haraka';
    event.instance = 'haraka';
    event.unclosed = true;
    return event;
  }

  /** The connection's id: `UUID`; '' where the line is of none. */
  get session(): string {
    const { uuid } = this;
    return uuid.length >= UUID_LENGTH && isCut(uuid, UUID_LENGTH) ? uuid.slice(0, UUID_LENGTH) : '';
  }

  /** The transaction's id `UUID.N`; an outbound mail's `UUID.N.M` without its last number. '' where the line is of none. */
  get mail(): string {
    const { uuid } = this;
    if (this.session === '' || uuid.length < UUID_LENGTH + 2) return '';
    const end = uuid.indexOf('.', UUID_LENGTH + 1);
    return end < 0 ? uuid : uuid.slice(0, end);
  }

  /** Which of the mail's outbound parts, from 1; 0 where the line does not say. */
  get part(): number {
    const at = this.uuid.indexOf('.', UUID_LENGTH + 1);
    const n = at < 0 ? 0 : Number(this.uuid.slice(at + 1));
    return Number.isInteger(n) && n > 0 ? n : 0;
  }
}

/** The words of a line that has none: its first key is two words. */
const DELIVERED = 'delivered file=';

const NAMES = new Map<string, Uint8Array>();

function nameOf(key: string): Uint8Array {
  let name = NAMES.get(key);
  if (name === undefined) NAMES.set(key, (name = lit(`${key}=`)));
  return name;
}

function isCut(text: string, at: number): boolean {
  return text.length === at || text[at] === '.';
}

/** Behind `ESC [ 34 m`. */
function colourEnd(bytes: Uint8Array, a: number, b: number): number {
  if (bytes[a] !== 0x1b || a >= b) return a;
  let i = a + 1;
  while (i < b && i - a < 8 && bytes[i] !== 0x6d) i++;
  return i < b && bytes[i] === 0x6d ? i + 1 : a;
}

/** Before the colour that ends the line. */
function colourStart(bytes: Uint8Array, a: number, b: number): number {
  if (b <= a || bytes[b - 1] !== 0x6d) return b;
  for (let i = b - 2; i >= a && b - i < 8; i--) if (bytes[i] === 0x1b) return i;
  return b;
}
