/**
 * An input opened: its bytes, unpacked and as UTF-8 or as they are.
 * Errors: what cannot be opened is told once as a problem and is an empty input.
 */
import { constants, createReadStream, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Instant } from '../model/message.ts';
import { FileBytes, StreamBytes, WAIT, type ByteSource } from './byte-source.ts';
import { GunzipBytes } from './gunzip.ts';
import type { Encoding, InputFile } from './input-file.ts';
import { openJournal } from './journal.ts';
import { JournalExportBytes, mayBeJournalExport } from './journal-export.ts';
import { problemOf, type OnProblem } from './problems.ts';
import { MAGIC_BYTES, SNIFF_BYTES, sniff, sniffProblem } from './sniff.ts';
import { SpooledBytes } from './spool/spooled-bytes.ts';
import { isPacking } from './unpack/packing.ts';
import { UnpackBytes } from './unpack/unpack.ts';
import { Utf16Bytes } from './utf16.ts';

export interface OpenOptions {
  onProblem: OnProblem;
  /** standard input, of the IO object; without it `-` is empty */
  stdin?: Readable | undefined;
  /** the journal is read from here on */
  since?: Instant | undefined;
  /** and to here */
  until?: Instant | undefined;
}

/** An input of no bytes. */
export const EMPTY: ByteSource = { read: () => 0, fill: () => Promise.resolve(), close: () => undefined };

/** Whoever opens closes. */
export function openInput(file: InputFile, options: OpenOptions): ByteSource {
  const { onProblem, stdin } = options;
  if (file.kind === 'journal') return openJournal(onProblem, options);
  if (file.kind === 'pipe') return new SniffedBytes(file.path, openPipe(file.full), onProblem);
  if (file.kind === 'stdin') return stdin === undefined ? EMPTY : new SniffedBytes(file.path, stdin, onProblem);
  if (file.part !== undefined && file.part.from >= file.part.to) return EMPTY;
  if (file.spool?.isBegun === true) return new SpooledBytes(file, file.spool, onProblem);
  if (isPacking(file.encoding)) return new UnpackBytes(file.path, file.encoding, { full: file.full }, onProblem);
  const open = (): ByteSource | undefined => openFile(file, onProblem);
  const bytes = open();
  return bytes === undefined ? EMPTY : decode(file.path, file.encoding, bytes, onProblem, open);
}

/**
 * A FIFO, or `<(command)`, read when it has something. A read stream would wait in a thread, and the process could not end
 * before somebody writes.
 */
function openPipe(full: string): Readable {
  try {
    return new Socket({
      fd: openSync(full, constants.O_RDONLY | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
  } catch {
    return createReadStream(full);
  }
}

function openFile({ path, full, part }: InputFile, onProblem: OnProblem): ByteSource | undefined {
  try {
    return new FileBytes(path, openSync(full, 'r'), onProblem, part);
  } catch (error) {
    onProblem(problemOf(path, error));
    return undefined;
  }
}

function decode(
  path: string,
  encoding: Encoding,
  bytes: ByteSource,
  onProblem: OnProblem,
  reopen?: () => ByteSource | undefined,
): ByteSource {
  if (encoding === 'plain') return bytes;
  if (isPacking(encoding)) return new UnpackBytes(path, encoding, { bytes }, onProblem);
  if (encoding === 'journal-export') return new JournalExportBytes(bytes);
  return encoding === 'gzip' ? new GunzipBytes(path, bytes, onProblem, reopen) : new Utf16Bytes(bytes, encoding);
}

/** A pipe: what it is shows in its first bytes. */
class SniffedBytes implements ByteSource {
  readonly #path: string;
  readonly #onProblem: OnProblem;
  readonly #stream: StreamBytes;
  #head = Buffer.alloc(0);
  #bytes: ByteSource | undefined;

  constructor(path: string, stream: Readable, onProblem: OnProblem) {
    this.#path = path;
    this.#onProblem = onProblem;
    this.#stream = new StreamBytes(path, stream, onProblem);
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#bytes === undefined && !this.#sniff()) return WAIT;
    return this.#bytes?.read(into, at, room) ?? 0;
  }

  fill(): Promise<void> {
    return (this.#bytes ?? this.#stream).fill();
  }

  close(): void {
    this.#bytes?.close();
    this.#stream.close();
  }

  /** True once it is known what it is. Waits for no more than the few bytes that tell. */
  #sniff(): boolean {
    const more = Buffer.alloc(SNIFF_BYTES);
    for (;;) {
      const count = this.#stream.read(more, 0, SNIFF_BYTES);
      if (count === WAIT) return false;
      this.#head = Buffer.concat([this.#head, more.subarray(0, count)]);
      if (count === 0 || (this.#head.length >= MAGIC_BYTES && !mayBeJournalExport(this.#head))) break;
    }
    const sniffed = sniff(this.#head);
    const problem = sniffProblem(this.#path, sniffed);
    if (problem !== undefined || !('encoding' in sniffed)) {
      if (problem !== undefined) this.#onProblem(problem);
      this.#stream.close();
      this.#bytes = EMPTY;
    } else {
      this.#stream.unread(this.#head);
      this.#bytes = decode(this.#path, sniffed.encoding, this.#stream, this.#onProblem);
    }
    this.#head = Buffer.alloc(0);
    return true;
  }
}
