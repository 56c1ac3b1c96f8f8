/**
 * xz by the WebAssembly of the package xz-decompress (xz-embedded): any number of streams, dictionaries up to 64 MiB.
 *
 * Its XzReadableStream lets only one input at a time be unpacked in the whole process: two files that are merged would wait
 * for each other for ever. And it drops the output of the step that fails. So its WebAssembly is used as it is, with a
 * context an input.
 * Source: xz-decompress src/native/xz-decompress.h (the context's layout), xz.h of xz-embedded (the results).
 */
import xz from 'xz-decompress';
import type { Decoder, MakeDecoder } from './decoder.ts';
import { UnpackError, type FailureKind } from './failure.ts';

interface XzExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, length: number): void;
  get_next_output(context: number): number;
}

/** The class's own way to its module. */
interface XzClass {
  _getModuleInstance(): Promise<void>;
  _moduleInstance: { readonly exports: XzExports };
}

// 32-bit words of a context: the size of its buffers; where its input lies, how much is taken, how much there is; ...
const SIZE = 0;
const IN_START = 1;
const IN_TAKEN = 2;
const IN_LENGTH = 3;
const OUT_START = 4;
const OUT_LENGTH = 5;
const WORDS = 6;

// enum xz_ret
const OK = 0;
const STREAM_END = 1;
const FAILURES: Readonly<Record<number, FailureKind>> = { 3: 'memory', 4: 'memory', 5: 'behind', 8: 'early' };

export async function loadXzDecoder(): Promise<MakeDecoder> {
  const { XzReadableStream } = xz as unknown as { XzReadableStream: XzClass };
  await XzReadableStream._getModuleInstance();
  const { exports } = XzReadableStream._moduleInstance;
  return (out) => new XzDecoder(exports, out);
}

class XzDecoder implements Decoder {
  readonly #exports: XzExports;
  readonly #out: (piece: Uint8Array) => void;
  #context: number | undefined;
  #packed: Uint8Array = new Uint8Array(0);
  #isEnding = false;

  constructor(exports: XzExports, out: (piece: Uint8Array) => void) {
    this.#exports = exports;
    this.#out = out;
    this.#context = exports.create_context();
  }

  feed(packed: Uint8Array | undefined): void {
    if (packed === undefined) this.#isEnding = true;
    else this.#packed = packed;
  }

  step(): boolean {
    const context = this.#context;
    if (context === undefined) return false;
    if (this.#word(IN_TAKEN) === this.#word(IN_LENGTH)) {
      if (this.#packed.length === 0 && !this.#isEnding) return false;
      const piece = this.#packed.subarray(0, this.#word(SIZE));
      this.#packed = this.#packed.subarray(piece.length);
      new Uint8Array(this.#exports.memory.buffer, this.#word(IN_START), piece.length).set(piece);
      // nothing is the end of the input
      this.#exports.supply_input(context, piece.length);
    }
    const result = this.#exports.get_next_output(context);
    const length = this.#word(OUT_LENGTH);
    if (length > 0) this.#out(new Uint8Array(this.#exports.memory.buffer, this.#word(OUT_START), length).slice());
    this.#words()[OUT_LENGTH] = 0;
    if (result === OK) return true;
    this.close();
    if (result !== STREAM_END) throw new UnpackError(FAILURES[result] ?? 'damaged', `xz_ret ${result}`);
    return false;
  }

  close(): void {
    if (this.#context !== undefined) this.#exports.destroy_context(this.#context);
    this.#context = undefined;
  }

  /** Made anew each time: the memory moves when it grows. */
  #words(): Uint32Array {
    return new Uint32Array(this.#exports.memory.buffer, this.#context, WORDS);
  }

  #word(index: number): number {
    return this.#words()[index] as number;
  }
}
