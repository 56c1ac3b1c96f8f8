/**
 * `report traffic` beside pflogsumm 1.1.5 on the same recorded logs: what the log counts line by line is the same number, and
 * where mails are another number, what makes the difference is found in the log.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/commands/engine.ts';
import { main } from '../../src/commands/main.ts';
import type { Message } from '../../src/model/message.ts';
import { RECORDED } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

const LOGS: Record<string, string[]> = {
  'postfix-single': ['postfix/single.mail.log'],
  'postfix-two-hosts': ['mx1', 'filter', 'store'].map((host) => `postfix/two-hosts/${host}.mail.log`),
  'postfix-dovecot': ['dovecot/mail.log'],
  'postfix-amavis': ['amavis/mail.log'],
  'postfix-rspamd': ['rspamd/mail.log'],
};

type TableRow = Record<string, string | number | undefined>;

interface Traffic {
  figures: Record<string, number>;
  tables: Record<string, TableRow[] | undefined>;
}

interface Both {
  ours: Traffic;
  /** as logged, by figure */
  logged: Record<string, number>;
  theirs: string;
  log: string[];
  messages: Message[];
}

const known = new Map<string, Promise<Both>>();

function bothOf(name: string): Promise<Both> {
  const found = known.get(name) ?? make(name);
  known.set(name, found);
  return found;
}

async function make(name: string): Promise<Both> {
  const files = (LOGS[name] ?? []).map((file) => join(root, 'fixtures', file));
  const io = fakeIo({ now: () => RECORDED.getTime() });
  await main(['report', 'traffic', '--as-logged', '--json', '--top', '0', ...files], io);
  const ours = JSON.parse(io.stdout.text) as Traffic;
  const rows = ours.tables['as_logged'] ?? [];
  const engine = await loadEngine();
  const messages: Message[] = [];
  await engine.run(
    { paths: files, logZones: [], now: RECORDED.getTime(), wantLines: false, wantSessions: false },
    { cwd: root, timeZone: 'UTC' },
    { onMessage: (message) => messages.push(message) > 0, reasonOf: engine.reasonOf },
  );
  return {
    ours,
    logged: Object.fromEntries(rows.map((row) => [String(row['figure']), Number(row['logged'])])),
    theirs: readFileSync(join(root, 'fixtures/reports/pflogsumm', `${name}.txt`), 'utf8'),
    log: files.flatMap((file) => readFileSync(file, 'utf8').split('\n')),
    messages,
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 * 1024 };

/** `  1245k  bytes delivered` of the grand totals: the number, and how exact it is. */
function total(theirs: string, label: string): { value: number; unit: number } {
  const match = new RegExp(`^ +(\\d+)([km]?) +${label}`, 'm').exec(theirs);
  const unit = UNITS[match?.[2] ?? ''] ?? 1;
  return { value: Number(match?.[1]), unit };
}

/** pflogsumm cuts what it shows in k and m. */
const shown = (value: number, unit: number): number => Math.trunc(value / unit);

/** The lines of one of its tables, without heading. */
function tableOf(theirs: string, title: string): string[] {
  const lines = theirs.split('\n');
  const at = lines.findIndex((line) => line.startsWith(title));
  // `Panics: none`
  if (at < 0 || lines[at]?.includes(': none') === true) return [];
  const rest = lines.slice(at + 2);
  const end = rest.findIndex((line) => line === '');
  return rest.slice(0, end < 0 ? undefined : end);
}

const names = (theirs: string, title: string): Set<string> =>
  new Set(tableOf(theirs, title).map((line) => line.replace(/^ +\d+[km]? +/, '')));

/** smtpd of another name than pflogsumm looks for: it takes `reinject/smtpd` for a daemon that it does not know. */
const UNKNOWN_SERVICE = /postfix[\w-]*\/(?!smtps\/|submission\/)[\w-]+\/smtpd\[/;

describe.each(Object.keys(LOGS))('%s', (name) => {
  test.each([
    ['delivered', 'delivered'],
    ['forwarded', 'forwarded'],
    ['deferred', 'deferred'],
    ['bounced', 'bounced'],
    ['rejected', 'rejected'],
    ['reject_warnings', 'reject warnings'],
    ['held', 'held'],
    ['discarded', 'discarded'],
    ['bytes_delivered', 'bytes delivered'],
  ])('%s as logged is what pflogsumm says', async (figure, label) => {
    const { logged, theirs } = await bothOf(name);
    const { value, unit } = total(theirs, label);
    expect(shown(logged[figure] ?? Number.NaN, unit)).toBe(value);
  });

  test('received as logged is what pflogsumm says, and the mails of services whose name it does not know', async () => {
    const { logged, theirs, log } = await bothOf(name);
    const unknown = log.filter((line) => UNKNOWN_SERVICE.test(line) && / client=/.test(line)).length;
    expect(logged['received']).toBe(total(theirs, 'received').value + unknown);
  });

  test('mails are received once: the rest are further hops and mail that was refused after it had an id', async () => {
    const { ours, logged, messages, log } = await bothOf(name);
    const mails = messages.filter(({ kind }) => kind === 'mail');
    const isRefused = ({ recipients }: Message): boolean =>
      recipients.every(({ status }) => ['rejected', 'greylisted', 'aborted', 'removed'].includes(status));
    const withId = mails.filter(({ hops }) => hops.some(({ queueId }) => queueId !== undefined));
    const entered = withId.filter((message) => !isRefused(message));
    // a hop of an alias on the same host has no client, nor has the first of what a server wrote
    const ids = messages.map(({ hops }) => hops.filter(({ queueId }) => queueId !== undefined).length);
    const further = ids.reduce((sum, n) => sum + Math.max(0, n - 1), 0) - (logged['forwarded'] ?? 0);
    const late = withId.filter(isRefused).length;
    // what a program behind the server wrote (Sieve's answers, Amavis' bounces) came in by SMTP
    const written = messages.filter(({ kind, client }) => kind !== 'mail' && client !== undefined).length;
    // a proxy before the queue has no id yet: pflogsumm counts its `NOQUEUE: client=` as a mail
    const proxied = log.filter((line) => line.includes(': NOQUEUE: client=')).length;
    expect(ours.figures['received']).toBeGreaterThanOrEqual(entered.length);
    expect(logged['received']).toBe(entered.length + late + further + written + proxied);
  });

  test('connections are what pflogsumm says, and those of services whose name it does not know', async () => {
    const { ours, theirs, log } = await bothOf(name);
    const unknown = log.filter((line) => UNKNOWN_SERVICE.test(line) && /: disconnect from /.test(line)).length;
    expect(ours.figures['connections']).toBe(total(theirs, 'connections').value + unknown);
  });

  test('warnings, fatal errors, panics and lines of the master daemon are as many', async () => {
    const { ours, theirs } = await bothOf(name);
    const sum = (title: string): number =>
      tableOf(theirs, title).reduce((all, line) => all + Number(/^ {3,}(\d+) /.exec(line)?.[1] ?? 0), 0);
    const master = (ours.tables['master'] ?? []).reduce((all, row) => all + Number(row['count']), 0);
    expect(ours.figures['warning_lines']).toBe(sum('Warnings'));
    expect(ours.figures['fatal_lines']).toBe(sum('Fatal Errors'));
    expect(ours.figures['panic_lines']).toBe(sum('Panics'));
    expect(master).toBe(tableOf(theirs, 'Master daemon').reduce((all, line) => all + Number(/\d+/.exec(line)?.[0]), 0));
  });

  test('a sender that one of them alone has sent mail that the queue manager never told, or was refused late', async () => {
    const { ours, theirs, log, messages } = await bothOf(name);
    const mine = new Set((ours.tables['senders'] ?? []).map((row) => String(row['sender'])));
    const other = new Set(
      [...names(theirs, 'Senders by message count')].map((text) => (text === 'from=<>' ? '<>' : text)),
    );
    const queued = new Set(log.flatMap((line) => /qmgr\[\d+\]: \w+: from=<([^>]*)>/.exec(line)?.[1] ?? []));
    for (const sender of mine)
      if (!other.has(sender)) expect([sender, queued.has(sender.replace(/^<>$/, ''))]).toEqual([sender, false]);
    const beside = messages
      .filter(({ kind }) => kind !== 'mail')
      .map(({ sender = '' }) => (sender === '' ? '<>' : sender));
    const refused = new Set(messages.flatMap(({ sender }) => sender ?? []));
    for (const sender of other)
      if (!mine.has(sender)) expect([sender, refused.has(sender) || beside.includes(sender)]).toEqual([sender, true]);
  });

  test('a recipient that one of them alone has is another name of one, or got a bounce', async () => {
    const { ours, theirs, messages } = await bothOf(name);
    const lower = (address: string): string => address.replace(/@.*/, (domain) => domain.toLowerCase());
    const mine = new Set((ours.tables['recipients'] ?? []).map((row) => String(row['recipient'])));
    const entries = messages.flatMap(({ recipients, kind }) => recipients.map((entry) => ({ entry, kind })));
    // addresses under which pflogsumm counts: after aliases, of bounces and copies too, and of hops that a filter then stopped
    const reasons = new Set(
      entries.flatMap(({ entry: { address, finalAddress, via = [] } }) =>
        [address, finalAddress, ...via].flatMap((each) => (each === undefined ? [] : lower(each))),
      ),
    );
    for (const recipient of names(theirs, 'Recipients by message count'))
      if (!mine.has(recipient)) expect([recipient, reasons.has(recipient)]).toEqual([recipient, true]);
    const other = names(theirs, 'Recipients by message count');
    const renamed = new Set(
      entries.flatMap(({ entry }) => (entry.finalAddress === undefined ? [] : lower(entry.address ?? ''))),
    );
    for (const recipient of mine)
      if (!other.has(recipient)) expect([recipient, renamed.has(recipient)]).toEqual([recipient, true]);
  });
});
