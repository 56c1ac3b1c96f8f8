/** `--redact` over recordings: nothing of them is left in any output, and what is printed is still the same mail. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newFormatsCommand } from '../../src/commands/formats.ts';
import { newReportCommand } from '../../src/commands/report.ts';
import { runCommand } from '../../src/commands/run-command.ts';
import { newSearchCommand } from '../../src/commands/search.ts';
import { newShowCommand } from '../../src/commands/show.ts';
import type { NewCommand } from '../../src/commands/registry.ts';
import type { Message } from '../../src/model/message.ts';
import { REPORT_KINDS } from '../../src/report/document.ts';
import { temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import type { Secrets } from '../helpers/secrets.ts';
import { leaksIn, secretsOf } from '../helpers/secrets.ts';
import { root } from '../house/sources.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

interface Ran {
  status: number;
  out: string;
  err: string;
}

async function run(command: NewCommand, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const io = fakeIo({ cwd: root, env, now: () => Date.UTC(2026, 10, 23) });
  const status = await runCommand(command, args, io);
  return { status, out: io.stdout.text, err: io.stderr.text };
}
const search = (args: readonly string[], env?: Record<string, string>): Promise<Ran> =>
  run(newSearchCommand, args, env);

async function messagesOf(paths: readonly string[]): Promise<Message[]> {
  return JSON.parse((await search(['--format', 'json', ...paths])).out) as Message[];
}

/** Every output of a log, redacted. */
async function outputsOf(
  paths: readonly string[],
  messages: readonly Message[],
): Promise<[what: string, text: string][]> {
  const outputs: [string, string][] = [];
  for (const options of [
    ['--json', '--raw'],
    ['--format', 'raw'],
    ['--raw', '--limit', '30'],
    ['--format', 'csv'],
    ['--fields', 'time,recipient.reply,verdicts,notes,hops', '--limit', '50'],
    ['--sessions', '--json', '--raw'],
    ['--sessions', '--limit', '30'],
    ...['relay', 'client', 'domain'].map((key) => ['--group-by', key]),
    [
      '--recipient',
      messages.flatMap(({ recipients }) => recipients.map(({ address }) => address)).find((a) => a?.includes('@')) ??
        'x@y.example',
      '--status',
      'held',
    ],
  ]) {
    const { out, err } = await search(['--redact', ...options, ...paths]);
    outputs.push([options.join(' '), `${out}\n${err}`]);
  }
  for (const { id } of messages.slice(0, 4)) {
    for (const form of [[], ['--ticket'], ['--json'], ['--raw']]) {
      const { out, err } = await run(newShowCommand, [id, '--redact', ...form, ...paths]);
      outputs.push([`show ${form.join(' ')}`, `${out}\n${err}`]);
    }
  }
  for (const form of [[], ['--json']]) {
    const { out, err } = await run(newFormatsCommand, ['--redact', ...form, ...paths]);
    outputs.push(['formats', `${out}\n${err}`]);
  }
  for (const kind of REPORT_KINDS) {
    // as text, tokens are cut and broken into lines
    for (const form of ['markdown', 'json', 'html']) {
      const { out, err } = await run(newReportCommand, [kind, '--redact', '--format', form, '--top', '0', ...paths]);
      // the style of a page is ours: `@media`
      outputs.push([`report ${kind} ${form}`, `${out.replace(/<style>.*?<\/style>/s, '')}\n${err}`]);
    }
  }
  return outputs;
}

async function leaksOf(paths: readonly string[], more?: Secrets): Promise<string[]> {
  const messages = await messagesOf(paths);
  const log = paths.map((path) => readFileSync(resolve(root, path), 'latin1')).join('\n');
  const own = secretsOf(log, messages);
  const secrets = {
    whole: new Set([...own.whole, ...(more?.whole ?? [])]),
    words: new Set([...own.words, ...(more?.words ?? [])]),
  };
  expect(secrets.whole.size).toBeGreaterThan(0);
  return (await outputsOf(paths, messages)).flatMap(([what, text]) =>
    leaksIn(text, secrets, 3).map((leak) => `${what}: ${leak}`),
  );
}

const RECORDED = [
  'postfix/single.mail.log',
  'amavis/mail.log',
  'dovecot/mail.log',
  'exim/rich',
  'haraka',
  'mimedefang/mail.log',
  'opensmtpd/mail.log',
  'qmail/mail.log',
  'sendmail/mail.log',
  'spamassassin/mail.log',
];

function logsIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile() && file.endsWith('log'));
}

describe('nothing of a recording is left in any output', () => {
  test.each(RECORDED)('%s', { timeout: 120_000 }, async (name) => {
    expect(await leaksOf(logsIn(join(root, 'fixtures', name)))).toEqual([]);
  });

  // a header row of its own stands before each line of these
  const tables = ['exchange', 'm365', 'powermta', 'google-els'];
  const formats = readdirSync(join(root, 'fixtures')).filter(
    (name) => !tables.includes(name) && existsSync(join(root, 'fixtures', name, 'lines.jsonl')),
  );
  test.each(formats)('each line of %s', { timeout: 120_000 }, async (name) => {
    const rows = readFileSync(join(root, 'fixtures', name, 'lines.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const path = join(folder.path, `${name}.log`);
    writeFileSync(path, `${rows.map((row) => (JSON.parse(row) as { line: string }).line).join('\n')}\n`);
    expect(await leaksOf([path])).toEqual([]);
  });

  test.each(tables)('a table of %s', { timeout: 120_000 }, async (name) => {
    const [row = ''] = readFileSync(join(root, 'fixtures', name, 'lines.jsonl'), 'utf8').split('\n');
    const path = join(folder.path, `${name}.log`);
    writeFileSync(path, `${(JSON.parse(row) as { line: string }).line}\n`);
    expect(await leaksOf([path])).toEqual([]);
  });
});

// minutes: only where they are asked for
const shared = resolve(root, process.env['MAILTRACE_SHARED'] ?? 'absent', 'truth');
const setups = existsSync(shared)
  ? readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('truth.ndjson'))
  : [];

describe.skipIf(setups.length === 0)('nothing of the shared recordings is left', () => {
  test.each(setups)('%s', { timeout: 600_000 }, async (setup) => {
    const words = new Set<string>();
    const whole = new Set<string>();
    // what was sent, as the senders knew it
    for (const row of readFileSync(join(shared, setup), 'utf8').trim().split('\n')) {
      const mail = JSON.parse(row) as { sender?: string; subject?: string | null; recipients?: { address: string }[] };
      for (const address of [mail.sender, ...(mail.recipients ?? []).map((each) => each.address)])
        if (address?.includes('@') === true) whole.add(address.toLowerCase());
      if ((mail.subject?.length ?? 0) > 12) whole.add((mail.subject ?? '').toLowerCase());
    }
    const logs = logsIn(join(shared, setup, '../logs')).filter((path) => !/rfc/.test(path));
    expect(await leaksOf(logs, { whole, words })).toEqual([]);
  });
});

describe('what is printed is still the same mail', () => {
  const logs = logsIn(join(root, 'fixtures/postfix/two-hosts'));

  test('raw chains are read again: the same hops, statuses, actions and codes', { timeout: 120_000 }, async () => {
    const told = (messages: readonly Message[]): string[] =>
      messages
        .map(({ kind, hops, recipients }) =>
          JSON.stringify([
            kind,
            hops.map(({ queueId }) => queueId),
            recipients
              .map(({ status, action, code, dsn, reason }) => [status, action, code, dsn, reason].join(' '))
              .toSorted(),
          ]),
        )
        .toSorted();
    const path = join(folder.path, 'again.log');
    writeFileSync(path, (await search(['--redact', '--format', 'raw', '--sort', 'oldest', ...logs])).out);
    expect(told(await messagesOf([path]))).toEqual(told(await messagesOf(logs)));
  });

  test(
    'the same tokens in every output of a run, others in the next, the same with a key',
    { timeout: 120_000 },
    async () => {
      const args = ['--redact', '--format', 'json', '--raw', '--limit', '5', ...logs];
      const key = { MAILTRACE_REDACT_KEY: 'a key' };
      const [first, second] = [await search(args, key), await search(args, key)];
      expect(first.out).toBe(second.out);
      expect((await search(args)).out).not.toBe(first.out);
      for (const message of JSON.parse(first.out) as (Omit<Message, 'lines'> & { lines: { text: string }[] })[]) {
        const chain = message.lines.map(({ text }) => text).join('\n');
        if (message.sender !== '') expect(chain).toContain(message.sender ?? '?');
        for (const { address = '' } of message.recipients) expect(chain).toContain(address);
        for (const { host = '?' } of message.hops) expect(chain).toContain(` ${host} `);
      }
    },
  );

  test('--redact=users keeps domains; --redact takes no PATH for its value', { timeout: 60_000 }, async () => {
    const { out } = await search([
      '--redact=users',
      '--format',
      'csv',
      '--fields',
      'sender,recipient.address',
      ...logs,
    ]);
    expect(out).toMatch(/^user-[a-z2-9]{7}@example\.com,/m);
    expect(out).not.toMatch(/(?<![\w-])(?!user-|SRS|prvs)[a-z]\w*@/);
    const { status } = await search(['--redact', ...logs]);
    expect(status).toBe(0);
    await expect(search(['--redact=nobody', ...logs])).rejects.toThrow(/nobody/);
  });

  test('stderr: what was searched for, paths, and no command to copy', async () => {
    const { err } = await search(['--redact', '-r', 'nils.petrov@exampel.com', ...logs]);
    expect(err).toContain('searched for recipient user-');
    expect(err).not.toMatch(/nils|exampel|two-hosts|fixtures/);
  });
});
