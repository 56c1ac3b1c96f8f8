/**
 * Packed bytes unpacked by a tool: a child without a shell, which gets no file name but the open file as its standard
 * input. It stands in a process group of its own, so that Ctrl-C reaches us alone and what it unpacked by then counts.
 * Errors: none is thrown; a failure is told once by `onFailure` after all it unpacked was read. What the tool writes to
 *         stderr is looked at, never shown.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { closeSync, readFileSync, readSync } from 'node:fs';
import { StreamBytes, WAIT, type ByteSource } from '../byte-source.ts';
import { kindOf, type FailureKind } from './failure.ts';
import { toolArguments, toolEnvironment, type Packing } from './packing.ts';

const STDERR_BYTES = 4096;
const IN_BYTES = 64 * 1024;
/** How far the child has read is asked for after so many unpacked bytes. */
const LOOK_BYTES = 4 * 1024 * 1024;
/** Where the system does not tell how far it has read: logs pack to about an eighth. */
const USUAL_RATIO = 8;

export interface Tool {
  readonly packing: Packing;
  /** absolute */
  readonly path: string;
}

export class ChildBytes implements ByteSource {
  readonly #child: ChildProcess;
  readonly #bytes: StreamBytes;
  readonly #source: ByteSource | undefined;
  readonly #onFailure: (kind: FailureKind) => void;
  readonly #ended: Promise<void>;
  /** its output is read to the end; it is over as well */
  #isDrained = false;
  #isOver = false;
  #isClosed = false;
  #said = '';
  #fd: number | undefined;
  #given = 0;
  #taken = 0;
  #nextLook = LOOK_BYTES;

  /** `input`: a descriptor or bytes; both are closed here. Throws where nothing can be started: then they are not. */
  constructor(tool: Tool, input: number | ByteSource, onFailure: (kind: FailureKind) => void) {
    this.#onFailure = onFailure;
    const child = spawn(tool.path, toolArguments(tool.packing), {
      stdio: [typeof input === 'number' ? input : 'pipe', 'pipe', 'pipe'],
      env: toolEnvironment(),
      detached: true,
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (failure: FailureKind | undefined): void => {
        if (!this.#isOver && failure !== undefined && !this.#isClosed) this.#onFailure(failure);
        this.#isOver = true;
        resolve();
      };
      child.on('error', () => end('unable'));
      child.on('close', (status) => {
        const kind = kindOf(this.#said);
        // bzip2 warns of bytes behind its data, and is content
        end(status === 0 && kind !== 'behind' ? undefined : kind);
      });
    });
    // without descriptors left there are no streams; `error` follows
    if (child.stdout === null || child.stdout === undefined) {
      this.#isClosed = true;
      throw new Error('cannot start a child');
    }
    (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      if (this.#said.length < STDERR_BYTES) this.#said += text;
    });
    this.#fd = typeof input === 'number' ? input : undefined;
    this.#bytes = new StreamBytes('', child.stdout, () => undefined);
    this.#source = typeof input === 'number' ? undefined : input;
    if (this.#source !== undefined) void this.#pass(this.#source, child.stdin as Writable);
  }

  /** Hands the packed bytes to the child, as fast as it takes them. */
  async #pass(source: ByteSource, to: Writable): Promise<void> {
    to.on('error', () => undefined);
    const packed = Buffer.allocUnsafeSlow(IN_BYTES);
    while (!this.#isClosed && !this.#isOver && !to.destroyed) {
      const count = source.read(packed, 0, IN_BYTES);
      if (count === WAIT) {
        await source.fill();
      } else if (count === 0) {
        to.end();
        return;
      } else {
        await new Promise((resolve) => {
          to.write(packed.subarray(0, count), resolve);
        });
      }
    }
  }

  read(into: Buffer, at: number, room: number): number {
    let count = this.#isDrained ? 0 : this.#bytes.read(into, at, room);
    if (count === WAIT) count = this.#readNow(into, at, room);
    this.#isDrained = count === 0;
    if (count > 0) this.#given += count;
    // its exit status comes after its output
    return count === 0 && !this.#isOver ? WAIT : count;
  }

  /**
   * What the child has written by now, straight from its pipe: the stream gives 64 KiB a turn of the event loop.
   * Nothing older is in the stream: it was read before.
   */
  #readNow(into: Buffer, at: number, room: number): number {
    // gone as soon as the stream has closed it
    const fd = (this.#child.stdout as unknown as { _handle?: { fd?: number } | null } | null)?._handle?.fd;
    if (fd === undefined || fd < 0) return WAIT;
    try {
      // at the end the stream sees it as well, and tells
      return readSync(fd, into, at, room, null) || WAIT;
    } catch {
      // EAGAIN: nothing yet
      return WAIT;
    }
  }

  /** Packed bytes that the child has read: the descriptor's place is ours as well (proc(5)). */
  get taken(): number {
    if (this.#given < this.#nextLook) return this.#taken;
    this.#nextLook = this.#given + LOOK_BYTES;
    try {
      if (this.#fd === undefined) throw new Error('a pipe');
      this.#taken = Number(/^pos:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${this.#fd}`, 'latin1'))?.[1]);
    } catch {
      this.#taken = Math.floor(this.#given / USUAL_RATIO);
    }
    return this.#taken;
  }

  fill(): Promise<void> {
    return this.#isDrained ? this.#ended : this.#bytes.fill();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#bytes.close();
    this.#source?.close();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    if (!this.#isOver) this.#child.kill('SIGKILL');
  }
}
