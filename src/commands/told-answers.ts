/**
 * Recipients that got an answer of this shape: one for each is made, whoever it was (told-message.ts).
 */
import type { Recipient } from '../model/message.ts';
import type { Status } from '../model/words.ts';
import { failedRecipient, refusedRecipient } from '../weigh/told-message.ts';
import type { ToldMail } from '../weigh/told-run.ts';

export class ToldAnswers {
  /** some answer could not be read */
  isDoubted = false;
  readonly #reasonOf: (recipient: Recipient) => string | undefined;
  /** one who was refused, by the kinds of answers */
  readonly #refused: (Recipient | undefined)[] = [];
  #mail: ToldMail | undefined;

  constructor(reasonOf: (recipient: Recipient) => string | undefined) {
    this.#reasonOf = reasonOf;
  }

  /** The mail whose answers are asked for. */
  sees(mail: ToldMail): void {
    this.#mail = mail;
  }

  /** A recipient that got an answer of this shape, and became this; without it, one that was refused with an answer of its kind. */
  readonly like = (shape: number, status?: Status): Recipient => {
    if (status !== undefined)
      return this.#made(shape, status === 'rejected' || status === 'greylisted' ? undefined : status);
    return (this.#refused[this.#mail?.kindOf(shape) ?? 0] ??= this.#made(shape, undefined));
  };

  #made(shape: number, status: Status | undefined): Recipient {
    const time = this.#mail?.time ?? 0;
    const answer = this.#mail?.answerOf(shape);
    if (answer === undefined) {
      this.isDoubted = true;
      return { status: status ?? 'rejected', direction: 'unknown' };
    }
    return status === undefined
      ? refusedRecipient(answer, time, this.#reasonOf)
      : failedRecipient(answer, status, time, this.#reasonOf);
  }
}
