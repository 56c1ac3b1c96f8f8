/**
 * The first and the last bytes of a file, unpacked, without reading it: for what it is, its first stamp and its last year.
 * Errors: none; what cannot be read gives no bytes (opening it will tell).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Encoding, InputFile } from './input-file.ts';
import { exportAsJson } from './journal-export.ts';
import { gunzipHead } from './sniff.ts';
import { isPacking, type Packing } from './unpack/packing.ts';
import { packedHead, unpackedStart } from './unpack/start.ts';

const TAIL_BYTES = 64 * 1024;
const HEAD_BYTES = 64 * 1024;
/** Packed files up to this size are unpacked whole to see their last lines; bzip2 takes ten times as long as the others. */
const SMALL_PACKED_BYTES = 1024 * 1024;
const SMALL_BZIP2_BYTES = 128 * 1024;
/** A small file is not unpacked beyond this. */
const WHOLE_BYTES = 64 * 1024 * 1024;

/** Looks between the first and the last bytes: enough to meet every year of a log, if it is not of many years. */
const BETWEEN = 8;
const BETWEEN_BYTES = 8 * 1024;

const NOTHING = Buffer.alloc(0);

/** Bytes [from, from + length) of an open file, fewer at its end. Throws what readSync throws. */
export function readAt(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function quietly(path: string, read: (fd: number) => Buffer): Buffer {
  try {
    const fd = openSync(path, 'r');
    try {
      return read(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return NOTHING;
  }
}

function decoded(encoding: Exclude<Encoding, Packing>, raw: Buffer): Buffer {
  if (encoding === 'plain') return raw;
  if (encoding === 'gzip') return gunzipHead(raw);
  if (encoding === 'journal-export') return exportAsJson(raw);
  return Buffer.from(new TextDecoder(encoding).decode(raw));
}

const isSmall = ({ encoding, size }: InputFile): boolean =>
  size <= (encoding === 'bzip2' ? SMALL_BZIP2_BYTES : SMALL_PACKED_BYTES);

/** The first bytes of a file (at least 64 KiB where it has them), unpacked; the last line may be cut. Pipes have none. */
export function peekHead(file: InputFile): Buffer {
  if (file.kind !== 'file') return NOTHING;
  const { encoding } = file;
  if (isPacking(encoding)) return packedHead(file, encoding);
  return decoded(
    encoding,
    quietly(file.full, (fd) => readAt(fd, 0, HEAD_BYTES)),
  );
}

/**
 * The last whole lines within the last 64 KiB, unpacked; undefined where they cannot be had cheaply: a pipe, a large
 * packed file.
 */
export function peekTail(file: InputFile): Buffer | undefined {
  if (file.kind !== 'file') return undefined;
  if (file.encoding !== 'plain') {
    if (!isSmall(file)) return undefined;
    const whole = peekWhole(file);
    return wholeLines(whole.subarray(-TAIL_BYTES), whole.length <= TAIL_BYTES);
  }
  let isWhole = false;
  const tail = quietly(file.full, (fd) => {
    const { size } = fstatSync(fd);
    isWhole = size <= TAIL_BYTES;
    return readAt(fd, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
  });
  return wholeLines(tail, isWhole);
}

/** A small file, unpacked. */
function peekWhole(file: InputFile): Buffer {
  const { encoding } = file;
  if (isPacking(encoding)) return unpackedStart(file.full, encoding, WHOLE_BYTES);
  return decoded(
    encoding,
    quietly(file.full, (fd) => readAt(fd, 0, file.size)),
  );
}

/** Without the first line, which begins before these bytes. */
function wholeLines(tail: Buffer, isWhole: boolean): Buffer {
  return isWhole ? tail : tail.subarray(tail.indexOf(10) + 1);
}

/** Pieces of an input in its order, unpacked: the first begins where it begins. Borders may lie within lines. */
export interface Look {
  pieces: Buffer[];
  /** the last piece ends where the input ends */
  hasEnd: boolean;
}

/** The beginning, some places between and the end of a file; the beginning alone where the rest cannot be had cheaply. */
export function peekPieces(file: InputFile): Look {
  if (file.kind !== 'file') return { pieces: [], hasEnd: false };
  if (file.encoding !== 'plain') {
    if (!isSmall(file)) return { pieces: [peekHead(file)], hasEnd: false };
    const whole = peekWhole(file);
    return {
      pieces: placesOf(whole.length).map(([from, length]) => whole.subarray(from, from + length)),
      hasEnd: true,
    };
  }
  const pieces: Buffer[] = [];
  quietly(file.full, (fd) => {
    for (const [from, length] of placesOf(fstatSync(fd).size)) pieces.push(readAt(fd, from, length));
    return NOTHING;
  });
  return { pieces, hasEnd: true };
}

/** Where to look in so many bytes. */
function placesOf(size: number): (readonly [from: number, length: number])[] {
  if (size <= HEAD_BYTES + TAIL_BYTES) return [[0, size]];
  const between = Array.from({ length: BETWEEN }, (_, i) => {
    const from = Math.floor((size * (i + 1)) / (BETWEEN + 1));
    return [from, BETWEEN_BYTES] as const;
  }).filter(([from]) => from > HEAD_BYTES && from + BETWEEN_BYTES < size - TAIL_BYTES);
  return [[0, HEAD_BYTES], ...between, [size - TAIL_BYTES, TAIL_BYTES]];
}
