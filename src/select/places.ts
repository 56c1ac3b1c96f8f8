/**
 * Lines that were chosen in one file, in any order, made a LineSelection.
 * Units:  as there.
 */
import { type LineSelection, SelectionBuilder } from '../sources/line-selection.ts';

export interface Place {
  offset: number;
  /** without the LF */
  length: number;
  /** from 1 */
  line: number;
}

const FIRST_SIZE = 1024;

/** A set of places in typed arrays: 20 bytes a line, and the set of its offsets. */
export class Places {
  count = 0;
  /** more lines were added than it may hold: they are not there */
  isOverfull = false;
  readonly most: number;
  readonly #known = new Set<number>();
  #offsets = new Float64Array(FIRST_SIZE);
  #lines = new Float64Array(FIRST_SIZE);
  #lengths = new Uint32Array(FIRST_SIZE);

  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most;
  }

  has(offset: number): boolean {
    return this.#known.has(offset);
  }

  /** False where it is there already, or there is no room for it. */
  add(offset: number, length: number, line: number): boolean {
    if (this.#known.has(offset)) return false;
    if (this.count >= this.most) {
      this.isOverfull = true;
      return false;
    }
    this.#known.add(offset);
    if (this.count === this.#offsets.length) this.#grow();
    this.#offsets[this.count] = offset;
    this.#lengths[this.count] = length;
    this.#lines[this.count] = line;
    this.count++;
    return true;
  }

  *all(): Generator<Place> {
    for (let i = 0; i < this.count; i++)
      yield {
        offset: this.#offsets[i] as number,
        length: this.#lengths[i] as number,
        line: this.#lines[i] as number,
      };
  }

  /** These lines, and silent ones among them. */
  selection(silent: Iterable<Place>, totalLines: number, totalBytes: number): LineSelection {
    const anchors = [...silent].sort((a, b) => a.offset - b.offset);
    const order = Uint32Array.from({ length: this.count }, (_, i) => i);
    const offsets = this.#offsets;
    order.sort((a, b) => (offsets[a] as number) - (offsets[b] as number));
    const builder = new SelectionBuilder();
    let next = 0;
    for (const i of order) {
      const offset = offsets[i] as number;
      for (; next < anchors.length && (anchors[next] as Place).offset <= offset; next++)
        addSilent(builder, anchors[next]);
      builder.add(offset, this.#lengths[i] as number, this.#lines[i] as number);
    }
    for (; next < anchors.length; next++) addSilent(builder, anchors[next]);
    return builder.done(totalLines, totalBytes);
  }

  #grow(): void {
    const size = this.count * 2;
    const offsets = new Float64Array(size);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const lines = new Float64Array(size);
    lines.set(this.#lines);
    this.#lines = lines;
    const lengths = new Uint32Array(size);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }
}

function addSilent(builder: SelectionBuilder, place: Place | undefined): void {
  if (place !== undefined) builder.add(place.offset, place.length, place.line, true);
}
