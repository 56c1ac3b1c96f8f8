/**
 * Lines inside other lines: journal entries and Docker's json-file, Kubernetes CRI, `docker compose logs`.
 * Shape:  `{"MESSAGE":…,"SYSLOG_IDENTIFIER":…,"_HOSTNAME":…,"__REALTIME_TIMESTAMP":"µs",…}`;
 *         `{"log":"text\n","stream":"stdout","time":"RFC 3339"}`, a line over 16 KiB in several objects of which only the
 *         last ends in `\n`; `2026-11-21T08:15:02.418Z stdout P|F text`; `mail-1  | text`.
 * Source: systemd.journal-fields(7), systemd JSON format (null above the size limit, arrays of bytes and of repeated
 *         fields); moby daemon/logger/jsonfilelog, daemon/logger/copier.go (defaultBufSize); Kubernetes CRI logging design.
 * Bounds: a held line grows to 1 MiB; what comes after is dropped.
 */
import type { Frame } from '../model/frame.ts';
import { Field, JsonScan } from './json-scan.ts';
import type { FrameResult, LineReader } from './line-reader.ts';
import { readNumber } from './rfc5424.ts';
import { Scratch } from './scratch.ts';
import { readBsdStamp, readIsoStamp, Stamp } from './stamps.ts';

const SPACE = 0x20;
const LF = 0x0a;
const ESC = 0x1b;
const PIPE = 0x7c;
const HELD_MAX = 1024 * 1024;
const COMPOSE_NAME_MAX = 100;

export class Containers {
  private readonly reader: LineReader;
  private readonly decoded = new Scratch();
  private readonly inner = new Scratch();
  private readonly stamp = new Stamp();
  private readonly message = new Field('MESSAGE');
  private readonly identifier = new Field('SYSLOG_IDENTIFIER');
  private readonly comm = new Field('_COMM');
  private readonly syslogPid = new Field('SYSLOG_PID');
  private readonly pid = new Field('_PID');
  private readonly hostname = new Field('_HOSTNAME');
  private readonly sent = new Field('_SOURCE_REALTIME_TIMESTAMP');
  private readonly received = new Field('__REALTIME_TIMESTAMP');
  private readonly log = new Field('log');
  private readonly stream = new Field('stream');
  private readonly time = new Field('time');
  private readonly scan: JsonScan;
  /** pieces of a line that goes on: of standard output, of standard error */
  private readonly held = [new Scratch(), new Scratch()];
  private readonly whole = new Scratch();

  constructor(reader: LineReader) {
    this.reader = reader;
    const { message, identifier, comm, syslogPid, pid, hostname, sent, received, log, stream, time } = this;
    const fields = [message, identifier, comm, syslogPid, pid, hostname, sent, received, log, stream, time];
    this.scan = new JsonScan(fields, this.decoded);
  }

  /** A line that begins with a brace. */
  json(b: Buffer, p: number, end: number, frame: Frame): FrameResult {
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
    if (this.log.isFound && !this.log.isNull) return this.docker(b, frame);
    if (this.received.isFound || this.message.isFound) return this.journal(b, frame);
    return this.reader.none('JSON of another kind', frame);
  }

  private journal(b: Buffer, frame: Frame): FrameResult {
    const { message, reader } = this;
    let at = this.micros(b, this.sent);
    if (Number.isNaN(at)) at = this.micros(b, this.received);
    if (this.hostname.isFound && this.hostname.b > this.hostname.a) {
      frame.host = reader.hostName(this.of(b, this.hostname), this.hostname.a, this.hostname.b);
    }
    const tag = this.identifier.isFound && this.identifier.b > this.identifier.a ? this.identifier : this.comm;
    if (tag.isFound && !tag.isNull && tag.b > tag.a) frame.program = reader.programName(this.of(b, tag), tag.a, tag.b);
    frame.pid = this.number(b, this.syslogPid);
    if (frame.pid < 0) frame.pid = this.number(b, this.pid);
    const isText = message.isFound && !message.isNull;
    return isText
      ? reader.journal(this.of(b, message), message.a, message.b, frame, at)
      : reader.journal(b, 0, 0, frame, at);
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

  /** Where the text begins behind ` stdout F ` at p, or 0 where that is not what stands there. */
  criText(b: Uint8Array, p: number, end: number): number {
    if (end - p < 10 || b[p + 1] !== 0x73 || b[p + 2] !== 0x74 || b[p + 3] !== 0x64) return 0;
    const isOut = b[p + 4] === 0x6f && b[p + 5] === 0x75 && b[p + 6] === 0x74;
    const isErr = b[p + 4] === 0x65 && b[p + 5] === 0x72 && b[p + 6] === 0x72;
    if ((!isOut && !isErr) || b[p + 7] !== SPACE || (b[p + 8] !== 0x46 && b[p + 8] !== 0x50)) return 0;
    return b[p + 9] === SPACE ? p + 10 : 0;
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
  ): FrameResult {
    const held = this.held[stream] as Scratch;
    // a program that ended without a line feed left a line that is no piece of this one
    if (held.length > 0 && held.length < 16_000 && this.isHeadOfLine(b, p, end)) {
      this.reader.skip('line without end');
      held.clear();
    }
    if (isLast && held.length === 0) return this.reader.unwrapped(b, p, end, frame, at);
    if (held.length < HELD_MAX) held.append(b, p, Math.min(end, p + HELD_MAX));
    if (!isLast) return 'hold';
    const { whole } = this;
    whole.clear();
    whole.append(held.bytes, 0, held.length);
    held.clear();
    return this.reader.unwrapped(whole.bytes, 0, whole.length, frame, at);
  }

  private isHeadOfLine(b: Uint8Array, p: number, end: number): boolean {
    return readBsdStamp(b, p, end, this.stamp) > 0 || readIsoStamp(b, p, end, this.stamp) > 0;
  }

  /** Where the text begins behind `mail-1  | ` at p, or p. */
  composePrefix(b: Uint8Array, p: number, end: number): number {
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
