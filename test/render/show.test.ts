import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/model/message.ts';
import { LINK_TYPES, STATES, STATUSES } from '../../src/model/words.ts';
import { wrap } from '../../src/render/prose.ts';
import { matchesTable, showText, sizeText } from '../../src/render/show.ts';
import { Clock } from '../../src/render/times.ts';
import { widthOf } from '../../src/render/width.ts';
import { aHop, aMessage, anyMessage, aRecipient, AT, hostileText } from './messages.ts';
import { aScreen, DANGEROUS, PIPE, plain } from './screens.ts';

const line = (text: string, number: number): { file: string; line: number; bytes: Buffer } => ({
  file: '/var/log/mail.log',
  line: number,
  bytes: Buffer.from(text),
});

const LINES = [
  line('Nov  1 09:15:02 mx1 postfix/smtpd[123]: 4C1hTq2KxJzR: client=mail.example.org[192.0.2.10]', 88),
  line(
    'Nov  1 09:15:03 mx1 postfix/smtp[124]: 4C1hTq2KxJzR: to=<dave@example.com>, relay=mx.example.com[203.0.113.5]:25, dsn=5.1.1, status=bounced (550 5.1.1 User unknown)',
    91,
  ),
];

/** A mail with an alias, a bounce, a wait, two hops, a verdict, a note and a link. */
const STORY: Message = aMessage({
  hops: [aHop(), aHop({ host: 'mx2', queueId: '4C1hTq9', time: AT + 900, lastTime: AT + 9000 })],
  state: 'open',
  action: 'tagged',
  verdicts: [
    {
      time: AT + 400,
      host: 'mx1',
      engine: 'rspamd',
      action: 'tagged',
      score: 7.2,
      threshold: 6,
      rules: [
        { name: 'R_SPF_FAIL', score: 2.1 },
        { name: 'BAYES_SPAM', score: 5.1 },
      ],
    },
  ],
  recipients: [
    aRecipient({
      address: 'sales@example.com',
      finalAddress: 'carol@example.com',
      status: 'relayed',
      relay: { name: 'mx.example.com', ip: '203.0.113.5' },
      remoteId: '4XyZ',
    }),
    aRecipient({
      address: 'dave@example.com',
      status: 'bounced',
      code: '550',
      dsn: '5.1.1',
      reply: '550 5.1.1 <dave@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      relay: { name: 'mx.example.com', ip: '203.0.113.5', port: 25 },
      delay: 1.5,
    }),
    {
      address: 'x@example.net',
      status: 'deferred',
      action: 'accepted',
      direction: 'outbound',
      dsn: '4.4.1',
      reply: 'connect to mx.example.net[198.51.100.9]:25: Connection timed out',
      attempts: 3,
      time: AT + 86_400_000,
    },
  ],
  notes: [{ type: 'year-assumed', text: 'the stamps have no year; 2026 was taken' }],
  links: [{ type: 'bounced-by', id: '20261121T091503-abc' }],
});

const refused = (over: Parameters<typeof aRecipient>[0]): string =>
  showText(
    aMessage({
      recipients: [
        aRecipient({
          status: 'rejected',
          action: 'rejected',
          code: '554',
          dsn: '5.7.1',
          reply: '554 5.7.1 blocked',
          ...over,
        }),
      ],
    }),
    [],
    aScreen(),
  );

const answer = (over: Parameters<typeof aRecipient>[0]): string =>
  showText(aMessage({ recipients: [aRecipient({ status: 'bounced', ...over })] }), [], aScreen());

describe('showText', () => {
  it('tells the whole story at 80 columns', () => {
    expect(`\n${showText(STORY, LINES, aScreen())}`).toMatchInlineSnapshot(`
      "
      Quarterly numbers
      alice@example.org wrote to sales@example.com, dave@example.com and x@example.net
      on Sat, Nov 21 2026 at 09:15:02 (+00:00). It was handed in by mail.example.org
      [192.0.2.10], encrypted (TLSv1.3). Its size is 18 kB.
      Message-ID  <q1@example.org>
      ID          20261121T091502-mx1-4C1hTq2KxJzR
      Direction   inbound: it was accepted from a stranger and the client did not log
                  in.

      Filters
        rspamd marked it as spam and let it pass: score 7.2 where 6 is the limit;
          rules BAYES_SPAM (5.1), R_SPF_FAIL (2.1).

      What happened
        dave@example.com: could not be delivered; the sender was told by a bounce.
          That was at 09:15:03, 1.5 s after it came in.
          mx.example.com [203.0.113.5] said:
            550 5.1.1 <dave@example.com>: Recipient address rejected: User unknown in
            virtual mailbox table
          In plain words: The address does not exist at example.com. It is for the
            sender to act.
          What to do: Check the spelling of the address, or remove it from the address
            book.
        x@example.net: not delivered yet: 3 tries failed for now; the server tries
        again by itself.
          That was on Sun, Nov 22 2026 at 09:15:02 (+00:00).
          The log says:
            connect to mx.example.net[198.51.100.9]:25: Connection timed out
          In plain words: The mail server of example.net could not be reached. It is
            for the network's administrators to act.
          What to do: Test whether its port 25 answers; check the firewall and the
            network of the sending server.
        sales@example.com (went to carol@example.com): handed on to mx.example.com
        [203.0.113.5], whose logs are not here.
          That was at 09:15:03.
          mx.example.com [203.0.113.5] said:
            250 2.0.0 Ok: queued as 4XyZ
          Its id there: 4XyZ

      Is this all?
        The mail is still in a queue where the logs end. Newer logs will tell more.
        year-assumed: the stamps have no year; 2026 was taken

      Related mails
        Its failure was reported by 20261121T091503-abc

      Timeline
        Sat, Nov 21 2026 (+00:00)
        09:15:02.120  mx1  postfix took it in as 4C1hTq2KxJzR from mail.example.org
                           [192.0.2.10]
        09:15:02.520  mx1  rspamd marked it as spam and let it pass: score 7.2 where 6
                           is the limit
        09:15:03.020  mx2  postfix took it over as 4C1hTq9
        09:15:03.620  mx2  relayed: carol@example.com (250 2.0.0 by mx.example.com
                           [203.0.113.5])
        09:15:03.620  mx2  bounced: dave@example.com (550 5.1.1 by mx.example.com
                           [203.0.113.5]), after 1.5 s
        Sun, Nov 22 2026 (+00:00)
        09:15:02.120       deferred: x@example.net (4.4.1)

      Raw lines (2)
        /var/log/mail.log:88
          Nov  1 09:15:02 mx1 postfix/smtpd[123]: 4C1hTq2KxJzR:
            client=mail.example.org[192.0.2.10]
        /var/log/mail.log:91
          Nov  1 09:15:03 mx1 postfix/smtp[124]: 4C1hTq2KxJzR: to=<dave@example.com>,
            relay=mx.example.com[203.0.113.5]:25, dsn=5.1.1, status=bounced (550 5.1.1
            User unknown)
      "
    `);
  });

  it('does not wrap raw lines in a pipe', () => {
    expect(showText(STORY, LINES, aScreen(PIPE))).toContain(`  /var/log/mail.log:91: ${LINES[1]?.bytes.toString()}\n`);
  });

  it('keeps the blanks of raw lines and answers', () => {
    expect(showText(STORY, LINES, aScreen())).toContain('    Nov  1 09:15:02 mx1');
  });

  it('has a sentence for every status, state and link', () => {
    const message = aMessage({
      recipients: STATUSES.map((status) => aRecipient({ address: `${status}@example.com`, status })),
      links: LINK_TYPES.map((type) => ({ type, id: `of-${type}` })),
    });
    const text = showText(message, [], aScreen(PIPE));
    for (const status of STATUSES) expect(text).toMatch(new RegExp(`${status}@example\\.com: [a-z]`));
    for (const type of LINK_TYPES) expect(text).toMatch(new RegExp(`[a-z] of-${type}\n`));
    expect(new Set(STATES.map((state) => showText(aMessage({ state }), [], aScreen()))).size).toBe(STATES.length);
  });

  it('says who refused: our server, or another', () => {
    expect(refused({})).toContain('    Our server said:\n      554 5.7.1 blocked\n');
    expect(refused({ status: 'bounced', relay: { name: 'mx.example.net' } })).toContain('    mx.example.net said:\n');
    expect(refused({ status: 'bounced', relay: { name: 'local' } })).toContain('    The log says:\n');
    expect(refused({ action: 'tempfailed', code: '450' })).toContain('refused for now');
  });

  it('does not say that a refused mail was taken in', () => {
    const recipients = [aRecipient({ status: 'rejected', action: 'rejected', time: AT })];
    const verdicts = [{ time: AT, engine: 'exim', action: 'rejected' as const, reason: 'no such user' }];
    const hop = aHop();
    delete hop.queueId;
    const text = showText(aMessage({ hops: [hop], recipients, verdicts }), [], aScreen(PIPE));
    expect(text).toContain('alice@example.org tried to write to bob@example.com');
    expect(text).toContain('mx1  postfix was offered it by mail.example.org');
    // Once, not as a verdict and as an end.
    expect(text.split('Timeline')[1]?.match(/09:15:02/g)).toHaveLength(2);
  });

  it('says that a filter asked for what the server did not do', () => {
    const verdict = { time: AT, engine: 'rspamd', action: 'rejected' as const, score: 16 };
    const passed = aMessage({ hops: [aHop()], recipients: [aRecipient({ status: 'delivered' })], verdicts: [verdict] });
    expect(showText(passed, [], aScreen(PIPE))).toContain('rspamd asked to refuse it');
    const refused = [aRecipient({ status: 'rejected', action: 'rejected' })];
    const done = aMessage({ hops: [aHop()], recipients: refused, verdicts: [verdict] });
    expect(showText(done, [], aScreen(PIPE))).toContain('rspamd refused it');
  });

  it('says of a held mail where it waits, why, and the commands of its system that release it', () => {
    const { code, dsn, reply, time, ...waiting } = aRecipient({ status: 'held' });
    expect([code, dsn, reply, time]).not.toContain(undefined);
    const verdict = { time: AT, engine: 'postfix', action: 'held' as const, reason: '5.7.1 needs review.' };
    const story = (system: string): string =>
      showText(
        aMessage({ hops: [aHop({ system })], verdicts: [verdict], recipients: [waiting] }),
        [],
        aScreen({ ...PIPE, columns: 1000 }),
      ).replaceAll(/\s+/g, ' ');
    expect(story('postfix')).toContain(
      'In plain words: It waits in the queue of mx1 until an administrator releases it; the reason given is: needs review.',
    );
    expect(story('postfix')).toContain('What to do: Release it with postsuper -H 4C1hTq2KxJzR, or delete');
    expect(story('exim')).toContain('exim -Mt 4C1hTq2KxJzR, deliver it at once with exim -M 4C1hTq2KxJzR');
    expect(story('other')).toContain('What to do: Ask the administrator');
  });

  it('leaves the code out of what a filter says', () => {
    const verdict = { time: AT, engine: 'postfix', action: 'rejected' as const, reason: '5.7.1 executable attachment' };
    expect(showText(aMessage({ verdicts: [verdict] }), [], aScreen(PIPE))).toContain(
      '  postfix refused it: executable attachment.\n',
    );
  });

  it('names who spoke once', () => {
    const over = {
      code: '554',
      reply: 'host mx.example.net[203.0.113.5] said: 554 no',
      relay: { name: 'mx.example.net' },
    };
    expect(answer(over)).toContain('    mx.example.net said:\n      554 no\n');
  });

  it('puts the codes in front of words that lack them, and never an invented code', () => {
    expect(answer({ code: '550', dsn: '5.1.1', reply: 'no such user' })).toContain('      550 5.1.1 no such user\n');
    expect(answer({ code: '550', dsn: '5.1.1', reply: '5.1.1 no such user' })).toContain(
      '      550 5.1.1 no such user\n',
    );
    expect(answer({ code: '552', codeFrom: 'daemon', reply: 'message too big' })).toContain('      message too big\n');
  });

  it('tells many successes together and each failure alone', () => {
    const many = Array.from({ length: 40 }, (_, i) => aRecipient({ address: `u${i}@example.com` }));
    const text = showText(
      aMessage({ recipients: [...many, aRecipient({ address: 'gone@example.com', status: 'bounced' })] }),
      [],
      aScreen(PIPE),
    );
    expect(text).toContain('  40 recipients: delivered.\n');
    expect(text).toContain('  gone@example.com: could not be delivered.\n');
    expect(text.replaceAll('\n', ' ')).toContain(
      'wrote to u0@example.com, u1@example.com, u2@example.com and 38 others on',
    );
  });

  it('is never wider than the terminal, and nothing in it is obeyed, whatever the log holds', () => {
    fc.assert(
      fc.property(anyMessage, hostileText, fc.constantFrom(40, 80, 160), (message, raw, columns) => {
        const text = plain(showText(message, [line(raw, 1)], aScreen({ columns, colour: true })));
        for (const printed of text.split('\n')) expect(widthOf(printed)).toBeLessThanOrEqual(columns);
        expect(DANGEROUS.test(text)).toBe(false);
      }),
    );
  });

  it('prints times in the zone asked for', () => {
    const text = showText(STORY, [], aScreen({ clock: new Clock('America/St_Johns') }));
    expect(text).toContain('Nov 21 2026 at 05:45:02');
    expect(text).toContain('05:45:02.120  mx1');
  });
});

describe('matchesTable', () => {
  it('lists the mails that an ID fits, and never cuts an id', () => {
    const other = aMessage({
      id: '20261121T091502-mx1-4C1hTq2KxJzS',
      sender: '',
      recipients: [aRecipient(), aRecipient({ address: 'carol@example.com' })],
    });
    expect(matchesTable([aMessage(), other], aScreen())).toBe(
      [
        'TIME             SENDER         RECIPIENTS      ID',
        'Nov 21 09:15:02  alice@…le.org  bob@example.c…  20261121T091502-mx1-4C1hTq2KxJzR',
        'Nov 21 09:15:02  <>             bob@example.c…  20261121T091502-mx1-4C1hTq2KxJzS',
        '',
      ].join('\n'),
    );
    expect(matchesTable([other], aScreen(PIPE))).toContain('bob@example.com, carol@example.com');
  });
});

describe('wrap', () => {
  it('hangs the lines after the first, and breaks words that are too long', () => {
    expect(wrap('one two three four', 12, '  a: ')).toBe('  a: one two\n     three\n     four\n');
    expect(wrap('x'.repeat(25), 12, '  ')).toBe(`  ${'x'.repeat(10)}\n  ${'x'.repeat(10)}\n  xxxxx\n`);
    expect(wrap('', 12, '  ')).toBe('\n');
  });

  it('loses nothing but blanks at the end of a line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '日'), minLength: 1, maxLength: 30 }), { maxLength: 20 }),
        fc.integer({ min: 20, max: 60 }),
        (words, width) => {
          const text = wrap(words.join(' '), width, '> ');
          expect(text.replaceAll(/[\s>]/g, '')).toBe(words.join(''));
          for (const printed of text.split('\n')) expect(widthOf(printed)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('sizeText', () => {
  it('is in kB and MB', () => {
    expect([1, 999, 18_342, 10_240_000].map(sizeText)).toEqual(['1 byte', '999 bytes', '18 kB', '10.2 MB']);
  });
});
