/**
 * Packed bytes unpacked within this process, a step at a time, as they are read.
 * Errors: none is thrown; a failure is told once by `onFailure` and is the end of the input.
 */
import { WAIT, type ByteSource } from '../byte-source.ts';
import type { Decoder, MakeDecoder } from './decoder.ts';
import { UnpackError, type FailureKind } from './failure.ts';

const IN_BYTES = 64 * 1024;

export class InsideBytes implements ByteSource {
  /** packed bytes read so far */
  taken = 0;
  readonly #source: ByteSource;
  readonly #decoder: Decoder;
  readonly #onFailure: (kind: FailureKind) => void;
  readonly #pieces: Uint8Array[] = [];
  #used = 0;
  #isInputOver = false;
  #isOver = false;

  constructor(make: MakeDecoder, source: ByteSource, onFailure: (kind: FailureKind) => void) {
    this.#source = source;
    this.#onFailure = onFailure;
    this.#decoder = make((piece) => this.#pieces.push(piece));
  }

  read(into: Buffer, at: number, room: number): number {
    for (;;) {
      const [piece] = this.#pieces;
      if (piece !== undefined) {
        const part = piece.subarray(this.#used, this.#used + room);
        into.set(part, at);
        this.#used += part.length;
        if (this.#used === piece.length) {
          this.#pieces.shift();
          this.#used = 0;
        }
        return part.length;
      }
      if (this.#isOver) return 0;
      if (!this.#step()) return WAIT;
    }
  }

  /** False where the packed bytes have not come yet. */
  #step(): boolean {
    try {
      if (this.#decoder.step()) return true;
      if (this.#isInputOver) {
        this.#end();
        return true;
      }
    } catch (error) {
      this.#onFailure(error instanceof UnpackError ? error.kind : 'damaged');
      this.#end();
      return true;
    }
    const packed = Buffer.allocUnsafeSlow(IN_BYTES);
    const count = this.#source.read(packed, 0, IN_BYTES);
    if (count === WAIT) return false;
    this.taken += count;
    this.#isInputOver = count === 0;
    this.#decoder.feed(count === 0 ? undefined : packed.subarray(0, count));
    return true;
  }

  fill(): Promise<void> {
    return this.#source.fill();
  }

  close(): void {
    this.#pieces.length = 0;
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#source.close();
    this.#decoder.close();
  }
}
