/** `mailtrace explain`: codes, answers, log lines; recorded bounces with the logs of the same run name the right mail. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/commands/engine.ts';
import { loadEngine } from '../../src/commands/engine.ts';
import { explainRun } from '../../src/commands/explain.ts';
import { main } from '../../src/commands/main.ts';
import { UserError } from '../../src/errors.ts';
import { Clock } from '../../src/render/times.ts';
import { BOUNCES, LOGS, pathOf } from '../bounce/recorded.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';
import { root } from '../house/sources.ts';

let engine: Engine;
const folder = temporaryFolder();
beforeAll(async () => {
  engine = await loadEngine();
  for (const [name, logs] of Object.entries(LOGS)) {
    mkdirSync(join(folder.path, name));
    for (const log of logs) copyFixture(log, join(folder.path, name));
  }
});
afterAll(folder.remove);

const logsOf = (name: string): string[] =>
  (LOGS[name] ?? []).map((log) => join(folder.path, name, log.split('/').at(-1) ?? ''));
const NOW = Date.UTC(2026, 10, 22, 12);

async function explain(words: readonly string[], over: { json?: boolean; list?: boolean; stdin?: string } = {}) {
  const { json = false, list = false, stdin = '' } = over;
  const io = fakeIo({ columns: 100, stdin, now: () => NOW });
  const screen = { tty: false, columns: 100, colour: false, clock: new Clock('UTC'), now: NOW };
  const status = await explainRun({ words, json, list, screen, logZones: [] }, io, async () => engine);
  return { status, text: io.stdout.text, errors: io.stderr.text };
}

interface Told {
  input: string;
  report?: { kind: string; original: { messageId?: string } };
  explanations: { recipient?: string; original?: string; reason?: string; side?: string; list?: { name: string } }[];
  mail?: { messageId?: string; recipients: { address?: string; finalAddress?: string }[]; lines: unknown[] };
  foundBy?: string[];
  absence?: { verdict: string; evidence: string[] };
}

async function told(words: readonly string[], stdin = ''): Promise<Told> {
  return JSON.parse((await explain(words, { json: true, stdin })).text) as Told;
}

describe('codes and answers', () => {
  it('a code, several codes, a pair', async () => {
    expect((await told(['5.7.26'])).explanations).toMatchObject([{ reason: 'auth-failed' }]);
    expect((await told(['550', '5.2.2', '4.4.1'])).explanations).toMatchObject([
      { reason: 'mailbox-full' },
      { reason: 'network' },
    ]);
    expect((await explain(['5.7.26'])).text).toMatch(/Who must act +the administrators of the server that sent/);
  });

  it('an answer names its list and where to be taken off', async () => {
    const words = ['554', '5.7.1', 'Client host [192.0.2.1] blocked using zen.spamhaus.org'];
    expect((await told(words)).explanations).toMatchObject([{ reason: 'blocklist', list: { name: 'Spamhaus' } }]);
    expect((await explain(words)).text).toContain('https://check.spamhaus.org/');
  });

  it('a log line of any format, and the mail it is of', async () => {
    const [log = ''] = logsOf('postfix-single');
    const line =
      readFileSync(log, 'utf8')
        .split('\n')
        .find((each) => each.includes('status=bounced') && each.includes('User unknown')) ?? '';
    const one = await told([line]);
    expect(one).toMatchObject({ input: 'log-line', explanations: [{ reason: 'user-unknown' }] });
    const whole = await told(['-', log], line);
    expect(whole.mail?.lines.length).toBeGreaterThan(3);
  });

  it('--list: every reason', async () => {
    const { text } = await explain([], { list: true });
    for (const word of ['user-unknown', 'greylisted', 'handed-to-filter']) expect(text).toContain(word);
    expect((await explain([], { list: true, json: true })).text.trim().split('\n')).toHaveLength(31);
  });

  it('nothing, a missing file, a mail that is no bounce', async () => {
    await expect(explain([])).rejects.toThrow(UserError);
    await expect(explain(['nothere.eml'])).rejects.toThrow('no such file');
    const plain = join(folder.path, 'plain.eml');
    writeFileSync(plain, 'From: carol@example.org\nTo: alice@example.com\nSubject: lunch\n\nat 5\n');
    expect((await explain([plain])).status).toBe(2);
  });

  it('what was copied out of a report by hand: two lines, or as Notepad saves it', async () => {
    const file = join(folder.path, 'copied.txt');
    const words =
      "Delivery has failed to these recipients or groups:\n\nbob@example.net\nYour message couldn't be delivered because the address couldn't be found.\n";
    writeFileSync(file, words);
    expect(await told([file])).toMatchObject({
      explanations: [{ recipient: 'bob@example.net', reason: 'user-unknown' }],
    });
    expect((await explain([file])).text).not.toContain('unknown.invalid');
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(words, 'utf16le')]));
    expect(await told([file])).toMatchObject({
      explanations: [{ recipient: 'bob@example.net', reason: 'user-unknown' }],
    });
    writeFileSync(file, 'PK\u0003\u0004 word/document.xml');
    await expect(explain([file])).rejects.toThrow(UserError);
  });

  it('what a mail or line holds reaches no terminal', async () => {
    const evil = join(folder.path, 'evil.eml');
    writeFileSync(
      evil,
      'From: MAILER-DAEMON@x\nTo: a@example.com\nSubject: failure\nReturn-Path: <>\n\n<b@example.net>:\n550 5.1.1 \u001b[31mred \u202e user unknown\n\nReceived: from x by y\u001b]0;t\u0007 id 1\nSubject: \u001b[2J\nMessage-ID: <a\u001b@b>\n',
    );
    for (const json of [false, true]) {
      const { text } = await explain([evil], { json });
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    }
    expect((await explain(['550 5.1.1 \u001b[31muser unknown'])).text).not.toContain('\u001b');
  });
});

describe('recorded bounces and their logs', () => {
  // every third: each takes a reading of a log
  const chosen = BOUNCES.filter(({ folder: name }, i) => i % 3 === 0 && logsOf(name).length > 0);

  it.each(chosen)('$folder/$file', async (bounce) => {
    const { explanations, mail, absence } = await told([pathOf(bounce), ...logsOf(bounce.folder)]);
    expect(absence).toBeUndefined();
    expect([undefined, bounce.messageId]).toContain(mail?.messageId);
    expect(mail?.lines.length).toBeGreaterThan(0);
    const names = mail?.recipients.flatMap(({ address, finalAddress }) => [address, finalAddress]);
    for (const { recipient, original } of explanations)
      expect(names?.includes(recipient) === true || names?.includes(original) === true).toBe(true);
  });

  it('tells why from the logs where the bounce keeps it to itself', async () => {
    const bounce = BOUNCES.find(({ file }) => file === 'p4dr-0071-019.eml');
    expect(bounce).toBeDefined();
    if (bounce === undefined) return;
    expect((await told([pathOf(bounce)])).explanations[0]?.reason).toBe('expired');
    const { text } = await explain([pathOf(bounce), ...logsOf('exim')]);
    expect(text).toMatch(/The logs say +Connection refused/);
    expect(text).toMatch(/Reason +network/);
  });

  it('a mail that never went through here: forged, with its evidence', async () => {
    const bounce = BOUNCES.find(({ folder: name }) => name === 'sendmail');
    if (bounce === undefined) throw new Error('no bounce');
    const of = readFileSync(pathOf(bounce), 'utf8').replaceAll('22:51:', '22:31:');
    const forged = join(folder.path, 'forged.eml');
    writeFileSync(forged, of);
    const { absence, mail } = await told([forged, ...logsOf('postfix-two-hosts')]);
    expect(mail).toBeUndefined();
    expect(absence?.verdict).toBe('forged');
    expect(absence?.evidence.join(' ')).toMatch(
      /None of the \d+ messages .* cover the time .* names none of the servers/,
    );
    const { text } = await explain([forged, ...logsOf('postfix-two-hosts')]);
    expect(text).toContain('never went through here');
  });

  it('logs of another time prove nothing', async () => {
    const bounce = BOUNCES.find(({ folder: name }) => name === 'sendmail');
    if (bounce === undefined) throw new Error('no bounce');
    const old = join(folder.path, 'old.eml');
    writeFileSync(old, readFileSync(pathOf(bounce), 'utf8').replaceAll('21 Nov 2026', '21 Oct 2026'));
    expect((await told([old, ...logsOf('postfix-two-hosts')])).absence?.verdict).toBe('unknown');
  });
});

describe('configured logs, and none', () => {
  const [log = ''] = (LOGS['postfix-single'] ?? []).map((each) => each);
  const bounce = BOUNCES.find(({ folder: name }) => name === 'postfix-single');

  async function run(args: readonly string[]): Promise<Told> {
    const logs = join(folder.path, 'postfix-single', log.split('/').at(-1) ?? '');
    const config = join(folder.path, 'config.json');
    writeFileSync(config, JSON.stringify({ sources: [logs] }));
    const io = fakeIo({ now: () => NOW });
    await main(['explain', '--json', '--config', config, ...args], io);
    return JSON.parse(io.stdout.text) as Told;
  }

  it('a bounce is looked for in the logs that the configuration names; --no-logs leaves them', async () => {
    if (bounce === undefined) throw new Error('no bounce');
    expect((await run([pathOf(bounce)])).mail?.messageId).toBe(bounce.messageId);
    expect((await run(['--no-logs', pathOf(bounce)])).mail).toBeUndefined();
  });

  it('a code or an answer reads no log', async () => {
    expect(await run(['5.1.1'])).not.toHaveProperty('mail');
    expect(await run(['550 5.1.1 User unknown'])).not.toHaveProperty('mail');
  });
});

describe('--redact', () => {
  it.each(['--json', '--no-color'])('%s: nobody, no host and no subject of a bounce is left', async (form) => {
    const bounce = BOUNCES.find(({ folder: name }) => name === 'postfix-single');
    if (bounce === undefined) throw new Error('no bounce');
    const { report, explanations } = await told([pathOf(bounce)]);
    const original = report?.original as Record<string, string>;
    const secrets = [original['subject'], original['messageId'], original['sender'], explanations[0]?.recipient]
      .flatMap((each) => (each === undefined ? [] : [each, ...each.split('@')]))
      .map((each) => each.toLowerCase());
    expect(secrets.length).toBeGreaterThan(5);
    const io = fakeIo({ now: () => NOW });
    expect(await main(['explain', '--redact', form, pathOf(bounce), ...logsOf('postfix-single')], io)).toBe(0);
    const text = io.stdout.text.toLowerCase();
    expect(secrets.filter((each) => text.includes(each))).toEqual([]);
    expect(text).toMatch(/user-\w+@(?:host-\w+\.)?dom-\w+\.example/);
    expect(text).toMatch(/timeline|"lines"/);
  });

  it('an answer keeps its codes and its words', async () => {
    const io = fakeIo();
    await main(['explain', '--redact', '550 5.1.1 <bob@corp.test>: user unknown in mx7.corp.test'], io);
    expect(io.stdout.text).toMatch(/550 5\.1\.1 <user-\w+@dom-\w+\.example>: user unknown/);
    expect(io.stdout.text).not.toMatch(/bob|corp/);
  });
});

const shared = resolve(root, process.env['MAILTRACE_SHARED'] ?? 'none', 'truth');

describe.skipIf(!existsSync(shared))('all bounces of all recordings', () => {
  const names = [
    'exim/rich',
    'exim/default',
    'postfix-two-hosts',
    'postfix-single',
    'postfix-rspamd',
    'opensmtpd',
    'postfix-amavis',
    'postfix-dovecot',
    'sendmail',
  ];

  it.each(names)(
    '%s',
    async (name) => {
      const base = join(shared, name);
      const runs = (JSON.parse(readFileSync(join(base, 'recording.json'), 'utf8')) as { runs: { files: string[] }[] })
        .runs;
      const logs = (runs[0]?.files ?? []).map((file) => join(base, file));
      const truth = new Map(
        readFileSync(join(base, 'truth.ndjson'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { id: string; message_id: string })
          .map(({ id, message_id: messageId }) => [id, messageId.replace(/[<>]/g, '')]),
      );
      const wrong: string[] = [];
      for (const file of readdirSync(join(base, 'dsn'))) {
        const path = join(base, 'dsn', file);
        const id = /X-Truth-Id: (\S+)/.exec(readFileSync(path, 'latin1'))?.[1] ?? '';
        const { mail, explanations } = await told([path, ...logs]);
        const isMail = mail !== undefined && (mail.messageId === undefined || mail.messageId === truth.get(id));
        if (!isMail || explanations.length === 0) wrong.push(file);
      }
      expect(wrong).toEqual([]);
    },
    300_000,
  );
});
