/**
 * Lines that came out of the machine, in any order -> a selection for each file, in the order of the file.
 */
import type { LineSelection } from '../sources/line-selection.ts';

/** A file as it lies in the one long log that the machine saw. */
export interface Piece {
  readonly identity: string;
  /** first byte and line of it there */
  readonly offset: number;
  readonly line: number;
  bytes: number;
  lines: number;
}

/** words of one line in the machine's memory: offset (double), length, line, shape, of an anchor its time in seconds */
const OUT_WORDS = 6;
const FIRST_SIZE = 1 << 12;
/** a line here, and what its selection takes of it when the log was looked over */
const LINE_BYTES = 28;
const SELECTION_BYTES = 60;
/** in place of a time: it is not told (line.ts of the machine) */
const NO_TIME = -(2 ** 31);

/** A selection, and what the machine takes the time of some of its lines for, in seconds; NaN of the others. */
export interface TimedSelection extends LineSelection {
  readonly seconds: Float64Array;
}

export class Chosen {
  count = 0;
  #offsets = new Float64Array(FIRST_SIZE);
  #lengths = new Uint32Array(FIRST_SIZE);
  #lines = new Uint32Array(FIRST_SIZE);
  #shapes = new Int32Array(FIRST_SIZE);
  #times = new Int32Array(FIRST_SIZE);

  /** What it takes, and will take. */
  get bytes(): number {
    return this.#offsets.length * LINE_BYTES + this.count * SELECTION_BYTES;
  }

  /** Takes `count` lines at byte `at` of the machine's memory. */
  take(memory: ArrayBuffer, at: number, count: number): void {
    const words = new Int32Array(memory, at, count * OUT_WORDS);
    const doubles = new Float64Array(memory, at, (count * OUT_WORDS) / 2);
    for (let i = 0; i < count; i++) {
      if (this.count === this.#offsets.length) this.#grow();
      const to = this.count++;
      this.#offsets[to] = doubles[i * 3] as number;
      this.#lengths[to] = words[i * OUT_WORDS + 2] as number;
      this.#lines[to] = words[i * OUT_WORDS + 3] as number;
      this.#shapes[to] = words[i * OUT_WORDS + 4] as number;
      this.#times[to] = words[i * OUT_WORDS + 5] as number;
    }
  }

  /** Takes one line more, which must be read: its place in the one long log. */
  add(offset: number, length: number, line: number): void {
    if (this.count === this.#offsets.length) this.#grow();
    const to = this.count++;
    this.#offsets[to] = offset;
    this.#lengths[to] = length;
    this.#lines[to] = line;
    this.#shapes[to] = 0;
    this.#times[to] = NO_TIME;
  }

  /** A selection for each piece: `weights` by shape. */
  selections(pieces: readonly Piece[], weights: Uint32Array): Map<string, TimedSelection> {
    const order = this.#order();
    const result = new Map<string, TimedSelection>();
    let from = 0;
    for (const piece of pieces) {
      const end = piece.offset + piece.bytes;
      let to = from;
      while (to < order.length && (this.#offsets[order[to] as number] as number) < end) to++;
      result.set(piece.identity, this.#selection(piece, order.subarray(from, to), weights));
      from = to;
    }
    return result;
  }

  /** Lines by their place; of a line that came out twice, the one that is more than an anchor first. */
  #order(): Uint32Array {
    const keys = new Float64Array(this.count);
    // line, then kind, then place: all fit a double's 53 bits up to 2^31 lines of which 2^21 are chosen; else sorted the slow way
    if (this.count < 2 ** 20) {
      for (let i = 0; i < this.count; i++)
        keys[i] = (this.#lines[i] as number) * 2 ** 21 + ((this.#shapes[i] as number) < 0 ? 2 ** 20 : 0) + i;
      keys.sort();
      return Uint32Array.from(keys, (key) => key % 2 ** 20);
    }
    const order = new Uint32Array(this.count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    const lines = this.#lines;
    const shapes = this.#shapes;
    return order.sort(
      (a, b) => (lines[a] as number) - (lines[b] as number) || (shapes[b] as number) - (shapes[a] as number),
    );
  }

  #selection(piece: Piece, order: Uint32Array, weights: Uint32Array): TimedSelection {
    const offsets = new Float64Array(order.length);
    const lengths = new Uint32Array(order.length);
    const lines = new Float64Array(order.length);
    const silent = new Uint8Array(order.length);
    const each = new Uint32Array(order.length);
    const seconds = new Float64Array(order.length).fill(Number.NaN);
    let n = 0;
    let last = -1;
    for (const i of order) {
      const line = this.#lines[i] as number;
      const time = this.#times[i] as number;
      if (line === last) {
        if (time !== NO_TIME) seconds[n - 1] = time;
        continue;
      }
      last = line;
      if (time !== NO_TIME) seconds[n] = time;
      const shape = this.#shapes[i] as number;
      offsets[n] = (this.#offsets[i] as number) - piece.offset;
      lengths[n] = this.#lengths[i] as number;
      lines[n] = line - piece.line;
      silent[n] = shape < 0 ? 1 : 0;
      each[n] = shape > 0 ? (weights[shape] as number) : 1;
      n++;
    }
    return {
      count: n,
      offsets: offsets.subarray(0, n),
      lengths: lengths.subarray(0, n),
      lines: lines.subarray(0, n),
      silent: silent.subarray(0, n),
      weights: each.subarray(0, n),
      seconds: seconds.subarray(0, n),
      totalLines: piece.lines,
      totalBytes: piece.bytes,
    };
  }

  #grow(): void {
    const size = this.#offsets.length * 2;
    this.#offsets = wider(new Float64Array(size), this.#offsets);
    this.#lengths = wider(new Uint32Array(size), this.#lengths);
    this.#lines = wider(new Uint32Array(size), this.#lines);
    this.#shapes = wider(new Int32Array(size), this.#shapes);
    this.#times = wider(new Int32Array(size), this.#times);
  }
}

/** The greater array with what the lesser one holds. */
function wider<T extends Float64Array | Uint32Array | Int32Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
