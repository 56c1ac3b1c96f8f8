/**
 * gzip data unpacked by node:zlib in its thread pool, pulled: one write is under way while the block before it is parsed.
 * Shape:  any number of members (RFC 1952 2.2), zero padding behind them.
 * Errors: a truncated tail, damage and foreign bytes behind the last member are told once; all that could be unpacked
 *         before them is given. (zlib drops the output of the write it fails in, so the file is read once more with ever
 *         smaller writes near that place; what cannot be read again loses at most one write.)
 */
import { createGunzip, type Gunzip } from 'node:zlib';
import type { InputProblem } from '../model/run.ts';
import { WAIT, type ByteSource } from './byte-source.ts';
import { errorCode, type OnProblem } from './problems.ts';

/** Measured: 256 KiB out is twice as fast as the default 16 KiB, more is no faster. */
const OUT_BYTES = 256 * 1024;
const IN_BYTES = 64 * 1024;
/** Writes get smaller by this much in each further try to reach the very place of an error. */
const FINER = 256;

/** The packed bytes that are being read, and how: from byte `fineFrom` on in writes of `fineBytes`. */
interface Feed {
  source: ByteSource;
  fineFrom: number;
  fineBytes: number;
}

export class GunzipBytes implements ByteSource {
  readonly #path: string;
  readonly #onProblem: OnProblem;
  readonly #reopen: (() => ByteSource | undefined) | undefined;
  #feed: Feed;
  #gunzip: Gunzip;
  readonly #packed = Buffer.allocUnsafeSlow(IN_BYTES);

  /** packed bytes handed to zlib before the write that is under way, and in it */
  #written = 0;
  #writing = 0;
  #isInputOver = false;
  #isEnding = false;
  #isOver = false;
  #error: Error | undefined;

  #chunk: Buffer | undefined;
  #used = 0;
  /** unpacked bytes given so far, and those of them that a further try has yet to pass over */
  #given = 0;
  #toSkip = 0;
  #wake: (() => void) | undefined;

  /** `reopen` gives the packed bytes from their start once more; undefined where they come only once. */
  constructor(path: string, source: ByteSource, onProblem: OnProblem, reopen?: () => ByteSource | undefined) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#reopen = reopen;
    this.#feed = { source, fineFrom: Infinity, fineBytes: IN_BYTES };
    this.#gunzip = this.#start();
  }

  #start(): Gunzip {
    const gunzip = createGunzip({ chunkSize: OUT_BYTES });
    const wake = (): void => this.#wake?.();
    gunzip.on('readable', wake);
    gunzip.on('end', () => {
      if (gunzip === this.#gunzip) this.#isOver = true;
      wake();
    });
    gunzip.on('error', (error) => {
      if (gunzip === this.#gunzip) this.#error = error;
      wake();
    });
    return gunzip;
  }

  get taken(): number {
    return this.#written + this.#writing;
  }

  read(into: Buffer, at: number, room: number): number {
    const bytes = this.#give(room);
    return typeof bytes === 'number' ? bytes : bytes.copy(into, at);
  }

  /** The next bytes as they were unpacked; undefined at the end; WAIT. */
  next(): Buffer | typeof WAIT | undefined {
    const bytes = this.#give(Infinity);
    return bytes === 0 ? undefined : bytes;
  }

  #give(room: number): Buffer | typeof WAIT | 0 {
    for (;;) {
      this.#chunk ??= this.#take();
      if (this.#chunk === undefined) return this.#isOver ? 0 : WAIT;
      const skipped = Math.min(this.#toSkip, this.#chunk.length - this.#used);
      this.#toSkip -= skipped;
      this.#used += skipped;
      const bytes = this.#chunk.subarray(this.#used, this.#used + room);
      this.#used += bytes.length;
      this.#given += bytes.length;
      if (this.#used >= this.#chunk.length) this.#chunk = undefined;
      if (bytes.length > 0) return bytes;
    }
  }

  #take(): Buffer | undefined {
    this.#used = 0;
    return (this.#gunzip.read() as Buffer | null) ?? undefined;
  }

  async fill(): Promise<void> {
    while (!this.#isOver) {
      this.#chunk ??= this.#take();
      if (this.#chunk !== undefined) return;
      if (this.#error !== undefined) {
        this.#recover(this.#error);
        continue;
      }
      if (this.#writing === 0 && !this.#isEnding) {
        const isFed = this.#write();
        if (!isFed && !this.#isInputOver) {
          await this.#feed.source.fill();
          continue;
        }
        if (!isFed) {
          // only now, when all output is taken: zlib would drop it with the error of a truncated tail
          this.#isEnding = true;
          this.#gunzip.end();
        }
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** Starts the next write; false where there is nothing to write (now). */
  #write(): boolean {
    const { source, fineFrom, fineBytes } = this.#feed;
    const room = this.#written < fineFrom ? Math.min(IN_BYTES, fineFrom - this.#written) : fineBytes;
    const count = source.read(this.#packed, 0, room);
    if (count === 0) this.#isInputOver = true;
    if (count <= 0) return false;
    this.#writing = count;
    const gunzip = this.#gunzip;
    gunzip.write(this.#packed.subarray(0, count), (error) => {
      if (gunzip !== this.#gunzip || error) return;
      this.#written += this.#writing;
      this.#writing = 0;
      // near an error each write's output is taken before the next, which may drop it
      if (!this.#isOver && this.#written < this.#feed.fineFrom) this.#write();
      this.#wake?.();
    });
    return true;
  }

  /** After an error: a further try with smaller writes, or the end. */
  #recover(error: Error): void {
    const failedIn = this.#writing;
    if (errorCode(error) === 'Z_DATA_ERROR' && failedIn > 1 && this.#reopen !== undefined) {
      const source = this.#reopen();
      if (source !== undefined) {
        this.#feed.source.close();
        this.#feed = { source, fineFrom: this.#written, fineBytes: Math.ceil(failedIn / FINER) };
        this.#error = undefined;
        this.#toSkip = this.#given;
        this.#written = 0;
        this.#writing = 0;
        this.#isInputOver = false;
        this.#gunzip = this.#start();
        return;
      }
    }
    this.#isOver = true;
    this.#onProblem(this.#problem(error));
    this.close();
  }

  #problem(error: Error): InputProblem {
    const where = this.#path;
    if (errorCode(error) === 'Z_BUF_ERROR') {
      return {
        where,
        what: 'gzip data ends early',
        help: 'all lines up to there were read; is it still being written or copied?',
      };
    }
    const isBehindMember = this.#given > 0 && /header|method/.test(error.message);
    if (isBehindMember) return { where, what: 'bytes behind the gzip data were ignored' };
    return { where, what: 'gzip data is damaged', help: 'the lines before the damage were read' };
  }

  close(): void {
    this.#isOver = true;
    this.#chunk = undefined;
    this.#feed.source.close();
    this.#gunzip.destroy();
    this.#wake?.();
  }
}
