/**
 * How long a command goes on after Ctrl-C: what was found so far is printed, but nobody waits for long (cli.md "Manners").
 */
import { Breather } from '../util/breather.ts';

/** Of the 100 ms from Ctrl-C to the end: the rest is for ending the run and the process. */
const GRACE_MS = 50;

export class Patience {
  readonly #signal: AbortSignal | undefined;
  readonly #breather = new Breather();
  #until: number | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get isInterrupted(): boolean {
    return this.#signal?.aborted === true;
  }

  /**
   * Lets signals come in, where it is time to; true: stop now. The time runs from the first question after Ctrl-C, so that a
   * run that took long to end does not leave its result unprinted.
   */
  async isOver(): Promise<boolean> {
    if (this.#breather.isDue) await this.#breather.breathe();
    if (!this.isInterrupted) return false;
    this.#until ??= performance.now() + GRACE_MS;
    return performance.now() > this.#until;
  }
}
