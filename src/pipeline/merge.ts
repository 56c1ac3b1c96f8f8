/**
 * Streams read side by side, their lines in the order of their stamps.
 * Rules:  a line stays behind all lines before it in its stream; at equal keys the stream of lesser rank goes first (the
 *         earlier first stamp, then the lesser first line by bytes); a line without a stamp follows its predecessor at once. Lines that stand in several streams are
 *         marked (see Dedupe). The order of the streams does not matter.
 * Errors: none of its own. Between awaits it works at most some 20 ms, so signals, timers and closed pipes are noticed.
 */
import type { Frame } from '../model/frame.ts';
import { Breather } from '../util/breather.ts';
import { type Chores, SLICE_MS } from './chores.ts';
import { Dedupe } from './dedupe.ts';
import type { LineStream, StreamStart } from './line-stream.ts';

export interface MergeOptions {
  /** ends the reading: what was read by then was handed on */
  signal?: AbortSignal | undefined;
  /** worked off before the next line is handed on */
  chores?: Chores | undefined;
}

/** Bytes handed on between two looks at the clock. */
const LOOK_BYTES = 64 * 1024;
/** what a line costs beside its bytes */
const LINE_COST = 64;

/** `stream` has the bytes of the whole input line: `bytes[lineStart, lineEnd)`. Both are reused for the next line. */
export type OnLine = (frame: Frame, stream: LineStream) => void;

/** Hands on every line of the streams, then closes them. Resolves at the end of input or on abort. */
export async function mergeStreams(
  streams: readonly LineStream[],
  onLine: OnLine,
  options: MergeOptions = {},
): Promise<void> {
  const pace = new Pace(options.signal, options.chores ?? NONE);
  try {
    const [first] = streams;
    if (streams.length === 1 && first !== undefined) await readOne(first, onLine, pace);
    else await readMany(streams, onLine, pace);
  } finally {
    pace.end();
    for (const stream of streams) stream.close();
  }
}

const NONE: Chores = { isBusy: false, hasTold: true, work: () => true };

/** When to let others work, and when to stop. */
class Pace {
  budget = LOOK_BYTES;
  readonly chores: Chores;
  readonly #breather = new Breather();
  readonly #signal: AbortSignal | undefined;
  readonly #aborted: Promise<void> | undefined;
  #release: () => void = () => undefined;

  constructor(signal: AbortSignal | undefined, chores: Chores) {
    this.#signal = signal;
    this.chores = chores;
    if (signal === undefined) return;
    this.#aborted = new Promise((resolve) => {
      this.#release = resolve;
    });
    signal.addEventListener('abort', this.#release, { once: true });
  }

  end(): void {
    this.#signal?.removeEventListener('abort', this.#release);
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** After so many bytes: is it time to `rest`? */
  isDue(): boolean {
    this.budget = LOOK_BYTES;
    return this.#breather.isDue;
  }

  /** True to stop. */
  async rest(): Promise<boolean> {
    await this.#breather.breathe();
    return this.isAborted;
  }

  /** Works the chores off; true to stop. */
  async work(): Promise<boolean> {
    while (!this.chores.work(performance.now() + SLICE_MS)) if (await this.rest()) return true;
    return false;
  }

  /** Waits for a stream's input; true to stop. */
  async fill(stream: LineStream): Promise<boolean> {
    if (!this.isAborted)
      await (this.#aborted === undefined ? stream.fill() : Promise.race([stream.fill(), this.#aborted]));
    return this.rest();
  }
}

async function readOne(stream: LineStream, onLine: OnLine, pace: Pace): Promise<void> {
  const { frame } = stream;
  const { chores } = pace;
  if (pace.isAborted) return;
  for (;;) {
    const state = stream.next();
    if (state === 'line') {
      onLine(frame, stream);
      if (chores.isBusy && (await pace.work())) return;
      pace.budget -= frame.length + LINE_COST;
      if (pace.budget < 0 && pace.isDue() && (await pace.rest())) return;
    } else if (state === 'end' || (await pace.fill(stream))) {
      return;
    }
  }
}

/** Gives each stream its rank, whatever the order of the arguments; false to stop. */
async function rankStreams(streams: readonly LineStream[], pace: Pace): Promise<boolean> {
  const starts: { stream: LineStream; start: StreamStart; path: string }[] = [];
  for (const stream of streams) {
    let start = stream.start();
    while (start === 'wait') {
      if (await pace.fill(stream)) return false;
      start = stream.start();
    }
    starts.push({ stream, start, path: stream.readings[0]?.file.path ?? '' });
    if (await pace.rest()) return false;
  }
  starts.sort((a, b) => compareStarts(a.start, b.start) || (a.path < b.path ? -1 : 1));
  starts.forEach(({ stream }, rank) => {
    stream.rank = rank;
  });
  return true;
}

function compareStarts(a: StreamStart, b: StreamStart): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return Buffer.compare(a.line, b.line);
}

async function readMany(streams: readonly LineStream[], onLine: OnLine, pace: Pace): Promise<void> {
  if (!(await rankStreams(streams, pace))) return;
  const heap: LineStream[] = [];
  for (const stream of streams) {
    let state = stream.next();
    while (state === 'wait') {
      if (await pace.fill(stream)) return;
      state = stream.next();
    }
    if (state === 'line') heap.push(stream);
    if (await pace.rest()) return;
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);

  const dedupe = new Dedupe();
  const { chores } = pace;
  while (heap.length > 0) {
    const stream = heap[0] as LineStream;
    const second = secondOf(heap);
    const { frame } = stream;
    for (;;) {
      frame.duplicate = dedupe.isDuplicate(stream);
      onLine(frame, stream);
      if (chores.isBusy && (await pace.work())) return;
      pace.budget -= frame.length + LINE_COST;
      if (pace.budget < 0 && pace.isDue() && (await pace.rest())) return;
      let state = stream.next();
      while (state === 'wait') {
        if (await pace.fill(stream)) return;
        state = stream.next();
      }
      if (state === 'end') {
        const last = heap.pop() as LineStream;
        if (heap.length > 0) heap[0] = last;
        break;
      }
      // a line without a stamp does not move the key: its stream is still the first
      if (second !== undefined && isBefore(second, stream)) break;
    }
    siftDown(heap, 0);
  }
}

function isBefore(a: LineStream, b: LineStream): boolean {
  return a.key < b.key || (a.key === b.key && a.rank < b.rank);
}

/** The stream that comes next but for heap[0]. */
function secondOf(heap: readonly LineStream[]): LineStream | undefined {
  const left = heap[1];
  const right = heap[2];
  return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
}

function siftDown(heap: LineStream[], from: number): void {
  const moved = heap[from];
  if (moved === undefined) return;
  let i = from;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as LineStream, heap[child] as LineStream)) child += 1;
    if (!isBefore(heap[child] as LineStream, moved)) break;
    heap[i] = heap[child] as LineStream;
    i = child;
  }
  heap[i] = moved;
}
