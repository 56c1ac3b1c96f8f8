/**
 * The lines of one log in its own order: one file, or the files of a rotated set one after the other.
 * Shape:  `next()` moves to the next line and sets `frame`, a reused view, valid until the next call.
 * Units:  `key` in ms since 1970: the greatest stamp so far, so that a clock that steps back leaves the file's order alone;
 *         -Infinity before the first stamp.
 * Errors: none; what goes wrong with a file is told as a problem, and the stream goes on with the next.
 */
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import { BlockReader, type BlockReaderOptions } from '../sources/block-reader.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { InputFile } from '../sources/input-file.ts';
import type { LineSelection } from '../sources/line-selection.ts';

const LF = 10;
const CR = 13;
/** Blocks without a line to give, after which others get a turn. */
const IDLE_BLOCKS = 32;

/** What a line is: a line of the log; a piece that is kept for a later line; nothing. */
type Framed = 'line' | 'hold' | 'skip';

/** Takes the wrapping off the lines of one file, in their order. */
export interface LineFramer {
  /** Reads bytes[start, end), which has no line end, into `frame`, but for its place. */
  frame(bytes: Buffer, start: number, end: number, frame: Frame): Framed;
  /** The next lines lie in these bytes, which do not change until the next call. */
  startBlock?(bytes: Buffer): void;
}

/** A file of a stream, and what was read of it so far. */
export interface FileReading {
  readonly file: InputFile;
  /** index in the run's list of files */
  readonly source: number;
  lines: number;
  bytes: number;
  /** bytes taken of the file on disk: packed ones where it is packed */
  taken: number;
  /** bytes at its beginning that the file before it ends with: lines that were given */
  doubled: number;
  /** first and last stamp in the file's order */
  first: Instant | undefined;
  last: Instant | undefined;
  /** lines of which only the head was kept */
  cutLines: number;
}

/** A file as a stream opens it: when its turn comes. */
export interface StreamPart {
  readonly reading: FileReading;
  /** only these lines of it are read */
  readonly selection?: LineSelection | undefined;
  open(): ByteSource;
  /** `firstBlock`: the first whole lines, where the file cannot be looked at (a pipe). */
  makeFramer(firstBlock: Buffer): LineFramer;
  /** A framer for a look at some lines. */
  peekFramer(firstBlock: Buffer): LineFramer;
  startOf(firstBlock: Buffer): StreamStart;
}

/** Where a stream begins: decides between streams whose lines have the same stamp. */
export interface StreamStart {
  /** first stamp, -Infinity where none was seen */
  at: Instant;
  /** the line of that stamp */
  line: Buffer;
}

export class LineStream {
  readonly frame = new Frame();
  key = -Infinity;
  /** place among the streams of a merge: the lesser goes first where keys are equal */
  rank = 0;
  /** bytes[lineStart, lineEnd) is the input line of `frame`, as it stands in the file */
  bytes: Buffer = Buffer.alloc(0);
  lineStart = 0;
  lineEnd = 0;
  /** the same bytes, to be read four at a time */
  view = new DataView(this.bytes.buffer, 0, 0);

  readonly readings: readonly FileReading[];
  readonly #parts: readonly StreamPart[];
  readonly #options: BlockReaderOptions;
  #part = -1;
  #reader: BlockReader | undefined;
  #reading: FileReading | undefined;
  #framer: LineFramer | undefined;
  #selection: LineSelection | undefined;
  #at = 0;
  #end = 0;
  #base = 0;
  /** where the part of the file that is read begins */
  #from = 0;
  #idle = 0;

  constructor(parts: readonly StreamPart[], index: number, options: BlockReaderOptions = {}) {
    this.#parts = parts;
    this.readings = parts.map((part) => part.reading);
    this.#options = options;
    this.frame.stream = index;
  }

  /** 'wait': await `fill()`, then call again. */
  next(): 'line' | 'wait' | 'end' {
    const { frame } = this;
    for (;;) {
      if (this.#at >= this.#end) {
        const state = this.#nextBlock();
        if (state !== 'block') return state;
      }
      const { bytes } = this;
      const start = this.#at;
      let end = bytes.indexOf(LF, start);
      if (end < 0 || end >= this.#end) {
        end = this.#end;
        this.#at = end;
      } else {
        this.#at = end + 1;
      }
      if (end > start && bytes[end - 1] === CR) end--;
      const reading = this.#reading as FileReading;
      frame.line = ++reading.lines;
      frame.offset = this.#base + start;
      frame.length = end - start;
      frame.duplicate = false;
      const isUnwanted = this.#selection !== undefined && this.#place(this.#selection, reading.lines - 1);
      const isSilent = isUnwanted || frame.offset < reading.doubled;
      if ((this.#framer as LineFramer).frame(bytes, start, end, frame) !== 'line') continue;
      this.lineStart = start;
      this.lineEnd = end;
      this.#idle = 0;
      const { at } = frame;
      this.#selection?.onPlaced?.(reading.lines - 1, at);
      if (!Number.isNaN(at)) {
        if (at > this.key) this.key = at;
        reading.first ??= at;
        reading.last = at;
      }
      if (!isSilent) return 'line';
    }
  }

  /** Puts the frame where its line stands in the whole file; true where only the framer is to see it. */
  #place(selection: LineSelection, index: number): boolean {
    this.frame.line = selection.lines[index] as number;
    this.frame.offset = selection.offsets[index] as number;
    this.frame.weight = selection.weights?.[index] ?? 1;
    return selection.silent?.[index] === 1;
  }

  /** Bytes of the line up to its LF: with the CR that `frame.length` leaves out. */
  get rawLength(): number {
    return this.bytes[this.lineEnd] === CR ? this.lineEnd - this.lineStart + 1 : this.lineEnd - this.lineStart;
  }

  /** Resolves when `next` may go on. */
  fill(): Promise<void> {
    return this.#reader?.fill() ?? Promise.resolve();
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#part = this.#parts.length;
    this.#at = 0;
    this.#end = 0;
  }

  /** Where the stream begins. Before the first `next`; 'wait' as there. */
  start(): StreamStart | 'wait' {
    const [part] = this.#parts;
    if (part === undefined) return { at: -Infinity, line: Buffer.alloc(0) };
    if (part.reading.file.kind !== 'file' && this.#at >= this.#end && this.#nextBlock() === 'wait') return 'wait';
    return part.startOf(this.bytes.subarray(this.#at, this.#end));
  }

  #nextBlock(): 'block' | 'wait' | 'end' {
    for (;;) {
      const reader = this.#reader ?? this.#openNext();
      if (reader === undefined) return 'end';
      if (++this.#idle > IDLE_BLOCKS) {
        this.#idle = 0;
        return 'wait';
      }
      const state = reader.read();
      const reading = this.#reading as FileReading;
      reading.bytes = reader.offset;
      reading.taken = reader.taken;
      reading.cutLines = reader.cutLines;
      if (state === 'wait') return 'wait';
      if (state === 'block') {
        if (this.bytes !== reader.bytes) {
          this.bytes = reader.bytes;
          this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
        }
        this.#at = reader.start;
        this.#end = reader.end;
        this.#base = reader.base + this.#from;
        this.#framer ??= (this.#parts[this.#part] as StreamPart).makeFramer(this.bytes.subarray(this.#at, this.#end));
        // the reader uses one buffer again and again: what was known of its bytes is of the block before
        this.#framer.startBlock?.(reader.bytes);
        return 'block';
      }
      if (this.#selection !== undefined) {
        reading.lines = this.#selection.totalLines;
        reading.bytes = this.#selection.totalBytes;
      }
      reader.close();
      this.#reader = undefined;
    }
  }

  #openNext(): BlockReader | undefined {
    const part = this.#parts[++this.#part];
    if (part === undefined) return undefined;
    this.#reading = part.reading;
    this.frame.source = part.reading.source;
    this.#framer = undefined;
    this.#selection = part.selection;
    this.frame.weight = 1;
    this.#from = part.selection === undefined ? (part.reading.file.part?.from ?? 0) : 0;
    if (this.#from > 0) part.reading.lines = (part.reading.file.part?.line ?? 1) - 1;
    this.#reader = new BlockReader(part.open(), this.#options);
    return this.#reader;
  }
}
