/**
 * Bytes of lines near each other in a log, all in one buffer: a window that goes on with the log, and behind it room for the
 * lines of a chain that lie before it.
 */
import type { InputFile } from '../sources/input-file.ts';
import { openAt, type ReadAt } from '../sources/spool/read-at.ts';

const WINDOW = 8 * 1024 * 1024;
/** of it before the line for which it is moved */
const BEFORE = 4 * 1024 * 1024;
const ROOM = 1024 * 1024;

export class LogBytes {
  readonly bytes = Buffer.allocUnsafeSlow(WINDOW + ROOM);
  readonly #files: readonly InputFile[];
  readonly #open: (ReadAt | undefined)[] = [];
  #source = -1;
  #from = 0;
  #end = 0;
  /** bytes behind the window that lines of the chain take */
  #used = 0;

  constructor(files: readonly InputFile[]) {
    this.#files = files;
  }

  /** A chain begins, whose last line stands here: the window is moved so that it holds it. */
  begin(source: number, offset: number, length: number): void {
    this.#used = 0;
    const end = offset + length;
    if (source === this.#source && (end <= this.#end || offset < this.#from)) return;
    const from = Math.max(0, end - BEFORE);
    const kept = source === this.#source && from < this.#end ? this.#end - from : 0;
    if (kept > 0) this.bytes.copyWithin(0, from - this.#from, this.#end - this.#from);
    this.#source = source;
    this.#from = from;
    this.#end = from + kept + this.#read(source, kept, WINDOW - kept, from + kept);
  }

  /** Where the line begins in `bytes`, good until the next begin(); -1 = it is not to be had. */
  at(source: number, offset: number, length: number): number {
    if (source === this.#source && offset >= this.#from && offset + length <= this.#end) return offset - this.#from;
    const at = WINDOW + this.#used;
    if (this.#used + length > ROOM || this.#read(source, at, length, offset) < length) return -1;
    this.#used += length;
    return at;
  }

  close(): void {
    for (const bytes of this.#open) bytes?.close();
    this.#open.length = 0;
    this.#source = -1;
  }

  /** How many bytes were there. */
  #read(source: number, at: number, room: number, place: number): number {
    let done = 0;
    try {
      const bytes = (this.#open[source] ??= openAt(this.#files[source] as InputFile));
      while (done < room) {
        const n = bytes.read(this.bytes, at + done, room - done, place + done);
        if (n <= 0) break;
        done += n;
      }
    } catch {
      // a file that can no longer be read: the ordinary reading tells so
    }
    return done;
  }
}
