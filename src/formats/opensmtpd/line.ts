/**
 * One line on its way through the parsers, and its `key=value` parts. Reused for every line.
 * Shape:  `d2a88d251b9f62b7 smtp message msgid=8e2ed287 size=838 nrcpt=1 proto=ESMTP`; 6.0 to 6.3 write `event=message`.
 *         Values are bare up to a space, in `<>`, or in `"`; `stat=` and `result="` reach to the end of the line.
 * Source: OpenSMTPD usr.sbin/smtpd smtp_session.c, mta.c mta_log(), mda.c mda_log(), queue.c queue_log().
 */
import { Frame } from '../../model/frame.ts';
import { F, LogEvent } from '../../model/log-event.ts';
import type { EventKind, FieldIndex } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { lit, numberEnd, readNumber, startsAt } from '../postfix/bytes.ts';

/** hexadecimal digits of a message's id, and of an envelope's or session's */
export const MESSAGE_DIGITS = 8;
const LONG_DIGITS = 16;
const SPACE = 0x20;
const EVENT = lit('event=');

export class Line {
  frame: Frame = new Frame();
  event: LogEvent = new LogEvent();
  bytes: Uint8Array = this.frame.bytes;
  /** what is left to read: [a, b) */
  a = 0;
  b = 0;
  /** span of the session's id; -1 where the line begins with none */
  session = -1;
  /** where the last value that was found stands: [from, to) */
  from = 0;
  to = 0;
  private emit: Emit = () => {};

  take(frame: Frame, event: LogEvent, emit: Emit): void {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    const bytes = (this.bytes = frame.bytes);
    let a = frame.body;
    this.b = frame.end;
    while (a < this.b && bytes[a] === SPACE) a++;
    this.session = -1;
    if (hexEnd(bytes, a, this.b) === a + LONG_DIGITS && bytes[a + LONG_DIGITS] === SPACE && a + LONG_DIGITS < this.b) {
      this.session = a;
      a += LONG_DIGITS + 1;
    }
    this.a = a;
  }

  start(kind: EventKind): LogEvent {
    const event = this.event;
    event.reset(kind, this.frame);
    event.system = 'opensmtpd';
    event.instance = 'opensmtpd';
    event.unclosed = true;
    return event;
  }

  /** Starts an event of the line's session. */
  startOfSession(kind: EventKind): LogEvent {
    const event = this.start(kind);
    if (this.session >= 0) event.set(F.sessionId, this.session, this.session + LONG_DIGITS);
    return event;
  }

  done(): ParseResult {
    this.emit(this.event);
    return 'event';
  }

  /** Takes the word off the head, with `event=` before it or without. */
  takeWord(word: Uint8Array): boolean {
    const { bytes, b } = this;
    let at = this.a;
    if (startsAt(bytes, at, b, EVENT)) at += EVENT.length;
    if (!startsAt(bytes, at, b, word)) return false;
    const end = at + word.length;
    if (end < b && bytes[end] !== SPACE) return false;
    this.a = Math.min(end + 1, b);
    return true;
  }

  /**
   * Finds ` key=` from the head on and sets [from, to) to its value without `<>` or quotes. Values are passed over whole, so
   * that what a client wrote is no key. False where the line does not tell it.
   */
  find(key: Uint8Array): boolean {
    const { bytes, b } = this;
    let at = this.a;
    while (at < b) {
      if (startsAt(bytes, at, b, key)) {
        this.readValue(at + key.length);
        return true;
      }
      while (at < b && bytes[at] !== 0x3d && bytes[at] !== SPACE) at++;
      if (bytes[at] === 0x3d && at < b) at = this.readValue(at + 1);
      while (at < b && (bytes[at] === SPACE || bytes[at] === 0x2c)) at++;
    }
    return false;
  }

  /** The value at `at`; returns one past it. */
  private readValue(at: number): number {
    const { bytes, b } = this;
    const open = at < b ? bytes[at] : SPACE;
    const close = open === 0x3c ? 0x3e : open === 0x22 ? 0x22 : -1;
    if (close < 0) {
      let end = at;
      while (end < b && bytes[end] !== SPACE) end++;
      this.from = at;
      this.to = end > at && bytes[end - 1] === 0x2c ? end - 1 : end;
      return end;
    }
    let end = at + 1;
    for (; end < b; end++) {
      // strnvis(3) writes a quote in a command as `\"`
      if (bytes[end] === 0x5c && close === 0x22) end++;
      else if (bytes[end] === close && isValueEnd(bytes, end + 1, b)) break;
    }
    this.from = Math.min(at + 1, b);
    this.to = Math.min(end, b);
    return Math.min(end + 1, b);
  }

  /** Sets field f to the value of `key`, if the line tells it. */
  set(f: FieldIndex, key: Uint8Array): boolean {
    if (!this.find(key)) return false;
    this.event.set(f, this.from, this.to);
    return true;
  }

  number(key: Uint8Array): number {
    if (!this.find(key)) return -1;
    const n = readNumber(this.bytes, this.from, this.to);
    return numberEnd === this.to ? n : -1;
  }

  /** Sets the address of `key`; `-` says that there is none, `@` that it is empty (queue_log() of the null sender). */
  address(f: FieldIndex, key: Uint8Array): void {
    if (!this.find(key)) return;
    const { bytes, from, to, event } = this;
    if (to - from === 1 && bytes[from] === 0x2d) return;
    if (to - from === 1 && bytes[from] === 0x40) event.set(f, from, from);
    else event.set(f, from, to);
  }

  /** The mail's id: the first half of the envelope's. */
  setMessage(key: Uint8Array): boolean {
    if (!this.find(key)) return false;
    if (hexEnd(this.bytes, this.from, this.to) < this.from + MESSAGE_DIGITS) return false;
    this.event.set(F.queueId, this.from, this.from + MESSAGE_DIGITS);
    return true;
  }
}

function isValueEnd(bytes: Uint8Array, at: number, b: number): boolean {
  return at >= b || bytes[at] === SPACE || bytes[at] === 0x2c;
}

/** One past the hexadecimal digits at `a`. */
export function hexEnd(bytes: Uint8Array, a: number, b: number): number {
  let end = a;
  while (end < b && isHex(bytes[end] as number)) end++;
  return end;
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66);
}

/** `1d2h3m4s` as ms; -1 where it is none (to.c duration_to_text()). */
export function readDuration(bytes: Uint8Array, a: number, b: number): number {
  let seconds = 0;
  let at = a;
  while (at < b) {
    const n = readNumber(bytes, at, b);
    if (n < 0 || numberEnd >= b) return -1;
    const unit = UNITS[bytes[numberEnd] as number];
    if (unit === undefined) return -1;
    seconds += n * unit;
    at = numberEnd + 1;
  }
  return at > a ? seconds * 1000 : -1;
}

const UNITS: Readonly<Record<number, number>> = { 0x64: 86_400, 0x68: 3600, 0x6d: 60, 0x73: 1 };

/** The text of the line from `at`, a closing quote at its end taken off. */
export function quotedEnd(bytes: Uint8Array, at: number, b: number): number {
  return b > at && bytes[b - 1] === 0x22 ? b - 1 : b;
}
