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
import { Breather } from '../util/breather.ts';
import { ByteWriter } from '../util/byte-writer.ts';
import { Chain } from '../weigh/chains.ts';
import type { Chosen, Piece } from '../weigh/chosen.ts';
import { Attempts } from './attempts.ts';
import { Heads } from './heads.ts';
import { Ids } from './ids.ts';
import { KeptChains, Places } from './kept-chains.ts';
import { LogBytes } from './log-bytes.ts';
import { MailJson } from './mail-json.ts';
import { PlainChain } from './plain-chain.ts';
import type { PlainEnd } from './plain-hop.ts';
import { takeQuick } from './quick-lines.ts';

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
/** chains between two looks at the clock */
const LOOK_EVERY = 64;

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
  readonly #heads = new Heads();
  readonly #dispatcher = new Dispatcher(FORMATS, (event) => this.#plain.take(event));
  readonly #mail: MailJson;
  readonly #putMessage: (message: Message, out: ByteWriter) => void;
  readonly #out = new ByteWriter();
  #kept = new KeptChains();
  // of messages that are told together or not
  readonly #pending: Pending[] = [];
  #isGivenBack = false;
  /** of their lines offset, length and number, in the one long log */
  readonly #lines: number[] = [];
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
    this.#kept = new KeptChains();
    this.#ids = new Ids();
    this.#attempts = new Attempts();
    this.#framers.length = 0;
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

  /** Keeps `count` chains at byte `at` of the machine's memory. */
  take(memory: ArrayBuffer, at: number, count: number, pieces: readonly Piece[]): void {
    const chain = this.#chain;
    let word = chain.begin(memory, at, pieces, this.#files);
    for (let i = 0; i < count; i++) {
      word = chain.moveTo(word);
      this.#kept.add(chain);
    }
  }

  /** Reads the chains that were kept, `most` at most; lines of what is not plain enough go to `chosen`. */
  async finish(pieces: readonly Piece[], chosen: Chosen, signal?: AbortSignal, most = Infinity): Promise<void> {
    const kept = this.#kept;
    const breather = new Breather();
    const places = new Places(pieces, this.#files);
    kept.start();
    const count = Math.min(kept.count, most);
    for (let i = 0, firstLine = -1; i < count; i++) {
      kept.next();
      // refusals of one session stand together: told together or not, for its counters are of all
      if (kept.numbers[0] !== firstLine) this.#tell(chosen);
      firstLine = kept.numbers[0] as number;
      this.#addLines();
      const one = this.#isGivenBack ? undefined : this.#read(places);
      if (one === undefined) this.#isGivenBack = true;
      else this.#pending.push(one);
      if (i % LOOK_EVERY > 0 || !breather.isDue) continue;
      await breather.breathe();
      if (signal?.aborted === true) break;
    }
    this.#tell(chosen);
    this.#bytes.close();
  }

  #addLines(): void {
    const { lines, offsets, lengths, numbers } = this.#kept;
    const places = this.#lines;
    for (let i = 0; i < lines; i++) places.push(offsets[i] as number, lengths[i] as number, numbers[i] as number);
  }

  /** Tells what is pending, or gives its lines back. */
  #tell(chosen: Chosen): void {
    const lines = this.#lines;
    if (this.#isGivenBack || !this.#tellAll(chosen))
      for (let i = 0; i < lines.length; i += 3)
        chosen.add(lines[i] as number, lines[i + 1] as number, lines[i + 2] as number);
    this.#isGivenBack = false;
    this.#pending.length = lines.length = this.#pairs.length = this.#out.length = 0;
  }

  /** False: there is another message with the id of one. */
  #tellAll(chosen: Chosen): boolean {
    const pending = this.#pending;
    const hashes = pending.map(({ id }) => hashText(id) || 1);
    if (hashes.length > 1 && new Set(hashes).size < hashes.length) return false;
    for (const hash of hashes) if (this.#hasTwin(hash, chosen)) return false;
    const isKept = pending.length > 0 && pending[0]?.message !== undefined;
    const group = isKept ? this.#ids.begin(pending.length) : undefined;
    const bytes = this.#out.view();
    let from = 0;
    let pair = 0;
    for (let i = 0; i < pending.length; i++) {
      const { id, time, order, rows, end, message, pairs } = pending[i] as Pending;
      const number = this.#taker.add(id, time, order, rows, bytes.subarray(from, end));
      from = end;
      this.told++;
      this.#ids.add(hashes[i] as number, group);
      if (group !== undefined) this.#ids.put(Math.max(0, number));
      if (number >= 0 && message !== undefined) this.#attempts.addMessage(message, number);
      for (; pair < pairs; pair++) if (number >= 0) this.#attempts.add(this.#pairs[pair] as number, number);
    }
    if (group !== undefined) {
      this.#ids.put(this.#lines.length);
      for (const value of this.#lines) this.#ids.put(value);
    }
    return true;
  }

  /** Reads the chain at hand, and writes its JSON; undefined: it is not plain enough. */
  #read(places: Places): Pending | undefined {
    const chain = this.#kept;
    const plain = this.#plain;
    if (!this.#readLines(places)) return undefined;
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
    return Math.floor(time / 1000) - Math.floor(this.#kept.time / 1000) === this.shift;
  }

  #readLines(places: Places): boolean {
    const { lines, offsets, lengths } = this.#kept;
    const plain = this.#plain;
    const frame = this.#frame;
    const heads = this.#heads;
    const bytes = this.#bytes;
    const last = offsets[lines - 1] as number;
    places.to(last);
    bytes.begin(places.source, last - places.before, lengths[lines - 1] as number);
    plain.begin(bytes.bytes);
    for (let i = 0; i < lines; i++) {
      const offset = offsets[i] as number;
      const length = lengths[i] as number;
      places.to(offset);
      const { source } = places;
      const at = bytes.at(source, offset - places.before, length);
      if (at < 0) return false;
      const end = at + length;
      if (heads.read(bytes.bytes, at, end) && takeQuick(plain, heads, bytes.bytes, end)) continue;
      const framer = (this.#framers[source] ??= this.#makeFramer(this.#files[source] as InputFile));
      if (framer.frame(bytes.bytes, at, end, frame) !== 'line') return false;
      heads.learn(bytes.bytes, at, frame);
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
    for (let left = kept.count(); left > 0; left -= 3) chosen.add(kept.count(), kept.count(), kept.count());
    return true;
  }
}
