/**
 * Long work beside the reading of lines, done in slices so that signals, timers and closed pipes are noticed.
 */
import { Breather } from '../util/breather.ts';

/** Something that may have work to do at once, before the next line. */
export interface Chores {
  readonly isBusy: boolean;
  /** somebody got something of it already */
  readonly hasTold: boolean;
  /** Goes on until it is done or `performance.now()` passes `until`; true where it is done. */
  work(until: number): boolean;
}

/** One slice; between two of them the event loop runs. */
export const SLICE_MS = 20;
/**
 * What may still be done after an abort, in ms of computing: little enough that nobody waits. Of a log too small for anything
 * to have been told before its end more, for what was found so far is what Ctrl-C prints.
 */
const LAST_MS = 40;
const ONLY_MS = 600;
/** the same on a machine that is busy with other things: at most this long */
const LONGEST_MS = 3000;

/** Works off what is left when all lines were read, or the reading was aborted: then for a moment only. */
export class LastChores {
  readonly #chores: Chores;
  readonly #signal: AbortSignal | undefined;
  readonly #breather = new Breather();
  /** where it was aborted: until when, and up to what computing, it goes on */
  #limit: { at: number; used: number } | undefined;

  constructor(chores: Chores, signal: AbortSignal | undefined) {
    this.#chores = chores;
    this.#signal = signal;
  }

  /** True where all was done; false where an abort left something undone. */
  async work(): Promise<boolean> {
    for (;;) {
      if (this.#signal?.aborted === true) this.#limit ??= this.#limitNow();
      if (this.#chores.work(performance.now() + SLICE_MS)) return true;
      if (this.#isOver()) return false;
      await this.#breather.breathe();
    }
  }

  #limitNow(): { at: number; used: number } {
    return { at: performance.now() + LONGEST_MS, used: used() + (this.#chores.hasTold ? LAST_MS : ONLY_MS) };
  }

  #isOver(): boolean {
    return this.#limit !== undefined && (performance.now() > this.#limit.at || used() > this.#limit.used);
  }
}

/** ms of computing by this process. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
