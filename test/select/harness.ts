/**
 * Searches made twice: over the lines of what is looked for, and over all lines. What they print must be the same bytes.
 */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../src/commands/engine.ts';
import { loadEngine } from '../../src/commands/engine.ts';
import type { Values } from '../../src/commands/filter-options.ts';
import { searchOptionsOf } from '../../src/commands/search-options.ts';
import { searchRun } from '../../src/commands/search.ts';
import { showOptionsOf, showRun } from '../../src/commands/show.ts';
import type { LogZone } from '../../src/model/run.ts';
import type { Spools } from '../../src/sources/spool/spools.ts';
import { countRun } from '../../src/weigh/count-run.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { select } from '../../src/select/index.ts';
import { fakeIo } from '../helpers/io.ts';
import { type Logs, linesOf } from '../pipeline/properties/harness.ts';

interface Answer {
  status: number;
  out: string;
  err: string;
}

/** What is asked: the options of `search`, or the ID of `show`. */
export type Question = Values | { show: string };

export interface Both {
  chosen: Answer;
  whole: Answer;
  /** the chosen lines were enough */
  isChosen: boolean;
}

export interface LogFolder {
  paths: string[];
  now: Date;
  logZones: readonly LogZone[];
  timeZone: string;
}

/** Logs of tests are small: so are the blocks, that many of them are left out. */
const BLOCK_BYTES = 2000;

const engineOf = await loadEngine();
const wholeEngine: Engine = { ...engineOf };
delete wholeEngine.select;
const plainEngine: Engine = { ...wholeEngine };
delete plainEngine.count;

async function answer(folder: LogFolder, question: Question, engine: Engine): Promise<Answer> {
  const io = fakeIo({ now: () => folder.now.getTime(), timeZone: folder.timeZone });
  let status: number;
  if ('show' in question) {
    const options = showOptionsOf(question.show as string, folder.paths, { json: true }, io);
    status = await showRun({ ...options, logZones: folder.logZones }, io, engine);
  } else {
    const options = await searchOptionsOf(folder.paths, question, io);
    status = await searchRun({ ...options, logZones: folder.logZones }, io, engine);
  }
  return { status, out: io.stdout.text, err: io.stderr.text };
}

/** Asks both ways. With `spools`, packed files are unpacked into them the first way, and mails are counted by a plan. */
export async function askBoth(folder: LogFolder, question: Question, spools?: Spools): Promise<Both> {
  let isChosen = false;
  const engine: Engine = {
    ...engineOf,
    select: (request, io, plan, options) => select(request, io, plan, options, BLOCK_BYTES),
    async run(request, io, handlers, options) {
      const result = await engineOf.run(request, io, handlers, options);
      isChosen = options?.selections !== undefined;
      return result;
    },
  };
  if (spools !== undefined) {
    engine.select = async (request, io, plan, options) => {
      io.spools = spools;
      return engineOf.select?.(request, io, plan, options);
    };
    engine.count = (request, io, handlers, options) => {
      io.spools = spools;
      return countRun(request, io, handlers, options, 0);
    };
  }
  const chosen = await answer(folder, question, engine);
  const whole = await answer(folder, question, spools === undefined ? wholeEngine : plainEngine);
  return { chosen, whole, isChosen };
}

/** Writes the logs, lets `use` ask, and removes them. */
export async function withLogs<T>(
  logs: Logs,
  use: (folder: LogFolder) => Promise<T>,
  {
    written = RECORDED,
    logZones = [],
    mtimes = {},
  }: { written?: Date; logZones?: readonly LogZone[]; mtimes?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'mailtrace-select-'));
  try {
    for (const [name, content] of Object.entries(logs)) {
      const at = mtimes[name] === undefined ? written : new Date(mtimes[name]);
      writeFileSync(join(path, name), content);
      utimesSync(join(path, name), at, at);
    }
    const paths = Object.keys(logs).map((name) => join(path, name));
    return await use({ paths, now: written, logZones, timeZone: 'UTC' });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Every question that the words of these logs suggest: addresses, domains, ids, IP addresses, pieces of text. */
export function questionsOf(logs: Logs): Question[] {
  const addresses = new Set<string>();
  const words = new Set<string>();
  const ips = new Set<string>();
  const mids = new Set<string>();
  const relays = new Set<string>();
  const users = new Set<string>();
  for (const content of Object.values(logs))
    for (const line of linesOf(content)) {
      for (const [, address] of line.matchAll(/([\w.+=-]+@[\w.-]+\w)/g)) addresses.add(address as string);
      for (const [word] of line.matchAll(
        /\b(?:[0-9A-F]{8,14}|[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}|[0-9A-Za-z]{14,16})\b/g,
      ))
        words.add(word);
      for (const [, ip] of line.matchAll(/\[((?:\d+\.){3}\d+|[0-9a-f]*:[0-9a-f:]+)\]/g)) ips.add(ip as string);
      for (const [, mid] of line.matchAll(/(?:message-id=<|\bid=)([^>\s]+@[^>\s]+)/g)) mids.add(mid as string);
      for (const [, relay] of line.matchAll(/relay=([^[,\s]+)/g)) relays.add(relay as string);
      for (const [, user] of line.matchAll(/sasl_username=([^,\s]+)/g)) users.add(user as string);
    }
  const domains = new Set([...addresses].map((address) => address.slice(address.indexOf('@') + 1)));
  const list = (value: string): string[] => [value];
  return [
    ...[...addresses].flatMap((address): Question[] => [
      { recipient: list(address), json: true },
      { address: list(address), raw: true },
      { sender: list(address), format: 'csv' },
      { text: list(address), format: 'raw' },
    ]),
    ...[...domains].flatMap((domain): Question[] => [
      { domain: list(domain), json: true },
      { text: list(`@${domain}`), format: 'raw' },
    ]),
    ...[...words].flatMap((word): Question[] => [
      { queueId: list(word), json: true },
      { text: list(word), format: 'raw' },
      { show: word },
    ]),
    ...[...ips].flatMap((ip): Question[] => [
      { ip: list(ip), json: true },
      { text: list(ip), format: 'raw' },
      { relay: list(ip) },
    ]),
    ...[...mids].flatMap((mid): Question[] => [{ messageId: list(mid), json: true }, { show: mid }]),
    ...[...relays].map((relay): Question => ({ relay: list(relay), json: true })),
    ...[...users].map((user): Question => ({ user: list(user), json: true })),
  ];
}
