/**
 * Unpacking within this process, step by step, for machines without the tool. Each decoder is a package of its own and is
 * loaded when the first such file is met.
 * Shape:  feed packed bytes, then step until it returns false, then feed again; feed(undefined) is the end of the input.
 * Errors: `step` throws an UnpackError; what it gave to `out` before is good.
 */
import type { Packing } from './packing.ts';

export interface Decoder {
  /** The bytes are kept: they may not change later. undefined: no more will come. */
  feed(packed: Uint8Array | undefined): void;
  /** A bounded piece of work; false where it needs to be fed, and after the end. */
  step(): boolean;
  /** Frees what it holds. More than once is no error. */
  close(): void;
}

/** `out` gets pieces that nobody else changes, none of them empty. */
export type MakeDecoder = (out: (piece: Uint8Array) => void) => Decoder;

const IMPORTS: Readonly<Record<Packing, () => Promise<MakeDecoder>>> = {
  zstd: async () => (await import('./zstd-decoder.ts')).makeZstdDecoder,
  xz: async () => (await import('./xz-decoder.ts')).loadXzDecoder(),
  bzip2: async () => (await import('./bzip2-decoder.ts')).makeBzip2Decoder,
};

const loaded = new Map<Packing, MakeDecoder>();

/** The decoder's maker, if it was loaded by `loadDecoder` before. */
export const loadedDecoder = (packing: Packing): MakeDecoder | undefined => loaded.get(packing);

export async function loadDecoder(packing: Packing): Promise<MakeDecoder> {
  const make = loaded.get(packing) ?? (await IMPORTS[packing]());
  loaded.set(packing, make);
  return make;
}
