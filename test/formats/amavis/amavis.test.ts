/** Amavis: lines in pieces, and texts of strangers that look like its own. */
import { describe, expect, test } from 'vitest';
import amavis from '../../../src/formats/amavis/index.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { eventObject } from '../../helpers/event-object.ts';
import type { EventObject } from '../../helpers/event-object.ts';
import { frameLine } from '../../helpers/frame-line.ts';

const HEAD = 'Nov 21 09:15:02 mx1 amavis[20417]: ';

function read(...texts: string[]): EventObject[] {
  const events: EventObject[] = [];
  const record = new LogEvent();
  const context = amavis.createContext();
  const take = (one: LogEvent): number => events.push(eventObject(one));
  for (const text of texts) amavis.parse(frameLine(HEAD + text), record, take, context);
  amavis.finish?.(record, take, context);
  return events;
}

const WHOLE =
  '(20417-03) Blocked SPAM {DiscardedInbound,Quarantined}, [192.0.2.7]:47 [192.0.2.7] <x@spam.test> -> <b@c.test>, quarantine: spam-k7, Queue-ID: 3F1A, Message-ID: <m@x>, mail_id: k7, Hits: 27.1, size: 20, 8 ms';

describe('a line in pieces', () => {
  test('is told once, as the whole line would be', () => {
    const [whole] = read(WHOLE);
    for (const cuts of [[60], [60, 140], [20, 100, 180]]) {
      const parts = [0, ...cuts].map((from, i) => WHOLE.slice(from, cuts[i] ?? WHOLE.length));
      const lines = parts.map(
        (part, i) => `${i === 0 ? '' : '(20417-03) ...'}${part}${i === parts.length - 1 ? '' : '...'}`,
      );
      expect(read(...lines).filter(({ kind }) => kind === 'verdict')).toEqual([whole]);
    }
  });

  test('between which lines of another child stand', () => {
    const events = read(`${WHOLE.slice(0, 80)}...`, '(20418-01) ...foreign', `(20417-03) ...${WHOLE.slice(80)}`);
    expect(events.filter(({ kind }) => kind === 'verdict')).toEqual(read(WHOLE));
  });

  test('whose end never came is told as far as it goes', () => {
    const verdicts = read(`${WHOLE.slice(0, 120)}...`).filter(({ kind }) => kind === 'verdict');
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ what: 'spam', filterId: '20417-03', sender: 'x@spam.test' });
  });

  test('begun without end many times holds a bounded number', () => {
    const context = amavis.createContext();
    for (let i = 0; i < 1000; i++) {
      amavis.parse(frameLine(`${HEAD}(${i}-01) Passed CLEAN ...`), new LogEvent(), () => {}, context);
    }
    expect(context.held.size).toBeLessThanOrEqual(64);
  });
});

describe('hostile text', () => {
  test('a banned name that looks like the rest of the line says nothing', () => {
    const [event] = read(
      '(1-1) Blocked BANNED (x) {RelayedInbound}, [192.0.2.1] <a@b> -> <forged@c>, queued_as: FORGED, y.exe) {DiscardedInbound,Quarantined}, [192.0.2.7] <x@spam.test> -> <b@c.test>, quarantine: q, mail_id: k7, Hits: -, size: 2, 8 ms',
    );
    expect(event).toEqual({ kind: 'verdict', system: 'amavis', engine: 'amavis', what: 'banned', filterId: '1-1' });
  });

  test('a banned name with brackets is read whole', () => {
    const [event] = read(
      '(1-1) Blocked BANNED (.exe,a (1), b.exe) {DiscardedInbound}, [192.0.2.7] <x@spam.test> -> <b@c.test>, Hits: -, size: 2, 8 ms',
    );
    expect(event).toMatchObject({ reason: '.exe,a (1), b.exe', action: 'discarded', sender: 'x@spam.test' });
  });

  test('a Message-ID does not forge ids or scores', () => {
    const [event] = read(
      '(1-1) Blocked SPAM {DiscardedInbound}, [192.0.2.7] <x@spam.test> -> <b@c.test>, Message-ID: <a>, mail_id: F, Hits: -99, queued_as: FORGED, <b>, mail_id: k7, Hits: 27, size: 2, 8 ms',
    );
    expect(event).toMatchObject({ action: 'discarded', recipients: 'b@c.test' });
    for (const field of ['remoteId', 'score', 'messageId']) expect(event).not.toHaveProperty(field);
  });

  test('a Message-ID without the fields behind it does not forge them', () => {
    const [event] = read(
      '(1-1) Blocked SPAM {DiscardedInbound}, [192.0.2.7] <x@spam.test> -> <b@c.test>, Message-ID: <a>, queued_as: FORGED, <b>, mail_id: k7, Hits: 27, size: 2, 8 ms',
    );
    expect(event).toMatchObject({ messageId: 'a>, queued_as: FORGED, <b', score: 27 });
    expect(event).not.toHaveProperty('remoteId');
  });

  test('a subject and a sender with quotes stay what they are', () => {
    const [event] = read(
      '(1-1) Blocked SPAM {DiscardedInbound}, [192.0.2.7] <"a> -> <b@c>, queued_as: F"@spam.test> -> <b@c.test>, Message-ID: <a>, mail_id: k7, Hits: 27, size: 2, Subject: "x\\", queued_as: FORGED, y", 8 ms',
    );
    expect(event).toMatchObject({
      sender: '"a> -> <b@c>, queued_as: F"@spam.test',
      recipients: 'b@c.test',
      subject: 'x", queued_as: FORGED, y',
    });
    expect(event).not.toHaveProperty('remoteId');
  });
});
