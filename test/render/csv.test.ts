import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Csv, CSV_HEADER } from '../../src/render/csv.ts';
import { parseFields } from '../../src/render/fields.ts';
import { Clock } from '../../src/render/times.ts';
import { visibleControls } from '../../src/util/visible.ts';
import { aMessage, anyMessage, aRecipient } from './messages.ts';
import { DANGEROUS } from './screens.ts';

const clock = new Clock('UTC');

/** RFC 4180 as its readers do it. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let i = 0;
  while (i < text.length) {
    let cell = '';
    if (text[i] === '"') {
      for (i++; i < text.length; i++) {
        if (text[i] !== '"') cell += text[i];
        else if (text[i + 1] === '"') cell += text[i++];
        else break;
      }
      i++;
    } else while (i < text.length && text[i] !== ',' && text[i] !== '\n') cell += text[i++];
    rows.at(-1)?.push(cell);
    if (text[i] === '\n' && i + 1 < text.length) rows.push([]);
    i++;
  }
  return rows;
}

const cell = (text: string | undefined): string =>
  visibleControls(/^[=+\-@\t\r]/.test(text ?? '') ? `'${text ?? ''}` : (text ?? ''));

describe('Csv', () => {
  it('has a fixed header and a row a recipient, added ones too', () => {
    const csv = new Csv({ clock, tty: false });
    const message = aMessage({
      sender: '',
      recipients: [aRecipient({ delay: 1.5 }), aRecipient({ address: 'archive@example.com', added: 'bcc' })],
    });
    const rows = parse(csv.head() + csv.message(message));
    expect(rows[0]).toEqual([...CSV_HEADER]);
    expect(rows[0]?.slice(0, 8).join()).toBe(
      'time,sender,recipient.address,recipient.finalAddress,subject,recipient.action,recipient.status,recipient.code',
    );
    expect(rows).toHaveLength(3);
    expect(rows[1]?.slice(0, 8)).toEqual([
      '2026-11-21T09:15:02.120+00:00',
      '<>',
      'bob@example.com',
      '',
      'Quarterly numbers',
      'accepted',
      'delivered',
      '250',
    ]);
    expect(rows[2]?.[CSV_HEADER.indexOf('recipient.added')]).toBe('bcc');
  });

  it('prints the fields asked for', () => {
    const csv = new Csv({
      clock,
      tty: false,
      fields: parseFields('id,recipient,client.ip,hops.queueId,verdicts.score'),
    });
    const message = aMessage({ verdicts: [{ time: 0, engine: 'rspamd', action: 'accepted', score: -3.2 }], hops: [] });
    expect(csv.head() + csv.message(message)).toBe(
      'id,recipient,client.ip,hops.queueId,verdicts.score\n20261121T091502-mx1-4C1hTq2KxJzR,bob@example.com,192.0.2.10,,-3.2\n',
    );
  });

  it('reads back to the same cells, guarded, whatever the log holds', () => {
    const paths = ['sender', 'subject', 'recipient.address', 'recipient.reply', 'from'];
    const csv = new Csv({ clock, tty: false, fields: parseFields(paths.join(',')) });
    fc.assert(
      fc.property(anyMessage, ({ recipients, ...message }) => {
        const one = recipients.slice(0, 1).map((recipient) => {
          const { matched, ...rest } = recipient;
          return matched === undefined ? recipient : rest;
        });
        const rows = parse(csv.message({ ...message, recipients: one }));
        const sender = message.sender === '' ? '<>' : cell(message.sender);
        expect(rows).toEqual([
          [sender, cell(message.subject), cell(one[0]?.address), cell(one[0]?.reply), cell(message.from)],
        ]);
        for (const text of rows.flat()) expect(text).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

  it('holds no control character but its line ends, and on a terminal nothing hidden', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(new Csv({ clock, tty: false }).message(message)).not.toMatch(/(?!\n)\p{Cc}/u);
        expect(DANGEROUS.test(new Csv({ clock, tty: true }).message(message))).toBe(false);
      }),
    );
  });
});
