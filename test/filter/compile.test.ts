/** How filters go together: OR within an option, AND between them, one entry for all of a recipient's, --not-X. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileFilters } from '../../src/filter/compile.ts';
import { loadPatterns } from '../../src/filter/linear.ts';
import type { FilterOptions } from '../../src/filter/options.ts';
import type { Message } from '../../src/model/message.ts';
import { STATUSES } from '../../src/model/words.ts';
import { AT, aHop, aMessage, aRecipient, anyMessage } from '../render/messages.ts';

beforeAll(() => loadPatterns({ subject: ['/x/'] }));

const matches = (options: FilterOptions, message: Message): boolean => compileFilters(options).matchMessage(message);

/** Addresses of the entries that a filter marked. */
function marked(options: FilterOptions, message: Message): (string | undefined)[] | undefined {
  if (!compileFilters(options).matchMessage(message)) return undefined;
  return message.recipients.filter((recipient) => recipient.matched === true).map(({ address }) => address);
}

const three = (): Message =>
  aMessage({
    recipients: [
      aRecipient({ address: 'bob@example.com', status: 'delivered' }),
      aRecipient({
        address: 'carol@example.com',
        status: 'bounced',
        code: '550',
        dsn: '5.1.1',
        reason: 'user-unknown',
        relay: { name: 'mx.far.example', ip: '198.51.100.7' },
        delay: 7200,
      }),
      aRecipient({ address: 'dan@example.net', status: 'deferred', code: '451', dsn: '4.3.0', direction: 'outbound' }),
    ],
  });

test('no filter matches every message and marks nothing', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const before = message.recipients.map(({ matched }) => matched);
      expect(matches({}, message)).toBe(true);
      expect(message.recipients.map(({ matched }) => matched)).toEqual(before);
    }),
  );
});

describe('many recipients', () => {
  test('the filters of a recipient must hold of one entry', () => {
    expect(matches({ recipient: ['bob@example.com'], status: ['bounced'] }, three())).toBe(false);
    expect(marked({ recipient: ['carol@example.com'], status: ['bounced'] }, three())).toEqual(['carol@example.com']);
    expect(matches({ status: ['bounced'], code: ['451'] }, three())).toBe(false);
    expect(
      matches({ reason: ['user-unknown'], relay: ['mx.far.example'], minDelay: '2h', code: ['5.1'] }, three()),
    ).toBe(true);
    expect(matches({ reason: ['user-unknown'], direction: ['outbound'] }, three())).toBe(false);
  });

  test('the others hold of the message', () => {
    expect(matches({ sender: ['alice@example.org'], status: ['bounced'] }, three())).toBe(true);
    expect(matches({ ip: ['198.51.100.7'], status: ['delivered'] }, three())).toBe(true);
  });

  test('matching entries are marked where not all matched, and only there', () => {
    expect(marked({ domain: ['example.com'], status: ['delivered', 'deferred'] }, three())).toEqual([
      'bob@example.com',
    ]);
    expect(marked({ recipient: ['example.com', 'example.net'] }, three())).toEqual([]);
    expect(marked({ recipient: ['example.com'] }, three())).toEqual(['bob@example.com', 'carol@example.com']);
  });

  test('by address or domain, the entries it was found by are marked, but for mail of that sender', () => {
    expect(marked({ address: ['dan@example.net'] }, three())).toEqual(['dan@example.net']);
    expect(marked({ address: ['alice@example.org'] }, three())).toEqual([]);
  });

  test('--not-X leaves out the entries that X matches, and the message with the last of them', () => {
    expect(marked({ not: { status: ['delivered'] } }, three())).toEqual(['carol@example.com', 'dan@example.net']);
    expect(marked({ not: { recipient: ['example.com'] } }, three())).toEqual(['dan@example.net']);
    expect(matches({ not: { recipient: ['.com', 'example.net', 'example.com'] } }, three())).toBe(false);
    expect(marked({ status: ['failed', 'waiting'], not: { code: ['4'] } }, three())).toEqual(['carol@example.com']);
    expect(matches({ status: ['bounced'], not: { recipient: ['carol@example.com'] } }, three())).toBe(false);
    expect(matches({ not: { sender: ['alice@example.org'] } }, three())).toBe(false);
    expect(matches({ not: { sender: ['<>'] } }, three())).toBe(true);
    expect(marked({ not: { address: ['bob@example.com'] } }, three())).toEqual([
      'carol@example.com',
      'dan@example.net',
    ]);
    expect(matches({ not: { address: ['alice@example.org'] } }, three())).toBe(false);
  });

  test('a message without entries matches what asks no recipient', () => {
    const none = aMessage({ recipients: [] });
    expect(matches({ sender: ['alice@example.org'] }, none)).toBe(true);
    expect(matches({ status: ['bounced'] }, none)).toBe(false);
    expect(matches({ not: { status: ['bounced'] } }, none)).toBe(true);
    expect(matches({ not: { recipient: ['bob@example.com'] } }, none)).toBe(true);
  });
});

describe('words', () => {
  test('groups and other names of statuses and actions', () => {
    const of = (status: (typeof STATUSES)[number]): Message => aMessage({ recipients: [aRecipient({ status })] });
    const found = (word: string): string[] => STATUSES.filter((status) => matches({ status: [word] }, of(status)));
    expect(found('sent')).toEqual(['delivered', 'relayed', 'expanded']);
    expect(found('waiting')).toEqual(['deferred', 'greylisted', 'held', 'pending']);
    expect(found('failed')).toEqual(['bounced', 'expired', 'rejected', 'removed', 'aborted']);
    expect(found('stopped')).toEqual(['quarantined', 'discarded']);
    expect(found('blocked')).toEqual(['rejected', 'discarded']);
    expect(found('Bounced,held')).toEqual(['held', 'bounced']);
    const acted = aMessage({ recipients: [aRecipient({ action: 'redirected' })] });
    expect(matches({ action: ['forwarded'] }, acted)).toBe(true);
    expect(matches({ action: ['blocked'] }, acted)).toBe(false);
  });

  test('a dry run is found in the verdicts, for the recipients it names', () => {
    const verdicts = [
      { time: AT, engine: 'postfix', action: 'would-reject' as const, recipients: ['bob@example.com'] },
    ];
    expect(matches({ action: ['would-reject'] }, aMessage({ verdicts }))).toBe(true);
    expect(
      matches({ action: ['would-reject'], recipient: ['carol@example.com'] }, aMessage({ ...three(), verdicts })),
    ).toBe(false);
  });

  test.each([
    [{ status: ['boucned'] }, "--status: unknown word 'boucned'", "did you mean 'bounced'?"],
    [{ action: ['rejcted'] }, '--action: unknown word', "did you mean 'rejected'?"],
    [{ not: { direction: ['in'] } }, '--not-direction: unknown word', 'did you mean'],
    [{ code: ['banana'] }, '--code: ', 'give 550'],
    [{ code: ['7.1'] }, '--code: ', 'give 550'],
    [{ minDelay: 'soon' }, '--min-delay: ', '90s'],
    [{ minSize: 'big' }, '--min-size: ', '10M'],
    [{ ip: ['300.1.1.1'] }, '--ip: ', '192.0.2.0/24'],
    [{ ip: ['192.0.2.0/33'] }, '--ip: ', '192.0.2.0/24'],
    [{ subject: ['/(/'] }, '--subject: no regular expression', 'without the slashes'],
    [{ host: [' '] }, '--host: the value is empty', ''],
  ] satisfies [FilterOptions, string, string][])('%j is told', (options, what, help) => {
    expect(() => compileFilters(options)).toThrow(what);
    try {
      compileFilters(options);
    } catch (error) {
      expect(JSON.stringify((error as { problem: unknown }).problem)).toContain(help);
    }
  });
});

describe('codes', () => {
  test.each([
    ['550', { code: '550', dsn: '5.1.1' }, true],
    ['550', { code: '551' }, false],
    ['5.7.1', { dsn: '5.7.1' }, true],
    ['5.7.1', { dsn: '5.7.10' }, false],
    ['5.7', { dsn: '5.7.26' }, true],
    ['5.7', { dsn: '5.70.1' }, false],
    ['4', { code: '450' }, true],
    ['4', { dsn: '4.7.1' }, true],
    ['4', { code: '250', dsn: '2.0.0' }, false],
    ['5xx', { code: '554' }, true],
    ['5.7.x', { dsn: '5.7.1' }, true],
    ['5', {}, false],
  ] as const)('%s on %j: %s', (code, answer, expected) => {
    const { code: _, dsn: __, reply: ___, ...bare } = aRecipient();
    expect(matches({ code: [code] }, aMessage({ recipients: [{ ...bare, ...answer }] }))).toBe(expected);
  });
});

describe('ip', () => {
  const from = (ip: string): Message =>
    aMessage({ client: { ip }, recipients: [aRecipient({ relay: { ip: '203.0.113.9' } })] });
  test.each([
    ['192.0.2.10', '192.0.2.10', true],
    ['192.0.2.1', '192.0.2.10', false],
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.1', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['192.0.2.10', '::ffff:192.0.2.10', true],
    ['::ffff:192.0.2.10', '192.0.2.10', true],
    ['::ffff:192.0.2.0/120', '192.0.2.10', true],
    ['::ffff:192.0.2.0/120', '192.0.3.10', false],
    ['192.0.2.0/24', '[IPv6:::ffff:192.0.2.10]', true],
    ['fe80::1', 'fe80::1%eth0', true],
    ['0.0.0.0/0', '2001:db8::1', true],
    ['203.0.113.9', '192.0.2.10', true],
    ['192.0.2.10', 'unknown', false],
  ])('%s on client %s: %s', (typed, ip, expected) => {
    // 0.0.0.0/0 holds of the relay, which is IPv4.
    expect(matches({ ip: [typed] }, from(ip))).toBe(expected);
  });
});

describe('subject and text', () => {
  test.each([
    ['quarterly', 'Quarterly numbers', true],
    ['QUARTERLY  NUMBERS', 'Quarterly\n numbers', true],
    ['strasse', 'Hauptstraße 5', true],
    ['ΣΊΣΥΦΟΣ', 'Σίσυφος', true],
    ['café', 'CAFE\u0301', true],
    ['/^re: \\d+$/', 'Re: 2026', true],
    ['/^re: \\d+$/', 'Re: 2026!', false],
    ['/', 'a/b', true],
    ['a.c', 'abc', false],
    ['отчёт', 'Отчёт за ноябрь', true],
  ])('%j in %j: %s', (phrase, subject, expected) => {
    expect(matches({ subject: [phrase] }, aMessage({ subject }))).toBe(expected);
  });

  test('a message without a subject matches no subject, and every --not-subject', () => {
    const { subject: _, ...none } = aMessage();
    expect(matches({ subject: ['a'] }, none)).toBe(false);
    expect(matches({ not: { subject: ['a'] } }, none)).toBe(true);
  });

  test('--text and --not-text are asked of the lines', () => {
    const filter = compileFilters({ text: ['Queued AS', 'never'], not: { text: ['greylist'] } });
    expect(filter.needsLines).toBe(true);
    expect(filter.matchMessage(aMessage())).toBe(true);
    expect(filter.matchLines(['connect from x', '250 Ok: queued as 4X'])).toBe(true);
    expect(filter.matchLines(['connect from x'])).toBe(false);
    expect(filter.matchLines(['queued as 4X', 'Greylisted'])).toBe(false);
    expect(compileFilters({ not: { text: ['x'] } }).matchLines([])).toBe(true);
    expect(compileFilters({ subject: ['x'] }).needsLines).toBe(false);
  });
});

describe('names and ids', () => {
  const message = aMessage({
    client: { ip: '192.0.2.10', user: 'Alice@example.org' },
    hops: [aHop({ host: 'mx1.example.com', queueId: '4C1hTq2KxJzR' }), aHop({ host: 'store', queueId: 'A1B2C3D4E5' })],
    verdicts: [
      { time: AT, engine: 'rspamd', action: 'quarantined', quarantineId: 'q-77' },
      { time: AT, engine: 'amavis', action: 'quarantined', quarantineId: 'k/spam-k7Rw2m.gz', mailId: 'k7Rw2m' },
    ],
    recipients: [aRecipient({ mailbox: 'Junk', relay: { name: 'mx.far.example', ip: '198.51.100.7' } })],
    size: 10 * 1024 * 1024,
  });
  test.each([
    [{ host: ['mx1'] }, true],
    [{ host: ['MX1.example.com'] }, true],
    [{ host: ['mx'] }, false],
    [{ host: ['.example.com'] }, true],
    [{ host: ['st*'] }, true],
    [{ relay: ['.far.example'] }, true],
    [{ relay: ['198.51.100.0/24'] }, true],
    [{ relay: ['far.example'] }, false],
    [{ user: ['alice'] }, true],
    [{ user: ['alice@example.org'] }, true],
    [{ user: ['bob'] }, false],
    [{ engine: ['Rspamd'] }, true],
    [{ mailbox: ['junk'] }, true],
    [{ mailbox: ['INBOX'] }, false],
    [{ messageId: ['<q1@example.org>'] }, true],
    [{ messageId: ['q1@example'] }, false],
    [{ queueId: ['A1B2C3D4E5'] }, true],
    [{ queueId: ['4C1hTq'] }, true],
    [{ queueId: ['4c1hTq'] }, false],
    [{ queueId: ['B2C3'] }, false],
    [{ quarantineId: ['q-77'] }, true],
    [{ quarantineId: ['q-7'] }, false],
    [{ quarantineId: ['k/spam-k7Rw2m.gz'] }, true],
    [{ quarantineId: ['spam-k7Rw2m.gz'] }, true],
    [{ quarantineId: ['k7Rw2m'] }, true],
    [{ quarantineId: ['k7Rw2'] }, false],
    [{ minSize: '10M' }, true],
    [{ minSize: '10.1MiB' }, false],
    [{ not: { minSize: '10M' } }, false],
  ] satisfies [FilterOptions, boolean][])('%j: %s', (options, expected) => {
    expect(matches(options, structuredClone(message))).toBe(expected);
  });
});

describe('time', () => {
  const message = (): Message => aMessage({ time: 1000, lastTime: 5000 });
  const within = (since: number | undefined, until: number | undefined): boolean =>
    compileFilters(
      {},
      { window: { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) } },
    ).matchMessage(message());

  test('a message matches whose time to lastTime touches the window', () => {
    expect(within(5000, undefined)).toBe(true);
    expect(within(5001, undefined)).toBe(false);
    expect(within(undefined, 1000)).toBe(true);
    expect(within(undefined, 999)).toBe(false);
    expect(within(2000, 3000)).toBe(true);
  });

  test('what matches but for time or direction is told apart', () => {
    const filter = compileFilters(
      { recipient: ['bob@example.com'], direction: ['inbound'] },
      { window: { since: 9000 } },
    );
    expect(filter.nearMiss(message())).toBe('time');
    const outbound = aMessage({ time: 9000, lastTime: 9500, recipients: [aRecipient({ direction: 'outbound' })] });
    expect(filter.matchMessage(outbound)).toBe(false);
    expect(filter.nearMiss(outbound)).toBe('direction');
    expect(filter.nearMiss(aMessage({ recipients: [] }))).toBeUndefined();
    expect(compileFilters({ recipient: ['x@y.example'] }).nearMiss(message())).toBeUndefined();
    // of a text only the lines tell
    expect(compileFilters({ text: ['x'], direction: ['outbound'] }).nearMiss(message())).toBeUndefined();
    expect(compileFilters({ direction: ['outbound'] }).nearMiss(message())).toBe('direction');
  });
});

describe('properties', () => {
  const filters: fc.Arbitrary<FilterOptions> = fc.oneof(
    fc.constantFrom<FilterOptions>(
      { status: ['sent'] },
      { status: ['failed'] },
      { direction: ['inbound'] },
      { code: ['5'] },
      { action: ['accepted'] },
    ),
    fc.constantFrom<FilterOptions>(
      { sender: ['<>'] },
      { sender: ['*a*'] },
      { recipient: ['*e*'] },
      { minSize: '1K' },
      { minDelay: '1h' },
    ),
  );
  const clone = (message: Message): Message =>
    structuredClone({ ...message, recipients: message.recipients.map(({ matched: _, ...rest }) => rest) });

  test('AND: two filters match no more than each of them; and a message is never matched by X and not X of one entry', () => {
    fc.assert(
      fc.property(anyMessage, filters, filters, (message, a, b) => {
        const both = matches({ ...a, ...b }, clone(message));
        if (both) expect(matches(b, clone(message))).toBe(true);
        const { not: _, exact: __, ...texts } = a;
        expect(matches({ ...a, not: texts }, clone(message))).toBe(false);
      }),
    );
  });

  test('OR: values of one option match what one of them matches', () => {
    fc.assert(
      fc.property(anyMessage, fc.subarray([...STATUSES]), (message, statuses) => {
        fc.pre(statuses.length > 0);
        const each = statuses.some((status) => matches({ status: [status] }, clone(message)));
        expect(matches({ status: statuses }, clone(message))).toBe(each);
      }),
    );
  });

  test('marked entries are those that match alone', () => {
    fc.assert(
      fc.property(anyMessage, filters, (message, filter) => {
        const asked = clone(message);
        if (!matches(filter, asked)) return;
        const found = asked.recipients.map((recipient) =>
          matches(filter, { ...clone(message), recipients: [recipient] }),
        );
        const any = asked.recipients.some(({ matched }) => matched === true);
        if (any) expect(asked.recipients.map(({ matched }) => matched === true)).toEqual(found);
      }),
    );
  });
});

test('filters are told in words', () => {
  const filter = compileFilters({
    recipient: ['a@x.example', 'b@x.example'],
    between: ['a\0b'],
    minDelay: '1h',
    not: { messageId: ['1'] },
  });
  expect(filter.describe()).toBe(
    'recipient a@x.example or b@x.example, between a and b, min delay 1h, not message id 1',
  );
});

describe('a user’s regular expression', () => {
  const finds = (pattern: string, subject: string): boolean => matches({ subject: [pattern] }, aMessage({ subject }));

  test.each([
    ['/^re: /', 'RE: x', true],
    ['/gr(ö|oe)ß/i', 'GRÖẞE', true],
    [String.raw`/\u0041\/\d+$/`, 'a/12', true],
    [String.raw`/(?<year>20\d\d)/`, 'in 2026', true],
    ['/^x/', 'a x', false],
  ])('%s in %s: %s', (pattern, subject, expected) => {
    expect(finds(pattern, subject)).toBe(expected);
  });

  // a backtracking engine takes longer than anybody lives
  test.each(['/^(a+)+$/', '/^(a|a)*$/', '/^(.*)*x$/', '/(a*)*b(a*)*$/'])('%s is linear', (pattern) => {
    expect(finds(pattern, `${'a'.repeat(20_000)}!`)).toBe(false);
  });

  test.each(['/a(?=b)/', String.raw`/(a)\1/`])('%s is refused with a word', (pattern) => {
    expect(() => compileFilters({ subject: [pattern] })).toThrow('no regular expression');
  });
});
