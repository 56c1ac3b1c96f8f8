/**
 * What links ask of messages that are written as JSON and not printed: how their JSON begins, up to their hops. Whose they
 * are, Message-ID and client stand before (render/json: the order of members).
 * Bounds: as ByteStore; where there is no room, `isFull`, and links would be missing.
 */
import type { PlainTaker } from '../../plain/taker.ts';
import { Doubles } from './columns.ts';
import { ByteStore, type StoreOptions } from './store.ts';

/** Stands nowhere else: a quote within a text has a backslash. */
const HOPS = Buffer.from(',"hops":[', 'latin1');

export class Heads implements Omit<PlainTaker, 'clock'> {
  readonly isList = false;
  isFull = false;
  readonly #store: ByteStore;
  readonly #times = new Doubles();
  /** where each begins */
  readonly #starts = new Doubles();

  constructor(options: StoreOptions) {
    this.#store = new ByteStore(options);
  }

  add(json: Uint8Array, from: number, to: number, _idHash: number, time: number): number {
    const message = Buffer.from(json.buffer, json.byteOffset + from, to - from);
    const hops = message.indexOf(HOPS);
    const start = this.#store.size;
    if (this.isFull || !this.#store.append(hops < 0 ? message : message.subarray(0, hops + 1))) {
      this.isFull = true;
      return -1;
    }
    this.#starts.push(start);
    this.#times.push(Math.round(time * 1000) / 1000);
    return this.#times.length - 1;
  }

  settle(): void {
    // each was taken at once
  }

  drop(): void {
    // whoever dropped it does not ask for it
  }

  read(number: number): { json: string; time: number } | undefined {
    if (number >= this.#times.length) return undefined;
    const start = this.#starts.at(number);
    const end = number + 1 < this.#times.length ? this.#starts.at(number + 1) : this.#store.size;
    const bytes = Buffer.allocUnsafe(end - start);
    return {
      json: bytes.toString('utf8', 0, this.#store.read(start, bytes.length, bytes)),
      time: this.#times.at(number),
    };
  }

  close(): void {
    this.#store.close();
  }
}
