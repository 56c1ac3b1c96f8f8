/**
 * Lines inside other lines: journal entries and Docker's json-file, Kubernetes CRI, `docker compose logs`, what collectors
 * write (gathered.ts), logcli's own output.
 * Shape:  `{"MESSAGE":…,"SYSLOG_IDENTIFIER":…,"_HOSTNAME":…,"__REALTIME_TIMESTAMP":"µs",…}`;
 *         `{"log":"text\n","stream":"stdout","time":"RFC 3339"}`, a line over 16 KiB in several objects of which only the
 *         last ends in `\n`; `2026-11-21T08:15:02.418Z stdout P|F text`; `mail-1  | text`; `[pod/mail-0/postfix] text` (kubectl logs --prefix);
 *         `2026-11-21T08:15:02Z {job="mail"} text` (logcli).
 * Source: systemd.journal-fields(7), docs.docker.com/engine/logging/drivers/journald (CONTAINER_NAME), systemd JSON format (null above the size limit, arrays of bytes and of repeated
 *         fields); moby daemon/logger/jsonfilelog, daemon/logger/copier.go (defaultBufSize); Kubernetes CRI logging design.
 * Bounds: a held line grows to 1 MiB; what comes after is dropped.
 */
import type { Frame } from '../model/frame.ts';
import type { JsonFields } from '../model/run.ts';
import { Gathered, isWholeLine, tagEnd, zonedInstant } from './gathered.ts';
import { Head, readHead } from './head.ts';
import { type Field, JsonScan } from './json-scan.ts';
import type { FrameResult, LineReader } from './line-reader.ts';
import { readNumber } from './rfc5424.ts';
import { Scratch } from './scratch.ts';
import { readBsdStamp, readIsoStamp, Stamp } from './stamps.ts';

const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
const PIPE = 0x7c;
const TAB = 0x09;
const QUOTE = 0x22;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const BRACE_CLOSE = 0x7d;
const HELD_MAX = 1024 * 1024;
const COMPOSE_NAME_MAX = 100;
const POD_NAME_MAX = 600;

export class Containers {
  private readonly reader: LineReader;
  private readonly decoded = new Scratch();
  private readonly inner = new Scratch();
  private readonly stamp = new Stamp();
  private readonly head = new Head();
  private readonly scan = new JsonScan(this.decoded);
  private readonly gathered: Gathered;
  private readonly message = this.scan.field('MESSAGE');
  private readonly identifier = this.scan.field('SYSLOG_IDENTIFIER');
  private readonly comm = this.scan.field('_COMM');
  private readonly syslogPid = this.scan.field('SYSLOG_PID');
  private readonly pid = this.scan.field('_PID');
  private readonly hostname = this.scan.field('_HOSTNAME');
  private readonly sent = this.scan.field('_SOURCE_REALTIME_TIMESTAMP');
  private readonly received = this.scan.field('__REALTIME_TIMESTAMP');
  private readonly container = this.scan.field('CONTAINER_NAME');
  private readonly log = this.scan.field('log');
  private readonly stream = this.scan.field('stream');
  private readonly time = this.scan.field('time');
  private readonly attributes = this.scan.field('attrs');
  private readonly criTag = this.scan.field('_p');
  private readonly type = this.scan.field('type');
  private readonly eventTime = this.scan.field('event_time');
  private readonly timestamp = this.scan.field('timestamp');
  private readonly spoolId = this.scan.field('id');
  private readonly queue = this.scan.field('queue');
  private readonly attempts = this.scan.field('num_attempts');
  /** pieces of a line that goes on: of standard output, of standard error */
  private readonly held = [new Scratch(), new Scratch()];
  private readonly whole = new Scratch();

  /** `named`: where the line is, for a collector that was configured. */
  constructor(reader: LineReader, named?: JsonFields) {
    this.reader = reader;
    this.gathered = new Gathered(this.scan, named);
  }

  /** An object that begins at p. `outer`: the time told before it. */
  json(b: Buffer, p: number, end: number, frame: Frame, outer = Number.NaN): FrameResult {
    this.gathered.outer = outer;
    if (b === this.decoded.bytes) {
      // JSON inside JSON: what is read may not lie where the values are decoded to
      this.inner.clear();
      this.inner.append(b, p, end);
      return this.object(this.inner.bytes, 0, this.inner.length, frame);
    }
    return this.object(b, p, end, frame);
  }

  private object(b: Buffer, p: number, end: number, frame: Frame): FrameResult {
    this.decoded.clear();
    if (!this.scan.scan(b, p, end)) return this.reader.none('broken JSON', frame);
    if (this.gathered.hasNamed && this.gathered.find()) return this.collected(b, frame);
    if (this.isDocker()) return this.docker(b, frame);
    if (this.received.isFound || this.hostname.isFound || this.comm.isFound || this.sent.isFound) {
      return this.journal(b, frame);
    }
    if (this.isKumoMta()) return this.kumoMta(b, p, end, frame);
    if (this.gathered.find()) return this.collected(b, frame);
    return this.reader.none('JSON of another kind', frame);
  }

  /** Docker's json-file itself: a collector that adds fields of its own has put the pieces together. */
  private isDocker(): boolean {
    const { log, stream, time, attributes, scan } = this;
    if (!log.isFound || log.isNull) return false;
    return scan.count === 1 + Number(stream.isSeen) + Number(time.isSeen) + Number(attributes.isSeen);
  }

  /** A record of KumoMTA's: the object itself is what is to be read. */
  private isKumoMta(): boolean {
    const { type, spoolId, timestamp, queue, attempts } = this;
    return type.isTold && spoolId.isSeen && timestamp.isTold && queue.isSeen && attempts.isSeen;
  }

  private kumoMta(b: Buffer, p: number, end: number, frame: Frame): FrameResult {
    const { eventTime, gathered } = this;
    let at = Number.NaN;
    if (eventTime.isTold) at = gathered.instant(this.of(b, eventTime), eventTime.a, eventTime.b);
    if (Number.isNaN(at)) at = gathered.time(this.ofLine(b));
    frame.program = 'kumomta';
    return this.reader.entry(b, p, end, frame, at);
  }

  /** A line that a collector sent on. */
  private collected(b: Buffer, frame: Frame): FrameResult {
    const { gathered, reader } = this;
    const { text, host, program, pid } = gathered;
    if (text === undefined) return reader.none('JSON of another kind', frame);
    const of = this.ofLine(b);
    const at = gathered.time(of);
    const bytes = of(text);
    const hostName = host === undefined ? undefined : reader.hostName(of(host), host.a, host.b);
    const isPart = this.criTag.isTold && of(this.criTag)[this.criTag.a] === 0x50;
    if (isPart || this.held.some(({ length }) => length > 0)) {
      return this.piece(bytes, text.a, text.b, !isPart, 0, frame, at, hostName);
    }
    if (gathered.isRspamd) {
      const line = gathered.rspamdLine(of);
      frame.host = hostName;
      frame.program = 'rspamd';
      frame.pid = pid === undefined ? -1 : this.number(b, pid);
      return reader.entry(line.bytes, 0, line.length, frame, at);
    }
    let end = text.b;
    while (end > text.a && (bytes[end - 1] === CR || bytes[end - 1] === LF)) end--;
    if (isWholeLine(bytes, text.a, end, this.stamp, program !== undefined)) {
      return reader.unwrapped(bytes, text.a, end, frame, at, hostName);
    }
    frame.host = hostName;
    if (program !== undefined) {
      this.takeProgram(of(program), program, frame);
      if (pid !== undefined) frame.pid = this.number(b, pid);
      return reader.entry(bytes, text.a, end, frame, at);
    }
    return this.tagged(bytes, text.a, end, frame, at);
  }

  /** `postfix/smtpd`, `postfix/smtpd[812]:`. */
  private takeProgram(tag: Buffer, { a, b }: Field, frame: Frame): void {
    frame.program = this.reader.programName(tag, a, tagEnd(tag, a, b));
    const bracket = tag.indexOf(OPEN, a) + 1;
    if (bracket > 0 && bracket < b) frame.pid = digitsAt(tag, bracket, b);
  }

  /** A text that begins with its tag, or with host and tag. */
  private tagged(b: Buffer, p: number, end: number, frame: Frame, at: number): FrameResult {
    const { head, reader } = this;
    if (Number.isNaN(at) || !readHead(b, p, end, head) || !head.isSure) {
      frame.bytes = b;
      frame.body = p;
      frame.end = end;
      const result = reader.none('no host or program', frame);
      frame.at = at;
      return result;
    }
    if (head.hostB > head.hostA) frame.host = reader.hostName(b, head.hostA, head.hostB);
    frame.program = reader.programName(b, head.tagA, head.tagB);
    frame.pid = head.pid;
    return reader.entry(b, head.body, end, frame, at);
  }

  private ofLine(b: Buffer): (field: Field) => Buffer {
    return (field) => this.of(b, field);
  }

  private journal(b: Buffer, frame: Frame): FrameResult {
    const { message, reader } = this;
    let at = this.micros(b, this.sent);
    if (Number.isNaN(at)) at = this.micros(b, this.received);
    if (Number.isNaN(at)) at = this.gathered.time(this.ofLine(b));
    if (this.hostname.isFound && this.hostname.b > this.hostname.a) {
      frame.host = reader.hostName(this.of(b, this.hostname), this.hostname.a, this.hostname.b);
    }
    const tag = this.identifier.isFound && this.identifier.b > this.identifier.a ? this.identifier : this.comm;
    if (tag.isFound && !tag.isNull && tag.b > tag.a) frame.program = reader.programName(this.of(b, tag), tag.a, tag.b);
    frame.pid = this.number(b, this.syslogPid);
    if (frame.pid < 0) frame.pid = this.number(b, this.pid);
    const isText = message.isFound && !message.isNull;
    if (isText && this.container.isFound) return this.contained(b, frame, at);
    return isText
      ? reader.journal(this.of(b, message), message.a, message.b, frame, at)
      : reader.journal(b, 0, 0, frame, at);
  }

  /** What a container printed (drivers of Docker and Podman name it): identifier, host and pid are not the text's. */
  private contained(b: Buffer, frame: Frame, at: number): FrameResult {
    const { message, reader } = this;
    [frame.host, frame.program, frame.pid] = [undefined, '', -1];
    return reader.unwrapped(this.of(b, message), message.a, message.b, frame, at);
  }

  private docker(b: Buffer, frame: Frame): FrameResult {
    const { log, time } = this;
    const text = this.of(b, log);
    const isError = this.stream.isFound && this.of(b, this.stream)[this.stream.a + 3] === 0x65; // stdErr
    const isLast = log.b > log.a && text[log.b - 1] === LF;
    let at = Number.NaN;
    if (time.isFound && readIsoStamp(this.of(b, time), time.a, time.b, this.stamp) > 0) at = instant(this.stamp);
    return this.piece(text, log.a, log.b, isLast, isError ? 1 : 0, frame, at);
  }

  /** `text` as criText() told it; `outer`: the line's stamp. */
  cri(b: Buffer, text: number, end: number, frame: Frame, stamp: Stamp): FrameResult {
    const isErr = b[text - 6] === 0x65;
    return this.piece(b, text, end, b[text - 2] === 0x46, isErr ? 1 : 0, frame, instant(stamp));
  }

  /** A whole line, or a piece of one. */
  private piece(
    b: Buffer,
    p: number,
    end: number,
    isLast: boolean,
    stream: number,
    frame: Frame,
    at: number,
    host?: string,
  ): FrameResult {
    const held = this.held[stream] as Scratch;
    // a program that ended without a line feed left a line that is no piece of this one
    if (held.length > 0 && held.length < 16_000 && this.isHeadOfLine(b, p, end)) {
      this.reader.skip('line without end');
      held.clear();
    }
    if (isLast && held.length === 0) return this.reader.unwrapped(b, p, end, frame, at, host);
    if (held.length < HELD_MAX) held.append(b, p, Math.min(end, p + HELD_MAX));
    if (!isLast) return 'hold';
    const { whole } = this;
    whole.clear();
    whole.append(held.bytes, 0, held.length);
    held.clear();
    return this.reader.unwrapped(whole.bytes, 0, whole.length, frame, at, host);
  }

  private isHeadOfLine(b: Uint8Array, p: number, end: number): boolean {
    return readBsdStamp(b, p, end, this.stamp) > 0 || readIsoStamp(b, p, end, this.stamp) > 0;
  }

  /** The JSON behind `␉tag␉` at p (Fluentd out_file): with the line's stamp, where the record has none of its own. */
  fluentd(b: Buffer, p: number, end: number, frame: Frame, stamp: Stamp): FrameResult | undefined {
    if (b[p] !== TAB) return undefined;
    let i = p + 1;
    while (i < end && b[i] !== TAB) i++;
    return i + 1 < end && b[i + 1] === BRACE ? this.json(b, i + 1, end, frame, zonedInstant(stamp)) : undefined;
  }

  private of(b: Buffer, field: Field): Buffer {
    return field.isDecoded ? this.decoded.bytes : b;
  }

  private number(b: Buffer, field: Field): number {
    return field.isFound ? readNumber(this.of(b, field), field.a, field.b) : -1;
  }

  /** Microseconds since 1970 as ms, or NaN. */
  private micros(b: Buffer, field: Field): number {
    if (!field.isFound || field.b - field.a < 10 || field.b - field.a > 17) return Number.NaN;
    const bytes = this.of(b, field);
    let value = 0;
    for (let i = field.a; i < field.b; i++) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit >>> 0 > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value / 1000;
  }
}

/** Digits at a as a number, -1 where there are none. */
function digitsAt(b: Uint8Array, a: number, end: number): number {
  let i = a;
  while (i < end && ((b[i] as number) - 0x30) >>> 0 <= 9) i++;
  return i > a && i - a < 11 ? readNumber(b, a, i) : -1;
}

/** A container's stamp always has a zone. */
function instant(stamp: Stamp): number {
  const east = stamp.zone > 2000 ? 0 : stamp.zone;
  return Date.UTC(stamp.year, stamp.month - 1, stamp.day) + stamp.tod - east * 60_000;
}

function isNameByte(c: number): boolean {
  return (
    (c >= 0x30 && c <= 0x39) ||
    (c >= 0x41 && c <= 0x5a) ||
    (c >= 0x61 && c <= 0x7a) ||
    c === 0x2d ||
    c === 0x2e ||
    c === 0x5f
  );
}

/** Terminal colours (`ESC [ 36 m`) at p: the position after them. */
function skipColour(b: Uint8Array, p: number, end: number): number {
  let i = p;
  while (i + 2 < end && b[i] === ESC && b[i + 1] === 0x5b) {
    let j = i + 2;
    while (j < end && (((b[j] as number) - 0x30) >>> 0 <= 9 || b[j] === 0x3b)) j++;
    if (j >= end || b[j] !== 0x6d) break;
    i = j + 1;
  }
  return i;
}

/** Where the text begins behind ` stdout F ` at p, or 0 where that is not what stands there. */
export function criText(b: Uint8Array, p: number, end: number): number {
  if (end - p < 10 || b[p + 1] !== 0x73 || b[p + 2] !== 0x74 || b[p + 3] !== 0x64) return 0;
  const isOut = b[p + 4] === 0x6f && b[p + 5] === 0x75 && b[p + 6] === 0x74;
  const isErr = b[p + 4] === 0x65 && b[p + 5] === 0x72 && b[p + 6] === 0x72;
  if ((!isOut && !isErr) || b[p + 7] !== SPACE || (b[p + 8] !== 0x46 && b[p + 8] !== 0x50)) return 0;
  return b[p + 9] === SPACE ? p + 10 : 0;
}

/** The text behind ` {job="mail"} ` at p (logcli): where it begins, or 0. */
export function lokiText(b: Uint8Array, p: number, end: number): number {
  let i = p + 2;
  while (i < end && b[i] !== BRACE_CLOSE) {
    if (b[i] === QUOTE) {
      for (i++; i < end && b[i] !== QUOTE; i++) if (b[i] === BACKSLASH) i++;
    }
    i++;
  }
  // columns are filled up with spaces
  for (i++; i < end && b[i] === SPACE; i++);
  return i < end ? i : 0;
}

/** Where the text begins behind `[pod/mail-0/postfix] ` (kubectl logs --prefix) at p, or p. */
export function podPrefix(b: Uint8Array, p: number, end: number): number {
  if (b[p + 1] !== 0x70 || b[p + 2] !== 0x6f || b[p + 3] !== 0x64 || b[p + 4] !== 0x2f) return p;
  const limit = Math.min(end, p + POD_NAME_MAX);
  let i = p + 5;
  while (i < limit && b[i] !== CLOSE && b[i] !== SPACE) i++;
  return i + 1 < limit && b[i] === CLOSE && b[i + 1] === SPACE ? i + 2 : p;
}

/** Where the text begins behind `mail-1  | ` at p, or p. */
export function composePrefix(b: Uint8Array, p: number, end: number): number {
  let i = skipColour(b, p, end);
  const limit = Math.min(end, i + COMPOSE_NAME_MAX);
  const name = i;
  while (i < limit && isNameByte(b[i] as number)) i++;
  if (i === name) return p;
  while (i < limit && b[i] === SPACE) i++;
  if (i >= limit || b[i] !== PIPE || b[i - 1] !== SPACE) return p;
  i = skipColour(b, i + 1, end);
  if (i < end && b[i] === SPACE) i++;
  return skipColour(b, i, end);
}
