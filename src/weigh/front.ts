/**
 * The thread before the counting one, over a large log: it reads the file, also one that is still being unpacked, and the heads of its lines (front-worker.ts).
 * What the machine makes of the log is the same with it and without.
 * Errors: none: where the thread fails, `next` says so, and the log is read by one thread.
 */
import { Worker } from 'node:worker_threads';
import { distFile } from '../kernel/index.ts';
import type { ReadAt } from '../sources/spool/read-at.ts';
import type { Breather } from '../util/breather.ts';
import { ANSWERED, FAILED, FREE, GROWS, IS_LOST, IS_WHOLE, SHARED_BYTES, Slot, SLOTS } from './front-slots.ts';
import { SIGNS } from './programs.ts';

/** What the thread begins with: open files, one log in its order; bytes of it. */
export interface FrontStart {
  readonly shared: SharedArrayBuffer;
  /** what both machines work in, and where FRONT_BYTES of it begin */
  readonly memory: WebAssembly.Memory;
  readonly from: number;
  readonly fds: readonly number[];
  /** a word for each: it grows, is whole, or is not read any more */
  readonly growth: SharedArrayBuffer;
  /** what the machine is told before it begins */
  readonly signs: typeof SIGNS;
  /** bytes that a search looks for; lines that may have them are told with their block */
  readonly needles?: readonly Uint8Array[] | undefined;
}

/** Longest wait without a look at the event loop, ms. */
const WAIT_MS = 10;

export class Front {
  readonly #slots: readonly Slot[];
  readonly #worker: Worker;
  readonly #files: readonly ReadAt[];
  readonly #growth: Int32Array;
  #turn = 0;
  #failed = false;

  /** `files`: all have a descriptor. `from`: FRONT_BYTES of the machine's memory. */
  constructor(files: readonly ReadAt[], from: number, memory: WebAssembly.Memory, needles?: readonly Uint8Array[]) {
    const shared = new SharedArrayBuffer(SHARED_BYTES);
    const growth = new SharedArrayBuffer(files.length * 4);
    this.#files = files;
    this.#growth = new Int32Array(growth);
    this.#look();
    const fds = files.map(({ fd }) => fd ?? -1);
    this.#slots = Array.from({ length: SLOTS }, (_, n) => new Slot(shared, from, n));
    this.#worker = new Worker(distFile('front-worker.cjs'), {
      workerData: { shared, memory, from, fds, growth, signs: SIGNS, needles } satisfies FrontStart,
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    this.#worker.on('error', () => {
      this.#failed = true;
    });
  }

  /** Tells the other thread which files are whole. */
  #look(): void {
    for (const [i, file] of this.#files.entries()) {
      if (this.#growth[i] !== GROWS) continue;
      const state = file.isWhole ? IS_WHOLE : file.isGrowing ? GROWS : IS_LOST;
      if (state === GROWS) continue;
      Atomics.store(this.#growth, i, state);
      Atomics.notify(this.#growth, i);
    }
  }

  /** The next slot that has something to tell; undefined: the thread failed, or the signal says stop. */
  async next(breather: Breather, signal: AbortSignal | undefined): Promise<Slot | undefined> {
    const slot = this.#slots[this.#turn] as Slot;
    for (;;) {
      this.#look();
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
