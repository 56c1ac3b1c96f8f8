/**
 * The kernel in WASM (assembly/kernel.ts): lays out its memory, gives it needles and words, reads what it found.
 * Shape:  one memory that never grows: the block and room behind it, the needles, the lines found, the heads, the words.
 */
import type { FoundLines, Kernel } from './door.ts';
import { BUFFER_BYTES, type UsualStamp } from './door.ts';
import { HEAD_BYTES, Heads } from './heads.ts';
import { openModule, type OpenModule } from './module.ts';
import { MAX_NEEDLES, MAX_NEEDLE_BYTES, prepareNeedles, shareOf, type Needle } from './needles.ts';
import { TwinKernel } from './twin.ts';
import { Usual, USUAL_BYTES } from './usual.ts';
import { MOST_MARKS } from './word-marks.ts';
import { WordSet } from './word-set.ts';

/** The functions of assembly/kernel.ts; their docstrings are there. */
interface Exports {
  placeFound(starts: number, ends: number, indexes: number, lows: number, highs: number): void;
  placeHeads(at: number): void;
  placeGroups(at: number): void;
  placeNeedles(at: number, many: number, room: number): void;
  placeWords(at: number, bits: number, shortLengths: number, longLengths: number): void;
  placeLines(at: number): void;
  findNeedles(end: number, isWalked: boolean): number;
  findWords(end: number): number;
  lineCount(): number;
  noteHeads(end: number): void;
  placeMarks(table: number, slots: number, list: number, room: number): void;
  noteWords(end: number): number;
  placeUsual(at: number): void;
  passUsual(from: number, end: number): number;
  passedLines(): number;
  lastUsual(): number;
  earliestUsual(): number;
  latestUsual(): number;
}

/** A line that is found has a byte and, but perhaps the last, an LF. */
const MOST_LINES = BUFFER_BYTES / 2 + 1;
/** 4 Mi words, at most half of the slots. More than that are looked for by the twin. */
const WORD_SLOTS = 2 ** 23;

/** A small block needs fewer, which stay in the nearest cache. */
const MARK_SLOTS = 16_384;
const FEW_SLOTS = 4096;
const SMALL_BLOCK = 160 * 1024;

/** Of the groups of needles: tables and more (assembly/groups.ts), and the shares of bytes at the end. */
const GROUP_BYTES = 352 + 256 * 4;

/** Where things lie. A needle is compared up to 4 KiB behind the block before its end is looked at. */
const NEEDLES = BUFFER_BYTES + 8 * 1024;
const GROUPS = NEEDLES + MAX_NEEDLES * 16;
const SCRATCH = GROUPS + GROUP_BYTES;
const NEEDLE_BYTES = SCRATCH + 16;
const STARTS = NEEDLES + 8 * 1024;
const ENDS = STARTS + MOST_LINES * 4;
const INDEXES = ENDS + MOST_LINES * 4;
const LOWS = INDEXES + MOST_LINES * 4;
const HIGHS = LOWS + MOST_LINES * 4;
const HEADS = HIGHS + MOST_LINES * 4;
const MARK_TABLE = HEADS + HEAD_BYTES;
const MARKS = MARK_TABLE + MARK_SLOTS * 4;
const USUAL = MARKS + (MOST_MARKS + 4) * 4;
/** Where lines begin: each has at least its LF. */
const LINES = USUAL + USUAL_BYTES;
const WORDS = LINES + (BUFFER_BYTES + 1) * 4;
const MEMORY_BYTES = WORDS + WORD_SLOTS * 4;

/** Undefined where the machine cannot run it. */
export function openWasmKernel(): Kernel | undefined {
  const module = openModule<Exports>('kernel', MEMORY_BYTES);
  return module && new WasmKernel(module);
}

class WasmKernel implements Kernel {
  readonly buffer: Buffer;
  readonly #exports: Exports;
  readonly #memory: ArrayBuffer;
  readonly #words = new WordSet();
  readonly #heads: Heads;
  readonly #marks: Uint32Array;
  readonly #usual: Usual;
  readonly #found: FoundLines;
  /** looks for the words where they are too many */
  #twin: TwinKernel | undefined;

  constructor({ exports, memory }: OpenModule<Exports>) {
    this.#exports = exports;
    this.#memory = memory;
    this.buffer = Buffer.from(memory, 0, BUFFER_BYTES);
    this.#heads = new Heads(new Uint8Array(memory, HEADS, HEAD_BYTES));
    this.#marks = new Uint32Array(memory, MARKS, MOST_MARKS);
    this.#usual = new Usual(memory, USUAL);
    this.#found = {
      count: 0,
      lines: 0,
      starts: new Uint32Array(memory, STARTS, MOST_LINES),
      ends: new Uint32Array(memory, ENDS, MOST_LINES),
      indexes: new Uint32Array(memory, INDEXES, MOST_LINES),
      lows: new Uint32Array(memory, LOWS, MOST_LINES),
      highs: new Uint32Array(memory, HIGHS, MOST_LINES),
    };
    exports.placeFound(STARTS, ENDS, INDEXES, LOWS, HIGHS);
    exports.placeGroups(GROUPS);
    new Float32Array(memory, GROUPS + GROUP_BYTES - 1024, 256).forEach((_, byte, shares) => {
      shares[byte] = shareOf(byte);
    });
    exports.placeHeads(HEADS);
    exports.placeLines(LINES);
    exports.placeUsual(USUAL);
  }

  setNeedles(needles: readonly Uint8Array[]): boolean {
    const prepared = prepareNeedles(needles);
    if (prepared === undefined) return false;
    const records = new Uint32Array(this.#memory, NEEDLES, MAX_NEEDLES * 4);
    const bytes = new Uint8Array(this.#memory, NEEDLE_BYTES, MAX_NEEDLE_BYTES);
    let used = 0;
    for (const [i, needle] of prepared.entries()) {
      bytes.set(needle.bytes, used);
      records.set([NEEDLE_BYTES + used, needle.bytes.length, ...placesOf(needle)], i * 4);
      used += needle.bytes.length;
    }
    this.#exports.placeNeedles(NEEDLES, prepared.length, SCRATCH);
    return true;
  }

  findNeedles(end: number, isWalked = false): FoundLines {
    return this.#answer(this.#exports.findNeedles(end, isWalked && end > 0));
  }

  setWords(hashes: Iterable<number>): void {
    const list = Uint32Array.from(hashes);
    const isMany = list.length * 2 > WORD_SLOTS;
    this.#twin = isMany ? new TwinKernel(this.buffer) : undefined;
    this.#twin?.setWords(list);
    const words = this.#words;
    words.fill(isMany ? [] : list, (slots) => new Uint32Array(this.#memory, WORDS, slots));
    this.#exports.placeWords(WORDS, words.bits, words.shortLengths, words.longLengths);
  }

  findWords(end: number): FoundLines {
    return this.#twin?.findWords(end) ?? this.#answer(this.#exports.findWords(end));
  }

  noteHeads(end: number): void {
    this.#exports.noteHeads(end);
  }

  get heads(): Uint8Array {
    return this.#heads.bytes;
  }

  mayHead(word: Uint8Array): boolean {
    return this.#heads.mayHold(word);
  }

  noteWords(end: number): Uint32Array | undefined {
    this.#exports.placeMarks(MARK_TABLE, end <= SMALL_BLOCK ? FEW_SLOTS : MARK_SLOTS, MARKS, MOST_MARKS);
    const count = this.#exports.noteWords(end);
    return count > MOST_MARKS ? undefined : this.#marks.subarray(0, count);
  }

  setUsual(stamp: UsualStamp | undefined): void {
    this.#usual.setStamp(stamp);
  }

  addUsualHost(host: Uint8Array): void {
    this.#usual.addHost(host);
  }

  clearUsual(): void {
    this.#usual.clear();
  }

  passUsual(from: number, end: number): number {
    return this.#exports.passUsual(from, end);
  }

  get passedLines(): number {
    return this.#exports.passedLines();
  }

  get lastUsual(): number {
    return this.#exports.lastUsual();
  }

  get earliestUsual(): number {
    return this.#exports.earliestUsual();
  }

  get latestUsual(): number {
    return this.#exports.latestUsual();
  }

  #answer(count: number): FoundLines {
    const found = this.#found;
    found.count = count;
    found.lines = this.#exports.lineCount();
    return found;
  }
}

/** The two places of a needle that are looked for where it is alone, the first in it first. */
function placesOf(needle: Needle): [number, number] {
  return needle.rarest <= needle.second ? [needle.rarest, needle.second] : [needle.second, needle.rarest];
}
