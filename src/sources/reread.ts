/**
 * The exact bytes of lines that were read before, from a file that can be read again.
 * Errors: a line that is no longer there (the file is gone or shorter) is undefined; a file renamed by a rotation in the
 *         meantime is found again in its folder.
 */
import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LineLocation } from '../model/message.ts';
import { Gatherer } from '../util/gather.ts';
import { isSeekable, type InputFile } from './input-file.ts';
import { identityOf } from './identity.ts';
import { readAt } from './peek.ts';

/** Lines at most this far apart are read in one go; a read is at most this long (a longer line is read alone). */
const GAP_BYTES = 16 * 1024;
const READ_BYTES = 1024 * 1024;

/** The lines at these places (of `file`, in any order), without line ends, in the same order. */
export function rereadLines(file: InputFile, places: readonly LineLocation[]): (Buffer | undefined)[] {
  const lines = new Array<Buffer | undefined>(places.length).fill(undefined);
  const spooled = file.spool?.wholeFd;
  const fd = spooled ?? (isSeekable(file) ? openAgain(file) : undefined);
  if (fd === undefined) return lines;
  try {
    const order = places.map((_, i) => i).sort((a, b) => at(places, a).offset - at(places, b).offset);
    for (let first = 0; first < order.length;) {
      const from = at(places, order[first] as number).offset;
      let end = from;
      let next = first;
      while (next < order.length) {
        const place = at(places, order[next] as number);
        const placeEnd = place.offset + place.length;
        if (next > first && (place.offset > end + GAP_BYTES || placeEnd > from + READ_BYTES)) break;
        end = Math.max(end, placeEnd);
        next += 1;
      }
      const bytes = readAt(fd, from, end - from);
      for (; first < next; first++) {
        const index = order[first] as number;
        const { offset, length } = at(places, index);
        const line = bytes.subarray(offset - from, offset - from + length);
        if (line.length === length) lines[index] = line;
      }
    }
  } catch {
    // the disk fails: what was read is kept
  } finally {
    if (spooled === undefined) closeSync(fd);
  }
  return lines;
}

const at = (places: readonly LineLocation[], index: number): LineLocation => places[index] as LineLocation;

function openAgain(file: InputFile): number | undefined {
  const fd = openIf(file.full, file.identity);
  if (fd !== undefined) return fd;
  const folder = dirname(file.full);
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isFile() && identityOf(stat) === file.identity) return openIf(path, file.identity);
    }
  } catch {
    // gone
  }
  return undefined;
}

/** Opens the path if it is still this very file. */
function openIf(path: string, identity: string): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    if (identityOf(fstatSync(fd)) === identity) return fd;
    closeSync(fd);
  } catch {
    // gone or no longer readable
  }
  return undefined;
}

/** Copies many lines of many files to their places in one buffer. Files stay open until close(). */
export class LineGatherer {
  readonly #files: readonly InputFile[];
  readonly #gatherers = new Map<number, Gatherer>();
  readonly #fds = new Map<number, number | undefined>();
  readonly #own: number[] = [];
  #missing = new Set<number>();

  constructor(files: readonly InputFile[]) {
    this.#files = files;
  }

  /** Wants the line at [offset, offset + length) of a source, to stand at `target` of `out`, which fetch() is given too. */
  want(source: number, offset: number, length: number, target: number, out: Buffer): void {
    const gatherer = this.#gatherers.get(source) ?? this.#open(source);
    if (gatherer.isFull) gatherer.fetch(out, (missing) => this.#missing.add(missing));
    gatherer.want(offset, length, target);
  }

  /** Reads what is wanted. Returns the targets of lines that are no longer there. */
  fetch(out: Buffer): ReadonlySet<number> {
    for (const gatherer of this.#gatherers.values()) gatherer.fetch(out, (missing) => this.#missing.add(missing));
    const missing = this.#missing;
    if (missing.size > 0) this.#missing = new Set();
    return missing;
  }

  close(): void {
    for (const fd of this.#own) closeSync(fd);
    this.#own.length = 0;
    this.#fds.clear();
    this.#gatherers.clear();
  }

  /** Reads what there is of [from, from + length) of a source to the beginning of `into`: how much that was. */
  read(source: number, from: number, length: number, into: Uint8Array): number {
    const fd = this.#fdOf(source);
    return fd === undefined ? 0 : readInto(fd, from, length, into);
  }

  #open(source: number): Gatherer {
    const fd = this.#fdOf(source);
    const gatherer = new Gatherer((from, length, into) => (fd === undefined ? 0 : readInto(fd, from, length, into)));
    this.#gatherers.set(source, gatherer);
    return gatherer;
  }

  #fdOf(source: number): number | undefined {
    if (this.#fds.has(source)) return this.#fds.get(source);
    const file = this.#files[source];
    const spooled = file?.spool?.wholeFd;
    const fd = spooled ?? (file !== undefined && isSeekable(file) ? openAgain(file) : undefined);
    if (fd !== undefined && spooled === undefined) this.#own.push(fd);
    this.#fds.set(source, fd);
    return fd;
  }
}

/** How much was there; where the disk fails, what came before that. */
function readInto(fd: number, from: number, length: number, into: Uint8Array): number {
  let filled = 0;
  try {
    while (filled < length) {
      const count = readSync(fd, into, filled, length - filled, from + filled);
      if (count === 0) break;
      filled += count;
    }
  } catch {
    // the lines behind are missed
  }
  return filled;
}
