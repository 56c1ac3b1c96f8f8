/** What of a mail may be seen: by recipient, by a sender that is proven, and in each way that a line names several people. */
import { describe, expect, test } from 'vitest';
import type { Message, Recipient } from '../../src/model/message.ts';
import { Scope } from '../../src/scope/index.ts';

const own = { isNetwork: (ip: string) => ip.startsWith('192.0.2.') };
const scope = new Scope({ domains: [['in.example', '.below.example']], own });

const to = (address: string, more: Partial<Recipient> = {}): Recipient => ({
  address,
  status: 'relayed',
  direction: 'inbound',
  time: 1000,
  ...more,
});

function mail(recipients: Recipient[], more: Partial<Message> = {}): Message {
  return {
    v: 1,
    id: 'one',
    kind: 'mail',
    time: 1000,
    lastTime: 9000,
    state: 'open',
    direction: 'inbound',
    sender: 'sue@far.example',
    verdicts: [],
    hops: [],
    recipients,
    notes: [],
    links: [{ type: 'bounced-by', id: 'two' }],
    ...more,
  };
}

/** The text of a raw line under the scope. */
function seen(line: string, message: Message): string | undefined {
  const shown = scope.message(message);
  if (shown === undefined) return undefined;
  const [raw] = scope.lines([{ file: 'mail.log', line: 1, bytes: Buffer.from(line) }], shown);
  return raw === undefined ? undefined : Buffer.from(raw.bytes).toString();
}

describe('a recipient', () => {
  test('within makes the mail seen; others of it are not, nor what follows from them', () => {
    const shown = scope.message(
      mail([to('al@in.example'), to('canary@out.example', { status: 'deferred', time: 9000 })], {
        unnamedRecipients: 3,
      }),
    );
    expect(shown?.recipients).toEqual([to('al@in.example')]);
    expect(shown).toMatchObject({ lastTime: 1000, state: 'complete', links: [] });
    expect(shown).not.toHaveProperty('unnamedRecipients');
  });

  test.each([
    ['AL@IN.EXAMPLE', true],
    ['al@sub.in.example', false],
    ['al@below.example', true],
    ['al@deep.below.example', true],
    ['al@notbelow.example', false],
    ['al@in.example.out.example', false],
    ['al@in.example.', true],
    ['al', false],
    ['@in.example', false],
    ['in.example', false],
  ])('%s is within: %s', (address, isWithin) => {
    expect(scope.message(mail([to(address)])) !== undefined).toBe(isWithin);
  });

  test('whose mail went on elsewhere keeps its own address alone', () => {
    const shown = scope.message(
      mail([to('al@in.example', { finalAddress: 'canary@out.example', via: ['mid@out.example'] })]),
    );
    expect(JSON.stringify({ ...shown, hidden: [] })).not.toMatch(/canary|mid@/);
  });

  test('that an address outside led to is seen without it', () => {
    const [one] = scope.message(mail([to('list@out.example', { finalAddress: 'al@in.example' })]))?.recipients ?? [];
    expect(one).toMatchObject({ finalAddress: 'al@in.example' });
    expect(one).not.toHaveProperty('address');
  });

  test('is told an answer without the names of others', () => {
    const shown = scope.message(
      mail([to('al@in.example', { reply: 'host said: 550 <canary@out.example>, al@in.example: no' })]),
    );
    expect(shown?.recipients[0]?.reply).toBe('host said: 550 <hidden>, al@in.example: no');
  });

  test('is shown verdicts of its own, and no other login', () => {
    const verdict = { time: 1, engine: 'amavis', action: 'accepted' as const };
    const shown = scope.message(
      mail([to('al@in.example'), to('canary@out.example')], {
        client: { ip: '203.0.113.1', user: 'canary@out.example' },
        verdicts: [
          { ...verdict, recipients: ['al@in.example', 'canary@out.example'] },
          { ...verdict, recipients: ['canary@out.example'] },
        ],
      }),
    );
    expect(shown?.verdicts).toEqual([{ ...verdict, recipients: ['al@in.example'] }]);
    expect(shown?.client).toEqual({ ip: '203.0.113.1' });
  });
});

describe('a sender within', () => {
  const from = (client: Message['client']): Message | undefined =>
    scope.message(
      mail([to('x@out.example'), to('copy@out.example', { added: 'bcc' })], {
        sender: 'al@in.example',
        ...(client && { client }),
      }),
    );

  test.each([
    ['that logged in', { ip: '203.0.113.1', user: 'al' }, true],
    ['that logged in by its address', { ip: '203.0.113.1', user: 'al@in.example' }, true],
    ['from a network of ours', { ip: '192.0.2.9' }, true],
    ['that anybody wrote', { ip: '203.0.113.1', helo: 'in.example' }, false],
    ['that somebody of another domain wrote after a login', { ip: '192.0.2.9', user: 'mallory@out.example' }, false],
    ['of which no client is known', undefined, false],
  ])('%s', (_, client, isWithin) => {
    expect(from(client) !== undefined).toBe(isWithin);
  });

  test('shows to whom it wrote, not what our server added or where it went on', () => {
    const shown = scope.message(
      mail([to('x@out.example', { finalAddress: 'secret@out.example' }), to('copy@out.example', { added: 'bcc' })], {
        sender: 'al@in.example',
        client: { user: 'al' },
      }),
    );
    expect(shown?.recipients).toEqual([to('x@out.example')]);
  });
});

const three = mail([to('al@in.example'), to('canary@out.example'), to('second@out.example')], {
  sender: 'sue@far.example',
});

describe('a raw line', () => {
  test.each([
    // Postfix smtpd.c, qmgr_message.c, smtp.c
    ['4F: client=mx.far.example[203.0.113.1]', '4F: client=mx.far.example[203.0.113.1]'],
    [
      '4F: from=<sue@far.example>, size=1, nrcpt=3 (queue active)',
      '4F: from=<sue@far.example>, size=1, nrcpt=hidden (queue active)',
    ],
    [
      '4F: to=<al@in.example>, relay=mx, status=sent (250 ok)',
      '4F: to=<al@in.example>, relay=mx, status=sent (250 ok)',
    ],
    ['4F: to=<canary@out.example>, relay=mx, status=sent (250 ok)', undefined],
    [
      '4F: to=<canary@out.example>, orig_to=<al@in.example>, status=sent',
      '4F: to=<hidden>, orig_to=<al@in.example>, status=sent',
    ],
    ['4F: to=<cana>, relay=local, status=sent (delivered to mailbox)', undefined],
    [
      'disconnect from mx[203.0.113.1] ehlo=1 mail=2 rcpt=1/3 data=1 quit=1 commands=5/7',
      'disconnect from mx[203.0.113.1] ehlo=1 mail=hidden rcpt=hidden data=hidden quit=1 commands=hidden',
    ],
    // Rspamd worker_proxy: rcpts:
    [
      '(main) <x>; task; rspamd_task_write_log: rcpts: <al@in.example,canary@out.example,second@out.example>, mime_rcpts: <second@out.example,>',
      '(main) <x>; task; rspamd_task_write_log: rcpts: <al@in.example,hidden>, mime_rcpts: <hidden>',
    ],
    // Amavis $log_templ
    [
      '(1-2) Passed CLEAN {RelayedInbound}, [203.0.113.1] <sue@far.example> -> <canary@out.example>,<al@in.example>,<second@out.example>, Hits: 1',
      '(1-2) Passed CLEAN {RelayedInbound}, [203.0.113.1] <sue@far.example> -> <hidden>,<al@in.example>,<hidden>, Hits: 1',
    ],
    ['(1-2) Passed CLEAN, <sue@far.example> -> <canary@out.example>,<second@out.example>, Hits: 1', undefined],
    // Exim acknowledges and delivers
    [
      '1x <= sue@far.example H=mx [203.0.113.1] P=esmtp S=9 for al@in.example canary@out.example second@out.example',
      '1x <= sue@far.example H=mx [203.0.113.1] P=esmtp S=9 for al@in.example hidden',
    ],
    ['1x => canary <canary@out.example> R=local T=maildir', undefined],
    ['1x -> /home/canary/Maildir R=local T=maildir', undefined],
    ['1x => al <al@in.example> R=local T=maildir', '1x => al <al@in.example> R=local T=maildir'],
    // Dovecot lmtp-client
    ['lmtp(canary)<1><s>: sieve: msgid=<a@far.example>: stored mail into mailbox INBOX', undefined],
    ['lmtp(al)<1><s>: stored mail into mailbox INBOX', 'lmtp(al)<1><s>: stored mail into mailbox INBOX'],
    // Sendmail deliver.c
    [
      'xA: to=<canary@out.example>,<al@in.example>, delay=00:00:01, stat=Sent',
      'xA: to=<hidden>,<al@in.example>, delay=00:00:01, stat=Sent',
    ],
    ['xA: to=canary,second, ctladdr=root, stat=Sent', undefined],
    // Exchange message tracking
    [
      '2026-11-21T09:00:00Z,,,,,,,SMTP,RECEIVE,1,<m@far.example>,,al@in.example;canary@out.example,,9,2,,,Hello,sue@far.example',
      undefined,
    ],
    // JSON, escaped in several ways
    [String.raw`{"to":["al@in.example","canary@out.example"],"n":1}`, '{"to":["al@in.example","hidden"],"n":1}'],
    [
      String.raw`{"to":"al@in.example","x":"canary\u0040out.example","user":"canary"}`,
      '{"to":"al@in.example","x":"hidden","user":"hidden"}',
    ],
    // headers, encoded words, other ways to write @
    ['  To: Canary Bird <canary@out.example>, Al <al@in.example>', undefined],
    [
      'warning: header Cc: Canary <canary@out.example> from mx[203.0.113.1]; from=<sue@far.example> to=<al@in.example>',
      'warning: header Cc: hidden from mx[203.0.113.1]; from=<sue@far.example> to=<al@in.example>',
    ],
    ['AUTH PLAIN AGNhbmFyeUBvdXQuZXhhbXBsZQBzZWNyZXQ= for al@in.example', 'AUTH PLAIN hidden for al@in.example'],
    ['http://x.example/?e=canary%40out.example al@in.example', 'http://x.example/?hidden al@in.example'],
  ])('%s', (line, expected) => {
    expect(seen(line, three)).toBe(expected);
  });

  test('of a mail with more recipients than are remembered shows what names one that is left, and nothing in doubt', () => {
    const many = mail([to('al@in.example'), ...Array.from({ length: 3000 }, (_, i) => to(`c${i}@out.example`))]);
    expect(seen('4F: to=<c7>, status=sent', many)).toBeUndefined();
    expect(seen('4F: to=<al@in.example>, status=sent', many)).toBe('4F: to=<al@in.example>, status=sent');
  });

  test('of any length is done in a moment', () => {
    const line = `x ${'a@b.example,'.repeat(20_000)} <${'('.repeat(5000)} al@in.example`;
    expect(seen(line, three)).not.toContain('b.example');
    expect(seen('a'.repeat(2_000_000), three)).toBeUndefined();
  });
});

test('two scopes: within both', () => {
  const both = new Scope({
    domains: [
      ['a.example', 'b.example'],
      ['b.example', 'c.example'],
    ],
    own: {},
  });
  const seenBy = (address: string): boolean => both.message(mail([to(address)])) !== undefined;
  expect(['x@a.example', 'x@b.example', 'x@c.example'].map(seenBy)).toEqual([false, true, false]);
});

test('a run tells names of files and how many mails were within, and no lines, samples or numbers of others', () => {
  const source = {
    path: 'mail.log',
    seekable: true,
    lines: 99,
    bytes: 5,
    formats: ['postfix'],
    event: 9,
    ignored: 1,
    unknown: 3,
    unframed: 2,
    foreign: 4,
    reasons: { 'to=<canary@out.example>': 1 },
    sample: { line: 7, text: 'canary@out.example' },
  };
  const told = scope.summary(
    {
      sources: [source],
      problems: [],
      assumptions: ['canary'],
      messages: 50,
      sessions: { scan: 3 },
      interrupted: false,
      skews: [{ from: 'canary', to: 'b', min: 1, max: 2 }],
    },
    2,
  );
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(told).toMatchObject({ messages: 2, sessions: {}, sources: [{ path: 'mail.log', lines: 0, unknown: 0 }] });
});
