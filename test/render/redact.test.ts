/** Pseudonyms: every form in which a log writes a person, a host or a subject. */
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/render/redact/index.ts';
import { aHop, aMessage, aRecipient } from './messages.ts';

const redactor = new Redactor({ key: Buffer.from('key'), keepsHosts: false });
const ofUsers = new Redactor({ key: Buffer.from('key'), keepsHosts: true });
const USER = 'user-[a-z2-9]{7}';
const HOST = '(?:host-[a-z2-9]{7}\\.)*dom-[a-z2-9]{7}\\.example';

/** The token of a local part, and of a domain. */
const user = (local: string): string => redactor.text(`<${local}@x.example>`).slice(1).replace(/@.*/, '');
const host = (name: string): string => redactor.text(`connect to ${name} failed`).split(' ')[2] ?? '';

describe('the same person has the same token, however an address is written', () => {
  test.each([
    ['<bob@example.com>', '<BOB@example.com>'],
    ['to=<bob@example.com>', 'rcpt=bob@example.com'],
    ['"bob"@example.com', 'bob@example.com'],
    ['mailto:bob@example.com', "'bob@example.com'"],
    ['http://x.example/?id=bob%40example.com', 'rfc822;bob+40example.com'],
    ['SRS0=abcd=2x=example.com=bob@relay.example', 'bounce-list=example.com=bob@example.com'],
    ['prvs=1234567abc=bob@example.com', 'btv1==123==bob@example.com'],
    ['bob%example.com@relay.example', 'example.com!bob@relay.example'],
    ['bob+news@example.com', 'bob@[192.0.2.7]'],
  ])('%s and %s', (a, b) => {
    for (const text of [a, b]) {
      const out = redactor.text(text);
      expect(out).toContain(user('bob'));
      expect(out).not.toMatch(/bob|example\.com/i);
    }
  });

  test('folding and schemes are left to be seen', () => {
    expect(redactor.text('<bob+news@example.com>')).toMatch(new RegExp(`^<${USER}\\+${USER}@${HOST}>$`));
    expect(redactor.text('<SRS0=abcd=2x=example.com=bob@relay.example>')).toMatch(
      new RegExp(`^<SRS0=[a-z2-9]{7}=[a-z2-9]{7}=${HOST}=${USER}@${HOST}>$`),
    );
    expect(redactor.text('from=<>')).toBe('from=<>');
  });
});

test.each([
  ['unknown[192.0.2.7]', /^unknown\[2[45]\d\.\d+\.\d+\.\d+\]$/],
  ['[2001:DB8:0:1::7]:25', /^\[2001:db8(?::[\da-f]{1,4}){6}\]:25$/],
  ['IPv6:fe80::1%eth0 said', /^IPv6:2001:db8:[\da-f:]+ said$/],
  ['127.0.0.1[127.0.0.1]:10024', /^127\.\d+\.\d+\.\d+\[127\.\d+\.\d+\.\d+\]:10024$/],
  ['10.1.2.3, 172.16.9.9, 192.168.1.1', /^10\.\d+\.\d+\.\d+, 172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+, 192\.168\.\d+\.\d+$/],
  ['4.3.2.1.zen.example.org listed', new RegExp(`^${HOST} listed$`)],
  ['helo=<bobs-pc>', /^helo=<host-[a-z2-9]{7}>$/],
  ['EHLO laptop', /^EHLO host-[a-z2-9]{7}$/],
  ['connect from wks12[10.0.0.1]', /^connect from host-[a-z2-9]{7}\[10\.[\d.]+\]$/],
  ['H=(wks12) [192.0.2.1]', /^H=\(host-[a-z2-9]{7}\) \[2[45]\d[\d.]+\]$/],
  ['220 mx.example.org ESMTP ready', new RegExp(`^220 ${HOST} ESMTP ready$`)],
  ['A=login:bob', new RegExp(`^A=login:${USER}$`)],
  ['sasl_username=bob,', new RegExp(`^sasl_username=${USER},$`)],
  ['lmtp(bob)<812><x>: saved', new RegExp(`^lmtp\\(${USER}\\)<812><x>: saved$`)],
  ['message-id=<abc123>', new RegExp(`^message-id=<${USER}>$`)],
  ['AUTH PLAIN AGJvYgBzZWNyZXQ=', /^AUTH PLAIN text-[a-z2-9]{7}$/],
  [`digest ${Buffer.from('bob@example.com').toString('hex')}`, /^digest text-[a-z2-9]{7}$/],
  ['delivered to /home/bob/Maildir/new', new RegExp(`^delivered to /home/${USER}/Maildir/new$`)],
])('%s', (text, expected) => {
  expect(redactor.text(text)).toMatch(expected);
});

test.each([
  'status=sent (250 2.0.0 Ok: queued as 4bXkWz1HqGz2xQr)',
  'delay=0.05, delays=0.03/0/0/0.01, dsn=5.1.1',
  'postfix/smtpd[812]: warning: table hash:/etc/postfix/main.cf',
  'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
  '22:31:18 1xUhBW-00055a-1F Completed',
])('words, ids, times and codes stay: %s', (text) => {
  expect(redactor.text(text)).toBe(text);
});

describe('a message', () => {
  const message = aMessage({
    sender: 'ann.berg@example.net',
    from: '"Ann Berg" <ann.berg@example.net>',
    subject: 'Invoice for Bob',
    messageId: '1234@mx.example.net',
    client: { ip: '192.0.2.7', name: 'mail.example.net', helo: 'annspc', user: 'ann.berg' },
    hops: [aHop({ host: 'mx1', queueId: '4bXkWz1HqGz2xQr' })],
    recipients: [
      aRecipient({ address: 'bob@example.com', reply: '550 5.1.1 <bob@example.com> bob is gone; Invoice for Bob' }),
    ],
  });
  const line = (text: string): string =>
    redactor
      .lines([{ file: '/var/log/mail.log', line: 1, host: 'mx1', bytes: Buffer.from(text) }], message)
      .map(({ bytes }) => Buffer.from(bytes).toString())
      .join('');

  test('is given pseudonyms in every field, and stays otherwise', () => {
    const out = redactor.message(message);
    expect(JSON.stringify({ ...out, id: '' })).not.toMatch(/ann|berg|bob|invoice|example\.(?:com|net)|192\.0\.2|mx1/i);
    expect(out.sender).toMatch(new RegExp(`^${USER}@${HOST}$`));
    expect(out.client?.user).toBe(out.sender?.replace(/@.*/, ''));
    expect(out.hops[0]?.queueId).toBe('4bXkWz1HqGz2xQr');
    expect({ ...out, id: 0 }).toMatchObject({ state: message.state, kind: message.kind, time: message.time });
    expect(message.sender).toBe('ann.berg@example.net');
  });

  test('its raw lines have the same tokens, wherever its names stand', () => {
    const { sender = '', subject = '' } = redactor.message(message);
    const [ann = ''] = sender.split('@');
    expect(line('Nov 21 09:15:02 mx1 x[1]: maildir of ann.berg is /srv/bob-old')).toBe(
      `Nov 21 09:15:02 ${redactor.message(message).hops[0]?.host ?? ''} x[1]: maildir of ${ann} is /srv/${user('bob')}-old`,
    );
    const header = 'header Subject: =?utf-8?Q?Invoice_for_Bob?= from mail.example.net[192.0.2.7]; from=<x@y.example>';
    expect(line(header)).toContain(`header Subject: ${subject} from ${host('mail.example.net')}[`);
    expect(line('<= a@b.example T="Invoice for Bob" x')).toContain(`T="${subject}"`);
  });

  test('bytes that are no UTF-8 stay what they are', () => {
    const bytes = Buffer.from('to=<bob@example.com> gr\xfc\xdfe', 'latin1');
    const [out] = redactor.lines([{ file: '-', line: 1, bytes }], message);
    expect(Buffer.from(out?.bytes ?? []).toString('latin1')).toMatch(/^to=<user-\w+@\S+> gr\xfc\xdfe$/);
  });

  test('JSON lines stay JSON; byte arrays of journald are read', () => {
    const text = 'to=<bob@example.com>';
    const object = {
      _HOSTNAME: 'mx1',
      MESSAGE: text,
      __CURSOR: 's=1',
      bytes: [...Buffer.from(text)],
      user: 'bob',
      n: 7,
    };
    const out = JSON.parse(line(JSON.stringify(object))) as typeof object;
    expect(out.MESSAGE).toBe(Buffer.from(out.bytes).toString());
    expect(out.user).toBe(user('bob'));
    expect(out.n).toBe(7);
    expect(JSON.stringify(out)).not.toMatch(/bob|mx1|example\.com/);
  });

  test('--redact=users: domains and hosts stay, people and IP addresses do not', () => {
    const out = ofUsers.message(message);
    expect(out.sender).toMatch(new RegExp(`^${USER}@example\\.net$`));
    expect(out.hops[0]?.host).toBe('mx1');
    expect(out.client?.name).toBe('mail.example.net');
    expect(JSON.stringify(out)).not.toMatch(/ann\.berg|bob|invoice|192\.0\.2/i);
    expect(ofUsers.text('from dsl-192-0-2-7.isp.example')).toMatch(/^from host-[a-z2-9]{7}\.isp\.example$/);
  });
});

test('hostile text: runs without end are read once', () => {
  for (const text of [
    'a'.repeat(60_000),
    'a.'.repeat(30_000),
    '@'.repeat(60_000),
    '<'.repeat(60_000),
    'x=?'.repeat(20_000),
    'T="\\'.repeat(10_000),
  ]) {
    const begun = performance.now();
    redactor.text(text);
    expect(performance.now() - begun).toBeLessThan(5000);
  }
});
