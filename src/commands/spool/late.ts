/**
 * What later lines show of messages that are kept as bytes: links and notes, kept apart and added when they are printed.
 * Memory: a text of about 40 bytes and 12 bytes of numbers each, of kept messages alone.
 */
import { hashText } from '../../model/hash.ts';
import type { Link, Message, Note } from '../../model/message.ts';
import type { LinkType, NoteType } from '../../model/words.ts';
import { ByteReader, ByteWriter } from '../../util/byte-writer.ts';
import { HashSet, Doubles, Words } from './columns.ts';

const LINK = 0;
const NOTE = 1;
const LAST_MARK = 0xf_ffff;

export class Late {
  readonly #ids = new HashSet();
  /** by the last bits of a hash: one look tells that there is nothing */
  readonly #marks = new Uint8Array(LAST_MARK + 1);
  #expectsAll = false;
  readonly #texts = new ByteWriter();
  readonly #hashes = new Words();
  readonly #starts = new Doubles();
  /** hash of an id -> its entries, the first first; made when it is first asked for */
  #table: Map<number, number[]> | undefined;

  /** All messages are kept that anything may come of. */
  expectAll(): void {
    this.#expectsAll = true;
  }

  /** This message is kept: what comes of others is of no use. */
  expect(idHash: number): void {
    this.#ids.add(idHash);
  }

  get isEmpty(): boolean {
    return this.#hashes.length === 0;
  }

  link(id: string, link: Link): void {
    this.#add(id, LINK, link.type, link.id);
  }

  note(id: string, note: Note): void {
    this.#add(id, NOTE, note.type, note.text);
  }

  #add(id: string, kind: number, type: string, text: string): void {
    const hash = hashText(id) >>> 0;
    if (!this.#expectsAll && !this.#ids.has(hash)) return;
    const { length } = this.#texts;
    this.#texts.byte(kind);
    for (const part of [id, type, text]) {
      this.#texts.count(Buffer.byteLength(part));
      this.#texts.text(part);
    }
    this.#hashes.push(hash);
    this.#marks[hash & LAST_MARK] = 1;
    this.#starts.push(length);
    this.#table = undefined;
  }

  /** Whether there may be something for a message with this hash of its id. */
  has(idHash: number): boolean {
    return this.#marks[idHash & LAST_MARK] === 1 && this.#lookup().has(idHash >>> 0);
  }

  /** Adds to the message what is told of it. False: nothing was. */
  addTo(id: string, message: Pick<Message, 'links' | 'notes'>): boolean {
    let isAny = false;
    for (const entry of this.#lookup().get(hashText(id) >>> 0) ?? []) {
      const reader = new ByteReader(this.#texts.bytes, this.#starts.at(entry));
      const kind = reader.bytes[reader.at++];
      const [about = '', type = '', text = ''] = [0, 1, 2].map(() => reader.text(reader.count()));
      if (about !== id) continue;
      if (kind === NOTE) message.notes.push({ type: type as NoteType, text });
      else if (message.links.some((link) => link.type === type && link.id === text)) continue;
      else message.links.push({ type: type as LinkType, id: text });
      isAny = true;
    }
    return isAny;
  }

  #lookup(): Map<number, number[]> {
    if (this.#table !== undefined) return this.#table;
    const table = new Map<number, number[]>();
    for (let i = 0; i < this.#hashes.length; i++) {
      const hash = this.#hashes.at(i);
      const list = table.get(hash);
      if (list === undefined) table.set(hash, [i]);
      else list.push(i);
    }
    this.#table = table;
    return table;
  }
}
