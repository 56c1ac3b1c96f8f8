/**
 * Reads a log and the heads of its lines ahead of the thread that counts, and hands on blocks with their records (front.ts).
 * The build makes a script of its own of this file (dist/front-worker.cjs).
 * Errors: what fails is told as the state of the next slot.
 */
import { readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { openWasm } from './counter.ts';
import { ANSWERED, ASKS, FAILED, FILE_ENDS, FREE, FULL, MOST_RECORDS, REFUSED, Slot, SLOTS } from './front-slots.ts';
import type { FrontStart } from './front.ts';

const READ_BYTES = 256 * 1024;
const LF = 10;

class Reader {
  readonly #slots: readonly Slot[];
  readonly #counter;
  #turn = 0;

  constructor({ shared, size }: FrontStart) {
    this.#slots = Array.from({ length: SLOTS }, (_, n) => new Slot(shared, n));
    this.#counter = openWasm(size);
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
      if (!fds.every((fd) => this.#readFile(fd))) this.#next().state = REFUSED;
    } catch {
      this.#next().state = FAILED;
    }
  }

  /** False: the machine cannot read such a log. */
  #readFile(fd: number): boolean {
    if (this.#counter === undefined) throw new Error('no machine');
    const counter = this.#counter;
    const { module } = counter;
    const at = module.buffer();
    let place = 0;
    for (let filled = 0; ;) {
      const room = Math.min(READ_BYTES, module.room() - filled);
      const block = Buffer.from(counter.memory());
      const n = room > 0 ? readSync(fd, block, at + filled, room, place + filled) : 0;
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

  #hand(from: number, to: number, place: number): void {
    const counter = this.#counter;
    if (counter === undefined) return;
    const { module } = counter;
    const slot = { at: this.#next() };
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
