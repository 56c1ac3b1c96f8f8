/**
 * Chains as the exact bytes of their lines. Messages that stand together in printing order mostly stand together in their log:
 * their lines are copied from one window of it; those that lie elsewhere are gathered.
 */
import { LineGatherer } from '../../sources/reread.ts';
import type { InputFile } from '../../sources/input-file.ts';
import { ByteReader } from '../../util/byte-writer.ts';
import { ChainReader, PLACES } from './chain-bytes.ts';
import type { Batch } from './spool.ts';

const LINE_FEED = 0x0a;
const WINDOW = 6 * 1024 * 1024;
/** of the window: before the first message of a batch when it is read, and behind it at least */
const BEFORE = 512 * 1024;
const BEHIND = 1024 * 1024;
/** fewer messages are not worth a window */
const LEAST = 100;

export class ChainPrinter {
  readonly #lines: LineGatherer;
  /** the window, then what is printed: bytes move within one buffer without an object a line */
  #bytes = Buffer.allocUnsafeSlow(WINDOW + 1024 * 1024);
  #source = -1;
  #from = 0;
  #end = 0;
  // lines of the batch at hand
  #count = 0;
  #room = 0;
  #sources = new Int32Array(0);
  #offsets = new Float64Array(0);
  #lengths = new Float64Array(0);
  /** where kept bytes stand, -1: read again */
  #kept = new Float64Array(0);
  /** by message: how many lines */
  #counts = new Int32Array(0);

  constructor(files: readonly InputFile[]) {
    this.#lines = new LineGatherer(files);
  }

  /** Chains parted by an empty line, each line with its end. */
  print(batch: Batch): Uint8Array {
    const size = this.#read(batch);
    if (this.#bytes.length < WINDOW + size) this.#widen(size);
    this.#moveTo(batch);
    const bytes = this.#bytes;
    const out = bytes.subarray(WINDOW, WINDOW + size);
    let at = WINDOW;
    let line = 0;
    for (let i = 0; i < batch.count; i++) {
      if (i > 0 || !batch.isFirst) bytes[at++] = LINE_FEED;
      for (const end = line + (this.#counts[i] as number); line < end; line++) {
        const offset = this.#offsets[line] as number;
        const length = this.#lengths[line] as number;
        const kept = this.#kept[line] as number;
        if (kept >= 0) batch.bytes.copy(bytes, at, kept, kept + length);
        else if (offset >= this.#from && offset + length <= this.#end && this.#sources[line] === this.#source)
          bytes.copyWithin(at, offset - this.#from, offset - this.#from + length);
        else this.#lines.want(this.#sources[line] as number, offset, length, at - WINDOW, out);
        at += length;
        bytes[at++] = LINE_FEED;
      }
    }
    const missing = this.#lines.fetch(out);
    if (missing.size > 0) return this.#without(missing, batch, out);
    const printed = Buffer.allocUnsafeSlow(at - WINDOW);
    bytes.copy(printed, 0, WINDOW, at);
    return printed;
  }

  close(): void {
    this.#lines.close();
  }

  /** Reads where the lines of the batch stand; returns how many bytes they are printed as, at most. */
  #read(batch: Batch): number {
    if (this.#counts.length < batch.count) this.#counts = new Int32Array(batch.count);
    this.#count = 0;
    let size = batch.count;
    for (let i = 0; i < batch.count; i++) {
      const first = this.#count;
      const start = batch.start(i);
      size += batch.bytes[start] === PLACES ? this.#readPlaces(batch, start + 1) : this.#readWhole(batch, start + 1);
      this.#counts[i] = this.#count - first;
    }
    return size;
  }

  #readPlaces(batch: Batch, at: number): number {
    const reader = new ByteReader(batch.bytes, at);
    const count = reader.count();
    const source = reader.count();
    while (this.#count + count > this.#room) this.#makeRoom();
    let offset = 0;
    let size = count;
    for (const end = this.#count + count; this.#count < end; this.#count++) {
      const n = this.#count;
      offset += reader.step();
      const length = reader.count();
      this.#sources[n] = source;
      this.#offsets[n] = offset;
      this.#lengths[n] = length;
      this.#kept[n] = -1;
      offset += length;
      size += length;
    }
    return size;
  }

  #readWhole(batch: Batch, at: number): number {
    const chain = new ChainReader(batch.bytes, at);
    let size = 0;
    while (chain.next()) {
      if (this.#count === this.#room) this.#makeRoom();
      const n = this.#count++;
      this.#sources[n] = chain.source;
      this.#offsets[n] = chain.offset;
      this.#lengths[n] = chain.length;
      this.#kept[n] = chain.kept ?? -1;
      size += chain.length + 1;
    }
    return size;
  }

  #makeRoom(): void {
    this.#room = Math.max(4096, 2 * this.#room);
    const sources = new Int32Array(this.#room);
    sources.set(this.#sources);
    this.#sources = sources;
    this.#offsets = wider(this.#offsets, this.#room);
    this.#lengths = wider(this.#lengths, this.#room);
    this.#kept = wider(this.#kept, this.#room);
  }

  #widen(size: number): void {
    const wider = Buffer.allocUnsafeSlow(WINDOW + 2 * size);
    this.#bytes.copy(wider, 0, 0, WINDOW);
    this.#bytes = wider;
  }

  /** Moves the window to where the batch stands in its log, if it stands together. */
  #moveTo(batch: Batch): void {
    let last = 0;
    for (let i = 0; i < batch.count - 1; i++) last += this.#counts[i] as number;
    const source = this.#sources[0] as number;
    if (batch.count < LEAST || this.#sources[last] !== source || (this.#kept[0] as number) >= 0) return;
    const a = this.#offsets[0] as number;
    const b = this.#offsets[last] as number;
    const first = Math.min(a, b);
    if (Math.abs(a - b) > BEHIND) return;
    if (source === this.#source && first >= this.#from && first + BEHIND <= this.#end) return;
    this.#load(source, Math.max(0, first - BEFORE));
  }

  #load(source: number, from: number): void {
    const end = this.#end;
    const isOnward = source === this.#source && from >= this.#from && from < end;
    const kept = isOnward ? end - from : 0;
    if (kept > 0) this.#bytes.copyWithin(0, from - this.#from, end - this.#from);
    this.#source = source;
    this.#from = from;
    this.#end = from + kept + this.#lines.read(source, from + kept, WINDOW - kept, this.#bytes.subarray(kept, WINDOW));
  }

  /** The same without the lines that are no longer there; `missing` says where these would stand. */
  #without(missing: ReadonlySet<number>, batch: Batch, out: Buffer): Uint8Array {
    const pieces: Uint8Array[] = [];
    let at = 0;
    let line = 0;
    for (let i = 0; i < batch.count; i++) {
      if (i > 0 || !batch.isFirst) pieces.push(out.subarray(at, ++at));
      for (const stop = line + (this.#counts[i] as number); line < stop; line++) {
        const end = at + (this.#lengths[line] as number) + 1;
        if (!missing.has(at)) pieces.push(out.subarray(at, end));
        at = end;
      }
    }
    return Buffer.concat(pieces);
  }
}

function wider(numbers: Float64Array, room: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(room);
  to.set(numbers);
  return to;
}
