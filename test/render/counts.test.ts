import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/model/message.ts';
import {
  countJson,
  countText,
  groupsCsv,
  groupsJson,
  groupsJsonArray,
  groupsTable,
  sessionJson,
  sessionsTable,
} from '../../src/render/counts.ts';
import { Clock } from '../../src/render/times.ts';
import { AT } from './messages.ts';
import { aScreen, PIPE, plain } from './screens.ts';

const COUNTS = {
  messages: 1204,
  recipients: 1310,
  byStatus: { rejected: 20, delivered: 1280, deferred: 0, bounced: 10 },
  refusedForNow: 3,
};

describe('--count', () => {
  it('is one object, statuses in the order of the contract, none with 0', () => {
    expect(countJson(COUNTS)).toBe(
      '{"v":1,"messages":1204,"recipients":1310,"byStatus":{"delivered":1280,"bounced":10,"rejected":20}}\n',
    );
    expect(JSON.parse(countJson({ messages: 0, recipients: 0, byStatus: {} }))).toEqual({
      v: 1,
      messages: 0,
      recipients: 0,
      byStatus: {},
    });
  });

  it('is numbers below each other for people', () => {
    expect(countText(COUNTS, aScreen())).toBe(
      '1204  messages\n1310  recipients\n1280  delivered\n  10  bounced\n  20  rejected (3 of them only for now)\n',
    );
  });
});

describe('--group-by', () => {
  const groups = [
    { key: 'user-unknown', messages: 12, recipients: 120 },
    { key: '=\u001b[2J"', messages: 3, recipients: 3 },
    { messages: 1, recipients: 1 },
  ];

  it('is a table of counts', () => {
    expect(groupsTable(groups, 'reason', aScreen())).toBe(
      'MESSAGES  RECIPIENTS  REASON\n      12         120  user-unknown\n       3           3  =\\x1b[2J"\n       1           1  -\n',
    );
    expect(groupsTable([], 'reason', aScreen())).toBe('');
  });

  it('is one object a line, or an array; no key where the log does not say', () => {
    const objects = [
      { v: 1, ...groups[0] },
      { v: 1, ...groups[1] },
      { v: 1, messages: 1, recipients: 1 },
    ];
    expect(
      groupsJson(groups)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(objects);
    expect(JSON.parse(groupsJsonArray(groups))).toEqual(objects);
    expect(groupsJsonArray([])).toBe('[]\n');
  });

  it('is guarded in CSV', () => {
    expect(groupsCsv(groups, 'reason', false)).toBe(
      `reason,messages,recipients\nuser-unknown,12,120\n"'=\\x1b[2J""",3,3\n,1,1\n`,
    );
  });
});

describe('--sessions', () => {
  const session: Session = {
    time: AT,
    lastTime: AT + 1000,
    host: 'mx1',
    client: { ip: '198.51.100.7', name: 'scan.example.net' },
    kind: 'auth-failed',
    text: 'SASL LOGIN \u001b[1m',
  };
  const line = { file: 'mail.log', line: 7, bytes: Buffer.from('raw') };

  it('is a table that fits', () => {
    const text = plain(sessionsTable([session], aScreen()));
    expect(text).toBe(
      'TIME             HOST  CLIENT                    KIND         TEXT\nNov 21 09:15:02  mx1   scan.exa… [198.51.100.7]  auth-failed  SASL LOGIN \\x1b[1m\n',
    );
    expect(sessionsTable([session], aScreen(PIPE), () => [line])).toContain('\n    raw\n');
    expect(sessionsTable([], aScreen())).toBe('');
  });

  it('is a JSON line', () => {
    expect(JSON.parse(sessionJson(session, new Clock('UTC'), [line]))).toEqual({
      v: 1,
      time: '2026-11-21T09:15:02.120+00:00',
      lastTime: '2026-11-21T09:15:03.120+00:00',
      host: 'mx1',
      client: { ip: '198.51.100.7', name: 'scan.example.net' },
      kind: 'auth-failed',
      text: 'SASL LOGIN \u001b[1m',
      lines: [{ file: 'mail.log', line: 7, text: 'raw' }],
    });
  });
});
