/**
 * Chosen lines of a plain file, or of a packed one in its spool, read without the others: lines near each other in one read.
 * Shape:  offsets increase; a line is its bytes up to the LF (a CR before it belongs to the line). Line 1 must be among them
 *         (silent, if nobody wants it): a byte order mark belongs to it alone.
 * Units:  bytes, 1-based line numbers; offsets are doubles, good far above 4 GB.
 * Errors: as of a file: a failure is told once as a problem and is the end of the input.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './byte-source.ts';
import type { InputFile } from './input-file.ts';
import { brokenOff, problemOf, type OnProblem } from './problems.ts';

export interface LineSelection {
  readonly count: number;
  readonly offsets: Float64Array;
  /** without the LF */
  readonly lengths: Uint32Array;
  /** 1-based */
  readonly lines: Float64Array;
  /** 1 = only the framer sees it: for the year, and the order among other files */
  readonly silent?: Uint8Array;
  /** how many lines each stands for: where mails of one shape are counted by the first of them */
  readonly weights?: Uint32Array;
  /** told the time of each line, by its place among these */
  readonly onPlaced?: (index: number, at: number) => void;
  /** lines that were left out and whose stamps name no zone */
  readonly zonelessLeftOut?: number;
  /** of the whole file */
  readonly totalLines: number;
  readonly totalBytes: number;
}

const FIRST_SIZE = 256;

/** A selection in the making: 21 bytes a line. */
export class SelectionBuilder {
  count = 0;
  #offsets = new Float64Array(FIRST_SIZE);
  #lines = new Float64Array(FIRST_SIZE);
  #lengths = new Uint32Array(FIRST_SIZE);
  #silent = new Uint8Array(FIRST_SIZE);
  #anySilent = false;

  /** The next line: offsets must increase. A line that was added last is not added again (but made heard, where it was silent). */
  add(offset: number, length: number, line: number, silent = false): void {
    const last = this.count - 1;
    if (last >= 0 && this.#offsets[last] === offset) {
      if (!silent) this.#silent[last] = 0;
      return;
    }
    if (this.count === this.#offsets.length) this.#grow();
    const i = this.count++;
    this.#offsets[i] = offset;
    this.#lengths[i] = length;
    this.#lines[i] = line;
    if (!silent) return;
    this.#silent[i] = 1;
    this.#anySilent = true;
  }

  done(totalLines: number, totalBytes: number): LineSelection {
    const { count } = this;
    return {
      count,
      offsets: this.#offsets.slice(0, count),
      lengths: this.#lengths.slice(0, count),
      lines: this.#lines.slice(0, count),
      ...(this.#anySilent ? { silent: this.#silent.slice(0, count) } : {}),
      totalLines,
      totalBytes,
    };
  }

  #grow(): void {
    const size = this.count * 2;
    this.#offsets = larger(new Float64Array(size), this.#offsets);
    this.#lines = larger(new Float64Array(size), this.#lines);
    this.#lengths = larger(new Uint32Array(size), this.#lengths);
    this.#silent = larger(new Uint8Array(size), this.#silent);
  }
}

function larger<T extends Float64Array | Uint32Array | Uint8Array>(to: T, from: T): T {
  to.set(from);
  return to;
}

/** What lies between two lines is read with them where it is no more than this. */
const GAP_BYTES = 16 * 1024;
const READ_BYTES = 256 * 1024;
const LF = 10;

/** The selected lines, each with a LF. Owns the descriptor of a plain file. */
class SelectedBytes implements ByteSource {
  readonly #file: InputFile;
  readonly #selection: LineSelection;
  readonly #onProblem: OnProblem;
  #fd: number | undefined;
  /** bytes of the file from #from on */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  #from = 0;
  #filled = 0;
  #line = 0;
  /** bytes given of that line */
  #given = 0;

  constructor(file: InputFile, selection: LineSelection, onProblem: OnProblem) {
    this.#file = file;
    this.#fd = file.spool?.wholeFd ?? openSync(file.full, 'r');
    this.#selection = selection;
    this.#onProblem = onProblem;
  }

  read(into: Buffer, at: number, room: number): number {
    const { count, offsets, lengths } = this.#selection;
    let put = 0;
    while (put < room && this.#line < count && this.#fd !== undefined) {
      const length = lengths[this.#line] as number;
      const left = length - this.#given;
      if (left === 0) {
        into[at + put++] = LF;
        this.#line++;
        this.#given = 0;
        continue;
      }
      const place = (offsets[this.#line] as number) + this.#given;
      if ((place < this.#from || place >= this.#from + this.#filled) && !this.#load(place)) break;
      const start = place - this.#from;
      const n = Math.min(left, room - put, this.#filled - start);
      this.#buffer.copy(into, at + put, start, start + n);
      put += n;
      this.#given += n;
    }
    if (put === 0 && this.#fd !== undefined) {
      for (const problem of this.#file.spool?.problems ?? []) this.#onProblem(problem);
      this.close();
    }
    return put;
  }

  /** Reads from `place` on, as far as lines stand near each other; false at the end of the file or where it fails. */
  #load(place: number): boolean {
    const { count, offsets, lengths } = this.#selection;
    let end = (offsets[this.#line] as number) + (lengths[this.#line] as number);
    for (let i = this.#line + 1; i < count && end - place < READ_BYTES; i++) {
      const offset = offsets[i] as number;
      if (offset > end + GAP_BYTES) break;
      end = offset + (lengths[i] as number);
    }
    const wanted = Math.min(READ_BYTES, end - place);
    this.#from = place;
    this.#filled = 0;
    try {
      while (this.#filled < wanted) {
        const n = readSync(this.#fd as number, this.#buffer, this.#filled, wanted - this.#filled, place + this.#filled);
        if (n === 0) break;
        this.#filled += n;
      }
    } catch (error) {
      this.#onProblem(brokenOff(this.#file.path, error));
      this.close();
    }
    return this.#filled > 0;
  }

  /** how far into the file on disk it is */
  get taken(): number {
    const at = this.#from + this.#filled;
    const { totalBytes } = this.#selection;
    return this.#file.spool === undefined ? at : Math.round((at / Math.max(1, totalBytes)) * this.#file.size);
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#fd === undefined) return;
    if (this.#file.spool === undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Opens a plain or spooled file to read these lines of it. */
export function openSelection(file: InputFile, selection: LineSelection, onProblem: OnProblem): ByteSource | undefined {
  try {
    return new SelectedBytes(file, selection, onProblem);
  } catch (error) {
    onProblem(problemOf(file.path, error));
    return undefined;
  }
}
