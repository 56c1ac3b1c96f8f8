/**
 * A mail all of which is known as a few numbers: what reports count of it. The object is used again for the next one.
 * Units: times are Instants, delays as Recipient.delay; names are numbers whose text `names` tells.
 */
import type { Instant, Recipient } from './message.ts';
import type { Status } from './words.ts';

export interface PlainNames {
  of(number: number): string;
  /** What an address is counted under: its domain in lower case; of one without, a name like it. These belong to themselves. */
  ownerOf(number: number): number;
  /** It stands for an address without a domain. */
  isBare(number: number): boolean;
  /** Another name may be told as the same text; else no two of a role are. */
  isOdd(number: number): boolean;
  /** The number of this text, 0 = there is none. */
  find(role: NameRole, text: string): number;
  /** A number that is the greater the later its bytes are in the order of letters: so many bytes, from this one on. */
  rank(number: number, from: number): number;
  /** As `rank`, of a client as reports tell it: by its address alone where it has no name, else with a space between both. */
  clientRank(number: number, from: number): number;
}

export type NameRole = 'address' | 'domain' | 'client';

/** Bytes of a rank. */
export const RANK_BYTES = 6;

export interface PlainMail {
  readonly time: Instant;
  /** as Message.order */
  readonly order: number;
  /** bytes */
  readonly size: number;
  readonly sender: number;
  /** the sender has no domain */
  readonly isBare: boolean;
  /** `name[address]` of who handed it in; 0 = nobody by SMTP */
  readonly client: number;
  readonly count: number;
  recipient(i: number): number;
  statusOf(i: number): Status;
  endedAt(i: number): Instant;
  /** of one that it was not sent to, a number for the answer */
  shapeOf(i: number): number;
  /** a number for its kind: all that have it and this status make one row of a table */
  kindOf(shape: number): number;
  readonly names: PlainNames;
}

/** A plain mail of which it is known who took it. */
export interface PlainDelivery extends PlainMail {
  /** of one that it was sent to, what stands behind `relay=` */
  relayOf(i: number): number;
  /** at which try */
  triesOf(i: number): number;
}

/** Recipients that were refused, likewise. */
export interface PlainRefusal {
  readonly time: Instant;
  readonly order: number;
  readonly client: number;
  readonly count: number;
  /** or that of what it is counted under; 0 = nobody is named */
  recipient(i: number): number;
  endedAt(i: number): Instant;
  shapeOf(i: number): number;
  kindOf(shape: number): number;
  readonly names: PlainNames;
}

/** One of the recipients that got an answer of this shape, and became this by it; without it, one that was refused with an answer of its kind. */
export type RecipientOfShape = (shape: number, status?: Status) => Recipient;

/**
 * What stands behind `relay=`, as Postfix logs it -> the server's name, else its address; undefined where none took it.
 * Source: src/formats/postfix/delivery.ts readHost().
 */
export function relayNameOf(text: string): string | undefined {
  const open = text.indexOf('[');
  if (open < 0) return undefined;
  const close = text.indexOf(']', open);
  const inside = text.slice(open + 1, close < 0 ? text.length : close);
  const name = inside.includes('/') || open === 0 ? inside : text.slice(0, open);
  return name === '' ? undefined : name;
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
