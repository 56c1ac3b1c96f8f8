/**
 * Rows by key, with a bound on how many there are: what is rare is let go when there are too many, and how much that was is
 * known. A row that was let go and comes again begins anew, so the numbers of rare rows are "at least".
 */

import { sharesOf } from '../util/memory.ts';

export interface Counted {
  count: number;
}

/** Distinct keys of a table; a row is some hundred bytes. */
const MOST_ROWS = 50_000;
/** What the keys of a table may take: an address is as long as whoever wrote it likes. */
const MOST_KEY_BYTES = 16 << 20;
/** … or, of a table of more rows, each of them so much. */
const KEY_BYTES = 128;

/** Rows that any table may have: with fewer it would tell nothing. */
const LEAST_ROWS = 500;
/** Share of the tables' bounds that `--memory` leaves them; 1 where it is not said. */
let share = 1;

/** Bounds the tables that are made from now on by what a run may take: one report is made in a process. */
export function boundTables(memory: number): void {
  share = sharesOf(memory).output / sharesOf().output;
}

/** So many of what is bounded by `most` where memory is as large as it is by default. */
export function boundOf(most: number): number {
  return Math.max(Math.min(most, LEAST_ROWS), Math.floor(most * share));
}
/** Distinct addresses and clients: rows of some fifty bytes beside their name. */
export const MOST_PEOPLE = 500_000;

/** Of so many times more rows than are asked for, those that cannot be among them are left out before the rest is sorted. */
const MANY = 4;

interface Entry<Row> {
  readonly key: string | number;
  readonly row: Row;
  readonly by: number;
}

/** Entries of which `most` are the greatest: all that are greater than some value, and of those equal to it the first by key. */
function atLeast<Row>(entries: readonly Entry<Row>[], most: number): Entry<Row>[] {
  const values = Float64Array.from(entries, ({ by }) => by).sort();
  const least = values[values.length - most] as number;
  const greater = entries.filter(({ by }) => by > least);
  const equal = entries.filter(({ by }) => by === least);
  const wanted = most - greater.length;
  if (equal.length <= MANY * wanted) return [...greater, ...equal];
  return [...greater, ...firstByKey(equal, wanted)];
}

/** The `most` first by key, and some more: those below a key that was found in a sample. */
function firstByKey<Row>(entries: readonly Entry<Row>[], most: number): Entry<Row>[] {
  let rest = [...entries];
  while (rest.length > MANY * most + 64) {
    const step = Math.ceil(rest.length / 64);
    const sample = rest.filter((_, i) => i % step === 0).sort((a, b) => (a.key < b.key ? -1 : 1));
    // twice as many as are wanted, as far as the sample tells
    const at = Math.min(sample.length - 1, Math.ceil((2 * most * sample.length) / rest.length));
    const bound = (sample[at] as Entry<Row>).key;
    const below = rest.filter(({ key }) => key <= bound);
    if (below.length < most || below.length === rest.length) return rest;
    rest = below;
  }
  return rest;
}

export class TopTable<Row extends Counted> {
  readonly #rows = new Map<string | number, Row>();
  readonly #most: number;
  readonly #mostBytes: number;
  /** of the keys */
  #bytes = 0;
  /** rows that are told elsewhere, none of them among the first */
  beside = 0;
  /** rows let go, and what they counted */
  letGo = { rows: 0, count: 0 };

  constructor(most = MOST_ROWS, mostBytes = Math.max(MOST_KEY_BYTES, most * KEY_BYTES)) {
    this.#most = boundOf(most);
    this.#mostBytes = boundOf(mostBytes);
  }

  /** The row of a key; `make` is asked where there is none. */
  get(key: string | number, make: () => Row): Row {
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= this.#most || this.#bytes > this.#mostBytes) this.#prune();
      row = make();
      this.#rows.set(key, row);
      this.#bytes += bytesOf(key);
    }
    return row;
  }

  /** Rows now; distinct keys seen, where none was let go. */
  get size(): number {
    return this.#rows.size + this.beside;
  }

  /** The keys of all rows that there are now. */
  keys(): (string | number)[] {
    return [...this.#rows.keys()];
  }

  /** All rows, greatest first by `by` (default: count), equal ones by key. */
  sorted(by: (row: Row) => number = ({ count }) => count): Row[] {
    return this.greatest(Infinity, by);
  }

  /** So many of these rows at most. */
  greatest(most: number, by: (row: Row) => number = ({ count }) => count): Row[] {
    const entries = [...this.#rows].map(([key, row]) => ({ key, row, by: by(row) }));
    const first = most > 0 && entries.length > MANY * most ? atLeast(entries, most) : entries;
    return first
      .sort((a, b) => b.by - a.by || (a.key < b.key ? -1 : 1))
      .slice(0, most)
      .map(({ row }) => row);
  }

  /** Lets the rarer half go, of rows and of what their keys take. */
  #prune(): void {
    const entries = [...this.#rows].sort(([, a], [, b]) => b.count - a.count);
    let kept = 0;
    this.#bytes = 0;
    for (const [key, row] of entries) {
      const bytes = this.#bytes + bytesOf(key);
      if (kept < Math.floor(this.#most / 2) && bytes <= this.#mostBytes / 2) {
        kept++;
        this.#bytes = bytes;
        continue;
      }
      this.#rows.delete(key);
      this.letGo.rows++;
      this.letGo.count += row.count;
    }
  }
}

/** What a text takes, twice: as the key, and in what the row says of it. */
function bytesOf(key: string | number): number {
  return typeof key === 'string' ? 4 * key.length : 0;
}

/** Rows of a table by numbers that stand for their keys, forgotten where the table let rows go. */
export class NumberedRows<Row extends Counted> {
  readonly #table: TopTable<Row>;
  #rows: (Row | undefined)[] = [];
  #letGo = 0;

  constructor(table: TopTable<Row>) {
    this.#table = table;
  }

  /** The row of this number; `find` is asked where it is not known. */
  get(number: number, find: () => Row | undefined): Row | undefined {
    const letGo = this.#table.letGo.rows;
    if (letGo !== this.#letGo) {
      this.#rows = [];
      this.#letGo = letGo;
    }
    let row = this.#rows[number];
    if (row === undefined) {
      row = find();
      this.#rows[number] = row;
    }
    return row;
  }
}
