/**
 * Long work beside the reading of lines, done in slices so that signals, timers and closed pipes are noticed.
 */
import { Breather } from '../util/breather.ts';

/** Something that may have work to do at once, before the next line. */
export interface Chores {
  readonly isBusy: boolean;
  /** Goes on until it is done or `performance.now()` passes `until`; true where it is done. */
  work(until: number): boolean;
}

/** One slice; between two of them the event loop runs. */
export const SLICE_MS = 20;
/** What may still be done after an abort: enough for the end of a small log, little enough that nobody waits. */
const LAST_MS = 40;

/** Works off what is left when all lines were read, or the reading was aborted: then for a moment only. */
export class LastChores {
  readonly #chores: Chores;
  readonly #signal: AbortSignal | undefined;
  readonly #breather = new Breather();
  #until = Number.POSITIVE_INFINITY;

  constructor(chores: Chores, signal: AbortSignal | undefined) {
    this.#chores = chores;
    this.#signal = signal;
  }

  /** True where all was done; false where an abort left something undone. */
  async work(): Promise<boolean> {
    for (;;) {
      if (this.#signal?.aborted === true) this.#until = Math.min(this.#until, performance.now() + LAST_MS);
      if (this.#chores.work(Math.min(performance.now() + SLICE_MS, this.#until))) return true;
      if (performance.now() >= this.#until) return false;
      await this.#breather.breathe();
    }
  }
}
