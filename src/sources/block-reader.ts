/**
 * Bytes into blocks of whole lines, in one reused buffer: the only reader, for files, pipes and what is unpacked.
 * Shape:  bytes[start, end) are whole lines, each with its LF; only the last line of the input, and a line that was cut,
 *         have none. A block is valid until the next `read()`. NUL and CR are bytes like any other.
 * Units:  `base` + an index into `bytes` is the offset in the (decompressed) input: a double, good far above 4 GB.
 * Errors: none. A line longer than the bound is cut to it: the rest is skipped and counted. The cut does not depend on
 *         how the bytes arrive.
 */
import { WAIT, type ByteSource } from './byte-source.ts';

const LF = 10;
const BLOCK_BYTES = 256 * 1024;
/** Longest line that is kept whole, without its LF. */
const LINE_BYTES = 1024 * 1024;

export interface BlockReaderOptions {
  /** size of the buffer at first; it grows to hold the longest line allowed */
  blockSize?: number;
  maxLine?: number;
}

export class BlockReader {
  bytes: Buffer;
  readonly start = 0;
  end = 0;
  base = 0;
  /** the last line of this block is only the head of the line in the input */
  cut = false;

  /** lines cut so far, and the bytes of them that were skipped */
  cutLines = 0;
  skippedBytes = 0;

  readonly #source: ByteSource;
  readonly #maxLine: number;
  /** bytes[#rest, #filled) came after the block's last line end */
  #rest = 0;
  #filled = 0;
  #isSkipping = false;
  #isOver = false;

  constructor(source: ByteSource, options: BlockReaderOptions = {}) {
    this.#source = source;
    this.#maxLine = options.maxLine ?? LINE_BYTES;
    // never above the longest line and its LF: a line that fits the buffer is a line that is kept, however it was read
    this.bytes = Buffer.allocUnsafeSlow(Math.min(options.blockSize ?? BLOCK_BYTES, this.#maxLine + 1));
  }

  /** Bytes of input taken by the blocks so far. */
  get offset(): number {
    return this.base + this.#rest;
  }

  /** Bytes taken of the file so far: packed ones where it is packed. */
  get taken(): number {
    return this.#source.taken ?? this.offset;
  }

  read(): 'block' | 'wait' | 'end' {
    if (this.#rest > 0) this.#dropTaken();
    this.end = 0;
    this.cut = false;
    for (;;) {
      if (this.#isOver) return this.#filled > 0 ? this.#give(this.#filled) : 'end';
      if (this.#filled === this.bytes.length && !this.#grow()) return this.#giveCut();
      const count = this.#source.read(this.bytes, this.#filled, this.bytes.length - this.#filled);
      if (count === WAIT) return 'wait';
      if (count === 0) {
        this.#isOver = true;
        continue;
      }
      const from = this.#filled;
      this.#filled += count;
      if (this.#isSkipping) this.#skip();
      const last = this.bytes.subarray(from, this.#filled).lastIndexOf(LF);
      if (last >= 0 && this.#filled > 0) return this.#give(from + last + 1);
    }
  }

  fill(): Promise<void> {
    return this.#source.fill();
  }

  close(): void {
    this.#isOver = true;
    this.#rest = this.#filled;
    this.#source.close();
  }

  #give(end: number): 'block' {
    this.end = end;
    this.#rest = end;
    return 'block';
  }

  #giveCut(): 'block' {
    this.cut = true;
    this.cutLines += 1;
    this.skippedBytes += this.#filled - this.#maxLine;
    this.end = this.#maxLine;
    this.#rest = this.#filled;
    this.#isSkipping = true;
    return 'block';
  }

  #dropTaken(): void {
    this.bytes.copyWithin(0, this.#rest, this.#filled);
    this.base += this.#rest;
    this.#filled -= this.#rest;
    this.#rest = 0;
  }

  /** Drops the rest of a cut line from the (otherwise empty) buffer. */
  #skip(): void {
    const lf = this.bytes.subarray(0, this.#filled).indexOf(LF);
    const drop = lf < 0 ? this.#filled : lf + 1;
    this.skippedBytes += lf < 0 ? drop : lf;
    this.#isSkipping = lf < 0;
    this.#rest = drop;
    this.#dropTaken();
  }

  /** False where the buffer is as large as it may be. */
  #grow(): boolean {
    const most = this.#maxLine + 1;
    if (this.bytes.length >= most) return false;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.bytes.length * 2, most));
    this.bytes.copy(larger, 0, 0, this.#filled);
    this.bytes = larger;
    return true;
  }
}
