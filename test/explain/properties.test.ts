/**
 * Log text is hostile: any reply gives a word or none, in linear work and bounded memory, and what is remembered
 * is what would be found without the memory.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainReply } from '../../src/explain/explain.ts';
import { classify, MEMORY_LIMIT, memorySize } from '../../src/explain/reason.ts';
import { REASONS } from '../../src/explain/reason-words.ts';
import { readReply } from '../../src/explain/reply-text.ts';

const STATUSES = [
  'bounced',
  'deferred',
  'rejected',
  'greylisted',
  'held',
  'expired',
  'discarded',
  'aborted',
  'pending',
  'nonsense',
];
const WORDS = [
  '550',
  '450-4.2.0',
  '5.1.1',
  '5.7.606',
  'mailbox full',
  '<spam@x.example>',
  'host',
  'said:',
  'virus',
  '[10.0.0.1]',
  'AUP#In-1310',
  'OFR006_102',
];
const MORE = [
  'mx1.x.example[192.0.2.1]',
  'A1B2C3D4-gsmtp',
  'blocked using',
  '(in reply to',
  'RCPT TO)',
  '\\n550',
  '\u0000',
  '\u0130',
  'é',
];

const codes = fc.option(fc.constantFrom('550', '421', '250', '5', 'x', '', '999'), { nil: undefined });
const dsns = fc.option(fc.constantFrom('5.1.1', '4.7.1', '2.0.0', '5.9.9', '9.9.9', 'x', ''), { nil: undefined });
const replies = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...WORDS, ...MORE), fc.string({ maxLength: 6 })), { maxLength: 14 })
    .map((all) => all.join(' ')),
);
const facts = fc.record({
  status: fc.constantFrom(...STATUSES),
  code: codes,
  dsn: dsns,
  reply: fc.option(replies, { nil: undefined }),
});

/** A word of its own for each number, without digits. */
const letters = (n: number): string => String(n).replace(/\d/g, (d) => 'qwzxkvjyph'[Number(d)] ?? '');

describe('any reply', () => {
  it('never throws, and the remembered word is the one that is found', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const reason = classify(one);
        if (reason !== undefined) expect(REASONS).toContain(reason);
        expect(reason).toBe(explainReply(one)?.reason);
      }),
    );
  });

  it('gives the same word whatever address, number and id stand in it', () => {
    const names = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(names, fc.nat(255), fc.nat(), (name, octet, n) => {
        const reply = `host mx.${name}.example[192.0.2.${octet}] said: 452 4.3.1 <${name}@${name}.example> wait ${n} s (in reply to RCPT TO command)`;
        const before = memorySize();
        classify({ status: 'deferred', code: '452', dsn: '4.3.1', reply });
        expect(classify({ status: 'deferred', code: '452', dsn: '4.3.1', reply })).toBe('system');
        expect(memorySize() - before).toBeLessThanOrEqual(1);
      }),
    );
    const before = memorySize();
    for (let n = 0; n < 500; n++) {
      const reply = `550 5.1.1 <user${n}@example.org>: no luck from 192.0.2.${n % 256} at ${n}`;
      expect(classify({ status: 'bounced', code: '550', dsn: '5.1.1', reply })).toBe('user-unknown');
    }
    // a number that looks like a reply code is read as one, so there may be two
    expect(memorySize() - before).toBeLessThanOrEqual(2);
  });

  it('tells the causes apart that a provider numbers, in whatever order they come', () => {
    const reply = (number: string): string => `550 5.1.0 <${number}@example.org> sender rejected. ${number} 192.0.2.1`;
    const causes: [string, string][] = [
      ['AUP#In-1000', 'blocklist'],
      ['AUP#Out-1530', 'too-big'],
      ['AUP#In-1310', 'rate-limited'],
      ['OFR006_103', 'blocklist'],
      ['OFR_107', 'reverse-dns'],
      ['LPN007_514', 'too-big'],
    ];
    for (const [number, reason] of [...causes, ...causes.toReversed()]) {
      expect([number, classify({ status: 'bounced', code: '550', dsn: '5.1.0', reply: reply(number) })]).toEqual([
        number,
        reason,
      ]);
    }
  });

  it('reads no more than its first 1,000 characters', () => {
    const long = `550 5.7.1 ${'x '.repeat(100_000)} spam`;
    expect(readReply(long).text.length).toBeLessThanOrEqual(1000);
    expect(classify({ status: 'bounced', code: '550', dsn: '5.7.1', reply: long })).toBe('policy');
    for (const hostile of ['@', '<', 'a1', '550-', ' (in reply to ', 'spam.', '[']) {
      expect(readReply(hostile.repeat(100_000)).text.length).toBeLessThanOrEqual(1000);
    }
  });

  it('forgets when full', () => {
    for (let n = 0; n < MEMORY_LIMIT + 100; n++) classify({ status: 'bounced', code: '550', reply: letters(n) });
    expect(memorySize()).toBeLessThanOrEqual(MEMORY_LIMIT);
    expect(memorySize()).toBeGreaterThan(0);
  });
});
