/**
 * Which format reads a line: chosen by program tag, once for each tag and stream, and counted by source.
 */
import type { Frame, FramingName } from '../model/frame.ts';
import type { LineWatch } from '../model/line-watch.ts';
import { LogEvent } from '../model/log-event.ts';
import type { Emit, FormatContext, LogFormat } from '../model/log-format.ts';
import type { SourceSummary } from '../model/run.ts';

interface Reader {
  format: LogFormat;
  context: FormatContext;
  /** lines by source */
  lines: number[];
}

/** Counters of one source, filled line by line. */
export interface Tally {
  event: number;
  ignored: number;
  unknown: number;
  unframed: number;
  foreign: number;
  sample: SourceSummary['sample'];
}

export function newTally(): Tally {
  return { event: 0, ignored: 0, unknown: 0, unframed: 0, foreign: 0, sample: undefined };
}

const SAMPLE_LENGTH = 200;
/** A hostile log may have any number of program tags. */
const MAX_PROGRAMS = 10_000;

/** Readers of one stream: a format's context lives as long as its stream. */
class StreamReaders {
  private readonly contexts = new Map<LogFormat, FormatContext>();
  readonly readers: Reader[] = [];
  /** by framing, then by program: RFC 5424 may hide the daemon, and a bare line has no program */
  private readonly byFraming: Record<FramingName, Map<string, Reader | null>> = {
    syslog: new Map(),
    rfc3339: new Map(),
    rfc5424: new Map(),
    journald: new Map(),
    exim: new Map(),
    multilog: new Map(),
    csv: new Map(),
    none: new Map(),
  };
  lastProgram: string | undefined = undefined;
  lastFraming: FramingName = 'none';
  last: Reader | null = null;

  private readonly formats: readonly LogFormat[];

  constructor(formats: readonly LogFormat[]) {
    this.formats = formats;
  }

  contextsOf(): { format: LogFormat; context: FormatContext }[] {
    return [...this.contexts].map(([format, context]) => ({ format, context }));
  }

  find(frame: Frame): Reader | null {
    const byProgram = this.byFraming[frame.framing];
    const known = byProgram.get(frame.program);
    if (known !== undefined && (known !== null || frame.framing !== 'rfc5424')) return known;
    const reader = this.claim(frame);
    if (byProgram.size < MAX_PROGRAMS) byProgram.set(frame.program, reader);
    return reader;
  }

  private claim(frame: Frame): Reader | null {
    for (const format of this.formats) {
      if (!format.claims(frame.program, frame)) continue;
      let context = this.contexts.get(format);
      if (context === undefined) {
        context = format.createContext();
        this.contexts.set(format, context);
      }
      const reader = { format, context, lines: [] };
      this.readers.push(reader);
      return reader;
    }
    return null;
  }
}

export class Dispatcher {
  private readonly streams: StreamReaders[] = [];
  private readonly event = new LogEvent();
  private readonly formats: readonly LogFormat[];
  private readonly emit: Emit;
  /** lines of programs that no format knows: they may name a known id */
  private readonly onForeign: ((frame: Frame) => void) | undefined;
  private readonly watch: LineWatch | undefined;
  readonly tallies: Tally[] = [];

  constructor(formats: readonly LogFormat[], emit: Emit, onForeign?: (frame: Frame) => void, watch?: LineWatch) {
    this.formats = formats;
    this.emit = emit;
    this.onForeign = onForeign;
    this.watch = watch;
  }

  take(frame: Frame): void {
    const readers = (this.streams[frame.stream] ??= new StreamReaders(this.formats));
    const tally = (this.tallies[frame.source] ??= newTally());
    let reader = readers.last;
    if (frame.program !== readers.lastProgram || frame.framing !== readers.lastFraming || reader === null) {
      reader = readers.find(frame);
      readers.last = reader;
      readers.lastProgram = frame.program;
      readers.lastFraming = frame.framing;
    }
    if (frame.repeated > 1 && frame.body >= frame.end) {
      tally.ignored++;
      this.onForeign?.(frame);
      return;
    }
    if (reader === null) {
      if (frame.framing === 'none') tally.unframed++;
      else tally.foreign++;
      this.onForeign?.(frame);
      return;
    }
    if (this.watch !== undefined) this.watch.line(frame);
    const result = reader.format.parse(frame, this.event, this.emit, reader.context);
    if (result === 'event') tally.event++;
    else if (result === 'ignored') tally.ignored++;
    else if (frame.framing === 'none') tally.unframed++;
    else this.unknown(tally, frame);
    // any program may stamp its lines as Exim does: what is not understood says nothing of what the file is
    if (frame.framing !== 'none' && result !== 'unknown')
      reader.lines[frame.source] = (reader.lines[frame.source] ?? 0) + 1;
  }

  /** All streams have ended. */
  finish(): void {
    for (const stream of this.streams)
      for (const { format, context } of stream?.contextsOf() ?? []) format.finish?.(this.event, this.emit, context);
  }

  /** Names of the formats that read this source, most lines first. */
  formatsOf(source: number): string[] {
    const counts = new Map<string, number>();
    for (const stream of this.streams) {
      for (const { format, lines } of stream?.readers ?? [])
        if (lines[source] !== undefined) counts.set(format.name, (counts.get(format.name) ?? 0) + lines[source]);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  }

  private unknown(tally: Tally, frame: Frame): void {
    tally.unknown++;
    if (tally.sample === undefined)
      tally.sample = {
        line: frame.line,
        text: frame.text(frame.body, Math.min(frame.end, frame.body + SAMPLE_LENGTH)),
      };
  }
}
