/**
 * Attempts that the machine tells of (told.ts): of whoever was refused for now, and of whoever came with the same sender and
 * recipient, as far as it takes to tell which of them came back.
 */
import { type RetryLink, Retries } from '../correlate/retries.ts';
import type { Instant, Message, Recipient } from '../model/message.ts';
import { peerOf, type PlainNames, type PlainRefusal } from '../model/plain-mail.ts';
import { isOpenRefusal } from '../report/period.ts';
import type { Report } from '../report/report.ts';
import { boundOf } from '../report/top-table.ts';
import type { ToldMail } from '../weigh/told-run.ts';
import { PairNumbers } from './told-pairs.ts';

/** What an attempt that is kept takes, a recipient of it, and an attempt that was told as a message: about. */
const HELD_BYTES = 320;
const ROW_BYTES = 96;
const MESSAGE_BYTES = 2048;

type Mid = readonly [number, number];
type Kinds = ToldMail['reader'];

/** Words of a recipient that is kept: the number of its name, when it ended, the shape of the answer. */
const ROW = 3;
/** Mails and refusals that are kept, of some hundred bytes each. */
const MOST_KEPT = 250_000;
const NONE_OPEN: readonly number[] = [];

/** A told mail or refusal that is kept: many are. */
class Held implements PlainRefusal {
  readonly time: Instant;
  readonly order: number;
  readonly client: number;
  readonly sender: number;
  readonly helo: number;
  /** which recipients were refused for now */
  readonly open: readonly number[];
  readonly #reader: Kinds;
  readonly #mid1: number;
  readonly #mid2: number;
  readonly #rows: number[] = [];

  constructor(mail: ToldMail, open: readonly number[]) {
    this.time = mail.time;
    this.order = mail.order;
    this.client = mail.client;
    this.sender = mail.sender;
    this.helo = mail.helo;
    this.#reader = mail.reader;
    const [mid1, mid2] = midOfTold(mail) ?? [0, 0];
    this.#mid1 = mid1;
    this.#mid2 = mid2;
    this.open = open.length === 0 ? NONE_OPEN : open;
    for (let i = 0; i < mail.count; i++) this.#rows.push(mail.recipient(i), mail.endedAt(i), mail.shapeOf(i));
  }

  get id(): string {
    return `told-${this.order}`;
  }

  get names(): PlainNames {
    return this.#reader.names;
  }

  get mid(): Mid | undefined {
    return this.#mid1 === 0 && this.#mid2 === 0 ? undefined : [this.#mid1, this.#mid2];
  }

  kindOf(shape: number): number {
    return this.#reader.kinds[shape] as number;
  }

  get count(): number {
    return this.#rows.length / ROW;
  }

  recipient(i: number): number {
    return this.#rows[i * ROW] as number;
  }

  endedAt(i: number): Instant {
    return this.#rows[i * ROW + 1] as Instant;
  }

  shapeOf(i: number): number {
    return this.#rows[i * ROW + 2] as number;
  }

  /** What Retries looks at. */
  message(): Message {
    const { id, order, time, names } = this;
    const { name, ip } = this.client === 0 ? {} : peerOf(names.of(this.client));
    const helo = this.helo === 0 ? '' : names.of(this.helo);
    const recipients: Recipient[] = [];
    for (let i = 0; i < this.count; i++) {
      const number = this.recipient(i);
      const status = this.open.includes(i) ? 'greylisted' : 'rejected';
      if (number !== 0) recipients.push({ status, direction: 'unknown', address: names.of(number) });
    }
    return {
      v: 1,
      id,
      order,
      kind: 'mail',
      time,
      lastTime: time,
      state: 'complete',
      direction: 'unknown',
      verdicts: [],
      hops: [],
      recipients,
      notes: [],
      links: [],
      sender: names.of(this.sender),
      client: {
        ...(ip === undefined ? {} : { ip }),
        ...(name === undefined ? {} : { name }),
        ...(helo === '' ? {} : { helo }),
      },
    };
  }
}

/** The words that the machine knows the Message-ID of a told mail by. */
export function midOfTold({ isRefused, mid1, mid2 }: ToldMail): Mid | undefined {
  return isRefused || (mid1 === 0 && mid2 === 0) ? undefined : [mid1, mid2];
}

interface Other {
  readonly message: Message;
  readonly mid: Mid | undefined;
}

/** One of a pair of sender and recipient. */
interface One {
  readonly of: Held | Other;
  readonly time: Instant;
  readonly isOpen: boolean;
}

export class ToldAttempts {
  /** in the order in which they were told */
  readonly #held: Held[] = [];
  readonly #others: Other[] = [];
  readonly #most = boundOf(MOST_KEPT);

  /** There are more than can be kept: nobody can tell which came back. */
  #isFull = false;

  #hasRoom(): boolean {
    if (this.#held.length + this.#others.length >= this.#most) this.#isFull = true;
    return !this.#isFull;
  }

  /** What is kept takes so many bytes, about. */
  bytes = 0;

  /** `open`: which recipients were refused for now. */
  add(mail: ToldMail, open: readonly number[]): void {
    if (!this.#hasRoom()) return;
    this.bytes += HELD_BYTES + mail.count * ROW_BYTES;
    this.#held.push(new Held(mail, open));
  }

  /** `mid`: of a told one. */
  addMessage(message: Message, mid: Mid | undefined): void {
    if (!this.#hasRoom()) return;
    this.bytes += MESSAGE_BYTES;
    this.#others.push({ message: partOf(message), mid });
  }

  /** Those that were refused for now, and are counted by nobody yet. */
  get open(): readonly (PlainRefusal & { readonly id: string; readonly open: readonly number[] })[] {
    return this.#held.filter(({ open }) => open.length > 0);
  }

  /** Ties attempts that came back to their retries in the report: their ids; undefined: that cannot be told. `midOf`: as of links. */
  linkIn(report: Report, midOf: (messageId: string) => Mid): Set<string> | undefined {
    const links = this.links(midOf);
    if (links === undefined) return undefined;
    const back = new Set<string>();
    for (const { attempt, retry } of links) {
      back.add(attempt);
      report.link(attempt, { type: 'retried-by', id: retry });
    }
    return back;
  }

  /** Which attempts came back; undefined: that cannot be told. `midOf`: the words by which a told mail knows a Message-ID. */
  links(midOf: (messageId: string) => Mid): RetryLink[] | undefined {
    if (this.#isFull) return undefined;
    const wanted = new Set<Held | Other>();
    for (const list of this.#pairs().values()) {
      if (list.length < 2) continue;
      // which of two at once was first only their ids would tell
      const seen = new Map<Instant, boolean>();
      for (const { of, time, isOpen } of list) {
        const before = seen.get(time);
        if (before !== undefined && !(before && isOpen)) return undefined;
        seen.set(time, isOpen);
        wanted.add(of);
      }
    }
    const messages = [...wanted].map((one) =>
      one instanceof Held ? asAttempt(one.message(), one.mid, midOf) : asAttempt(one.message, one.mid, midOf),
    );
    const retries = new Retries();
    messages.sort((a, b) => a.time - b.time || (a.order ?? 0) - (b.order ?? 0));
    for (const message of messages) retries.add(message);
    const found: RetryLink[] = [];
    for (const _ of retries.links(found, new Set()));
    return found;
  }

  /** Pairs of sender and recipient of which one was refused for now. */
  #pairs(): Map<number, One[]> {
    const numbers = new PairNumbers();
    const pairs = new Map<number, One[]>();
    const begin = (key: number): void => void (pairs.has(key) || pairs.set(key, []));
    const ofHeld = (held: Held, i: number): number => numbers.ofNames(held.names, held.sender, held.recipient(i));
    const ofOther = ({ sender = '' }: Message, address: string): number => numbers.ofTexts(sender, address);
    for (const held of this.#held) for (const i of held.open) if (held.recipient(i) !== 0) begin(ofHeld(held, i));
    for (const { message } of this.#others)
      for (const recipient of message.recipients)
        if (isOpenRefusal(recipient) && recipient.address !== undefined) begin(ofOther(message, recipient.address));
    for (const held of this.#held)
      for (let i = 0; i < held.count; i++)
        if (held.recipient(i) !== 0)
          pairs.get(ofHeld(held, i))?.push({ of: held, time: held.time, isOpen: held.open.includes(i) });
    for (const other of this.#others)
      for (const recipient of other.message.recipients) {
        if (recipient.address === undefined) continue;
        const isOpen = isOpenRefusal(recipient);
        pairs.get(ofOther(other.message, recipient.address))?.push({ of: other, time: other.message.time, isOpen });
      }
    return pairs;
  }
}

/** What is compared of a message: thousands are kept. */
function partOf({ id, order, kind, time, lastTime, sender, messageId, client, recipients }: Message): Message {
  return {
    v: 1,
    id,
    kind,
    time,
    lastTime,
    state: 'complete',
    direction: 'unknown',
    verdicts: [],
    hops: [],
    notes: [],
    links: [],
    recipients: recipients.map(({ status, action, address, added }) => ({
      status,
      direction: 'unknown',
      ...(action === undefined ? {} : { action }),
      ...(address === undefined ? {} : { address }),
      ...(added === undefined ? {} : { added }),
    })),
    ...(order === undefined ? {} : { order }),
    ...(sender === undefined ? {} : { sender }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(client === undefined ? {} : { client }),
  };
}

/** Message-IDs of told mails are known as two words; so are those of others then. */
function asAttempt(message: Message, mid: Mid | undefined, midOf: (messageId: string) => Mid): Message {
  const { messageId } = message;
  const words = mid ?? (messageId === undefined ? undefined : midOf(messageId));
  return words === undefined ? message : { ...message, messageId: words.join(' ') };
}
