/**
 * Chains of plain mails and refusals -> the JSON of their messages; whatever is not plain enough is given back to be read.
 */
import type { ReasonOf } from '../correlate/assemble.ts';
import { refusedMessage } from '../correlate/refused.ts';
import { type OtherAttempts, pairOfBytes } from '../correlate/retries.ts';
import { stableId } from '../correlate/stable-id.ts';
import { FORMATS } from '../formats/index.ts';
import type { Framer } from '../framing/framer.ts';
import { Frame } from '../model/frame.ts';
import { hashText } from '../model/hash.ts';
import type { Message } from '../model/message.ts';
import { Dispatcher } from '../pipeline/dispatch.ts';
import { messagePutter } from '../render/json.ts';
import type { Clock } from '../render/times.ts';
import type { InputFile } from '../sources/input-file.ts';
import { ByteWriter } from '../util/byte-writer.ts';
import { Chain } from '../weigh/chains.ts';
import type { Chosen, Piece } from '../weigh/chosen.ts';
import { Attempts } from './attempts.ts';
import { Ids } from './ids.ts';
import { LogBytes } from './log-bytes.ts';
import { MailJson } from './mail-json.ts';
import { PlainChain } from './plain-chain.ts';
import type { PlainEnd } from './plain-hop.ts';

/** Who takes the messages. */
export interface PlainTaker {
  readonly clock: Clock;
  /** `time` in ms, `order` as Message.order, `rows`: recipients of a table. Returns a number of it, -1: there was no room. */
  add(id: string, time: number, order: number, rows: number, json: Uint8Array): number;
  /** What was added with this number is void. */
  drop(number: number): void;
  /** The message that was added with this number, as it was printed, and its time. */
  read(number: number): { json: string; time: number };
}

/** A message that was read and is not told yet. */
interface Pending {
  id: string;
  time: number;
  order: number;
  rows: number;
  /** where its JSON ends */
  end: number;
  /** of a refusal */
  message: Message | undefined;
  /** of a mail, where those of its recipients end */
  pairs: number;
}

const NOBODY = {};

export class PlainReader {
  /** messages that were told */
  told = 0;
  /** what the machine's times lack, ms */
  shift: number | undefined = undefined;
  /** two messages have one id, and cannot be given back */
  isLost = false;
  readonly #files: readonly InputFile[];
  readonly #taker: PlainTaker;
  readonly #reasonOf: ReasonOf;
  readonly #makeFramer: (file: InputFile) => Framer;
  readonly #framers: (Framer | undefined)[] = [];
  readonly #bytes: LogBytes;
  readonly #chain = new Chain();
  readonly #plain = new PlainChain();
  readonly #frame = new Frame();
  readonly #dispatcher = new Dispatcher(FORMATS, (event) => this.#plain.take(event));
  readonly #mail: MailJson;
  readonly #putMessage: (message: Message, out: ByteWriter) => void;
  readonly #out = new ByteWriter();
  /** pairs of sender and recipient of the mails that are pending */
  readonly #pairs: number[] = [];
  #ids = new Ids();
  #attempts = new Attempts();

  constructor(
    files: readonly InputFile[],
    taker: PlainTaker,
    reasonOf: ReasonOf,
    makeFramer: (file: InputFile) => Framer,
  ) {
    this.#files = files;
    this.#taker = taker;
    this.#reasonOf = reasonOf;
    this.#makeFramer = makeFramer;
    this.#bytes = new LogBytes(files);
    this.#mail = new MailJson(taker.clock);
    this.#putMessage = messagePutter(taker.clock);
  }

  /** What was told is void. */
  restart(): void {
    this.told = 0;
    this.shift = undefined;
    this.isLost = false;
    this.#ids = new Ids();
    this.#attempts = new Attempts();
    this.#framers.length = 0;
  }

  close(): void {
    this.#bytes.close();
  }

  /** Attempts that the run does not see, for its links. */
  get attempts(): OtherAttempts {
    const attempts = this.#attempts;
    return {
      open: attempts.open,
      of: (isWanted) =>
        attempts.of(isWanted, (number) => {
          const { json, time } = this.#taker.read(number);
          return { ...(JSON.parse(json) as Message), time };
        }),
    };
  }

  /** Whether a message of this id was told here. */
  hasId(id: string): boolean {
    return this.#ids.has(hashText(id));
  }

  /** Reads `count` chains at byte `at` of the machine's memory. */
  take(memory: ArrayBuffer, at: number, count: number, pieces: readonly Piece[], chosen: Chosen): void {
    const chain = this.#chain;
    let word = chain.begin(memory, at, pieces, this.#files);
    for (let left = count; left > 0;) {
      const first = word;
      word = chain.moveTo(first);
      const { firstLine } = chain;
      let n = 1;
      // refusals of one session stand together: told together or not, for its counters are of all
      for (; n < left; n++) {
        const behind = chain.moveTo(word);
        if (chain.firstLine !== firstLine) break;
        word = behind;
      }
      if (!this.#takeGroup(first, n, chosen)) this.#giveBack(first, n, chosen);
      left -= n;
    }
  }

  #takeGroup(first: number, count: number, chosen: Chosen): boolean {
    const chain = this.#chain;
    const pending: Pending[] = [];
    this.#out.length = 0;
    this.#pairs.length = 0;
    let word = first;
    for (let i = 0; i < count; i++) {
      word = chain.moveTo(word);
      const one = this.#read();
      if (one === undefined) return false;
      pending.push(one);
    }
    const hashes = pending.map(({ id }) => hashText(id) || 1);
    if (hashes.some((hash) => this.#hasTwin(hash, chosen)) || new Set(hashes).size < count) return false;
    const isKept = pending.some(({ message }) => message !== undefined);
    const group = isKept ? this.#ids.begin(count) : undefined;
    const bytes = this.#out.view();
    let from = 0;
    let pair = 0;
    for (const [i, { id, time, order, rows, end, message, pairs }] of pending.entries()) {
      const number = this.#taker.add(id, time, order, rows, bytes.subarray(from, end));
      from = end;
      this.told++;
      this.#ids.add(hashes[i] as number, group);
      if (group !== undefined) this.#ids.put(Math.max(0, number));
      if (number >= 0 && message !== undefined) this.#attempts.addMessage(message, number);
      for (; pair < pairs; pair++) if (number >= 0) this.#attempts.add(this.#pairs[pair] as number, number);
    }
    if (group !== undefined) this.#keepLines(first, count);
    return true;
  }

  /** Reads the chain at hand, and writes its JSON; undefined: it is not plain enough. */
  #read(): Pending | undefined {
    const chain = this.#chain;
    const plain = this.#plain;
    if (!this.#readLines()) return undefined;
    const out = this.#out;
    const begin = out.length;
    let message: Message | undefined;
    let id: string | undefined;
    let time: number;
    let rows: number;
    if (plain.hops > 0) {
      id = this.#mail.put(plain, out);
      time = plain.root.first;
      rows = plain.root.count;
    } else {
      if (plain.refusals.length === 0) return undefined;
      message = refusedMessage(
        plain.session(),
        { refusals: plain.refusals, acts: [], hop: undefined },
        (parts, at) => stableId(at, parts),
        this.#reasonOf,
        false,
        NOBODY,
      );
      ({ id, time } = message);
      rows = message.recipients.length;
      this.#putMessage(message, out);
    }
    this.shift ??= Math.floor(time / 1000) - Math.floor(chain.time / 1000);
    if (id === undefined || rows !== chain.rows || !this.#isAt(time)) {
      out.length = begin;
      return undefined;
    }
    if (message === undefined) this.#addPairs();
    return { id, time, order: chain.order, rows, end: out.length, message, pairs: this.#pairs.length };
  }

  #isAt(time: number): boolean {
    return Math.floor(time / 1000) - Math.floor(this.#chain.time / 1000) === this.shift;
  }

  #readLines(): boolean {
    const chain = this.#chain;
    const plain = this.#plain;
    const frame = this.#frame;
    const bytes = this.#bytes;
    chain.to(chain.count - 1);
    bytes.begin(chain.source, chain.offset, chain.length);
    plain.begin(bytes.bytes);
    for (let i = 0; i < chain.count; i++) {
      chain.to(i);
      const { source, length } = chain;
      const at = bytes.at(source, chain.offset, length);
      if (at < 0) return false;
      const framer = (this.#framers[source] ??= this.#makeFramer(this.#files[source] as InputFile));
      if (framer.frame(bytes.bytes, at, at + length, frame) !== 'line') return false;
      this.#dispatcher.take(frame);
      if (plain.isOdd) return false;
    }
    return true;
  }

  #addPairs(): void {
    const { bytes, sender, ends, count } = this.#plain.root;
    for (let i = 0; i < count; i++) {
      const { typed } = ends[i] as PlainEnd;
      this.#pairs.push(pairOfBytes(bytes, sender.a, sender.b, typed.a, typed.b));
    }
  }

  /** Whether another message has this id: that one is given back, with those that it was told with. */
  #hasTwin(hash: number, chosen: Chosen): boolean {
    const group = this.#ids.groupOf(hash);
    if (group === undefined) return false;
    const kept = this.#ids.takeBack(group);
    if (kept === undefined) {
      if (!this.#ids.isGone(group)) this.isLost = true;
      return true;
    }
    const numbers = Array.from({ length: kept.count() }, () => kept.count());
    for (const number of numbers) {
      this.#taker.drop(number);
      this.#attempts.drop(number);
      this.told--;
    }
    for (let lines = kept.count(); lines > 0; lines--) chosen.add(kept.count(), kept.count(), kept.count());
    return true;
  }

  #keepLines(first: number, count: number): void {
    const chain = this.#chain;
    let lines = 0;
    let word = first;
    for (let i = 0; i < count; i++) {
      word = chain.moveTo(word);
      lines += chain.count;
    }
    this.#ids.put(lines);
    this.#eachPlace(first, count, (offset, length, line) => {
      this.#ids.put(offset);
      this.#ids.put(length);
      this.#ids.put(line);
    });
  }

  #giveBack(first: number, count: number, chosen: Chosen): void {
    this.#eachPlace(first, count, (offset, length, line) => chosen.add(offset, length, line));
  }

  #eachPlace(first: number, count: number, onLine: (offset: number, length: number, line: number) => void): void {
    let word = first;
    for (let i = 0; i < count; i++) {
      word = this.#chain.moveTo(word);
      this.#chain.eachPlace(onLine);
    }
  }
}
