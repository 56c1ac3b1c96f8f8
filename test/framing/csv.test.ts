/** CSV exports: which header is one, rows over several lines, hostile cells, times. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/formats/index.ts';
import { Framer } from '../../src/framing/framer.ts';
import { CsvTimes } from '../../src/framing/csv-times.ts';
import { Frame } from '../../src/model/frame.ts';
import { F, LogEvent } from '../../src/model/log-event.ts';

const TRACKING = '#Fields: date-time,source,event-id,message-id,network-message-id,recipient-address,message-subject';
const SUMMARY = 'Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,MessageTraceId';

const CSV_FORMATS = FORMATS.filter(({ name }) => ['exchange', 'm365', 'google-els', 'powermta'].includes(name));

interface Seen {
  program: string;
  at: number;
  cells: string[];
  line: number;
  offset: number;
  length: number;
}

/** What a framer makes of these lines, one after the other, each with its place as a stream tells it. */
function rowsOf(text: string | Buffer): Seen[] {
  const bytes = Buffer.from(text);
  const framer = new Framer({ zone: 'Europe/Berlin', bound: Date.UTC(2026, 11, 1) });
  const frame = new Frame();
  const out: Seen[] = [];
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(10, start);
    const stop = lf < 0 ? bytes.length : lf;
    frame.line = ++line;
    frame.offset = start;
    frame.length = stop - start;
    const result = framer.frame(bytes, start, stop, frame);
    if (result === 'line') {
      const { row, program, at } = frame;
      const cells = row === undefined ? [] : Array.from({ length: row.count }, (_, i) => row.text(i));
      out.push({ program, at, cells, line: frame.line, offset: frame.offset, length: frame.length });
    }
    start = stop + 1;
  }
  return out;
}

describe('headers', () => {
  test.each([
    ['the summary', SUMMARY, 'm365-summary'],
    [
      'other spelling',
      'received,sender_address,Recipient Address,subject,STATUS,message-id,message_trace_id',
      'm365-summary',
    ],
    ['behind a byte order mark', `\uFEFF${SUMMARY}`, 'm365-summary'],
    [
      'in quotes',
      SUMMARY.split(',')
        .map((name) => `"${name}"`)
        .join(','),
      'm365-summary',
    ],
    ['of PowerShell', `#TYPE Deserialized.Microsoft.Exchange\n${SUMMARY}`, 'm365-summary'],
    ['of a spreadsheet', `sep=;\n${SUMMARY.replaceAll(',', ';')}`, 'm365-summary'],
    ['of Exchange', `#Software: Microsoft Exchange Server\n${TRACKING}`, 'exchange-tracking'],
    ['of Exchange behind other lines', `Nov 21 09:15:02 mx1 postfix/smtpd[1]: x\n${TRACKING}`, 'exchange-tracking'],
  ])('%s', (_, header, program) => {
    const mark = header.includes(';') ? ';' : ',';
    const row = ['2026-11-21T09:15:02Z', 'a@b.example', 'c@d.example', 'x', 'Delivered', '<m>', 'id'].join(mark);
    expect(rowsOf(`${header}\n${row}\n`).at(-1)).toMatchObject({ program, at: Date.UTC(2026, 10, 21, 9, 15, 2) });
  });

  test('other CSV is none', () => {
    expect(rowsOf('name,address,status\na,b,c\n').map(({ program }) => program)).toEqual(['', '']);
  });

  test('another log of Exchange is none', () => {
    const other = '#Fields: date-time,connector-id,session-id,event,data';
    expect(rowsOf(`${other}\n2026-11-21T09:15:02Z,a,b,c,d\n`).map(({ cells }) => cells)).toEqual([[]]);
  });

  test('the same header again is no row, and other columns are read by their names', () => {
    const row = '2026-11-21T09:15:02Z,SMTP,SEND,<m>,id,a@b.example,x';
    const less = '#Fields: message-id,date-time,event-id,recipient-address';
    const seen = rowsOf(
      `${TRACKING}\n${row}\n${TRACKING}\n${row}\n${less}\n<m>,2026-11-21T09:15:03Z,SEND,a@b.example\n`,
    );
    expect(seen.map(({ at }) => new Date(at).getUTCSeconds())).toEqual([2, 2, 3]);
  });
});

describe('rows', () => {
  const row = (subject: string): string => `2026-11-21T09:15:02Z,a@b.example,c@d.example,${subject},Delivered,<m>,id`;

  test('a quoted cell holds commas, quotes and lines, and the place is that of all its lines', () => {
    const text = `${SUMMARY}\n${row('"a, ""b""\n\nc"')}\n${row('next')}\n`;
    const [first, second] = rowsOf(text);
    expect(first).toMatchObject({ line: 2, offset: SUMMARY.length + 1 });
    expect(first?.cells[3]).toBe('a, "b"\n\nc');
    expect(text.slice(first?.offset, (first?.offset ?? 0) + (first?.length ?? 0))).toBe(row('"a, ""b""\n\nc"'));
    expect(second).toMatchObject({ line: 5 });
    expect(second?.cells[3]).toBe('next');
  });

  test('what looks like a row within quotes is none', () => {
    const seen = rowsOf(`${SUMMARY}\n${row(`"x\n${row('fake')}\n"`)}\n`);
    expect(seen).toHaveLength(1);
  });

  test('a quote inside of a bare cell is text', () => {
    expect(rowsOf(`${SUMMARY}\n${row('5" disk')}\n`)[0]?.cells).toContain('5" disk');
  });

  test('a quote that never ends loses the rows up to the bound, not those behind it', () => {
    const seen = rowsOf(`${SUMMARY}\n${row('"open')}\n${`${row('lost')}\n`.repeat(1000)}${row('kept')}\n`);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.at(-1)?.cells[3]).toBe('kept');
  });

  test('any cells come back as they were written', () => {
    const cell = fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', '=', '\0', 'ü', ' ', ';') });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 3, maxLength: 3 }), (cells) => {
        const text = cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',');
        const seen = rowsOf(`${SUMMARY}\n2026-11-21T09:15:02Z,${text},Delivered,<m>,id\n${row('next')}\n`);
        expect(seen.map((one) => one.cells.slice(1, 4))).toEqual([cells, ['a@b.example', 'c@d.example', 'next']]);
      }),
    );
  });
});

test('any bytes in rows of every export: nothing is thrown, and fields lie within the row', () => {
  const headers = [
    `${TRACKING},recipient-status,related-recipient-address,reference,return-path`,
    SUMMARY,
    'origin_timestamp,sender_address,Recipient_status,message_id,network_message_id',
    'Message ID,Start date,Sender,Recipient address,Event target,Event status',
    'type,timeLogged,timeQueued,orig,rcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,header_Message-Id',
  ];
  const word = fc.oneof(
    fc.constantFrom(
      'RECEIVE',
      'EXPAND',
      'FAIL',
      'RESOLVE',
      'DSN',
      'd',
      'b',
      '<>',
      'a@b;c@d',
      'a@b##Receive, Fail',
      'SMTP_OUT',
    ),
    fc.constantFrom('Delivered', '2026-11-21T09:15:02Z', '__proto__', 'constructor', '""', '"', '\0', ';;', '=1+1'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...headers), fc.array(fc.array(word, { maxLength: 12 })), (header, rows) => {
      const framer = new Framer({ zone: 'UTC', bound: Date.UTC(2026, 11, 1) });
      const frame = new Frame();
      const event = new LogEvent();
      const contexts = new Map(CSV_FORMATS.map((format) => [format, format.createContext()]));
      for (const text of [header, ...rows.map((cells) => cells.join(','))]) {
        const bytes = Buffer.from(text);
        if (framer.frame(bytes, 0, bytes.length, frame) !== 'line' || frame.framing !== 'csv') continue;
        const format = CSV_FORMATS.find((one) => one.claims(frame.program, frame));
        if (format === undefined) throw new Error(`nobody reads ${frame.program}`);
        format.parse(
          frame,
          event,
          (ev) => {
            for (const field of Object.values(F)) {
              if (ev.start(field) < 0) continue;
              expect(ev.start(field)).toBeGreaterThanOrEqual(frame.body);
              expect(ev.stop(field)).toBeLessThanOrEqual(frame.end);
            }
          },
          contexts.get(format) as object,
        );
      }
    }),
  );
});

test.each([
  ['2026-11-21T09:15:02.4186871Z', 2.418],
  ['2026-11-21T10:15:02+01:00', 2],
  ['2026-11-21 09:15:02', 2],
  ['2026-11-21 09:15:02+0000', 2],
  ['2026/11/21 09:15:02 UTC', 2],
  ['11/21/2026 9:15:02 AM', 2],
  ['21.11.2026 09:15:02', 2],
  ['21/11/2026 09:15', 0],
  [String(Date.UTC(2026, 10, 21, 9, 15, 2) / 1000), 2],
])('time %s', (text, seconds) => {
  const bytes = Buffer.from(text);
  const at = new CsvTimes().read(bytes, 0, bytes.length);
  expect(Math.floor(at)).toBe(Date.UTC(2026, 10, 21, 9, 15, 0) + seconds * 1000);
});

test.each(['', 'N/A', '99/99/2026 09:15:02', '2026-11-21', 'x'.repeat(100)])('no time: %s', (text) => {
  const bytes = Buffer.from(text);
  expect(new CsvTimes().read(bytes, 0, bytes.length)).toBeNaN();
});
