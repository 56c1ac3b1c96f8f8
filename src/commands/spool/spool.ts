/**
 * What is to be printed of all messages that match, kept until all are known and can be put in order: each as a few bytes
 * (form.ts), in memory or a temporary file (store.ts).
 * Memory: numbers of 60 bytes a message at most, and the bytes that the store keeps in memory; more messages than there is
 *         memory for are not kept, but counted.
 */
import { tmpdir } from 'node:os';
import { UserError } from '../../errors.ts';
import { hashText } from '../../model/hash.ts';
import type { Link, Message, Note } from '../../model/message.ts';
import { ByteWriter } from '../../util/byte-writer.ts';
import { Gatherer } from '../../util/gather.ts';
import { sharesOf } from '../../util/memory.ts';
import type { Chain } from '../../weigh/chains.ts';
import type { Order } from '../collect.ts';
import { putChain } from './chain-bytes.ts';
import { Doubles, Words } from './columns.ts';
import type { Form } from './form.ts';
import { Late } from './late.ts';
import { firstOf, sortedOrder } from './order.ts';
import type { StoreOptions } from './store.ts';
import { ByteStore } from './store.ts';

const MEMORY_BYTES = 32 * 1024 * 1024;
/** Where nothing can be written to a file: what a log of 700 MB needs as JSON. */
const MOST_MEMORY_BYTES = 512 * 1024 * 1024;
/** Numbers of a message, with those of sorting. */
const NUMBERS_BYTES = 60;
/** In place of rows, with the number of a shape. */
const OF_SHAPE = 2 ** 31;
/** Bytes and messages of a batch. */
const BATCH_BYTES = 256 * 1024;

export interface SpoolOptions extends StoreOptions {
  /** not given: as many as come */
  mostMessages?: number;
}

/** /tmp may be in memory and small: /var/tmp, for larger files, comes after it (file-hierarchy(7)). TMPDIR is the user's word. */
export function storeOptions(env: Readonly<Record<string, string | undefined>>, memory: number): SpoolOptions {
  const { output } = sharesOf(memory);
  const bytes = Math.min(MEMORY_BYTES, output / 4);
  const isChosen = (env['TMPDIR'] ?? '') !== '';
  return {
    memory: bytes,
    mostMemory: Math.min(MOST_MEMORY_BYTES, output / 2),
    mostMessages: Math.floor((output - bytes) / NUMBERS_BYTES),
    folders: isChosen || process.platform === 'win32' ? [tmpdir()] : [tmpdir(), '/var/tmp'],
  };
}

/** Messages that stand together in printing order. */
export class Batch {
  /** what is kept of them, one after the other */
  readonly bytes: Buffer;
  /** where each begins in `bytes`, and where the last ends */
  readonly starts: readonly number[];
  /** nothing was printed before */
  readonly isFirst: boolean;
  readonly #spool: Spool;
  readonly #indices: readonly number[];

  constructor(spool: Spool, indices: readonly number[], bytes: Buffer, starts: readonly number[], isFirst: boolean) {
    this.#spool = spool;
    this.#indices = indices;
    this.bytes = bytes;
    this.starts = starts;
    this.isFirst = isFirst;
  }

  get count(): number {
    return this.#indices.length;
  }

  start(i: number): number {
    return this.starts[i] as number;
  }

  id(i: number): string {
    const { form } = this.#spool;
    // JSON has it: nothing need be read again
    if (form.idOf !== undefined) return form.idOf(this.bytes.subarray(this.start(i), this.start(i + 1)));
    return this.#spool.idOf(this.#indices[i] as number);
  }

  /** recipients among the rows of a table */
  get recipients(): number {
    return this.#indices.reduce((sum, index) => sum + this.#spool.rowsOf(index), 0);
  }

  /** Whether something may have come later for this one. */
  hasLate(i: number): boolean {
    return this.#spool.hasLate(this.#indices[i] as number);
  }

  /** Adds to it what later lines showed. False: nothing. */
  addLate(i: number, message: Pick<Message, 'links' | 'notes'>): boolean {
    return this.hasLate(i) && this.#spool.late.addTo(this.id(i), message);
  }
}

export class Spool {
  readonly form: Form;
  readonly late = new Late();
  /** messages that were not kept, as there was no room */
  lost = 0;
  readonly #sign: number;
  readonly #store: ByteStore;
  readonly #out = new ByteWriter();
  readonly #times = new Doubles();
  readonly #orders = new Doubles();
  readonly #offsets = new Doubles();
  readonly #lengths = new Words();
  readonly #rows = new Words();
  readonly #idHashes = new Words();
  readonly #most: number;
  #chains = 0;
  /** messages that were added as JSON and not yet taken: their bytes, and the number of the first */
  #json: Uint8Array | undefined;
  #jsonFrom = 0;
  #jsonTo = 0;
  #settled = 0;
  readonly #dropped = new Set<number>();

  constructor(form: Form, order: Order, options: SpoolOptions) {
    this.#most = options.mostMessages ?? Number.POSITIVE_INFINITY;
    this.form = form;
    this.#sign = order === 'newest' ? -1 : 1;
    this.#store = new ByteStore(options);
  }

  /** `rows`: recipients among the rows that it would have in a table. */
  add(message: Message, rows: number): void {
    const out = this.#out;
    out.length = 0;
    this.form.keep(message, out);
    this.#put(out, message.id, message.time, message.order ?? 0, rows);
  }

  /** False: there was no room. */
  #put(out: ByteWriter, id: string, time: number, order: number, rows: number): boolean {
    this.settle();
    const { length } = out;
    out.text(id);
    const offset = this.#store.size;
    if (this.#isFull || !this.#store.append(out.view())) {
      this.lost++;
      return false;
    }
    const hash = hashText(id) >>> 0;
    // the same number for the same microsecond, whoever read it
    this.#times.push(Math.round(time * 1000) / 1000);
    this.#orders.push(order);
    this.#offsets.push(offset);
    this.#lengths.push(length);
    this.#rows.push(rows);
    this.#idHashes.push(hash);
    this.late.expect(hash);
    return true;
  }

  /** A message of which only the raw lines are known. All of them come before the others; their times are told with `shift`. */
  addChain(chain: Chain): void {
    const out = this.#out;
    out.length = 0;
    putChain(chain, out);
    const offset = this.#store.size;
    if (this.#isFull || !this.#store.append(out.view())) {
      this.lost++;
      return;
    }
    this.#times.push(chain.time);
    this.#orders.push(chain.order);
    this.#offsets.push(offset);
    this.#lengths.push(out.length);
    this.#rows.push(chain.shape === 0 ? chain.rows : OF_SHAPE + chain.shape);
    this.#idHashes.push(0);
    this.#chains++;
  }

  /**
   * A message that was written as JSON already, with what parts it from others: json[from, to), which must stay as it is until
   * `settle`. `idHash`: hashText() of its id, the lower 32 bits. Returns a number of it, -1: it is not kept.
   */
  addJson(
    json: Uint8Array,
    from: number,
    to: number,
    idHash: number,
    time: number,
    order: number,
    rows: number,
  ): number {
    if (this.#json !== json || this.#jsonTo !== from) this.settle();
    if (this.#isFull) {
      this.lost++;
      return -1;
    }
    if (this.#json === undefined) {
      this.#json = json;
      this.#jsonFrom = from;
      this.#settled = this.count;
    }
    this.#jsonTo = to;
    this.#times.push(Math.round(time * 1000) / 1000);
    this.#orders.push(order);
    this.#offsets.push(this.#store.size + from - this.#jsonFrom);
    this.#lengths.push(to - from);
    this.#rows.push(rows);
    this.#idHashes.push(idHash >>> 0);
    this.late.expectAll();
    return this.count - 1;
  }

  /** Takes the bytes of what addJson was given. */
  settle(): void {
    const json = this.#json;
    if (json === undefined) return;
    this.#json = undefined;
    if (this.#store.append(json.subarray(this.#jsonFrom, this.#jsonTo))) return;
    this.lost += this.count - this.#settled;
    for (const column of [this.#times, this.#orders, this.#offsets, this.#lengths, this.#rows, this.#idHashes])
      column.length = this.#settled;
  }

  /** The message with this number, as it was written, and its time. Undefined: there was no room for it. */
  jsonOf(number: number): { json: string; time: number } | undefined {
    this.settle();
    if (number >= this.count) return undefined;
    return { json: this.form.jsonOf?.(this.#bytesOf(number)) ?? '{}', time: this.#times.at(number) };
  }

  /** The message with this number is void. */
  drop(number: number): void {
    this.#dropped.add(number);
  }

  /** What the times of the chains lack, ms. */
  shift(ms: number): void {
    this.#times.change(this.#chains, (time) => shifted(time, ms));
  }

  /** How many rows the chains of a shape have. */
  settleRows(rowsOf: (shape: number) => number): void {
    this.#rows.change(this.#chains, (rows) => (rows < OF_SHAPE ? rows : rowsOf(rows - OF_SHAPE)));
  }

  get #isFull(): boolean {
    return this.lost > 0 || this.#times.length >= this.#most;
  }

  get count(): number {
    return this.#times.length;
  }

  /** Why messages were lost: no folder took more; undefined: memory was short. */
  get trouble(): string | undefined {
    return this.#store.trouble;
  }

  link(id: string, link: Link): void {
    if (this.form.showsLate) this.late.link(id, link);
  }

  note(id: string, note: Note): void {
    if (this.form.showsLate) this.late.note(id, note);
  }

  /** In batches, in printing order; where there is no time to sort all, the first `least` alone. */
  async *batches(least: number, isOver: () => Promise<boolean>): AsyncGenerator<Batch> {
    this.settle();
    const before = (a: number, b: number): number => this.#before(a, b);
    const all = (await sortedOrder(this.count, before, isOver)) ?? firstOf(this.count, least, before);
    const order = this.#dropped.size === 0 ? all : all.filter((index: number) => !this.#dropped.has(index));
    const gatherer = new Gatherer((from, length, into) => this.#store.read(from, length, into));
    for (let at = 0; at < order.length;) {
      const indices: number[] = [];
      const starts = [0];
      let size = 0;
      // messages that stand together in the store as here are one piece
      let from = 0;
      let piece = 0;
      while (at < order.length && indices.length < this.form.mostAtOnce && (size === 0 || size < BATCH_BYTES)) {
        const index = order[at] as number;
        const length = this.#lengths.at(index);
        const offset = this.#offsets.at(index);
        if (offset !== from + size - piece) {
          if (size > piece) gatherer.want(from, size - piece, piece);
          from = offset;
          piece = size;
        }
        indices.push(index);
        size += length;
        starts.push(size);
        at++;
      }
      if (size > piece) gatherer.want(from, size - piece, piece);
      const bytes = Buffer.allocUnsafeSlow(size);
      gatherer.fetch(bytes, () => {
        throw new UserError({ where: 'temporary files', what: 'what was written cannot be read again' });
      });
      yield new Batch(this, indices, bytes, starts, at === indices.length);
    }
  }

  close(): void {
    this.#store.close();
  }

  rowsOf(index: number): number {
    return this.#rows.at(index);
  }

  hasLate(index: number): boolean {
    return this.late.has(this.#idHashes.at(index));
  }

  idOf(index: number): string {
    const from = this.#offsets.at(index) + this.#lengths.at(index);
    const end = index + 1 < this.count ? this.#offsets.at(index + 1) : this.#store.size;
    // what was added as JSON has its id there
    if (from === end) return this.form.idOf?.(this.#bytesOf(index)) ?? '';
    const bytes = Buffer.allocUnsafe(end - from);
    return bytes.toString('utf8', 0, this.#store.read(from, bytes.length, bytes));
  }

  #bytesOf(index: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.#lengths.at(index));
    this.#store.read(this.#offsets.at(index), bytes.length, bytes);
    return bytes;
  }

  /** As printedBefore() of collect.ts. */
  #before(a: number, b: number): number {
    const byTime = this.#times.at(a) - this.#times.at(b);
    if (byTime !== 0) return this.#sign * byTime;
    const byOrder = this.#orders.at(a) - this.#orders.at(b);
    if (byOrder !== 0) return byOrder;
    const idA = this.idOf(a);
    const idB = this.idOf(b);
    return idA === idB ? a - b : idA < idB ? -1 : 1;
  }
}

const DAY = 86_400_000;

/** The time, with microseconds, as a stamp of it is read (framing/stamps.ts): day and time of the day, to the last bit. */
function shifted(time: number, ms: number): number {
  const micros = Math.round(time * 1000) + ms * 1000;
  const day = Math.floor(micros / (DAY * 1000)) * DAY;
  return day + (micros - day * 1000) / 1000;
}
