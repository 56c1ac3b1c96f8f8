/**
 * Rows by key, with a bound on how many there are: what is rare is let go when there are too many, and how much that was is
 * known. A row that was let go and comes again begins anew, so the numbers of rare rows are "at least".
 */

export interface Counted {
  count: number;
}

/** Distinct keys of a table; a row is some hundred bytes. */
const MOST_ROWS = 50_000;

export class TopTable<Row extends Counted> {
  readonly #rows = new Map<string | number, Row>();
  readonly #most: number;
  /** rows let go, and what they counted */
  letGo = { rows: 0, count: 0 };

  constructor(most = MOST_ROWS) {
    this.#most = most;
  }

  /** The row of a key; `make` is asked where there is none. */
  get(key: string | number, make: () => Row): Row {
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= this.#most) this.#prune();
      row = make();
      this.#rows.set(key, row);
    }
    return row;
  }

  /** Rows now; distinct keys seen, where none was let go. */
  get size(): number {
    return this.#rows.size;
  }

  /** All rows, greatest first by `by` (default: count), equal ones in the order in which they came. */
  sorted(by: (row: Row) => number = ({ count }) => count): Row[] {
    return [...this.#rows.values()].sort((a, b) => by(b) - by(a));
  }

  /** Lets the rarer half go. */
  #prune(): void {
    const entries = [...this.#rows].sort(([, a], [, b]) => b.count - a.count);
    for (const [key, row] of entries.slice(Math.floor(this.#most / 2))) {
      this.#rows.delete(key);
      this.letGo.rows++;
      this.letGo.count += row.count;
    }
  }
}
