/**
 * A mail all of which is known as a few numbers: what reports count of it. The object is used again for the next one.
 * Units: times are Instants, delays as Recipient.delay; names are numbers whose text `nameOf` tells.
 */
import type { Instant, Recipient } from './message.ts';

export interface PlainMail {
  readonly time: Instant;
  /** bytes */
  readonly size: number;
  readonly sender: number;
  /** `name[address]` of who handed it in; 0 = nobody by SMTP */
  readonly client: number;
  readonly count: number;
  recipient(i: number): number;
  /** it was stored here, not handed on */
  isStored(i: number): boolean;
  endedAt(i: number): Instant;
  nameOf(number: number): string;
}

/** Recipients that were refused for good, likewise. */
export interface PlainRefusal {
  readonly time: Instant;
  /** as Message.order */
  readonly order: number;
  /** `name[address]` */
  readonly client: number;
  readonly count: number;
  recipient(i: number): number;
  endedAt(i: number): Instant;
  /** a number for the answer: all that have it make one row of a table */
  shapeOf(i: number): number;
  nameOf(number: number): string;
}

/** Of an answer of this shape: one of the recipients that got it. */
export type RecipientOfShape = (shape: number) => Recipient;

/** `name[address]` as Postfix logs it -> both, where they are known. */
export function peerOf(text: string): { name?: string; ip?: string } {
  const open = text.indexOf('[');
  const close = text.indexOf(']', open);
  const name = open < 0 ? text : text.slice(0, open);
  const ip = open < 0 || close < 0 ? '' : text.slice(open + 1, close);
  return {
    ...(name === '' || name === 'unknown' ? {} : { name }),
    ...(ip === '' || ip === 'unknown' ? {} : { ip }),
  };
}
