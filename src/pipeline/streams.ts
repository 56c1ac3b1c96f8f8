/**
 * Files into streams: the files of a rotated set are one stream, in the order of their first stamps; any other file is its
 * own. Two files of a set that tell the same time twice (a copy beside its packed form, overlapping cuts) are streams of
 * their own, so that the lines they share are counted once.
 * Errors: none; see LineStream.
 */
import type { Readable } from 'node:stream';
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import type { BlockReaderOptions } from '../sources/block-reader.ts';
import type { InputFile } from '../sources/input-file.ts';
import { type LineSelection, openSelection } from '../sources/line-selection.ts';
import { EMPTY, openInput } from '../sources/open.ts';
import { type Look, peekHead, peekPieces, peekTail } from '../sources/peek.ts';
import type { OnProblem } from '../sources/problems.ts';
import { Breather } from '../util/breather.ts';
import { LineStream, type LineFramer, type StreamPart, type StreamStart } from './line-stream.ts';
import { overlapOf } from './overlap.ts';
import { boundOf, rotatedName } from './rotation.ts';
import { byName, linesOf, setbackOf } from './set-order.ts';

/** What is known of a file before its first line is framed. */
export interface FileFacts {
  /** its stamps do not pass this time (by more than a day) */
  bound: Instant;
  /** made to look at the first or last lines only, not to read the file */
  isPeek: boolean;
  /** Reads pieces of the file for a look at its years; of a pipe the first block. */
  readonly look: () => Look;
}

export interface StreamsOptions {
  makeFramer(file: InputFile, facts: FileFacts): LineFramer;
  onProblem: OnProblem;
  now: Instant;
  stdin?: Readable | undefined;
  /** the journal is read from here on */
  since?: Instant | undefined;
  /** and to here */
  until?: Instant | undefined;
  block?: BlockReaderOptions;
  /** by InputFile.identity: only these lines of the (plain) file are read */
  selections?: ReadonlyMap<string, LineSelection> | undefined;
}

/** Both sides of a clean cut may have the same seconds. */
const CUT_MS = 1000;
/** above so many streams their buffers are smaller */
const MANY_STREAMS = 64;
const SMALL_BLOCK = 64 * 1024;

const LF = 10;
const NOTHING = Buffer.alloc(0);

/** A file of a set, and where it begins and ends. */
class Candidate {
  readonly part: StreamPart;
  readonly file: InputFile;
  readonly start: StreamStart;
  /** its first two lines; empty where it has fewer */
  readonly opening: Buffer;
  readonly sortAt: number;
  /** how far its stamps go back, ms, as its beginning shows */
  readonly setback: number;

  constructor(part: StreamPart) {
    this.part = part;
    this.file = part.reading.file;
    this.start = part.startOf(NOTHING);
    const head = peekHead(this.file);
    this.opening = firstTwoLines(head);
    this.setback = setbackOf(head, part.peekFramer(NOTHING));
    this.sortAt = Number.isFinite(this.start.at) ? this.start.at : (this.file.mtime ?? Infinity);
  }

  /** Last stamp of the file, undefined where it cannot be had cheaply. */
  get last(): Instant | undefined {
    const tail = peekTail(this.file);
    return tail === undefined ? undefined : lastStamp(tail, this.part.peekFramer(NOTHING));
  }

  get path(): string {
    return nameOf(this.file);
  }

  get startAt(): Instant {
    return this.start.at;
  }
}

const nameOf = ({ name, full }: InputFile): string => name ?? full;

/** `files` in the run's order: a frame's `source` is an index of it. The streams are opened as they are read. */
export async function openStreams(files: readonly InputFile[], options: StreamsOptions): Promise<LineStream[]> {
  const sets = new Map<string, StreamPart[]>();
  files.forEach((file, source) => {
    const key = file.kind === 'file' ? rotatedName(nameOf(file)).base : `${file.kind} ${file.identity}`;
    const set = sets.get(key);
    const part = makePart(file, source, options);
    if (set === undefined) sets.set(key, [part]);
    else set.push(part);
  });
  const chains: StreamPart[][] = [];
  const breather = new Breather();
  for (const set of sets.values()) {
    chains.push(...(set.length === 1 ? [set] : chainsOf(set.map((part) => new Candidate(part)))));
    await breather.breathe();
  }
  const block = { ...(chains.length > MANY_STREAMS ? { blockSize: SMALL_BLOCK } : {}), ...options.block };
  return chains.map((parts, index) => new LineStream(parts, index, block));
}

function makePart(file: InputFile, source: number, options: StreamsOptions): StreamPart {
  const isFile = file.kind === 'file';
  const selection = options.selections?.get(file.identity);
  const make = (firstBlock: Buffer, isPeek: boolean): LineFramer =>
    options.makeFramer(file, {
      bound: boundOf(file.path, file.mtime, options.now),
      isPeek,
      look: () => (isFile ? peekPieces(file) : { pieces: [firstBlock], hasEnd: false }),
    });
  return {
    reading: { file, source, lines: 0, bytes: 0, taken: 0, doubled: 0, first: undefined, last: undefined, cutLines: 0 },
    ...(selection === undefined ? {} : { selection }),
    open: () =>
      selection === undefined ? openInput(file, options) : (openSelection(file, selection, options.onProblem) ?? EMPTY),
    makeFramer: (firstBlock) => make(firstBlock, false),
    peekFramer: (firstBlock) => make(firstBlock, true),
    startOf: (firstBlock) => startOf(isFile ? peekHead(file) : firstBlock, make(firstBlock, true)),
  };
}

/**
 * A rotated set in time order, as one chain, or more where files tell the same time. A file that begins with what the one before
 * it ends with goes on behind that: side by side, lines that both have would come where only one of them is due.
 */
function chainsOf(candidates: readonly Candidate[]): StreamPart[][] {
  const setback = Math.max(0, ...candidates.map((candidate) => candidate.setback));
  const sorted = (setback > CUT_MS ? byName(candidates, setback) : undefined) ?? byStamp(candidates);
  const chains: { last: Candidate; parts: StreamPart[] }[] = [];
  for (const candidate of sorted) {
    const chain = chains.find(({ last }) => follows(last, candidate, setback));
    if (chain === undefined) {
      chains.push({ last: candidate, parts: [candidate.part] });
    } else {
      chain.parts.push(candidate.part);
      chain.last = candidate;
    }
  }
  return chains.map(({ parts }) => parts);
}

function byStamp(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted(
    (a, b) =>
      a.sortAt - b.sortAt ||
      (a.last ?? a.sortAt) - (b.last ?? b.sortAt) ||
      (a.file.mtime ?? 0) - (b.file.mtime ?? 0) ||
      rotatedName(nameOf(b.file)).number - rotatedName(nameOf(a.file)).number ||
      Buffer.compare(a.start.line, b.start.line) ||
      (a.file.path < b.file.path ? -1 : 1),
  );
}

/**
 * `next` begins where `before` ends, or with lines that `before` ends with: these are given once. `before` does not begin later,
 * but for `setback`: how far stamps of the set go back.
 */
function follows(before: Candidate, next: Candidate, setback: number): boolean {
  const at = next.start.at;
  if (!Number.isFinite(at) || !Number.isFinite(before.start.at)) return true;
  if (before.start.at === at && before.start.line.equals(next.start.line)) return false;
  const { last } = before;
  if (last === undefined || last < at - setback) return true;
  const slack = Math.max(CUT_MS, setback);
  const framer = before.part.peekFramer(NOTHING);
  const isEarlier = (block: Buffer): boolean => startOf(block.subarray(block.indexOf(LF) + 1), framer).at < at - slack;
  next.part.reading.doubled = overlapOf(before.file, next.file, next.opening, isEarlier);
  if (next.part.reading.doubled > 0) return true;
  // A stamp of whole seconds is often the same on both sides of a cut. What overlaps more is read side by side: then a line
  // that stands in both files is counted once.
  if (last > at + slack) return false;
  // Two lines of the next file that stand one behind the other in this one: a copy, not two equal lines.
  return !(next.opening.length > 0 && peekTail(before.file)?.includes(next.opening) === true);
}

/** The first stamp in these bytes and the line that has it (a copy). */
export function startOf(head: Buffer, framer: LineFramer): StreamStart {
  const frame = new Frame();
  for (const [start, end] of linesOf(head)) {
    if (framer.frame(head, start, end, frame) === 'line' && !Number.isNaN(frame.at)) {
      return { at: frame.at, line: Buffer.from(head.subarray(start, end)) };
    }
  }
  return { at: -Infinity, line: Buffer.from(head.subarray(0, Math.max(0, head.indexOf(10)))) };
}

function lastStamp(tail: Buffer, framer: LineFramer): Instant | undefined {
  const frame = new Frame();
  let last: Instant | undefined;
  for (const [start, end] of linesOf(tail)) {
    if (framer.frame(tail, start, end, frame) === 'line' && !Number.isNaN(frame.at)) last = frame.at;
  }
  return last;
}

function firstTwoLines(head: Buffer): Buffer {
  const end = head.indexOf(10, head.indexOf(10) + 1);
  return end > head.indexOf(10) ? Buffer.from(head.subarray(0, end + 1)) : Buffer.alloc(0);
}
