/**
 * What the kernel must know to tell lines that are like the line before: written where the WASM module reads it.
 * Shape:  a record of USUAL_BYTES: bytes of the date (0 = no line is usual), of the stamp behind it, of its fraction
 *         (digits), whether times must not go back, how many hosts, the host of the line before, whether lines have none (what
 *         parts stamp and text stands for it); the date at 32; the latest stamp behind its date at 48 (`16:48:00`,
 *         `T16:48:00.123456+01:00`); hosts at 112, 80 bytes each: length, bytes.
 */
import type { UsualStamp } from './door.ts';

export const USUAL_BYTES = 112 + 8 * 80;
const DATE_AT = 32;
const STAMP_AT = 48;
const HOSTS_AT = 112;
const HOST_BYTES = 80;
const MOST_HOSTS = 8;
const MOST_HOST = 64;
const MOST_STAMP = 56;

export class Usual {
  readonly #bytes: Buffer;
  #hosts = 0;

  constructor(memory: ArrayBuffer, at: number) {
    this.#bytes = Buffer.from(memory, at, USUAL_BYTES);
  }

  /** Lines like a line with this stamp are usual from now on; undefined: none is. */
  setStamp(stamp: UsualStamp | undefined): void {
    const bytes = this.#bytes;
    const isFit = stamp !== undefined && stamp.stamp.length <= MOST_STAMP;
    bytes.writeUInt32LE(isFit ? stamp.date.length : 0, 0);
    if (!isFit) return;
    bytes.writeUInt32LE(stamp.stamp.length, 4);
    bytes.writeUInt32LE(stamp.fraction, 8);
    bytes.writeUInt32LE(Number(stamp.isOrdered), 12);
    bytes.writeUInt32LE(Number(stamp.isBare), 24);
    bytes.set(stamp.date, DATE_AT);
    bytes.set(stamp.stamp, STAMP_AT);
  }

  /** A host with the spaces around it; the first few are kept. */
  addHost(host: Uint8Array): void {
    if (this.#hosts === MOST_HOSTS || host.length > MOST_HOST || host.length === 0) return;
    const at = HOSTS_AT + this.#hosts * HOST_BYTES;
    this.#bytes.writeUInt32LE(host.length, at);
    this.#bytes.set(host, at + 4);
    this.#bytes.writeUInt32LE(++this.#hosts, 16);
  }

  /** Forgets all. */
  clear(): void {
    this.#hosts = 0;
    this.#bytes.fill(0);
  }
}
