/**
 * What a parsed filter is: a question asked of a message, of one of its recipients, or of either.
 */
import type { Message, Recipient } from '../model/message.ts';

export type OfMessage = (message: Message) => boolean;
export type OfRecipient = (recipient: Recipient, message: Message) => boolean;

export type Test =
  /** holds of the message or not */
  | { readonly of: 'message'; readonly message: OfMessage }
  /** must hold of the same entry as all others of this kind */
  | { readonly of: 'recipient'; readonly recipient: OfRecipient }
  /** holds of the message (its sender) or of one of its entries, whichever */
  | { readonly of: 'either'; readonly message: OfMessage; readonly recipient: OfRecipient }
  /** holds of the message's raw lines; asked when they are at hand */
  | { readonly of: 'lines'; readonly line: (text: string) => boolean };

/** One question of several, of which one must be answered yes. */
export function anyOf<A extends readonly unknown[]>(
  tests: readonly ((...args: A) => boolean)[],
): (...args: A) => boolean {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (...args) => tests.some((test) => test(...args));
}
