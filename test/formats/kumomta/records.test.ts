/** What no single line of KumoMTA's shows: reports that come in later, values of other types than documented. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import kumomta from '../../../src/formats/kumomta/index.ts';
import { readRecord } from '../../../src/formats/kumomta/record.ts';
import { Sent } from '../../../src/formats/kumomta/sent.ts';
import { F, LogEvent } from '../../../src/model/log-event.ts';
import { frameLine } from '../../helpers/frame-line.ts';

test('a report is about the one mail of its sender and recipient', () => {
  const sent = new Sent();
  sent.note('Ann@example.net', 'bob@example.org', 'a');
  expect(sent.about('ann@example.net', 'Bob@example.org')).toBe('a');
  expect(sent.about('ann@example.net', 'eve@example.org')).toBeUndefined();
  sent.note('ann@example.net', 'bob@example.org', 'b');
  expect(sent.about('ann@example.net', 'bob@example.org')).toBeUndefined();
});

test('a mail that failed in the session is none that a report is about', () => {
  const sent = new Sent();
  sent.note('ann@example.net', 'bob@example.org', 'a');
  sent.forget('ann@example.net', 'bob@example.org', 'a');
  expect(sent.about('ann@example.net', 'bob@example.org')).toBeUndefined();
});

test('the pairs that are known are bounded', () => {
  const sent = new Sent();
  for (let i = 0; i <= 100_000; i++) sent.note('', `r${i}@example.org`, `${i}`);
  expect(sent.about('', 'r0@example.org')).toBeUndefined();
  expect(sent.about('', 'r100000@example.org')).toBe('100000');
});

test('any JSON in the place of a record, and of each of its values, is read without an error', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('Reception', 'Delivery', 'Bounce', 'OOB', 'Rejection'),
      (value, type) => {
        readRecord(JSON.stringify(value));
        for (const name of ['id', 'sender', 'recipient', 'response', 'peer_address', 'headers', 'timestamp', 'size']) {
          const line = JSON.stringify({ type, id: 'a', recipient: 'bob@example.org', [name]: value });
          const event = new LogEvent();
          kumomta.parse(frameLine(line), event, (e) => e.text(F.reply), kumomta.createContext());
        }
      },
    ),
  );
});
