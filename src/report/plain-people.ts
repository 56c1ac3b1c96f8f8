/**
 * Who sent and who got how much, of plain mails: numbers by the numbers of names, which become rows where the tables are told.
 * Units: bytes; delays in whole ms, so that their sum does not hang on their order.
 */
import type { PlainMail, PlainNames } from '../model/plain-mail.ts';
import type { StatusGroup } from '../model/words.ts';

const FIRST_SIZE = 1024;

/** What is kept of a domain, of those sent and of the others. */
export interface PlaceCounts {
  sent: number;
  bytes: number;
  delaySum: number;
  delayMost: number;
  waiting: number;
  failed: number;
  stopped: number;
}

/** Places of the numbers that count, one after the other: of all names few are senders, fewer domains. */
class Slots {
  #slots = new Int32Array(FIRST_SIZE);
  #numbers = new Int32Array(FIRST_SIZE);
  count = 0;

  /** The place of a number, a new one at the end. */
  of(number: number): number {
    if (number >= this.#slots.length) this.#slots = wider(new Int32Array(sizeFor(number)), this.#slots);
    const slot = this.#slots[number] as number;
    if (slot !== 0) return slot - 1;
    if (this.count === this.#numbers.length) this.#numbers = wider(new Int32Array(sizeFor(this.count)), this.#numbers);
    this.#numbers[this.count] = number;
    this.#slots[number] = ++this.count;
    return this.count - 1;
  }

  numbers(): number[] {
    return [...this.#numbers.subarray(0, this.count)].sort((a, b) => a - b);
  }
}

/** How many and how large, by number. */
export class Volumes {
  readonly #slots = new Slots();
  #counts = new Uint32Array(FIRST_SIZE);
  #bytes = new Float64Array(FIRST_SIZE);

  add(number: number, size: number): void {
    const slot = this.#slots.of(number);
    if (slot >= this.#counts.length) {
      this.#counts = wider(new Uint32Array(sizeFor(slot)), this.#counts);
      this.#bytes = wider(new Float64Array(this.#counts.length), this.#bytes);
    }
    (this.#counts[slot] as number)++;
    (this.#bytes[slot] as number) += size;
  }

  countOf(number: number): number {
    return this.#counts[this.#slots.of(number)] as number;
  }

  bytesOf(number: number): number {
    return this.#bytes[this.#slots.of(number)] as number;
  }

  get size(): number {
    return this.#slots.count;
  }

  /** Each number that has some. */
  numbers(): number[] {
    return this.#slots.numbers();
  }
}

/** Words of a domain: sent, bytes, sum of delays, longest, and how many wait, failed, were stopped. */
const PLACE = 7;
const WORD_OF: Readonly<Record<StatusGroup, number>> = { sent: 0, waiting: 4, failed: 5, stopped: 6 };

export class Places {
  readonly #slots = new Slots();
  #words = new Float64Array(FIRST_SIZE * PLACE);

  #at(number: number): number {
    const slot = this.#slots.of(number);
    if ((slot + 1) * PLACE > this.#words.length)
      this.#words = wider(new Float64Array(sizeFor(slot) * PLACE), this.#words);
    return slot * PLACE;
  }

  sent(number: number, size: number, delay: number): void {
    const at = this.#at(number);
    const words = this.#words;
    (words[at] as number)++;
    (words[at + 1] as number) += size;
    (words[at + 2] as number) += delay;
    if (delay > (words[at + 3] as number)) words[at + 3] = delay;
  }

  add(number: number, group: StatusGroup): void {
    const at = this.#at(number);
    (this.#words[at + WORD_OF[group]] as number)++;
  }

  of(number: number): PlaceCounts {
    const at = this.#at(number);
    const [sent = 0, bytes = 0, delaySum = 0, delayMost = 0, waiting = 0, failed = 0, stopped = 0] =
      this.#words.subarray(at, at + PLACE);
    return { sent, bytes, delaySum, delayMost, waiting, failed, stopped };
  }

  countOf(number: number): number {
    const at = this.#at(number);
    const words = this.#words;
    return (words[at] as number) + (words[at + 4] as number) + (words[at + 5] as number) + (words[at + 6] as number);
  }

  get size(): number {
    return this.#slots.count;
  }

  numbers(): number[] {
    return this.#slots.numbers();
  }
}

export class PlainPeople {
  readonly senders = new Volumes();
  readonly senderDomains = new Volumes();
  readonly recipients = new Volumes();
  readonly domains = new Places();

  /** A mail that was accepted, whose sender has a domain. */
  received({ sender, size, names }: PlainMail): void {
    this.senders.add(sender, size);
    this.senderDomains.add(names.ownerOf(sender), size);
  }

  /** A recipient who got it. */
  sent(mail: PlainMail, number: number, delay: number): void {
    const { size } = mail;
    this.recipients.add(number, size);
    this.domains.sent(mail.names.ownerOf(number), size, delay);
  }

  /** A recipient who did not. */
  other(names: PlainNames, number: number, group: StatusGroup): void {
    this.domains.add(names.ownerOf(number), group);
  }
}

function sizeFor(number: number): number {
  return Math.max(number + 1, Math.ceil(number * 1.5));
}

/** The greater array with what the lesser one holds. */
function wider<T extends Float64Array | Uint32Array | Int32Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
