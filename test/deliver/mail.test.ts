/** Mailed reports: the message, the sendmail command, an SMTP server; addresses that would do harm. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailAddressesOf, smtpServerOf, usualSender } from '../../src/deliver/mail-address.ts';
import { mailMessage } from '../../src/deliver/mail-message.ts';
import { sendBySendmail } from '../../src/deliver/sendmail.ts';
import { sendBySmtp } from '../../src/deliver/smtp.ts';

const MAIL = {
  from: 'reports@example.com',
  to: ['ops@example.com', 'boss@example.org'],
  subject: 'mailtrace report bounces, 2026-11-20: 31 recipients – Ärger',
  text: 'Bounces\n.\nFrom here ’tis text\n',
  html: `<!DOCTYPE html><p>Bounces ’${'x'.repeat(5000)}`,
  date: new Date(Date.UTC(2026, 10, 21, 6)),
};

describe('the message', () => {
  test('has both forms, and the headers of a mail that nobody should answer', async () => {
    const bytes = await mailMessage(MAIL, 'LF');
    expect(bytes.includes('\r')).toBe(false);
    const lines = bytes.toString('latin1').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(998);
    const read = await PostalMime.parse(bytes);
    expect(read.from).toEqual({ name: 'mailtrace', address: 'reports@example.com' });
    expect(read.to?.map(({ address }) => address)).toEqual(MAIL.to);
    expect(read.subject).toBe(MAIL.subject);
    expect(read.date).toBe('2026-11-21T06:00:00.000Z');
    expect(read.messageId).toMatch(/^<mailtrace\.1795240800000\.[0-9a-f]{16}@example\.com>$/);
    expect(read.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    expect(read.headers.find(({ key }) => key === 'content-type')?.value).toMatch(/^multipart\/alternative/);
    expect(read.text?.trimEnd()).toBe(MAIL.text.trimEnd());
    expect(read.html?.trimEnd()).toBe(MAIL.html);
    expect(lines.findIndex((line) => /text\/plain/.test(line))).toBeLessThan(
      lines.findIndex((line) => /text\/html/.test(line)),
    );
  });

  test('a subject begins no other header', async () => {
    const subject = `31\r\nBcc: evil@example.net\n\nbody \u0000 \u202e`;
    const read = await PostalMime.parse(await mailMessage({ ...MAIL, subject }, 'CRLF'));
    expect(read.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(read.subject).toBe(String.raw`31\x0d\x0aBcc: evil@example.net\x0a\x0abody \x00 \u202e`);
    expect(read.text).toContain('Bounces');
  });
});

describe('addresses', () => {
  test('as people type them', () => {
    expect(mailAddressesOf(['ops@example.com, <boss+x@example.org>', 'ops@example.com'], '--mail-to', false)).toEqual([
      'ops@example.com',
      'boss+x@example.org',
    ]);
    expect(mailAddressesOf(['root', 'ops@bücher.example'], '--mail-to', true)).toEqual([
      'root',
      'ops@xn--bcher-kva.example',
    ]);
    expect(usualSender('root', 'mx.example.com\n')).toBe('root@mx.example.com');
    expect(usualSender('a\r\nb c', 'x\r\ny')).toBe('abc@xy');
  });

  test.each([
    '',
    '-oQ/tmp@example.com',
    '-X/tmp/log',
    'a@b@c',
    'a b@example.com',
    'a@example.com\r\nBcc: x@y.example',
    'a\u0000@example.com',
    '"a b"@example.com',
    'a@exa mple.com',
    'a@-example.com',
    'a@',
    '@example.com',
    'a..b@example.com',
    'a.@example.com',
    `${'a'.repeat(65)}@example.com`,
    '|cat@example.com',
    '|cat',
    '/etc/passwd',
    ':include:/x',
    'a@example.com>',
    'ops@example.com <x@y.example>',
  ])('%j is none', (typed) => {
    expect(() => mailAddressesOf([typed], '--mail-to', true)).toThrow(/^--mail-to: /);
  });

  test('a name alone is for the local server only', () => {
    expect(() => mailAddressesOf(['root'], '--mail-to', false)).toThrow(/'root' has no domain/);
  });

  test('servers', () => {
    const typed = ['mail.example.com', 'mail.example.com:587', '[2001:db8::1]:465', '2001:db8::1', '127.0.0.1:2525'];
    expect(typed.map((one) => Object.values(smtpServerOf(one, '--smtp')).join(' '))).toEqual([
      'mail.example.com 25',
      'mail.example.com 587',
      '2001:db8::1 465',
      '2001:db8::1 25',
      '127.0.0.1 2525',
    ]);
    for (const wrong of ['', 'a b', 'host:0', 'host:99999', 'host:x', '-x', 'smtp://host'])
      expect(() => smtpServerOf(wrong, '--smtp'), wrong).toThrow(/is no server/);
  });
});

describe('the sendmail command', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailtrace-sendmail-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const command = (script: string): void => {
    writeFileSync(join(folder, 'sendmail'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'sendmail'), 0o755);
  };
  const send = (request: { from?: string; to: string[] }): Promise<void> =>
    sendBySendmail(Buffer.from('Subject: x\n\nbody\n.\nmore\n'), request, { PATH: `relative:${folder}:/usr/bin:/bin` });

  test('gets the mail, the sender and the recipients behind --', async () => {
    command(`cat > '${folder}/mail'; printf '%s\\n' "$@" > '${folder}/args'`);
    await send({ from: 'reports@example.com', to: ['ops@example.com', 'root'] });
    expect(readFileSync(join(folder, 'mail'), 'utf8')).toBe('Subject: x\n\nbody\n.\nmore\n');
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('-i\n-f\nreports@example.com\n--\nops@example.com\nroot\n');
    await send({ to: ['ops@example.com'] });
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('-i\n--\nops@example.com\n');
  });

  test('that refuses is an error with its words, also where it does not read', async () => {
    command(`echo 'sendmail: fatal: queue full' >&2; exit 75`);
    await expect(send({ to: ['ops@example.com'] })).rejects.toThrow(
      `${folder}/sendmail: exit status 75: sendmail: fatal: queue full`,
    );
    command('kill -9 $$');
    await expect(send({ to: ['ops@example.com'] })).rejects.toThrow('it was ended (SIGKILL)');
  });
});

/** A server for one session: answers as told, keeps what it hears. */
function server(
  answers: (line: string) => string | undefined,
): Promise<{ port: number; heard: string[]; close: () => void }> {
  const heard: string[] = [];
  const listener = createServer((socket) => {
    let isData = false;
    let rest = '';
    socket.write('220 test ESMTP\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        heard.push(line);
        if (isData && line !== '.') continue;
        isData = line === 'DATA';
        const usual = isData
          ? '354 go on'
          : line.startsWith('EHLO')
            ? '250 test'
            : line === 'QUIT'
              ? '221 bye'
              : '250 ok';
        const answer = answers(line) ?? usual;
        if (answer === '') socket.destroy();
        else socket.write(`${answer}\r\n`);
      }
    });
  });
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      resolve({ port: (listener.address() as AddressInfo).port, heard, close: () => listener.close() });
    });
  });
}

describe('an SMTP server', () => {
  const send = async (answers: (line: string) => string | undefined): Promise<string[]> => {
    const { port, heard, close } = await server(answers);
    try {
      const message = Buffer.from('Subject: x\r\n\r\nbody\r\n.\r\nmore\r\n');
      await sendBySmtp(message, { server: { host: '127.0.0.1', port }, from: MAIL.from, to: MAIL.to });
      return heard;
    } finally {
      close();
    }
  };

  test('gets envelope and mail', async () => {
    const heard = await send(() => undefined);
    expect(heard.filter((line) => /^(?:MAIL|RCPT|DATA)/.test(line))).toEqual([
      'MAIL FROM:<reports@example.com>',
      'RCPT TO:<ops@example.com>',
      'RCPT TO:<boss@example.org>',
      'DATA',
    ]);
    const mail = heard.slice(heard.indexOf('DATA') + 1);
    expect(mail.slice(0, 6)).toEqual(['Subject: x', '', 'body', '..', 'more', '.']);
  });

  test.each([
    [
      'a sender that is refused',
      (line: string) => (line.startsWith('MAIL') ? '550 5.7.1 not you' : undefined),
      /550 5\.7\.1 not you/,
    ],
    [
      'one recipient of two',
      (line: string) => (line.includes('boss') ? '550 5.1.1 no such user' : undefined),
      /refused for some recipients: boss@example\.org: 550 5\.1\.1 no such user/,
    ],
    [
      'all recipients',
      (line: string) => (line.startsWith('RCPT') ? '451 4.7.1 come back later' : undefined),
      /451 4\.7\.1 come back later/,
    ],
    ['the data', (line: string) => (line === '.' ? '452 4.3.1 disk full' : undefined), /452 4\.3\.1 disk full/],
    ['a connection that breaks', (line: string) => (line === '.' ? '' : undefined), /127\.0\.0\.1:\d+: /],
  ])('%s is an error', async (_name, answers, told) => {
    await expect(send(answers)).rejects.toThrow(told);
  });

  test('that is not there', async () => {
    const { port, close } = await server(() => undefined);
    close();
    const request = { server: { host: '127.0.0.1', port }, from: MAIL.from, to: MAIL.to };
    await expect(sendBySmtp(Buffer.from('x'), request)).rejects.toThrow(/ECONNREFUSED/);
  });

  test('that asks for a login gets it', async () => {
    const { port, heard, close } = await server((line) =>
      line.startsWith('EHLO') ? '250-test\r\n250 AUTH PLAIN' : undefined,
    );
    const login = { user: 'u', password: 'secret' };
    await sendBySmtp(Buffer.from('x\r\n'), {
      server: { host: '127.0.0.1', port },
      login,
      from: MAIL.from,
      to: MAIL.to,
    });
    close();
    expect(heard.some((line) => line.startsWith('AUTH PLAIN'))).toBe(true);
  });
});
