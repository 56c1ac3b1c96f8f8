/**
 * Under a scope nothing is told of anybody else: every command, format and option over recordings of many servers, with a
 * third of the recipients moved into the domain that is looked at. What must not appear is worked out from the whole truth.
 */
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newDoctorCommand } from '../../src/commands/doctor.ts';
import { newExplainCommand } from '../../src/commands/explain.ts';
import type { NewCommand } from '../../src/commands/registry.ts';
import { newReportCommand } from '../../src/commands/report.ts';
import { runCommand } from '../../src/commands/run-command.ts';
import { newSearchCommand } from '../../src/commands/search.ts';
import { newShowCommand } from '../../src/commands/show.ts';
import { REPORT_KINDS } from '../../src/report/document.ts';
import type { Message } from '../../src/model/message.ts';
import { RECORDED, temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';
import type { Banned } from './leaks.ts';
import { bannedOf, leaksIn, movedInside } from './leaks.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
const SCOPE = ['--scope', 'inside.example'];

async function run(
  command: NewCommand,
  args: readonly string[],
  stdin: string | Buffer = '',
): Promise<{ status: number; out: string; err: string }> {
  const shown: string[] = [];
  const status = { room: 200, show: (text: string) => shown.push(text), clear: () => undefined };
  const io = fakeIo({ stdin, cwd: folder.path, now: () => Date.UTC(2026, 10, 23), status });
  const code = await runCommand(command, args, io);
  return { status: code, out: io.stdout.text, err: `${io.stderr.text}${shown.join('\n')}` };
}

async function messagesOf(path: string): Promise<Message[]> {
  return JSON.parse((await run(newSearchCommand, ['--format', 'json', path])).out) as Message[];
}

/** A log and its moved twin, whose times of change are those of the recording. */
async function prepared(name: string, log: string, share?: number): Promise<{ path: string; messages: Message[] }> {
  const path = join(folder.path, name.replaceAll(/[^\w.-]/g, '_'));
  const put = (text: string): void => {
    writeFileSync(path, text, 'latin1');
    utimesSync(path, RECORDED, RECORDED);
  };
  put(log);
  put(movedInside(log, await messagesOf(path), share));
  return { path, messages: await messagesOf(path) };
}

/** Enough of a recording, and not minutes of it. */
function beginning(log: string): string {
  return `${log.split('\n').slice(0, 400).join('\n')}\n`;
}

/** A recipient that is not within, for questions about them. */
function outsider({ texts }: Banned): string {
  return [...texts].find((text) => /^[\w.+-]+@[\w.-]+$/.test(text)) ?? 'nobody@nowhere.example';
}

function searchesOf(banned: Banned): string[][] {
  const canary = outsider(banned);
  const domain = canary.slice(canary.indexOf('@') + 1);
  const local = canary.slice(0, canary.indexOf('@'));
  return [
    ['--json', '--raw'],
    ['--format', 'json'],
    ['--format', 'raw'],
    ['--format', 'csv'],
    ['--raw', '--limit', '40'],
    ['--sort', 'oldest', '--limit', '3'],
    [
      '--fields',
      'time,sender,recipient.address,recipient.finalAddress,recipient.reply,verdicts,notes,links,hops,lines',
    ],
    ['--redact=users', '--json', '--raw'],
    ['--count'],
    ['--sessions', '--json', '--raw'],
    ...['reason', 'relay', 'domain', 'status', 'client'].map((key) => ['--group-by', key]),
    ['--recipient', `${local.slice(0, -1)}x@${domain}`],
    ['--recipient', canary, '--status', 'held'],
    ['--text', canary],
    ['--not-text', canary, '--format', 'raw'],
    ['--domain', domain, '--direction', 'transit'],
    ['--ip', '127.0.0.0/8', '--user', 'nobody'],
    ['--between', canary, 'x@inside.example'],
  ].map((options) => options.map((word) => word));
}

/** What was typed comes back in a sentence of ours: that is no leak. */
function withoutTyped(text: string, typed: readonly string[]): string {
  let out = text.toLowerCase();
  for (const word of typed) if (word.length >= 8) out = out.replaceAll(word.toLowerCase(), '');
  return out;
}

/** What `--redact=users` writes for a local part: its letters may end like one of the log. */
const PSEUDONYM = /\buser-[a-z0-9]{7}(?=@)/g;

async function leaksOf(path: string, messages: readonly Message[], isWide: boolean): Promise<string[]> {
  const banned = bannedOf(messages);
  const leaks: string[] = [];
  const look = (what: string, { out, err }: { out: string; err: string }, typed: readonly string[] = []): void => {
    for (const leak of leaksIn(`${out.replaceAll(PSEUDONYM, '')}\n${withoutTyped(err, typed)}`, banned))
      leaks.push(`${what}: ${leak}`);
  };
  const searches = searchesOf(banned);
  for (const options of isWide
    ? searches
    : [searches[0] as string[], searches[12] as string[], searches[13] as string[]])
    look(options.join(' '), await run(newSearchCommand, [...SCOPE, ...options, path]), options);
  const { out } = await run(newSearchCommand, [...SCOPE, '--json', path]);
  const told = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Message);
  // every mail that has a recipient within is there, and nothing else
  expect(told.map(({ id }) => id).toSorted()).toEqual(
    withinOf(messages)
      .map(({ id }) => id)
      .toSorted(),
  );
  if (!isWide) return leaks;
  const log = readFileSync(path);
  look('from a pipe', await run(newSearchCommand, [...SCOPE, '--json', '--raw', '-'], log));
  look('text in a pipe', await run(newSearchCommand, [...SCOPE, '--text', outsider(banned), '-'], log), [
    outsider(banned),
  ]);
  for (const { id } of told.slice(0, 4))
    for (const form of [[], ['--ticket'], ['--json'], ['--raw']])
      look(`show ${form.join()}`, await run(newShowCommand, [id, ...SCOPE, ...form, path]));
  const outside = messages.filter(({ id }) => banned.texts.has(id.toLowerCase())).slice(0, 3);
  for (const { id, messageId, hops } of outside)
    for (const name of [id, messageId, hops[0]?.queueId, id.slice(0, 10)])
      if (name !== undefined) look('show outside', await run(newShowCommand, [name, ...SCOPE, path]), [name]);
  for (const kind of REPORT_KINDS)
    for (const format of kind === 'bounces' ? ['text', 'html', 'markdown', 'json', 'csv'] : ['json'])
      look(`report ${kind}`, await run(newReportCommand, [kind, ...SCOPE, '--format', format, '--top', '0', path]));
  for (const form of [[], ['--json']]) look('doctor', await run(newDoctorCommand, [...SCOPE, ...form, path]));
  const line = readFileSync(path, 'latin1')
    .split('\n')
    .find((text) => text.includes('inside.example'));
  if (line !== undefined) {
    const clean = leaksIn(line, banned).length === 0;
    if (clean) look('explain', await run(newExplainCommand, [line, ...SCOPE, path]));
  }
  return leaks;
}

function withinOf(messages: readonly Message[]): Message[] {
  const isInside = (text: string | undefined): boolean => text?.toLowerCase().endsWith('@inside.example') === true;
  return messages.filter(
    ({ recipients, sender, client }) =>
      recipients.some(({ address, finalAddress }) => isInside(address) || isInside(finalAddress)) ||
      (isInside(sender) && client?.user !== undefined),
  );
}

const RECORDINGS = [
  'amavis/mail.log',
  'dovecot/mail.log',
  'exim/rich/mainlog',
  'haraka/default.log',
  'haraka/json.log',
  'haraka/logfmt.log',
  'mimedefang/mail.log',
  'opensmtpd/mail.log',
  'postfix/single.mail.log',
  'postfix/two-hosts/mx1.mail.log',
  'qmail/mail.log',
  'relayed-auth/logs/mail.log',
  'rspamd/mail.log',
  'rspamd/rspamd.log',
  'sendmail/mail.log',
  'spamassassin/mail.log',
];

describe('nobody outside of the scope is told of, in any output', () => {
  test.each(RECORDINGS)('%s', { timeout: 120_000 }, async (name) => {
    const { path, messages } = await prepared(name, beginning(readFileSync(join(root, 'fixtures', name), 'latin1')));
    expect(bannedOf(messages).texts.size).toBeGreaterThan(3);
    expect(bannedOf(messages).within).toBeGreaterThan(0);
    expect(await leaksOf(path, messages, true)).toEqual([]);
  });

  const formats = readdirSync(join(root, 'fixtures')).filter((name) => {
    return existsSync(join(root, 'fixtures', name, 'lines.jsonl'));
  });
  test.each(formats)('each line of %s', { timeout: 120_000 }, async (name) => {
    const rows = readFileSync(join(root, 'fixtures', name, 'lines.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const log = rows.map((row) => (JSON.parse(row) as { line: string }).line).join('\n');
    const { path, messages } = await prepared(`${name}.log`, `${Buffer.from(log).toString('latin1')}\n`, 2);
    expect(await leaksOf(path, messages, false)).toEqual([]);
  });

  const scenarios = readdirSync(join(root, 'fixtures/scenarios')).flatMap((name) =>
    readdirSync(join(root, 'fixtures/scenarios', name))
      .filter((file) => file.endsWith('.log'))
      .map((file) => join(name, file)),
  );
  test('the scenarios', { timeout: 300_000 }, async () => {
    const leaks: string[] = [];
    for (const name of scenarios)
      for (const share of [2, 1]) {
        const { path, messages } = await prepared(
          name,
          readFileSync(join(root, 'fixtures/scenarios', name), 'latin1'),
          share,
        );
        leaks.push(...(await leaksOf(path, messages, false)).map((leak) => `${name}: ${leak}`));
      }
    expect(leaks).toEqual([]);
  });
});
