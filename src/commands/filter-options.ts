/**
 * The options of a search, defined once: parsing, help and shell completion follow from these rows.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import { BETWEEN_SEPARATOR, LIST_FILTERS, SINGLE_FILTERS } from '../filter/options.ts';
import type { FilterOptions, FilterTexts, ListFilter, SingleFilter } from '../filter/options.ts';
import { ACTION_WORDS, DIRECTION_WORDS, STATUS_WORDS } from '../filter/word-filters.ts';
import { REASONS } from '../explain/reason-words.ts';

interface FilterRow {
  name: ListFilter | SingleFilter;
  /** `-r, --recipient <addr>` */
  flags: string;
  help: string;
  group: 'Who' | 'What' | 'When' | 'Which mail' | 'Where';
  /** what it takes, for completion */
  words?: readonly string[];
}

const ROWS: readonly FilterRow[] = [
  { name: 'recipient', flags: '-r, --recipient <addr>', help: 'to this address, domain, bob@, or glob', group: 'Who' },
  { name: 'sender', flags: '-s, --sender <addr>', help: "from it; '<>' is the null sender of bounces", group: 'Who' },
  { name: 'address', flags: '-a, --address <addr>', help: 'to or from it', group: 'Who' },
  { name: 'between', flags: '--between <a b>', help: 'mail from A to B or from B to A', group: 'Who' },
  {
    name: 'domain',
    flags: '-d, --domain <domain>',
    help: 'sender or recipient domain (.domain: subdomains too)',
    group: 'Who',
  },
  { name: 'user', flags: '--user <login>', help: 'handed in by this login', group: 'Who' },
  { name: 'ip', flags: '-i, --ip <addr>', help: 'first client or final relay: IPv4, IPv6, CIDR', group: 'Where' },
  { name: 'host', flags: '--host <name>', help: 'passed this server of ours', group: 'Where' },
  {
    name: 'relay',
    flags: '--relay <name>',
    help: 'the server that gave the last answer: name, .domain, IP',
    group: 'Where',
  },
  { name: 'mailbox', flags: '--mailbox <name>', help: 'stored in this folder', group: 'Where' },
  {
    name: 'status',
    flags: '--status <word>',
    help: 'bounced, deferred, …; or sent, waiting, failed, stopped',
    group: 'What',
    words: STATUS_WORDS,
  },
  {
    name: 'action',
    flags: '-A, --action <word>',
    help: 'what a filter did: rejected, quarantined, …; or blocked',
    group: 'What',
    words: ACTION_WORDS,
  },
  {
    name: 'direction',
    flags: '--direction <word>',
    help: 'inbound, outbound, internal, transit, unknown',
    group: 'What',
    words: DIRECTION_WORDS,
  },
  {
    name: 'reason',
    flags: '--reason <word>',
    help: 'why: user-unknown, mailbox-full, spam, …',
    group: 'What',
    words: REASONS,
  },
  { name: 'code', flags: '--code <code>', help: 'last answer: 550, 5.7.1, 5.7, or 4 for any 4xx', group: 'What' },
  { name: 'engine', flags: '--engine <name>', help: 'a verdict of postfix, exim, rspamd, …', group: 'What' },
  { name: 'minDelay', flags: '--min-delay <span>', help: 'took at least so long: 90s, 30m, 1h', group: 'What' },
  { name: 'minSize', flags: '--min-size <size>', help: 'at least so big: 500K, 10M', group: 'What' },
  { name: 'subject', flags: '-S, --subject <phrase>', help: 'phrase in the subject, or /regex/', group: 'Which mail' },
  { name: 'messageId', flags: '-m, --message-id <id>', help: 'Message-ID', group: 'Which mail' },
  { name: 'queueId', flags: '-q, --queue-id <id>', help: 'queue id of any hop, or its beginning', group: 'Which mail' },
  { name: 'quarantineId', flags: '--quarantine-id <id>', help: 'id in a quarantine', group: 'Which mail' },
  { name: 'text', flags: '--text <phrase>', help: 'phrase in any raw line of the message', group: 'Which mail' },
  { name: 'since', flags: '--since <time>', help: "2026-11-20, '2026-11-20 14:30', today, 2h, 14d", group: 'When' },
  { name: 'until', flags: '--until <time>', help: 'the same; until a date = its end', group: 'When' },
];

const GROUPS = ['Who', 'What', 'Which mail', 'When', 'Where'] as const;

/** The long names of all filters, and their `--not-…`. */
export const FILTER_FLAGS: readonly string[] = ROWS.flatMap(({ flags }) => {
  const long = /--[\w-]+/.exec(flags)?.[0] ?? '';
  return [long, long.replace(/^--/, '--not-')];
});

function isList(name: ListFilter | SingleFilter): name is ListFilter {
  return (LIST_FILTERS as readonly string[]).includes(name);
}

const collect = (value: string, previous: readonly string[] | undefined): string[] => [...(previous ?? []), value];

/** What an option takes, by its long name: for completion and for "did you mean". */
export function wordsOf(long: string): readonly string[] | undefined {
  const base = long.replace(/^--not-/, '--');
  return ROWS.find((row) => row.flags.includes(`${base} `))?.words ?? OUTPUT_WORDS[long];
}

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'raw'] as const;
export const SHOW_FORMATS = ['json', 'ndjson', 'raw'] as const;
/** Of a report: what it is compared with. */
export const COMPARE_WORDS = ['previous', 'last-week'] as const;
/** Of `--redact`. */
export const REDACT_WORDS = ['all', 'users'] as const;
export const GROUP_KEYS = ['reason', 'relay', 'domain', 'status', 'client'] as const;

const OUTPUT_WORDS: Readonly<Record<string, readonly string[]>> = {
  '--format': FORMATS,
  '--sort': ['newest', 'oldest'],
  '--group-by': GROUP_KEYS,
  '--redact': REDACT_WORDS,
};

function addOption(command: Command, row: FilterRow, negated: boolean): void {
  const option = negated
    ? new Option(row.flags.replace(/^(?:-\w, )?--/, '--not-')).hideHelp()
    : new Option(row.flags, row.help).helpGroup(`${row.group}:`);
  if (isList(row.name)) option.argParser(collect);
  command.addOption(option);
}

/** Adds every filter and its `--not-…`. */
export function addFilterOptions(command: Command): Command {
  for (const group of GROUPS)
    for (const row of ROWS.filter((each) => each.group === group)) addOption(command, row, false);
  command.addOption(new Option('--exact', 'no folding: bob+tag@ is not bob@, no SRS or BATV').helpGroup('Who:'));
  for (const row of ROWS) addOption(command, row, true);
  return command;
}

/** The values that commander gathered, by camel-cased option name. */
export type Values = Readonly<Record<string, unknown>>;

function textsOf(values: Values, nameOf: (name: string) => string): FilterTexts {
  const texts: FilterTexts = {};
  for (const name of LIST_FILTERS) {
    const value = values[nameOf(name)];
    if (Array.isArray(value)) texts[name] = value as string[];
  }
  for (const name of SINGLE_FILTERS) {
    const value = values[nameOf(name)];
    if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}

/** The filters as they were typed. */
export function filterOptionsOf(values: Values): FilterOptions {
  return {
    ...textsOf(values, (name) => name),
    not: textsOf(values, (name) => `not${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`),
    exact: values['exact'] === true,
  };
}

/** `--between A B` takes two words, which commander cannot: they are made one before it looks. */
export function joinBetween(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') return [...joined, ...args.slice(i)];
    const a = args[i + 1];
    const b = args[i + 2];
    if ((word === '--between' || word === '--not-between') && a !== undefined && b !== undefined) {
      joined.push(`${word}=${a}${BETWEEN_SEPARATOR}${b}`);
      i += 2;
    } else joined.push(word);
  }
  return joined;
}
