/**
 * `report traffic --json` against what really happened: over the recipients that the truth of a recording claims, its numbers
 * are the truth's; what is beyond them is named by kind. Over the recordings copied into fixtures, and over all of them where
 * MAILTRACE_SHARED (else ../shared) has them.
 */
import { existsSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/commands/engine.ts';
import { main } from '../../src/commands/main.ts';
import type { Message, Recipient } from '../../src/model/message.ts';
import { STATUSES } from '../../src/model/words.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';
import { allowedStatuses, claimsOf } from './claims.ts';
import type { TruthRow } from './claims.ts';

interface Recording {
  name: string;
  files: string[];
  truth: string;
  args?: string[];
  unknowable?: string[];
}

const fixture = (name: string): string => join(root, 'fixtures', name);
const fixtureTruth = (name: string): string => fixture(`reports/truth/${name}.ndjson`);

const FIXTURES: Recording[] = [
  { name: 'postfix-single', files: ['postfix/single.mail.log'] },
  { name: 'postfix-two-hosts', files: ['filter', 'mx1', 'store'].map((host) => `postfix/two-hosts/${host}.mail.log`) },
  { name: 'postfix-dovecot', files: ['dovecot/mail.log'], unknowable: ['same-mid-redirect'] },
  { name: 'postfix-amavis', files: ['amavis/mail.log'] },
  { name: 'postfix-rspamd', files: ['rspamd/mail.log', 'rspamd/rspamd.log'] },
  { name: 'exim-rich', files: ['exim/rich/mainlog', 'exim/rich/rejectlog'] },
  { name: 'sendmail', files: ['sendmail/mail.log'] },
  { name: 'opensmtpd', files: ['opensmtpd/mail.log'], unknowable: ['size'] },
].map((recording) => ({ ...recording, files: recording.files.map(fixture), truth: fixtureTruth(recording.name) }));

/** Every folder with a recording.json below the shared folder. */
function sharedRecordings(): Recording[] {
  const shared = resolve(root, process.env['MAILTRACE_SHARED'] ?? '../shared', 'truth');
  if (!existsSync(shared)) return [];
  const files = readdirSync(shared, { recursive: true, withFileTypes: true });
  return files.filter(({ name }) => name === 'recording.json').flatMap(({ parentPath }) => recordingsIn(parentPath));
}

function recordingsIn(folder: string): Recording[] {
  const {
    runs,
    truth = 'truth.ndjson',
    unknowable,
    mtimes = {},
  } = JSON.parse(readFileSync(join(folder, 'recording.json'), 'utf8')) as {
    runs: { name: string; files: string[]; args?: string[]; unknowable?: string[] }[];
    truth?: string;
    unknowable?: string[];
    mtimes?: Record<string, string>;
  };
  for (const [file, time] of Object.entries(mtimes)) {
    try {
      utimesSync(join(folder, file), new Date(time), new Date(time));
    } catch {
      // a read-only copy: the year may be guessed wrong
    }
  }
  return runs.map((run) => ({
    name: `${folder.slice(dirname(dirname(folder)).length + 1)} ${run.name}`,
    files: run.files.map((file) => join(folder, file)),
    truth: join(folder, truth),
    ...(run.args === undefined ? {} : { args: run.args }),
    unknowable: run.unknowable ?? unknowable ?? [],
  }));
}

function logText(file: string): string {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { finishFlush: 2 }) : bytes).toString('utf8');
}

async function messagesOf({ files }: Recording): Promise<Message[]> {
  const engine = await loadEngine();
  const messages: Message[] = [];
  const request = { paths: files, logZones: [], now: RECORDED.getTime(), wantLines: false, wantSessions: false };
  const handlers = {
    onMessage: (message: Message): boolean => messages.push(message) > 0,
    onRestart: (): void => void messages.splice(0),
    reasonOf: engine.reasonOf,
  };
  await engine.run(request, { cwd: root, timeZone: 'UTC' }, handlers);
  return messages;
}

interface TrafficJson {
  figures: Record<string, number>;
  tables: { beyond?: { kind: string; messages?: number; recipients: number }[] };
}

async function trafficOf({ files, args = [] }: Recording): Promise<TrafficJson> {
  const io = fakeIo({ now: () => RECORDED.getTime() });
  await main(['report', 'traffic', '--json', ...args, ...files], io);
  return JSON.parse(io.stdout.text) as TrafficJson;
}

/** What the report says is beyond the mails that count. */
function beyondOf({ tables }: TrafficJson, kind: string): number {
  return (tables.beyond ?? []).filter((row) => row.kind === kind).reduce((sum, row) => sum + row.recipients, 0);
}

function kindOf(message: Message, entry: Recipient): string {
  if (message.kind !== 'mail') return message.kind;
  if (entry.added !== undefined) return 'added';
  const isOpen = entry.status === 'greylisted' || (entry.status === 'rejected' && entry.action === 'tempfailed');
  return isOpen && message.links.some(({ type }) => type === 'retried-by') ? 'attempt' : 'mail';
}

async function check(recording: Recording): Promise<void> {
  const truth = readFileSync(recording.truth, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TruthRow);
  const messages = await messagesOf(recording);
  const report = await trafficOf(recording);
  const claims = claimsOf(truth, messages, recording.files.map(logText).join('\n'), recording.unknowable);
  const wrong = claims.filter(
    (claim) => !allowedStatuses(claim.truth, claim.recipient).includes(claim.entry?.status ?? ''),
  );
  const texts = wrong.map(({ truth, recipient, entry }) => [
    truth.id,
    recipient.address,
    recipient.outcome,
    entry?.status,
  ]);
  expect(texts).toEqual([]);
  // every recipient that the truth claims is counted once under its status, or stands beyond under its kind
  const claimed = new Map(claims.map((claim) => [claim.entry as Recipient, claim]));
  const counts: Record<string, number> = {};
  const beside: Record<string, number> = {};
  const strangers: Record<string, number> = {};
  for (const message of messages) {
    for (const entry of message.recipients) {
      const kind = kindOf(message, entry);
      const where = kind === 'mail' ? counts : beside;
      const key = kind === 'mail' ? entry.status : kind;
      where[key] = (where[key] ?? 0) + 1;
      if (kind === 'mail' && !claimed.has(entry)) strangers[key] = (strangers[key] ?? 0) + 1;
    }
  }
  const told = Object.fromEntries(STATUSES.map((status) => [status, report.figures[status] ?? 0]));
  const truthful: Record<string, number> = {};
  for (const [entry, claim] of claimed) {
    if (kindOf(claim.message as Message, entry) === 'mail') truthful[entry.status] = (truthful[entry.status] ?? 0) + 1;
  }
  const wanted = Object.fromEntries(
    STATUSES.map((status) => [status, (truthful[status] ?? 0) + (strangers[status] ?? 0)]),
  );
  expect(told).toEqual(wanted);
  for (const [kind, recipients] of Object.entries(beside))
    expect([kind, beyondOf(report, kind)]).toEqual([kind, recipients]);
}

describe('the recordings in fixtures', () => {
  test.each(FIXTURES)('$name: numbers are the truth’s', check);
});

const recordings = sharedRecordings();
describe.skipIf(recordings.length === 0)('all recordings', () => {
  test.each(recordings)('$name: numbers are the truth’s', check);
});
