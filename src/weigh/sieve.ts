/**
 * Lines that a search looks for in bytes, marked while the machine goes through the log, and asked of the chains that it puts
 * together: a message of which no line shows what all matches show is none.
 */
import { isAscii } from 'node:buffer';
import { openKernel, type Kernel } from '../kernel/index.ts';
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';
import type { Chain } from './chains.ts';

/** What a line of every match shows; as the Query of src/select. */
export interface Sieve {
  /** ASCII, in any case; a line may hold one and be none of a match */
  readonly needles: readonly Uint8Array[];
  /** whether a line with a needle may be of a match; no is sure */
  accepts(bytes: Buffer, start: number, end: number): boolean;
  /** the same of a line with bytes beyond ASCII, needle or not */
  acceptsForeign(bytes: Buffer, start: number, end: number): boolean;
}

const LF = 10;

/** Looks at blocks for lines that may be of a match: those with a needle, or with bytes beyond ASCII. */
export class SieveLook {
  readonly #kernel: Kernel = openKernel();
  readonly #isSet: boolean;
  readonly #found: number[] = [];

  constructor(needles: readonly Uint8Array[]) {
    this.#isSet = this.#kernel.setNeedles(needles);
  }

  /** `block`: whole lines. By their index in it, in any order; undefined: any line may be one. Valid until the next call. */
  look(block: Uint8Array): readonly number[] | undefined {
    const { buffer } = this.#kernel;
    if (!this.#isSet || block.length > buffer.length) return undefined;
    const list = this.#found;
    list.length = 0;
    buffer.set(block);
    const { indexes, count } = this.#kernel.findNeedles(block.length);
    for (let i = 0; i < count; i++) list.push(indexes[i] as number);
    if (!isAscii(block)) this.#addForeign(block.length);
    return list;
  }

  #addForeign(end: number): void {
    const { buffer } = this.#kernel;
    for (let start = 0, index = 0; start < end; index++) {
      const lf = buffer.indexOf(LF, start);
      const stop = lf < 0 || lf > end ? end : lf;
      if (!isAscii(buffer.subarray(start, stop))) this.#found.push(index);
      start = stop + 1;
    }
  }
}

const FIRST_BYTES = 1 << 16;

/** A bit for each line of the one long log, from 1. */
export class LineMarks {
  #bits = new Uint8Array(FIRST_BYTES);

  /** Marks lines behind the first `before`: by index, or `count` of them. */
  add(before: number, count: number, indexes: readonly number[] | undefined): void {
    this.#reserve(before + count);
    if (indexes === undefined) for (let i = 1; i <= count; i++) this.#set(before + i);
    else
      for (const index of indexes) {
        this.#reserve(before + index + 1);
        this.#set(before + index + 1);
      }
  }

  has(line: number): boolean {
    return ((this.#bits[line >> 3] ?? 0) & (1 << (line & 7))) !== 0;
  }

  #set(line: number): void {
    this.#bits[line >> 3] = (this.#bits[line >> 3] as number) | (1 << (line & 7));
  }

  #reserve(line: number): void {
    if (line >> 3 < this.#bits.length) return;
    const wider = new Uint8Array(Math.max(this.#bits.length * 2, (line >> 3) + 1));
    wider.set(this.#bits);
    this.#bits = wider;
  }
}

/** Asks chains whether a line of theirs may be of a match. */
export class Sifter {
  readonly marks = new LineMarks();
  readonly #sieve: Sieve;
  readonly #files: readonly InputFile[];
  readonly #open = new Map<number, ReadAt>();
  #buffer = Buffer.alloc(0);

  constructor(sieve: Sieve, files: readonly InputFile[]) {
    this.#sieve = sieve;
    this.#files = files;
  }

  /** Throws where a file cannot be read again. */
  takes(chain: Chain): boolean {
    return chain.someOf(this.marks, () => this.#accepts(chain));
  }

  /** Asks the line at which the chain is. */
  #accepts({ source, offset, length }: Chain): boolean {
    let file = this.#open.get(source);
    if (file === undefined) this.#open.set(source, (file = openAt(this.#files[source] as InputFile)));
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(2 * length);
    const bytes = this.#buffer;
    for (let filled = 0; filled < length;) {
      const count = file.read(bytes, filled, length - filled, offset + filled);
      // in doubt it is one: the formats look again
      if (count <= 0) return true;
      filled += count;
    }
    const isPlain = isAscii(bytes.subarray(0, length));
    return isPlain ? this.#sieve.accepts(bytes, 0, length) : this.#sieve.acceptsForeign(bytes, 0, length);
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }
}
