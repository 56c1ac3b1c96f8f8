/**
 * What the thread that reads the heads of lines (front-worker.ts) and the one that takes them (front.ts) share: slots in turn,
 * each a block of lines and the records of them (kernel/assembly/count/front.ts), which lie in the memory of both machines.
 * Shape of a slot beside it: words (below), at byte 32 a double: where the block begins in its file; then the name of a program,
 * and the indexes of lines that a search looks for (sieve.ts).
 * Shape in the memory: first what the machine of the other thread works in, then the slots.
 */

/** Slots: while one is taken and one is filled, others wait for either. */
export const SLOTS = 4;
const BLOCK_BYTES = 2 * 1024 * 1024 + 64;
const RECORD_BYTES = 128;
/** Records of a slot at most, as front.ts of the machine has it. */
export const MOST_RECORDS = 8_192;
const MEMORY_BYTES = BLOCK_BYTES + MOST_RECORDS * RECORD_BYTES;
/** For the machine that reads heads: mostly never touched. */
export const BESIDE_BYTES = 8 * 1024 * 1024;
/** Of the memory, for all of it. */
export const FRONT_BYTES = BESIDE_BYTES + SLOTS * MEMORY_BYTES;

const HEAD_BYTES = 64;
/** The name of a program is shorter (head.ts of the machine). */
const NAME_BYTES = 256;
/** Lines of a block that are told to be of a search, at most: of more any may be. */
const MOST_MARKED = 4_096;
const SLOT_BYTES = HEAD_BYTES + NAME_BYTES + MOST_MARKED * 4;
export const SHARED_BYTES = SLOTS * SLOT_BYTES;

/** States of a slot: it is free, holds records, a question for the name in its block, an answer, … */
export const FREE = 0;
export const FULL = 1;
export const ASKS = 2;
export const ANSWERED = 3;
/** …the end of a file, of all, or of what could be done. */
export const FILE_ENDS = 4;
export const FAILED = 5;
/** The log is not one for the machine. */
export const REFUSED = 6;

/** States of a file: more may come at its end; all is there; what comes cannot be read here. */
export const GROWS = 0;
export const IS_WHOLE = 1;
export const IS_LOST = 2;

/** Words of a slot. */
const STATE = 0;
const SIZE = 1;
const COUNT = 2;
const KIND = 3;
const INSTANCE = 4;
const MARKED = 5;
const PLACE = 4;

export class Slot {
  /** where its block and its records lie in the memory */
  readonly block: number;
  readonly records: number;
  readonly words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #name: Uint8Array;
  readonly #marked: Uint32Array;

  /** `from`: where in the memory FRONT_BYTES begin. */
  constructor(shared: SharedArrayBuffer, from: number, n: number) {
    this.block = from + BESIDE_BYTES + n * MEMORY_BYTES;
    this.records = this.block + BLOCK_BYTES;
    const at = n * SLOT_BYTES;
    this.words = new Int32Array(shared, at, HEAD_BYTES / 4);
    this.#doubles = new Float64Array(shared, at, HEAD_BYTES / 8);
    this.#name = new Uint8Array(shared, at + HEAD_BYTES, NAME_BYTES);
    this.#marked = new Uint32Array(shared, at + HEAD_BYTES + NAME_BYTES, MOST_MARKED);
  }

  get state(): number {
    return Atomics.load(this.words, STATE);
  }

  set state(state: number) {
    Atomics.store(this.words, STATE, state);
    Atomics.notify(this.words, STATE);
  }

  /** Waits while it is in this state, at most so many ms. */
  wait(state: number, ms?: number): void {
    Atomics.wait(this.words, STATE, state, ms);
  }

  /** What is told of the block: its bytes, how many records, and where it begins in its file. */
  tell(size: number, count: number, place: number): void {
    this.words[SIZE] = size;
    this.words[COUNT] = count;
    this.#doubles[PLACE] = place;
  }

  /** How many records there are. */
  get count(): number {
    return this.words[COUNT] as number;
  }

  /** Bytes of the block. */
  get size(): number {
    return this.words[SIZE] as number;
  }

  /** Where it begins in its file; of FILE_ENDS the bytes of the file. */
  get place(): number {
    return this.#doubles[PLACE] as number;
  }

  set place(place: number) {
    this.#doubles[PLACE] = place;
  }

  /** Lines of the block that a search looks for, as SieveLook tells them; undefined: any may be. */
  get marked(): readonly number[] | undefined {
    const count = this.words[MARKED] as number;
    return count < 0 ? undefined : [...this.#marked.subarray(0, count)];
  }

  set marked(indexes: readonly number[] | undefined) {
    const isKnown = indexes !== undefined && indexes.length <= MOST_MARKED;
    if (isKnown) this.#marked.set(indexes);
    this.words[MARKED] = isKnown ? indexes.length : -1;
  }

  get name(): string {
    return Buffer.from(this.#name.slice(0, this.words[SIZE])).toString('utf8');
  }

  set name(name: Uint8Array) {
    const size = Math.min(name.length, NAME_BYTES);
    this.#name.set(name.subarray(0, size));
    this.words[SIZE] = size;
  }

  get answer(): { kind: number; instance: number } {
    return { kind: this.words[KIND] as number, instance: this.words[INSTANCE] as number };
  }

  set answer({ kind, instance }: { kind: number; instance: number }) {
    this.words[KIND] = kind;
    this.words[INSTANCE] = instance;
  }
}
