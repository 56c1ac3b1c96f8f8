/**
 * Lines inside JSON and other wrappings; shapes from systemd.journal-fields(7), Docker's json-file driver and the Kubernetes
 * CRI logging format.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameLine, frameLines, makeFramer } from './helper.ts';

const ENTRY = {
  __CURSOR: 's=0;i=1',
  __REALTIME_TIMESTAMP: '1795252502500000',
  _SOURCE_REALTIME_TIMESTAMP: '1795252502418233',
  _HOSTNAME: 'mx1',
  SYSLOG_IDENTIFIER: 'postfix/smtpd',
  _PID: '812',
  MESSAGE: 'connect from a[192.0.2.7]',
  PRIORITY: '6',
};
const AT = '2026-11-21T09:15:02.418233Z';
const SEEN = { framing: 'journald', at: AT, host: 'mx1', program: 'postfix/smtpd', pid: 812 };

function journal(change: object): string {
  return JSON.stringify({ ...ENTRY, ...change });
}

describe('journalctl -o json', () => {
  it('gives the fields of an entry', () => {
    expect(frameLine(journal({}))).toMatchObject({ ...SEEN, body: ENTRY.MESSAGE, guessed: false });
  });

  it('takes the receive time, SYSLOG_PID and _COMM as told', () => {
    const line = journal({
      _SOURCE_REALTIME_TIMESTAMP: undefined,
      SYSLOG_PID: '7',
      SYSLOG_IDENTIFIER: undefined,
      _COMM: 'smtpd',
    });
    expect(frameLine(line)).toMatchObject({ at: '2026-11-21T09:15:02.5Z', pid: 7, program: 'smtpd' });
  });

  it('reads a byte array, null, a repeated field and escapes', () => {
    expect(frameLine(journal({ MESSAGE: [...Buffer.from('Subject: '), 0xe9, 0xff] }))).toMatchObject({
      ...SEEN,
      body: 'Subject: éÿ',
    });
    expect(frameLine(journal({ MESSAGE: null }))).toMatchObject({ ...SEEN, body: '' });
    expect(frameLine(journal({ MESSAGE: ['first', 'second'] }))).toMatchObject({ ...SEEN, body: 'first' });
    expect(frameLine(journal({ SYSLOG_IDENTIFIER: ['postfix/smtpd', 'x'], MESSAGE: 'a' }))).toMatchObject({
      ...SEEN,
      body: 'a',
    });
    const odd = 'tab\t "quoted" \\ back/ é \u{1F600} \u0001';
    expect(frameLine(journal({ MESSAGE: odd }))).toMatchObject({ ...SEEN, body: odd });
    const escaped = journal({ MESSAGE: 'X' }).replace('"X"', String.raw`"\u00e9\ud83d\ude00\/\ud800"`);
    expect(frameLine(escaped)).toMatchObject({ ...SEEN, body: 'é\u{1F600}/\uFFFD' });
  });

  it('takes the stamp off that Rspamd puts on its console', () => {
    const text = '<a1b2c3>; task; rspamd_task_write_log: id: <m@example.net>';
    const line = journal({ SYSLOG_IDENTIFIER: 'rspamd', MESSAGE: `2026-11-21 10:15:02 [info] #77(normal) ${text}` });
    expect(frameLine(line)).toMatchObject({ ...SEEN, program: 'rspamd', pid: 77, body: text });
  });

  it('reads what a container printed as the line that it is', () => {
    const container = { SYSLOG_IDENTIFIER: '4f0c9a2b1c3d', CONTAINER_NAME: 'mail_1', _HOSTNAME: 'docker1' };
    const exim = '2026-11-21 09:15:02 1xUhBW-00099a-1F Completed';
    expect(frameLine(journal({ ...container, MESSAGE: exim }))).toMatchObject({
      framing: 'exim',
      program: '',
      body: '1xUhBW-00099a-1F Completed',
    });
    const postfix = 'Nov 21 09:15:02 mx7 postfix/qmgr[9]: 3F1A20B77C: removed';
    expect(frameLine(journal({ ...container, MESSAGE: postfix }))).toMatchObject({
      host: 'mx7',
      program: 'postfix/qmgr',
      pid: 9,
      body: '3F1A20B77C: removed',
    });
  });

  it('passes over keys that nobody asks for', () => {
    const line = journal({ A: { b: [1, '}"', { c: '\\' }] }, D: [[1], ['x']], E: true, F: -1.5e3, MESSAGE: 'm' });
    expect(frameLine(line)).toMatchObject({ ...SEEN, body: 'm' });
    expect(frameLine(line.replaceAll(',', ' , ').replaceAll('":', '" : '))).toMatchObject({
      framing: 'journald',
      body: 'm',
    });
  });

  it('is not led astray by endless brackets', () => {
    expect(frameLine(`{"MESSAGE":${'['.repeat(200_000)}`)).toMatchObject({ framing: 'none' });
    const deep = `{"MESSAGE":${'['.repeat(50_000)}${']'.repeat(50_000)},"_HOSTNAME":"mx1"}`;
    expect(frameLine(deep)).toMatchObject({ framing: 'journald', host: 'mx1', body: '' });
  });

  it("takes Exim's own stamp off", () => {
    const line = journal({
      SYSLOG_IDENTIFIER: 'exim',
      MESSAGE: '2026-11-21 10:15:02 [812] 1xUhBW-000CXd-DU Completed',
    });
    expect(frameLine(line)).toMatchObject({ at: '2026-11-21T09:15:02Z', body: '1xUhBW-000CXd-DU Completed' });
  });

  it("unwraps a container's syslog line", () => {
    const line = journal({ SYSLOG_IDENTIFIER: '3f2a', _PID: '1', MESSAGE: 'Nov 21 09:15:02 box postfix/smtp[9]: x' });
    expect(frameLine(line)).toMatchObject({
      framing: 'syslog',
      at: AT,
      host: 'box',
      program: 'postfix/smtp',
      pid: 9,
      body: 'x',
    });
  });

  it('reads any text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', size: 'small' }), fc.string({ unit: 'binary' }), (text, other) => {
        const body = `x${text}x`;
        expect(frameLine(journal({ X: other, MESSAGE: body })).body).toBe(body);
      }),
    );
  });
});

function docker(log: string, time = '2026-11-21T09:15:02.418233101Z', stream = 'stdout'): string {
  return JSON.stringify({ log, stream, time });
}

describe('Docker json-file', () => {
  it('gives the line inside, with the time outside where it has no year', () => {
    expect(frameLine(docker('Nov 21 10:15:02 mx1 postfix/smtpd[812]: x\n'))).toMatchObject({
      framing: 'syslog',
      at: AT,
      host: 'mx1',
      pid: 812,
      body: 'x',
      guessed: false,
    });
  });

  it('reads the zone of an inner stamp from the time outside', () => {
    const text = '2026-11-21 14:45:02 1xUhBW-000CXd-DU Completed\r\n';
    expect(frameLine(docker(text))).toMatchObject({
      framing: 'exim',
      at: '2026-11-21T09:15:02Z',
      body: '1xUhBW-000CXd-DU Completed',
    });
  });

  it('may hold a journal entry', () => {
    expect(frameLine(docker(`${journal({ MESSAGE: 'tab\t "x"' })}\n`))).toMatchObject({ ...SEEN, body: 'tab\t "x"' });
    expect(frameLine(docker(`${docker(`${journal({ MESSAGE: 'é\n\n' })}\n`)}\n`))).toMatchObject({
      ...SEEN,
      body: 'é\n\n',
    });
  });

  it('has the time outside where nothing else tells one', () => {
    expect(frameLine(docker('just text\n'))).toMatchObject({ framing: 'none', at: AT, body: 'just text' });
  });

  it('joins the pieces of a long line, each stream by itself', () => {
    const framer = makeFramer();
    const long = 'y'.repeat(16_384 - 35);
    const text = [
      docker(`Nov 21 09:15:02 mx1 postfix/smtp[1]: ${long}`),
      docker('Nov 21 09:15:02 mx1 postfix/smtp[2]: other\n', undefined, 'stderr'),
      docker('z'.repeat(16_384)),
      docker('end\n'),
      docker('Nov 21 09:15:02 mx1 postfix/smtp[3]: next\n'),
    ].join('\n');
    const framed = frameLines(text, framer);
    expect(framed.map((line) => line.result)).toEqual(['hold', 'line', 'hold', 'line', 'line']);
    expect(framed.map((line) => line.pid).filter((_, i) => framed[i]?.result === 'line')).toEqual([2, 1, 3]);
    expect(framed[3]?.body).toBe(`${long}${'z'.repeat(16_384)}end`);
  });

  it('does not glue lines that merely lack a line feed', () => {
    const framed = frameLines(
      [docker('Nov 21 09:15:02 mx1 a[1]: x'), docker('Nov 21 09:15:02 mx1 b[2]: y\n')].join('\n'),
    );
    expect(framed.map((line) => [line.result, line.body])).toEqual([
      ['hold', expect.anything()],
      ['line', 'y'],
    ]);
  });

  it('keeps no more than a bound', () => {
    const framer = makeFramer();
    const piece = docker('z'.repeat(16_384));
    const framed = frameLines(`${`${piece}\n`.repeat(100)}${docker('end\n')}`, framer);
    expect(framed.at(-1)?.result).toBe('line');
    expect(framed.at(-1)?.body.length).toBeLessThan(1_200_000);
  });
});

describe('Kubernetes CRI', () => {
  it('joins partial lines', () => {
    const framed = frameLines(
      '2026-11-21T09:15:02.4Z stdout P Nov 21 09:15:02 mx1 postfix/smtp[1]: one \n' +
        '2026-11-21T09:15:02.4Z stderr F oops\n' +
        '2026-11-21T09:15:02.5Z stdout P two \n' +
        '2026-11-21T09:15:02.6Z stdout F three\n',
    );
    expect(framed.map((line) => line.result)).toEqual(['hold', 'line', 'hold', 'line']);
    expect(framed[1]).toMatchObject({ framing: 'none', body: 'oops' });
    expect(framed[3]).toMatchObject({ host: 'mx1', at: '2026-11-21T09:15:02.6Z', body: 'one two three' });
  });
});

it('framings may be mixed in one file', () => {
  const framed = frameLines(
    [
      'Nov 21 09:15:02 mx1 postfix/smtpd[1]: a',
      '2026-11-21T09:15:03.1Z mx1 postfix/smtpd[1]: b',
      journal({}),
      '<22>1 2026-11-21T09:15:04Z mx1 postfix 1 - - c',
      '2026-11-21 09:15:05 1xUhBW-000CXd-DU Completed',
      '',
      'Nov 21 09:15:06 mx1 postfix/smtpd[1]: d',
    ].join('\n'),
  );
  expect(framed.map((line) => line.framing)).toEqual([
    'syslog',
    'rfc3339',
    'journald',
    'rfc5424',
    'exim',
    'none',
    'syslog',
  ]);
  expect(framed.at(-1)).toMatchObject({ at: '2026-11-21T09:15:06Z', guessed: false });
});

describe('docker logs -t', () => {
  it('of lines with a priority', () => {
    const line = '2026-11-21T09:15:02.444000000Z <22>1 2026-11-21T09:15:02.418+00:00 mx1 postfix/smtpd 812 - - x';
    expect(frameLine(line)).toMatchObject({
      host: 'mx1',
      program: 'postfix/smtpd',
      pid: 812,
      body: 'x',
      at: '2026-11-21T09:15:02.418Z',
    });
  });
});
