/**
 * Chains on their way to the machine that writes them: their lines lie in its memory, in a window that goes on with the log, and
 * behind it those that lie before the window.
 */
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';
import type { Chosen } from '../weigh/chosen.ts';
import type { LineMarks } from '../weigh/sieve.ts';
import type { KeptChains, Places } from './kept-chains.ts';
import type { Writer } from './writer.ts';

const WINDOW = 8 * 1024 * 1024;
/** of it before the line for which it is moved */
const BEFORE = 4 * 1024 * 1024;
const FIRST_LINES = 16_384;
const LF = 0x0a;

export class Batch {
  count = 0;
  /** index of the file that the window is of */
  source = -1;
  /** by chain: as KeptChains has them, and where its lines end in the lists below */
  readonly times: number[] = [];
  readonly orders: number[] = [];
  readonly rows: number[] = [];
  readonly ends: number[] = [];
  /** of each line, in the one long log: first byte, bytes, number */
  offsets = new Float64Array(FIRST_LINES);
  lengths = new Float64Array(FIRST_LINES);
  numbers = new Float64Array(FIRST_LINES);
  #lines = 0;
  /** lines that the machine is told of */
  #placed = 0;
  readonly #writer: Writer;
  readonly #files: readonly InputFile[];
  readonly #open: (ReadAt | undefined)[] = [];
  readonly #room: number;
  readonly #mostLines: number;
  readonly #mostChains: number;
  #from = 0;
  #end = 0;
  #used = 0;
  // the machine's memory, and where in it lie lines (bytes), places and chains (words)
  #words = new Int32Array(0);
  #bytes = Buffer.alloc(0);
  readonly #buffer: number;
  readonly #placesAt: number;
  readonly #chainsAt: number;

  constructor(writer: Writer, files: readonly InputFile[]) {
    this.#writer = writer;
    this.#files = files;
    const { module } = writer;
    this.#room = module.room() - WINDOW;
    this.#mostLines = module.mostLines();
    this.#mostChains = module.mostChains();
    this.#buffer = module.buffer();
    this.#placesAt = module.places() / 4;
    this.#chainsAt = module.chains() / 4;
  }

  /** The machine's memory moves when it grows. */
  #look(): void {
    const memory = this.#writer.memory();
    if (this.#words.buffer === memory) return;
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
  }

  /** Nothing is in it. The window stays. */
  clear(): void {
    this.count = this.#lines = this.#placed = this.#used = 0;
  }

  /** Whether one of the lines of these chains is marked. */
  hasOf(marks: LineMarks, first: number, end: number): boolean {
    for (let i = this.start(first); i < (this.ends[end - 1] as number); i++)
      if (marks.has(this.numbers[i] as number)) return true;
    return false;
  }

  /** The lines of these chains are read by the formats. */
  giveBack(first: number, end: number, chosen: Chosen): void {
    if (first >= end) return;
    for (let i = this.start(first); i < (this.ends[end - 1] as number); i++)
      chosen.add(this.offsets[i] as number, this.lengths[i] as number, this.numbers[i] as number);
  }

  /** Adds the chain at hand; false: there is no room, write those that are in it first. */
  add(kept: KeptChains, places: Places): boolean {
    const { lines, offsets, lengths } = kept;
    const last = lines - 1;
    places.to(offsets[last] as number);
    if (!this.#holds(places.source, (offsets[last] as number) - places.before, lengths[last] as number)) {
      if (this.count > 0) return false;
      this.#move(places.source, (offsets[last] as number) - places.before + (lengths[last] as number));
    }
    if (this.count === this.#mostChains) return false;
    const isPlaced = this.#place(kept, places);
    // more than a batch can hold: it is not plain
    if (!isPlaced && this.count > 0) return false;
    this.#keep(kept);
    this.#look();
    this.#words[this.#chainsAt + this.count] = isPlaced ? lines : 0;
    this.times[this.count] = kept.time;
    this.orders[this.count] = kept.order;
    this.rows[this.count] = kept.rows;
    this.ends[this.count++] = this.#lines;
    return true;
  }

  /** Where the lines of the chain begin in the lists. */
  start(chain: number): number {
    return chain === 0 ? 0 : (this.ends[chain - 1] as number);
  }

  close(): void {
    for (const bytes of this.#open) bytes?.close();
    this.#open.length = 0;
    this.source = -1;
  }

  #keep({ lines, offsets, lengths, numbers }: KeptChains): void {
    while (this.#lines + lines > this.offsets.length) this.#widen();
    for (let i = 0; i < lines; i++, this.#lines++) {
      this.offsets[this.#lines] = offsets[i] as number;
      this.lengths[this.#lines] = lengths[i] as number;
      this.numbers[this.#lines] = numbers[i] as number;
    }
  }

  /** Tells the machine where the lines are; false: there is no room. */
  #place({ lines, offsets, lengths }: KeptChains, places: Places): boolean {
    if (this.#placed + lines > this.#mostLines) return false;
    this.#look();
    const words = this.#words;
    const buffer = this.#buffer;
    let word = this.#placesAt + 2 * this.#placed;
    const usedBefore = this.#used;
    for (let i = 0; i < lines; i++) {
      const offset = offsets[i] as number;
      const length = lengths[i] as number;
      places.to(offset);
      const at = this.#at(places.source, offset - places.before, length);
      if (at < 0) {
        this.#used = usedBefore;
        return false;
      }
      words[word++] = buffer + at;
      words[word++] = length;
    }
    this.#placed += lines;
    return true;
  }

  #holds(source: number, offset: number, length: number): boolean {
    return source === this.source && offset >= this.#from && offset + length <= this.#end;
  }

  /** Where the line begins in the machine's buffer; -1 = there is no room. */
  #at(source: number, offset: number, length: number): number {
    if (this.#holds(source, offset, length)) return offset - this.#from;
    const at = WINDOW + this.#used;
    if (this.#used + length >= this.#room || this.#read(source, at, length, offset) < length) return -1;
    // what reads a word of it must find its end, as in the log
    this.#bytes[this.#buffer + at + length] = LF;
    this.#used += length + 1;
    return at;
  }

  /** Moves the window so that it holds what ends at this place. */
  #move(source: number, end: number): void {
    this.#look();
    const from = Math.max(0, end - BEFORE);
    const kept = source === this.source && from >= this.#from && from < this.#end ? this.#end - from : 0;
    if (kept > 0) {
      const at = this.#buffer;
      this.#bytes.copyWithin(at, at + from - this.#from, at + this.#end - this.#from);
    }
    this.source = source;
    this.#from = from;
    this.#end = from + kept + this.#read(source, kept, WINDOW - kept, from + kept);
  }

  /** How many bytes were there. */
  #read(source: number, at: number, room: number, place: number): number {
    const into = this.#bytes;
    const buffer = this.#buffer;
    let done = 0;
    try {
      const bytes = (this.#open[source] ??= openAt(this.#files[source] as InputFile));
      while (done < room) {
        const n = bytes.read(into, buffer + at + done, room - done, place + done);
        if (n <= 0) break;
        done += n;
      }
    } catch {
      // a file that can no longer be read: the ordinary reading tells so
    }
    return done;
  }

  #widen(): void {
    this.offsets = wider(this.offsets);
    this.lengths = wider(this.lengths);
    this.numbers = wider(this.numbers);
  }
}

function wider(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const to = new Float64Array(2 * numbers.length);
  to.set(numbers);
  return to;
}
