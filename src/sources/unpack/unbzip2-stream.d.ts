/** The parts of unbzip2-stream (no types of its own) that bzip2-decoder.ts uses. */

declare module 'unbzip2-stream/lib/bit_iterator.js' {
  import type bzip2 from 'unbzip2-stream/lib/bzip2.js';

  /** Calls `next` for bytes, at once for the first. */
  function makeBits(next: () => Uint8Array): bzip2.Bits;
  export default makeBits;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  namespace bzip2 {
    interface Bits {
      (count: number | null): number;
      /** bytes of which at least one bit was read */
      bytesRead: number;
    }
    /** The level, 1 to 9. Throws where no stream begins. */
    function header(bits: Bits): number;
    /** One block, or the trailer of the stream: null. `sum` is what the call before returned, 0 for the first. Throws. */
    function decompress(
      bits: Bits,
      write: (byte: number) => void,
      block: Int32Array,
      blockSize: number,
      sum: number | null,
    ): number | null;
  }
  export default bzip2;
}
