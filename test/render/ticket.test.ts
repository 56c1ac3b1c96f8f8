import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticketText } from '../../src/render/ticket.ts';
import { Clock } from '../../src/render/times.ts';
import { AT, aHop, aMessage, anyMessage, aRecipient } from './messages.ts';
import { DANGEROUS } from './screens.ts';

const clock = new Clock('Europe/Berlin');

const BOUNCED = aRecipient({
  address: 'dave@example.net',
  status: 'bounced',
  code: '550',
  dsn: '5.1.1',
  reply: '550 5.1.1 <dave@example.net>: User unknown',
  relay: { name: 'mx.example.net', ip: '203.0.113.5', port: 25 },
  remoteId: 'R-77',
});

describe('ticketText', () => {
  it('is ten plain lines to paste', () => {
    expect(ticketText(aMessage({ recipients: [aRecipient(), BOUNCED] }), clock)).toBe(
      [
        'From:       alice@example.org',
        'To:         bob@example.com and dave@example.net',
        'Subject:    Quarterly numbers',
        'Sent:       Sat, Nov 21 2026 at 10:15:02 (+01:00)',
        'Result:     bounced for dave@example.net by mx.example.net [203.0.113.5] on Sat, Nov 21 2026 at 10:15:03 (+01:00); 1 other: delivered',
        'Answer:     550 5.1.1 <dave@example.net>: User unknown',
        'Meaning:    The address does not exist at example.net.',
        'What to do: Check the spelling of the address, or remove it from the address book.',
        'Remote id:  R-77',
        'Message-ID: <q1@example.org>',
        '',
      ].join('\n'),
    );
  });

  it('is about the recipient that was searched for', () => {
    expect(ticketText(aMessage({ recipients: [aRecipient({ matched: true }), BOUNCED] }), clock)).toContain(
      'Result:     delivered for bob@example.com on',
    );
  });

  it('says what became of the others', () => {
    const recipients = [BOUNCED, aRecipient(), aRecipient({ address: 'c@example.com', status: 'deferred' })];
    expect(ticketText(aMessage({ recipients }), clock)).toContain('; 2 others: 1 delivered, 1 deferred\n');
    const same = [BOUNCED, { ...BOUNCED, address: 'e@example.net' }];
    expect(ticketText(aMessage({ recipients: same }), clock)).toContain('; the same for 1 other\n');
  });

  it('tells of a held and of a discarded mail what the rule said, without our name', () => {
    const verdict = { time: AT, host: 'mx1', engine: 'postfix', action: 'held' as const, reason: 'needs review' };
    const { code, dsn, reply, time, ...waiting } = aRecipient({ status: 'held' });
    expect([code, dsn, reply, time]).not.toContain(undefined);
    const held = ticketText(aMessage({ verdicts: [verdict], recipients: [waiting] }), clock).split('\n');
    expect(held.slice(4, 8)).toEqual([
      'Result:     held on Sat, Nov 21 2026 at 10:15:02 (+01:00)',
      'Answer:     needs review',
      'Meaning:    It waits in the queue of [our server] until an administrator releases it; the reason given is: needs review.',
      'What to do: Release it with postsuper -H 4C1hTq2KxJzR, or delete it with postsuper -d 4C1hTq2KxJzR.',
    ]);
    const discarded = ticketText(
      aMessage({
        verdicts: [{ ...verdict, engine: 'exim', action: 'discarded', reason: 'junk, score 30' }],
        recipients: [{ ...waiting, status: 'discarded' }],
      }),
      clock,
    );
    expect(discarded).toContain('Answer:     junk, score 30\nMeaning:    A rule of our mail server threw it away');
  });

  it('names nothing of our inside', () => {
    const hops = [aHop({ host: 'mx1' }), aHop({ host: 'mail' }), aHop({ host: 'filter.corp.example' })];
    const reply =
      'host mx1.corp.example[10.1.2.3] said: 550 from filter.corp.example (192.168.7.8, fd12:3456::1, 127.0.0.1): your mail is unwanted, see mail[172.16.0.9] and 203.0.113.5 for x1.mx10.example';
    const text = ticketText(
      aMessage({
        hops,
        recipients: [aRecipient({ ...BOUNCED, reply, relay: { name: 'mx1.corp.example', ip: '10.1.2.3' } })],
      }),
      clock,
    );
    expect(text.split('\n')[5]).toBe(
      'Answer:     550 from [our server] ([internal address], [internal address], [internal address]): your mail is unwanted, see [our server][[internal address]] and 203.0.113.5 for x1.mx10.example',
    );
    expect(text).not.toMatch(/corp|10\.1\.2\.3/);
  });

  it('is always ten lines that a terminal can take', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const text = ticketText(message, clock);
        expect(text.split('\n')).toHaveLength(11);
        expect(DANGEROUS.test(text)).toBe(false);
      }),
    );
  });
});
