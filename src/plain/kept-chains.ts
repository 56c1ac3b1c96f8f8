/**
 * Chains that are kept until all are known: where the lines of each stand in the one long log, about five bytes a line.
 */
import type { InputFile } from '../sources/input-file.ts';
import { ByteReader, ByteWriter } from '../util/byte-writer.ts';
import type { Chain } from '../weigh/chains.ts';
import type { Piece } from '../weigh/chosen.ts';

const FIRST_SIZE = 64;
/** They are kept in pieces: one long one would be there twice while it grows. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** numbers of a chain and of a line, each of at most this many bytes */
const CHAIN_NUMBERS = 4;
const LINE_NUMBERS = 3;
const NUMBER_BYTES = 8;
/** What is kept of a message that was written (ids.ts), and of each recipient of it (attempts.ts). */
const MESSAGE_BYTES = 32;
const ROW_BYTES = 24;

export class KeptChains {
  count = 0;
  // of the chain at hand
  /** ms, but for a shift; as Chain.time */
  time = 0;
  /** as Chain.order */
  order = 0;
  rows = 0;
  lines = 0;
  /** of line i, in the one long log: first byte, bytes, number */
  offsets = new Float64Array(FIRST_SIZE);
  lengths = new Float64Array(FIRST_SIZE);
  numbers = new Float64Array(FIRST_SIZE);
  readonly #pieces: Buffer[] = [];
  #out = new ByteWriter();
  #reader = new ByteReader(Buffer.alloc(0));
  #piece = 0;
  // what the next one is told against
  #time = 0;
  #order = 0;
  #offset = 0;
  #number = 0;

  #rows = 0;

  /** Bytes that they take, and what is kept of them once they are written. */
  get bytes(): number {
    const pieces = (this.#pieces.length + 1) * PIECE_BYTES;
    return pieces + this.count * MESSAGE_BYTES + this.#rows * ROW_BYTES;
  }

  add(chain: Chain): void {
    this.#rows += chain.rows;
    const most = (CHAIN_NUMBERS + LINE_NUMBERS * chain.count) * NUMBER_BYTES;
    if (this.#out.length > 0 && this.#out.length + most > PIECE_BYTES) {
      this.#pieces.push(this.#out.view());
      this.#out = new ByteWriter();
    }
    const out = this.#out;
    const time = Math.round(chain.time * 1000);
    out.count(chain.count);
    out.count(chain.rows);
    out.step(time - this.#time);
    out.step(chain.order - this.#order);
    this.#time = time;
    this.#order = chain.order;
    chain.eachPlace((offset, length, number) => {
      out.step(offset - this.#offset);
      out.count(length);
      out.step(number - this.#number);
      this.#offset = offset + length;
      this.#number = number;
    });
    this.count++;
  }

  /** Begins with the first. */
  start(): void {
    this.#piece = 0;
    this.#reader = new ByteReader(this.#pieces[0] ?? this.#out.view());
    this.#time = this.#order = this.#offset = this.#number = 0;
  }

  /** Moves to the next. */
  next(): void {
    if (this.#reader.at === this.#reader.bytes.length)
      this.#reader = new ByteReader(this.#pieces[++this.#piece] ?? this.#out.view());
    const reader = this.#reader;
    const count = reader.count();
    this.lines = count;
    this.rows = reader.count();
    this.#time += reader.step();
    this.time = this.#time / 1000;
    this.#order += reader.step();
    this.order = this.#order;
    if (count > this.offsets.length) this.#widen(count);
    const { offsets, lengths, numbers } = this;
    for (let i = 0; i < count; i++) {
      const offset = this.#offset + reader.step();
      const length = reader.count();
      this.#number += reader.step();
      offsets[i] = offset;
      lengths[i] = length;
      numbers[i] = this.#number;
      this.#offset = offset + length;
    }
  }

  #widen(count: number): void {
    this.offsets = new Float64Array(2 * count);
    this.lengths = new Float64Array(2 * count);
    this.numbers = new Float64Array(2 * count);
  }
}

/** Which file a place in the one long log is of. */
export class Places {
  /** index of the file, and where its first byte stands in the long log */
  source = 0;
  before = 0;
  #from = Infinity;
  #to = -Infinity;
  readonly #pieces: readonly Piece[];
  readonly #sources: readonly number[];

  constructor(pieces: readonly Piece[], files: readonly InputFile[]) {
    this.#pieces = pieces;
    this.#sources = pieces.map(({ identity }) => files.findIndex((file) => file.identity === identity));
  }

  to(offset: number): void {
    if (offset >= this.#from && offset < this.#to) return;
    const pieces = this.#pieces;
    let p = pieces.length - 1;
    while (p > 0 && offset < (pieces[p] as Piece).offset) p--;
    this.source = this.#sources[p] as number;
    this.before = this.#from = (pieces[p] as Piece).offset;
    this.#to = pieces[p + 1]?.offset ?? Infinity;
    if (p === 0) this.#from = -Infinity;
  }
}
