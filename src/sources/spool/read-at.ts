/**
 * The bytes of a file, read at any place and more than once: a plain file, or a packed one through its spool.
 * Errors: opening throws what fs throws. Where reading fails it must be read the usual way, which tells of it.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { isSeekable, type InputFile } from '../input-file.ts';
import { FULL, type Spool } from './spool.ts';

export interface ReadAt {
  /**
   * At most `room` bytes from `place` on, at into[at]: how many; 0 at the end; WAIT: await `fill`, then again; FULL: it must
   * be read the usual way. `place` is not beyond what was read before.
   */
  read(into: Buffer, at: number, room: number, place: number): number;
  fill(): Promise<void>;
  /** Bytes of the file on disk that were read, where these are packed. */
  readonly taken: number | undefined;
  /** of a plain file, or of a spool that is whole or grows by itself: what can be read there is that of the log */
  readonly fd: number | undefined;
  /** What is there at the descriptor is all; or more comes by itself. Neither: it must be read by `read`. */
  readonly isWhole: boolean;
  readonly isGrowing: boolean;
  close(): void;
}

/** Of a file of `areAtHand` files. Throws where it cannot be opened. */
export function openAt(file: InputFile): ReadAt {
  if (file.spool !== undefined) return new SpoolAt(file.spool);
  return new PlainAt(openSync(file.full, 'r'));
}

/**
 * Whether the bytes of all these files can be read at any place: plain ones, and packed ones where unpacking them into a
 * spool is worth it.
 */
export function areAtHand(files: readonly InputFile[]): boolean {
  let plain = 0;
  let packed = 0;
  let spool: Spool | undefined;
  for (const file of files) {
    if (isSeekable(file)) plain += file.size;
    else if (file.spool?.isUsable !== true) return false;
    else {
      ({ spool } = file);
      packed += file.size;
    }
  }
  return spool?.room.isWorth(packed, plain) !== false;
}

/** Whether lines of the file can be read again: a plain one, or one that is unpacked in a spool. */
export function canReread(file: InputFile): boolean {
  return isSeekable(file) || file.spool?.wholeFd !== undefined;
}

class PlainAt implements ReadAt {
  readonly taken = undefined;
  readonly isWhole = true;
  readonly isGrowing = false;
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  read(into: Buffer, at: number, room: number, place: number): number {
    return orFull(() => readSync(this.fd, into, at, room, place));
  }

  fill(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    closeSync(this.fd);
  }
}

class SpoolAt implements ReadAt {
  readonly #spool: Spool;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  get taken(): number {
    return this.#spool.taken;
  }

  get fd(): number | undefined {
    return this.#spool.wholeFd ?? this.#spool.startGrowing();
  }

  get isWhole(): boolean {
    this.#spool.look();
    return this.#spool.wholeFd !== undefined;
  }

  get isGrowing(): boolean {
    return this.#spool.isGrowing;
  }

  read(into: Buffer, at: number, room: number, place: number): number {
    return orFull(() => this.#spool.read(into, at, room, place));
  }

  fill(): Promise<void> {
    return this.#spool.fill();
  }

  /** It stays, to be read again. */
  close(): void {
    // nothing is open
  }
}

function orFull(read: () => number): number {
  try {
    return read();
  } catch {
    return FULL;
  }
}
