/**
 * All filters of a search as one predicate on Message.
 * The filters of a recipient must hold of ONE entry, the others of the message; `--not-X` leaves out the entries, or the
 * message, that X matches, and a message left with no entry does not match (cli.md "Many recipients").
 * A filter that asks the sender or a recipient (`--address`, `--domain`, `--between`) holds of the message; where the sender is
 * not it, the entries that are it are preferred when the matching ones are marked.
 * Errors: UsageError from the filters' own parsers.
 */
import type { Message, Recipient } from '../model/message.ts';
import type { AddressFilter, AddressPattern } from './address.ts';
import { addressFilter, betweenFilter, domainFilter, recipientFilter, senderFilter } from './address.ts';
import { codeFilter } from './code.ts';
import { ipFilter } from './ip.ts';
import {
  engineFilter,
  hostFilter,
  mailboxFilter,
  messageIdFilter,
  quarantineIdFilter,
  queueIdFilter,
  reasonFilter,
  relayFilter,
  textFilter,
  userFilter,
} from './names.ts';
import type { FilterName, FilterOptions, FilterTexts, ListFilter } from './options.ts';
import { BETWEEN_SEPARATOR, LIST_FILTERS, optionName } from './options.ts';
import { subjectFilter } from './subject.ts';
import type { Test } from './test.ts';
import type { Window } from './time.ts';
import { minDelayFilter, minSizeFilter } from './units.ts';
import { actionFilter, directionFilter, statusFilter } from './word-filters.ts';

export interface FilterContext {
  /** what --since and --until mean (time.ts), or the default window */
  window?: Window;
  /** what --not-since and --not-until mean */
  notWindow?: Window;
}

/** What keeps a message that fits otherwise from matching: for the help of an empty result. */
export type Miss = (typeof MISSES)[number];
/** In the order in which they are told. */
export const MISSES = ['time', 'direction', 'action', 'status'] as const;

export interface CompiledFilter {
  /**
   * Whether the message matches; marks the entries that matched with `matched` where not all did. Without --text: that is
   * matchLines(), which is asked of the messages that match otherwise.
   */
  matchMessage(message: Message): boolean;
  /** whether raw lines must be looked at (--text, --not-text) */
  readonly needsLines: boolean;
  matchLines(lines: Iterable<string>): boolean;
  /** the one filter without which the message would match; undefined if it is not one of these alone, or its lines must be asked */
  nearMiss(message: Message): Miss | undefined;
  /** the filters in words: `recipient bob@example.com, status bounced`; '' where there is none */
  describe(): string;
  /** addresses looked for (not those left out) */
  readonly patterns: readonly AddressPattern[];
  /** whether some filter asks for the subject */
  readonly asksSubject: boolean;
  readonly asksDirection: boolean;
}

interface Entry {
  readonly name: FilterName;
  readonly negated: boolean;
  readonly test: Test;
}

type Parser = (values: readonly string[], where: string, exact: boolean) => Test | AddressFilter;

const PARSERS: Readonly<Record<ListFilter, Parser>> = {
  recipient: recipientFilter,
  sender: senderFilter,
  address: addressFilter,
  between: betweenFilter,
  domain: domainFilter,
  subject: subjectFilter,
  ip: ipFilter,
  action: actionFilter,
  status: statusFilter,
  direction: directionFilter,
  messageId: messageIdFilter,
  queueId: queueIdFilter,
  quarantineId: quarantineIdFilter,
  code: codeFilter,
  host: hostFilter,
  relay: relayFilter,
  user: userFilter,
  engine: engineFilter,
  reason: reasonFilter,
  mailbox: mailboxFilter,
  text: textFilter,
};

function parseAll(texts: FilterTexts, negated: boolean, exact: boolean, patterns: AddressPattern[]): Entry[] {
  const entries: Entry[] = [];
  for (const name of LIST_FILTERS) {
    const values = texts[name];
    if (values === undefined || values.length === 0) continue;
    const parsed = PARSERS[name](values, optionName(name, negated), exact);
    if ('patterns' in parsed) {
      entries.push({ name, negated, test: parsed.test });
      if (!negated) patterns.push(...parsed.patterns);
    } else entries.push({ name, negated, test: parsed });
  }
  const { minDelay, minSize } = texts;
  if (minDelay !== undefined) {
    entries.push({ name: 'minDelay', negated, test: minDelayFilter(minDelay, optionName('minDelay', negated)) });
  }
  if (minSize !== undefined) {
    entries.push({ name: 'minSize', negated, test: minSizeFilter(minSize, optionName('minSize', negated)) });
  }
  return entries;
}

function windowTests(context: FilterContext): Entry[] {
  const { window = {}, notWindow = {} } = context;
  const entries: Entry[] = [];
  for (const [negated, { since, until }] of [
    [false, window],
    [true, notWindow],
  ] as const) {
    if (since !== undefined) {
      entries.push({ name: 'since', negated, test: { of: 'message', message: ({ lastTime }) => lastTime >= since } });
    }
    if (until !== undefined) {
      entries.push({ name: 'until', negated, test: { of: 'message', message: ({ time }) => time <= until } });
    }
  }
  return entries;
}

/** Whether the recipient fits this test, where it asks recipients at all. */
function fits(test: Test, recipient: Recipient, message: Message): boolean {
  return test.of === 'recipient' || test.of === 'either' ? test.recipient(recipient, message) : true;
}

/** The entries that match, or undefined where the message does not. */
function select(entries: readonly Entry[], message: Message): readonly Recipient[] | undefined {
  let left: readonly Recipient[] = message.recipients;
  for (const { test, negated } of entries) {
    if (test.of === 'lines') continue;
    if (test.of !== 'recipient') {
      const holds = test.message(message);
      if (negated) {
        if (holds) return undefined;
        if (test.of === 'either') left = left.filter((recipient) => !test.recipient(recipient, message));
      } else if (!holds) {
        if (test.of === 'message') return undefined;
        if (!message.recipients.some((recipient) => test.recipient(recipient, message))) return undefined;
      }
      continue;
    }
    left = left.filter((recipient) => test.recipient(recipient, message) !== negated);
    // A mail without any entry is not left with none by a --not-X.
    if (left.length === 0 && !(negated && message.recipients.length === 0)) return undefined;
  }
  return left.length === 0 && message.recipients.length > 0 ? undefined : left;
}

/** Of the matching entries, those by which the message was found. */
function preferred(entries: readonly Entry[], message: Message, matching: readonly Recipient[]): readonly Recipient[] {
  let left = matching;
  for (const { test, negated } of entries) {
    if (test.of !== 'either' || negated || test.message(message)) continue;
    const found = left.filter((recipient) => fits(test, recipient, message));
    if (found.length > 0) left = found;
  }
  return left;
}

function describeTexts(texts: FilterTexts, negated: boolean): string[] {
  const names = [...LIST_FILTERS, 'minDelay', 'minSize'] as const;
  return names.flatMap((name) => {
    const value = texts[name];
    if (value === undefined || value.length === 0) return [];
    const said = (typeof value === 'string' ? [value] : value).map((text) => text.replace(BETWEEN_SEPARATOR, ' and '));
    return [`${negated ? 'not ' : ''}${optionName(name, false).slice(2).replaceAll('-', ' ')} ${said.join(' or ')}`];
  });
}

function matchLines(tests: readonly Entry[], lines: Iterable<string>): boolean {
  const missing = new Set(tests.filter(({ negated }) => !negated));
  for (const text of lines) {
    for (const entry of tests) {
      if (entry.test.of !== 'lines' || (!entry.negated && !missing.has(entry)) || !entry.test.line(text)) continue;
      if (entry.negated) return false;
      missing.delete(entry);
    }
  }
  return missing.size === 0;
}

/** Parses every filter. Throws UsageError for the first that is wrong. */
export function compileFilters(options: FilterOptions, context: FilterContext = {}): CompiledFilter {
  const patterns: AddressPattern[] = [];
  const exact = options.exact === true;
  const entries = [
    ...windowTests(context),
    ...parseAll(options, false, exact, patterns),
    ...parseAll(options.not ?? {}, true, exact, patterns),
  ];
  const lineTests = entries.filter(({ test }) => test.of === 'lines');
  const without = (miss: Miss): readonly Entry[] | undefined => {
    const names: readonly FilterName[] = miss === 'time' ? ['since', 'until'] : [miss];
    const rest = entries.filter(({ name }) => !names.includes(name));
    return rest.length === entries.length ? undefined : rest;
  };
  // a message alone does not say whether its lines would match
  const misses = lineTests.length > 0 ? [] : MISSES.map((miss) => ({ miss, rest: without(miss) }));
  return {
    matchMessage(message) {
      const matching = select(entries, message);
      if (matching === undefined) return false;
      const marked = preferred(entries, message, matching);
      if (marked.length < message.recipients.length) for (const recipient of marked) recipient.matched = true;
      return true;
    },
    needsLines: lineTests.length > 0,
    matchLines: (lines) => matchLines(lineTests, lines),
    nearMiss: (message) => misses.find(({ rest }) => rest !== undefined && select(rest, message) !== undefined)?.miss,
    describe: () => [...describeTexts(options, false), ...describeTexts(options.not ?? {}, true)].join(', '),
    patterns,
    asksSubject: (options.subject?.length ?? 0) > 0 || (options.not?.subject?.length ?? 0) > 0,
    asksDirection: (options.direction?.length ?? 0) > 0,
  };
}
