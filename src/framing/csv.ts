/**
 * Rows of CSV exports: the header tells which they are, a row may span lines.
 * Shape:  `#Fields: a,b,c` anywhere (Exchange; other `#` lines are its comments), or a first line that is a known header
 *         (behind `sep=;` or `#TYPE …`); the same header again in the middle of a file that was put together is no row.
 * Bounds: a row has at most MAX_LINES lines and MAX_BYTES bytes; a quote that does not end by then loses that row alone.
 *         No row is looked for inside of quotes: a subject may hold a line end and what looks like a row.
 * Errors: none; a row without a readable time has `at` NaN.
 */
import type { Frame } from '../model/frame.ts';
import { CsvHeader, CsvRow } from '../model/csv-row.ts';
import { startsWith } from './body.ts';
import { type Dialect, DIALECTS, dialectOf, TRACKING } from './csv-dialects.ts';
import { CsvTimes } from './csv-times.ts';
import { Scratch } from './scratch.ts';
import { makeZone, type Zone } from './zone.ts';

const MAX_LINES = 1000;
const MAX_BYTES = 1024 * 1024;
const MAX_HEADER = 16 * 1024;
const HASH = 0x23;
const LF = 0x0a;

const FIELDS = Buffer.from('#Fields:');
const SEP = Buffer.from('sep=');

export class CsvReader {
  /** undefined: no CSV so far */
  private dialect: Dialect | undefined;
  private header: CsvHeader | undefined;
  private headerText = '';
  private timeCell = -1;
  private readonly row = new CsvRow();
  private readonly times = new CsvTimes();
  private readonly held = new Scratch();
  private heldLines = 0;
  private heldOffset = 0;
  private heldLine = 0;
  /** nothing but comments in front so far */
  private isHead = true;

  /** of exports whose times are local */
  private readonly zone: Zone;

  constructor(zone: string) {
    this.zone = makeZone(zone);
  }

  /** A row of an export, or its header; undefined for a line of another kind. */
  read(b: Buffer, a: number, end: number, frame: Frame): 'line' | 'hold' | 'skip' | undefined {
    if (this.dialect === undefined && !this.isHead && b[a] !== HASH) return undefined;
    const head = this.heldLines > 0 ? undefined : this.sniff(b, a, end);
    if (head !== undefined) return head;
    return this.dialect === undefined ? undefined : this.frame(b, a, end, frame);
  }

  /** Whether this line begins (or names anew) the columns; `hold` keeps others from reading chosen lines alone. */
  private sniff(b: Buffer, a: number, end: number): 'hold' | 'skip' | undefined {
    if (b[a] === HASH) {
      if (startsWith(b, a, end, FIELDS)) return this.fields(b, a, end);
      // `#Software: …` in front of the columns, `#TYPE …` of PowerShell
      return this.dialect !== undefined || this.isHead ? 'skip' : undefined;
    }
    if (!this.isHead || a >= end) return undefined;
    if (startsWith(b, a, end, SEP)) return 'skip';
    this.isHead = false;
    if (end - a > MAX_HEADER) return undefined;
    const text = b.toString('latin1', a, end);
    for (const mark of [',', ';', '\t']) {
      if (!text.includes(mark)) continue;
      const header = headerOf(b, a, end, mark.charCodeAt(0));
      const dialect = dialectOf(header, DIALECTS);
      if (dialect !== undefined) return this.take(header, dialect, text);
    }
    return undefined;
  }

  /** Frames a line of a file whose columns are known. */
  private frame(b: Buffer, a: number, end: number, frame: Frame): 'line' | 'hold' | 'skip' {
    if (this.heldLines > 0) return this.goOn(b, a, end, frame);
    if (a >= end) return 'skip';
    const { row } = this;
    if (end - a === this.headerText.length && b.toString('latin1', a, end) === this.headerText) return 'skip';
    row.header = this.header as CsvHeader;
    row.begin();
    if (row.scan(b, a, end)) return this.fill(b, a, end, frame);
    this.held.clear();
    this.held.append(b, a, end);
    this.heldLines = 1;
    this.heldOffset = frame.offset;
    this.heldLine = frame.line;
    return 'hold';
  }

  private goOn(b: Buffer, a: number, end: number, frame: Frame): 'line' | 'hold' | 'skip' {
    const { held, row } = this;
    if (this.heldLines >= MAX_LINES || held.length + (end - a) > MAX_BYTES) {
      this.heldLines = 0;
      return 'skip';
    }
    held.push(LF);
    held.append(b, a, end);
    this.heldLines++;
    if (!row.scan(held.bytes, 0, held.length)) return 'hold';
    this.heldLines = 0;
    frame.length = frame.offset + frame.length - this.heldOffset;
    frame.offset = this.heldOffset;
    frame.line = this.heldLine;
    frame.isJoined = true;
    return this.fill(held.bytes, 0, held.length, frame);
  }

  private fill(b: Buffer, a: number, end: number, frame: Frame): 'line' {
    const { row } = this;
    frame.bytes = b;
    frame.body = a;
    frame.end = end;
    frame.framing = 'csv';
    frame.program = (this.dialect as Dialect).program;
    frame.row = row;
    const zone = (this.dialect as Dialect).isLocal === true ? this.zone : undefined;
    frame.at = this.times.read(b, row.start(this.timeCell), row.stop(this.timeCell), zone);
    if (!Number.isNaN(frame.at)) return 'line';
    // no event is without a time: what is said there is said of nothing
    frame.framing = 'none';
    frame.program = '';
    frame.row = undefined;
    return 'line';
  }

  private fields(b: Buffer, a: number, end: number): 'hold' | 'skip' | undefined {
    let p = a + FIELDS.length;
    while (p < end && b[p] === 0x20) p++;
    if (end - p > MAX_HEADER) return undefined;
    const header = headerOf(b, p, end, 0x2c);
    const dialect = dialectOf(header, [TRACKING]);
    if (dialect !== undefined) return this.take(header, dialect, b.toString('latin1', a, end));
    // another log of the same product
    this.dialect = undefined;
    return 'skip';
  }

  private take(header: CsvHeader, dialect: Dialect, text: string): 'hold' {
    this.isHead = false;
    // the same columns again: what formats know of them stays
    if (this.header === undefined || this.headerText !== text) this.header = header;
    this.headerText = text;
    this.dialect = dialect;
    this.timeCell = header.at(...dialect.time);
    return 'hold';
  }
}

function headerOf(b: Buffer, a: number, end: number, delimiter: number): CsvHeader {
  const row = new CsvRow();
  row.header = new CsvHeader([], delimiter);
  row.begin();
  row.scan(b, a, end);
  return new CsvHeader(
    Array.from({ length: row.count }, (_, i) => row.text(i)),
    delimiter,
  );
}
