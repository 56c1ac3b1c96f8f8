/**
 * Postfix: what no single line shows. Line shapes are in fixtures/postfix/lines.jsonl (test/formats/lines.test.ts).
 */
import { describe, expect, test } from 'vitest';
import postfix from '../../../src/formats/postfix/index.ts';
import { Frame } from '../../../src/model/frame.ts';
import { LogEvent } from '../../../src/model/log-event.ts';
import { eventObject } from '../../helpers/event-object.ts';
import type { EventObject } from '../../helpers/event-object.ts';
import { frameLine } from '../../helpers/frame-line.ts';

function read(...lines: string[]): EventObject[] {
  const context = postfix.createContext();
  const events: EventObject[] = [];
  for (const line of lines) postfix.parse(frameLine(line), new LogEvent(), (e) => events.push(eventObject(e)), context);
  return events;
}

const rfc5424 = (pid: number, body: string, host = 'mx1', app = 'postfix'): string =>
  `<22>1 2026-11-21T09:15:02.418233+01:00 ${host} ${app} ${pid} - -  ${body}`;

function claims(line: string): boolean {
  const frame = frameLine(line);
  return postfix.claims(frame.program, frame);
}

describe('RFC 5424: the daemon is not told', () => {
  const active = rfc5424(7, '3F1A20B77C: from=<ann@example.net>, size=2048, nrcpt=1 (queue active)');

  test('`removed` by the queue manager closes the mail', () => {
    expect(read(active, rfc5424(7, '3F1A20B77C: removed'))[1]).toMatchObject({ kind: 'closed', what: 'removed' });
  });

  test('`removed` by another process is an administrator', () => {
    expect(read(active, rfc5424(9, '3F1A20B77C: removed'))[1]).toMatchObject({ kind: 'admin', what: 'removed' });
  });

  test('the queue manager of another host or instance tells nothing', () => {
    const untold = { kind: 'closed', what: 'removed', active: true };
    expect(read(active, rfc5424(9, '3F1A20B77C: removed', 'mx2'))[1]).toMatchObject(untold);
    expect(read(active, rfc5424(9, '3F1A20B77C: removed', 'mx1', 'postfix-out'))[1]).toMatchObject(untold);
  });

  test('`removed (canceled)` is cleanup, whatever its pid', () => {
    expect(read(active, rfc5424(9, '3F1A20B77C: removed (canceled)'))[1]).toMatchObject({
      kind: 'closed',
      what: 'canceled',
    });
  });

  test('a syslog_name of the operator is known by the body', () => {
    expect(claims(rfc5424(1, 'connect from mail.example.net[192.0.2.7]', 'mx1', 'mail-in'))).toBe(true);
    expect(claims(rfc5424(1, '3F1A20B77C: removed', 'mx1', 'mail-in'))).toBe(true);
    expect(claims(rfc5424(1, 'connection closed by peer', 'mx1', 'sshd'))).toBe(false);
    expect(claims(rfc5424(1, 'warning: something', 'mx1', 'mail-in'))).toBe(false);
  });
});

const removedBy = (tag: string): string => `Nov 21 09:15:02 mx1 ${tag}[7]: 3F1A20B77C: removed`;

test('the instance is the first part of the tag, the daemon the last', () => {
  expect(read(removedBy('postfix-out/submission/cleanup'))[0]).toMatchObject({
    kind: 'closed',
    instance: 'postfix-out',
  });
  expect(read(removedBy('mx-in/postsuper'))[0]).toMatchObject({ kind: 'admin', instance: 'mx-in' });
});

test.each([
  ['postfix/smtpd', true],
  ['postfix', true],
  ['postfix-out/smtp', true],
  ['postfix/postfix-script', true],
  ['mx-in/submission/smtpd', true],
  ['exim', false],
  ['dovecot', false],
  ['rspamd', false],
  ['', false],
])('claims %s: %s', (program, ours) => {
  expect(postfix.claims(program, new Frame())).toBe(ours);
});

test('evidence is the share of its tags', () => {
  const lines = ['Nov 21 09:15:02 mx1 postfix/smtpd[7]: x', 'Nov 21 09:15:02 mx1 dovecot: y', 'no log line'];
  const sample = lines.map((line) => frameLine(line));
  expect(postfix.detect(sample.slice(0, 1))).toBe(1);
  expect(postfix.detect(sample)).toBeCloseTo(1 / 3);
  expect(postfix.detect([])).toBe(0);
});

const idOf = (text: string): unknown => read(`Nov 21 09:15:02 mx1 postfix/qmgr[7]: ${text}: removed`)[0]?.['queueId'];

describe('queue ids', () => {
  test.each(['3F1A20B77C', '0F5383D', 'ED06590130AA1C9D6D862', '4jWmkZ2yfxz2xnY'])('%s', (id) => {
    expect(idOf(id)).toBe(id);
  });

  test.each(['NOQUEUE', '3F1A', 'statistics', 'a b', '3F1A20B77C.'])('%s is none', (text) => {
    expect(idOf(text)).toBeUndefined();
  });
});

test('a log that somebody made anonymous keeps its ids', () => {
  expect(
    read('Nov 21 09:15:02 mx1 postfix/qmgr[7]: 7E1AEC2C388XXXX: from=<a@b>, size=1, nrcpt=1 (queue active)'),
  ).toMatchObject([{ kind: 'facts', queueId: '7E1AEC2C388XXXX', sender: 'a@b' }]);
});
