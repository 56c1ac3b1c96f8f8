/**
 * Where packed files are unpacked to, when something wants to read them at any place: temporary files that nobody else can
 * read (mode 0600), and that have no name from the moment they are made: nothing is left of them, however the process ends.
 * Bounds: all together 4 GiB, and never more than what is left free on that disk (half of what was free); of a folder in memory
 *         (tmpfs), never more than half of the memory that is free. What is more is read the usual way.
 * Where:  MAILTRACE_TMPDIR, else the folder of the system for temporary files (TMPDIR, /tmp).
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, rmSync, statfsSync, unlinkSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { helpersFor } from '../../util/threads.ts';
import { isPacked, type InputFile } from '../input-file.ts';
import { openInput } from '../open.ts';
import { unpackTo } from '../unpack/child-file.ts';
import { failureProblem } from '../unpack/failure.ts';
import { GunzipFile } from '../unpack/gunzip-file.ts';
import { isPacking } from '../unpack/packing.ts';
import { type Growth, Spool, type SpoolRoom } from './spool.ts';

export interface SpoolsOptions {
  folder?: string | undefined;
  /** bytes of all spools together at most */
  most?: number;
  /** logs that are smaller than this, unpacked, are read the usual way */
  least?: number;
  /** script of the thread that unpacks gzip (unpack/gunzip-worker.ts); undefined: this thread does */
  gunzip?: URL | undefined;
}

const MOST_BYTES = 4 * 1024 ** 3;
const LEAST_BYTES = 4 * 1024 ** 2;
/** Logs pack to a fifth or less: what is likely too much is not begun. */
const LEAST_RATIO = 5;
const USUAL_RATIO = 7;

/** statfs(2): the magic numbers of tmpfs and ramfs */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

export class Spools implements SpoolRoom {
  readonly #folder: string;
  readonly #most: number;
  readonly #least: number;
  readonly #gunzip: URL | undefined;
  readonly #spools = new Map<string, Spool>();
  #granted = 0;

  constructor({ folder, most = MOST_BYTES, least = LEAST_BYTES, gunzip }: SpoolsOptions = {}) {
    this.#folder = folder ?? (process.env['MAILTRACE_TMPDIR'] || tmpdir());
    this.#most = most;
    this.#least = least;
    this.#gunzip = gunzip;
  }

  /** The file with its spool, the same one however often it is found; nothing is written before it is read. */
  give(file: InputFile): InputFile {
    if (!isPacked(file)) return file;
    const key = `${file.identity} ${file.size} ${file.mtime} ${file.full}`;
    let spool = this.#spools.get(key);
    if (spool === undefined) {
      spool = new Spool(
        this,
        file.size,
        (onProblem) => openInput(file, { onProblem }),
        (fd) => growthOf(file, fd, this.#gunzip),
      );
      this.#spools.set(key, spool);
    }
    return { ...file, spool };
  }

  open(): number {
    const path = join(this.#folder, `mailtrace-${randomBytes(16).toString('hex')}`);
    const fd = openSync(path, 'wx+', 0o600);
    try {
      unlinkSync(path);
      return fd;
    } catch (error) {
      // a system that does not let go of the name of an open file
      closeSync(fd);
      rmSync(path, { force: true });
      throw error;
    }
  }

  mayGrow(bytes: number, unpackedLeft: number): boolean {
    const wanted = Math.max(bytes, unpackedLeft);
    if (this.#granted + wanted > this.#most || this.#free() - wanted < this.#granted + wanted) return false;
    this.#granted += bytes;
    return true;
  }

  isWorth(packed: number, plain: number): boolean {
    const unpacked = packed * LEAST_RATIO;
    return packed * USUAL_RATIO + plain >= this.#least && unpacked <= this.#most;
  }

  /** Bytes free where the spools are; 0 where nobody can tell. */
  #free(): number {
    try {
      const { type, bavail, bsize } = statfsSync(this.#folder);
      const free = bavail * bsize;
      return IN_MEMORY.has(type) ? Math.min(free, freemem()) : free;
    } catch {
      return 0;
    }
  }

  /** Frees all of it. */
  close(): void {
    for (const spool of this.#spools.values()) spool.close();
    this.#spools.clear();
  }
}

/** Who unpacks this file into that of the descriptor: a tool, or a thread. */
function growthOf(file: InputFile, fd: number, gunzip: URL | undefined): Growth | undefined {
  const { full, encoding, path } = file;
  if (encoding === 'gzip') return gunzip === undefined ? undefined : threadFor(file, fd, gunzip);
  const child = isPacking(encoding) ? unpackTo(full, encoding, fd) : undefined;
  if (child === undefined || !isPacking(encoding)) return undefined;
  const told = (): { failure: Growth['failure']; problems: Growth['problems'] } => {
    const { failure } = child;
    if (failure === undefined || failure === 'room' || failure === 'unable') return { failure, problems: [] };
    return { failure: undefined, problems: [failureProblem(path, encoding, failure, fstatSync(fd).size)] };
  };
  return {
    get isOver() {
      return child.isOver;
    },
    get failure() {
      return told().failure;
    },
    get problems() {
      return told().problems;
    },
    get taken() {
      return child.taken;
    },
    close: () => child.close(),
  };
}

/** Undefined where the file is too small for a thread, or there is but one. */
function threadFor({ full, path, size }: InputFile, fd: number, script: URL): Growth | undefined {
  if (helpersFor(size * USUAL_RATIO) === 0) return undefined;
  try {
    return new GunzipFile(script, full, path, fd);
  } catch {
    return undefined;
  }
}
