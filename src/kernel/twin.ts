/**
 * The kernel in plain TypeScript: what the WASM module is tested against, and what runs where there is no WASM SIMD.
 * One loop over the bytes per call, with a table of the bytes that matter; nothing is made per line.
 */
import { DOT, FOLDED, IS_WORD, isDigit, LF } from './bytes.ts';
import {
  BUFFER_BYTES,
  HEAD_ENDS,
  HEAD_REACH,
  LONG_HEAD,
  MAX_WORD,
  MIN_HEAD,
  wordHash,
  type FoundLines,
  type Kernel,
} from './door.ts';
import { Heads } from './heads.ts';
import { prepareNeedles, type Needle } from './needles.ts';
import { noteWordsIn } from './word-marks.ts';
import { WordSet } from './word-set.ts';

const LEFT_BRACKET = 0x5b;
const RIGHT_BRACKET = 0x5d;
const COLON = 0x3a;
const SPACE = 0x20;

export class TwinKernel implements Kernel {
  readonly buffer: Buffer;
  readonly #found = new Found();
  readonly #words = new WordSet();
  readonly #heads = new Heads();
  readonly passedLines = 0;
  readonly lastUsual = 0;
  readonly earliestUsual = 0;
  readonly latestUsual = 0;
  /** by byte in both cases: the needles whose rarest byte it is */
  #byRarest: Needle[][] = [];
  /** by byte: 1 where it is an LF or such a byte */
  #isMarked = new Uint8Array(256);

  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)) {
    this.buffer = buffer;
  }

  setNeedles(needles: readonly Uint8Array[]): boolean {
    const prepared = prepareNeedles(needles);
    if (prepared === undefined) return false;
    const rarest = (byte: number): Needle[] =>
      prepared.filter((needle) => needle.bytes[needle.rarest] === (FOLDED[byte] as number));
    this.#byRarest = Array.from({ length: 256 }, (_, byte) => rarest(byte));
    this.#isMarked = Uint8Array.from(this.#byRarest, (list, byte) => Number(byte === LF || list.length > 0));
    return true;
  }

  findNeedles(end: number): FoundLines {
    const { buffer } = this;
    const found = this.#found.begin();
    const isMarked = this.#isMarked;
    if (this.#byRarest.length === 0) return found.close(buffer, 0, end);
    let start = 0;
    for (let i = 0; i < end; i++) {
      const byte = buffer[i] as number;
      if (isMarked[byte] === 0) continue;
      if (byte === LF) {
        found.lines += 1;
        start = i + 1;
      } else if (this.#isAt(i, byte, end)) {
        i = lineEnd(buffer, i, end);
        found.add(start, i);
        start = i + 1;
      }
    }
    return found.close(buffer, start, end);
  }

  setWords(hashes: Iterable<number>): void {
    this.#words.fill(hashes, (slots) => new Uint32Array(slots));
  }

  findWords(end: number): FoundLines {
    const { buffer } = this;
    const found = this.#found.begin();
    const words = this.#words;
    let start = 0;
    let i = 0;
    while (i < end) {
      const from = i;
      while (i < end && IS_WORD[buffer[i] as number] === 1) i++;
      const length = i - from;
      if (length > 0 && length <= MAX_WORD && words.hasLength(length) && words.has(wordHash(buffer, from, i))) {
        i = lineEnd(buffer, i, end);
        found.add(start, i);
        start = i + 1;
      } else if (i < end && buffer[i] === LF) {
        found.lines += 1;
        start = i + 1;
      }
      i += 1;
    }
    return found.close(buffer, start, end);
  }

  noteHeads(end: number): void {
    for (let start = 0; start < end;) {
      const stop = lineEnd(this.buffer, start, end);
      this.#noteLine(start, stop);
      start = stop + 1;
    }
  }

  get heads(): Uint8Array {
    return this.#heads.bytes;
  }

  mayHead(word: Uint8Array): boolean {
    return this.#heads.mayHold(word);
  }

  noteWords(end: number): Uint32Array | undefined {
    return noteWordsIn(this.buffer, end);
  }

  setUsual(): void {}

  addUsualHost(): void {}

  clearUsual(): void {}

  passUsual(from: number): number {
    return from;
  }

  /** Whether a needle whose rarest byte is this one stands around it. */
  #isAt(at: number, byte: number, end: number): boolean {
    for (const needle of this.#byRarest[byte] as Needle[]) {
      const first = at - needle.rarest;
      if (first >= 0 && first + needle.bytes.length <= end && isNeedle(this.buffer, first, needle.bytes)) return true;
    }
    return false;
  }

  #noteLine(start: number, stop: number): void {
    const { buffer } = this;
    let limit = stop;
    let isMarked = false;
    for (let i = start; i < limit; i++) {
      const from = i;
      while (i < stop && IS_WORD[buffer[i] as number] === 1) i++;
      const length = i - from;
      if (length >= MIN_HEAD && length <= MAX_WORD && (i === stop || isHeadEnd(buffer[i] as number, length)))
        this.#heads.note(buffer, from, i);
      if (!isMarked && i < stop && buffer[i] === RIGHT_BRACKET && isMark(buffer, start, i, stop)) {
        isMarked = true;
        limit = Math.min(stop, i + 3 + HEAD_REACH);
      }
    }
  }
}

const IS_HEAD_END = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(HEAD_ENDS.includes(String.fromCodePoint(byte))),
);

/** Whether a head of this length may stand before this byte. */
function isHeadEnd(byte: number, length: number): boolean {
  return IS_HEAD_END[byte] === 1 || (byte === DOT && length >= LONG_HEAD);
}

/** The lines found, in arrays that grow. */
class Found implements FoundLines {
  count = 0;
  lines = 0;
  starts = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  indexes = new Uint32Array(1024);

  begin(): this {
    this.count = 0;
    this.lines = 0;
    return this;
  }

  /** The next line of the block, which is found. */
  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
      this.indexes = grown(this.indexes);
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.indexes[this.count] = this.lines;
    this.count += 1;
    this.lines += 1;
  }

  /** Counts the lines from `start` on: those not looked at, or the last without its LF. */
  close(buffer: Buffer, start: number, end: number): this {
    for (let at = start; at < end; at = lineEnd(buffer, at, end) + 1) this.lines += 1;
    return this;
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Place of the LF behind `from`, or `end`. */
function lineEnd(buffer: Buffer, from: number, end: number): number {
  const at = buffer.indexOf(LF, from);
  return at < 0 || at > end ? end : at;
}

function isNeedle(buffer: Buffer, first: number, folded: Uint8Array): boolean {
  for (let i = 0; i < folded.length; i++) {
    if (FOLDED[buffer[first + i] as number] !== folded[i]) return false;
  }
  return true;
}

/** Whether the `]` at this place ends a `[digits]: `. */
function isMark(buffer: Buffer, start: number, at: number, stop: number): boolean {
  if (at + 2 >= stop || buffer[at + 1] !== COLON || buffer[at + 2] !== SPACE) return false;
  let i = at - 1;
  while (i >= start && isDigit(buffer[i])) i--;
  return i >= start && i < at - 1 && buffer[i] === LEFT_BRACKET;
}
