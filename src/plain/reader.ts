/**
 * Chains of plain mails and refusals -> the JSON of their messages, which the machine writes; whatever is not plain enough is given
 * back to be read.
 */
import type { ReasonOf } from '../correlate/assemble.ts';
import type { OtherAttempts } from '../correlate/retries.ts';
import type { Framer } from '../framing/framer.ts';
import type { Link } from '../model/message.ts';
import { hashText } from '../model/hash.ts';
import type { InputFile } from '../sources/input-file.ts';
import { Breather } from '../util/breather.ts';
import { Chain } from '../weigh/chains.ts';
import type { Chosen, Piece } from '../weigh/chosen.ts';
import type { LineMarks } from '../weigh/sieve.ts';
import { Answers } from './answers.ts';
import { Attempts } from './attempts.ts';
import { Batch } from './batch.ts';
import { Ids } from './ids.ts';
import { KeptChains, Places } from './kept-chains.ts';
import { type Family, giveBackLines, type Named, Notices, type Written } from './notices.ts';
import type { PlainTaker } from './taker.ts';
import { openWriter, type Writer } from './writer.ts';

/** What the machine says of a chain (mails.ts there): words of a result, and which chains they are of. */
const RESULT_WORDS = 20;
/** what it names of a mail: what it is, its queue id, who wrote it, its time (double) */
const FIRST_NOTICE = 8;
const SECOND_NOTICE = 14;
const IS_ODD = 0;
/** in place of rows: the machine that wrote it tells (chains.ts) */
const ANY_ROWS = 0;
const IS_REFUSAL = 2;
const IS_NOTICE = 3;
const PAIR_WORDS = 3;
/** `{"v":1,"id":"20261120-082400-08ysc8000"`: where the id stands */
const ID_START = 13;
const ID_END = ID_START + 25;
/** `,` and a line feed */
const LIST_LEAD = 2;

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
  readonly #chain = new Chain();
  readonly #onLink: (id: string, link: Link) => void;
  readonly #marks: LineMarks | undefined;
  #kept = new KeptChains();
  #ids = new Ids();
  #attempts = new Attempts();
  #notices: Notices;
  /** bytes before each object */
  readonly #lead: number;
  // of the batch at hand
  #words = new Int32Array(0);
  #doubles = new Float64Array(0);
  #json = Buffer.alloc(0);
  /** chains that are told or given back */
  #done = 0;
  /** number of the first line of a group that comes in pieces */
  #parted = -1;

  constructor(
    files: readonly InputFile[],
    taker: PlainTaker,
    reasonOf: ReasonOf,
    makeFramer: (file: InputFile) => Framer,
    onLink: (id: string, link: Link) => void,
    marks?: LineMarks,
  ) {
    this.#marks = marks;
    this.#onLink = onLink;
    this.#lead = taker.isList ? LIST_LEAD : 0;
    this.#notices = new Notices(this.#lead);
    this.#files = files;
    this.#taker = taker;
    this.#reasonOf = reasonOf;
    this.#makeFramer = makeFramer;
  }

  /** What was told is void. */
  restart(): void {
    this.told = 0;
    this.shift = undefined;
    this.isLost = false;
    this.#kept = new KeptChains();
    this.#ids = new Ids();
    this.#attempts = new Attempts();
    this.#notices = new Notices(this.#lead);
    this.#framers.length = 0;
  }

  /** Attempts that the run does not see, for its links. */
  get attempts(): OtherAttempts {
    const attempts = this.#attempts;
    return {
      open: attempts.open,
      of: (isWanted, hasOwn) => attempts.of(isWanted, hasOwn, (number) => this.#taker.read(number)),
    };
  }

  /** Whether a message of this id was told here. */
  hasId(id: string): boolean {
    const group = this.#ids.groupOf(hashText(id) || 1);
    return group !== undefined && !this.#ids.isGone(group);
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

  /** Bytes that are kept, and will be. */
  get held(): number {
    return this.#kept.bytes;
  }

  /** Writes the chains that were kept; lines of what is not plain enough go to `chosen`. */
  async finish(pieces: readonly Piece[], chosen: Chosen, signal?: AbortSignal): Promise<void> {
    const kept = this.#kept;
    this.#chain.end();
    if (kept.count === 0) return;
    const writer = await openWriter();
    writer.module.part(this.#taker.isList);
    const answers = new Answers(writer, this.#taker.clock, this.#reasonOf);
    const batch = new Batch(writer, this.#files);
    const breather = new Breather();
    const places = new Places(pieces, this.#files);
    kept.start();
    for (let i = 0; i < kept.count; i++) {
      kept.next();
      if (batch.add(kept, places)) continue;
      this.#write(batch, writer, answers, chosen, kept.numbers[0]);
      if (breather.isDue) await breather.breathe();
      if (signal?.aborted === true) break;
      batch.add(kept, places);
    }
    this.#write(batch, writer, answers, chosen);
    for (const one of this.#notices.left()) giveBackLines(one, chosen);
    this.shift = answers.shift;
    batch.close();
  }

  /** Has the batch written, and tells what it became. `next`: the number of the first line of the chain that comes behind it. */
  #write(batch: Batch, writer: Writer, answers: Answers, chosen: Chosen, next = -1): void {
    const { module } = writer;
    module.begin();
    this.#done = 0;
    let isGivenUp = false;
    for (let at = 0; at < batch.count && !isGivenUp;) {
      at = module.write(at, batch.count);
      if (module.askedKind() > 0) isGivenUp = !answers.answer(this.#framerOf(batch.source));
      else
        this.#tellTo(
          at,
          at === batch.count ? next : (batch.numbers[batch.start(at)] as number),
          batch,
          writer,
          answers,
          chosen,
        );
    }
    if (isGivenUp) batch.giveBack(this.#done, batch.count, chosen);
    if (isGivenUp) module.taken();
    batch.clear();
  }

  #framerOf(source: number): Framer {
    return (this.#framers[source] ??= this.#makeFramer(this.#files[source] as InputFile));
  }

  /** Tells the chains before `end`, behind which stands one whose first line has the number `next`. */
  #tellTo(end: number, next: number, batch: Batch, writer: Writer, answers: Answers, chosen: Chosen): void {
    const { module } = writer;
    const memory = writer.memory();
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#json = Buffer.from(memory);
    const results = module.results() / 4;
    let from = module.output();
    let pair = 0;
    for (let i = this.#done; i < end;) {
      const last = this.#groupEnd(i, end, results, batch);
      const number = batch.numbers[batch.start(i)] as number;
      // a group in two pieces is given back
      if (last === end && number === next && this.#words[results + i * RESULT_WORDS] === IS_REFUSAL)
        this.#parted = number;
      const isTold =
        number !== this.#parted &&
        !(this.#marks !== undefined && batch.hasOf(this.#marks, i, last)) &&
        this.#isGood(i, last, results, batch, answers) &&
        this.#tellAll(i, last, from, pair, batch, module, chosen);
      if (!isTold) batch.giveBack(i, last, chosen);
      const result = results + (last - 1) * RESULT_WORDS;
      from = this.#words[result + 1] as number;
      pair = this.#words[result + 3] as number;
      i = last;
    }
    this.#done = end;
    this.#taker.settle();
    module.taken();
  }

  /** Refusals of one session stand together: told together or not, for its counters are of all. A mail stands alone. */
  #groupEnd(first: number, end: number, results: number, batch: Batch): number {
    const number = batch.numbers[batch.start(first)];
    let i = first + 1;
    let hasRefusal = this.#words[results + first * RESULT_WORDS] === IS_REFUSAL;
    for (; i < end && batch.numbers[batch.start(i)] === number; i++)
      hasRefusal ||= this.#words[results + i * RESULT_WORDS] === IS_REFUSAL;
    return hasRefusal ? i : first + 1;
  }

  /** Whether all of these were written, and stand where the machine that put their lines together thought. */
  #isGood(first: number, end: number, results: number, batch: Batch, { shift = 0 }: Answers): boolean {
    for (let i = first; i < end; i++) {
      const result = results + i * RESULT_WORDS;
      const rows = batch.rows[i];
      if (this.#words[result] === IS_ODD || (rows !== ANY_ROWS && this.#words[result + 2] !== rows)) return false;
      const time = this.#doubles[result / 2 + 2] as number;
      if (Math.floor(time / 1000) - Math.floor((batch.times[i] as number) / 1000) !== shift / 1000) return false;
    }
    return true;
  }

  /** False: there is another message with the id of one. */
  #tellAll(
    first: number,
    end: number,
    jsonStart: number,
    pairStart: number,
    batch: Batch,
    module: Writer['module'],
    chosen: Chosen,
  ): boolean {
    const words = this.#words;
    const results = module.results() / 4;
    if (!this.#areNew(first, end, results, chosen)) return false;
    const one = results + first * RESULT_WORDS;
    const what = words[one] as number;
    if (what === IS_NOTICE || (what !== IS_REFUSAL && words[one + FIRST_NOTICE] !== 0)) {
      this.#await(first, jsonStart, pairStart, batch, module, chosen);
      return true;
    }
    const group = what === IS_REFUSAL ? this.#ids.begin(end - first) : undefined;
    const pairs = module.pairsStart() / 4;
    let from = jsonStart;
    let pair = pairStart;
    for (let i = first; i < end; i++) {
      const result = results + i * RESULT_WORDS;
      const to = words[result + 1] as number;
      const time = this.#doubles[result / 2 + 2] as number;
      const order = batch.orders[i] as number;
      const number = this.#taker.add(
        this.#json,
        from,
        to,
        words[result + 6] as number,
        time,
        order,
        words[result + 2] as number,
      );
      from = to;
      this.told++;
      this.#ids.add(this.#hashAt(result + 6) || 1, group);
      if (group !== undefined) this.#ids.put(Math.max(0, number));
      const pairEnd = words[result + 3] as number;
      for (; pair < pairEnd; pair++)
        if (number >= 0) {
          const at = pairs + pair * PAIR_WORDS;
          this.#attempts.add(this.#hashAt(at), number, words[at + 2] === 1);
        }
    }
    if (group !== undefined) this.#keepLines(batch.start(first), batch.ends[end - 1] as number, batch);
    return true;
  }

  /** Whether no other message has the id of one of these. */
  #areNew(first: number, end: number, results: number, chosen: Chosen): boolean {
    for (let i = first; i < end; i++) {
      const hash = this.#hashAt(results + i * RESULT_WORDS + 6) || 1;
      for (let k = first; k < i; k++) if (hash === (this.#hashAt(results + k * RESULT_WORDS + 6) || 1)) return false;
      if (this.#hasTwin(hash, chosen)) return false;
    }
    return true;
  }

  /** A mail with a notice, or a notice: told with the other. */
  #await(i: number, from: number, pairStart: number, batch: Batch, module: Writer['module'], chosen: Chosen): void {
    const word = module.results() / 4 + i * RESULT_WORDS;
    const words = this.#words;
    const pairs: number[] = [];
    for (let pair = pairStart; pair < (words[word + 3] as number); pair++)
      pairs.push(this.#hashAt(module.pairsStart() / 4 + pair * PAIR_WORDS));
    const lines: number[] = [];
    for (let k = batch.start(i); k < (batch.ends[i] as number); k++)
      lines.push(batch.offsets[k] as number, batch.lengths[k] as number, batch.numbers[k] as number);
    const written: Written = {
      id: this.#json.toString('latin1', from + this.#lead + ID_START, from + this.#lead + ID_END),
      hash: this.#hashAt(word + 6) || 1,
      time: this.#doubles[word / 2 + 2] as number,
      order: batch.orders[i] as number,
      rows: words[word + 2] as number,
      json: Buffer.from(this.#json.subarray(from, words[word + 1])),
      pairs,
      lines,
    };
    const alone = (one: Written): void => giveBackLines(one, chosen);
    const family =
      words[word] === IS_NOTICE
        ? this.#notices.addNotice(this.#noticeAt(word + FIRST_NOTICE).key, written, alone)
        : this.#notices.addMail(written, this.#noticesOf(word), alone);
    if (family === undefined) return;
    const { members } = family;
    if (members.some(({ hash }) => this.#hasTwin(hash, chosen))) members.forEach(alone);
    else this.#tellFamily(family);
  }

  #noticesOf(word: number): Named[] {
    const places = [word + FIRST_NOTICE, word + SECOND_NOTICE];
    return places.filter((place) => this.#words[place] !== 0).map((place) => this.#noticeAt(place));
  }

  #noticeAt(place: number): Named {
    const words = this.#words;
    const id = this.#json.toString('latin1', words[place + 1], words[place + 2]);
    return {
      key: `${words[place + 3]} ${id}`,
      kind: words[place] as number,
      at: this.#doubles[place / 2 + 2] as number,
    };
  }

  #tellFamily(family: Family): void {
    for (const { hash, time, order, rows, json, pairs } of family.members) {
      const number = this.#taker.add(json, 0, json.length, hash, time, order, rows);
      this.told++;
      this.#ids.add(hash);
      if (number >= 0) for (const pair of pairs) this.#attempts.add(pair, number, false);
    }
    const { mail, notices } = family;
    for (const [i, notice] of notices.entries()) {
      if (notice === undefined) continue;
      const { down, up } = family.links(i);
      this.#onLink(mail.id, { type: down, id: notice.id });
      this.#onLink(notice.id, { type: up, id: mail.id });
    }
  }

  /** A hash of 53 bits, whose lower 32 come first. */
  #hashAt(word: number): number {
    return (this.#words[word + 1] as number) * 4_294_967_296 + ((this.#words[word] as number) >>> 0);
  }

  #keepLines(from: number, to: number, { offsets, lengths, numbers }: Batch): void {
    this.#ids.put(3 * (to - from));
    for (let i = from; i < to; i++) {
      this.#ids.put(offsets[i] as number);
      this.#ids.put(lengths[i] as number);
      this.#ids.put(numbers[i] as number);
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
