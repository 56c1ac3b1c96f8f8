/**
 * Reads a log and the heads of its lines ahead of the thread that counts, and hands on blocks with their records (front.ts).
 * The build makes a script of its own of this file (dist/front-worker.cjs).
 * Errors: what fails is told as the state of the next slot.
 */
import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { openWasm, tellSigns } from './counter.ts';
import {
  ANSWERED,
  ASKS,
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
  readonly #counter;
  readonly #growth: Int32Array;
  readonly #sieve: SieveLook | undefined;
  #turn = 0;

  constructor({ shared, growth, signs, needles }: FrontStart) {
    this.#growth = new Int32Array(growth);
    this.#slots = Array.from({ length: SLOTS }, (_, n) => new Slot(shared, n));
    this.#sieve = needles && new SieveLook(needles);
    // it joins nothing: no table grows with the log here
    this.#counter = openWasm(0);
    if (this.#counter !== undefined) tellSigns(this.#counter, signs);
  }

  /** The next slot, once it is free. */
  #next(): Slot {
    const slot = this.#slots[this.#turn] as Slot;
    this.#turn = (this.#turn + 1) % SLOTS;
    // looked at once a turn: who waits for what it has just become sleeps for ever
    for (let state = slot.state; state !== FREE; state = slot.state) slot.wait(state);
    return slot;
  }

  readAll(fds: readonly number[]): void {
    try {
      if (!fds.every((fd, i) => this.#readFile(fd, i))) this.#next().state = REFUSED;
    } catch {
      this.#next().state = FAILED;
    }
  }

  /** False: the machine cannot read such a log. */
  #readFile(fd: number, file: number): boolean {
    if (this.#counter === undefined) throw new Error('no machine');
    const counter = this.#counter;
    const { module } = counter;
    const at = module.buffer();
    let place = 0;
    for (let filled = 0; ;) {
      const room = Math.min(READ_BYTES, module.room() - filled);
      const block = Buffer.from(counter.memory());
      const n = room > 0 ? this.#read(fd, file, block, at + filled, room, place + filled) : 0;
      if (n === 0 && room <= 0) throw new Error('a line is longer than a block');
      // as plan.ts readFile(): the formats must read it all
      if (block.subarray(at + filled, at + filled + n).includes(0)) return false;
      filled += n;
      const last = n === 0 ? filled : block.subarray(at, at + filled).lastIndexOf(LF) + 1;
      if (n === 0 && filled > 0) block[at + filled] = LF;
      if (last > 0) this.#hand(at, n === 0 ? at + filled + 1 : at + last, place);
      if (n === 0) {
        const slot = this.#next();
        slot.place = place + filled;
        slot.state = FILE_ENDS;
        return true;
      }
      if (last > 0) Buffer.from(counter.memory()).copyWithin(at, at + last, at + filled);
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

  #hand(from: number, to: number, place: number): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    const { module } = counter;
    const slot = { at: this.#next() };
    const marked = this.#sieve?.look(new Uint8Array(counter.memory(), from, to - from));
    let isFirst = true;
    for (let at = from; at < to;) {
      const before = module.recordsSeen();
      at = module.look(at, to);
      const count = module.recordsSeen();
      if (at < to && count < MOST_RECORDS) {
        this.#ask(slot.at);
        continue;
      }
      if (count === before && at < to) throw new Error('the machine does not go on');
      slot.at.fill(counter.memory(), from, to - from, module.recordsStart(), count, place);
      // those that are known are told once for the whole block
      slot.at.marked = isFirst ? marked : marked && [];
      isFirst = false;
      module.recordsTaken();
      slot.at.state = FULL;
      if (at < to) slot.at = this.#next();
    }
  }

  #ask(slot: Slot): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    const { module } = counter;
    const from = module.askedStart();
    slot.name = new Uint8Array(counter.memory(), from, module.askedEnd() - from);
    slot.state = ASKS;
    for (let state = slot.state; state !== ANSWERED; state = slot.state) slot.wait(state);
    const { kind, instance } = slot.answer;
    module.program(kind, instance);
  }
}

const start = workerData as FrontStart;
new Reader(start).readAll(start.fds);
