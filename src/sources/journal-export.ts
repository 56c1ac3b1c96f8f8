/**
 * The journal's export format as the journal's JSON lines: what is behind this file knows one of the two.
 * Shape:  `KEY=text␊`, or `KEY␊`, eight bytes of length (little-endian), so many bytes, `␊`; an empty line ends an entry.
 *         Each entry becomes one line as `journalctl -o json` writes it, with the fields that framing reads. Offsets are
 *         those of these lines: such a file cannot be read again at an offset.
 * Source: systemd docs/JOURNAL_EXPORT_FORMATS.md; src/shared/logs-show.c output_export().
 * Bounds: of a value above 1 MiB nothing is kept.
 * Errors: none; what is no field is passed over, and the end of the input ends its last entry.
 */
import { isUtf8 } from 'node:buffer';
import { WAIT, type ByteSource } from './byte-source.ts';

const IN_BYTES = 64 * 1024;
const LF = 0x0a;
const EQUALS = 0x3d;
const LENGTH_BYTES = 8;
const VALUE_MAX = 1024 * 1024;
/** a name of a field has at most 64 letters */
const NAME_MAX = 64;
const FIRST = Buffer.from('__CURSOR=');

const KEPT: ReadonlySet<string> = new Set([
  '__REALTIME_TIMESTAMP',
  '_SOURCE_REALTIME_TIMESTAMP',
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  '_COMM',
  '_PID',
  'MESSAGE',
]);

/** Whether an export begins with these bytes: every entry does with its cursor. */
export function isJournalExport(head: Buffer): boolean {
  return head.length >= FIRST.length && FIRST.equals(head.subarray(0, FIRST.length));
}

/** Whether more bytes are needed to tell. */
export function mayBeJournalExport(head: Buffer): boolean {
  return head.length < FIRST.length && FIRST.subarray(0, head.length).equals(head);
}

/** A piece of an export, from the beginning of an entry on, as JSON lines; an entry without its empty line is left out. */
export function exportAsJson(piece: Buffer): Buffer {
  return Buffer.from(new Entries().take(piece));
}

/** Bytes of an export in pieces of any length -> lines. */
class Entries {
  #rest = Buffer.alloc(0);
  /** bytes of a value that are passed over */
  #skip = 0;
  /** what is passed over ends with its line */
  #isSkippingLine = false;
  #entry = new Map<string, string>();

  /** The lines of entries that end in these bytes. */
  take(bytes: Buffer): string {
    const b = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let out = '';
    let p = 0;
    while (p < b.length) {
      const isEnd = b[p] === LF && this.#skip === 0 && !this.#isSkippingLine;
      const next = this.#field(b, p);
      if (next < 0) break;
      if (isEnd) out += this.#end();
      p = next;
    }
    this.#rest = Buffer.from(b.subarray(p));
    return out;
  }

  /** The last entry, where no empty line follows it. */
  finish(): string {
    const { length } = this.#rest;
    if (length > 0 && this.#rest.includes(EQUALS)) this.#field(Buffer.concat([this.#rest, Buffer.from([LF])]), 0);
    this.#rest = Buffer.alloc(0);
    return this.#end();
  }

  /** Reads what begins at p: the position behind it, or -1 where more bytes are needed. */
  #field(b: Buffer, p: number): number {
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, b.length - p);
      this.#skip -= count;
      return p + count;
    }
    const lf = b.indexOf(LF, p);
    if (this.#isSkippingLine) {
      this.#isSkippingLine = lf < 0;
      return lf < 0 ? b.length : lf + 1;
    }
    if (lf < 0) {
      if (b.length - p <= VALUE_MAX) return -1;
      this.#isSkippingLine = true;
      return b.length;
    }
    if (lf === p) return p + 1;
    const key = b.subarray(p, Math.min(lf, p + NAME_MAX + 1)).indexOf(EQUALS);
    if (key >= 0) {
      const name = p + key;
      if (lf - name <= VALUE_MAX) this.#keep(b.toString('latin1', p, name), b.subarray(name + 1, lf));
      return lf + 1;
    }
    if (lf - p > NAME_MAX) return lf + 1;
    return this.#binary(b, p, lf);
  }

  #binary(b: Buffer, p: number, lf: number): number {
    const value = lf + 1 + LENGTH_BYTES;
    if (b.length < value) return -1;
    const length = Number(b.readBigUInt64LE(lf + 1));
    const name = b.toString('latin1', p, lf);
    if (length > VALUE_MAX || !KEPT.has(name)) {
      this.#skip = length + 1;
      return value;
    }
    if (b.length < value + length + 1) return -1;
    this.#keep(name, b.subarray(value, value + length));
    return value + length + 1;
  }

  /** Of a field that comes twice the first counts, as in the journal's JSON. */
  #keep(name: string, value: Buffer): void {
    if (!KEPT.has(name) || this.#entry.has(name)) return;
    this.#entry.set(name, isUtf8(value) ? JSON.stringify(value.toString('utf8')) : JSON.stringify([...value]));
  }

  #end(): string {
    if (this.#entry.size === 0) return '';
    const fields = [...this.#entry].map(([name, value]) => `"${name}":${value}`);
    this.#entry = new Map();
    return `{${fields.join(',')}}\n`;
  }
}

export class JournalExportBytes implements ByteSource {
  readonly #source: ByteSource;
  readonly #entries = new Entries();
  readonly #raw = Buffer.allocUnsafeSlow(IN_BYTES);
  #chunk = Buffer.alloc(0);
  #used = 0;
  #isOver = false;
  taken = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  read(into: Buffer, at: number, room: number): number {
    while (this.#used === this.#chunk.length) {
      if (this.#isOver) return 0;
      const count = this.#source.read(this.#raw, 0, IN_BYTES);
      if (count === WAIT) return WAIT;
      this.#isOver = count === 0;
      this.taken += count;
      const lines = count === 0 ? this.#entries.finish() : this.#entries.take(this.#raw.subarray(0, count));
      this.#chunk = Buffer.from(lines);
      this.#used = 0;
    }
    const count = this.#chunk.copy(into, at, this.#used, Math.min(this.#chunk.length, this.#used + room));
    this.#used += count;
    return count;
  }

  fill(): Promise<void> {
    return this.#source.fill();
  }

  close(): void {
    this.#isOver = true;
    this.#used = this.#chunk.length;
    this.#source.close();
  }
}
