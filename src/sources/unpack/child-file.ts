/**
 * A packed file unpacked by a tool into another file, which can be read while it grows: the bytes pass through no pipe, and
 * through no thread of ours. As child-bytes.ts: a child without a shell, which gets open files alone, in a process group of
 * its own.
 * Errors: none is thrown but where nothing can be started; how it failed is `failure`, once it is over.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { kindOf, type FailureKind } from './failure.ts';
import { findTool, toolArguments, toolEnvironment, type Packing } from './packing.ts';

const STDERR_BYTES = 4096;
/** zstd, xz and bzip2 say it in the words of strerror(3), or by their own */
const NO_ROOM = /no space left|write error|file too large|quota exceeded|input\/output error/i;

export class ChildFile {
  /** it has ended, and all that it wrote is there */
  isOver = false;
  /** how it failed; `room`: what it unpacked could not be written */
  failure: FailureKind | 'room' | undefined;
  readonly #child: ChildProcess;
  #input: number | undefined;
  #said = '';

  /** Throws where nothing can be started. `output`: a descriptor, which stays the caller's. */
  constructor(tool: string, packing: Packing, input: number, output: number) {
    this.#input = input;
    const child = spawn(tool, toolArguments(packing), {
      stdio: [input, output, 'pipe'],
      env: toolEnvironment(),
      detached: true,
    });
    this.#child = child;
    child.on('error', () => this.#end('unable'));
    child.on('close', (status) => {
      const kind = kindOf(this.#said);
      // bzip2 warns of bytes behind its data, and is content
      if (status === 0 && kind !== 'behind') this.#end(undefined);
      else this.#end(NO_ROOM.test(this.#said) ? 'room' : kind);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#said.length < STDERR_BYTES) this.#said += text;
    });
  }

  #end(failure: FailureKind | 'room' | undefined): void {
    if (this.isOver) return;
    this.failure = failure;
    this.isOver = true;
  }

  /** Packed bytes that the child has read: the descriptor's place is ours as well (proc(5)); undefined: nobody can tell. */
  get taken(): number | undefined {
    if (this.#input === undefined) return undefined;
    try {
      return Number(/^pos:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${this.#input}`, 'latin1'))?.[1]);
    } catch {
      return undefined;
    }
  }

  /** Ends it. More than once is no error. */
  close(): void {
    if (this.#input !== undefined) closeSync(this.#input);
    this.#input = undefined;
    if (!this.isOver) this.#child.kill('SIGKILL');
  }
}

/** Unpacks the file at `full` into `output`; undefined where there is no tool, or it cannot be started. */
export function unpackTo(full: string, packing: Packing, output: number): ChildFile | undefined {
  const tool = findTool(packing);
  if (tool === undefined) return undefined;
  let input: number | undefined;
  try {
    input = openSync(full, 'r');
    return new ChildFile(tool, packing, input, output);
  } catch {
    // it cannot be opened or started: the next try tells
    if (input !== undefined) closeSync(input);
    return undefined;
  }
}
