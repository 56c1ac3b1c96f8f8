/**
 * Reports that tell of some mails (those that bounced, those that wait, what was refused) and of the others only how many
 * recipients had a result: the former are read, the others are counted as numbers.
 */
import type { Message, Recipient } from '../model/message.ts';
import { MOST_HELD } from '../report/attempts.ts';
import { isOpenRefusal } from '../report/period.ts';
import type { Report } from '../report/report.ts';
import type { Results } from '../report/tally.ts';
import { boundOf } from '../report/top-table.ts';
import { toldMessage } from '../weigh/told-message.ts';
import type { ToldMail, ToldSink, ToldWants } from '../weigh/told-run.ts';
import { ToldAnswers } from './told-answers.ts';
import { midOfTold, ToldAttempts } from './told-attempts.ts';

type ReasonOf = (recipient: Recipient) => string | undefined;

/** No program is asked what it tells of the server. */
const NO_WRITER = 8;

export function wantsOfResults({ read, refusals, sent }: Results): ToldWants {
  return { server: false, answers: false, refusals, relays: sent !== undefined, read };
}

export class ToldResults implements ToldSink {
  readonly programs: string[] = [''];
  readonly #report: Report;
  readonly #reasonOf: ReasonOf;
  readonly #answers: ToldAnswers;
  readonly #attempts = new ToldAttempts();
  readonly #wantsRefusals: boolean;
  #isDoubted = false;

  constructor(report: Report, { refusals }: Results, reasonOf: ReasonOf) {
    this.#report = report;
    this.#reasonOf = reasonOf;
    this.#answers = new ToldAnswers(reasonOf);
    this.#wantsRefusals = refusals;
  }

  get held(): number {
    return this.#attempts.bytes;
  }

  begin(): void {
    // names are asked of the mails
  }

  tagOf(program: string): number {
    this.programs.push(program);
    return NO_WRITER * (this.programs.length - 1);
  }

  onMail(mail: ToldMail): void {
    const { isRefused, isAwaited } = mail;
    if (isRefused && (this.#wantsRefusals || !mail.isShaped)) return this.#asMessage(mail);
    if (!isRefused) {
      for (let i = 0; i < mail.count; i++) this.#report.delivered(mail, i);
      if (isAwaited) this.#attempts.add(mail, []);
      return;
    }
    this.#answers.sees(mail);
    const open: number[] = [];
    for (let i = 0; i < mail.count; i++) {
      const recipient = this.#answers.like(mail.shapeOf(i));
      // one that may come back counts at the end
      if (isOpenRefusal(recipient)) open.push(i);
      else this.#report.result('mail', mail.time, recipient.status, mail.endedAt(i), false);
    }
    if (open.length > 0 || isAwaited) this.#attempts.add(mail, open);
  }

  #asMessage(mail: ToldMail): void {
    const message = toldMessage(mail, this.#reasonOf);
    if (message.recipients.length === 0) this.#isDoubted = true;
    if (mail.isAwaited) this.#attempts.addMessage(message, midOfTold(mail));
    this.#report.add(message);
  }

  onOther(message: Message): void {
    if (message.kind === 'mail' && message.sender !== undefined) this.#attempts.addMessage(message, undefined);
  }

  onConnection(): void {
    // as the next ones: of reports of the server
  }

  onTls(): void {
    // not asked for
  }

  onScreen(): void {
    // not asked for
  }

  onUnreached(): void {
    // not asked for
  }

  onLine(): void {
    // not asked for
  }

  finish(midOf: (messageId: string) => readonly [number, number]): boolean {
    const { open } = this.#attempts;
    const held = open.length + this.#report.attemptsHeld;
    if (this.#isDoubted || this.#answers.isDoubted || held > boundOf(MOST_HELD) || this.#report.attemptsLetGo > 0)
      return false;
    const back = this.#attempts.linkIn(this.#report, midOf);
    if (back === undefined) return false;
    this.#countOpen(back);
    return this.#report.letGo === 0;
  }

  #countOpen(back: ReadonlySet<string>): void {
    for (const one of this.#attempts.open)
      for (const i of one.open) {
        const { status } = this.#answers.like(one.shapeOf(i));
        this.#report.result('mail', one.time, status, one.endedAt(i), back.has(one.id));
      }
  }

  stop(): void {
    this.#countOpen(new Set());
  }
}
