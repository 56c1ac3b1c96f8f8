/**
 * What users and strangers write that is no log: filters, the configuration, bounces and other mails, answers of servers. It is
 * read, or refused with a word for the user; and what is read can be used.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBounce } from '../../../src/bounce/read.ts';
import { ownOf } from '../../../src/config/own.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { UserError } from '../../../src/errors.ts';
import { explainRecipient, explainRefusal } from '../../../src/explain/explain-bounce.ts';
import { explainReply } from '../../../src/explain/explain.ts';
import { classify } from '../../../src/explain/reason.ts';
import { compileFilters } from '../../../src/filter/compile.ts';
import {
  BETWEEN_SEPARATOR,
  FILTER_NAMES,
  LIST_FILTERS,
  SINGLE_FILTERS,
  type FilterTexts,
} from '../../../src/filter/options.ts';
import { parseWindow } from '../../../src/filter/time.ts';
import type { Message } from '../../../src/model/message.ts';
import { STATUSES } from '../../../src/model/words.ts';
import { root } from '../../house/sources.ts';
import { trace } from '../../pipeline/properties/harness.ts';
import { donorsOf } from '../blocks.ts';
import { corpus, splitLines } from '../corpus.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { must, type Target } from '../target.ts';

const WORDS = [
  'bob@example.com',
  '@example.com',
  '*@*.example.com',
  'bob',
  '/^b.b@/',
  '/(a+)+$/i',
  '/[/',
  '<>',
  '192.0.2.0/24',
  '2001:db8::/32',
  '5.7.1',
  '550',
  '4xx',
  '5.*',
  'delivered',
  'blocked',
  'inbound',
  '3d',
  '2h30m',
  '10M',
  '1.5h',
  'yesterday',
  '2026-11-21',
  '2026-11-21 10:00',
  'last monday',
  '10:00',
  '-5d',
  '3F5A24ECE7',
  '1xUhBW-000CXd-DU',
  '=?utf-8?q?x?=',
  '*',
  '?',
  '\\',
  '(',
  '{1}',
];

/** A text that somebody may type: a known one, a token of a log, markers, any of it mutated. */
function someText(random: Random): string {
  const text = random.is(0.5)
    ? random.of(WORDS)
    : (random.of(
        donorsOf()
          .line(random)
          .toString('latin1')
          .split(/[\s,;<>]+/),
      ) ?? '');
  return random.is(0.6) ? mutated(Buffer.from(text), random, donorsOf()).subarray(0, 300).toString('latin1') : text;
}

let messages: Message[] | undefined;

async function someMessages(): Promise<Message[]> {
  messages ??= (await trace({ 'mail.log': readFileSync(join(root, 'fixtures/postfix/two-hosts/mx1.mail.log')) }))
    .messages;
  return messages;
}

/** Runs `read`; a word for the user is an answer. */
function orUserError<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    must(error.message.length > 0, 'a user error that says nothing');
    return undefined;
  }
}

/** Lines of `name<TAB>value`. */
function makeFilters(random: Random): Buffer {
  const rows = Array.from({ length: random.few(5) }, () => {
    const name = random.of(FILTER_NAMES);
    const value = name === 'between' ? `${someText(random)}${BETWEEN_SEPARATOR}${someText(random)}` : someText(random);
    return `${random.is(0.2) ? '!' : ''}${name}\t${value.replaceAll('\n', ' ')}`;
  });
  return Buffer.from(rows.join('\n'), 'latin1');
}

async function checkFilters(input: Buffer): Promise<void> {
  const not: Record<string, string | string[]> = {};
  const options: Record<string, string | string[]> = {};
  for (const row of input.toString('latin1').split('\n')) {
    const [key = '', value = ''] = row.split('\t');
    const into = key.startsWith('!') ? not : options;
    const name = key.replace('!', '');
    if ((LIST_FILTERS as readonly string[]).includes(name)) into[name] = [into[name] ?? [], value].flat();
    else if ((SINGLE_FILTERS as readonly string[]).includes(name)) into[name] = value;
  }
  const typed = options as FilterTexts;
  const compiled = orUserError(() => {
    const window = parseWindow(typed, { now: Date.UTC(2026, 10, 22), zone: 'UTC' });
    return compileFilters({ ...typed, not }, { window });
  });
  if (compiled === undefined) return;
  must(typeof compiled.describe() === 'string', 'no description');
  for (const message of (await someMessages()).slice(0, 40)) {
    const copy = structuredClone(message);
    must(typeof compiled.matchMessage(copy) === 'boolean', 'neither true nor false');
    if (compiled.needsLines) compiled.matchLines(['Nov 21 22:31:18 mx1 postfix/smtp[1]: x']);
  }
}

const CONFIG = `domains: [example.com, .example.org]
networks: [192.0.2.0/24, '2001:db8::/32']
sources: /var/log/mail.log*
zones: { mx1: UTC, mx2: Europe/Berlin }
filters: ['127.0.0.1:10024', filter.example.com]
added: [archive@example.com]
json: [{ source: '*.json', text: log.raw, time: at }]
aliases:
  - { address: gate@crypt.example.com, for: [bob@example.com, .example.net] }
`;
const YAML = [
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '? ',
  '- ',
  '  ',
  '\t',
  '|',
  '>',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ': ',
  '#',
  '---',
  '~',
  '0x1',
  '.inf',
  '.nan',
];

function makeConfig(random: Random): Buffer {
  const donors = { ...donorsOf(), markers: [...YAML, ...WORDS].map((text) => Buffer.from(text)) };
  const lines = splitLines(Buffer.from(CONFIG)).map((line) => (random.is(0.3) ? mutated(line, random, donors) : line));
  return Buffer.concat(lines.flatMap((line) => [line.subarray(0, 2000), Buffer.from('\n')]));
}

function checkConfig(input: Buffer): void {
  const result = parseConfig(input.toString('utf8'));
  if ('fault' in result) must(typeof result.fault === 'object', 'a fault that is none');
  else orUserError(() => ownOf(result.config));
}

const BOUNCES = join(root, 'fixtures/bounces');
let mails: Buffer[] | undefined;

function makeBounce(random: Random): Buffer {
  mails ??= readdirSync(BOUNCES, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.eml'))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
    .toSorted((a, b) => a.compare(b));
  const all = mails;
  const donors = { line: (r: Random) => r.of(splitLines(r.of(all))), markers: corpus().markers };
  const lines = splitLines(random.of(all)).flatMap((line) => {
    if (random.is(0.03)) return [];
    if (random.is(0.03)) return [donors.line(random), line];
    return [random.is(0.1) ? mutated(line, random, donors) : line];
  });
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from(random.is(0.9) ? '\n' : '\r\n')]));
}

async function checkBounce(input: Buffer): Promise<void> {
  const report = await readBounce(input);
  must(typeof report.kind === 'string', 'a report of no kind');
  JSON.stringify(report, (key, value: unknown) => {
    must(value !== null && !Number.isNaN(value), `${key} is ${String(value)}`);
    return value;
  });
  for (const recipient of report.recipients) {
    explainRecipient(recipient, false, report.subject);
    explainRefusal(recipient);
  }
}

const REPLY = /(?:said: |status=\w+ \(|: )([^\n]*)/;

function makeReplies(random: Random): Buffer {
  const donors = donorsOf();
  return Buffer.concat(
    Array.from({ length: random.few(20) }, () => {
      const line = donors.line(random);
      const text = Buffer.from(REPLY.exec(line.toString('latin1'))?.[1] ?? line.toString('latin1'), 'latin1');
      return Buffer.concat([random.is(0.8) ? mutated(text, random, donors) : text, Buffer.from('\n')]);
    }),
  );
}

function checkReplies(input: Buffer, random: Random): void {
  for (const line of splitLines(input)) {
    const reply = line.toString(random.is(0.5) ? 'utf8' : 'latin1');
    const [status, code] = [random.of(STATUSES), random.of(['550', '421', '250', undefined])];
    const facts = { status, reply, code };
    const word = classify(facts);
    must(word === classify(facts), 'the same answer, another word');
    const told = explainReply(facts);
    must(told === undefined || typeof told === 'object', 'an explanation that is none');
  }
}

export const filters: Target = {
  name: 'filters',
  title: 'filters of any text are read or refused, and run',
  make: makeFilters,
  check: checkFilters,
};
export const config: Target = {
  name: 'config',
  title: 'a configuration of any text is read, or told what is wrong',
  make: makeConfig,
  check: checkConfig,
};
export const bounces: Target = {
  name: 'bounces',
  title: 'mails of any bytes are read and explained',
  make: makeBounce,
  check: checkBounce,
};
export const replies: Target = {
  name: 'replies',
  title: 'answers of any bytes give a word or none',
  make: makeReplies,
  check: checkReplies,
};
