/**
 * bzip2 by the package unbzip2-stream: any number of streams (pbzip2 makes many). A block is unpacked in one go, some 0.2 s.
 *
 * The package's stream keeps each byte of a block as an element of an array and unpacks all it has at the end of the input;
 * so its block decoder is called here.
 * Source: bzip2(1); unbzip2-stream index.js (how much a block may need).
 */
import makeBits from 'unbzip2-stream/lib/bit_iterator.js';
import bzip2 from 'unbzip2-stream/lib/bzip2.js';
import type { Decoder, MakeDecoder } from './decoder.ts';
import { UnpackError } from './failure.ts';

/** Of unpacked bytes that a block's level counts. */
const LEVEL_BYTES = 100_000;
/** A packed block is at most so much longer than the level says; a stream's header and trailer fit into it as well. */
const BLOCK_EXTRA = 25_000;
const OUT_BYTES = 1024 * 1024;

export const makeBzip2Decoder: MakeDecoder = (out) => new Bzip2Decoder(out);

class Bzip2Decoder implements Decoder {
  readonly #out: (piece: Uint8Array) => void;
  readonly #packed: Uint8Array[] = [];
  #fed = 0;
  #bits: bzip2.Bits | undefined;
  /** 1 to 9 within a stream, 0 before its header */
  #level = 0;
  #checksum: number | null = 0;
  #block = new Int32Array(0);
  #isEnding = false;
  #streams = 0;
  #unpacked = Buffer.alloc(0);

  constructor(out: (piece: Uint8Array) => void) {
    this.#out = out;
  }

  feed(packed: Uint8Array | undefined): void {
    if (packed === undefined) {
      this.#isEnding = true;
    } else if (packed.length > 0) {
      this.#packed.push(packed);
      this.#fed += packed.length;
    }
  }

  step(): boolean {
    const left = this.#fed - (this.#bits?.bytesRead ?? 0);
    const enough = this.#level * LEVEL_BYTES + BLOCK_EXTRA;
    if (left < enough && !this.#isEnding) return false;
    if (left === 0 && this.#level === 0) {
      if (this.#streams === 0) throw new UnpackError('early', 'no data');
      return false;
    }
    try {
      this.#bits ??= makeBits(() => this.#next());
      if (this.#level === 0) this.#readHeader(this.#bits);
      else this.#readBlock(this.#bits);
    } catch (error) {
      if (error instanceof UnpackError) throw error;
      const isHeader = this.#level === 0;
      throw new UnpackError(isHeader && this.#streams > 0 ? 'behind' : 'damaged', String(error));
    }
    return true;
  }

  close(): void {
    this.#packed.length = 0;
    this.#unpacked = Buffer.alloc(0);
    this.#block = new Int32Array(0);
  }

  #next(): Uint8Array {
    const packed = this.#packed.shift();
    if (packed === undefined) throw new UnpackError('early', 'no more data');
    return packed;
  }

  #readHeader(bits: bzip2.Bits): void {
    const level = bzip2.header(bits);
    if (this.#block.length !== level * LEVEL_BYTES) this.#block = new Int32Array(level * LEVEL_BYTES);
    this.#level = level;
    this.#checksum = 0;
  }

  #readBlock(bits: bzip2.Bits): void {
    let length = 0;
    if (this.#unpacked.length === 0) this.#unpacked = Buffer.allocUnsafeSlow(OUT_BYTES);
    const write = (byte: number): void => {
      if (length === this.#unpacked.length) {
        const larger = Buffer.allocUnsafeSlow(length * 2);
        this.#unpacked.copy(larger);
        this.#unpacked = larger;
      }
      this.#unpacked[length++] = byte;
    };
    this.#checksum = bzip2.decompress(bits, write, this.#block, this.#block.length, this.#checksum);
    if (this.#checksum === null) {
      this.#level = 0;
      this.#streams += 1;
    }
    if (length > 0) this.#out(Buffer.from(this.#unpacked.subarray(0, length)));
  }
}
