/**
 * The addresses that were named first, of however many: the same in whatever order mails are told.
 */
import type { Instant } from '../model/message.ts';

const MOST = 20;

interface Named {
  readonly time: Instant;
  readonly order: number;
}

export class FirstAddresses {
  readonly #named = new Map<string, Named>();
  /** there are more than those kept */
  isCut = false;

  /** `order`: of the message, as Message.order. */
  add(address: string, time: Instant, order: number): void {
    const before = this.#named.get(address);
    if (before !== undefined) {
      if (!isBefore(time, order, before)) return;
      // of one message the recipients are in its order
      this.#named.delete(address);
    } else if (this.#named.size === MOST) {
      this.isCut = true;
      const [last, named] = this.#last();
      if (!isBefore(time, order, named)) return;
      this.#named.delete(last);
    }
    this.#named.set(address, { time, order });
  }

  /** Of two that were named by one message, the later one. */
  #last(): [string, Named] {
    let last: [string, Named] | undefined;
    for (const each of this.#named)
      if (last === undefined || !isBefore(each[1].time, each[1].order, last[1])) last = each;
    return last as [string, Named];
  }

  get size(): number {
    return this.#named.size;
  }

  /** The earliest first. */
  first(most: number): string[] {
    const sorted = [...this.#named].sort(([, a], [, b]) => a.time - b.time || a.order - b.order);
    return sorted.slice(0, most).map(([address]) => address);
  }
}

function isBefore(time: Instant, order: number, { time: t, order: o }: Named): boolean {
  return time < t || (time === t && order < o);
}
