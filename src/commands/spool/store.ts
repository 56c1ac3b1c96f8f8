/**
 * Bytes that are kept until the end: up to a bound in memory, the rest in a temporary file of our own, which nobody else
 * can open: made anew (O_EXCL) for its owner alone (0600), and unlinked before anything is written to it.
 * Errors: where no folder for temporary files takes any more, the bytes stay in memory up to a second bound; what comes then is
 *         not kept, and `trouble` says why.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export interface StoreOptions {
  /** bytes that stay in memory in any case */
  memory: number;
  /** bytes in memory where no folder takes more */
  mostMemory: number;
  /** for temporary files; the first that takes some is used, then the next */
  folders: readonly string[];
}

const PAGE_BYTES = 1024 * 1024;

/** Where a page stands: in memory, or in a file. */
type Page = Buffer | { fd: number; at: number };

export class ByteStore {
  readonly #options: StoreOptions;
  readonly #pageBytes: number;
  readonly #pages: Page[] = [];
  readonly #fds: number[] = [];
  #inMemory = 0;
  #folder = 0;
  #fd: number | undefined;
  #fileSize = 0;
  /** the page that is being filled */
  #last: Buffer | undefined;
  #filled = 0;
  /** a page that was written, to be filled again */
  #spare: Buffer | undefined;
  #trouble: string | undefined;
  #isFull = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#pageBytes = Math.max(16, Math.min(PAGE_BYTES, options.memory));
  }

  /** Bytes kept: the offset of what is appended next. */
  get size(): number {
    return (this.#pages.length - (this.#last === undefined ? 0 : 1)) * this.#pageBytes + this.#filled;
  }

  /** Why something was not kept; undefined: all was. */
  get trouble(): string | undefined {
    return this.#isFull ? this.#trouble : undefined;
  }

  /** False: there is no room for it, nothing is kept from now on. */
  append(bytes: Uint8Array): boolean {
    if (this.#isFull) return false;
    for (let from = 0; from < bytes.length;) {
      const page = this.#last ?? this.#newPage(bytes.length - from);
      if (page === undefined) return false;
      const count = Math.min(bytes.length - from, page.length - this.#filled);
      page.set(bytes.subarray(from, from + count), this.#filled);
      this.#filled += count;
      from += count;
      if (this.#filled === page.length) this.#close(page);
    }
    return true;
  }

  /** Reads [from, from + length), which must have been appended, to the beginning of `into`. Throws where the disk fails. */
  read(from: number, length: number, into: Buffer): number {
    let done = 0;
    while (done < length) {
      const number = Math.floor((from + done) / this.#pageBytes);
      const start = from + done - number * this.#pageBytes;
      const count = Math.min(length - done, this.#pageBytes - start);
      const page = this.#pages[number];
      if (page === undefined) return done;
      if (Buffer.isBuffer(page)) page.copy(into, done, start, start + count);
      else {
        const got = readSync(page.fd, into, done, count, page.at + start);
        if (got < count) return done + got;
      }
      done += count;
    }
    return done;
  }

  close(): void {
    for (const fd of this.#fds) closeSync(fd);
    this.#fds.length = 0;
    this.#pages.length = 0;
    this.#last = undefined;
    this.#spare = undefined;
    this.#isFull = true;
  }

  #newPage(wanted: number): Buffer | undefined {
    // a record that cannot be whole is not begun: the pages that it needs are asked for by its first
    const pages = Math.ceil(wanted / this.#pageBytes);
    if (this.#folder >= this.#options.folders.length) {
      if (this.#inMemory + pages * this.#pageBytes > this.#options.mostMemory) {
        this.#isFull = true;
        return undefined;
      }
    }
    const page = this.#spare ?? Buffer.allocUnsafeSlow(this.#pageBytes);
    this.#spare = undefined;
    this.#pages.push(page);
    this.#inMemory += page.length;
    this.#last = page;
    this.#filled = 0;
    return page;
  }

  /** A page is full: it stays, or goes to the file. */
  #close(page: Buffer): void {
    this.#last = undefined;
    this.#filled = 0;
    if (this.#inMemory <= this.#options.memory) return;
    while (this.#folder < this.#options.folders.length) {
      try {
        this.#fd ??= this.#open(this.#options.folders[this.#folder] as string);
        let done = 0;
        while (done < page.length) done += writeSync(this.#fd, page, done, page.length - done, this.#fileSize + done);
        this.#pages[this.#pages.length - 1] = { fd: this.#fd, at: this.#fileSize };
        this.#fileSize += page.length;
        this.#inMemory -= page.length;
        this.#spare = page;
        return;
      } catch (error) {
        const folder = this.#options.folders[this.#folder] as string;
        this.#trouble ??= `${folder}: ${(error as Error).message.replace(/, (?:open|write).*$/s, '')}`;
        this.#folder++;
        this.#fd = undefined;
        this.#fileSize = 0;
      }
    }
  }

  #open(folder: string): number {
    const path = join(folder, `mailtrace-${randomUUID()}`);
    const fd = openSync(path, 'wx+', 0o600);
    this.#fds.push(fd);
    unlinkSync(path);
    return fd;
  }
}
