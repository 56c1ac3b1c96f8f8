/**
 * A packed input as its unpacked bytes, by the tool or within this process (see packing.ts). It begins to unpack at once.
 * Errors: a truncated tail, damage and foreign bytes behind the data are told once as a problem; all that could be unpacked
 *         before them is given.
 */
import { closeSync, openSync } from 'node:fs';
import { FileBytes, WAIT, type ByteSource } from '../byte-source.ts';
import { problemOf, type OnProblem } from '../problems.ts';
import { ChildBytes } from './child-bytes.ts';
import { loadDecoder } from './decoder.ts';
import { failureProblem, type FailureKind } from './failure.ts';
import { InsideBytes } from './inside-bytes.ts';
import { findTool, type Packing } from './packing.ts';

/** Where the packed bytes are: a file by its absolute path, or bytes that come only once. */
export type Packed = { readonly full: string } | { readonly bytes: ByteSource };

export class UnpackBytes implements ByteSource {
  readonly #path: string;
  readonly #packing: Packing;
  readonly #packed: Packed;
  readonly #onProblem: OnProblem;
  #bytes: ByteSource | undefined;
  #loading: Promise<void> | undefined;
  #failure: FailureKind | undefined;
  #given = 0;
  #isOver = false;

  /** `path` as problems name it. */
  constructor(path: string, packing: Packing, packed: Packed, onProblem: OnProblem) {
    this.#path = path;
    this.#packing = packing;
    this.#packed = packed;
    this.#onProblem = onProblem;
    this.#bytes = this.#startChild();
    if (this.#bytes === undefined) this.#startInside();
  }

  /** undefined where there is no tool, or it cannot be started. */
  #startChild(): ByteSource | undefined {
    const tool = findTool(this.#packing);
    if (tool === undefined) return undefined;
    let input: number | ByteSource | undefined;
    try {
      input = 'full' in this.#packed ? openSync(this.#packed.full, 'r') : this.#packed.bytes;
      return new ChildBytes({ packing: this.#packing, path: tool }, input, (kind) => (this.#failure = kind));
    } catch {
      // a file that cannot be opened is told when the next try opens it
      if (typeof input === 'number') closeSync(input);
      return undefined;
    }
  }

  #startInside(): void {
    const source = this.#open();
    if (source === undefined) {
      this.#isOver = true;
      return;
    }
    this.#loading = loadDecoder(this.#packing).then(
      (make) => {
        this.#loading = undefined;
        if (this.#isOver) source.close();
        else this.#bytes = new InsideBytes(make, source, (kind) => (this.#failure = kind));
      },
      () => {
        // no WebAssembly, no memory
        this.#loading = undefined;
        source.close();
        this.#isOver = true;
        this.#onProblem(failureProblem(this.#path, this.#packing, 'unable', 0));
      },
    );
  }

  #open(): ByteSource | undefined {
    if ('bytes' in this.#packed) return this.#packed.bytes;
    try {
      return new FileBytes(this.#path, openSync(this.#packed.full, 'r'), this.#onProblem);
    } catch (error) {
      this.#onProblem(problemOf(this.#path, error));
      return undefined;
    }
  }

  read(into: Buffer, at: number, room: number): number {
    if (this.#bytes === undefined) return this.#isOver ? 0 : WAIT;
    const count = this.#bytes.read(into, at, room);
    if (count !== 0) {
      if (count > 0) this.#given += count;
      return count;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === 'unable' && this.#given === 0 && 'full' in this.#packed && this.#bytes instanceof ChildBytes) {
      // a tool that is there but does not run
      this.#bytes.close();
      this.#bytes = undefined;
      this.#startInside();
      return this.#isOver ? 0 : WAIT;
    }
    if (failure !== undefined) this.#onProblem(failureProblem(this.#path, this.#packing, failure, this.#given));
    return 0;
  }

  get taken(): number {
    return this.#bytes?.taken ?? 0;
  }

  async fill(): Promise<void> {
    await (this.#loading ?? this.#bytes?.fill());
  }

  close(): void {
    this.#isOver = true;
    this.#bytes?.close();
    this.#bytes = undefined;
    if ('bytes' in this.#packed) this.#packed.bytes.close();
  }
}
