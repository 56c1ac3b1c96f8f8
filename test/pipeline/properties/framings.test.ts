/** Whatever a log is wrapped in, the messages are those of the plain log. */
import { describe, it } from 'vitest';
import { RECORDED } from '../../helpers/fixtures.ts';
import { expectSame, linesOf, mapLogs, recording, stampOf, textOf, trace, type Logs } from './harness.ts';

/** A syslog line in its parts. */
interface Parts {
  line: string;
  at: number;
  host: string;
  program: string;
  pid: string | undefined;
  body: string;
}

const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d [\d:]{8} (\S+) ([^\s[:]+)(?:\[(\d+)\])?: (.*)$/s;

function partsOf(line: string): Parts {
  const [, host = '', program = '', pid, body = ''] = SYSLOG.exec(line) ?? [];
  return { line, at: stampOf(line), host, program, pid, body };
}

const iso = (at: number): string => new Date(at).toISOString();
const json = (value: object): string => Buffer.from(JSON.stringify(value)).toString('latin1');
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

function exported({ at, host, program, pid, body }: Parts): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(body.length));
  const head = `__CURSOR=s=1;i=${at}\n__REALTIME_TIMESTAMP=${at}000\n_TRANSPORT=syslog\n_HOSTNAME=${host}\nSYSLOG_IDENTIFIER=${program}\n`;
  const tail = pid === undefined ? '' : `SYSLOG_PID=${pid}\n`;
  return `${head}${tail}MESSAGE\n${bytes.toString('latin1')}${body}\n`;
}

/** Framings of a line, without its line feed. */
const FRAMINGS: Readonly<Record<string, (parts: Parts) => string>> = {
  'journalctl -o export': exported,
  'journalctl -o json': ({ at, host, program, pid, body }) =>
    json({
      __REALTIME_TIMESTAMP: `${at}000`,
      _HOSTNAME: host,
      SYSLOG_IDENTIFIER: program,
      ...(pid === undefined ? {} : { SYSLOG_PID: pid }),
      MESSAGE: utf8(body),
    }),
  'RFC 3339': ({ at, line }) => `${iso(at).slice(0, 19)}+00:00${line.slice(15)}`,
  'RFC 5424': ({ at, host, program, pid, body }) => `<22>1 ${iso(at)} ${host} ${program} ${pid ?? '-'} - - ${body}`,
  'with a priority': ({ line }) => `<22>${line}`,
  'FreeBSD -vv': ({ line }) => `${line.slice(0, 16)}<mail.info> ${line.slice(16)}`,
  'FreeBSD -v': ({ line }) => `${line.slice(0, 16)}<2.6> ${line.slice(16)}`,
  'Kubernetes CRI': ({ at, line }) => `${iso(at)} stdout F ${line}`,
  'kubectl logs --prefix': ({ line }) => `[pod/mail-0/mta] ${line}`,
  'docker compose logs': ({ line }) => `mail-1  | ${line}`,
  'docker compose logs -t': ({ at, line }) => `mail-1  | ${iso(at)} ${line}`,
  'Docker json-file': ({ at, line }) => json({ log: `${utf8(line)}\n`, stream: 'stdout', time: iso(at) }),
  Filebeat: ({ at, line }) => json({ '@timestamp': iso(at), host: { name: 'node' }, message: utf8(line) }),
  Elasticsearch: ({ at, line }) =>
    json({ _id: 'x', _source: { event: { original: utf8(line) }, '@timestamp': iso(at) } }),
  'Vector syslog': ({ at, host, program, pid, body }) =>
    json({ appname: program, hostname: host, message: utf8(body), procid: Number(pid), timestamp: iso(at) }),
  Fluentd: ({ at, host, program, pid, body }) =>
    `${iso(at)}\tmail.info\t${json({ host, ident: program, pid, message: utf8(body) })}`,
  logcli: ({ at, line }) => `${iso(at)} {job="mail"} ${line}`,
  'logcli -o jsonl': ({ at, line }) => json({ labels: { job: 'mail' }, line: utf8(line), timestamp: iso(at) }),
  GELF: ({ at, host, program, pid, body }) =>
    json({ host, short_message: utf8(body), timestamp: at / 1000, _application_name: program, process_id: pid }),
};

function wrapped(logs: Logs, wrap: (parts: Parts) => string): Logs {
  return mapLogs(logs, (content) =>
    Buffer.from(
      linesOf(content)
        .map((line) => `${wrap(partsOf(line))}\n`)
        .join(''),
      'latin1',
    ),
  );
}

describe.each(['single', 'hosts'])('%s', (name) => {
  const plain = trace(recording(name));

  it.each(Object.entries(FRAMINGS))('%s', async (_, wrap) => {
    expectSame(await trace(wrapped(recording(name), wrap)), await plain, 'not');
  });
});

it('Exim in containers and collectors', async () => {
  const logs = { mainlog: recording('exim')['mainlog'] as Buffer };
  const plain = await trace(logs);
  let last = Number.NaN;
  for (const wrap of [
    (line: string, at: string) => `${at} stdout F ${line}`,
    (line: string, at: string) => json({ log: `${utf8(line)}\n`, stream: 'stdout', time: at }),
    (line: string, at: string) => json({ '@timestamp': at, message: utf8(line) }),
  ]) {
    const content = linesOf(logs.mainlog).map((line) => {
      last = Number.isNaN(stampOf(line)) ? last : stampOf(line);
      return `${wrap(line, iso(last))}\n`;
    });
    expectSame(await trace({ mainlog: Buffer.from(content.join(''), 'latin1') }), plain, 'not');
  }
});

it('docker logs -t of an Exim, whose reject log has lines without a stamp of their own', async () => {
  const logs = recording('exim');
  const plain = await trace(logs);
  for (const prefix of ['', 'mail-1  | ']) {
    const wrapped = mapLogs(logs, (content) => {
      let last = RECORDED.getTime();
      const lines = linesOf(content).map((line) => {
        last = /^\d{4}-/.test(line) ? stampOf(line) : last;
        return `${prefix}${iso(last).slice(0, -1)}000000Z ${line}`;
      });
      return textOf(lines);
    });
    expectSame(await trace(wrapped), plain, 'not');
  }
});
