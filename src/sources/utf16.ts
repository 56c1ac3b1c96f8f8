/**
 * UTF-16 with a byte order mark as UTF-8. Offsets are those of the UTF-8 bytes: such a file cannot be read again at an offset.
 * Errors: none; half pairs become U+FFFD.
 */
import { TextDecoder } from 'node:util';
import { WAIT, type ByteSource } from './byte-source.ts';

const IN_BYTES = 64 * 1024;

export class Utf16Bytes implements ByteSource {
  readonly #source: ByteSource;
  readonly #decoder: TextDecoder;
  readonly #raw = Buffer.allocUnsafeSlow(IN_BYTES);
  #chunk = Buffer.alloc(0);
  #used = 0;
  taken = 0;
  #isOver = false;

  constructor(source: ByteSource, encoding: 'utf-16le' | 'utf-16be') {
    this.#source = source;
    this.#decoder = new TextDecoder(encoding);
  }

  read(into: Buffer, at: number, room: number): number {
    while (this.#used === this.#chunk.length) {
      if (this.#isOver) return 0;
      const count = this.#source.read(this.#raw, 0, IN_BYTES);
      if (count === WAIT) return WAIT;
      this.#isOver = count === 0;
      this.taken += count;
      this.#chunk = Buffer.from(this.#decoder.decode(this.#raw.subarray(0, count), { stream: !this.#isOver }));
      this.#used = 0;
    }
    const count = this.#chunk.copy(into, at, this.#used, Math.min(this.#chunk.length, this.#used + room));
    this.#used += count;
    return count;
  }

  fill(): Promise<void> {
    return this.#source.fill();
  }

  close(): void {
    this.#isOver = true;
    this.#used = this.#chunk.length;
    this.#source.close();
  }
}
