/**
 * A run: the inputs named -> their lines in order -> events -> messages.
 */
import type { Readable } from 'node:stream';
import { Correlator } from '../correlate/correlator.ts';
import type { SettleOptions } from '../correlate/settle.ts';
import { FORMATS } from '../formats/index.ts';
import { Framer, type FramerOptions } from '../framing/framer.ts';
import type { Frame } from '../model/frame.ts';
import type { ChainLine, Message, Recipient, Session } from '../model/message.ts';
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
  const streamsOptions: StreamsOptions = {
    makeFramer: (file, facts) => {
      const framer = new Framer(framerOptions(file, facts, request.logZones, io.timeZone));
      if (!facts.isPeek) framers.push({ source: file.path, framer });
      return framer;
    },
    onProblem: (problem) => problems.push(problem),
    now: request.now,
    stdin: io.stdin,
  };
  const streams = await openStreams(found.files, streamsOptions);
  options.onStreams?.(streams);

  let order = 0;
  const keepLine = request.wantLines ? (frame: Frame): ChainLine => chainLine(frame, found.files, order++) : undefined;
  const correlator = new Correlator({
    onMessage: handlers.onMessage,
    ...(handlers.onSession ? { onSession: handlers.onSession } : {}),
    ...(handlers.reasonOf ? { reasonOf: handlers.reasonOf } : {}),
    ...(keepLine ? { keepLine } : {}),
    ...(options.settle ? { settle: options.settle } : {}),
  });
  const dispatcher = new Dispatcher(FORMATS, (event) => correlator.accept(event));
  await mergeStreams(streams, (frame) => dispatcher.take(frame), { signal: options.signal });
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

function framerOptions(file: InputFile, facts: FileFacts, zones: readonly LogZone[], machine: string): FramerOptions {
  let zone = machine;
  const hostZones = new Map<string, string>();
  for (const z of zones) {
    if (z.match === undefined) zone = z.zone;
    else if (/[*?/]/.test(z.match)) {
      if (globMatches(z.match, file.path)) zone = z.zone;
    } else hostZones.set(z.match, z.zone);
  }
  const options: FramerOptions = { zone, bound: facts.bound };
  if (hostZones.size > 0) options.hostZones = hostZones;
  return options;
}

function globMatches(glob: string, path: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const re = new RegExp(`^(?:.*/)?${pattern}$`);
  return re.test(path);
}

function chainLine(frame: Frame, files: readonly InputFile[], order: number): ChainLine {
  const line: ChainLine = {
    source: frame.source,
    line: frame.line,
    offset: frame.offset,
    length: frame.length,
    at: frame.at,
    order,
  };
  if (frame.host !== undefined) line.host = frame.host;
  return line;
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
