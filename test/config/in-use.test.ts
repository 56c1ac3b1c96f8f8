/** What a configuration changes in what the commands print. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import type { Message } from '../../src/model/message.ts';
import { temporaryFolder } from '../helpers/fixtures.ts';
import { fakeIo } from '../helpers/io.ts';

const folder = temporaryFolder();
const cwd = folder.path;
afterAll(folder.remove);

let n = 0;

async function mailtrace(config: string, log: string, ...args: string[]): Promise<{ out: string; err: string }> {
  const name = String(n++);
  writeFileSync(join(cwd, `${name}.yaml`), config);
  writeFileSync(join(cwd, `${name}.log`), log);
  const io = fakeIo({ cwd });
  await main([...args, '--config', join(cwd, `${name}.yaml`), `${name}.log`], io);
  return { out: io.stdout.text, err: io.stderr.text };
}

async function only(config: string, log: string): Promise<Message> {
  const { out } = await mailtrace(config, log, 'search', '--json');
  const messages = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
  expect(messages).toHaveLength(1);
  return messages[0] as Message;
}

/** Shapes of smtpd.c, cleanup_message.c, qmgr_message.c, log_adhoc.c; one line a delivery. */
const mail = (client: string, ...deliveries: string[]): string =>
  [
    `smtpd[812]: 3F1A20B77C: client=${client}`,
    'cleanup[815]: 3F1A20B77C: message-id=<m1@example.net>',
    `qmgr[700]: 3F1A20B77C: from=<ann@example.net>, size=2048, nrcpt=${deliveries.length} (queue active)`,
    ...deliveries.map((to) => `3F1A20B77C: ${to}`).map((text) => `smtp[820]: ${text}`),
    'qmgr[700]: 3F1A20B77C: removed',
  ]
    .map((text) => `2026-11-21T09:15:02.000Z mx1 postfix/${text}\n`)
    .join('');

const sent = (address: string): string =>
  `to=<${address}>, relay=mx.example.org[198.51.100.25]:25, delay=0.9, delays=0.1/0.01/0.3/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 7C1D55A0E2)`;

describe('added', () => {
  const config = 'domains: [example.com]\nadded: [Archive@vault.example]\n';
  const log = mail('mail.example.net[192.0.2.7]', sent('archive@vault.example'), sent('bob@example.com'));

  test('a copy for the archive is marked, and makes neither the direction nor the count', async () => {
    const message = await only(config, log);
    expect(message.recipients.map(({ address, added }) => [address, added])).toEqual([
      ['archive@vault.example', 'bcc'],
      ['bob@example.com', undefined],
    ]);
    expect(message.direction).toBe('inbound');
    expect((await only('domains: [example.com]\n', log)).direction).not.toBe('inbound');
    const count = async (text: string): Promise<unknown> =>
      (JSON.parse((await mailtrace(text, log, 'search', '--count', '--json')).out) as { recipients: number })
        .recipients;
    expect(await count(config)).toBe(1);
    expect(await count('{}')).toBe(2);
  });

  test('it is not in the table, but where it was searched for', async () => {
    expect((await mailtrace(config, log, 'search')).out).not.toContain('archive@');
    expect((await mailtrace(config, log, 'search', '-r', 'archive@vault.example')).out).toContain('archive@');
  });

  test('mail to the archive alone was addressed to it', async () => {
    const message = await only(config, mail('mail.example.net[192.0.2.7]', sent('archive@vault.example')));
    expect(message.recipients[0]?.added).toBeUndefined();
    expect(message.direction).toBe('transit');
  });

  test('one that the log names as typed is none', async () => {
    const exim = [
      '2026-11-21 09:15:02 1vMHdW-000000001Kj-2Qk5 <= ann@example.net H=mail.example.net [192.0.2.7] P=esmtp S=900 id=m1@example.net for bob@example.com archive@vault.example\n',
      ...['bob@example.com', 'archive@vault.example'].map(
        (to) =>
          `2026-11-21 09:15:03 1vMHdW-000000001Kj-2Qk5 => ${to} R=dnslookup T=remote_smtp H=mx.example.org [198.51.100.25] C="250 OK"\n`,
      ),
      '2026-11-21 09:15:03 1vMHdW-000000001Kj-2Qk5 Completed\n',
    ].join('');
    expect((await only(config, exim)).recipients.map(({ added }) => added)).toEqual([undefined, undefined]);
    const shadow = exim.replace(' archive@vault.example\n', '\n');
    expect((await only(config, shadow)).recipients.map(({ added }) => added)).toEqual([undefined, 'bcc']);
  });
});

describe('json', () => {
  const record = (line: string, i: number): string =>
    JSON.stringify({ message: 'of the collector', at: `2026-11-21T09:15:0${i}Z`, node: 'mx7', payload: { raw: line } });
  const lines = (program: string): string =>
    [
      '3F1A20B77C: client=mail.example.net[192.0.2.7]',
      '3F1A20B77C: message-id=<m1@example.net>',
      '3F1A20B77C: from=<ann@example.net>, size=2048, nrcpt=1 (queue active)',
      `3F1A20B77C: ${sent('bob@example.com')}`,
      '3F1A20B77C: removed',
    ]
      .map((text, i) => `${record(`${program}/${['smtpd', 'cleanup', 'qmgr', 'smtp', 'qmgr'][i]}[812]: ${text}`, i)}\n`)
      .join('');

  test('the configuration tells where a collector has the line, its time and its host', async () => {
    const message = await only('json: [{ text: payload.raw, time: at, host: node }]\n', lines('postfix'));
    expect(message).toMatchObject({ time: '2026-11-21T09:15:00.000+00:00', messageId: 'm1@example.net' });
    expect(message.hops).toMatchObject([{ host: 'mx7', queueId: '3F1A20B77C' }]);
    expect(message.recipients).toMatchObject([{ address: 'bob@example.com', status: 'relayed' }]);
  });

  test('of the sources that it is for alone; the last that fits holds', async () => {
    const none = await mailtrace("json: [{ source: '*.json', text: payload.raw }]\n", lines('postfix'), 'search');
    expect(none.out).toBe('');
    const config = "json: [{ text: nothing }, { source: '*.log', text: payload.raw, time: at, host: node }]\n";
    expect((await only(config, lines('postfix'))).recipients).toHaveLength(1);
  });

  test('what is wrong is told', async () => {
    const { err } = await mailtrace('json: [{ time: at }]\n', lines('postfix'), 'search');
    expect(err).toMatch(/\.yaml:1: json\.0\.text: /);
  });
});

describe('show says what decided the direction', () => {
  const log = mail('mail.example.net[192.0.2.7]', sent('bob@sub.example.com'));
  const direction = async (config: string, text = log): Promise<string | undefined> =>
    /^Direction +(.*(?:\n {12}.*)*)/m
      .exec((await mailtrace(config, text, 'show', '3F1A20B77C')).out)?.[1]
      ?.replaceAll(/\s+/g, ' ');

  test('the domains and networks of the configuration, by name', async () => {
    expect(await direction('domains: [example.org, .example.com]\nnetworks: [198.51.100.0/24]\n')).toBe(
      'inbound: .example.com is a configured domain and 192.0.2.7 is in none of the configured networks.',
    );
    expect(await direction('domains: [example.org]\nnetworks: [198.51.100.0/24, 192.0.2.0/24]\n')).toBe(
      'outbound: sub.example.com is no configured domain and 192.0.2.7 is in the configured network 192.0.2.0/24.',
    );
  });

  test('without one the lines of the mail', async () => {
    expect(await direction('{}')).toBe('inbound: it was accepted from a stranger and the client did not log in.');
    expect(
      await direction('{}', mail('laptop[192.0.2.7], sasl_method=PLAIN, sasl_username=ann', sent('bob@b.example'))),
    ).toBe('outbound: another server took it or was to take it and the client logged in.');
    expect(await direction('{}', mail('relay[10.0.0.7]', sent('bob@b.example')))).toContain('unknown: ');
  });

  test('a mail that was refused too', async () => {
    const refused =
      '2026-11-21T09:15:02.000Z mx1 postfix/smtpd[812]: NOQUEUE: reject: RCPT from mail.example.net[192.0.2.7]: 550 5.1.1 <eve@example.com>: Recipient address rejected: User unknown; from=<ann@example.net> to=<eve@example.com> proto=ESMTP helo=<mail.example.net>\n';
    expect((await only('domains: [example.com]\n', refused)).direction).toBe('inbound');
    expect((await only('{}', refused)).direction).toBe('unknown');
  });
});
