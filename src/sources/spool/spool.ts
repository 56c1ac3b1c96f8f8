/**
 * The unpacked bytes of one packed file in a temporary file (see spools.ts), so that they can be read at any place: written
 * as they are read for the first time, in one stream, or by the tool that unpacks them (`Growth`), which does not wait for
 * whoever reads; read again from there.
 * Units:  bytes of the unpacked input.
 * Errors: what goes wrong with the packed file is kept, for everyone who reads it whole. Where it cannot be written, or would
 *         be too much, reading says FULL: what was unpacked by then is not lost (`release`).
 */
import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import type { InputProblem } from '../../model/run.ts';
import { WAIT, type ByteSource } from '../byte-source.ts';
import type { OnProblem } from '../problems.ts';

/** No more of the file is written: it must be read the usual way. */
export const FULL = -2;

/** Unpacked at once at most, where so much is there. */
const STEP_BYTES = 512 * 1024;

/** Where spools are. */
export interface SpoolRoom {
  /** A new file, already without a name. Throws where there can be none. */
  open(): number;
  /** Whether so many bytes more may be written, of a file that packs `ratio` to 1 and has `packedLeft` to come. */
  mayGrow(bytes: number, unpackedLeft: number): boolean;
  /** Whether these bytes, unpacked, are worth a spool. */
  isWorth(packed: number, plain: number): boolean;
}

/** Who writes the file by itself (unpack/child-file.ts, unpack/gunzip-file.ts). */
export interface Growth {
  /** all is written */
  readonly isOver: boolean;
  /** by then: why it is not all; `room`: it could not be written, `unable`: nothing was done */
  readonly failure: 'room' | 'unable' | undefined;
  /** by then: what is wrong with the packed data */
  readonly problems: readonly InputProblem[];
  /** packed bytes taken */
  readonly taken: number | undefined;
  close(): void;
}

export class Spool {
  /** unpacked and written so far */
  bytes = 0;
  readonly problems: InputProblem[] = [];
  readonly room: SpoolRoom;
  readonly #size: number;
  readonly #unpack: (onProblem: OnProblem) => ByteSource;
  readonly #grow: ((fd: number) => Growth | undefined) | undefined;
  #growth: Growth | undefined;
  #state: 'new' | 'filling' | 'whole' | 'full' | 'released' = 'new';
  #source: ByteSource | undefined;
  #fd: number | undefined;
  /** may be written before the room is asked again */
  #granted = 0;
  /** was unpacked and could not be written */
  #left: Buffer | undefined;
  #listener: OnProblem | undefined;

  /** `size` of the packed file; `unpack` opens it; `grow` lets somebody write it, undefined: nobody can. */
  constructor(
    room: SpoolRoom,
    size: number,
    unpack: (onProblem: OnProblem) => ByteSource,
    grow?: (fd: number) => Growth | undefined,
  ) {
    this.room = room;
    this.#size = size;
    this.#unpack = unpack;
    this.#grow = grow;
  }

  /** It can be read at any place, or begun. */
  get isUsable(): boolean {
    return this.#state === 'new' || this.#state === 'filling' || this.#state === 'whole';
  }

  /** Something was unpacked that `openSpooled` must give. */
  get isBegun(): boolean {
    return this.#state === 'filling' || this.#state === 'whole' || this.#state === 'full';
  }

  /** The descriptor to read at, where all is there. */
  get wholeFd(): number | undefined {
    return this.#state === 'whole' ? this.#fd : undefined;
  }

  /** Begins, where somebody else writes the file: its descriptor, to read at while it grows; undefined: nobody does. */
  startGrowing(): number | undefined {
    if (this.#state === 'new') this.#begin();
    return this.#growth !== undefined && (this.#state === 'filling' || this.#state === 'whole') ? this.#fd : undefined;
  }

  get isGrowing(): boolean {
    return this.#growth !== undefined && this.#state === 'filling';
  }

  /** Looks how far it has grown: false where it must be read the usual way. */
  look(): boolean {
    const { bytes } = this;
    const growth = this.#growth;
    if (growth === undefined || this.#state !== 'filling' || this.#fd === undefined) return this.isUsable;
    const { isOver } = growth;
    this.bytes = fstatSync(this.#fd).size;
    this.#granted -= this.bytes - bytes;
    if (isOver) this.#endGrowth(growth);
    else while (this.#granted <= 0 && this.#mayGrow(0));
    if (!this.isUsable) growth.close();
    return this.isUsable;
  }

  #endGrowth(growth: Growth): void {
    const { failure, problems } = growth;
    growth.close();
    if (failure === 'unable' && this.bytes === 0) {
      // the tool does not run: as if there were none
      this.#growth = undefined;
      this.#open();
    } else if (failure === 'room' || failure === 'unable') this.#state = 'full';
    else {
      this.#state = 'whole';
      this.problems.push(...problems);
    }
  }

  /** Packed bytes taken so far. */
  get taken(): number {
    return this.#state === 'whole' ? this.#size : (this.#growth?.taken ?? this.#source?.taken ?? 0);
  }

  /** As readSync at `place`, which is at most `bytes`; 0 at the end; WAIT; FULL. Throws where the disk fails. */
  read(into: Buffer, at: number, room: number, place: number): number {
    if (place < this.bytes && this.#fd !== undefined)
      return readSync(this.#fd, into, at, Math.min(room, this.bytes - place), place);
    if (this.#state === 'whole') return 0;
    if (this.#state === 'new') this.#begin();
    if (this.#growth !== undefined) return this.#readGrowing(into, at, room, place);
    return this.#state === 'filling' && this.#mayGrow(Math.min(room, STEP_BYTES))
      ? this.#unpackTo(into, at, room)
      : FULL;
  }

  #readGrowing(into: Buffer, at: number, room: number, place: number): number {
    this.look();
    if (place < this.bytes && this.#fd !== undefined)
      return readSync(this.#fd, into, at, Math.min(room, this.bytes - place), place);
    return this.#state === 'whole' ? 0 : this.#state === 'filling' ? WAIT : FULL;
  }

  /** Resolves when `read` may have more. */
  fill(): Promise<void> {
    if (this.isGrowing)
      return new Promise((resolve) => {
        setTimeout(resolve, GROWTH_MS);
      });
    return this.#source?.fill() ?? Promise.resolve();
  }

  #begin(): void {
    this.#state = 'filling';
    try {
      this.#fd = this.room.open();
    } catch {
      this.#state = 'full';
    }
    if (this.#fd !== undefined && this.#mayGrow(0)) this.#growth = this.#grow?.(this.#fd);
    if (this.#growth === undefined) this.#open();
  }

  #open(): void {
    this.#source = this.#unpack((problem) => {
      this.problems.push(problem);
      this.#listener?.(problem);
    });
  }

  #mayGrow(bytes: number): boolean {
    if (bytes < this.#granted) return true;
    const { taken } = this;
    const left = taken > 0 ? (this.bytes / taken) * (this.#size - taken) : 0;
    if (this.room.mayGrow(GRANT_BYTES, left)) this.#granted += GRANT_BYTES;
    else this.#state = 'full';
    return this.#state !== 'full';
  }

  #unpackTo(into: Buffer, at: number, room: number): number {
    const source = this.#source as ByteSource;
    const most = Math.min(room, STEP_BYTES);
    let filled = 0;
    while (filled < most) {
      const count = source.read(into, at + filled, most - filled);
      if (count === WAIT && filled === 0) return WAIT;
      if (count === 0 && filled === 0) {
        this.#state = 'whole';
        source.close();
      }
      if (count <= 0) break;
      filled += count;
    }
    return this.#write(into, at, filled) ? filled : FULL;
  }

  #write(bytes: Buffer, at: number, length: number): boolean {
    try {
      for (let written = 0; written < length;)
        written += writeSync(this.#fd as number, bytes, at + written, length - written, this.bytes + written);
    } catch {
      // the disk is full
      this.#left = Buffer.from(bytes.subarray(at, at + length));
      this.#state = 'full';
      return false;
    }
    this.bytes += length;
    this.#granted -= length;
    return true;
  }

  /** Hands over what unpacks the rest, from `bytes` on: nothing more is written. Problems to come are told there. */
  release(onProblem: OnProblem): ByteSource {
    this.#state = 'released';
    this.#listener = onProblem;
    if (this.#growth !== undefined) {
      // what is there already is unpacked once more, and left out
      this.#growth.close();
      return new Behind(this.#unpack(onProblem), this.bytes);
    }
    const source = this.#source as ByteSource;
    const left = this.#left;
    this.#left = undefined;
    return left === undefined ? source : new Before(left, source);
  }

  /** Frees the file; more than once is no error. */
  close(): void {
    // a thread that writes there must not any more
    if (this.#state !== 'released') this.#growth?.close();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#left = undefined;
    if (this.#state === 'released') return;
    this.#state = 'released';
    this.#source?.close();
  }
}

/** So often it is asked how far a file has grown, ms. */
const GROWTH_MS = 1;

/** The room is asked each time that so much more is written. */
const GRANT_BYTES = 16 * 1024 * 1024;

/** The bytes of a source without the first ones. */
class Behind implements ByteSource {
  readonly #source: ByteSource;
  #left: number;

  constructor(source: ByteSource, left: number) {
    this.#source = source;
    this.#left = left;
  }

  get taken(): number {
    return this.#source.taken ?? 0;
  }

  read(into: Buffer, at: number, room: number): number {
    while (this.#left > 0) {
      const count = this.#source.read(into, at, Math.min(room, this.#left));
      if (count <= 0) return count;
      this.#left -= count;
    }
    return this.#source.read(into, at, room);
  }

  fill(): Promise<void> {
    return this.#source.fill();
  }

  close(): void {
    this.#source.close();
  }
}

/** Bytes, and then those of a source. */
class Before implements ByteSource {
  readonly #source: ByteSource;
  #bytes: Buffer;

  constructor(bytes: Buffer, source: ByteSource) {
    this.#bytes = bytes;
    this.#source = source;
  }

  get taken(): number {
    return this.#source.taken ?? 0;
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#bytes.length === 0) return this.#source.read(into, at, room);
    const count = this.#bytes.copy(into, at, 0, room);
    this.#bytes = this.#bytes.subarray(count);
    return count;
  }

  fill(): Promise<void> {
    return this.#bytes.length > 0 ? Promise.resolve() : this.#source.fill();
  }

  close(): void {
    this.#source.close();
  }
}
