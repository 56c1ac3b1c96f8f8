/**
 * A simple table: one key (an address, a domain, a client), how many recipients and mails, first and last time.
 */
import type { Instant, Message } from '../model/message.ts';
import type { Column, Section } from './document.ts';
import type { PlainNames, PlainRefusal } from '../model/plain-mail.ts';
import { pour } from './pour.ts';
import { TopTable } from './top-table.ts';

interface KeyRow {
  readonly key: string;
  count: number;
  mails: number;
  lastMail: string | number | undefined;
  first: Instant;
  last: Instant;
  note: string | undefined;
  noteAt: Instant;
}

export class KeyTable {
  readonly #rows: TopTable<KeyRow>;
  readonly #most: number;
  /** of plain mails, by the numbers of clients */
  #plain: (KeyRow | undefined)[] = [];
  #names: PlainNames | undefined;

  constructor(most?: number) {
    this.#rows = new TopTable(most);
    this.#most = most ?? Infinity;
  }

  /** `note`: what is told of the last one, as a last column. */
  add(key: string, message: Message, time: Instant, note?: string): void {
    count(
      this.#rows.get(key, () => newRow(key, time)),
      message.id,
      time,
      note,
    );
  }

  /** As `add`, of the client of a plain one. */
  addPlain({ client, order, names }: PlainRefusal, time: Instant, note?: string): void {
    this.#names = names;
    count((this.#plain[client] ??= newRow('', time)), order, time, note);
  }

  /** What was told of plain mails becomes rows: so many at least. `keyOf`: of a client; `textOf`: a client that has this key. */
  pour(top: number, keyOf: (client: string) => string | undefined, textOf: (key: string) => string): void {
    const names = this.#names;
    if (names === undefined) return;
    const plain = this.#plain;
    pour(this.#rows, top, {
      names,
      numbers: [...plain.keys()].filter((number) => plain[number] !== undefined),
      numberOf: (key) => names.find('client', textOf(key)),
      put: (number) => {
        const from = plain[number];
        const key = keyOf(names.of(number));
        if (from === undefined || key === undefined) return;
        join(
          this.#rows.get(key, () => newRow(key, from.first)),
          from,
        );
      },
      rankOf: (number, from) => names.clientRank(number, from),
      by: [(number) => plain[number]?.count ?? 0],
    });
    this.#plain = [];
    this.#names = undefined;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Rows let go; where there are too many to be kept, at least one. */
  get letGo(): number {
    const plain = this.#plain.reduce((sum: number) => sum + 1, 0);
    return this.#rows.letGo.rows + (this.#rows.size + plain > this.#most ? 1 : 0);
  }

  /** `label`: of the key; `noteLabel`: where add() was given notes. */
  section(
    name: string,
    title: string,
    key: { name: string; label: string },
    top: number,
    note?: { name: string; label: string },
  ): Section {
    const shown = this.#rows.greatest(top);
    const columns: Column[] = [
      { name: key.name, label: key.label },
      { name: 'recipients', label: 'Recipients', align: 'right' },
      { name: 'mails', label: 'Mails', align: 'right' },
      { name: 'first', label: 'First', unit: 'time' },
      { name: 'last', label: 'Last', unit: 'time' },
      ...(note === undefined ? [] : [note]),
    ];
    const rows = shown.map((row) => ({
      cells: [row.key, row.count, row.mails, row.first, row.last, ...(note === undefined ? [] : [row.note])],
    }));
    const more = this.#rows.size - rows.length;
    return { name, title, columns, rows, ...(more > 0 ? { more } : {}) };
  }
}

function newRow(key: string, time: Instant): KeyRow {
  return {
    key,
    count: 0,
    mails: 0,
    lastMail: undefined,
    first: time,
    last: time,
    note: undefined,
    noteAt: time,
  };
}

function count(row: KeyRow, mail: string | number, time: Instant, note: string | undefined): void {
  row.count++;
  if (row.lastMail !== mail) row.mails++;
  row.lastMail = mail;
  if (time < row.first) row.first = time;
  if (time > row.last) row.last = time;
  if (note !== undefined) noteIn(row, time, note);
}

/** In whatever order they come: of equal times the note that is first by its letters. */
function noteIn(row: KeyRow, time: Instant, note: string): void {
  if (row.note !== undefined && (time < row.noteAt || (time === row.noteAt && note >= row.note))) return;
  row.note = note;
  row.noteAt = time;
}

/** Adds what was counted of other mails. */
function join(row: KeyRow, from: KeyRow): void {
  row.count += from.count;
  row.mails += from.mails;
  if (from.first < row.first) row.first = from.first;
  if (from.last > row.last) row.last = from.last;
  if (from.note !== undefined) noteIn(row, from.noteAt, from.note);
}
