/**
 * A packed file read whole and in order, of which a part or all is in a spool: that is read from there, the rest is unpacked as
 * ever, and not written any more.
 * Errors: as of the file.
 */
import { WAIT, type ByteSource } from '../byte-source.ts';
import type { InputFile } from '../input-file.ts';
import { brokenOff, type OnProblem } from '../problems.ts';
import { FULL, type Spool } from './spool.ts';

export class SpooledBytes implements ByteSource {
  readonly #file: InputFile;
  readonly #spool: Spool;
  readonly #onProblem: OnProblem;
  #bytes: number;
  /** somebody else writes the spool still */
  #isGrowing: boolean;
  /** what unpacks the rest */
  #rest: ByteSource | undefined;
  #place = 0;
  #isOver = false;

  constructor(file: InputFile, spool: Spool, onProblem: OnProblem) {
    this.#file = file;
    this.#spool = spool;
    this.#onProblem = onProblem;
    this.#bytes = spool.bytes;
    this.#isGrowing = spool.isGrowing;
    if (spool.wholeFd === undefined && !this.#isGrowing) this.#rest = spool.release(onProblem);
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#isOver) return 0;
    let count = 0;
    try {
      if (this.#isGrowing) return this.#readGrowing(into, at, room);
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

  #readGrowing(into: Buffer, at: number, room: number): number {
    const count = this.#spool.read(into, at, room, this.#place);
    if (count > 0) this.#place += count;
    if (count > 0 || count === WAIT) return count;
    // it is whole, or must be read the usual way
    this.#isGrowing = false;
    this.#bytes = this.#spool.bytes;
    if (count === FULL) this.#rest = this.#spool.release(this.#onProblem);
    return this.read(into, at, room);
  }

  fill(): Promise<void> {
    if (this.#isGrowing) return this.#spool.fill();
    return this.#place < this.#bytes ? Promise.resolve() : (this.#rest?.fill() ?? Promise.resolve());
  }

  get taken(): number {
    if (this.#isGrowing) return this.#spool.taken;
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
