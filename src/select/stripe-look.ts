/** The looks of one thread at stripes, as their order comes: what the first pass must know of each. */
import type { Kernel } from '../kernel/index.ts';
import { SHARED, type CrewStart, type StripeTold, type ToldLine } from './crew-task.ts';
import { FirstNeedles } from './first-needles.ts';
import { LinePacker } from './line-pack.ts';
import { ShelfBuilder } from './shelf.ts';
import { lookAtStripe } from './stripe.ts';
import { KIND, Traps } from './traps.ts';

/** lines of a stripe that are told as text */
const MOST_TOLD = 4000;

export class StripeLooks {
  readonly traps: Traps;
  /** all stripes could be read */
  isWhole = true;
  readonly #start: CrewStart;
  readonly #kernel: Kernel;
  readonly #shared: Int32Array;
  readonly #needles: FirstNeedles;
  readonly #builder = new ShelfBuilder();
  readonly #words = new LinePacker();

  constructor(start: CrewStart, kernel: Kernel) {
    this.#start = start;
    this.#kernel = kernel;
    this.#shared = new Int32Array(start.shared);
    this.traps = new Traps(start.traps);
    const search = start.needles.map((needle) => Buffer.from(needle, 'latin1'));
    this.#needles = new FirstNeedles(kernel, search, this.traps);
    this.isWhole = this.#needles.set();
  }

  /** Looks at the next stripe; undefined: there are no more. */
  next(): StripeTold | undefined {
    if (!this.isWhole || this.#isStopped) return undefined;
    const index = Atomics.add(this.#shared, SHARED.next, 1);
    const stripe = this.#start.stripes[index];
    if (stripe === undefined) return undefined;
    const told = this.#look(index, stripe);
    if (told === undefined) this.stop();
    else Atomics.add(this.#shared, SHARED.done, (told.end - stripe.from) >> 10);
    return told;
  }

  /** No thread goes on. */
  stop(): void {
    this.isWhole = false;
    Atomics.store(this.#shared, SHARED.stop, 1);
  }

  get #isStopped(): boolean {
    return Atomics.load(this.#shared, SHARED.stop) !== 0;
  }

  #look(index: number, stripe: CrewStart['stripes'][number]): StripeTold | undefined {
    const { blockBytes, heads, ordered } = this.#start;
    const kernel = this.#kernel;
    const { traps } = this;
    const words = this.#words;
    const found: ToldLine[] = [];
    const foreign: ToldLine[] = [];
    let isCrowded = false;
    const tell = (list: ToldLine[], line: ToldLine): void => {
      isCrowded ||= list.length === MOST_TOLD;
      if (!isCrowded) list.push(line);
    };
    const taker = {
      found: (start: number, end: number, offset: number, line: number, kinds: number): void => {
        const text = kernel.buffer.toString('latin1', start, end);
        if ((kinds & KIND.search) !== 0) tell(found, { offset, line, text });
        if (!traps.look(text, kinds)) return;
        isCrowded ||= words.count === MOST_TOLD;
        if (!isCrowded) words.add(kernel.buffer, start, end, offset, line);
      },
      foreign: (start: number, end: number, offset: number, line: number): void => {
        if (!isCrowded) tell(foreign, { offset, line, text: kernel.buffer.toString('latin1', start, end) });
      },
    };
    try {
      const bounds = { ...stripe, blockBytes };
      const goesOn = (): boolean => !this.#isStopped;
      const options = { kernel, needles: this.#needles, heads, ordered, builder: this.#builder, goesOn };
      const notes = lookAtStripe(stripe.fd, bounds, taker, options);
      if (notes === undefined) return undefined;
      // what was seen once is known: the next stripe is asked for less
      if (traps.hasNews) this.#needles.set();
      return { ...notes, index, found, foreign, words: words.take(), isCrowded };
    } catch {
      return undefined;
    }
  }
}
