/**
 * The thread before the counting one, over a large plain log: it reads the file and the heads of its lines (front-worker.ts).
 * What the machine makes of the log is the same with it and without.
 * Errors: none: where the thread fails, `next` says so, and the log is read by one thread.
 */
import { Worker } from 'node:worker_threads';
import { distFile } from '../kernel/index.ts';
import type { Breather } from '../util/breather.ts';
import { ANSWERED, FAILED, FREE, SHARED_BYTES, Slot, SLOTS } from './front-slots.ts';

/** What the thread begins with: open files, one log in its order; bytes of it. */
export interface FrontStart {
  readonly shared: SharedArrayBuffer;
  readonly fds: readonly number[];
  readonly size: number;
}

/** Longest wait without a look at the event loop, ms. */
const WAIT_MS = 10;

export class Front {
  readonly #slots: readonly Slot[];
  readonly #worker: Worker;
  #turn = 0;
  #failed = false;

  constructor(fds: readonly number[], size: number) {
    const shared = new SharedArrayBuffer(SHARED_BYTES);
    this.#slots = Array.from({ length: SLOTS }, (_, n) => new Slot(shared, n));
    this.#worker = new Worker(distFile('front-worker.cjs'), {
      workerData: { shared, fds, size } satisfies FrontStart,
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    this.#worker.on('error', () => {
      this.#failed = true;
    });
  }

  /** The next slot that has something to tell; undefined: the thread failed, or the signal says stop. */
  async next(breather: Breather, signal: AbortSignal | undefined): Promise<Slot | undefined> {
    const slot = this.#slots[this.#turn] as Slot;
    for (;;) {
      const { state } = slot;
      if (state === FAILED || this.#failed || signal?.aborted === true) return undefined;
      if (state !== FREE && state !== ANSWERED) return slot;
      if (breather.isDue) await breather.breathe();
      else slot.wait(state, WAIT_MS);
    }
  }

  /** What the slot told was taken. */
  free(slot: Slot): void {
    this.#turn = (this.#turn + 1) % SLOTS;
    slot.state = FREE;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
