/**
 * Helpers of the first pass over a large plain log: threads that note the words of its blocks and the heads of its lines, while
 * this one looks for needles and at stamps. What is known in the end is the same with any number of them, and with none.
 * Bounds: util/threads.ts says how many.
 * Errors: none: where a helper fails, its blocks may hold any word, and any word may head a line.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { distFile, type Kernel } from '../kernel/index.ts';
import type { Blocks } from './blocks.ts';
import type { CrewAnswer, CrewStart, CrewTask } from './crew-task.ts';

/** blocks of a task */
const TASK_BLOCKS = 16;

interface Helper {
  readonly worker: Worker;
  /** it has told all, or failed */
  readonly over: Promise<void>;
}

export class Crew {
  readonly #helpers: readonly Helper[];
  readonly #sources: readonly { readonly blocks: Blocks }[];
  readonly #kernel: Kernel;
  /** by source: the file as the helpers read it; undefined: they do not */
  readonly #files: (number | undefined)[] = [];
  #turn = 0;
  #task: { fd: number; source: number; first: number; bounds: number[] } | undefined;

  /** `sources`: whose blocks they are; `count` helpers are begun at once. */
  constructor(count: number, start: CrewStart, sources: readonly { readonly blocks: Blocks }[], kernel: Kernel) {
    this.#sources = sources;
    this.#kernel = kernel;
    this.#helpers = Array.from({ length: count }, () => this.#begin(start));
  }

  /** Opens the file of a source for the helpers; `fd` is the same file, which this thread reads. Throws nothing. */
  open(source: number, path: string, fd: number): void {
    try {
      const own = openSync(path, 'r');
      this.#files[source] = own;
      const [a, b] = [fstatSync(own), fstatSync(fd)];
      if (a.isFile() && a.ino === b.ino && a.dev === b.dev) return;
      closeSync(own);
    } catch {
      // it was renamed or removed since: this thread notes all
    }
    this.#files[source] = undefined;
  }

  /** Has the words of a block noted: of these bytes of the source's file. False where the helpers do not read it. */
  note(source: number, block: number, base: number, end: number): boolean {
    const fd = this.#files[source];
    if (fd === undefined) return false;
    const task = this.#task;
    if (task === undefined || task.source !== source || task.bounds.length > TASK_BLOCKS) {
      this.#hand();
      this.#task = { fd, source, first: block, bounds: [base, end] };
    } else task.bounds.push(end);
    return true;
  }

  /** All that was asked of them so far is told. */
  async finish(): Promise<void> {
    this.#hand();
    for (const { worker } of this.#helpers) worker.postMessage(undefined);
    await Promise.all(this.#helpers.map(({ over }) => over));
  }

  async end(): Promise<void> {
    await Promise.all(this.#helpers.map(({ worker }) => worker.terminate()));
    for (const fd of this.#files) if (fd !== undefined) closeSync(fd);
    this.#files.length = 0;
  }

  #begin(start: CrewStart): Helper {
    const worker = new Worker(distFile('crew-worker.cjs'), {
      workerData: start,
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    let isTold = false;
    const over = new Promise<void>((done) => {
      worker.on('message', (answer: CrewAnswer) => {
        if ('noted' in answer) this.#take(answer);
        else {
          isTold = true;
          this.#addHeads(answer.heads);
        }
      });
      worker.on('error', () => undefined);
      worker.on('exit', () => {
        // what it knew of heads is lost
        if (!isTold && start.heads) this.#kernel.heads.fill(0xff);
        done();
      });
    });
    return { worker, over };
  }

  #hand(): void {
    const task: CrewTask | undefined = this.#task;
    this.#task = undefined;
    if (task === undefined) return;
    this.#helpers[this.#turn]?.worker.postMessage(task);
    this.#turn = (this.#turn + 1) % this.#helpers.length;
  }

  #take({ source, first, noted }: Extract<CrewAnswer, { noted: unknown }>): void {
    const blocks = this.#sources[source]?.blocks;
    for (const [i, one] of noted.entries()) if (one !== undefined) blocks?.know(first + i, one);
  }

  #addHeads(heads: Uint8Array | undefined): void {
    if (heads === undefined) return;
    const own = this.#kernel.heads;
    const [to, from] = [own, heads].map(
      ({ buffer, byteOffset, byteLength }) => new Uint32Array(buffer, byteOffset, byteLength / 4),
    );
    if (to !== undefined && from !== undefined)
      for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) | (from[i] as number);
  }
}
