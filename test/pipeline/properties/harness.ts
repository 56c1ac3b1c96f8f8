/**
 * Whole runs over logs that a test made: files in a folder of its own, last written at the end of the recording (their
 * stamps name no year), and the messages of two runs compared field by field.
 */
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { classify } from '../../../src/explain/reason.ts';
import type { Message, Session } from '../../../src/model/message.ts';
import type { RunSummary } from '../../../src/model/run.ts';
import { readLines, run, type RunHandlers, type RunOptions, type RunResult } from '../../../src/pipeline/run.ts';
import { generatePostfix } from '../../bench/generate-postfix.ts';
import { RECORDED } from '../../helpers/fixtures.ts';
import { root } from '../../house/sources.ts';

/** File name -> content. */
export type Logs = Readonly<Record<string, string | Buffer>>;

const FIXTURES = join(root, 'fixtures');
const fixture = (name: string): Buffer => readFileSync(join(FIXTURES, name));

/** The recordings, by name. */
export const RECORDINGS: Readonly<Record<string, Logs>> = {
  single: { 'mail.log': fixture('postfix/single.mail.log') },
  hosts: {
    'mx1.mail.log': fixture('postfix/two-hosts/mx1.mail.log'),
    'filter.mail.log': fixture('postfix/two-hosts/filter.mail.log'),
    'store.mail.log': fixture('postfix/two-hosts/store.mail.log'),
  },
  exim: { mainlog: fixture('exim/rich/mainlog'), rejectlog: fixture('exim/rich/rejectlog') },
  sendmail: { 'mail.log': fixture('sendmail/mail.log') },
  opensmtpd: { 'mail.log': fixture('opensmtpd/mail.log') },
  amavis: { 'mail.log': fixture('amavis/mail.log') },
  dovecot: { 'mail.log': fixture('dovecot/mail.log') },
  rspamd: { 'mail.log': fixture('rspamd/mail.log'), 'rspamd.log': fixture('rspamd/rspamd.log') },
};

export const recording = (name: string): Logs => RECORDINGS[name] as Logs;

const isFuzz = (process.env['MAILTRACE_FUZZ'] ?? '') !== '';

/** Whole runs are dear: this many of them, twenty times as many where new seeds are drawn. */
export const runs = (numRuns: number): { numRuns: number } => ({ numRuns: isFuzz ? numRuns * 20 : numRuns });

/** Seeded numbers in [0, 1): one seed of fast-check makes a whole interleaving. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lines without their ends. A last line without LF is a line. */
export function linesOf(content: string | Buffer): string[] {
  const lines = content.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The bytes of such lines. */
export const textOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.length === 0 ? '' : `${lines.join('\n')}\n`, 'latin1');

export interface Outcome {
  messages: Message[];
  sessions: Session[];
  summary: RunSummary;
  files: RunResult['files'];
  /** exact lines of each message's chain, Latin-1 */
  chains: Map<Message, string[]>;
}

export interface TraceOptions extends RunOptions {
  /** in this order; all of them where left out */
  paths?: readonly string[];
  /** files were last written then */
  written?: Date;
  stdin?: Readable;
  handlers?: Partial<RunHandlers>;
  /** called as each message is handed on */
  onTold?: () => void;
  lines?: boolean;
}

/** Runs over these logs. The lines of chains are read while the files are there. */
export async function trace(logs: Logs, options: TraceOptions = {}): Promise<Outcome> {
  const {
    paths = Object.keys(logs),
    written = RECORDED,
    stdin,
    handlers,
    onTold,
    lines: wantLines = true,
    ...rest
  } = options;
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-property-'));
  try {
    for (const [name, content] of Object.entries(logs)) {
      writeFileSync(join(folder, name), content);
      utimesSync(join(folder, name), written, written);
    }
    const messages: Message[] = [];
    const sessions: Session[] = [];
    const { summary, files } = await run(
      { paths, logZones: [], now: written.getTime(), wantLines, wantSessions: true },
      { cwd: folder, timeZone: 'UTC', ...(stdin ? { stdin } : {}) },
      {
        onMessage: (message) => {
          onTold?.();
          return messages.push(message) > 0;
        },
        onSession: (session) => sessions.push(session),
        onRestart: () => {
          messages.length = 0;
          sessions.length = 0;
        },
        reasonOf: ({ status, code, dsn, reply, relay }) => classify({ status, code, dsn, reply, relay: relay?.name }),
        ...handlers,
      },
      { standardPlaces: [], ...rest },
    );
    const all = messages.flatMap((message) => message.lines ?? []);
    const bytes = readLines(all, files);
    const chains = new Map(
      messages.map((message) => [
        message,
        (message.lines ?? []).map((line) => {
          const text = bytes.get(line);
          return text === undefined ? '(not there)' : Buffer.from(text).toString('latin1');
        }),
      ]),
    );
    return { messages, sessions, summary, files, chains };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How the raw chains of two runs are compared. */
export type ChainRule = 'in order' | 'as a set' | 'not';

/** The same run with a part of each message left out. */
export const without = (outcome: Outcome, change: (message: Message) => Message): Outcome => ({
  ...outcome,
  messages: outcome.messages.map(change),
});

/** Id -> what is compared of the message; what has no order of its own is sorted. */
function table({ messages, chains }: Outcome, rule: ChainRule): Map<string, unknown> {
  const out = new Map<string, unknown>();
  for (const message of messages) {
    // the place in the input moves with every line before it
    const { lines: _, order: _order, ...rest } = message;
    const links = message.links.map(({ type, id }) => `${type} ${id}`).sort();
    const chain = chains.get(message) ?? [];
    const lines = rule === 'not' ? undefined : rule === 'in order' ? chain : [...new Set(chain)].sort();
    let id = message.id;
    while (out.has(id)) id += ' (again)';
    out.set(id, { ...rest, links, lines });
  }
  return out;
}

/** What is in one of two runs and not in the other, at most a few messages of it. Empty: the runs tell the same. */
function differences(a: Outcome, b: Outcome, rule: ChainRule = 'in order'): string[] {
  const left = table(a, rule);
  const right = table(b, rule);
  const out: string[] = [];
  for (const [id, message] of left) {
    const other = right.get(id);
    if (other === undefined) out.push(`${id} only in the first: ${brief(message)}`);
    else if (JSON.stringify(other) !== JSON.stringify(message)) out.push(`${id}${pathsOf(message, other).join(';')}`);
  }
  for (const [id, message] of right) if (!left.has(id)) out.push(`${id} only in the second: ${brief(message)}`);
  return out.length > 5 ? [...out.slice(0, 5), `and ${out.length - 5} more`] : out;
}

function brief(message: unknown): string {
  const { state, sender, recipients, hops } = message as Message;
  const ends = recipients.map(({ address, status }) => `${address} ${status}`).join(', ');
  return `${state} from ${sender} to ${ends} (${hops.map(({ queueId }) => queueId).join(' ')})`;
}

/** `.recipients.0.status: "a" | "b"` for every field that differs. */
function pathsOf(a: unknown, b: unknown, path = ' '): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return [`${path}: ${JSON.stringify(a)} | ${JSON.stringify(b)}`];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => pathsOf(Reflect.get(a, key), Reflect.get(b, key), `${path}.${key}`)).slice(0, 8);
}

/** Fails where two runs do not tell the same messages. */
export function expectSame(a: Outcome, b: Outcome, rule: ChainRule = 'in order'): void {
  expect(differences(a, b, rule)).toEqual([]);
}

/** `Nov 21 22:31:12` -> ms, as if in 2026; Exim's own stamp likewise. NaN for a line without a stamp. */
export function stampOf(line: string): number {
  return Date.parse(
    `${/^[A-Z][a-z]{2} [ \d]\d (?=\d)/.test(line) ? `2026 ${line.slice(0, 15)}` : line.slice(0, 19)} UTC`,
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The same log with all times between its lines `factor` times as long; it ends when it did. Exim's stamps get a zone (as
 * with its option log_timezone): without one their zone is read from the times in the ids, which stay.
 */
export const stretched = (content: string | Buffer, factor: number, end = RECORDED.getTime()): Buffer =>
  restamped(content, (at) => end - (end - at) * factor);

/** The same log so many milliseconds later. */
export const shifted = (content: string | Buffer, ms: number): Buffer => restamped(content, (at) => at + ms);

function restamped(content: string | Buffer, change: (at: number) => number): Buffer {
  const lines = linesOf(content).map((line) => {
    if (/^\d{4}-\d\d-\d\dT/.test(line)) {
      const [stamp = ''] = line.split(' ', 1);
      return `${new Date(change(Date.parse(stamp))).toISOString()}${line.slice(stamp.length)}`;
    }
    const at = stampOf(line);
    if (Number.isNaN(at)) return line;
    const iso = new Date(Math.floor(change(at) / 1000) * 1000).toISOString();
    if (/^\d/.test(line)) return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000${line.slice(19)}`;
    const day = String(Number(iso.slice(8, 10))).padStart(2);
    return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${day} ${iso.slice(11, 19)}${line.slice(15)}`;
  });
  return textOf(lines);
}

/** Changes the content of each file. */
export const mapLogs = (logs: Logs, change: (content: string | Buffer) => Buffer): Logs =>
  Object.fromEntries(Object.entries(logs).map(([name, content]) => [name, change(content)]));

/** A log as the generator of the benchmark writes it, of about so many bytes. */
export function generated(seed: number, bytes: number, hosts: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'mailtrace-property-'));
  try {
    const path = join(folder, 'mail.log');
    generatePostfix(path, { bytes, seed, hosts, stamp: 'rfc3164', last: RECORDED.getTime() });
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One log of many, each in its own order, by their stamps; lines of one second in any order that `random` makes. */
export function interleave(logs: Logs, random: () => number): Buffer {
  const queues = Object.values(logs).map((content) => linesOf(content).map((text) => ({ text, at: stampOf(text) })));
  const out: string[] = [];
  for (;;) {
    const waiting = queues.filter((queue) => queue.length > 0);
    if (waiting.length === 0) return textOf(out);
    const first = Math.min(...waiting.map((queue) => queue[0]?.at as number));
    const ready = waiting.filter((queue) => queue[0]?.at === first);
    const chosen = ready[Math.floor(random() * ready.length)] as { text: string; at: number }[];
    out.push(chosen.shift()?.text as string);
  }
}

/** The three hosts' logs as one central log. */
export const central = (): Buffer => interleave(recording('hosts'), dice(1));
