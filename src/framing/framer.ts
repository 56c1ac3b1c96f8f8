/**
 * One log line of any wrapping made a Frame: stamp, host, program, pid and the bytes that the daemon wrote.
 * Shape:  RFC 3164 and its relatives, RFC 3339, RFC 5424, postlogd, Solaris, FreeBSD, `journalctl -o json|short-iso`, what
 *         containers and collectors write, Exim's own stamps, multilog's TAI64N, and one of them inside another. Each line is told by its own
 *         bytes, so that framings may be mixed in one file.
 * Source: RFC 3164, 3339, 5424; the files named in stamps.ts, head.ts, body.ts, containers.ts.
 * Units:  `at` in ms since 1970.
 * Errors: none ever; a line that is not understood has framing 'none' and is counted in `reasons`.
 */
import type { Frame, FramingName } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import { readAsyncos } from './asyncos.ts';
import type { Assumption } from './assumptions.ts';
import { Repeat, readLastRepeated, readRepeated } from './body.ts';
import { composePrefix, Containers, criText, lokiText, podPrefix } from './containers.ts';
import { stripPid } from './exim-inside.ts';
import { isHarakaText, isTimedHaraka } from './haraka-inside.ts';
import { CsvReader } from './csv.ts';
import { Escapes } from './escapes.ts';
import { Head, hasPidTag, readHead, readUsualHead, skipSolarisId } from './head.ts';
import { Inside, isRaw } from './inside.ts';
import { isBlank, isHostWord, isJournalHeader, isTagWord, skipPriority, isDigit } from './marks.ts';
import type { FrameResult, LineReader } from './line-reader.ts';
import { asMultilog, hasNanoseconds } from './multilog.ts';
import { type Name, Names } from './names.ts';
import { NextByte } from './next-byte.ts';
import { stripRspamdHead } from './rspamd-inside.ts';
import { isNilWord, nextWord, readNumber, skip5424Data } from './rfc5424.ts';
import { StampCache } from './stamp-cache.ts';
import { NO_ZONE, readBsdStamp, readIsoStamp, Stamp } from './stamps.ts';
import type { FramerOptions } from './options.ts';
import { Times } from './times.ts';

const [SPACE, CR, OPEN, LESS, DASH, BRACE, AT] = [0x20, 0x0d, 0x5b, 0x3c, 0x2d, 0x7b, 0x40] as const;
const DEPTH_MAX = 4;

export class Framer implements LineReader {
  /** reason -> count of lines that are not 'line', or that are with framing 'none' or without a text */
  readonly reasons: Record<string, number> = {};
  /** for a survey of the file */
  readonly times: Times;
  private readonly hosts = new Names(0);
  private readonly programs = new Names(8); // the bytes behind `postfix/` part the daemons
  private readonly head = new Head();
  private readonly cache = new StampCache();
  private readonly stamp = this.cache.stamp;
  private readonly inner = new Stamp();
  private readonly repeat = new Repeat();
  private readonly escapes = new Escapes();
  private readonly zeros = new NextByte(0);
  private readonly inside = new Inside();
  private readonly options: FramerOptions;
  /** made when it is first asked for: most files have no such lines */
  private openContainers: Containers | undefined;
  private readonly csv: CsvReader;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewed: Buffer | undefined;
  private depth = 0;
  private isFirst = true;
  /** lines of this file with a date and a time parted by a space are syslog lines */
  private isSpacedSyslog = false;
  /** `docker logs -t` of an Exim: lines of a reject log's entry have no stamp inside */
  private isEximInside = false;

  constructor(options: FramerOptions) {
    this.times = new Times(options);
    this.csv = new CsvReader(options.zone);
    this.options = options;
  }

  private get containers(): Containers {
    return (this.openContainers ??= new Containers(this, this.options.json));
  }

  /** What was assumed or overruled about years and zones: assumptionSentences() tells it. */
  get assumed(): Assumption[] {
    return this.times.assumed();
  }

  /**
   * Promises that the bytes of this buffer stay as they are until the next call: then it is searched once, not line by
   * line. Without the promise framing is slower, not different.
   */
  startBlock(bytes: Buffer): void {
    this.escapes.startBlock(bytes);
    this.zeros.startBlock(bytes);
  }

  /** Frames bytes[start, end): one line without its line feed. Fills `frame` but for the fields that tell its place. */
  frame(bytes: Buffer, start: number, end: number, frame: Frame): FrameResult {
    let a = start;
    let b = end;
    while (b > a && bytes[b - 1] === CR) b--;
    if (this.isFirst) {
      this.isFirst = false;
      if (b - a >= 3 && bytes[a] === 0xef && bytes[a + 1] === 0xbb && bytes[a + 2] === 0xbf) a += 3;
    }
    this.depth = 0;
    this.times.outerAt = Number.NaN;
    frame.bytes = bytes;
    frame.body = a;
    frame.end = b;
    frame.at = Number.NaN;
    frame.host = undefined;
    frame.program = '';
    frame.pid = -1;
    frame.framing = 'none';
    frame.yearGuessed = false;
    frame.repeated = 1;
    frame.row = undefined;
    frame.isJoined = false;
    const exported = this.csv.read(bytes, a, b, frame);
    if (exported !== undefined) return exported === 'skip' ? this.skip('csv header') : exported;
    if (this.zeros.mayStand(bytes, a, b)) {
      while (a < b && bytes[a] === 0) a++;
      b = firstZero(bytes, a, b);
      frame.body = a;
      frame.end = b;
    }
    return this.line(bytes, a, b, frame);
  }

  /** Counts why a line brought nothing. */
  count(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  /** Frames what a container held. `outer`: the instant the container told, NaN where it told none. */
  unwrapped(b: Buffer, start: number, end: number, frame: Frame, outer: Instant, host?: string): FrameResult {
    let z = end;
    while (z > start && (b[z - 1] === CR || b[z - 1] === 0x0a)) z--;
    if (!Number.isNaN(outer)) this.times.outer(outer, NO_ZONE);
    frame.bytes = b;
    frame.body = start;
    frame.end = z;
    if (++this.depth > DEPTH_MAX) return this.none('nested', frame);
    const result = this.line(b, start, z, frame);
    if (result === 'line' && frame.framing === 'none') frame.at = outer;
    else if (result === 'line') frame.host ??= host;
    return result;
  }

  private line(b: Buffer, p: number, end: number, frame: Frame): FrameResult {
    const c = b[p] as number;
    if (p >= end) return this.skip('empty');
    if (c >= 0x41 && c <= 0x5a) {
      const next = this.cache.bsd(this.look(b), b, p, end);
      if (next >= 0) return this.afterStamp(b, next, end, frame, 'syslog');
      const text = readAsyncos(b, p, end, this.stamp, frame);
      if (text >= 0) return this.finish(b, text, end, frame, this.stamp, undefined);
    } else if (c >= 0x30 && c <= 0x39) {
      const result = this.digitLine(b, p, end, frame);
      if (result !== undefined) return result;
    } else if (c === LESS) {
      const next = skipPriority(b, p, end);
      if (next > p) return this.afterPriority(b, next, end, frame);
    } else if (c === BRACE && !isTimedHaraka(b, p, end, this.times.outerAt))
      return this.containers.json(b, p, end, frame);
    else if (c === DASH && isJournalHeader(b, p, end)) return this.skip('journal header');
    else if (c === SPACE && isBlank(b, p, end)) return this.skip('empty');
    else if (c === AT) {
      const next = this.inside.unix.tai(b, p, end, this.stamp);
      if (next >= 0) return this.finish(b, asMultilog(frame, next, end), end, frame, this.stamp, undefined);
    }
    if (isTimedHaraka(b, p, end, this.times.outerAt)) return this.haraka(b, p, end, frame, undefined);
    if (this.depth < DEPTH_MAX) {
      const next = c === OPEN ? podPrefix(b, p, end) : composePrefix(b, p, end);
      if (next > p) {
        this.depth++;
        frame.body = next;
        return this.line(b, next, end, frame);
      }
    }
    return this.none('no stamp', frame);
  }

  /** A line that begins with a digit: ISO stamp, year before a BSD stamp, RFC 5424 without its priority. */
  private digitLine(b: Buffer, p: number, end: number, frame: Frame): FrameResult | undefined {
    let next = this.cache.iso(this.look(b), b, p, end);
    if (next >= 0) {
      if (this.stamp.isSpaced) return this.afterSpacedStamp(b, next, end, frame);
      if (next < end && b[next] !== SPACE) {
        const result = this.depth++ === 0 ? this.containers.fluentd(b, next, end, frame, this.stamp) : undefined;
        return result ?? this.none('stamp without text', frame);
      }
      const text = criText(b, next, end);
      if (text > 0) return this.containers.cri(b, text, end, frame, this.stamp);
      const inside = this.depth < DEPTH_MAX ? this.insideAt(b, next, end) : -1;
      if (inside > 0) return this.unwrapped(b, inside, end, frame, this.times.instant(this.stamp, undefined));
      return this.afterStamp(b, next, end, frame, this.stamp.isColonless ? 'syslog' : 'rfc3339');
    }
    next = readBsdStamp(b, p, end, this.stamp);
    if (next >= 0) return this.afterStamp(b, next, end, frame, 'syslog');
    if (b[p] === 0x31 && b[p + 1] === SPACE && end - p > 20) return this.rfc5424(b, p, end, frame);
    return undefined;
  }

  /** Where a line begins that somebody put a stamp before: Loki's, one with a priority, a header in Exim's reject log; -1. */
  private insideAt(b: Buffer, next: number, end: number): number {
    const c = next + 1 < end ? (b[next + 1] as number) : 0;
    if (c === BRACE) return lokiText(b, next, end);
    if (c === LESS && isDigit(b[next + 2] as number) && skipPriority(b, next + 1, end) > next + 1) return next + 1;
    return this.isEximInside && c !== 0 && !isDigit(c) ? next + 1 : -1;
  }

  private afterPriority(b: Buffer, p: number, end: number, frame: Frame): FrameResult {
    if (p + 2 < end && b[p] === 0x31 && b[p + 1] === SPACE) {
      const result = this.rfc5424(b, p, end, frame);
      if (result !== undefined) return result;
    }
    if (this.depth >= DEPTH_MAX) return this.none('nested', frame);
    this.depth++;
    return this.line(b, p, end, frame);
  }

  /** `1 STAMP HOST APP PROCID MSGID SD MSG` at p. */
  private rfc5424(b: Buffer, p: number, end: number, frame: Frame): FrameResult | undefined {
    let i = p + 2;
    const isNil = b[i] === DASH && b[i + 1] === SPACE;
    i = isNil ? i + 1 : readIsoStamp(b, i, end, this.stamp);
    if (i < 0 || i >= end || b[i] !== SPACE || (!isNil && this.stamp.isSpaced)) return undefined;
    const host = i + 1;
    const app = nextWord(b, host, end);
    const procid = nextWord(b, app, end);
    const msgid = nextWord(b, procid, end);
    const data = nextWord(b, msgid, end);
    if (data < 0) return undefined;
    const body = skip5424Data(b, data, end);
    const name = isNilWord(b, host, app - 1) ? undefined : this.hosts.find(b, host, app - 1);
    if (!isNilWord(b, app, procid - 1)) frame.program = this.programs.find(b, app, procid - 1).text;
    frame.pid = readNumber(b, procid, msgid - 1);
    frame.host = name?.text;
    frame.framing = 'rfc5424';
    frame.body = body;
    const isKnown = !isNil || !Number.isNaN(this.times.outerAt);
    if (isNil && !isKnown) this.count('no stamp');
    return this.finish(b, body, end, frame, isNil ? undefined : this.stamp, name);
  }

  /** A stamp was read, `next` is behind it: host and tag follow. */
  private afterStamp(b: Buffer, next: number, end: number, frame: Frame, framing: FramingName): FrameResult {
    if (next < end && b[next] !== SPACE) return this.none('stamp without text', frame);
    if (framing === 'rfc3339' && isHarakaText(b, next + 1, end))
      return this.haraka(b, next + 1, end, frame, this.stamp);
    const { head } = this;
    if (readUsualHead(this.look(b), b, next, end, head, this.hosts, this.programs)) {
      frame.host = head.host?.text;
      frame.program = head.tag?.text ?? '';
      frame.pid = head.pid;
      frame.framing = framing;
      return this.finish(b, head.body, end, frame, this.stamp, head.host);
    }
    if (!readHead(b, next, end, head)) {
      return this.none(next >= end ? 'stamp without text' : 'no host or program', frame);
    }
    if (!head.isSure) {
      const nested = this.nested(b, end, frame);
      if (nested !== undefined) return nested;
    }
    let name: Name | undefined;
    if (head.hostB > head.hostA) {
      name = this.hosts.find(b, head.hostA, head.hostB);
      this.hosts.expect(this.look(b), b, head.hostA, end, name);
      frame.host = name.text;
    }
    frame.framing = framing;
    frame.body = head.body;
    if (!head.isSure && this.lastRepeated(b, end, frame)) {
      return this.finish(b, frame.body, end, frame, this.stamp, name);
    }
    if (head.tagB > head.tagA) {
      const tag = this.programs.find(b, head.tagA, head.tagB);
      frame.program = tag.text;
      this.programs.expect(this.look(b), b, head.tagA, end, tag);
    }
    frame.pid = head.pid;
    return this.finish(b, head.body, end, frame, this.stamp, name);
  }

  private haraka(b: Buffer, p: number, end: number, frame: Frame, stamp: Stamp | undefined): FrameResult {
    [frame.program, frame.framing] = ['haraka', 'rfc3339'];
    return this.finish(b, p, end, frame, stamp, undefined);
  }

  /** `last message repeated N times`: host alone, or nothing. The line before it is repeated by whoever keeps it. */
  private lastRepeated(b: Buffer, end: number, frame: Frame): boolean {
    const { head } = this;
    const isHostText = head.hostB > head.hostA && readLastRepeated(b, head.hostA, end, this.repeat);
    if (!isHostText && !readLastRepeated(b, head.tagA, end, this.repeat)) return false;
    if (isHostText) frame.host = undefined;
    frame.repeated = this.repeat.count;
    frame.body = end;
    this.count('repeat');
    return true;
  }

  /** A whole line with a stamp of its own behind the stamp (`docker logs -t`), or behind stamp and host (a relay's). */
  private nested(b: Buffer, end: number, frame: Frame): FrameResult | undefined {
    const { head, inner } = this;
    if (this.depth >= DEPTH_MAX) return undefined;
    for (const p of [head.hostA, head.tagA]) {
      if (p >= end || (p === head.tagA && head.hostA === head.hostB)) continue;
      const next = readBsdStamp(b, p, end, inner) < 0 ? readIsoStamp(b, p, end, inner) : 0;
      if (next < 0) continue;
      const outer = this.times.instant(this.stamp, undefined);
      this.times.outer(outer, this.stamp.zone);
      this.depth++;
      const result = this.line(b, p, end, frame);
      this.isEximInside ||= head.hostA === p && frame.framing === 'exim';
      return result;
    }
    return undefined;
  }

  /** `2026-11-21 09:15:02`: Exim's or Rspamd's own stamp, unless a host and `tag[pid]:` follow. */
  private afterSpacedStamp(b: Buffer, next: number, end: number, frame: Frame): FrameResult {
    if (next < end && b[next] !== SPACE) return this.none('stamp without text', frame);
    const a = next + 1;
    let word = a;
    while (word < end && b[word] !== SPACE) word++;
    if (b[a] !== OPEN && (hasPidTag(b, word + 1, end) ? isHostWord(b, a, word) : hasPidTag(b, a, end))) {
      this.isSpacedSyslog = true;
      return this.afterStamp(b, next, end, frame, 'rfc3339');
    }
    if (this.isSpacedSyslog && isHostWord(b, a, word) && isTagWord(b, word + 1, end)) {
      return this.afterStamp(b, next, end, frame, 'rfc3339');
    }
    if (this.stamp.zone === NO_ZONE && hasNanoseconds(b, frame.body, next))
      return this.finish(b, asMultilog(frame, next, end), end, frame, this.stamp, undefined);
    frame.framing = 'exim';
    frame.body = Math.min(a, end);
    if (!stripRspamdHead(b, end, frame)) stripPid(b, frame);
    return this.finish(b, frame.body, end, frame, this.stamp, undefined);
  }

  /** Undoes what wraps the text, then reads the time. */
  private finish(b: Buffer, body: number, end: number, frame: Frame, stamp: Stamp | undefined, host: Name | undefined) {
    let bytes = b;
    frame.body = body;
    frame.end = end;
    if (body < end) {
      if (b[body] === OPEN) frame.body = skipSolarisId(b, body, end);
      else if (b[body] === 0x6d && readRepeated(b, body, end, this.repeat)) {
        frame.repeated = this.repeat.count;
        frame.body = this.repeat.body;
        frame.end = this.repeat.end;
      }
      if (!isRaw(frame.framing)) bytes = this.escapes.strip(b, this.look(b), frame);
    }
    frame.bytes = bytes;
    this.times.read(frame, stamp, host, this.inside.strip(bytes, frame));
    return 'line' as const;
  }

  private look(b: Buffer): DataView {
    if (b === this.viewed) return this.view;
    this.viewed = b;
    return (this.view = new DataView(b.buffer, b.byteOffset, b.length));
  }

  /** Fills in what a journal entry tells beside its text. */
  journal(b: Buffer, p: number, end: number, frame: Frame, at: Instant): FrameResult {
    this.times.outer(at, NO_ZONE);
    // a container's output in the journal: the identifier is Docker's, the text a whole line
    if (this.depth === 0 && this.isSyslogLine(b, p, end)) {
      this.depth++;
      return this.unwrapped(b, p, end, frame, at);
    }
    return this.entry(b, p, end, frame, at);
  }

  /** Takes a text for what a daemon wrote; host, program and pid are filled in already. */
  entry(b: Buffer, p: number, end: number, frame: Frame, at: Instant): FrameResult {
    this.times.outer(at, NO_ZONE);
    frame.framing = 'journald';
    return this.finish(b, p, end, frame, undefined, undefined);
  }

  private isSyslogLine(b: Buffer, p: number, end: number): boolean {
    const next = readBsdStamp(b, p, end, this.inner);
    return next > 0 && readHead(b, next, end, this.head) && this.head.isSure && this.head.pid >= 0;
  }

  hostName(b: Buffer, p: number, end: number): string {
    return this.hosts.find(b, p, end).text;
  }

  programName(b: Buffer, p: number, end: number): string {
    return this.programs.find(b, p, end).text;
  }

  none(reason: string, frame: Frame): FrameResult {
    this.count(reason);
    frame.framing = 'none';
    frame.host = undefined;
    frame.program = '';
    frame.pid = -1;
    return 'line';
  }

  skip(reason: string): FrameResult {
    this.count(reason);
    return 'skip';
  }
}

/**
 * Zero bytes are what a crash leaves of a block that was not written; no logger writes one. A line behind them is whole; what
 * stands behind them in a line is of another, or of whoever found a way to write zeros: it is not read.
 */
function firstZero(b: Buffer, p: number, end: number): number {
  for (let i = p; i < end; i++) if (b[i] === 0) return i;
  return end;
}
