/**
 * A gzip file unpacked by a thread of its own into another file, which can be read while it grows: unpacking is the longer
 * part of reading such a log, and goes on beside the other.
 * Errors: none is thrown; how it failed is told once it is over.
 */
import { Worker } from 'node:worker_threads';
import type { InputProblem } from '../../model/run.ts';
import { PEN, SHARED, type GunzipStart, type GunzipTold } from './gunzip-task.ts';

/** What the thread makes is outside of its heap. */
const YOUNG_MB = 4;
const LONGEST_WRITE_MS = 5000;

export class GunzipFile {
  /** it has ended, and all that it wrote is there */
  isOver = false;
  /** then: how it failed */
  failure: GunzipTold['failure'];
  problems: readonly InputProblem[] = [];
  readonly #words = new Int32Array(new SharedArrayBuffer(SHARED.count * 4));
  readonly #worker: Worker;

  /** `script`: the thread's. `output`: a descriptor, which stays the caller's. Throws where no thread can be started. */
  constructor(script: URL, full: string, path: string, output: number) {
    const shared = this.#words.buffer;
    this.#worker = new Worker(script, {
      workerData: { full, path, fd: output, shared } satisfies GunzipStart,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on('message', ({ failure, problems }: GunzipTold) => this.#end(failure, problems));
    this.#worker.on('error', () => this.#end('unable', []));
    this.#worker.on('exit', () => this.#end('unable', []));
  }

  #end(failure: GunzipTold['failure'], problems: readonly InputProblem[]): void {
    if (this.isOver) return;
    this.failure = failure;
    this.problems = problems;
    this.isOver = true;
  }

  /** Packed bytes that were taken. */
  get taken(): number {
    return Atomics.load(this.#words, SHARED.taken) * 1024;
  }

  /** Ends it: from now on nothing is written. More than once is no error. */
  close(): void {
    const words = this.#words;
    // one write is soon done; where the disk hangs it is the last
    const until = performance.now() + LONGEST_WRITE_MS;
    while (
      Atomics.compareExchange(words, SHARED.pen, PEN.free, PEN.gone) === PEN.held &&
      !this.isOver &&
      performance.now() < until
    )
      Atomics.wait(words, SHARED.pen, PEN.held, LONGEST_WRITE_MS);
    Atomics.store(words, SHARED.pen, PEN.gone);
    void this.#worker.terminate();
  }
}
