/**
 * Chains that came out of the machine (chains.ts there), one after the other, without an object for each line.
 */
import type { InputFile } from '../sources/input-file.ts';
import type { Piece } from './chosen.ts';

/** Words of the head of a chain, and of a line. */
const HEAD = 6;
const LINE = 4;
/** Room between the orders of two lines: a line may give as many events. */
export const ORDERS_A_LINE = 2 ** 20;

/** In place of rows (chains.ts of the machine): as many as the first of this shape has; this is the first. */
const AS_FIRST = 0x4000_0000;
const IS_FIRST = 0x2000_0000;
const SHAPE = IS_FIRST - 1;
/** …it is a session that brought no mail */
const NO_ROWS = -1;

/** A chain: a message of which the lines are known and nothing else. Good until the next one is told. */
export class Chain {
  /** ms, but for a shift that is told later; a whole number of microseconds */
  time = 0;
  /** as Message.order */
  order = 0;
  /** recipients among the rows that the message would have in a table; of a shape 0 */
  rows = 0;
  /** it has as many rows as the first of this shape, which is read; 0 = rows are known */
  shape = 0;
  /** it is that first: the formats tell it too */
  isFirst = false;
  /** no message, but the lines of a session that brought no mail; time and order are not told */
  isSession = false;
  count = 0;
  private at = 0;
  private words = new Int32Array(0);
  private doubles = new Float64Array(0);
  private pieces: readonly Piece[] = [];
  private sources: readonly number[] = [];
  /** the place of line i, once `to(i)` was called */
  source = 0;
  line = 0;
  offset = 0;
  length = 0;

  /** Tells each of the `count` chains at byte `at` of the memory. */
  each(
    memory: ArrayBuffer,
    at: number,
    count: number,
    pieces: readonly Piece[],
    files: readonly InputFile[],
    onChain: (chain: Chain) => void,
  ): void {
    let word = this.begin(memory, at, pieces, files);
    for (let i = 0; i < count; i++) {
      word = this.moveTo(word);
      onChain(this);
    }
  }

  /** No more is told: it holds nothing of the memory. */
  end(): void {
    this.begin(new ArrayBuffer(0), 0, [], []);
  }

  /** Makes ready for the chains at byte `at` of the memory; returns the place of the first, for moveTo(). */
  begin(memory: ArrayBuffer, at: number, pieces: readonly Piece[], files: readonly InputFile[]): number {
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
    if (this.sources.length !== pieces.length)
      this.sources = pieces.map(({ identity }) => files.findIndex((file) => file.identity === identity));
    this.pieces = pieces;
    return at / 4;
  }

  /** Moves to the chain at this place; returns the place behind it. */
  moveTo(word: number): number {
    this.time = (this.doubles[word / 2] as number) / 1000;
    this.order = (this.words[word + 2] as number) * ORDERS_A_LINE;
    const rows = this.words[word + 3] as number;
    this.shape = rows < IS_FIRST ? 0 : rows & SHAPE;
    this.isFirst = rows >= IS_FIRST && rows < AS_FIRST;
    this.isSession = rows === NO_ROWS;
    this.rows = rows < IS_FIRST && !this.isSession ? rows : 0;
    this.count = this.words[word + 4] as number;
    this.at = word + HEAD;
    return this.at + this.count * LINE;
  }

  /** Number of its first line in the one long log. */
  get firstLine(): number {
    return this.words[this.at + 3] as number;
  }

  /** Its lines, as they stand in the one long log. */
  eachPlace(onLine: (offset: number, length: number, line: number) => void): void {
    for (let word = this.at; word < this.at + this.count * LINE; word += LINE)
      onLine(this.doubles[word / 2] as number, this.words[word + 2] as number, this.words[word + 3] as number);
  }

  /** Moves to its marked lines, and asks with their number in the one long log, until `test` says yes of one. */
  someOf(marks: { has(line: number): boolean }, test: (line: number) => boolean): boolean {
    for (let i = 0, word = this.at; i < this.count; i++, word += LINE) {
      const line = this.words[word + 3] as number;
      if (!marks.has(line)) continue;
      this.to(i);
      if (test(line)) return true;
    }
    return false;
  }

  /** All of its lines stand in one file. */
  get isOfOne(): boolean {
    if (this.pieces.length === 1) return true;
    this.to(0);
    const first = this.source;
    this.to(this.count - 1);
    return this.source === first;
  }

  /** Moves to the line at this place of the chain. */
  to(i: number): void {
    const word = this.at + i * LINE;
    const { pieces } = this;
    const offset = this.doubles[word / 2] as number;
    let p = pieces.length - 1;
    while (p > 0 && offset < (pieces[p] as Piece).offset) p--;
    const piece = pieces[p] as Piece;
    this.source = this.sources[p] as number;
    this.offset = offset - piece.offset;
    this.length = this.words[word + 2] as number;
    this.line = (this.words[word + 3] as number) - piece.line;
  }
}
