/**
 * A run: the inputs named -> their lines in order -> events -> messages.
 */
import type { Readable } from 'node:stream';
import { Correlator } from '../correlate/correlator.ts';
import type { OtherAttempts } from '../correlate/retries.ts';
import { DEFAULT_SETTLE, type SettleOptions } from '../correlate/settle.ts';
import { FORMATS } from '../formats/index.ts';
import { assumptionSentences } from '../framing/assumptions.ts';
import { Framer } from '../framing/framer.ts';
import type { YearHint } from '../framing/years.ts';
import type { Frame } from '../model/frame.ts';
import type { LineWatch } from '../model/line-watch.ts';
import type { Link, Message, Note, Recipient, Session } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import type { InputProblem, Phase, RunRequest, RunSummary, SourceSummary } from '../model/run.ts';
import type { BlockReaderOptions } from '../sources/block-reader.ts';
import { type Discovered, discover } from '../sources/discover.ts';
import { isPacked, isSeekable, type InputFile } from '../sources/input-file.ts';
import type { JournalSpan } from '../sources/journal.ts';
import type { LineSelection } from '../sources/line-selection.ts';
import type { Spools } from '../sources/spool/spools.ts';
import { sharesOf } from '../util/memory.ts';
import { Chain } from './chain.ts';
import { LastChores } from './chores.ts';
import { Dispatcher, newTally } from './dispatch.ts';
import { letGoProblem, letGoSentence } from './let-go.ts';
import type { FileReading, LineStream } from './line-stream.ts';
import { mergeStreams } from './merge.ts';
import { readingPhase } from './phase.ts';
import { openStreams } from './streams.ts';
import { framerOptions, zonesOf } from './zones.ts';

export interface RunHandlers {
  /** true = kept: links that later lines show are still added to this object until the run ends */
  onMessage(message: Message): boolean;
  /** links and notes that later lines show, for who keeps no objects; of any message */
  onLink?(id: string, link: Link): void;
  onNote?(id: string, note: Note): void;
  /** whether a message that was kept still is; not given: all are, to the end */
  isKept?(message: Message): boolean;
  /** false: onMessage keeps none, and reads no id */
  keepsMessages?: boolean;
  /** attempts of messages that are told elsewhere: links to and from them are made too */
  attempts?: OtherAttempts;
  /** `times`: how many like it there are, where not all are read */
  onSession?(session: Session, times: number): void;
  /** in place of onMessage: what became of the recipients of each message, for counting alone */
  onCount?(statuses: readonly Status[], refusedForNow: number, times: number): void;
  /** asked of every line and event, where there is one */
  watch?: LineWatch;
  /** the run is made anew: what was handed on so far is void */
  onRestart?(): void;
  /** one word for why a recipient's mail did not arrive; undefined = nobody asked */
  reasonOf?(recipient: Recipient): string | undefined;
}

export interface RunIo {
  cwd: string;
  stdin?: Readable | undefined;
  /** zone of the machine, for stamps without one */
  timeZone: string;
  /** what packed files are unpacked to, where they are read at any place; whoever made this object closes it */
  spools?: Spools | undefined;
  /** of a path without links: it may be read; undefined = all may, pipes and the journal too */
  allows?: ((real: string) => boolean) | undefined;
  /** the inputs stay the files they were when they were found, whatever a rotation does to their names */
  isLasting?: boolean | undefined;
}

export interface RunOptions {
  signal?: AbortSignal | undefined;
  settle?: SettleOptions | undefined;
  standardPlaces?: readonly string[] | undefined;
  /** the inputs, as chain lines name them by their index */
  onFiles?: ((files: readonly InputFile[]) => void) | undefined;
  onStreams?: ((streams: readonly LineStream[]) => void) | undefined;
  /** each line, before its format reads it; the frame is used again for the next */
  onFrame?: ((frame: Frame) => void) | undefined;
  /** each reading of the inputs, as it begins */
  onPhase?: ((phase: Phase) => void) | undefined;
  /** how much is read at once; the messages do not depend on it */
  block?: BlockReaderOptions | undefined;
  /** the inputs, where they were looked for before */
  found?: Discovered | undefined;
  /** by InputFile.identity: what a look at the files said of their years */
  hints?: ReadonlyMap<string, YearHint> | undefined;
  /** by InputFile.identity: of these (plain) files only these lines are read */
  selections?: ReadonlyMap<string, LineSelection> | undefined;
  /** of the journal only this is read */
  journal?: JournalSpan | undefined;
  /** of events of this line, as Message.order tells it; else they are counted */
  orderOf?: ((file: InputFile, line: number) => number) | undefined;
  /** the selections stand for all that the files hold */
  isWhole?: boolean | undefined;
  /** assumptions are told without how many lines they hold of: the same whether all lines are read or some */
  isBrief?: boolean | undefined;
}

/** The places of a mail log on the systems there are; cli.md "PATH". */
const STANDARD_PLACES: readonly string[] = [
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
  /** of a run over chosen lines: lines that were not read might change what it tells */
  isDoubted?: boolean;
}

export { readLines } from './chain.ts';

/** Times that a run is made anew, each with a longer memory, where parts of mails came after these were told. */
const MAX_PASSES = 3;

export async function run(
  request: RunRequest,
  io: RunIo,
  handlers: RunHandlers,
  options: RunOptions = {},
): Promise<RunResult> {
  const found = options.found ?? (await discoverInputs(request, io, options));
  const canRepeat = handlers.onRestart !== undefined && found.files.every((file) => file.kind === 'file');
  let settle = options.settle ?? DEFAULT_SETTLE;
  for (let pass = 1; ; pass++) {
    const problems: InputProblem[] = [...found.problems];
    const { correlator, summary, isDoubted } = await readOnce(
      found.files,
      request,
      io,
      handlers,
      { ...options, settle },
      problems,
    );
    const { count, lateness } = correlator.late;
    if (count === 0 || summary.interrupted) return { summary, files: found.files, isDoubted };
    // a longer memory there is not
    if (!canRepeat || pass === MAX_PASSES || summary.letGo !== undefined) {
      summary.assumptions.push(
        `${count} parts of mails came ${Math.round(lateness / 60_000)} minutes or less after these were told, and stand alone`,
      );
      return { summary, files: found.files, isDoubted };
    }
    settle = { ...settle, holdMs: settle.holdMs + Math.ceil(lateness * 1.5) };
    handlers.onRestart?.();
  }
}

/** The inputs that a request names; packed ones with what they can be unpacked to. */
export async function discoverInputs(request: RunRequest, io: RunIo, options: RunOptions = {}): Promise<Discovered> {
  const standardPlaces = options.standardPlaces ?? STANDARD_PLACES;
  const found = await discover(request.paths, {
    cwd: io.cwd,
    standardPlaces,
    allows: io.allows,
    isLasting: io.isLasting,
  });
  if (!found.files.some(isPacked)) return found;
  const [{ Spools }, { distFile }] = await Promise.all([
    import('../sources/spool/spools.ts'),
    import('../kernel/index.ts'),
  ]);
  const spools = (io.spools ??= new Spools({ gunzip: distFile('gunzip-worker.cjs') }));
  const { problems, binaries } = found;
  return { files: found.files.map((file) => spools.give(file)), problems, binaries };
}

/** The files of inputs that are one log, in its order; undefined where they are several, read side by side. */
export async function oneLogOf(
  files: readonly InputFile[],
  request: RunRequest,
  io: RunIo,
): Promise<InputFile[] | undefined> {
  if (files.length === 1) return [...files];
  const zones = zonesOf(request, io.timeZone);
  const hints = new Map<string, YearHint>();
  const streams = await openStreams(files, {
    makeFramer: (file, facts) => new Framer(framerOptions(file, facts, zones, hints)),
    onProblem: () => undefined,
    now: request.now,
  });
  const [only] = streams;
  if (streams.length !== 1 || only?.readings.some(({ doubled }) => doubled > 0) === true) return undefined;
  return only?.readings.map(({ file }) => file);
}

async function readOnce(
  files: readonly InputFile[],
  request: RunRequest,
  io: RunIo,
  handlers: RunHandlers,
  options: RunOptions,
  problems: InputProblem[],
): Promise<{ correlator: Correlator; summary: RunSummary; isDoubted: boolean }> {
  const framers: { source: string; framer: Framer }[] = [];
  const zones = zonesOf(request, io.timeZone);
  const hints = new Map<string, YearHint>(options.hints);
  const streams = await openStreams(files, {
    makeFramer: (file, facts) => {
      const isWatchful = options.selections !== undefined;
      const framer = new Framer({ ...framerOptions(file, facts, zones, hints), isWatchful });
      if (!facts.isPeek) framers.push({ source: file.path, framer });
      return framer;
    },
    onProblem: (problem) => problems.push(problem),
    now: request.now,
    stdin: io.stdin,
    ...options.journal,
    ...(options.block ? { block: options.block } : {}),
    ...(options.selections ? { selections: options.selections } : {}),
  });
  const isPart = options.selections !== undefined || files.some(({ part }) => part !== undefined);
  options.onFiles?.(files);
  options.onStreams?.(streams);
  options.onPhase?.(readingPhase(streams));
  const chain = request.wantLines ? new Chain(files) : undefined;
  const correlator = makeCorrelator(handlers, chain, options.settle, request);
  const dispatcher = makeDispatcher(handlers.watch, correlator, chain);
  const onLine = lineTaker(files, options, correlator, dispatcher, chain);
  await mergeStreams(streams, onLine, { signal: options.signal, chores: correlator });
  const last = new LastChores(correlator, options.signal);
  if (await last.work()) {
    dispatcher.finish();
    correlator.end();
    await last.work();
  }
  const sources = streams
    .flatMap((s) => s.readings)
    .sort((a, b) => a.source - b.source)
    .map((r) => sourceSummary(r, dispatcher, framers));
  const summary: RunSummary = {
    sources,
    problems,
    assumptions: assumptionSentences(
      framers.map((f) => f.framer.assumed),
      isPart || options.isBrief === true,
    ),
    messages: correlator.told,
    ...(options.selections === undefined || options.isWhole === true ? {} : { isPart: true }),
    sessions: correlator.sessionKinds,
    interrupted: options.signal?.aborted === true,
    ...(correlator.letGo === undefined ? {} : { letGo: correlator.letGo }),
    ...(correlator.skews.length > 0 ? { skews: correlator.skews } : {}),
    ...spanOf(sources),
  };
  const short = letGoProblem(correlator.letGo, request.memory);
  if (short !== undefined) problems.push(short);
  const untied = letGoSentence(correlator.letGo);
  if (untied !== undefined) summary.assumptions.push(untied);
  const isDoubted = isPart && (correlator.isDoubted || framers.some(({ framer }) => framer.times.isDoubted));
  return { correlator, summary, isDoubted };
}

/** Hands each line on to its format. */
function lineTaker(
  files: readonly InputFile[],
  { orderOf, onFrame }: RunOptions,
  correlator: Correlator,
  dispatcher: Dispatcher,
  chain: Chain | undefined,
): (frame: Frame, stream: LineStream) => void {
  if (onFrame === undefined && orderOf === undefined && chain === undefined) return (frame) => dispatcher.take(frame);
  return (frame, stream) => {
    onFrame?.(frame);
    if (orderOf !== undefined) correlator.goTo(orderOf(files[frame.source] as InputFile, frame.line));
    chain?.at(stream);
    dispatcher.take(frame);
  };
}

function makeDispatcher(watch: LineWatch | undefined, correlator: Correlator, chain: Chain | undefined): Dispatcher {
  return new Dispatcher(
    FORMATS,
    watch === undefined
      ? (event) => correlator.accept(event)
      : (event) => {
          watch.event(event);
          correlator.accept(event);
        },
    chain ? (frame) => correlator.foreign(frame) : undefined,
    watch,
  );
}

function makeCorrelator(
  handlers: RunHandlers,
  chain: Chain | undefined,
  settle: SettleOptions | undefined,
  { own, memory }: RunRequest,
): Correlator {
  return new Correlator({
    onMessage: (message) => handlers.onMessage(message),
    ...(handlers.onLink ? { onLink: (id, link) => handlers.onLink?.(id, link) } : {}),
    ...(handlers.onNote ? { onNote: (id, note) => handlers.onNote?.(id, note) } : {}),
    keepsMessages: handlers.keepsMessages !== false,
    ...(handlers.attempts ? { attempts: handlers.attempts } : {}),
    ...(handlers.onCount
      ? { onCount: (statuses, refusedForNow, times) => handlers.onCount?.(statuses, refusedForNow, times) }
      : {}),
    ...(handlers.onSession ? { onSession: (session, times) => handlers.onSession?.(session, times) } : {}),
    ...(handlers.reasonOf ? { reasonOf: (recipient) => handlers.reasonOf?.(recipient) } : {}),
    ...(chain ? { keepLine: (frame) => chain.keep(frame) } : {}),
    ...(settle ? { settle } : {}),
    ...(own ? { own } : {}),
    ...(handlers.isKept ? { isKept: (message) => handlers.isKept?.(message) === true } : {}),
    memory: sharesOf(memory),
  });
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
