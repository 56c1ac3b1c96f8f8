/**
 * A packed file read whole and in order, of which a part or all is in a spool: that is read from there, the rest is unpacked as
 * ever, and not written any more.
 * Errors: as of the file.
 */
import type { ByteSource } from '../byte-source.ts';
import type { InputFile } from '../input-file.ts';
import { brokenOff, type OnProblem } from '../problems.ts';
import type { Spool } from './spool.ts';

export class SpooledBytes implements ByteSource {
  readonly #file: InputFile;
  readonly #spool: Spool;
  readonly #onProblem: OnProblem;
  readonly #bytes: number;
  /** what unpacks the rest */
  #rest: ByteSource | undefined;
  #place = 0;
  #isOver = false;

  constructor(file: InputFile, spool: Spool, onProblem: OnProblem) {
    this.#file = file;
    this.#spool = spool;
    this.#onProblem = onProblem;
    this.#bytes = spool.bytes;
    if (spool.wholeFd === undefined) this.#rest = spool.release(onProblem);
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#isOver) return 0;
    let count = 0;
    try {
      if (this.#place < this.#bytes)
        count = this.#spool.read(into, at, Math.min(room, this.#bytes - this.#place), this.#place);
    } catch (error) {
      this.#onProblem(brokenOff(this.#file.path, error));
      this.close();
      return 0;
    }
    if (count > 0) {
      this.#place += count;
      return count;
    }
    if (this.#rest !== undefined) return this.#rest.read(into, at, room);
    this.#isOver = true;
    for (const problem of this.#spool.problems) this.#onProblem(problem);
    return 0;
  }

  fill(): Promise<void> {
    return this.#place < this.#bytes ? Promise.resolve() : (this.#rest?.fill() ?? Promise.resolve());
  }

  get taken(): number {
    const rest = this.#rest?.taken;
    if (rest !== undefined || this.#bytes === 0) return rest ?? 0;
    return Math.round((this.#place / this.#bytes) * this.#file.size);
  }

  close(): void {
    this.#isOver = true;
    if (this.#rest === undefined) return;
    this.#rest.close();
    this.#spool.close();
  }
}
