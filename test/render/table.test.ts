import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/model/message.ts';
import { parseFields } from '../../src/render/fields.ts';
import type { Screen } from '../../src/render/screen.ts';
import { Table } from '../../src/render/table.ts';
import { Clock } from '../../src/render/times.ts';
import { widthOf } from '../../src/render/width.ts';
import { aMessage, anyMessage, aRecipient, AT } from './messages.ts';
import { aScreen, DANGEROUS, PIPE, plain } from './screens.ts';

const MINUTE = 60_000;

/** A day of a help desk: an alias, a bounce, refusals, wide characters, spam, a list of recipients. */
const DAY: readonly Message[] = [
  aMessage(),
  aMessage({
    time: AT - MINUTE,
    id: '20261121T091402-mx1-4C1hTp0RbJzR',
    sender: 'billing@suppliers.example.net',
    subject: 'Re: Invoice 2026-4711 for the delivery of 12 crates of oranges',
    recipients: [
      aRecipient({ address: 'sales@example.com', finalAddress: 'carol@branch.example.com' }),
      aRecipient({ address: 'dave@example.com', status: 'bounced', code: '550', dsn: '5.1.1' }),
    ],
  }),
  aMessage({
    time: AT - 2 * MINUTE,
    sender: '',
    subject: 'Undelivered Mail Returned to Sender',
    client: { ip: '198.51.100.77' },
    recipients: [
      aRecipient({ address: 'nobody@example.com', status: 'rejected', action: 'rejected', code: '550', dsn: '5.1.1' }),
    ],
  }),
  aMessage({
    time: AT - 3 * MINUTE,
    sender: 'newsletter-bounces+bob=example.com@lists.example.net',
    subject: '会議のお知らせ: 来週の予定について',
    recipients: [
      aRecipient({ status: 'rejected', action: 'tempfailed', code: '450', dsn: '4.7.1', matched: true }),
      aRecipient({ address: 'carol@example.com' }),
      aRecipient({ address: 'dave@example.com' }),
      aRecipient({ address: 'erin@example.com' }),
    ],
  }),
  aMessage({
    time: AT - 4 * MINUTE,
    subject: '\u001b[31mYou have won',
    recipients: [aRecipient({ mailbox: 'Junk', action: 'tagged' })],
  }),
  aMessage({
    time: AT - 5 * MINUTE,
    subject: 'Lunch?',
    recipients: [aRecipient({ status: 'deferred', code: '451', dsn: '4.3.0' })],
  }),
];

function print(messages: readonly Message[], over: Partial<Screen> = {}, fields?: string): string {
  const table = new Table({ screen: aScreen(over), ...(fields === undefined ? {} : { fields: parseFields(fields) }) });
  return messages.map((message) => table.message(message)).join('') + table.end();
}

/** One message whose columns have all their room, as cells. */
function cells(message: Message): string[][] {
  const lines = print([message], PIPE).trimEnd().split('\n').slice(1);
  return lines.map((line) => line.split(/ {2,}/));
}

const row = (over: Parameters<typeof aRecipient>[0]): string[] =>
  cells(aMessage({ recipients: [aRecipient(over)] }))[0] ?? [];

describe('on a terminal', () => {
  it('fits 80 columns and still tells all', () => {
    expect(`\n${print(DAY)}`).toMatchInlineSnapshot(`
      "
      NOV 21   SENDER           RECIPIENT       SUBJECT          STATUS           CODE
      09:15:02 alice@ex…ple.org bob@example.com Quarterly numbe… delivered        250
      09:14:02 billing@…ple.net sales→caro….com Re: Invoice 202… delivered        250
      09:14:02 billing@…ple.net dave@ex…ple.com Re: Invoice 202… bounced          550
      09:13:02 <>               nobody@…ple.com Undelivered Mai… rejected         550
      09:12:02 newslett…ple.net bob@e….com (+3) 会議のお知らせ:… refused for now  450
      09:11:02 alice@ex…ple.org bob@example.com \\x1b[31mYou hav… delivered (Junk) 250
      09:10:02 alice@ex…ple.org bob@example.com Lunch?           deferred         451
      "
    `);
  });

  it('shows sender server and id at 160 columns', () => {
    expect(`\n${print(DAY, { columns: 160 })}`).toMatchInlineSnapshot(`
      "
      NOV 21    SENDER             RECIPIENT          SUBJECT             ACTION      STATUS            CODE       FROM SERVER        ID
      09:15:02  alice@example.org  bob@example.com    Quarterly numbers   accepted    delivered         250 2.0.0  mai… [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      09:14:02  billing@…mple.net  sales→carol…e.com  Re: Invoice 2026-…  accepted    delivered         250 2.0.0  mai… [192.0.2.10]  20261121T091402-mx1-4C1hTp0RbJzR
      09:14:02  billing@…mple.net  dave@example.com   Re: Invoice 2026-…  accepted    bounced           550 5.1.1  mai… [192.0.2.10]  20261121T091402-mx1-4C1hTp0RbJzR
      09:13:02  <>                 nobody@e…mple.com  Undelivered Mail …  rejected    rejected          550 5.1.1  [198.51.100.77]    20261121T091502-mx1-4C1hTq2KxJzR
      09:12:02  newslett…mple.net  bob@ex…e.com (+3)  会議のお知らせ: …   tempfailed  refused for now   450 4.7.1  mai… [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      09:11:02  alice@example.org  bob@example.com    \\x1b[31mYou have …  tagged      delivered (Junk)  250 2.0.0  mai… [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      09:10:02  alice@example.org  bob@example.com    Lunch?              accepted    deferred          451 4.3.0  mai… [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      "
    `);
  });

  it('shows the date in each row where the rows are of several days, and the year where it is another', () => {
    const times = [AT, AT - 86_400_000, Date.UTC(2025, 11, 31, 8)];
    const lines = print(
      times.map((time) => aMessage({ time })),
      { columns: 110 },
    ).split('\n');
    expect(lines.slice(1, 4).map((line) => line.split(' alice')[0]?.trim())).toEqual([
      'Nov 21 09:15:02',
      'Nov 20 09:15:02',
      '2025 Dec 31 08:00:00',
    ]);
    const narrow = print(
      times.map((time) => aMessage({ time, subject: 'A long subject that needs all the room there is' })),
    ).split('\n');
    expect(narrow.slice(1, 4).map((line) => line.split(' alice')[0]?.trim())).toEqual([
      'Nov 21 09:15',
      'Nov 20 09:15',
      '2025 Dec 31 08:00',
    ]);
  });

  it('is never wider than the terminal, and nothing in it is obeyed, whatever the log holds', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 4 }),
        fc.constantFrom(60, 80, 119, 120, 160),
        (messages, columns) => {
          // Ids are ours and short; they are never cut.
          const text = print(
            messages.map((message, i) => ({ ...message, id: `20261121T09150${i}-abcdefgh` })),
            { columns, colour: true },
          );
          for (const line of plain(text).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(DANGEROUS.test(plain(text))).toBe(false);
        },
      ),
    );
  });

  it('colours the status by its group, and only where colour is wanted', () => {
    const coloured = print(DAY, { colour: true });
    expect(coloured).toContain('\u001b[32mdelivered');
    expect(coloured).toContain('\u001b[31mbounced');
    expect(coloured).toContain('\u001b[33mdeferred');
    expect(plain(coloured)).toBe(print(DAY));
  });

  it('prints nothing for nothing', () => {
    expect(print([])).toBe('');
  });
});

describe('in a pipe', () => {
  it('cuts nothing, has no colour, and two blanks or more between columns', () => {
    expect(`\n${print(DAY, { tty: false, columns: 20 })}`).toMatchInlineSnapshot(`
      "
      TIME                 SENDER                                                RECIPIENT                           SUBJECT                                                         ACTION      STATUS                 CODE       FROM SERVER                    ID
      2026-11-21 09:15:02  alice@example.org                                     bob@example.com                     Quarterly numbers                                               accepted    delivered              250 2.0.0  mail.example.org [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      2026-11-21 09:14:02  billing@suppliers.example.net                         sales@… → carol@branch.example.com  Re: Invoice 2026-4711 for the delivery of 12 crates of oranges  accepted    delivered              250 2.0.0  mail.example.org [192.0.2.10]  20261121T091402-mx1-4C1hTp0RbJzR
      2026-11-21 09:14:02  billing@suppliers.example.net                         dave@example.com                    Re: Invoice 2026-4711 for the delivery of 12 crates of oranges  accepted    bounced                550 5.1.1  mail.example.org [192.0.2.10]  20261121T091402-mx1-4C1hTp0RbJzR
      2026-11-21 09:13:02  <>                                                    nobody@example.com                  Undelivered Mail Returned to Sender                             rejected    rejected               550 5.1.1  [198.51.100.77]                20261121T091502-mx1-4C1hTq2KxJzR
      2026-11-21 09:12:02  newsletter-bounces+bob=example.com@lists.example.net  bob@example.com (+3 others)         会議のお知らせ: 来週の予定について                              tempfailed  refused for now (450)  450 4.7.1  mail.example.org [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      2026-11-21 09:11:02  alice@example.org                                     bob@example.com                     \\x1b[31mYou have won                                            tagged      delivered (Junk)       250 2.0.0  mail.example.org [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      2026-11-21 09:10:02  alice@example.org                                     bob@example.com                     Lunch?                                                          accepted    deferred               451 4.3.0  mail.example.org [192.0.2.10]  20261121T091502-mx1-4C1hTq2KxJzR
      "
    `);
  });

  it('streams: after the first rows each message comes out at once', () => {
    const table = new Table({ screen: aScreen(PIPE) });
    const first = Array.from({ length: 999 }, () => table.message(aMessage())).join('');
    expect(first).toBe('');
    expect(table.message(aMessage()).split('\n')).toHaveLength(1002);
    expect(table.message(aMessage({ sender: 'a-longer-one-than-all-before@example.org' }))).toMatch(
      /^2026-11-21 09:15:02 {2}a-longer-one-than-all-before@example\.org {2}bob/,
    );
    expect(table.end()).toBe('');
  });
});

describe('the cells', () => {
  it('say null sender and unknown', () => {
    const bare = aMessage({ sender: '', recipients: [{ status: 'pending', direction: 'unknown' }] });
    delete bare.subject;
    delete bare.client;
    expect(cells(bare)).toEqual([['2026-11-21 09:15:02', '<>', '-', '-', '-', 'pending', '-', '-', bare.id]]);
    delete bare.sender;
    expect(cells(bare)[0]?.[1]).toBe('-');
  });

  it('say what an alias led to, the folder, and a refusal for now', () => {
    expect(row({ address: 'sales@example.com', finalAddress: 'carol@example.com' })[2]).toBe(
      'sales@… → carol@example.com',
    );
    expect(row({ mailbox: 'Junk' })[5]).toBe('delivered (Junk)');
    expect(row({ mailbox: 'INBOX' })[5]).toBe('delivered');
    expect(row({ status: 'rejected', action: 'tempfailed', code: '450' })[5]).toBe('refused for now (450)');
    expect(row({ status: 'rejected', action: 'rejected', code: '550', dsn: '5.7.1' }).slice(5, 7)).toEqual([
      'rejected',
      '550 5.7.1',
    ]);
  });

  it('show the address between that was searched for, where neither end was', () => {
    const alias = { address: 'all@example.com', via: ['sales@example.com'], finalAddress: 'carol@example.com' };
    const cell = (wanted: string): string | undefined => {
      const table = new Table({ screen: aScreen(PIPE), isSearched: (address) => address === wanted });
      const text = table.message(aMessage({ recipients: [aRecipient(alias)] })) + table.end();
      return text.split('\n')[1]?.split(/ {2,}/)[2];
    };
    expect(cell('sales@example.com')).toBe('all@… → sales@example.com → …');
    expect(cell('carol@example.com')).toBe('all@… → carol@example.com');
    expect(cell('all@example.com')).toBe('all@… → carol@example.com');
  });

  it('are those of the entries that matched, with the number of the others', () => {
    const many = aMessage({
      recipients: [
        aRecipient(),
        aRecipient({ address: 'x@example.com', matched: true }),
        aRecipient({ address: 'y@example.com', matched: true }),
        aRecipient(),
      ],
    });
    expect(cells(many).map((line) => line[2])).toEqual(['x@example.com', 'y@example.com (+2 others)']);
    expect(cells(aMessage({ unnamedRecipients: 2 })).map((line) => line[2])).toEqual([
      'bob@example.com (+2 not named)',
    ]);
  });

  it('leave out addresses that our server added, unless they failed or were searched for', () => {
    const added = (over: Parameters<typeof aRecipient>[0]): (string | undefined)[] =>
      cells(
        aMessage({
          recipients: [
            aRecipient({ matched: undefined as never }),
            aRecipient({ address: 'archive@example.com', added: 'bcc', ...over }),
          ],
        }),
      ).map((line) => line[2]);
    expect(added({})).toEqual(['bob@example.com']);
    expect(added({ status: 'bounced' })).toEqual(['bob@example.com', 'archive@example.com']);
    expect(added({ matched: true })).toEqual(['archive@example.com (+1 other)']);
    const both = [
      aRecipient({ matched: true }),
      aRecipient({ address: 'archive@example.com', added: 'bcc', matched: true }),
    ];
    expect(cells(aMessage({ recipients: both })).map((line) => line[2])).toEqual([
      'bob@example.com',
      'archive@example.com',
    ]);
    expect(cells(aMessage({ recipients: [aRecipient({ added: 'redirect' })] }))).toHaveLength(1);
  });
});

describe('options', () => {
  it('--fields chooses the columns', () => {
    expect(print(DAY.slice(0, 2), {}, 'recipient,size,recipient.status,hops.queueId')).toBe(
      `recipient           size  recipient.status  hops.queueId
bob@example.com    18342  delivered         4C1hTq2KxJzR
sales@example.com  18342  delivered         4C1hTq2KxJzR
dave@example.com   18342  bounced           4C1hTq2KxJzR
`,
    );
  });

  it('prints times in the zone asked for', () => {
    expect(print([aMessage()], { tty: false, clock: new Clock('Asia/Kathmandu') })).toContain('2026-11-21 15:00:02');
  });

  it('--raw prints the lines under the last row of their message', () => {
    const table = new Table({ screen: aScreen(PIPE) });
    const lines = [{ file: 'mail.log', line: 1, bytes: Buffer.from('Nov 21 09:15:02 mx1 x: \u001b[2J') }];
    const text = table.message(DAY[1] as Message, lines) + table.message(aMessage(), lines) + table.end();
    expect(text.split('\n').map((line) => line.slice(0, 12))).toEqual([
      'TIME        ',
      '2026-11-21 0',
      '2026-11-21 0',
      '    Nov 21 0',
      '2026-11-21 0',
      '    Nov 21 0',
      '',
    ]);
    expect(text).toContain(String.raw`x: \x1b[2J`);
  });
});
