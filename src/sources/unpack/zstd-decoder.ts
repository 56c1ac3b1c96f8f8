/**
 * zstd by the package fzstd: any number of frames, skippable ones passed over. The frames are walked here, so that what
 * stands behind the data is told from damage, a window may be refused, and the checksums, which fzstd passes over, are held
 * against what was unpacked.
 * Source: RFC 8878 3.1.1 (frames), 3.1.1.2 (blocks), 3.1.2 (skippable frames).
 */
import { Decompress } from 'fzstd';
import type { Decoder, MakeDecoder } from './decoder.ts';
import { UnpackError } from './failure.ts';
import { Xxh64 } from './xxh64.ts';

/** A frame with a larger window is refused, as `zstd -d` does. */
const WINDOW_BYTES = 128 * 1024 * 1024;
const BLOCK_BYTES = 128 * 1024;
/** A block type whose size is not that of its packed bytes: one byte, so many times. */
const RUN = 1;

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const LONGEST_HEADER = 18;
const DICTIONARY_BYTES: readonly number[] = [0, 1, 2, 4];

interface OpenFrame {
  readonly inner: Decompress;
  /** bytes of checksum behind the last block: 4 or 0 */
  readonly checksumBytes: number;
  readonly hash: Xxh64;
}

export const makeZstdDecoder: MakeDecoder = (out) => new ZstdDecoder(out);

class ZstdDecoder implements Decoder {
  readonly #out: (piece: Uint8Array) => void;
  #packed: Buffer = Buffer.alloc(0);
  #isEnding = false;
  #frame: OpenFrame | undefined;
  #frames = 0;
  /** bytes of a skippable frame still to come */
  #toSkip = 0;

  constructor(out: (piece: Uint8Array) => void) {
    this.#out = out;
  }

  feed(packed: Uint8Array | undefined): void {
    if (packed === undefined) this.#isEnding = true;
    else this.#packed = Buffer.concat([this.#packed, packed]);
  }

  step(): boolean {
    if (this.#toSkip > 0) return this.#skip();
    return this.#frame === undefined ? this.#readHeader() : this.#readBlock(this.#frame);
  }

  close(): void {
    this.#packed = Buffer.alloc(0);
    this.#frame = undefined;
  }

  #skip(): boolean {
    const count = Math.min(this.#toSkip, this.#packed.length);
    this.#packed = this.#packed.subarray(count);
    this.#toSkip -= count;
    if (count === 0) this.#want(1);
    return count > 0;
  }

  /** True where so many bytes are there; throws where they will never be. */
  #want(count: number): boolean {
    if (this.#packed.length >= count) return true;
    if (this.#isEnding) throw new UnpackError('early', 'no more data');
    return false;
  }

  #readHeader(): boolean {
    const packed = this.#packed;
    if (packed.length < LONGEST_HEADER && !this.#isEnding) return false;
    if (packed.length === 0 && this.#frames > 0) return false;
    this.#want(4);
    const magic = packed.readUInt32LE(0);
    if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) {
      this.#want(8);
      this.#toSkip = 8 + packed.readUInt32LE(4);
      this.#frames += 1;
      return true;
    }
    if (magic !== MAGIC) throw new UnpackError(this.#frames > 0 ? 'behind' : 'damaged', 'no frame');
    this.#want(6);
    const flags = packed[4] as number;
    const isSingle = (flags & 0x20) !== 0;
    const sizeFlag = flags >> 6;
    const sizeBytes = sizeFlag === 0 ? Number(isSingle) : 1 << sizeFlag;
    const idBytes = DICTIONARY_BYTES[flags & 3] as number;
    const sizeAt = 5 + Number(!isSingle) + idBytes;
    this.#want(sizeAt + sizeBytes);
    const window = isSingle ? sizeOf(packed, sizeAt, sizeBytes) : windowOf(packed[5] as number);
    if (window > WINDOW_BYTES) throw new UnpackError('memory', 'window too large');
    const hash = new Xxh64();
    const inner = new Decompress((piece) => {
      if (piece.length === 0) return;
      hash.update(piece);
      this.#out(piece);
    });
    this.#frame = { inner, checksumBytes: flags & 4, hash };
    inner.push(packed.subarray(0, sizeAt + sizeBytes));
    this.#packed = packed.subarray(sizeAt + sizeBytes);
    return true;
  }

  #readBlock({ inner, checksumBytes, hash }: OpenFrame): boolean {
    if (!this.#want(3)) return false;
    const header = this.#packed.readUIntLE(0, 3);
    const isLast = (header & 1) !== 0;
    const size = header >> 3;
    if (size > BLOCK_BYTES) throw new UnpackError('damaged', 'block too large');
    const blockBytes = 3 + (((header >> 1) & 3) === RUN ? 1 : size);
    const allBytes = blockBytes + (isLast ? checksumBytes : 0);
    if (!this.#want(blockBytes)) return false;
    // the text of a last block is good though its checksum is cut off
    const bytes = this.#packed.subarray(0, allBytes);
    if (bytes.length < allBytes && !this.#isEnding) return false;
    try {
      inner.push(bytes, isLast && bytes.length === allBytes);
    } catch (error) {
      throw new UnpackError('damaged', String(error));
    }
    this.#want(allBytes);
    if (isLast) {
      if (checksumBytes > 0 && bytes.readUInt32LE(blockBytes) !== hash.digest())
        throw new UnpackError('damaged', 'checksum');
      this.#frame = undefined;
      this.#frames += 1;
    }
    this.#packed = this.#packed.subarray(allBytes);
    return true;
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function sizeOf(packed: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return Number(packed.readBigUInt64LE(at));
  return packed.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}
