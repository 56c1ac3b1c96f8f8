/**
 * Recipients of plain messages as attempts that may be retries, or have some (src/correlate/retries.ts): a hash of sender and
 * recipient, and whose it is. Memory: 12 bytes each.
 */
import type { Message } from '../model/message.ts';

const FIRST_SIZE = 4096;

export class Attempts {
  /** pairs that have an attempt that was refused for now */
  readonly open: number[] = [];
  #pairs = new Float64Array(FIRST_SIZE);
  #numbers = new Uint32Array(FIRST_SIZE);
  #count = 0;
  readonly #dropped = new Set<number>();

  /** `isOpen`: it was refused for now. */
  add(pair: number, number: number, isOpen: boolean): void {
    if (this.#count === this.#pairs.length) this.#grow();
    this.#pairs[this.#count] = pair;
    this.#numbers[this.#count++] = number;
    if (isOpen) this.open.push(pair);
  }

  drop(number: number): void {
    this.#dropped.add(number);
  }

  /** The messages of these attempts, each once. */
  *of(isWanted: (pair: number) => boolean, messageOf: (number: number) => Message | undefined): Generator<Message> {
    let last = -1;
    const seen = new Set<number>();
    for (let i = 0; i < this.#count; i++) {
      const number = this.#numbers[i] as number;
      if (number === last || !isWanted(this.#pairs[i] as number)) continue;
      last = number;
      if (seen.has(number) || this.#dropped.has(number)) continue;
      seen.add(number);
      const message = messageOf(number);
      if (message !== undefined) yield message;
    }
  }

  #grow(): void {
    const pairs = new Float64Array(this.#count * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const numbers = new Uint32Array(this.#count * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
