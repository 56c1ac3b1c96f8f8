/**
 * Which entries of a message a report counts: those that the filters matched, once each, without addresses that our server
 * added (bcc, redirect) unless they are asked for. And the names under which addresses are counted.
 */
import type { Message, Recipient } from '../model/message.ts';

export function countedOf({ recipients }: Message, withAdded: boolean): readonly Recipient[] {
  const isSome = recipients.some(({ matched }) => matched === true);
  return recipients.filter(
    (recipient) => (!isSome || recipient.matched === true) && (withAdded || recipient.added === undefined),
  );
}

interface Names {
  /** its domain in lower case */
  readonly person: string;
  readonly domain: string | undefined;
}

/** Addresses come again and again: their names are remembered, and forgotten when there are too many. */
const MOST_NAMES = 50_000;
const names = new Map<string, Names>();

function namesOf(address: string): Names {
  let found = names.get(address);
  if (found === undefined) {
    const at = address.lastIndexOf('@');
    const domain = at < 0 || at + 1 === address.length ? undefined : address.slice(at + 1).toLowerCase();
    found = { person: domain === undefined ? address : address.slice(0, at + 1) + domain, domain };
    if (names.size >= MOST_NAMES) names.clear();
    names.set(address, found);
  }
  return found;
}

/** `bob@Example.ORG` -> `example.org`; undefined where there is no domain. */
export function domainOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : namesOf(address).domain;
}

/** An address as a key of people: its domain in lower case. */
export function personOf(address: string): string {
  return namesOf(address).person;
}
