/**
 * A run: the inputs named -> their lines in order -> events -> messages.
 */
import type { Readable } from 'node:stream';
import { Correlator } from '../correlate/correlator.ts';
import type { SettleOptions } from '../correlate/settle.ts';
import { FORMATS } from '../formats/index.ts';
import { Framer, type FramerOptions } from '../framing/framer.ts';
import { surveyYears } from '../framing/survey.ts';
import type { YearHint } from '../framing/years.ts';
import type { Frame } from '../model/frame.ts';
import type { ChainLine, Message, Recipient, Session } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import type { InputProblem, LogZone, RunRequest, RunSummary, SourceSummary } from '../model/run.ts';
import { discover } from '../sources/discover.ts';
import { isSeekable, type InputFile } from '../sources/input-file.ts';
import { rereadLines } from '../sources/reread.ts';
import { Dispatcher, newTally } from './dispatch.ts';
import type { FileReading, LineStream } from './line-stream.ts';
import { mergeStreams } from './merge.ts';
import { openStreams, type FileFacts, type StreamsOptions } from './streams.ts';

export interface RunHandlers {
  /** true = kept: links that later lines show are still added to this object until the run ends */
  onMessage(message: Message): boolean;
  onSession?(session: Session): void;
  /** in place of onMessage: what became of the recipients of each message, for counting alone */
  onCount?(statuses: readonly Status[]): void;
  /** one word for why a recipient's mail did not arrive; undefined = nobody asked */
  reasonOf?(recipient: Recipient): string | undefined;
}

export interface RunIo {
  cwd: string;
  stdin?: Readable | undefined;
  /** zone of the machine, for stamps without one */
  timeZone: string;
}

export interface RunOptions {
  signal?: AbortSignal | undefined;
  settle?: SettleOptions | undefined;
  standardPlaces?: readonly string[] | undefined;
  onStreams?: ((streams: readonly LineStream[]) => void) | undefined;
}

/** The places of a mail log on the systems there are; cli.md "PATH". */
export const STANDARD_PLACES: readonly string[] = [
  '/var/log/mail.log*',
  '/var/log/maillog*',
  '/var/log/mail',
  '/var/log/exim4/mainlog*',
  '/var/log/exim/main.log*',
  '/var/log/exim_mainlog*',
  '/var/log/rspamd/rspamd.log*',
];

export interface RunResult {
  summary: RunSummary;
  files: readonly InputFile[];
}

export async function run(
  request: RunRequest,
  io: RunIo,
  handlers: RunHandlers,
  options: RunOptions = {},
): Promise<RunResult> {
  const found = await discover(request.paths, {
    cwd: io.cwd,
    standardPlaces: options.standardPlaces ?? STANDARD_PLACES,
  });
  const problems: InputProblem[] = [...found.problems];
  const framers: { source: string; framer: Framer }[] = [];
  const zones = zonesOf(request.logZones, io.timeZone);
  const hints = new Map<string, YearHint>();
  const streamsOptions: StreamsOptions = {
    makeFramer: (file, facts) => {
      const framer = new Framer(framerOptions(file, facts, zones, hints));
      if (!facts.isPeek) framers.push({ source: file.path, framer });
      return framer;
    },
    onProblem: (problem) => problems.push(problem),
    now: request.now,
    stdin: io.stdin,
  };
  const streams = await openStreams(found.files, streamsOptions);
  options.onStreams?.(streams);

  const chain = request.wantLines ? new Chain(found.files) : undefined;
  const correlator = new Correlator({
    onMessage: (message) => handlers.onMessage(message),
    ...(handlers.onCount ? { onCount: (statuses) => handlers.onCount?.(statuses) } : {}),
    ...(handlers.onSession ? { onSession: (session) => handlers.onSession?.(session) } : {}),
    ...(handlers.reasonOf ? { reasonOf: (recipient) => handlers.reasonOf?.(recipient) } : {}),
    ...(chain ? { keepLine: (frame) => chain.keep(frame) } : {}),
    ...(options.settle ? { settle: options.settle } : {}),
  });
  const dispatcher = new Dispatcher(
    FORMATS,
    (event) => correlator.accept(event),
    chain ? (frame) => correlator.foreign(frame) : undefined,
  );
  const onLine = chain
    ? (frame: Frame, stream: LineStream): void => {
        chain.at(stream);
        dispatcher.take(frame);
      }
    : (frame: Frame): void => dispatcher.take(frame);
  await mergeStreams(streams, onLine, { signal: options.signal });
  dispatcher.finish();
  correlator.finish();
  const summary: RunSummary = {
    sources: streams
      .flatMap((s) => s.readings)
      .sort((a, b) => a.source - b.source)
      .map((r) => sourceSummary(r, dispatcher, framers)),
    problems,
    assumptions: [...new Set(framers.flatMap((f) => f.framer.assumptions))],
    messages: correlator.told,
    sessions: correlator.sessionKinds,
    interrupted: options.signal?.aborted === true,
  };
  const span = spanOf(summary.sources);
  if (span) Object.assign(summary, span);
  return { summary, files: found.files };
}

interface Zones {
  machine: string;
  /** host name -> zone */
  hosts: Map<string, string>;
  globs: { glob: string; zone: string }[];
}

function zonesOf(zones: readonly LogZone[], machine: string): Zones {
  const out: Zones = { machine, hosts: new Map(), globs: [] };
  for (const { match, zone } of zones) {
    if (match === undefined) out.machine = zone;
    else if (/[*?/]/.test(match)) out.globs.push({ glob: match, zone });
    else out.hosts.set(match, zone);
  }
  return out;
}

function framerOptions(file: InputFile, facts: FileFacts, zones: Zones, hints: Map<string, YearHint>): FramerOptions {
  const zone = zones.globs.findLast(({ glob }) => globMatches(glob, file.path))?.zone ?? zones.machine;
  const options: FramerOptions = { zone, bound: facts.bound };
  if (zones.hosts.size > 0) options.hostZones = zones.hosts;
  let hint = hints.get(file.identity);
  if (hint === undefined) {
    const { pieces, hasEnd } = facts.look();
    hint = surveyYears(pieces, { ...options, hasStart: true, hasEnd });
    // A pipe has no first block before it is opened: what a peek could not see is looked at again.
    if (pieces.some((piece) => piece.length > 0)) hints.set(file.identity, hint);
  }
  return { ...options, years: hint };
}

/** `*` and `?` of `--log-tz GLOB=ZONE`, against the whole path or its last part; linear in both. */
function globMatches(glob: string, path: string): boolean {
  return matchesAt(glob, path) || matchesAt(glob, path.slice(path.lastIndexOf('/') + 1));
}

function matchesAt(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++;
      mark = t;
    } else if (glob[g] === '?' || glob[g] === text[t]) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++mark;
    } else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** Makes the records of raw lines: where each stands, and its bytes where they cannot be read again. */
class Chain {
  private order = 0;
  private stream: LineStream | undefined = undefined;
  private last: ChainLine | undefined = undefined;
  private readonly seekable: readonly boolean[];

  constructor(files: readonly InputFile[]) {
    this.seekable = files.map(isSeekable);
  }

  /** The next line stands in this stream. */
  at(stream: LineStream): void {
    this.stream = stream;
    this.last = undefined;
  }

  /** The same record for the same line, however many events it gave. */
  keep(frame: Frame): ChainLine {
    if (this.last !== undefined) return this.last;
    const { source, line, offset, length, at, host } = frame;
    const record: ChainLine = { source, line, offset, length, at, order: this.order++ };
    if (host !== undefined) record.host = host;
    const { stream } = this;
    if (this.seekable[source] !== true && stream !== undefined) record.bytes = Uint8Array.prototype.slice.call(stream.bytes, stream.lineStart, stream.lineEnd);
    this.last = record;
    return record;
  }
}

function sourceSummary(
  reading: FileReading,
  dispatcher: Dispatcher,
  framers: readonly { source: string; framer: Framer }[],
): SourceSummary {
  const tally = dispatcher.tallies[reading.source] ?? newTally();
  const reasons: Record<string, number> = {};
  for (const { source, framer } of framers) {
    if (source !== reading.file.path) continue;
    for (const [reason, n] of Object.entries(framer.reasons)) reasons[reason] = (reasons[reason] ?? 0) + n;
  }
  return {
    path: reading.file.path,
    seekable: isSeekable(reading.file),
    lines: reading.lines,
    bytes: reading.bytes,
    ...(reading.first !== undefined ? { first: reading.first } : {}),
    ...(reading.last !== undefined ? { last: reading.last } : {}),
    formats: dispatcher.formatsOf(reading.source),
    event: tally.event,
    ignored: tally.ignored,
    unknown: tally.unknown,
    unframed: tally.unframed,
    foreign: tally.foreign,
    reasons,
    ...(tally.sample !== undefined ? { sample: tally.sample } : {}),
  };
}

function spanOf(sources: readonly SourceSummary[]): { first: number; last: number } | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const s of sources) {
    if (s.first !== undefined && s.first < first) first = s.first;
    if (s.last !== undefined && s.last > last) last = s.last;
  }
  return first <= last ? { first, last } : undefined;
}

/** The exact bytes of raw lines; undefined for a line that is no longer there. */
export function readLines(
  lines: readonly ChainLine[],
  files: readonly InputFile[],
): Map<ChainLine, Uint8Array | undefined> {
  const out = new Map<ChainLine, Uint8Array | undefined>();
  const bySource = new Map<number, ChainLine[]>();
  for (const line of lines) {
    if (line.bytes !== undefined) out.set(line, line.bytes);
    else {
      const list = bySource.get(line.source);
      if (list) list.push(line);
      else bySource.set(line.source, [line]);
    }
  }
  for (const [source, list] of bySource) {
    const file = files[source];
    const texts = file === undefined ? [] : rereadLines(file, list);
    list.forEach((line, i) => out.set(line, texts[i]));
  }
  return out;
}
