/** The built command's reports as cron runs them: killed at any moment, and nothing is missed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { BIN, cli } from '../helpers/cli.ts';
import type { CliResult } from '../helpers/cli.ts';
import { copyFixture, temporaryFolder } from '../helpers/fixtures.ts';

const folder = temporaryFolder();
const cwd = folder.path;
afterAll(folder.remove);

const at = (...names: string[]): string => join(cwd, ...names);

/** A mail that bounced so many minutes ago, in lines of Postfix (fixtures/postfix). */
function bounced(minutesAgo: number): string {
  const stamp = new Date(Date.now() - minutesAgo * 60_000).toISOString().replace('Z', '000+00:00');
  const id = `C2${(4096 + minutesAgo).toString(16).toUpperCase()}2D43`;
  return [
    `pickup[101]: ${id}: uid=1000 from=<alice@example.com>`,
    `qmgr[103]: ${id}: from=<alice@example.com>, size=700, nrcpt=1 (queue active)`,
    `smtp[104]: ${id}: to=<user${minutesAgo}@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=2, delays=0/0/1/1, dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: 550 5.1.1 <user@example.net>: User unknown (in reply to RCPT TO command))`,
    `qmgr[103]: ${id}: removed`,
  ]
    .map((text) => `${stamp} mx postfix/${text}\n`)
    .join('');
}

/** A sendmail that keeps the mail as mail-N, once `first` has run. */
function sendmail(first: string, then = ''): void {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(
    at('bin', 'sendmail'),
    `#!/bin/sh\n${first}\nn=$(ls '${at('box')}' | wc -l)\ncat > '${at('box')}'/mail-$n\n${then}\n`,
  );
  chmodSync(at('bin', 'sendmail'), 0o755);
}

const ENV = { XDG_STATE_HOME: at('state'), PATH: `${at('bin')}:/usr/bin:/bin` };
const LAST = ['report', 'bounces', '--since', 'last-run', '--state', 'daily', '--mail-to', 'ops@example.com'];
const report = (...more: string[]): CliResult => cli([...LAST, ...more, 'mail.log'], { cwd, env: ENV });

async function mailed(): Promise<string[][]> {
  const mails = readdirSync(at('box')).toSorted();
  const texts = await Promise.all(
    mails.map(async (name) => (await PostalMime.parse(readFileSync(at('box', name)))).text ?? ''),
  );
  return texts.map((text) => [...new Set(text.match(/user\d+@example\.net/g))].toSorted());
}

beforeEach(() => {
  for (const name of ['state', 'box', 'bin', 'mail.log']) rmSync(at(name), { recursive: true, force: true });
  mkdirSync(at('box'));
  writeFileSync(at('mail.log'), bounced(90) + bounced(60));
});

describe('report --since last-run, killed', () => {
  test('before the mail is taken: the next run tells the same period', async () => {
    sendmail('kill -9 $PPID; exit 1');
    expect(report().status).toBeNull();
    expect(existsSync(at('state', 'mailtrace', 'daily.json'))).toBe(false);
    expect(existsSync(at('state', 'mailtrace', 'daily.lock'))).toBe(true);
    sendmail(':');
    expect(report()).toEqual({ status: 0, out: '', err: '' });
    expect(await mailed()).toEqual([['user60@example.net', 'user90@example.net']]);
    expect(readdirSync(at('state', 'mailtrace'))).toEqual(['daily.json']);
  });

  test('between the delivery and the state: the period is told twice, never missed', async () => {
    sendmail(':', 'kill -9 $PPID');
    expect(report().status).toBeNull();
    sendmail(':');
    expect(report().status).toBe(0);
    writeFileSync(at('mail.log'), bounced(3), { flag: 'a' });
    expect(report().status).toBe(0);
    const all = ['user60@example.net', 'user90@example.net'];
    expect((await mailed()).slice(0, 2)).toEqual([all, all]);
  });

  test('at moments that nobody chose: each bounce is in some mail, and the state is never half', async () => {
    sendmail(':');
    for (const wait of ['0.05', '0.15', '0.25', '0.35', '0.45']) {
      const { status } = spawnSync('timeout', ['-s', 'KILL', wait, process.execPath, BIN, ...LAST, 'mail.log'], {
        cwd,
        env: ENV,
      });
      const state = at('state', 'mailtrace', 'daily.json');
      if (existsSync(state)) expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ v: 1, report: 'bounces' });
      else expect(status).not.toBe(0);
    }
    expect(report()).toMatchObject({ status: 0, err: '' });
    expect([...new Set((await mailed()).flat())].toSorted()).toEqual(['user60@example.net', 'user90@example.net']);
    expect(readdirSync(at('state', 'mailtrace')).filter((name) => !/^daily\.lock\.\d+$/.test(name))).toEqual([
      'daily.json',
    ]);
  });

  test('while another runs: it says so and does nothing', async () => {
    const second = at('second');
    sendmail(
      `'${process.execPath}' '${BIN}' ${LAST.join(' ')} mail.log > '${second}' 2>&1; echo "status $?" >> '${second}'`,
    );
    expect(report()).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(second, 'utf8')).toMatch(
      /^mailtrace: .*daily\.lock: another run of this report is at work \(process \d+, since .*\)\nhelp: .*\nstatus 2\n$/,
    );
    expect(await mailed()).toHaveLength(1);
  });
});

describe('a report is handed over', () => {
  test('as a file whose ending says what it is, or whole to standard output', () => {
    copyFixture('postfix/single.mail.log', cwd);
    const run = (...args: string[]): CliResult => cli(['report', 'traffic', ...args, 'single.mail.log'], { cwd });
    expect(run('--output', 'traffic.html')).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(at('traffic.html'), 'utf8')).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
    expect(run('--output', 'traffic.json').status).toBe(0);
    expect(JSON.parse(readFileSync(at('traffic.json'), 'utf8'))).toMatchObject({ v: 1, report: 'traffic' });
    expect(run('--output', '-').out).toBe(run().out);
    const refused = run('--output', 'box');
    expect(refused.status).toBe(2);
    expect(refused.err).toMatch(/box: it is a folder\n/);
  });

  test('as a mail with both forms; what does not go together is said before anything is read', async () => {
    sendmail(':');
    const run = (...args: string[]): CliResult => cli(['report', 'bounces', ...args, 'mail.log'], { cwd, env: ENV });
    expect(run('--mail-to', 'ops@example.com', '--mail-from', 'reports@example.com')).toEqual({
      status: 0,
      out: '',
      err: '',
    });
    const mail = await PostalMime.parse(readFileSync(at('box', 'mail-0')));
    expect(mail.subject).toMatch(/^mailtrace report bounces, .*: 2 recipients whose mail came back$/);
    expect(mail.from?.address).toBe('reports@example.com');
    expect(mail.text).toContain('user60@example.net');
    expect(mail.html).toMatch(/^<!DOCTYPE html>[\s\S]*user60@<wbr>example\.net/);
    expect(run('--mail-to', 'a b@example.com').err).toMatch(/^mailtrace: --mail-to: 'a b@example\.com' is no address/);
    expect(run('--mail-from', 'a@example.com').err).toMatch(/^mailtrace: --mail-from: nothing is mailed/);
    expect(run('--mail-to', 'a@example.com', '--format', 'csv').err).toMatch(
      /^mailtrace: --format: a mailed report is text and HTML/,
    );
    expect(run('--state', 'x').err).toMatch(/^mailtrace: --state: /);
    expect(run('--fail-over', 'x').status).toBe(2);
    expect(readdirSync(at('box'))).toHaveLength(1);
  });
});
