/**
 * What a search keeps of the messages that match: the newest or oldest N, or numbers alone.
 */
import type { Message } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import type { Counts, GroupCount } from '../render/counts.ts';
import { isTemporaryRefusal, rowsOf } from '../render/rows.ts';
import { TopTable } from '../report/top-table.ts';
import type { GROUP_KEYS } from './filter-options.ts';

export type Order = 'newest' | 'oldest';

/** By time; equal times in the order of the log, whichever way the times go. Negative: `a` is printed first. */
export function printedBefore(order: Order): (a: Message, b: Message) => number {
  const sign = order === 'newest' ? -1 : 1;
  return (a, b) => {
    if (a.time !== b.time) return a.time < b.time ? -sign : sign;
    if (a.order !== b.order) return (a.order ?? 0) - (b.order ?? 0);
    return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
  };
}

/** Keeps the first `limit` messages in printing order. */
export class Kept {
  readonly #before: (a: Message, b: Message) => number;
  readonly #limit: number;
  /** a heap whose root is printed last */
  readonly #messages: Message[] = [];
  readonly #members = new Set<Message>();

  constructor(order: Order, limit: number) {
    this.#before = printedBefore(order);
    this.#limit = limit;
  }

  /** Whether it was kept (one that was kept may fall out later). */
  add(message: Message): boolean {
    const heap = this.#messages;
    if (heap.length < this.#limit) {
      heap.push(message);
      this.#members.add(message);
      this.#up(heap.length - 1);
      return true;
    }
    if (this.#limit === 0 || this.#before(message, heap[0] as Message) >= 0) return false;
    this.#members.delete(heap[0] as Message);
    this.#members.add(message);
    heap[0] = message;
    this.#down();
    return true;
  }

  has(message: Message): boolean {
    return this.#members.has(message);
  }

  /** In printing order. */
  sorted(): Message[] {
    return this.#messages.toSorted(this.#before);
  }

  #up(from: number): void {
    const heap = this.#messages;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#before(heap[i] as Message, heap[parent] as Message) <= 0) return;
      [heap[i], heap[parent]] = [heap[parent] as Message, heap[i] as Message];
      i = parent;
    }
  }

  #down(): void {
    const heap = this.#messages;
    let i = 0;
    for (;;) {
      let last = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && this.#before(heap[child] as Message, heap[last] as Message) > 0) last = child;
      }
      if (last === i) return;
      [heap[i], heap[last]] = [heap[last] as Message, heap[i] as Message];
      i = last;
    }
  }
}

/** Messages, recipients (the rows a table would have) and statuses. */
export class Counter {
  readonly counts: Required<Omit<Counts, 'letGo'>> = { messages: 0, recipients: 0, byStatus: {}, refusedForNow: 0 };

  add(message: Message): void {
    const { counts } = this;
    counts.messages++;
    for (const { recipient } of rowsOf(message)) {
      if (recipient === undefined) continue;
      counts.recipients++;
      counts.byStatus[recipient.status] = (counts.byStatus[recipient.status] ?? 0) + 1;
      if (isTemporaryRefusal(recipient)) counts.refusedForNow++;
    }
  }

  /** Messages of which only the sums are known. */
  addSums(messages: number, byStatus: ReadonlyMap<Status, number>): void {
    const { counts } = this;
    counts.messages += messages;
    for (const [status, recipients] of byStatus) {
      if (recipients === 0) continue;
      counts.recipients += recipients;
      counts.byStatus[status] = (counts.byStatus[status] ?? 0) + recipients;
    }
  }

  /** Messages, `times` of them, of which only the recipients' statuses are known. */
  addStatuses(statuses: readonly Status[], refusedForNow: number, times: number): void {
    const { counts } = this;
    counts.messages += times;
    counts.refusedForNow += refusedForNow * times;
    for (const status of statuses) {
      counts.recipients += times;
      counts.byStatus[status] = (counts.byStatus[status] ?? 0) + times;
    }
  }
}

export type GroupKey = (typeof GROUP_KEYS)[number];

/** Sorts after every key. */
const LAST = '\uffff';

/** In place of a key that the log does not say: no key holds it. */
const UNKNOWN = '\0';

interface Group {
  readonly key: string | undefined;
  /** messages */
  count: number;
  recipients: number;
  /** serial number of the last message that counted */
  last: number;
}

/** Counts by one value of the rows. */
export class Groups {
  readonly #by: GroupKey;
  readonly #groups: TopTable<Group>;
  #serial = 0;

  /** Of more than `most` groups the rarer ones are let go. */
  constructor(by: GroupKey, most: number) {
    this.#by = by;
    this.#groups = new TopTable<Group>(most);
  }

  add(message: Message): void {
    const serial = ++this.#serial;
    for (const { recipient } of rowsOf(message)) {
      const key = this.#keyOf(message, recipient);
      const group = this.#groups.get(key ?? UNKNOWN, () => ({ key, count: 0, recipients: 0, last: 0 }));
      if (group.last !== serial) group.count++;
      group.last = serial;
      if (recipient !== undefined) group.recipients++;
    }
  }

  /** Groups that were let go, rare ones; what the others count may be too little by what they counted before. */
  get letGo(): number {
    return this.#groups.letGo.rows;
  }

  /** Greatest first; equal ones by name, what the log does not say last. */
  sorted(): GroupCount[] {
    return this.#groups
      .sorted()
      .sort((m, n) => n.count - m.count || n.recipients - m.recipients || ((m.key ?? LAST) < (n.key ?? LAST) ? -1 : 1))
      .map(({ key, count, recipients }) => ({ ...(key === undefined ? {} : { key }), messages: count, recipients }));
  }

  #keyOf(message: Message, recipient: Message['recipients'][number] | undefined): string | undefined {
    switch (this.#by) {
      case 'client':
        return message.client?.ip ?? message.client?.name;
      case 'status':
        return recipient?.status;
      case 'reason':
        return recipient?.reason;
      case 'relay':
        return recipient?.relay?.name ?? recipient?.relay?.ip;
      default: {
        const address = recipient?.address ?? recipient?.finalAddress;
        const at = address?.lastIndexOf('@') ?? -1;
        return at < 0 ? undefined : address?.slice(at + 1).toLowerCase();
      }
    }
  }
}
