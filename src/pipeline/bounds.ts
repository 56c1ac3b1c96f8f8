/**
 * Which of the inputs, and which part of them, a search within a window must read.
 * Rules:  a file is left out whole where it surely ends before the window's reach: it was last written before, or the next
 *         file of its rotated set begins before; likewise a packed file of a set that begins after it. Any other plain file
 *         is looked over for its dates (date-scan.ts). Everything else (pipes, packed files without such a sign) is read whole.
 *         Files that are left out stay in the list, with nothing to read, so that sets and the order of lines are the same.
 * Errors: none; undefined where there is nothing to leave out, or too little to be worth it.
 */
import { Framer } from '../framing/framer.ts';
import { surveyYears } from '../framing/survey.ts';
import type { YearHint } from '../framing/years.ts';
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import type { Phase, RunRequest, RunSummary } from '../model/run.ts';
import type { Discovered } from '../sources/discover.ts';
import type { FilePart, InputFile } from '../sources/input-file.ts';
import { isSeekable } from '../sources/input-file.ts';
import { peekHead, peekPieces, peekTail } from '../sources/peek.ts';
import { Breather } from '../util/breather.ts';
import { type Reach, partOf } from './date-scan.ts';
import { boundOf } from './rotation.ts';
import { discoverInputs, type RunIo, type RunOptions } from './run.ts';
import { openStreams, startOf } from './streams.ts';
import { type Zones, framerOptions, zonesOf } from './zones.ts';

export type { Reach } from './date-scan.ts';

/** Less is read as quickly whole. */
const LEAST_BYTES = 4 * 1024 * 1024;
const DAY = 86_400_000;
const NOTHING: FilePart = { from: 0, to: 0, line: 1 };

/** How a run reads its inputs within a reach. */
export interface Bounded {
  readonly options: RunOptions;
  readonly skipped: NonNullable<RunSummary['skipped']>;
}

export interface BoundOptions {
  signal?: AbortSignal | undefined;
  onPhase?: ((phase: Phase) => void) | undefined;
  standardPlaces?: readonly string[] | undefined;
  /** smaller inputs are read whole */
  leastBytes?: number;
}

export async function boundInputs(
  request: RunRequest,
  io: RunIo,
  reach: Reach,
  options: BoundOptions = {},
): Promise<Bounded | undefined> {
  const found = await discoverInputs(request, io, options);
  const said = {
    ...(Number.isFinite(reach.from) ? { before: reach.from } : {}),
    ...(Number.isFinite(reach.to) ? { after: reach.to } : {}),
  };
  if (found.files.some(({ kind }) => kind === 'journal')) {
    const journal = { since: said.before, until: said.after };
    return { options: { found, journal }, skipped: { bytes: 0, ...said } };
  }
  const least = options.leastBytes ?? LEAST_BYTES;
  if (found.files.reduce((sum, { size }) => sum + size, 0) < least) return undefined;
  const look = new Look(found, request, io, reach);
  const parts = await look.parts(options);
  if (parts === undefined || options.signal?.aborted === true) return undefined;
  const bytes = found.files.reduce((sum, file) => sum + leftOut(file, parts.get(file)), 0);
  if (bytes < least / 2) return undefined;
  const files = found.files.map((file) => {
    const part = parts.get(file);
    return part === undefined ? file : { ...file, part };
  });
  const { problems, binaries } = found;
  return { options: { found: { files, problems, binaries } }, skipped: { bytes, ...said } };
}

/** Bytes on disk that are not read. */
function leftOut({ size }: InputFile, part: FilePart | undefined): number {
  if (part === undefined) return 0;
  return size - Math.max(0, Math.min(size, part.to) - part.from);
}

class Look {
  readonly #found: Discovered;
  readonly #request: RunRequest;
  readonly #reach: Reach;
  readonly #zones: Zones;
  readonly #hints = new Map<string, YearHint>();

  constructor(found: Discovered, request: RunRequest, io: RunIo, reach: Reach) {
    this.#found = found;
    this.#request = request;
    this.#reach = reach;
    this.#zones = zonesOf(request, io.timeZone);
  }

  /** What is read of each file that is not read whole; undefined where times hang on all lines. */
  async parts({ signal, onPhase }: BoundOptions): Promise<Map<InputFile, FilePart> | undefined> {
    const streams = await openStreams(this.#found.files, {
      makeFramer: (file) => this.#framer(file, true),
      onProblem: () => undefined,
      now: this.#request.now,
    });
    const parts = new Map<InputFile, FilePart>();
    const plain: InputFile[] = [];
    const breather = new Breather();
    for (const { readings } of streams)
      for (const [i, { file }] of readings.entries()) {
        await breather.breathe();
        if (file.kind !== 'file') continue;
        const start = this.#startOf(file);
        if (this.#isOverruled(file)) return undefined;
        const next = readings[i + 1]?.file;
        if (this.#endsBefore(file, start, next)) parts.set(file, NOTHING);
        else if (isSeekable(file)) {
          // of a file that begins within the reach and may go on, nothing is left out
          if (start < this.#reach.from || this.#reach.to < Infinity) plain.push(file);
        } else if (i > 0 && start > this.#reach.to + DAY) parts.set(file, NOTHING);
      }
    let before = 0;
    let now = 0;
    onPhase?.({
      what: 'looking over',
      total: plain.reduce((sum, { size }) => sum + size, 0),
      done: () => before + now,
    });
    for (const file of plain) {
      const part = await partOf(file, this.#framer(file, false), this.#reach, {
        signal,
        onBytes: (bytes) => {
          now = bytes;
        },
      });
      if (signal?.aborted === true) return undefined;
      if (part !== undefined && leftOut(file, part) > 0) parts.set(file, part);
      before += file.size;
      now = 0;
    }
    return parts;
  }

  /** Nothing in it is of the reach: it was last written before that, or the next of its set begins before. */
  #endsBefore(file: InputFile, start: Instant, next: InputFile | undefined): boolean {
    const { from } = this.#reach;
    if (!(start < from)) return false;
    // a time of change before the first line is none: it was made up
    const { mtime } = file;
    const isOld = mtime !== undefined && mtime < from - DAY && mtime > start - DAY;
    return (isOld || (next !== undefined && this.#startOf(next) < from)) && this.#tailIsOld(file);
  }

  /** The last lines of a plain file say the same. */
  #tailIsOld(file: InputFile): boolean {
    if (!isSeekable(file)) return true;
    const tail = peekTail(file) ?? Buffer.alloc(0);
    const bound = boundOf(file.path, file.mtime, this.#request.now);
    const zone = this.#zones.machine;
    const years = surveyYears([tail], { zone, bound, hasStart: false, hasEnd: true });
    const framer = new Framer({ zone, bound, years });
    const frame = new Frame();
    for (let start = 0; start < tail.length;) {
      const lf = tail.indexOf(10, start);
      const end = lf < 0 ? tail.length : lf;
      if (framer.frame(tail, start, end, frame) === 'line' && frame.at >= this.#reach.from) return false;
      start = end + 1;
    }
    return true;
  }

  #framer(file: InputFile, isPeek: boolean): Framer {
    const bound = boundOf(file.path, file.mtime, this.#request.now);
    return new Framer(framerOptions(file, { bound, isPeek, look: () => peekPieces(file) }, this.#zones, this.#hints));
  }

  #startOf(file: InputFile): Instant {
    return startOf(peekHead(file), this.#framer(file, true)).at;
  }

  /** Ids that contain time say that a clock or a year is another: how far back, only all lines tell. */
  #isOverruled(file: InputFile): boolean {
    const hint = this.#hints.get(file.identity);
    return hint?.overruled === true || (hint?.shifts?.size ?? 0) > 0;
  }
}
