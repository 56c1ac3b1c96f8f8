/**
 * `report traffic` over a large plain log: mails and refusals are counted as numbers; which attempts came back is told here, where
 * all of them are known.
 */
import { Frame } from '../model/frame.ts';
import type { Instant, Message, Recipient } from '../model/message.ts';
import type { RecipientOfShape } from '../model/plain-mail.ts';
import { MOST_HELD } from '../report/attempts.ts';
import { isOpenRefusal } from '../report/period.ts';
import { PostfixTags } from '../report/postfix-line.ts';
import type { Report } from '../report/report.ts';
import type { ServerWatch } from '../report/server-watch.ts';
import { boundOf } from '../report/top-table.ts';
import type { TrafficTally } from '../report/traffic.ts';
import { toldMessage } from '../weigh/told-message.ts';
import type { ToldMail, ToldNames, ToldSink, ToldWants } from '../weigh/told-run.ts';
import { ToldAnswers } from './told-answers.ts';
import { midOfTold, ToldAttempts } from './told-attempts.ts';

/** As server.ts of the machine. */
const WRITERS = { smtpd: 2, postscreen: 3, smtp: 4, master: 5, cleanup: 1, other: 1 } as const;

/** Names have less numbers than this (names.ts of the machine). */
const MOST_NAMES = 2 ** 22;

/** Everything but the words of refusals, of which answers of one kind are told once. */
export const TRAFFIC_WANTS: ToldWants = { server: true, answers: true, refusals: false, relays: false, read: [] };

export class ToldTraffic implements ToldSink {
  readonly programs: string[] = [''];
  readonly #report: Report;
  readonly #tally: TrafficTally;
  readonly #server: ServerWatch | undefined;
  readonly #reasonOf: (recipient: Recipient) => string | undefined;
  readonly #tags = new PostfixTags();
  readonly #attempts = new ToldAttempts();
  readonly #frame = new Frame();
  /** numbers of pairs of names */
  readonly #tlsNumbers = new Map<number, number>();
  readonly #answers: ToldAnswers;
  readonly #like: RecipientOfShape;
  #names: ToldNames | undefined;
  #isDoubted = false;

  constructor(report: Report, tally: TrafficTally, reasonOf: (recipient: Recipient) => string | undefined) {
    this.#report = report;
    this.#tally = tally;
    this.#server = tally.server;
    this.#reasonOf = reasonOf;
    this.#answers = new ToldAnswers(reasonOf);
    this.#like = this.#answers.like;
  }

  get held(): number {
    return this.#attempts.bytes;
  }

  begin(names: ToldNames): void {
    this.#names = names;
  }

  tagOf(program: string, isClaimed: boolean): number {
    const tag = this.#tags.of(program);
    const writer = tag === undefined || !isClaimed ? 0 : WRITERS[tag.writer];
    if (writer !== 0) this.#server?.seen();
    this.programs.push(program);
    return 8 * (this.programs.length - 1) + writer;
  }

  onMail(mail: ToldMail): void {
    this.#answers.sees(mail);
    const { kind, count, isRefused, isAwaited } = mail;
    if (kind !== 'mail' && count > 0) return this.#tally.plainNotice(kind, count);
    if (!mail.isShaped) return this.#asMessage(mail);
    if (!isRefused) {
      this.#tally.plain(mail, this.#like);
      if (isAwaited) this.#attempts.add(mail, []);
      return;
    }
    const open = this.#openOf(mail);
    // an attempt that may come back counts at the end
    if (open.length === 0) this.#tally.plainRefused(mail, this.#like);
    if (open.length > 0 || isAwaited) this.#attempts.add(mail, open);
  }

  #asMessage(mail: ToldMail): void {
    const message = toldMessage(mail, this.#reasonOf);
    if (message.recipients.length === 0) this.#isDoubted = true;
    if (mail.isAwaited) this.#attempts.addMessage(message, midOfTold(mail));
    this.#report.add(message);
  }

  /** Which recipients were refused for now. */
  #openOf(mail: ToldMail): number[] {
    const open: number[] = [];
    for (let i = 0; i < mail.count; i++) if (isOpenRefusal(this.#like(mail.shapeOf(i)))) open.push(i);
    return open;
  }

  onOther(message: Message): void {
    if (message.kind === 'mail' && message.sender !== undefined) this.#attempts.addMessage(message, undefined);
  }

  onConnection(site: number, since: Instant, until: Instant): void {
    if (this.#names !== undefined) this.#server?.connection(site, since, until, this.#names);
  }

  onTls(way: number, protocol: number): void {
    const words = (): readonly [string, string] => [this.#nameOf(way), this.#nameOf(protocol)];
    const key = way * MOST_NAMES + protocol;
    let number = this.#tlsNumbers.get(key);
    if (number === undefined) this.#tlsNumbers.set(key, (number = this.#tlsNumbers.size));
    if (this.#server?.tls(number, words) === false) this.#isDoubted = true;
  }

  onScreen(act: number): void {
    this.#server?.screen(act, () => this.#nameOf(act));
  }

  onUnreached(text: number, program: number): void {
    const { programs } = this;
    this.#server?.unreached(text, () => {
      this.#frame.program = programs[program] ?? '';
      return this.#names?.into(this.#frame, text) ?? this.#frame;
    });
  }

  onLine(frame: Frame): void {
    this.#server?.line(frame);
  }

  #nameOf(number: number): string {
    return this.#names?.of(number) ?? '';
  }

  finish(midOf: (messageId: string) => readonly [number, number]): boolean {
    const { open } = this.#attempts;
    const held = open.length + this.#report.attemptsHeld;
    if (this.#isDoubted || this.#answers.isDoubted || held > boundOf(MOST_HELD) || this.#report.attemptsLetGo > 0)
      return false;
    const back = this.#attempts.linkIn(this.#report, midOf);
    if (back === undefined) return false;
    for (const one of open) this.#tally.plainRefused(one, this.#like, back.has(one.id));
    return this.#tally.letGo === 0 && (this.#server?.letGo ?? 0) === 0;
  }

  stop(): void {
    for (const one of this.#attempts.open) this.#tally.plainRefused(one, this.#like);
  }
}
