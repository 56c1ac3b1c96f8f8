/**
 * Lets the event loop run in the middle of long synchronous work, so that signals, timers and closed pipes are noticed.
 */

/** Longest time without a look at the event loop, in ms. */
const BREATH_MS = 20;

export class Breather {
  #last = performance.now();

  /** True where it is time for `breathe`: cheap enough to ask every few hundred lines. */
  get isDue(): boolean {
    return performance.now() - this.#last > BREATH_MS;
  }

  /** Resolves at once, or after the event loop ran where it is due. */
  async breathe(): Promise<void> {
    if (!this.isDue) return;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#last = performance.now();
  }
}
