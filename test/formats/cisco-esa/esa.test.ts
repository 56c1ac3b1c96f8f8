/** What no single line of the text mail logs shows: what is remembered between lines, and hostile texts. */
import { describe, expect, test } from 'vitest';
import ciscoEsa from '../../../src/formats/cisco-esa/index.ts';
import { readAnswer, unquoted } from '../../../src/formats/cisco-esa/python.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { eventObject, type EventObject } from '../../helpers/event-object.ts';
import { frameLine } from '../../helpers/frame-line.ts';

const HEAD = 'Nov 21 09:15:02 esa1 mail_logs: Info: ';

/** Events of the last of these lines. */
function lastOf(...lines: string[]): EventObject[] {
  const context = ciscoEsa.createContext();
  let events: EventObject[] = [];
  for (const line of lines) {
    events = [];
    ciscoEsa.parse(frameLine(HEAD + line), new LogEvent(), (event) => events.push(eventObject(event)), context);
  }
  return events;
}

const MAIL = [
  'Start MID 6 ICID 5',
  'MID 6 ICID 5 From: <ann@example.net>',
  'MID 6 ICID 5 RID 0 To: <bob@example.com>',
  'MID 6 ICID 5 RID 1 To: <carol@example.com>',
];

describe('recipients by number', () => {
  test('a delivery is of those that it names', () => {
    const relay = 'New SMTP DCID 8 interface 192.0.2.25 address 2001:db8::40 port 2525';
    expect(lastOf(...MAIL, relay, 'Message done DCID 8 MID 6 to RID [1]')).toMatchObject([
      { kind: 'delivery', recipient: 'carol@example.com', outcome: 'sent', relayIp: '2001:db8::40', port: 2525 },
    ]);
    expect(lastOf(...MAIL, 'Message done DCID 8 MID 6 to RID [0, 1]').map((event) => event['recipient'])).toEqual([
      'bob@example.com',
      'carol@example.com',
    ]);
  });

  test('of another mail, or of no known number, nobody is told', () => {
    expect(lastOf(...MAIL, 'Message done DCID 8 MID 7 to RID [0]')).toMatchObject([{ kind: 'mention' }]);
    expect(lastOf(...MAIL, 'Message done DCID 8 MID 6 to RID [2]')).toMatchObject([{ kind: 'mention' }]);
  });

  test('the same MID begun anew has none of the old ones', () => {
    expect(lastOf(...MAIL, 'Start MID 6 ICID 9', 'Message done DCID 8 MID 6 to RID [0]')).toMatchObject([
      { kind: 'mention' },
    ]);
  });
});

test('a mail that is too big is refused, not only its connection', () => {
  const lines = [
    'New SMTP ICID 5 interface Data1 (192.0.2.25) address 198.51.100.7 reverse dns host unknown verified no',
  ];
  expect(lastOf(...lines, ...MAIL, 'ICID 5 Receiving Failed: Message size exceeds limit')).toMatchObject([
    { kind: 'refusal', queueId: '6', final: true, recipients: '<bob@example.com>, <carol@example.com>' },
  ]);
});

test('words in a subject are a subject', () => {
  const [event] = lastOf(...MAIL, "MID 6 Subject 'x' MID 6 was dropped by y'");
  expect(event).toMatchObject({ kind: 'facts', subject: "x' MID 6 was dropped by y" });
});

describe("Python's strings", () => {
  test('an answer is its code and its lines', () => {
    expect(readAnswer(`('550', ['5.1.1 no', "it's gone", 'a\\'b']) []`)).toEqual({
      code: 550,
      text: "5.1.1 no it's gone a'b",
    });
    expect(readAnswer("('000', ['timeout'])")).toEqual({ code: 0, text: 'timeout' });
    expect(readAnswer("('000', [])")).toEqual({ code: 0, text: '' });
    expect(readAnswer("('550', ['cut off")).toEqual({ code: 550, text: '' });
    expect(readAnswer('no answer')).toBeUndefined();
  });

  test('quotes come off a value, and nothing else', () => {
    expect(unquoted(`"it's"`)).toBe("it's");
    expect(unquoted("'cut off")).toBe('cut off');
    expect(unquoted("'")).toBe('');
    expect(unquoted('bare')).toBe('bare');
  });

  test('an endless answer is read in time that grows with it', () => {
    const text = `('550', [${"'\\\\', ".repeat(20_000)}`;
    expect(readAnswer(text)?.code).toBe(550);
  });
});
