/**
 * Whether a byte that hardly ever comes stands in a piece of a block: the block is searched once, not line by line.
 * Shape:  pieces of one block are asked for in their order.
 */
export class NextByte {
  private readonly byte: number;
  /** buffer whose bytes stay as they are, and where the byte first stands at or after the last place looked at */
  private stable: Buffer | undefined;
  private next = -1;

  constructor(byte: number) {
    this.byte = byte;
  }

  /** The bytes of this buffer stay as they are until the next call. */
  startBlock(bytes: Buffer): void {
    this.stable = bytes;
    this.next = -1;
  }

  /** False: it does not stand in b[p, end). True: it does, or nobody promised that the bytes stay. */
  mayStand(b: Buffer, p: number, end: number): boolean {
    if (b !== this.stable) return true;
    if (this.next < p) {
      this.next = b.indexOf(this.byte, p);
      if (this.next < 0) this.next = b.length;
    }
    return this.next < end;
  }
}
