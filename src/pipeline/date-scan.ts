/**
 * Which part of a plain file a window needs: every line is looked at for its date, none is parsed.
 * Nothing is believed of the order of a file (a merged log, a clock that was set, a log put together by hand): the part
 * reaches from the first line that is not too old to the last that is not too new, wherever these stand. So a search by
 * halves, which believes in it, is not made; a look at dates costs about as much as counting lines.
 * Shape:  a line with the same date at its beginning as the line before (`Nov 21 `, `2026-11-21`) is judged as that one; of
 *         all others the framer tells the time. A line without a time belongs to the line before it.
 * Units:  Instants; dates are taken a day wide at both ends, for the hours of the day and the zones of several hosts.
 * Errors: none is thrown: undefined where lines hang on others (pieces of containers), or the file cannot be read.
 */
import { openSync } from 'node:fs';
import type { Framer } from '../framing/framer.ts';
import { Frame } from '../model/frame.ts';
import type { Instant } from '../model/message.ts';
import { BlockReader } from '../sources/block-reader.ts';
import { FileBytes } from '../sources/byte-source.ts';
import type { FilePart, InputFile } from '../sources/input-file.ts';
import { Breather } from '../util/breather.ts';

const LF = 10;
const CR = 13;
const SPACE = 0x20;
const DAY = 86_400_000;
/** bytes of `Nov 21 `, and of `2026-11-21` */
const BSD_DATE = 7;
const ISO_DATE = 10;

/** What a window needs of the logs: stamps in [from, to]. Infinite where it has no such end. */
export interface Reach {
  readonly from: Instant;
  readonly to: Instant;
}

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  /** bytes looked at so far */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** The part that holds every line within `reach`. `framer`: a new one, as for reading the file. */
export async function partOf(
  file: InputFile,
  framer: Framer,
  reach: Reach,
  options: ScanOptions = {},
): Promise<FilePart | undefined> {
  let fd: number;
  try {
    fd = openSync(file.full, 'r');
  } catch {
    return undefined;
  }
  let isBroken = false;
  const reader = new BlockReader(
    new FileBytes(file.path, fd, () => {
      isBroken = true;
    }),
  );
  const scan = new DateScan(framer, reach);
  const breather = new Breather();
  try {
    while (reader.read() === 'block') {
      if (!scan.see(reader.bytes, reader.end, reader.base)) return undefined;
      options.onBytes?.(reader.offset);
      if (breather.isDue) await breather.breathe();
      if (options.signal?.aborted === true) return undefined;
    }
  } finally {
    reader.close();
  }
  return isBroken ? undefined : scan.part();
}

type Side = 'old' | 'within' | 'new';

class DateScan {
  readonly #framer: Framer;
  readonly #reach: Reach;
  readonly #frame = new Frame();
  /** the date that the last line with one begins with; empty where that is of another shape */
  #date: Buffer = Buffer.alloc(0);
  #side: Side = 'within';
  /** some line had a time: those before the first that has one are of its side */
  #isTimed = false;
  /** the line just judged is the first with a time */
  #isFirst = false;
  #line = 0;
  #from = -1;
  #fromLine = 0;
  #firstYear: number | undefined;
  #to = -1;
  /** the last line seen is needed: whatever is written behind it is, too */
  #isOpenEnd = false;

  constructor(framer: Framer, reach: Reach) {
    this.#framer = framer;
    this.#reach = reach;
  }

  /** Whole lines bytes[0, end), which stand at `base`; false to give it up. */
  see(bytes: Buffer, end: number, base: number): boolean {
    for (let start = 0; start < end;) {
      const lf = bytes.indexOf(LF, start);
      const stop = lf < 0 || lf >= end ? end : lf;
      this.#line++;
      if (!this.#isSameDate(bytes, start, stop)) {
        if (!this.#judge(bytes, start, stop)) return false;
        if (this.#from < 0 && this.#isTimed && this.#side !== 'old') this.#begin(base + start);
      }
      start = stop + 1;
      this.#isOpenEnd = this.#side !== 'new';
      if (this.#isOpenEnd) this.#to = base + Math.min(start, end);
    }
    return true;
  }

  part(): FilePart {
    const to = this.#isOpenEnd ? Infinity : this.#to;
    if (!this.#isTimed || this.#from === 0) return { from: 0, to, line: 1 };
    if (this.#from < 0 || this.#to <= this.#from) return { from: 0, to: 0, line: 1 };
    const year = this.#firstYear;
    return { from: this.#from, to, line: this.#fromLine, ...(year === undefined ? {} : { firstYear: year }) };
  }

  /** The first line that is not too old. */
  #begin(offset: number): void {
    this.#from = this.#isFirst ? 0 : offset;
    this.#fromLine = this.#line;
    const { years } = this.#framer.times;
    if (years.firstGuess !== 0) this.#firstYear = years.last.year;
  }

  #isSameDate(bytes: Buffer, start: number, stop: number): boolean {
    const date = this.#date;
    const { length } = date;
    if (length === 0 || stop - start < length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== date[i]) return false;
    return true;
  }

  /** A line with another date, or with none in front. */
  #judge(bytes: Buffer, start: number, stop: number): boolean {
    const end = stop > start && bytes[stop - 1] === CR ? stop - 1 : stop;
    const result = this.#framer.frame(bytes, start, end, this.#frame);
    if (result === 'hold') return false;
    const { at } = this.#frame;
    if (result === 'skip' || Number.isNaN(at)) return true;
    this.#isFirst = !this.#isTimed;
    this.#isTimed = true;
    this.#side = at < this.#reach.from - DAY ? 'old' : at > this.#reach.to + DAY ? 'new' : 'within';
    this.#date = dateOf(bytes, start, stop);
    return true;
  }
}

/** A copy of the date at the line's beginning; empty where it begins with something else. */
function dateOf(bytes: Buffer, start: number, stop: number): Buffer {
  const c = bytes[start] as number;
  const length = c >= 0x41 && c <= 0x5a ? BSD_DATE : ISO_DATE;
  const text = bytes.toString('latin1', start, Math.min(stop, start + length));
  const isDate = length === BSD_DATE ? /^[A-Z][a-z]{2} [ 123]\d $/.test(text) : /^\d{4}-\d\d-\d\d$/.test(text);
  const behind = bytes[start + length];
  return isDate && (length === BSD_DATE || behind === 0x54 || behind === SPACE)
    ? Buffer.from(text, 'latin1')
    : Buffer.alloc(0);
}
