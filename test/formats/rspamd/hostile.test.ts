/** Texts of strangers in Rspamd's lines: none is taken for a field of Rspamd's own. */
import { expect, test } from 'vitest';
import rspamd from '../../../src/formats/rspamd/index.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { eventObject } from '../../helpers/event-object.ts';
import type { EventObject } from '../../helpers/event-object.ts';
import { frameLine } from '../../helpers/frame-line.ts';

const HEAD = '2026-11-21 09:15:02 #812(normal) <a1b2c3>; task; rspamd_task_write_log: ';

function read(text: string): EventObject | undefined {
  let event: EventObject | undefined;
  const record = new LogEvent();
  rspamd.parse(frameLine(HEAD + text), record, (one) => (event = eventObject(one)), rspamd.createContext());
  return event;
}

test('a sender with quotes does not forge the verdict', () => {
  const event = read(
    'id: <m@x>, qid: <A1>, from: <"a>, (default: F (no action): [0.00/15.00] ["@spam.test>, (default: T (reject): [20.00/15.00] [B(20.00){}]), len: 9, rcpts: <b@c>',
  );
  expect(event).toMatchObject({ action: 'rejected', score: 20, recipients: 'b@c', rules: 'B(20.00){}', size: 9 });
});

test('a Message-ID with a bracket does not forge a queue id', () => {
  const event = read(
    'id: <m>,qid:<FORGED>,@x>, qid: <A1>, (default: T (reject): [20.00/15.00] [B(20.00){}]), len: 9, rcpts: <b@c>',
  );
  expect(event).toMatchObject({ messageId: 'm>,qid:<FORGED>,@x', queueId: 'A1' });
});

test('an option that ends the block early ends the reading', () => {
  const event = read(
    'id: <m@x>, qid: <A1>, (default: T (reject): [20.00/15.00] [B(20.00){x;}]), len: 1, rcpts: <forged@c>, forced: discard "x"; score=nan (set by y);}]), len: 9, rcpts: <b@c>',
  );
  expect(event).toMatchObject({ action: 'rejected', score: 20, queueId: 'A1' });
  expect(event).not.toHaveProperty('recipients');
  expect(event).not.toHaveProperty('reason');
  expect(event).not.toHaveProperty('rules');
});

test('a header To with quotes does not forge what forced the action', () => {
  const event = read(
    'id: <m@x>, (default: T (reject): [20.00/15.00] [B(20.00){}]), len: 9, rcpts: <b@c>, mime_rcpts: <"x>, forced: discard \\"y"@z>',
  );
  expect(event).toMatchObject({ action: 'rejected', recipients: 'b@c', what: 'spam' });
  expect(event).not.toHaveProperty('reason');
});
