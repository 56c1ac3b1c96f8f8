/**
 * What the machine tells of plain mails, refusals and the server itself (kernel/assembly/count/told.ts): one record after the
 * other, without an object for each. Answers of servers are read by the format from the line itself.
 * Units:  the machine's times are microseconds of a clock without year and zone; `shift` makes Instants of them.
 */
import { FORMATS } from '../formats/index.ts';
import { Frame } from '../model/frame.ts';
import { F, LogEvent } from '../model/log-event.ts';
import type { Instant } from '../model/message.ts';
import type { PlainMail } from '../model/plain-mail.ts';
import type { MessageKind, Status } from '../model/words.ts';
import { ORDERS_A_LINE } from './chains.ts';
import type { Counter } from './counter.ts';
import { Names } from './names.ts';

/** As in told.ts there. */
const MAIL = 1;
const REFUSED = 2;
const TEXT = 3;
const CONNECTION = 4;
const TLS = 5;
const SCREEN = 6;
const STRANGE = 7;
const UNREACHED = 8;
const SHAPE = 9;
/** words of each */
const MAIL_HEAD = 12;
const REFUSED_HEAD = 8;
const ROW = 6;
const TEXT_HEAD = 40;
/** A log with more lines of strange heads is read whole. */
const MOST_STRANGE = 10_000;
/** outcomes (outcomes.ts there) as correlate/ends.ts calls them, from DEFERRED = 2 on */
const STATUSES: readonly Status[] = ['deferred', 'bounced', 'delivered', 'discarded', 'relayed', 'expired'];
const FIRST_STATUS = 2;
/** what Postfix wrote itself stands behind the kind of a record */
const KINDS: readonly MessageKind[] = ['mail', 'bounce', 'notice'];
const IS_BARE = 0x10000;
const TO_MAILBOX = 4;
const TO_RELAY = 6;

/** What a server answered, or the line of a refusal said. */
export interface Answer {
  readonly outcome: string;
  readonly code: number;
  readonly isOwnCode: boolean;
  readonly dsn: string | undefined;
  readonly reply: string | undefined;
  readonly relayName: string | undefined;
  readonly relayIp: string | undefined;
}

/** What is to be told; of mails those with a recipient who became one of `read` are read in place of it. */
export interface ToldWants {
  /** what lines tell of the server */
  readonly server: boolean;
  /** answers to deliveries */
  readonly answers: boolean;
  /** each refusal with its text, and the names in it; else answers by their shapes */
  readonly refusals: boolean;
  /** who took what was sent, and at which try */
  readonly relays: boolean;
  readonly read: readonly Status[];
}

/** `wants` as wantTold() of the machine takes it. */
export function wordsOf({ server, answers, refusals, relays, read }: ToldWants): { what: number; outcomes: number } {
  const outcomes = read.map((status) => STATUSES.indexOf(status)).filter((i) => i >= 0);
  return {
    what: (server ? 1 : 0) | (answers ? 2 : 0) | (refusals ? 4 : 0) | (relays ? 8 : 0),
    outcomes: outcomes.reduce((bits, i) => bits | (1 << (i + FIRST_STATUS)), 0),
  };
}

export interface ToldHandlers {
  /** a mail that was accepted, or a transaction that was refused */
  onMail(mail: ToldMail): void;
  /** all of these: names by their numbers. `site`: what the client is counted under */
  onConnection(site: number, since: Instant, until: Instant): void;
  onTls(way: number, protocol: number): void;
  onScreen(act: number): void;
  /** a server that was not reached: the line's text, and the program's number (ToldSink.programs) */
  onUnreached(text: number, program: number): void;
  /** a line that tells of the server */
  onLine(frame: Frame): void;
}

/** One of them: good until the next one is told. */
export class ToldMail implements PlainMail {
  /** it was refused before it was accepted */
  isRefused = false;
  kind: MessageKind = 'mail';
  /** somebody with the sender and a recipient of it was refused for now before */
  isAwaited = false;
  /** all answers that count have known shapes */
  isShaped = false;
  /** its sender has no domain */
  isBare = false;
  time = 0;
  order = 0;
  size = 0;
  sender = 0;
  client = 0;
  helo = 0;
  /** of the Message-ID: two words, both 0 = none */
  mid1 = 0;
  mid2 = 0;
  count = 0;
  readonly #reader: ToldReader;
  #at = 0;

  constructor(reader: ToldReader) {
    this.#reader = reader;
  }

  /** Moves to the record at this word; returns the word behind it. */
  to(word: number): number {
    const { words, doubles } = this.#reader;
    const kind = words[word] as number;
    this.isRefused = (kind & 0xff) === REFUSED;
    this.kind = KINDS[(kind >> 8) & 0xff] ?? 'mail';
    this.isBare = (kind & IS_BARE) !== 0;
    this.count = words[word + 1] as number;
    this.time = this.#reader.instant(doubles[word / 2 + 1] as number);
    this.order = (words[word + 4] as number) * ORDERS_A_LINE;
    this.#at = word + (this.isRefused ? REFUSED_HEAD : MAIL_HEAD);
    this.isShaped = this.count > 0;
    this.isAwaited = false;
    for (let i = 0; i < this.count; i++) {
      const at = this.#at + i * ROW;
      const outcome = words[at + 1] as number;
      if (outcome >> 8 !== 0) this.isAwaited = true;
      const isSent = (outcome & 0xff) === TO_MAILBOX || (outcome & 0xff) === TO_RELAY;
      if (!isSent && (words[at + 5] as number) === 0) this.isShaped = false;
    }
    if (this.isRefused) {
      this.client = words[word + 5] as number;
      this.sender = words[word + 6] as number;
      this.helo = words[word + 7] as number;
    } else {
      this.size = words[word + 5] as number;
      this.sender = words[word + 6] as number;
      this.client = words[word + 7] as number;
      this.mid1 = words[word + 8] as number;
      this.mid2 = words[word + 9] as number;
      this.helo = words[word + 10] as number;
    }
    return this.#at + this.count * ROW;
  }

  recipient(i: number): number {
    return this.#reader.words[this.#at + i * ROW] as number;
  }

  /** of a mail that was accepted */
  statusOf(i: number): Status {
    return STATUSES[((this.#reader.words[this.#at + i * ROW + 1] as number) & 0xff) - FIRST_STATUS] as Status;
  }

  endedAt(i: number): Instant {
    return this.#reader.instant(this.#reader.doubles[(this.#at + i * ROW) / 2 + 1] as number);
  }

  relayOf(i: number): number {
    return this.#reader.words[this.#at + i * ROW + 5] as number;
  }

  triesOf(i: number): number {
    return this.#reader.words[this.#at + i * ROW + 4] as number;
  }

  /** Told once. */
  answerTo(i: number): Answer | undefined {
    const shape = this.shapeOf(i);
    if (shape !== 0) return this.#reader.answerOf(shape);
    return this.#reader.takeAnswer(this.#reader.words[this.#at + i * ROW + 4] as number);
  }

  /** a number for the answer; 0 = it has none */
  shapeOf(i: number): number {
    return this.#reader.words[this.#at + i * ROW + 5] as number;
  }

  answerOf(shape: number): Answer | undefined {
    return this.#reader.answerOf(shape);
  }

  kindOf(shape: number): number {
    return this.#reader.kinds[shape] as number;
  }

  get names(): Names {
    return this.#reader.names;
  }

  /** what all mails have in common */
  get reader(): { readonly names: Names; readonly kinds: readonly number[] } {
    return this.#reader;
  }
}

const POSTFIX = FORMATS.find(({ name }) => name === 'postfix') as (typeof FORMATS)[number];

export class ToldReader {
  words = new Int32Array(0);
  doubles = new Float64Array(0);
  readonly names: Names;
  /** by the number of an answer's shape: its kind; a line that tells it, and of which program */
  readonly kinds: number[] = [];
  readonly #lines: number[] = [];
  readonly #writers: number[] = [];
  readonly #shapes: (Answer | undefined)[] = [];
  /** what the format could not read, or read otherwise than the machine */
  isDoubted = false;
  /** lines of none of the usual heads: what they say of the server only the formats can tell */
  readonly strange = new Set<number>();
  readonly #counter: Counter;
  readonly #shift: number;
  readonly #programs: readonly string[];
  readonly #handlers: ToldHandlers;
  readonly #answers = new Map<number, Answer>();
  readonly #mail = new ToldMail(this);
  readonly #frame = new Frame();
  readonly #event = new LogEvent();
  readonly #context = POSTFIX.createContext();

  /** `shift`: ms. `programs`: by the tag's upper bits. */
  constructor(counter: Counter, shift: number, programs: readonly string[], handlers: ToldHandlers) {
    this.#counter = counter;
    this.#shift = shift;
    this.#programs = programs;
    this.#handlers = handlers;
    this.names = new Names(counter);
  }

  instant(micros: number): Instant {
    const seconds = Math.floor(micros / 1_000_000);
    return this.#shift + seconds * 1000 + (micros - seconds * 1_000_000) / 1000;
  }

  takeAnswer(number: number): Answer | undefined {
    const answer = this.#answers.get(number);
    this.#answers.delete(number);
    return answer;
  }

  /** Reads what the machine holds now. */
  read(): void {
    const { module } = this.#counter;
    const memory = this.#counter.memory();
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
    this.names.refresh();
    const bytes = Buffer.from(memory);
    const { words, doubles } = this;
    const handlers = this.#handlers;
    let word = module.toldStart() / 4;
    const end = word + module.toldLength() / 4;
    while (word < end) {
      const kind = (words[word] as number) & 0xff;
      if (kind === MAIL || kind === REFUSED) {
        const next = this.#mail.to(word);
        handlers.onMail(this.#mail);
        word = next;
      } else if (kind === TEXT) {
        this.#text(bytes, word);
        word += (TEXT_HEAD + (((words[word + 5] as number) + 7) & ~7)) / 4;
      } else if (kind === CONNECTION) {
        const since = this.instant(doubles[word / 2 + 1] as number);
        handlers.onConnection(words[word + 1] as number, since, this.instant(doubles[word / 2 + 2] as number));
        word += 6;
      } else if (kind === TLS) {
        handlers.onTls(words[word + 1] as number, words[word + 2] as number);
        word += 4;
      } else if (kind === SCREEN) {
        handlers.onScreen(words[word + 1] as number);
        word += 2;
      } else if (kind === UNREACHED) {
        handlers.onUnreached(words[word + 1] as number, (words[word + 2] as number) >> 3);
        word += 4;
      } else if (kind === SHAPE) {
        const shape = words[word + 1] as number;
        this.kinds[shape] = words[word + 2] as number;
        this.#lines[shape] = words[word + 3] as number;
        this.#writers[shape] = (words[word + 4] as number) >> 3;
        word += 6;
      } else if (kind === STRANGE) {
        if (this.strange.size < MOST_STRANGE) this.strange.add(words[word + 1] as number);
        else this.isDoubted = true;
        word += 2;
      } else throw new Error(`a record of kind ${kind}`);
    }
  }

  #text(bytes: Buffer, word: number): void {
    const { words } = this;
    const frame = this.#frame;
    const start = word * 4 + TEXT_HEAD;
    const number = words[word + 1] as number;
    frame.bytes = bytes;
    frame.framing = 'syslog';
    frame.body = start + (words[word + 6] as number);
    frame.end = start + (words[word + 5] as number);
    frame.at = this.instant(this.doubles[word / 2 + 1] as number);
    frame.program = this.#programs[(words[word + 4] as number) >> 3] ?? '';
    frame.pid = words[word + 7] as number;
    if (number === 0) return this.#handlers.onLine(frame);
    const answer = this.#parsed(frame);
    if (answer !== undefined) this.#answers.set(number, answer);
  }

  /** The answer of a shape. */
  answerOf(shape: number): Answer | undefined {
    let answer = this.#shapes[shape];
    if (answer === undefined) {
      const frame = this.names.into(this.#frame, this.#lines[shape] as number);
      frame.framing = 'syslog';
      frame.program = this.#programs[this.#writers[shape] as number] ?? '';
      answer = this.#parsed(frame);
      this.#shapes[shape] = answer;
    }
    return answer;
  }

  #parsed(frame: Frame): Answer | undefined {
    let answer: Answer | undefined;
    POSTFIX.parse(frame, this.#event, (event) => (answer ??= answerOf(event)), this.#context);
    if (answer === undefined) this.isDoubted = true;
    return answer;
  }
}

function answerOf(event: LogEvent): Answer | undefined {
  if (event.kind !== 'delivery' && event.kind !== 'refusal') return undefined;
  return {
    outcome: event.outcome,
    code: event.code,
    isOwnCode: event.codeFromDaemon,
    dsn: event.text(F.dsn),
    reply: event.text(F.reply),
    relayName: event.text(F.relayName),
    relayIp: event.text(F.relayIp),
  };
}
