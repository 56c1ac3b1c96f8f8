/**
 * Lines that collectors sent on as JSON. Shapes from the Elastic Common Schema, Vector's and Fluent Bit's sources, logcli,
 * rsyslog's and syslog-ng's JSON templates, GELF, Rspamd's log_json (src/libserver/logger/logger_file.c).
 */
import { describe, expect, it } from 'vitest';
import { frameLine, frameLines } from './helper.ts';

const LINE = 'Nov 21 09:15:02 mx1 postfix/smtpd[812]: connect from a[192.0.2.7]';
const BODY = 'connect from a[192.0.2.7]';
const SEEN = { host: 'mx1', program: 'postfix/smtpd', pid: 812, body: BODY, at: '2026-11-21T09:15:02.418Z' };
const ISO = '2026-11-21T09:15:02.418Z';
const HEAD = { hostname: 'mx1', appname: 'postfix/smtpd' };

describe('a whole line in a field', () => {
  it.each<[string, object]>([
    [
      'Filebeat',
      { '@timestamp': ISO, host: { name: 'node' }, log: { file: { path: '/x' }, offset: 3 }, message: LINE },
    ],
    ['an ingest pipeline', { '@timestamp': ISO, message: BODY, event: { original: LINE }, host: { name: 'other' } }],
    ['Elasticsearch', { _index: 'x', _source: { '@timestamp': ISO, message: LINE } }],
    ['fields with dots', { '@timestamp': ISO, 'event.original': LINE, message: 'x' }],
    ['Vector', { file: '/var/log/mail.log', host: 'node', message: LINE, source_type: 'file', timestamp: ISO }],
    ['logcli', { labels: { job: 'mail', filename: '/x' }, line: LINE, timestamp: ISO }],
    ['Fluent Bit', { date: 1795252502.418, log: LINE }],
    ['Fluent Bit of containers', { time: ISO, stream: 'stdout', _p: 'F', log: LINE, kubernetes: { pod_name: 'p' } }],
    ['CloudWatch', { '@timestamp': '1795252502418', '@message': LINE }],
    ['nanoseconds', { ts: '1795252502418000000', line: LINE }],
    ['Splunk', { preview: false, result: { _raw: LINE, _time: '2026-11-21T10:15:02.418+01:00' } }],
  ])('%s', (_, record) => {
    expect(frameLine(JSON.stringify(record))).toMatchObject({ ...SEEN, framing: 'syslog' });
  });

  it('names the host where the line does not', () => {
    const line = {
      '@timestamp': ISO,
      host: { hostname: 'mx1' },
      message: '2026-11-21 09:15:02 1xUhBW-000CXd-DU Completed',
    };
    expect(frameLine(JSON.stringify(line))).toMatchObject({ framing: 'exim', host: 'mx1', at: '2026-11-21T09:15:02Z' });
    expect(frameLine(JSON.stringify({ ...line, message: LINE }))).toMatchObject({ host: 'mx1', pid: 812 });
  });

  it('is read with its own time where the collector tells none', () => {
    expect(frameLine(JSON.stringify({ message: LINE }))).toMatchObject({ ...SEEN, at: '2026-11-21T09:15:02Z' });
  });
});

describe('what the daemon wrote, with the head of the line in fields', () => {
  it.each<[string, object]>([
    ['Vector syslog', { ...HEAD, facility: 'mail', host: 'x', message: BODY, procid: 812, timestamp: ISO }],
    [
      'ECS',
      { '@timestamp': ISO, host: { hostname: 'mx1' }, process: { name: 'postfix/smtpd', pid: 812 }, message: BODY },
    ],
    ['rsyslog', { msg: ` ${BODY}`.trim(), hostname: 'mx1', syslogtag: 'postfix/smtpd[812]:', timereported: ISO }],
    ['syslog-ng', { PROGRAM: 'postfix/smtpd', PID: '812', MESSAGE: BODY, HOST: 'mx1', ISODATE: ISO }],
    [
      'GELF',
      {
        version: '1.1',
        host: 'mx1',
        short_message: BODY,
        timestamp: 1795252502.418,
        _application_name: 'postfix/smtpd',
        process_id: 812,
      },
    ],
    ['Fluent Bit syslog', { date: 1795252502.418, host: 'mx1', ident: 'postfix/smtpd', pid: '812', message: BODY }],
    [
      'Fluent Bit systemd',
      { date: 1795252502.418, _HOSTNAME: 'mx1', SYSLOG_IDENTIFIER: 'postfix/smtpd', _PID: '812', MESSAGE: BODY },
    ],
    ['a tag in the text', { '@timestamp': ISO, message: `mx1 postfix/smtpd[812]: ${BODY}` }],
  ])('%s', (_, record) => {
    expect(frameLine(JSON.stringify(record))).toMatchObject({ ...SEEN, framing: 'journald' });
  });

  it('is Rspamd as it writes without JSON', () => {
    const line =
      '{"ts": 1795252502.418000, "pid": 812, "severity": "info", "worker_type": "rspamd_proxy", "id": "a1b2c3", "module": "task", "function": "rspamd_task_write_log", "message": "id: <m1@example.net>, qid: \\"x\\""}';
    expect(frameLine(line)).toMatchObject({
      at: SEEN.at,
      program: 'rspamd',
      pid: 812,
      body: '<a1b2c3>; task; rspamd_task_write_log: id: <m1@example.net>, qid: "x"',
    });
  });
});

describe('other wrappings', () => {
  it.each<[string, string]>([
    [
      'Fluentd out_file',
      `2026-11-21T09:15:02.418Z\tmail.info\t${JSON.stringify({ host: 'mx1', ident: 'postfix/smtpd', pid: '812', message: BODY })}`,
    ],
    ['logcli', `2026-11-21T09:15:02.418Z {filename="/var/log/\\"}", job="mail"}    ${LINE}`],
    ['kubectl logs --prefix --timestamps', `[pod/mail-0/postfix] 2026-11-21T09:15:02.418Z ${LINE}`],
    ['docker compose logs -t', `mail-1  | 2026-11-21T09:15:02.418Z ${LINE}`],
  ])('%s', (_, line) => {
    expect(frameLine(line)).toMatchObject(SEEN);
  });

  it.each<[string, string]>([
    ['syslogd -vv', 'Nov 21 09:15:02 <mail.info> mx1 postfix/smtpd[812]: '],
    ['syslogd -v', 'Nov 21 09:15:02 <2.6> mx1 postfix/smtpd[812]: '],
    ['without a space', 'Nov 21 09:15:02 <mail.info>mx1 postfix/smtpd[812]: '],
    ['an ISO stamp', '2026-11-21T09:15:02+00:00 <mail.info> mx1 postfix/smtpd[812]: '],
  ])('FreeBSD %s', (_, head) => {
    expect(frameLine(`${head}${BODY}`)).toMatchObject({ ...SEEN, at: '2026-11-21T09:15:02Z' });
  });

  it('joins pieces that a collector left apart', () => {
    const piece = (log: string, _p: string): string => JSON.stringify({ time: ISO, stream: 'stdout', _p, log, x: 1 });
    const framed = frameLines(`${piece(LINE.slice(0, 60), 'P')}\n${piece(LINE.slice(60), 'F')}\n`);
    expect(framed.map(({ result }) => result)).toEqual(['hold', 'line']);
    expect(framed[1]).toMatchObject(SEEN);
  });
});

describe('what is no log line', () => {
  it.each([
    '{"message":{"a":1}}',
    '{"message":3}',
    '{"_source":{"_source":{"_source":{"_source":{"_source":{"_source":{"_source":{"_source":{"message":"x"}}}}}}}}}',
    `{"message":"x"`,
    '{"_source":'.repeat(50_000),
  ])('%.60s', (line) => {
    expect(frameLine(line)).toMatchObject({ framing: 'none' });
  });
});
