/**
 * `report traffic` over a large plain log: plain mails are counted as numbers, what is not all sent as messages made of them;
 * which attempts came back is told here, where all of them are known.
 */
import { type RetryLink, Retries } from '../correlate/retries.ts';
import type { Frame } from '../model/frame.ts';
import type { Instant, Message, Recipient } from '../model/message.ts';
import { peerOf } from '../model/plain-mail.ts';
import { isOpenRefusal } from '../report/period.ts';
import { PostfixTags } from '../report/postfix-line.ts';
import type { Report } from '../report/report.ts';
import { clientName, type ServerWatch } from '../report/server-watch.ts';
import type { TrafficTally } from '../report/traffic.ts';
import { refusedRecipient, toldMessage } from '../weigh/told-message.ts';
import type { ToldMail, ToldSink } from '../weigh/told-run.ts';

/** As server.ts of the machine. */
const WRITERS = { smtpd: 2, postscreen: 3, smtp: 4, master: 5, cleanup: 1, other: 1 } as const;

/** An attempt as Retries looks at it, and the Message-ID of a told mail. */
interface Awaited {
  readonly message: Message;
  readonly mid: readonly [number, number] | undefined;
}

export class ToldTraffic implements ToldSink {
  readonly programs: string[] = [''];
  readonly #report: Report;
  readonly #tally: TrafficTally;
  readonly #server: ServerWatch | undefined;
  readonly #reasonOf: (recipient: Recipient) => string | undefined;
  readonly #tags = new PostfixTags();
  readonly #clients: (string | undefined)[] = [];
  /** with the pairs of sender and recipient of which one was refused for now, in the order in which they were told */
  readonly #awaited: Awaited[] = [];
  /** a recipient of each shape of answers */
  readonly #shapes: (Recipient | undefined)[] = [];
  #isDoubted = false;

  constructor(report: Report, tally: TrafficTally, reasonOf: (recipient: Recipient) => string | undefined) {
    this.#report = report;
    this.#tally = tally;
    this.#server = tally.server;
    this.#reasonOf = reasonOf;
  }

  tagOf(program: string, isClaimed: boolean): number {
    const tag = this.#tags.of(program);
    const writer = tag === undefined || !isClaimed ? 0 : WRITERS[tag.writer];
    if (writer !== 0) this.#server?.seen();
    this.programs.push(program);
    return 8 * (this.programs.length - 1) + writer;
  }

  onMail(mail: ToldMail): void {
    if (mail.isSent && mail.kind === 'mail') {
      this.#tally.plain(mail);
      if (!mail.isAwaited) return;
      this.#await(mail, toldMessage(mail, this.#reasonOf));
      return;
    }
    if (mail.isShaped && !mail.isAwaited) return this.#tally.plainRefused(mail, (shape) => this.#like(mail, shape));
    const message = toldMessage(mail, this.#reasonOf);
    if (message.recipients.length === 0) this.#isDoubted = true;
    if (mail.isAwaited) this.#await(mail, message);
    this.#report.add(message);
  }

  /** A recipient that got an answer of this shape. */
  #like(mail: ToldMail, shape: number): Recipient {
    let known = this.#shapes[shape];
    if (known === undefined) {
      const answer = mail.answerOf(shape);
      if (answer === undefined) this.#isDoubted = true;
      known =
        answer === undefined
          ? { status: 'rejected', direction: 'unknown' }
          : refusedRecipient(answer, mail.time, this.#reasonOf);
      this.#shapes[shape] = known;
    }
    return known;
  }

  #await({ isRefused, mid1, mid2 }: ToldMail, message: Message): void {
    const mid = isRefused || (mid1 === 0 && mid2 === 0) ? undefined : ([mid1, mid2] as const);
    this.#awaited.push({ message, mid });
  }

  onOther(message: Message): void {
    if (message.kind === 'mail' && message.sender !== undefined) this.#awaited.push({ message, mid: undefined });
  }

  onConnection(number: number, name: string, since: Instant, until: Instant): void {
    const known = (this.#clients[number] ??= domainOfPeer(name));
    this.#server?.connection(known, since, until);
  }

  onTls(way: string, protocol: string): void {
    if (this.#server?.tls(way, protocol) === false) this.#isDoubted = true;
  }

  onScreen(act: string): void {
    this.#server?.screen(act);
  }

  onLine(frame: Frame): void {
    this.#server?.line(frame);
  }

  finish(midOf: (messageId: string) => readonly [number, number]): boolean {
    if (this.#isDoubted || this.#tally.letGo > 0 || this.#report.attemptsLetGo > 0) return false;
    const open = new Set<string>();
    for (const { message } of this.#awaited)
      for (const recipient of message.recipients) if (isOpenRefusal(recipient)) open.add(pairOf(message, recipient));
    const wanted = this.#awaited
      .filter(({ message }) => message.recipients.some((recipient) => open.has(pairOf(message, recipient))))
      .sort(({ message: a }, { message: b }) => a.time - b.time || (a.order ?? 0) - (b.order ?? 0));
    const retries = new Retries();
    const ties = new Map<string, boolean>();
    for (const { message, mid } of wanted) {
      // which of two at once was first only their ids would tell
      for (const recipient of message.recipients) {
        const pair = pairOf(message, recipient);
        if (!open.has(pair)) continue;
        const key = `${pair}\n${message.time}`;
        const isOpen = isOpenRefusal(recipient);
        const before = ties.get(key);
        if (before !== undefined && !(before && isOpen)) return false;
        ties.set(key, isOpen);
      }
      retries.add(asAttempt(message, mid, midOf));
    }
    const found: RetryLink[] = [];
    for (const _ of retries.links(found, new Set()));
    for (const { attempt, retry } of found) this.#report.link(attempt, { type: 'retried-by', id: retry });
    return true;
  }
}

function domainOfPeer(peer: string): string {
  const { name, ip } = peerOf(peer);
  return clientName(name, ip);
}

function pairOf({ sender = '' }: Message, { address = '' }: Recipient): string {
  return `${sender.toLowerCase()}\n${address.toLowerCase()}`;
}

/** Message-IDs of told mails are known as two words; so are those of others then. */
function asAttempt(
  message: Message,
  mid: readonly [number, number] | undefined,
  midOf: (messageId: string) => readonly [number, number],
): Message {
  const { messageId } = message;
  const words = mid ?? (messageId === undefined ? undefined : midOf(messageId));
  return words === undefined ? message : { ...message, messageId: words.join(' ') };
}
