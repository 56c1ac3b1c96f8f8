/** The needles of the first pass: those of the search and of traps, and what a line that holds some of them may be. */
import type { FoundLines, Kernel } from '../kernel/index.ts';
import { KIND, type Traps } from './traps.ts';

export class FirstNeedles {
  readonly #kernel: Kernel;
  readonly #search: readonly Uint8Array[];
  readonly #traps: Traps;
  /** by bit of a needle */
  readonly #kinds = new Uint8Array(64);

  /** `search`: needles that every line has that the search itself looks for. */
  constructor(kernel: Kernel, search: readonly Uint8Array[], traps: Traps) {
    this.#kernel = kernel;
    this.#search = search;
    this.#traps = traps;
  }

  /** They are looked for from now on, by this kernel; false where they are too many. */
  set(): boolean {
    const all = [
      ...this.#search.map((bytes): [Uint8Array, number] => [bytes, KIND.search]),
      ...this.#traps.needles.map(([text, kind]): [Uint8Array, number] => [Buffer.from(text, 'latin1'), kind]),
    ];
    if (!this.#kernel.setNeedles(all.map(([bytes]) => bytes))) return false;
    this.#kinds.set(all.map(([, kind]) => kind));
    return true;
  }

  /** What the line that was found may be: kinds of its needles. */
  kindsOf({ lows, highs }: FoundLines, index: number): number {
    let kinds = 0;
    for (let left = lows[index] as number; left !== 0; left &= left - 1) kinds |= this.#kindOf(left);
    for (let left = highs[index] as number; left !== 0; left &= left - 1) kinds |= this.#kindOf(left, 32);
    return kinds;
  }

  /** Of the lowest of these bits. */
  #kindOf(bits: number, from = 0): number {
    return this.#kinds[from + 31 - Math.clz32(bits & -bits)] as number;
  }
}
