/**
 * Line heads: documented shapes (rsyslog templates, syslogd(8), journalctl(1), Exim spec 52.x), and lines
 * that real servers wrote.
 */
import { describe, expect, it } from 'vitest';
import { frameLine, frameLines, makeFramer } from './helper.ts';

const AT = '2026-11-21T09:15:02Z';
const SMTPD = { host: 'mx1', program: 'postfix/smtpd', pid: 812, body: 'connect from a[192.0.2.7]' };
const BODY = 'connect from a[192.0.2.7]';

describe('a line with host and tag', () => {
  it.each([
    ['RFC 3164', `Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    ['with priority', `<22>Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    ['space-padded day', `Nov  1 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2026-11-01T09:15:02Z'],
    ['zero-padded day (postlogd)', `Nov 01 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2026-11-01T09:15:02Z'],
    ['one digit', `Nov 1 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2026-11-01T09:15:02Z'],
    ['fraction', `Nov 21 09:15:02.418 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2026-11-21T09:15:02.418Z'],
    ['year first', `2013 Jun 10 06:27:30.123 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2013-06-10T06:27:30.123Z'],
    ['year after the day', `Nov 21 2025 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', '2025-11-21T09:15:02Z'],
    [
      'RFC 3339',
      `2026-11-21T10:15:02.418233+01:00 mx1 postfix/smtpd[812]: ${BODY}`,
      'rfc3339',
      '2026-11-21T09:15:02.418233Z',
    ],
    ['RFC 3339 Z', `2026-11-21T09:15:02Z mx1 postfix/smtpd[812]: ${BODY}`, 'rfc3339', AT],
    [
      'RFC 3339 nine digits',
      `2026-11-21T09:15:02.418233101Z mx1 postfix/smtpd[812]: ${BODY}`,
      'rfc3339',
      '2026-11-21T09:15:02.418233Z',
    ],
    [
      'RFC 3339 with priority',
      `<22>2026-11-21T09:15:02-00:30 mx1 postfix/smtpd[812]: ${BODY}`,
      'rfc3339',
      '2026-11-21T09:45:02Z',
    ],
    ['short-iso', `2026-11-21T12:45:02+0330 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    [
      'short-iso-precise',
      `2026-11-21T12:45:02.418233+0330 mx1 postfix/smtpd[812]: ${BODY}`,
      'syslog',
      '2026-11-21T09:15:02.418233Z',
    ],
    ['ISO with a space', `2026-11-21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'rfc3339', AT],
    ['RFC 5424 with the tag whole', `<22>1 2026-11-21T09:15:02Z mx1 postfix/smtpd 812 - - ${BODY}`, 'rfc5424', AT],
    ['RFC 5424 without priority', `1 2026-11-21T09:15:02Z mx1 postfix/smtpd 812 - - ${BODY}`, 'rfc5424', AT],
    ['RFC 5424, body with a space', `<22>1 2026-11-21T09:15:02Z mx1 postfix/smtpd 812 - -  ${BODY}`, 'rfc5424', AT],
    ['RFC 5424, BOM', `<22>1 2026-11-21T09:15:02Z mx1 postfix/smtpd 812 - - \uFEFF${BODY}`, 'rfc5424', AT],
    [
      'RFC 5424, structured data',
      `<22>1 2026-11-21T09:15:02Z mx1 postfix/smtpd 812 ID47 [a@1 k="v \\" ]" l="2"][b@2] ${BODY}`,
      'rfc5424',
      AT,
    ],
    ['Solaris', `Nov 21 09:15:02 mx1 postfix/smtpd[812]: [ID 801593 mail.info] ${BODY}`, 'syslog', AT],
    ['FreeBSD -v', `Nov 21 09:15:02 <mail.info> mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    ['host with a colon', `Nov 21 09:15:02 mx1: postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    ['compose', `mail-1  | Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    ['compose in colour', `\u001B[36mmail-1  | \u001B[0mNov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`, 'syslog', AT],
    [
      'compose -t',
      `mail-1  | 2026-11-21T09:15:02.5Z Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`,
      'syslog',
      '2026-11-21T09:15:02.5Z',
    ],
    [
      'CRI',
      `2026-11-21T09:15:02.5Z stdout F Nov 21 10:15:02 mx1 postfix/smtpd[812]: ${BODY}`,
      'syslog',
      '2026-11-21T09:15:02.5Z',
    ],
    [
      'relayed with a stamp of its own',
      `2026-11-21T09:15:02.5Z relay Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}`,
      'syslog',
      '2026-11-21T09:15:02.5Z',
    ],
  ])('%s', (_name, line, framing, at) => {
    expect(frameLine(line)).toMatchObject({ result: 'line', framing, at, ...SMTPD });
  });

  it.each([
    ['no host', 'Nov 21 09:15:02 postfix/smtpd[1]: x', undefined, 'postfix/smtpd', 1, 'x'],
    ['no pid', 'Nov 21 09:15:02 store dovecot: lmtp(12831): Connect', 'store', 'dovecot', -1, 'lmtp(12831): Connect'],
    [
      'no host and no pid',
      'Nov 21 09:15:02 dovecot: lmtp(12831): Connect',
      undefined,
      'dovecot',
      -1,
      'lmtp(12831): Connect',
    ],
    [
      'tag cut at 32',
      'Nov 21 09:15:02 mx1 postfix-outbound/submission/smtp connect',
      'mx1',
      'postfix-outbound/submission/smtp',
      -1,
      'connect',
    ],
    [
      'tag cut in the pid',
      'Nov 21 09:15:02 mx1 postfix-out/submission/smtpd[1234 connect',
      'mx1',
      'postfix-out/submission/smtpd',
      1234,
      'connect',
    ],
    ['tag cut behind the pid', 'Nov 21 09:15:02 mx1 postfix/smtpd[1] connect', 'mx1', 'postfix/smtpd', 1, 'connect'],
    ['IPv6 host', 'Nov 21 09:15:02 2001:db8::7 postfix/smtpd[1]: x', '2001:db8::7', 'postfix/smtpd', 1, 'x'],
    [
      'IPv6 host that ends in colons',
      'Nov 21 09:15:02 2001:db8:: postfix/smtpd[1]: x',
      '2001:db8::',
      'postfix/smtpd',
      1,
      'x',
    ],
    [
      'host with a domain',
      'Nov 21 09:15:02 mx1.example.com postfix/smtpd[1]: x',
      'mx1.example.com',
      'postfix/smtpd',
      1,
      'x',
    ],
    ['host with a source', 'Nov 21 09:15:02 mx1/10.0.0.1 postfix/smtpd[1]: x', 'mx1/10.0.0.1', 'postfix/smtpd', 1, 'x'],
    ['tag with a colon', 'Nov 21 09:15:02 mx1 pmg::daemon[12]: x', 'mx1', 'pmg::daemon', 12, 'x'],
    ['tag with a word in brackets', 'Nov 21 09:15:02 mx1 dovecot[auth]: x', 'mx1', 'dovecot', -1, 'x'],
    ['empty body', 'Nov 21 09:15:02 mx1 postfix/smtpd[1]:', 'mx1', 'postfix/smtpd', 1, ''],
    [
      'body of spaces kept',
      'Nov 21 09:15:02 mx1 exim[1]: [2\\18]   X-Test: y',
      'mx1',
      'exim',
      1,
      '[2\\18]   X-Test: y',
    ],
  ])('%s', (_name, line, host, program, pid, body) => {
    expect(frameLine(line)).toMatchObject({ framing: 'syslog', at: AT, host, program, pid, body });
  });

  it('gives the same strings each time', () => {
    const framer = makeFramer();
    const line = `Nov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}\n`;
    const [first, second, third] = frameLines(line + line + line.replaceAll('mx1', 'mx2') + line, framer);
    expect(first).toEqual(second);
    expect(third?.host).toBe('mx2');
  });

  it('tells programs of equal beginnings apart', () => {
    const programs = [
      'postfix/smtp',
      'postfix/smtpd',
      'postfix/smtps/smtpd',
      'postfix/submission/smtp',
      'postfix/submission/smtpd',
      'postfix/smtp',
      'exim',
      'postfix/qmgr',
      'postfix/smtpd',
    ];
    const text = programs
      .map((name, i) => `Nov 21 09:15:02 mx${String(i % 2)} ${name}[${String(i)}]: some text here`)
      .join('\n');
    const framed = frameLines(text);
    expect(framed.map((line) => line.program)).toEqual(programs);
    expect(framed.map((line) => line.pid)).toEqual(programs.map((_, i) => i));
    expect(framed.map((line) => line.host)).toEqual(programs.map((_, i) => `mx${String(i % 2)}`));
  });
});

it('lines of one minute are each read whole', () => {
  const stamps = [
    ['Nov 21 09:15:02', '2026-11-21T09:15:02Z'],
    ['Nov 21 09:15:03.5', '2026-11-21T09:15:03.5Z'],
    ['Nov 21 09:15:59', '2026-11-21T09:15:59Z'],
    ['Nov 21 09:16:00', '2026-11-21T09:16:00Z'],
    ['Nov 22 09:16:00', '2026-11-22T09:16:00Z'],
    ['2026-11-21T10:15:02.418233+01:00', '2026-11-21T09:15:02.418233Z'],
    ['2026-11-21T10:15:03.000001+01:00', '2026-11-21T09:15:03.000001Z'],
    ['2026-11-21T10:15:03.000001+02:00', '2026-11-21T08:15:03.000001Z'],
    ['2026-11-21T10:15:04.1+02:00', '2026-11-21T08:15:04.1Z'],
    ['2026-11-21T10:15:05.000001-02:30', '2026-11-21T12:45:05.000001Z'],
    ['2026-11-21T10:16:05.000001-02:30', '2026-11-21T12:46:05.000001Z'],
    ['2026-11-22T10:16:05.000001-02:30', '2026-11-22T12:46:05.000001Z'],
  ];
  const text = stamps.map(([stamp]) => `${stamp ?? ''} mx1 postfix/submission/smtp[1]: some text\n`).join('');
  expect(frameLines(text).map((line) => line.at)).toEqual(stamps.map(([, at]) => at));
});

describe('RFC 5424 nil values', () => {
  it('are left out', () => {
    expect(frameLine('<22>1 2026-11-21T09:15:02Z - - - - - x')).toMatchObject({
      framing: 'rfc5424',
      host: undefined,
      program: '',
      pid: -1,
      body: 'x',
    });
    expect(frameLine('<22>1 - mx1 postfix 812 - - x')).toMatchObject({
      framing: 'rfc5424',
      at: '',
      host: 'mx1',
      pid: 812,
    });
  });
});

describe("Exim's own stamps", () => {
  const ID = '1xUhBW-000CXd-DU <= ann@example.net';
  it.each([
    ['plain', `2026-11-21 09:15:02 ${ID}`, AT, -1],
    ['+millisec', `2026-11-21 09:15:02.418 ${ID}`, '2026-11-21T09:15:02.418Z', -1],
    ['log_timezone', `2026-11-21 10:15:02 +0100 ${ID}`, AT, -1],
    ['+pid', `2026-11-21 09:15:02 [812] ${ID}`, AT, 812],
    ['all', `2026-11-21 10:15:02.418 +0100 [812] ${ID}`, '2026-11-21T09:15:02.418Z', 812],
    ['in syslog', `Nov 21 09:15:02 mx1 exim[812]: 2026-11-21 09:15:02 [812] ${ID}`, AT, 812],
    ['in syslog with a zone', `Nov 21 09:15:02 mx1 exim[812]: 2026-11-21 10:15:02 +0100 ${ID}`, AT, 812],
    ["in syslog, outer stamp's zone", `2026-11-21T11:15:02.9+02:00 mx1 exim[812]: 2026-11-21 11:15:02 ${ID}`, AT, 812],
    ['in UTC, syslog in local time', `2026-11-21T11:15:02.9+02:00 mx1 exim[812]: 2026-11-21 09:15:02 ${ID}`, AT, 812],
    ['in syslog late', `2026-11-21T12:19:02.9+02:00 mx1 exim4[812]: 2026-11-21 11:15:02 ${ID}`, AT, 812],
  ])('%s', (_name, line, at, pid) => {
    expect(frameLine(line)).toMatchObject({ at, pid, body: ID, guessed: false });
  });

  it('a piece in syslog keeps its mark', () => {
    const line = `Nov 21 09:15:03 mx1 exim[812]: [1\\18] 2026-11-21 09:15:02 [812] ${ID}`;
    expect(frameLine(line)).toMatchObject({ at: AT, pid: 812, body: `[1\\18] ${ID}` });
  });

  it.each([
    ['address first', '2026-11-21 09:15:02 [127.0.0.1] x', '[127.0.0.1] x'],
    ['text with a colon', '2026-11-21 09:15:02 rejected MAIL FROM:<a@b> x: y', 'rejected MAIL FROM:<a@b> x: y'],
    ['host field', '2026-11-21 09:15:02 H=mx.example.net [192.0.2.7]: x', 'H=mx.example.net [192.0.2.7]: x'],
    ['daemon', '2026-11-21 09:15:02 exim 4.96 daemon started: pid=7806', 'exim 4.96 daemon started: pid=7806'],
  ])('%s is no syslog head', (_name, line, body) => {
    expect(frameLine(line)).toMatchObject({ framing: 'exim', program: '', host: undefined, pid: -1, body });
  });

  it('lines without a stamp are told as such', () => {
    const framer = makeFramer();
    const framed = frameLines('2026-11-21 09:15:02 rejected\nP Received: from x\n  X-Test: y\n', framer);
    expect(framed.map((line) => [line.framing, line.result, line.at !== ''])).toEqual([
      ['exim', 'line', true],
      ['none', 'line', false],
      ['none', 'line', false],
    ]);
    expect(framed[2]?.body).toBe('  X-Test: y');
    expect(framer.reasons).toEqual({ 'no stamp': 2 });
  });
});

describe('repeats', () => {
  it('message repeated: the text inside counts', () => {
    expect(frameLine(`Nov 21 09:15:02 mx1 postfix/smtpd[812]: message repeated 2 times: [ ${BODY}]`)).toMatchObject({
      ...SMTPD,
      repeated: 2,
    });
    expect(frameLine(`Nov 21 09:15:02 mx1 postfix/smtpd[812]: message repeated 12 times: [${BODY}]`)).toMatchObject({
      ...SMTPD,
      repeated: 12,
    });
  });

  it.each([
    'mx1 last message repeated 3 times',
    'mx1 --- last message repeated 3 times ---',
    'mx1 last message repeated 3 time',
  ])('%s', (text) => {
    const framer = makeFramer();
    const [line] = frameLines(`Nov 21 09:15:02 ${text}`, framer);
    expect(line).toMatchObject({ framing: 'syslog', at: AT, host: 'mx1', program: '', body: '', repeated: 3 });
    expect(framer.reasons).toEqual({ repeat: 1 });
  });

  it('last message repeated without a host', () => {
    expect(frameLine('Nov 21 09:15:02 last message repeated 3 times')).toMatchObject({
      host: undefined,
      program: '',
      repeated: 3,
    });
  });
});

describe('damage', () => {
  it('escapes of control characters are undone, others stay', () => {
    const body = 'a#012b#011#177c#303#251 #0 #01 #040 #101 #999';
    expect(frameLine(`Nov 21 09:15:02 mx1 exim[1]: ${body}`).body).toBe('a\nb\t\u007Fc#303#251 #0 #01 #040 #101 #999');
    expect(frameLine('Nov 21 09:15:02 mx1 exim[1]: #011by').body).toBe('\tby');
    expect(frameLine('Nov 21 09:15:02 mx1 exim[1]: by#011').body).toBe('by\t');
    expect(frameLine('2026-11-21 09:15:02 by#011').body).toBe('by#011');
  });

  it('are found wherever they stand, in announced blocks too', () => {
    for (let pad = 0; pad < 9; pad++) {
      for (const isStable of [false, true]) {
        const framer = makeFramer();
        const head = 'Nov 21 09:15:02 mx1 exim[1]: ';
        const text = ['x', `${'y'.repeat(pad)}#012z`, '#', `${'y'.repeat(pad)}#`, '#012']
          .map((body) => head + body)
          .join('\n');
        const bytes = Buffer.from(text);
        if (isStable) framer.startBlock(bytes);
        expect(frameLines(bytes, framer).map((line) => line.body)).toEqual([
          'x',
          `${'y'.repeat(pad)}\nz`,
          '#',
          `${'y'.repeat(pad)}#`,
          '',
        ]);
      }
    }
  });

  it('BOM at the start and CRLF are cut', () => {
    const [first, second, third] = frameLines(
      `\uFEFFNov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}\r\n\r\nNov 21 09:15:02 mx1 postfix/smtpd[812]: ${BODY}\r\n`,
    );
    expect(first).toMatchObject({ at: AT, ...SMTPD });
    expect(second).toMatchObject({ result: 'skip' });
    expect(third).toMatchObject({ at: AT, ...SMTPD });
  });

  it('bytes that are not UTF-8 stay', () => {
    const line = Buffer.concat([
      Buffer.from('Nov 21 09:15:02 mx1 postfix/cleanup[1]: Subject: '),
      Buffer.from([0xe9, 0xff]),
    ]);
    expect(frameLine(line)).toMatchObject({ host: 'mx1', body: 'Subject: éÿ' });
  });

  it.each([
    'Nov 31 09:15:02 mx1 a[1]: x',
    'Feb 30 09:15:02 mx1 a[1]: x',
    'Nov 21 24:15:02 mx1 a[1]: x',
    'Nov 21 09:15:0',
    '2026-13-21T09:15:02Z mx1 a[1]: x',
    '2025-02-29T09:15:02Z mx1 a[1]: x',
    '2026-11-21T09:15:02.418Z,EXCHANGE,1',
    '2026-11-21T09:15:02Z',
    '{"a":1}',
    '{"MESSAGE":"x',
    'garbage',
  ])('%s is no frame and no error', (line) => {
    const framer = makeFramer();
    const [framed] = frameLines(line, framer);
    expect(framed).toMatchObject({ result: 'line', framing: 'none', at: '', host: undefined, program: '' });
    expect(Object.values(framer.reasons)).toEqual([1]);
  });

  it('journal headers and blank lines are skipped', () => {
    const framer = makeFramer();
    const text = '-- Journal begins at Sat 2026-11-21 --\n-- Boot 3f2a --\n\n   \n-- No entries --\n';
    expect(frameLines(text, framer).map((line) => line.result)).toEqual(['skip', 'skip', 'skip', 'skip', 'skip']);
    expect(framer.reasons).toEqual({ 'journal header': 3, empty: 2 });
  });
});
