/**
 * Attempts that the machine tells of (told.ts): of whoever was refused for now, and of whoever came with the same sender and
 * recipient, as far as it takes to tell which of them came back.
 */
import { type RetryLink, Retries } from '../correlate/retries.ts';
import type { Instant, Message, Recipient } from '../model/message.ts';
import { peerOf, type PlainNames, type PlainRefusal } from '../model/plain-mail.ts';
import { isOpenRefusal } from '../report/period.ts';
import type { ToldMail } from '../weigh/told-run.ts';

/** What an attempt that is kept takes, a recipient of it, and an attempt that was told as a message: about. */
const HELD_BYTES = 320;
const ROW_BYTES = 96;
const MESSAGE_BYTES = 2048;

type Mid = readonly [number, number];

/** A told mail or refusal that is kept. */
class Held implements PlainRefusal {
  readonly time: Instant;
  readonly order: number;
  readonly client: number;
  readonly sender: number;
  readonly helo: number;
  readonly mid: Mid | undefined;
  readonly names: PlainNames;
  readonly kindOf: (shape: number) => number;
  /** which recipients were refused for now */
  readonly open: readonly number[];
  readonly #rows: { readonly name: number; readonly at: Instant; readonly shape: number }[] = [];

  constructor(mail: ToldMail, open: readonly number[]) {
    this.time = mail.time;
    this.order = mail.order;
    this.client = mail.client;
    this.sender = mail.sender;
    this.helo = mail.helo;
    this.mid = midOfTold(mail);
    this.names = mail.names;
    this.kindOf = (shape) => mail.kindOf(shape);
    this.open = open;
    for (let i = 0; i < mail.count; i++)
      this.#rows.push({ name: mail.recipient(i), at: mail.endedAt(i), shape: mail.shapeOf(i) });
  }

  get id(): string {
    return `told-${this.order}`;
  }

  get count(): number {
    return this.#rows.length;
  }

  recipient(i: number): number {
    return (this.#rows[i] as { name: number }).name;
  }

  endedAt(i: number): Instant {
    return (this.#rows[i] as { at: Instant }).at;
  }

  shapeOf(i: number): number {
    return (this.#rows[i] as { shape: number }).shape;
  }

  /** What Retries looks at. */
  message(): Message {
    const { id, order, time, names } = this;
    const { name, ip } = this.client === 0 ? {} : peerOf(names.of(this.client));
    const helo = this.helo === 0 ? '' : names.of(this.helo);
    const recipients: Recipient[] = this.#rows.flatMap(({ name: number }, i) => {
      if (number === 0) return [];
      const status = this.open.includes(i) ? 'greylisted' : 'rejected';
      return [{ status, direction: 'unknown', address: names.of(number) }];
    });
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

  /** What is kept takes so many bytes, about. */
  bytes = 0;

  /** `open`: which recipients were refused for now. */
  add(mail: ToldMail, open: readonly number[]): void {
    this.bytes += HELD_BYTES + mail.count * ROW_BYTES;
    this.#held.push(new Held(mail, open));
  }

  /** `mid`: of a told one. */
  addMessage(message: Message, mid: Mid | undefined): void {
    this.bytes += MESSAGE_BYTES;
    this.#others.push({ message, mid });
  }

  /** Those that were refused for now, and are counted by nobody yet. */
  get open(): readonly (PlainRefusal & { readonly id: string })[] {
    return this.#held.filter(({ open }) => open.length > 0);
  }

  /** Which attempts came back; undefined: that cannot be told. `midOf`: the words by which a told mail knows a Message-ID. */
  links(midOf: (messageId: string) => Mid): RetryLink[] | undefined {
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
  #pairs(): Map<string, One[]> {
    const pairs = new Map<string, One[]>();
    const begin = (key: string): void => void (pairs.has(key) || pairs.set(key, []));
    for (const held of this.#held) for (const i of held.open) if (held.recipient(i) !== 0) begin(pairOfHeld(held, i));
    for (const { message } of this.#others)
      for (const recipient of message.recipients)
        if (isOpenRefusal(recipient) && recipient.address !== undefined) begin(pairOf(message, recipient));
    for (const held of this.#held)
      for (let i = 0; i < held.count; i++)
        if (held.recipient(i) !== 0)
          pairs.get(pairOfHeld(held, i))?.push({ of: held, time: held.time, isOpen: held.open.includes(i) });
    for (const other of this.#others)
      for (const recipient of other.message.recipients) {
        if (recipient.address === undefined) continue;
        const isOpen = isOpenRefusal(recipient);
        pairs.get(pairOf(other.message, recipient))?.push({ of: other, time: other.message.time, isOpen });
      }
    return pairs;
  }
}

function pairOfHeld(held: Held, i: number): string {
  return `${held.names.of(held.sender)}\n${held.names.of(held.recipient(i))}`.toLowerCase();
}

function pairOf({ sender = '' }: Message, { address = '' }: Recipient): string {
  return `${sender}\n${address}`.toLowerCase();
}

/** Message-IDs of told mails are known as two words; so are those of others then. */
function asAttempt(message: Message, mid: Mid | undefined, midOf: (messageId: string) => Mid): Message {
  const { messageId } = message;
  const words = mid ?? (messageId === undefined ? undefined : midOf(messageId));
  return words === undefined ? message : { ...message, messageId: words.join(' ') };
}
