/**
 * Which entries of a message a report counts: those that the filters matched, once each, without addresses that our server
 * added (bcc, redirect) unless they are asked for.
 */
import type { Message, Recipient } from '../model/message.ts';

export function countedOf({ recipients }: Message, withAdded: boolean): readonly Recipient[] {
  const isSome = recipients.some(({ matched }) => matched === true);
  return recipients.filter(
    (recipient) => (!isSome || recipient.matched === true) && (withAdded || recipient.added === undefined),
  );
}

/** `bob@Example.ORG` -> `example.org`; undefined where there is no domain. */
export function domainOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const at = address.lastIndexOf('@');
  return at < 0 || at + 1 === address.length ? undefined : address.slice(at + 1).toLowerCase();
}

/** An address as a key of people: its domain in lower case. */
export function personOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? address : address.slice(0, at) + address.slice(at).toLowerCase();
}
