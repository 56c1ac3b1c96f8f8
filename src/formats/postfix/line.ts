/**
 * One line on its way through the parsers: where it stands and what was already read of it. Reused for every line.
 */
import { Frame } from '../../model/frame.ts';
import { F, LogEvent } from '../../model/log-event.ts';
import type { EventKind, FieldIndex } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { isDigit, lit, numberEnd, readNumber, startsAt } from './bytes.ts';
import { looseIdEnd, queueIdEnd } from './queue-id.ts';
import { DAEMON } from './tag.ts';
import type { Daemon } from './tag.ts';

const NOQUEUE = lit('NOQUEUE: ');
const WARNING = lit('warning: ');
/** What the programs write after a queue id, and nobody writes elsewhere. */
export const QUEUED_SIGNS = [
  'client=',
  'message-id=',
  'from=<',
  'to=<',
  'removed',
  'uid=',
  'resent-message-id=',
  'reject: ',
  'milter-',
  'sender non-delivery notification: ',
  'sender delay notification: ',
  'sender delivery status notification: ',
  'postmaster non-delivery notification: ',
  'host ',
  'lost connection with ',
  'conversation with ',
  'skipped, still being delivered',
  'enabling PIX workarounds: ',
].map(lit);

export class Line {
  frame: Frame = new Frame();
  event: LogEvent = new LogEvent();
  bytes: Uint8Array = this.frame.bytes;
  /** what is left to read: [a, b) */
  a = 0;
  b = 0;
  instance = '';
  daemon: Daemon = DAEMON.none;
  /** span of the queue id; idEnd = -1 where the line has none */
  idStart = 0;
  idEnd = -1;
  /** the line says NOQUEUE */
  noQueue = false;
  /** the line began with `warning: ` */
  warning = false;
  private emit: Emit = () => {};

  /** Takes the line, and reads `warning: ` and `QUEUEID: ` off its head. */
  take(frame: Frame, event: LogEvent, emit: Emit, instance: string, daemon: Daemon): void {
    this.frame = frame;
    this.event = event;
    this.emit = emit;
    this.instance = instance;
    this.daemon = daemon;
    const bytes = (this.bytes = frame.bytes);
    let a = frame.body;
    const b = (this.b = frame.end);
    while (a < b && bytes[a] === 0x20) a++;
    this.idEnd = -1;
    this.noQueue = false;
    this.warning = false;
    if (bytes[a] === 0x77 && startsAt(bytes, a, b, WARNING)) {
      this.warning = true;
      a += WARNING.length;
    }
    this.a = a;
    if (bytes[a] === 0x4e && startsAt(bytes, a, b, NOQUEUE)) {
      this.noQueue = true;
      this.a = a + NOQUEUE.length;
      return;
    }
    let end = queueIdEnd(bytes, a, b);
    if (end < 0 && !this.warning) end = this.looseId(a, b);
    if (end > 0 && bytes[end] === 0x3a && (bytes[end + 1] === 0x20 || end + 1 === b)) {
      this.idStart = a;
      this.idEnd = end;
      this.a = Math.min(end + 2, b);
    }
  }

  /**
   * End of an id of another look, with a digit: written by a daemon that is told, or before a sure sign of a queued mail.
   * -1 where there is none.
   */
  private looseId(a: number, b: number): number {
    const { bytes, daemon } = this;
    const end = looseIdEnd(bytes, a, b);
    if (end < 0 || bytes[end] !== 0x3a || bytes[end + 1] !== 0x20) return -1;
    let digit = a;
    while (digit < end && !isDigit(bytes[digit])) digit++;
    if (digit === end) return -1;
    if (daemon !== DAEMON.none && daemon !== DAEMON.other) return end;
    for (const sign of QUEUED_SIGNS) if (startsAt(this.bytes, end + 2, b, sign)) return end;
    return -1;
  }

  /** Starts an event of this line, with its queue id where it has one. */
  start(kind: EventKind): LogEvent {
    const event = this.event;
    event.reset(kind, this.frame);
    event.system = 'postfix';
    event.instance = this.instance;
    if (this.idEnd >= 0) event.set(F.queueId, this.idStart, this.idEnd);
    return event;
  }

  /** Hands the started event on. */
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

  /** The line is not understood; if it names a queue id, it belongs to it. */
  unknown(): ParseResult {
    if (this.idEnd >= 0) {
      this.start('mention').what = 'not-understood';
      this.done();
    }
    return 'unknown';
  }

  at(word: Uint8Array): boolean {
    return startsAt(this.bytes, this.a, this.b, word);
  }
}

/**
 * Reads `name[address]`, `name[address]:port`, `[address]:port` at `a`, and sets the two fields and the port.
 * A name that is `unknown` is not set: it says that there is no verified name.
 * Returns one past it, or -1. A name never holds `[` (smtpd_peer.c accepts host names only).
 */
export function readPeer(line: Line, a: number, name: FieldIndex, address: FieldIndex, withPort = false): number {
  const { bytes, b, event } = line;
  let open = a;
  while (open < b && NOT_NAME[bytes[open] as number] === 0) open++;
  if (open >= b || bytes[open] !== 0x5b) return -1;
  let close = open + 1;
  while (close < b && bytes[close] !== 0x5d && bytes[close] !== 0x20) close++;
  // a line cut inside the brackets tells no address
  if (close >= b || bytes[close] === 0x20) return -1;
  if (open > a && !isUnknown(bytes, a, open)) event.set(name, a, open);
  if (close > open + 1 && !isUnknown(bytes, open + 1, close)) event.set(address, open + 1, close);
  let end = Math.min(close + 1, b);
  if (bytes[end] === 0x3a && isDigit(bytes[end + 1]) && end + 1 < b) {
    const port = readNumber(bytes, end + 1, b);
    if (withPort) event.port = port;
    end = numberEnd;
  }
  return end;
}

/** bytes that end a host name: `[`, and what shows that there is none */
const NOT_NAME = new Uint8Array(256).fill(1, 0, 0x21);
for (const c of '[,;') NOT_NAME[c.charCodeAt(0)] = 1;

const UNKNOWN = lit('unknown');

function isUnknown(bytes: Uint8Array, a: number, b: number): boolean {
  return b - a === UNKNOWN.length && startsAt(bytes, a, b, UNKNOWN);
}
