/**
 * Reads a log and the heads of its lines ahead of the thread that counts, and hands on blocks with their records (front.ts).
 * The build makes a script of its own of this file (dist/front-worker.cjs).
 * Errors: what fails is told as the state of the next slot.
 */
import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { openBeside, tellSigns, type Counter } from './counter.ts';
import {
  ANSWERED,
  ASKS,
  BESIDE_BYTES,
  FAILED,
  FILE_ENDS,
  FREE,
  FULL,
  GROWS,
  IS_LOST,
  IS_WHOLE,
  MOST_RECORDS,
  REFUSED,
  Slot,
  SLOTS,
} from './front-slots.ts';
import type { FrontStart } from './front.ts';
import { SieveLook } from './sieve.ts';

const READ_BYTES = 256 * 1024;
const LF = 10;
/** so often it is looked whether a file has grown */
const GROWTH_MS = 2;

class Reader {
  readonly #slots: readonly Slot[];
  readonly #counter: Counter;
  readonly #growth: Int32Array;
  readonly #sieve: SieveLook | undefined;
  #turn = 0;

  constructor({ shared, memory, from, growth, needles }: FrontStart) {
    this.#growth = new Int32Array(growth);
    this.#slots = Array.from({ length: SLOTS }, (_, n) => new Slot(shared, from, n));
    this.#sieve = needles && new SieveLook(needles);
    // it joins nothing: no table grows with the log here
    this.#counter = openBeside(memory, from, BESIDE_BYTES);
  }

  /** The slot of this turn, once it is free. */
  #slot(): Slot {
    const slot = this.#slots[this.#turn] as Slot;
    // looked at once a turn: who waits for what it has just become sleeps for ever; what was answered is in our hands already
    for (let state = slot.state; state !== FREE && state !== ANSWERED; state = slot.state) slot.wait(state);
    return slot;
  }

  /** Hands on the slot of this turn. */
  #pass(state: number): void {
    const slot = this.#slot();
    this.#turn = (this.#turn + 1) % SLOTS;
    slot.state = state;
  }

  readAll({ fds, signs }: FrontStart): void {
    try {
      tellSigns(this.#counter, signs);
      if (!fds.every((fd, i) => this.#readFile(fd, i))) this.#pass(REFUSED);
    } catch {
      this.#pass(FAILED);
    }
  }

  /** False: the machine cannot read such a log. */
  #readFile(fd: number, file: number): boolean {
    const { module } = this.#counter;
    let place = 0;
    for (let filled = 0; ;) {
      const at = this.#slot().block;
      const room = Math.min(READ_BYTES, module.room() - filled);
      const block = Buffer.from(this.#counter.memory());
      const n = room > 0 ? this.#read(fd, file, block, at + filled, room, place + filled) : 0;
      if (n === 0 && room <= 0) throw new Error('a line is longer than a block');
      // as plan.ts readFile(): the formats must read it all
      if (block.subarray(at + filled, at + filled + n).includes(0)) return false;
      filled += n;
      const last = n === 0 ? filled : block.subarray(at, at + filled).lastIndexOf(LF) + 1;
      if (n === 0 && filled > 0) block[at + filled] = LF;
      if (last > 0) this.#hand(n === 0 ? filled + 1 : last, place);
      if (n === 0) {
        this.#slot().place = place + filled;
        this.#pass(FILE_ENDS);
        return true;
      }
      if (last > 0) block.copyWithin(this.#slot().block, at + last, at + filled);
      filled -= last;
      place += last;
    }
  }

  /** As readSync, of a file that may grow. */
  #read(fd: number, file: number, into: Buffer, at: number, room: number, place: number): number {
    for (;;) {
      const state = Atomics.load(this.#growth, file);
      const n = readSync(fd, into, at, room, place);
      if (state === IS_LOST) throw new Error('the file does not grow here');
      if (n > 0 || state === IS_WHOLE) return n;
      Atomics.wait(this.#growth, file, GROWS, GROWTH_MS);
    }
  }

  /** Tells of the first `size` bytes of the block, whole lines. What is in it stays until its turn comes again. */
  #hand(size: number, place: number): void {
    const { module } = this.#counter;
    const memory = new Uint8Array(this.#counter.memory());
    let { block } = this.#slot();
    let marked = this.#sieve?.look(memory.subarray(block, block + size));
    for (let done = 0; done < size;) {
      const slot = this.#slot();
      // what has no room for its records goes on in the next slot
      if (slot.block !== block) memory.copyWithin(slot.block, block, block + size);
      ({ block } = slot);
      module.turnTo(block, slot.records);
      done = this.#look(slot, done, size);
      slot.tell(size, module.recordsSeen(), place);
      slot.marked = marked;
      // lines that are known are told once for the whole block
      marked &&= [];
      this.#pass(FULL);
    }
  }

  /** Writes records of the block from `from` on, while there is room. Returns where it came to. */
  #look(slot: Slot, from: number, size: number): number {
    const { module } = this.#counter;
    for (let done = from; ;) {
      done = module.look(slot.block + done, slot.block + size) - slot.block;
      if (done === size || module.recordsSeen() === MOST_RECORDS) return done;
      this.#ask(slot);
    }
  }

  #ask(slot: Slot): void {
    const { module } = this.#counter;
    const from = module.askedStart();
    slot.name = new Uint8Array(this.#counter.memory(), from, module.askedEnd() - from);
    slot.state = ASKS;
    for (let state = slot.state; state !== ANSWERED; state = slot.state) slot.wait(state);
    const { kind, instance } = slot.answer;
    module.program(kind, instance);
  }
}

const start = workerData as FrontStart;
new Reader(start).readAll(start);
