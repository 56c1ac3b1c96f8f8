/**
 * Address filters: `--recipient`, `--sender`, `--address`, `--between`, `--domain`.
 * Shapes: `user@domain`, `@domain` or `domain` (that domain alone), `.domain` (with its subdomains), `user@`, a glob with `*`,
 *         `<>` (the null sender). Angle brackets around an address are dropped.
 * Folding: without case; `bob@x` also matches `bob+tag@x`, and `bob` where the log names no domain; a sender also by the
 *         address behind SRS and BATV, and by its header From. `--exact` leaves case alone folded.
 * Errors: UsageError for what is no address.
 */
import { domainToASCII } from 'node:url';
import { UsageError } from '../errors.ts';
import type { Message, Recipient } from '../model/message.ts';
import { fold, globTest } from './glob.ts';
import { BETWEEN_SEPARATOR } from './options.ts';
import type { OfMessage, OfRecipient, Test } from './test.ts';
import { anyOf } from './test.ts';
import { unwrapSender } from './unwrap.ts';

/** An address pattern: asked of an address in its folded form. */
export interface AddressPattern {
  /** folded, as typed */
  readonly text: string;
  readonly kind: 'whole' | 'domain' | 'domains' | 'user' | 'glob' | 'null' | 'word';
  readonly matches: (folded: string) => boolean;
}

/** An address in the form that patterns are compared with: lower case, NFC, its domain in ASCII (IDNA). */
export function foldAddress(address: string): string {
  const folded = fold(address);
  if (!/[^\0-\x7f]/.test(folded)) return folded;
  const at = folded.lastIndexOf('@');
  const ascii = domainToASCII(folded.slice(at + 1));
  return ascii === '' ? folded : folded.slice(0, at + 1) + ascii;
}

function withoutTag(folded: string): string {
  const plus = folded.indexOf('+');
  if (plus <= 0) return folded;
  const at = folded.lastIndexOf('@');
  if (at < 0) return folded.slice(0, plus);
  return plus < at ? folded.slice(0, plus) + folded.slice(at) : folded;
}

function domainOf(folded: string): string {
  const at = folded.lastIndexOf('@');
  return at < 0 ? '' : folded.slice(at + 1);
}

function bad(where: string, text: string): UsageError {
  return new UsageError({
    where,
    what: text === '' ? 'the address is empty' : `'${text}' is no address`,
    help: "give bob@example.com, example.com, .example.com (with its subdomains), bob@, a glob like 'bob*@*.com', or '<>' for the null sender",
  });
}

/** Reads one pattern. Throws UsageError with `where` in front. */
export function parseAddressPattern(typed: string, where: string, exact = false): AddressPattern {
  const trimmed = typed.trim();
  if (trimmed === '<>') return { text: '<>', kind: 'null', matches: (folded) => folded === '' };
  const bare = /^<(.*)>$/.exec(trimmed)?.[1] ?? trimmed;
  // White space may stand in a quoted local part alone.
  if (bare === '' || bare === '@' || /[\s<>]/.test(bare.replaceAll(/"[^"]*"/g, ''))) throw bad(where, typed);
  const text = foldAddress(bare);
  if (text.includes('*')) {
    const test = globTest(text.startsWith('@') ? `*${text}` : text);
    return { text, kind: 'glob', matches: exact ? test : (folded) => test(folded) || test(withoutTag(folded)) };
  }
  const at = text.lastIndexOf('@');
  if (at > 0 && at === text.length - 1) {
    const user = text.slice(0, -1);
    const ofUser = (folded: string): boolean => folded === user || folded.startsWith(text);
    return { text, kind: 'user', matches: exact ? ofUser : (folded) => ofUser(folded) || ofUser(withoutTag(folded)) };
  }
  if (at > 0) return wholePattern(text, text.slice(0, at), exact);
  const domain = at === 0 ? text.slice(1) : text;
  if (domain.startsWith('.')) {
    const base = domain.slice(1);
    if (base === '') throw bad(where, typed);
    const ofDomains = (folded: string): boolean => {
      const found = domainOf(folded);
      return found === base || found.endsWith(domain);
    };
    return { text, kind: 'domains', matches: ofDomains };
  }
  // A word without a dot may be a host's name (`localhost`) or an address that is logged without a domain (`root`).
  if (at < 0 && !domain.includes('.')) {
    return { text, kind: 'word', matches: (folded) => domainOf(folded) === domain || withoutTag(folded) === domain };
  }
  return { text, kind: 'domain', matches: (folded) => domainOf(folded) === domain };
}

function wholePattern(text: string, user: string, exact: boolean): AddressPattern {
  if (exact) return { text, kind: 'whole', matches: (folded) => folded === text };
  const matches = (folded: string): boolean => {
    if (folded === text || folded === user) return true;
    if (!folded.includes('+')) return false;
    const base = withoutTag(folded);
    return base === text || base === user;
  };
  return { text, kind: 'whole', matches };
}

/** The address in a header From: `"Bob" <bob@example.com>`, `bob@example.com (Bob)`. */
export function addressOfFrom(from: string): string | undefined {
  const angle = from.lastIndexOf('<');
  if (angle >= 0) {
    const end = from.indexOf('>', angle);
    return end < 0 ? undefined : from.slice(angle + 1, end).trim();
  }
  return from.split(/[\s,(]/).find((word) => word.includes('@'));
}

/** Every address that a recipient is found by: typed, between, final. */
export function addressesOf(recipient: Recipient): string[] {
  const found: string[] = [];
  if (recipient.address !== undefined) found.push(recipient.address);
  if (recipient.via !== undefined) found.push(...recipient.via);
  if (recipient.finalAddress !== undefined) found.push(recipient.finalAddress);
  return found;
}

/** Every address that a sender is found by. */
function sendersOf(message: Message, exact: boolean): string[] {
  const found: string[] = [];
  const { sender, from } = message;
  if (sender !== undefined) {
    found.push(sender);
    const unwrapped = exact ? undefined : unwrapSender(sender);
    if (unwrapped !== undefined) found.push(unwrapped);
  }
  const header = from === undefined ? undefined : addressOfFrom(from);
  if (header !== undefined && header !== '') found.push(header);
  return found;
}

function recipientBy(pattern: AddressPattern): OfRecipient {
  if (pattern.kind === 'null') return () => false;
  const { matches } = pattern;
  return (recipient) => {
    const { address, finalAddress, via } = recipient;
    if (address !== undefined && matches(foldAddress(address))) return true;
    if (finalAddress !== undefined && matches(foldAddress(finalAddress))) return true;
    return via !== undefined && via.some((between) => matches(foldAddress(between)));
  };
}

function senderBy(pattern: AddressPattern, exact: boolean): OfMessage {
  if (pattern.kind === 'null') return (message) => message.sender === '';
  return (message) => sendersOf(message, exact).some((sender) => sender !== '' && pattern.matches(foldAddress(sender)));
}

export interface AddressFilter {
  test: Test;
  /** for the help of an empty result */
  patterns: readonly AddressPattern[];
}

export function recipientFilter(values: readonly string[], where: string, exact: boolean): AddressFilter {
  const patterns = values.map((value) => {
    const pattern = parseAddressPattern(value, where, exact);
    if (pattern.kind === 'null') {
      throw new UsageError({
        where,
        what: "'<>' is the null sender, no recipient",
        help: "bounces are found by --sender '<>'",
      });
    }
    return pattern;
  });
  return { patterns, test: { of: 'recipient', recipient: anyOf(patterns.map(recipientBy)) } };
}

export function senderFilter(values: readonly string[], where: string, exact: boolean): AddressFilter {
  const patterns = values.map((value) => parseAddressPattern(value, where, exact));
  return { patterns, test: { of: 'message', message: anyOf(patterns.map((pattern) => senderBy(pattern, exact))) } };
}

function eitherFilter(patterns: readonly AddressPattern[], exact: boolean): AddressFilter {
  const message = anyOf(patterns.map((pattern) => senderBy(pattern, exact)));
  return { patterns, test: { of: 'either', message, recipient: anyOf(patterns.map(recipientBy)) } };
}

/** Sender or recipient. */
export function addressFilter(values: readonly string[], where: string, exact: boolean): AddressFilter {
  return eitherFilter(
    values.map((value) => parseAddressPattern(value, where, exact)),
    exact,
  );
}

/** Sender or recipient domain. */
export function domainFilter(values: readonly string[], where: string, exact: boolean): AddressFilter {
  const patterns = values.map((value) => {
    const domain = value.trim().replace(/^@/, '');
    if (domain === '' || domain.includes('@')) {
      throw new UsageError({
        where,
        what: `'${value}' is no domain`,
        help: 'give example.com, .example.com (with its subdomains) or a glob; whole addresses go to --address',
      });
    }
    return parseAddressPattern(`@${domain}`, where, exact);
  });
  return eitherFilter(patterns, exact);
}

/** From A to B, or from B to A. Each value is `A<separator>B`. */
export function betweenFilter(values: readonly string[], where: string, exact: boolean): AddressFilter {
  const pairs = values.map((value) => {
    const [a, b, more] = value.split(BETWEEN_SEPARATOR);
    if (a === undefined || b === undefined || more !== undefined) {
      throw new UsageError({
        where,
        what: 'needs two addresses',
        help: `for example ${where} alice@example.com bob@example.net`,
      });
    }
    return [parseAddressPattern(a, where, exact), parseAddressPattern(b, where, exact)] as const;
  });
  const oneWay = (from: AddressPattern, to: AddressPattern): OfRecipient => {
    const isSender = senderBy(from, exact);
    const isRecipient = recipientBy(to);
    return (recipient, message) => isRecipient(recipient, message) && isSender(message);
  };
  const recipient = anyOf(pairs.flatMap(([a, b]) => [oneWay(a, b), oneWay(b, a)]));
  return { patterns: pairs.flat(), test: { of: 'either', message: () => false, recipient } };
}
