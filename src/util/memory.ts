/**
 * How much memory a run may take, and what each of its parts may: parts that grow with the log bound themselves by it.
 * Units:  bytes. Costs of objects are estimates of what V8 takes for them (64 bits, no pointer compression), rounded up.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Where `--memory` does not say. */
export const DEFAULT_MEMORY = 1 << 30;
/** With less nothing works: Node, the program and what is read at once. */
export const LEAST_MEMORY = 192 << 20;

/** Node, the program, its kernel and the buffers that are read into. */
const BASE = 128 << 20;
/** V8 lets what is no more used stand until it is about as much as what is (boundGarbage): so much more do objects take. */
export const GARBAGE = 2;

/** With less than the default it is bounded at once; with more once the heap is this part of what may be taken. */
const GARBAGE_PART = 0.16;
/** How often the heap is looked at, ms. */
const LOOK_MS = 100;

let look: NodeJS.Timeout | undefined;

/**
 * Where a heap may become large V8 lets it grow to three or four times of what is used before it collects: from here on to as
 * much as shares reckon with. That costs a tenth of the time of some runs, so small heaps are let be.
 */
export function boundGarbage(total: number): void {
  clearInterval(look);
  const bound = (): void => {
    clearInterval(look);
    setFlagsFromString(`--heap-growing-percent=${(GARBAGE - 1) * 100}`);
  };
  if (total < DEFAULT_MEMORY) return bound();
  look = setInterval(() => {
    if (getHeapStatistics().total_heap_size > total * GARBAGE_PART) bound();
  }, LOOK_MS).unref();
}

export interface MemoryShares {
  /** mails and sessions whose lines are awaited */
  readonly live: number;
  /** attempts that were refused for now, for links to their retries */
  readonly retries: number;
  /** what stays of told mails, so that a late line of theirs is noticed */
  readonly late: number;
  /** ids given out, so that none is given twice */
  readonly ids: number;
  /** what is to be printed: numbers and bytes, or rows of groups and of reports' tables */
  readonly output: number;
  /** what the counting machine knows, and what is kept of what it tells: it looks a log over before mails are joined */
  readonly plan: number;
  /** lines of a search, and what they name, before mails are joined */
  readonly select: number;
}

/** What each part may take of `total`. */
export function sharesOf(total: number = DEFAULT_MEMORY): MemoryShares {
  const free = Math.max(LEAST_MEMORY / 4, total - BASE);
  return {
    live: (free * 0.4) / GARBAGE,
    retries: (free * 0.06) / GARBAGE,
    late: free * 0.04,
    ids: free * 0.05,
    output: free * 0.45,
    // of what it has in flight the formats see little, and it has no garbage
    plan: free * 0.6,
    select: free * 0.5,
  };
}

/** `1G`, `1.5G`, `512M` */
export function sizeText(bytes: number): string {
  const [unit, size] = bytes >= 1 << 30 ? ['G', bytes / (1 << 30)] : ['M', bytes / (1 << 20)];
  return `${Math.round(size * 10) / 10}${unit}`;
}
