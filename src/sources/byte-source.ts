/**
 * Where bytes come from, pulled by the block reader into its own buffer: a file synchronously, everything else as it comes.
 * Errors: none is thrown; a failure is told once as a problem and is the end of the input.
 */
import { closeSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { brokenOff, type OnProblem } from './problems.ts';

/** `read` has nothing yet: await `fill()`, then read again. */
export const WAIT = -1;

export interface ByteSource {
  /** Puts at most `room` (> 0) bytes at into[at]: how many; 0 at the end; WAIT. */
  read(into: Buffer, at: number, room: number): number;
  /** Resolves when `read` may have more. */
  fill(): Promise<void>;
  /** Frees what is open. More than once is no error. */
  close(): void;
  /** Bytes taken of the file itself, where it holds others than `read` gives (it is packed): for showing how far it is. */
  readonly taken?: number;
}

/** A regular file, or the bytes [from, to) of it. Owns the descriptor. */
export class FileBytes implements ByteSource {
  readonly #path: string;
  readonly #onProblem: OnProblem;
  #fd: number | undefined;
  #position: number;
  readonly #to: number;

  constructor(path: string, fd: number, onProblem: OnProblem, { from, to } = { from: 0, to: Infinity }) {
    this.#path = path;
    this.#fd = fd;
    this.#onProblem = onProblem;
    this.#position = from;
    this.#to = to;
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#fd === undefined) return 0;
    try {
      const most = Math.min(room, this.#to - this.#position);
      const count = most <= 0 ? 0 : readSync(this.#fd, into, at, most, this.#position);
      this.#position += count;
      if (count === 0) this.close();
      return count;
    } catch (error) {
      this.#onProblem(brokenOff(this.#path, error));
      this.close();
      return 0;
    }
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** A Readable of bytes: standard input, a FIFO, a child's output. */
export class StreamBytes implements ByteSource {
  readonly #path: string;
  readonly #stream: Readable;
  readonly #onProblem: OnProblem;
  #chunk: Buffer | undefined;
  #used = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(path: string, stream: Readable, onProblem: OnProblem) {
    this.#path = path;
    this.#stream = stream;
    this.#onProblem = onProblem;
    const wake = (): void => this.#wake?.();
    stream.on('readable', wake);
    stream.on('end', () => this.#finish());
    stream.on('close', () => this.#finish());
    stream.on('error', (error) => {
      if (!this.#isOver) this.#onProblem(brokenOff(this.#path, error));
      this.#finish();
    });
  }

  #finish(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Puts bytes back in front of what is still to come. */
  unread(bytes: Buffer): void {
    this.#chunk = this.#chunk === undefined ? bytes : Buffer.concat([bytes, this.#chunk.subarray(this.#used)]);
    this.#used = 0;
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#chunk === undefined) {
      const next = this.#stream.read() as Buffer | string | null;
      if (next === null) return this.#isOver || this.#stream.readableEnded ? 0 : WAIT;
      this.#chunk = typeof next === 'string' ? Buffer.from(next) : next;
      this.#used = 0;
    }
    const count = this.#chunk.copy(into, at, this.#used, Math.min(this.#chunk.length, this.#used + room));
    this.#used += count;
    if (this.#used === this.#chunk.length) this.#chunk = undefined;
    return count;
  }

  async fill(): Promise<void> {
    if (this.#chunk !== undefined || this.#isOver || this.#stream.readableLength > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  close(): void {
    this.#isOver = true;
    this.#chunk = undefined;
    this.#stream.destroy();
  }
}
