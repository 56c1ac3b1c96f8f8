/**
 * Helpers of the first pass over large plain logs: threads that look at stripes of the files, one after the other, while this
 * one does the same. What is known in the end is the same with any number of them.
 * Bounds: util/threads.ts says how many.
 * Errors: none: where a helper fails, the files are looked at by this thread alone (first-pass.ts).
 */
import { Worker } from 'node:worker_threads';
import { distFile, type Kernel } from '../kernel/index.ts';
import type { CrewAnswer, CrewStart, StripeTold } from './crew-task.ts';
import type { Traps } from './traps.ts';

/** What a thread makes and forgets at once is little: memory that is not asked for again. */
const YOUNG_MB = 4;

interface Helper {
  readonly worker: Worker;
  /** it has told all, or failed */
  readonly over: Promise<void>;
}

export class Crew {
  /** each has told all that it was asked */
  isWhole = true;
  readonly #helpers: readonly Helper[];
  readonly #kernel: Kernel;
  readonly #traps: Traps;
  readonly #take: (told: StripeTold) => void;

  /** `count` helpers are begun at once; `take` gets what they tell of stripes, `kernel` and `traps` what they know in the end. */
  constructor(count: number, start: CrewStart, kernel: Kernel, traps: Traps, take: (told: StripeTold) => void) {
    this.#kernel = kernel;
    this.#traps = traps;
    this.#take = take;
    this.#helpers = Array.from({ length: count }, () => this.#begin(start));
  }

  /** All is told. */
  async finish(): Promise<void> {
    await Promise.all(this.#helpers.map(({ over }) => over));
  }

  async end(): Promise<void> {
    await Promise.all(this.#helpers.map(({ worker }) => worker.terminate()));
  }

  #begin(start: CrewStart): Helper {
    const worker = new Worker(distFile('crew-worker.cjs'), {
      workerData: start,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    let isTold = false;
    const over = new Promise<void>((done) => {
      worker.on('message', (answer: CrewAnswer) => {
        if ('blocks' in answer) {
          this.#take(answer);
          return;
        }
        isTold = true;
        if (!answer.isWhole) this.isWhole = false;
        this.#traps.add(answer.traps);
        this.#addHeads(answer.heads);
        done();
      });
      worker.on('error', () => undefined);
      worker.on('exit', () => {
        if (!isTold) this.isWhole = false;
        done();
      });
    });
    return { worker, over };
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
