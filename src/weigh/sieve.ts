/**
 * Lines that a search looks for in bytes, marked while the machine goes through the log, and asked of the chains that it puts
 * together: a message of which no line shows what all matches show is none.
 */
import { isAscii } from 'node:buffer';
import { openKernel, type Kernel } from '../kernel/index.ts';
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';
import { eachForeign } from '../util/foreign-lines.ts';
import type { Chain } from './chains.ts';

/** What a line of every match shows; as the Query of src/select. */
export interface Sieve {
  /** ASCII, in any case; a line may hold one and be none of a match */
  readonly needles: readonly Uint8Array[];
  /** a line of ASCII with a needle is of a match */
  readonly isExact?: boolean;
  /** whether a line with a needle may be of a match; no is sure */
  accepts(bytes: Buffer, start: number, end: number): boolean;
  /** the same of a line with bytes beyond ASCII, needle or not */
  acceptsForeign(bytes: Buffer, start: number, end: number): boolean;
}

const LF = 10;

/** Put on the index of a line that has bytes beyond ASCII, or that of a needle. */
const FOREIGN = 2 ** 31;

/** Looks at blocks for lines that may be of a match: those with a needle, or with bytes beyond ASCII. */
export class SieveLook {
  readonly #kernel: Kernel = openKernel();
  readonly #isSet: boolean;
  readonly #found: number[] = [];

  constructor(needles: readonly Uint8Array[]) {
    this.#isSet = this.#kernel.setNeedles(needles);
  }

  /** `block`: whole lines. By their index in it, in any order, also twice; undefined: any line may be one. Valid until the next call. */
  look(block: Uint8Array): readonly number[] | undefined {
    const { buffer } = this.#kernel;
    if (!this.#isSet || block.length > buffer.length) return undefined;
    const list = this.#found;
    list.length = 0;
    buffer.set(block);
    const { indexes, count } = this.#kernel.findNeedles(block.length);
    for (let i = 0; i < count; i++) list.push(indexes[i] as number);
    eachForeign(buffer, { end: block.length, line: 0 }, (_, __, index) => list.push(index + FOREIGN));
    return list;
  }
}

const FIRST_BYTES = 1 << 16;

/** A bit for each line of the one long log, from 1. */
class LineBits {
  #bits = new Uint8Array(FIRST_BYTES);

  has(line: number): boolean {
    return ((this.#bits[line >> 3] ?? 0) & (1 << (line & 7))) !== 0;
  }

  add(line: number): void {
    if (line >> 3 >= this.#bits.length) {
      const wider = new Uint8Array(Math.max(this.#bits.length * 2, (line >> 3) + 1));
      wider.set(this.#bits);
      this.#bits = wider;
    }
    this.#bits[line >> 3] = (this.#bits[line >> 3] as number) | (1 << (line & 7));
  }
}

/** Which lines of the one long log may be of a match. */
export class LineMarks {
  readonly #any = new LineBits();
  /** of those: a needle does not tell */
  readonly #foreign = new LineBits();

  /** Marks lines behind the first `before`: as SieveLook.look() tells them, or `count` of them. */
  add(before: number, count: number, found: readonly number[] | undefined): void {
    if (found === undefined) for (let i = 1; i <= count; i++) this.#mark(before + i, true);
    else for (const index of found) this.#mark(before + (index % FOREIGN) + 1, index >= FOREIGN);
  }

  has(line: number): boolean {
    return this.#any.has(line);
  }

  /** A line with a needle, and of ASCII. */
  isPlain(line: number): boolean {
    return !this.#foreign.has(line);
  }

  #mark(line: number, isForeign: boolean): void {
    this.#any.add(line);
    if (isForeign) this.#foreign.add(line);
  }
}

/** Marks what a thread that reads the log itself comes to. */
export class Marker {
  readonly #look: SieveLook;
  readonly #marks: LineMarks;

  constructor({ needles, marks }: { readonly needles: readonly Uint8Array[]; readonly marks: LineMarks }) {
    this.#look = new SieveLook(needles);
    this.#marks = marks;
  }

  /** `block`: whole lines, behind so many. */
  mark(block: Uint8Array, before: number): void {
    const found = this.#look.look(block);
    let count = 1;
    if (found === undefined) for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) count++;
    this.#marks.add(before, count, found);
  }
}

/** Asks chains whether a line of theirs may be of a match. */
export class Sifter {
  readonly marks = new LineMarks();
  readonly #sieve: Sieve;
  readonly #files: readonly InputFile[];
  readonly #acceptsSession: Sieve['accepts'] | undefined;
  readonly #open = new Map<number, ReadAt>();
  #buffer = Buffer.alloc(0);

  /** `acceptsSession`: whether this is a line of a session that is wanted. */
  constructor(sieve: Sieve, files: readonly InputFile[], acceptsSession?: Sieve['accepts']) {
    this.#sieve = sieve;
    this.#files = files;
    this.#acceptsSession = acceptsSession;
  }

  /** Asks each line of a session. */
  takesSession(chain: Chain): boolean {
    for (let i = 0; i < chain.count; i++) {
      chain.to(i);
      const length = this.#read(chain);
      if (length === undefined || this.#acceptsSession?.(this.#buffer, 0, length) === true) return true;
    }
    return false;
  }

  /** Throws where a file cannot be read again. */
  takes(chain: Chain): boolean {
    const { marks } = this;
    const isExact = this.#sieve.isExact === true;
    return chain.someOf(marks, (line) => (isExact && marks.isPlain(line)) || this.#accepts(chain));
  }

  /** Asks the line at which the chain is. */
  #accepts(chain: Chain): boolean {
    const length = this.#read(chain);
    // in doubt it is one: the formats look again
    if (length === undefined) return true;
    const bytes = this.#buffer;
    const isPlain = isAscii(bytes.subarray(0, length));
    return isPlain ? this.#sieve.accepts(bytes, 0, length) : this.#sieve.acceptsForeign(bytes, 0, length);
  }

  /** Reads the line at which the chain is into the buffer: how many bytes it has; undefined: they are not there any more. */
  #read({ source, offset, length }: Chain): number | undefined {
    let file = this.#open.get(source);
    if (file === undefined) this.#open.set(source, (file = openAt(this.#files[source] as InputFile)));
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(2 * length);
    const bytes = this.#buffer;
    for (let filled = 0; filled < length;) {
      const count = file.read(bytes, filled, length - filled, offset + filled);
      if (count <= 0) return undefined;
      filled += count;
    }
    return length;
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }
}
