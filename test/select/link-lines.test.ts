/** Which lines of a recipient are of use for links: those that name a sender of the search, or a refusal for now. */
import { describe, expect, test } from 'vitest';
import { LinkLines, WriterLines } from '../../src/select/link-lines.ts';

const lines = new LinkLines([
  { address: 'bob@example.com', senders: ['ann@example.org', 'list+bounce-bob=example.com@lists.example'] },
  { address: 'bob@example.com', senders: ['b@x.example'] },
]);

test('recipients are looked for once each', () => {
  expect(lines.needles).toEqual(['bob@example.com']);
});

describe('a sender', () => {
  test.each([
    'NOQUEUE: reject: RCPT from a[192.0.2.1]: 550 5.7.1 no; from=<ann@example.org> to=<bob@example.com> proto=ESMTP',
    'action=pass, reason=triplet found, client_name=a, sender=Ann@Example.ORG, recipient=bob@example.com',
    'F=<list+bounce-bob=example.com@lists.example> rejected RCPT <bob@example.com>',
    'from:b@x.example to:bob@example.com',
    'bob@example.com wrote to ann@example.org.',
    'ann@example.org',
  ])('%s', (line) => {
    expect(lines.has(line)).toBe(true);
  });
});

describe('a refusal for now', () => {
  test.each([
    'ruleset=check_rcpt, arg1=<bob@example.com>, relay=a [192.0.2.1], reject=450 4.7.1 <bob@example.com>... try later',
    'H=a temporarily rejected RCPT <bob@example.com>: wait',
    'rejected by Receiving Control to bob@example.com',
    '"status":"Greylisted","to":"bob@example.com"',
    '4AB3C: to=<bob@example.com>, relay=mx[192.0.2.1]:25, dsn=4.2.2, status=deferred (host mx said: 452 4.2.2 full)',
    'NOQUEUE: reject: RCPT from a[192.0.2.1]: 450 4.2.0 wait; from=<root> to=<bob@example.com> proto=ESMTP',
  ])('%s', (line) => {
    expect(lines.has(line)).toBe(true);
  });
});

describe('neither', () => {
  test.each([
    '4AB3C: to=<bob@example.com>, relay=mx[192.0.2.1]:25, delay=0.4, dsn=2.0.0, status=sent (250 ok)',
    'from=<joann@example.org> to=<bob@example.com>',
    'from=<ann@example.org.uk> to=<bob@example.com>',
    'from=<> to=<bob@example.com> 550 no',
    'NOQUEUE: reject: RCPT from a[192.0.2.1]: 450 4.2.0 wait; from=<joe@example.org> to=<bob@example.com> proto=ESMTP',
  ])('%s', (line) => {
    expect(lines.has(line)).toBe(false);
  });
});

test('nobody as a sender', () => {
  const nobodys = new LinkLines([{ address: 'bob@example.com', senders: [''] }]);
  expect(nobodys.has('from=<> to=<bob@example.com>')).toBe(true);
  expect(nobodys.has('sender=, recipient=bob@example.com')).toBe(true);
  expect(nobodys.has('from=<a@b.example> to=<bob@example.com>')).toBe(false);
});

test('senders of another recipient', () => {
  const two = new LinkLines([
    { address: 'bob@example.com', senders: ['ann@example.org'] },
    { address: 'eve@example.com', senders: ['joe@example.org'] },
  ]);
  expect(two.has('from=<ann@example.org> to=<eve@example.com>')).toBe(false);
  expect(two.has('<joe@example.org> -> <bob@example.com>,<eve@example.com>')).toBe(true);
  // within a longer name
  expect(two.has('from=<joe@example.org> to=<xbob@example.com>')).toBe(true);
});

test('lines of those who wrote, not of those who were written to', () => {
  const writers = new WriterLines(['ann@example.org', 'list+bounce-bob=example.com@lists.example']);
  expect(writers.needles).toHaveLength(2);
  expect(writers.has('4AB3C: from=<Ann@example.org>, size=1, nrcpt=1 (queue active)')).toBe(true);
  expect(writers.has('4AB3C: client=a[192.0.2.1], sasl_username=ann@example.org')).toBe(true);
  expect(writers.has('from=<list+bounce-bob=example.com@lists.example> to=<bob@example.com>')).toBe(true);
  expect(writers.has('Passed CLEAN, <b@x.example> -> <ann@example.org>, Queue-ID: 4AB3C')).toBe(true);
  expect(writers.has('4AB3C: to=<ann@example.org>, orig_to=<ann@example.org>, relay=mx, status=sent (250 ok)')).toBe(
    false,
  );
  expect(writers.has('4AB3C: to=<ann@example.org>, status=deferred (450 <ann@example.org>: wait)')).toBe(true);
  expect(writers.has('joann@example.org')).toBe(true);
});
