/**
 * One row of a CSV file, as a reused view: where its cells lie in the frame's bytes, by the names of the header.
 * Shape:  RFC 4180: cells parted by the header's delimiter; a cell that begins with `"` ends at the next single `"`, may hold
 *         delimiters and line ends, and has `""` for `"`. A `"` inside of a bare cell is text.
 * Bounds: MAX_CELLS cells; the rest of a longer row is not told.
 * Errors: none.
 */
import { decodeText } from './frame.ts';

const MAX_CELLS = 512;
const QUOTE = 0x22;

/** The names of a header, compared without case, spaces, `_`, `-` and `.`. One object for all rows under it. */
export class CsvHeader {
  readonly names: readonly string[];
  readonly delimiter: number;
  private readonly indexes = new Map<string, number>();

  constructor(names: readonly string[], delimiter: number) {
    this.names = names.map(plainName);
    this.delimiter = delimiter;
    this.names.forEach((name, i) => {
      if (!this.indexes.has(name)) this.indexes.set(name, i);
    });
  }

  has(name: string): boolean {
    return this.indexes.has(name);
  }

  /** Index of the first of these names that is there; -1 where none is. */
  at(...names: readonly string[]): number {
    for (const name of names) {
      const index = this.indexes.get(name);
      if (index !== undefined) return index;
    }
    return -1;
  }
}

/** `Recipient_status`, `recipient-status`, `Recipient Status` are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.\-\uFEFF]/g, '');
}

export class CsvRow {
  header = new CsvHeader([], 0x2c);
  bytes: Buffer = Buffer.alloc(0);
  /** where the row begins in `bytes` */
  base = 0;
  count = 0;
  private readonly starts = new Int32Array(MAX_CELLS);
  private readonly stops = new Int32Array(MAX_CELLS);
  private readonly escaped = new Uint8Array(MAX_CELLS);
  /** 0: a cell begins; 1: in a bare cell; 2: in a quoted cell; 3: behind a quote of a quoted cell */
  private state = 0;
  private at = 0;

  begin(): void {
    this.count = 0;
    this.state = 0;
    this.at = 0;
    this.open(0);
  }

  /** Goes on with the row's bytes up to `end` (from `base`); true where the row is whole, false within quotes. */
  scan(bytes: Buffer, base: number, end: number): boolean {
    this.bytes = bytes;
    this.base = base;
    const { delimiter } = this.header;
    let { at, state } = this;
    for (; base + at < end; at++) {
      const c = bytes[base + at];
      if (state === 2) {
        if (c === QUOTE) state = 3;
      } else if (state === 3) {
        if (c === QUOTE) {
          state = 2;
          this.escaped[this.count] = 1;
        } else if (c === delimiter) {
          this.close(at - 1, at + 1);
          state = 0;
        } else {
          // `"a" b`: what stands behind the quote is none of the cell
          state = 4;
          this.stops[this.count] = at - 1;
        }
      } else if (c === delimiter) {
        if (state === 4) this.close(this.stops[this.count] as number, at + 1);
        else this.close(at, at + 1);
        state = 0;
      } else if (state === 0) {
        state = 1;
        if (c === QUOTE) {
          state = 2;
          this.starts[this.count] = at + 1;
        }
      }
    }
    this.at = at;
    this.state = state;
    if (state === 2) return false;
    if (state === 4) this.close(this.stops[this.count] as number, at);
    else this.close(state === 3 ? at - 1 : at, at);
    return true;
  }

  /** First byte of the cell in `bytes`; -1 where the row has none. */
  start(i: number): number {
    return i < 0 || i >= this.count ? -1 : this.base + (this.starts[i] as number);
  }

  stop(i: number): number {
    return i < 0 || i >= this.count ? -1 : this.base + (this.stops[i] as number);
  }

  /** The cell's text holds `""`. */
  isEscaped(i: number): boolean {
    return this.escaped[i] === 1;
  }

  /** '' where the row has no such cell. */
  text(i: number): string {
    const a = this.start(i);
    if (a < 0) return '';
    const text = decodeText(this.bytes, a, this.stop(i));
    return this.isEscaped(i) ? text.replaceAll('""', '"') : text;
  }

  private open(at: number): void {
    if (this.count >= MAX_CELLS) return;
    this.starts[this.count] = at;
    this.stops[this.count] = at;
    this.escaped[this.count] = 0;
  }

  private close(stop: number, next: number): void {
    if (this.count >= MAX_CELLS) return;
    this.stops[this.count] = stop;
    this.count++;
    this.open(next);
  }
}
