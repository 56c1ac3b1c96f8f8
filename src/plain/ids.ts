/**
 * The ids of plain messages by their hashes, and of those that may have a twin (refusals of one client in one second) the
 * lines: where a second comes with the same id, both are read the ordinary way, which tells them apart.
 */
import { ByteReader, ByteWriter } from '../util/byte-writer.ts';

const FIRST_SIZE = 4096;
/** in place of a group: its lines are not kept; it was given back */
const NO_GROUP = 0;
const GONE = 0xffff_ffff;

export class Ids {
  #keys = new Float64Array(FIRST_SIZE);
  #groups = new Uint32Array(FIRST_SIZE);
  #used = 0;
  readonly #out = new ByteWriter();
  readonly #starts: number[] = [];

  has(hash: number): boolean {
    return this.#keys[this.#slot(hash)] !== 0;
  }

  /** The group of an id that was added; NO_GROUP where nothing is kept of it, undefined: it was not. */
  groupOf(hash: number): number | undefined {
    const slot = this.#slot(hash);
    return this.#keys[slot] === 0 ? undefined : this.#groups[slot];
  }

  add(hash: number, group = NO_GROUP): void {
    if (this.#used * 4 >= this.#keys.length * 3) this.#grow();
    const slot = this.#slot(hash);
    if (this.#keys[slot] === 0) this.#used++;
    this.#keys[slot] = hash;
    this.#groups[slot] = group;
  }

  /** Begins a group that may have to be given back; returns its number. */
  begin(messages: number): number {
    this.#starts.push(this.#out.length);
    this.#out.count(messages);
    return this.#starts.length;
  }

  /** A number of the group. */
  put(value: number): void {
    this.#out.count(value);
  }

  /** What was put of the group, once: undefined where nothing is kept of it, or it was given back before. */
  takeBack(group: number): ByteReader | undefined {
    const start = this.#starts[group - 1];
    if (group === NO_GROUP || start === undefined || start === GONE) return undefined;
    this.#starts[group - 1] = GONE;
    return new ByteReader(this.#out.bytes, start);
  }

  isGone(group: number): boolean {
    return this.#starts[group - 1] === GONE;
  }

  #slot(hash: number): number {
    const mask = this.#keys.length - 1;
    let i = (hash ^ (hash / 0x100000000)) & mask;
    while (this.#keys[i] !== 0 && this.#keys[i] !== hash) i = (i + 1) & mask;
    return i;
  }

  #grow(): void {
    const keys = this.#keys;
    const groups = this.#groups;
    this.#keys = new Float64Array(keys.length * 2);
    this.#groups = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      if (key === 0) continue;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#groups[slot] = groups[i] as number;
    }
  }
}
