/**
 * Virtual time: a priority queue of lines to write and things to do. Sessions push their lines
 * with the times at which a server would write them; popping by time interleaves them.
 * Times are integers: microseconds since 1970 UTC.
 */
export interface Entry {
  time: number;
  order: number;
  /** The line without its stamp; empty where `act` is set. */
  line: string;
  act: ((time: number) => void) | undefined;
}

export class Agenda {
  /** Bytes of the lines pushed so far, without stamp and newline. */
  pushedBytes = 0;
  pushedLines = 0;
  /** Nothing is to be done at or after this time; lines of what began before are still written. */
  readonly end: number;
  private readonly heap: Entry[] = [];
  private count = 0;

  constructor(end: number) {
    this.end = end;
  }

  /** Write `line` (without stamp) at `time`. */
  line(time: number, line: string): void {
    this.pushedBytes += line.length;
    this.pushedLines += 1;
    this.push({ time: Math.floor(time), order: this.count++, line, act: undefined });
  }

  /** Do `act` at `time`; dropped if that is past the end: what is then open stays open. */
  later(time: number, act: (time: number) => void): void {
    if (time < this.end) this.push({ time: Math.floor(time), order: this.count++, line: '', act });
  }

  /** The earliest entry (of equal times the one pushed first), or undefined when all is done. */
  pop(): Entry | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!before(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  private push(entry: Entry): void {
    const heap = this.heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
