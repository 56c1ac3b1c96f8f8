/**
 * Pairs of sender and recipient, in any letters, as one number each: names of the machine are folded once.
 */
import type { PlainNames } from '../model/plain-mail.ts';

/** Fewer names than this: two numbers fit a double. */
const MOST = 2 ** 26;

export class PairNumbers {
  readonly #byText = new Map<string, number>();
  /** by the numbers of names */
  readonly #byName: number[] = [];

  ofNames(names: PlainNames, sender: number, recipient: number): number {
    return this.#ofName(names, sender) * MOST + this.#ofName(names, recipient);
  }

  ofTexts(sender: string, recipient: string): number {
    return this.#ofText(sender) * MOST + this.#ofText(recipient);
  }

  #ofName(names: PlainNames, name: number): number {
    return (this.#byName[name] ??= this.#ofText(names.of(name)));
  }

  #ofText(text: string): number {
    const folded = text.toLowerCase();
    let number = this.#byText.get(folded);
    if (number === undefined) this.#byText.set(folded, (number = this.#byText.size));
    return number;
  }
}
