/**
 * A mail all of which is known as a few numbers: what reports count of it. The object is used again for the next one.
 * Units: times are Instants, delays as Recipient.delay; names are numbers whose text `nameOf` tells.
 */
import type { Instant } from './message.ts';

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
