/**
 * A simple table: one key (an address, a domain, a client), how many recipients and mails, first and last time.
 */
import type { Instant, Message } from '../model/message.ts';
import type { Column, Section } from './document.ts';
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
  readonly #rows = new TopTable<KeyRow>();

  /** `message`: of a plain one the number of its first line; `note`: what is told of the last one, as a last column. */
  add(key: string, message: Message | number, time: Instant, note?: string): void {
    const row = this.#rows.get(key, () => ({
      key,
      count: 0,
      mails: 0,
      lastMail: undefined,
      first: time,
      last: time,
      note: undefined,
      noteAt: time,
    }));
    row.count++;
    const mail = typeof message === 'number' ? message : message.id;
    if (row.lastMail !== mail) row.mails++;
    row.lastMail = mail;
    if (time < row.first) row.first = time;
    if (time > row.last) row.last = time;
    if (note === undefined) return;
    // in whatever order they come: of equal times the note that is first by its letters
    const isNewer = row.note === undefined || time > row.noteAt || (time === row.noteAt && note < row.note);
    if (!isNewer) return;
    row.note = note;
    row.noteAt = time;
  }

  get size(): number {
    return this.#rows.size;
  }

  get letGo(): number {
    return this.#rows.letGo.rows;
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
