/**
 * Log lines that a collector sent on as JSON: one reader, told by the names of the fields.
 * Shape:  the text in `message`, `log`, `line`, `event.original`, `_raw`, …: a whole line, or what the daemon wrote alone
 *         with host, program and pid in fields beside it; the time as RFC 3339, as seconds, ms, µs or ns since 1970, or as a
 *         syslog stamp.
 * Source: Elastic Common Schema 8 (message, event.original, host.*, process.*, log.syslog.*); Vector's sources file and
 *         syslog; Fluentd out_file, Fluent Bit's inputs tail, systemd and syslog; logcli -o jsonl; Splunk's export; rsyslog's
 *         jsonmesg and its logstash templates; syslog-ng's format-json; GELF 1.1; CloudWatch Logs; Cloud Logging's LogEntry;
 *         Rspamd src/libserver/logger/logger_file.c (log_json).
 */
import type { Field, JsonScan } from './json-scan.ts';
import type { Instant } from '../model/message.ts';
import type { JsonFields } from '../model/run.ts';
import { skipPriority } from './marks.ts';
import { Scratch } from './scratch.ts';
import { NO_ZONE, readBsdStamp, readIsoStamp, Stamp } from './stamps.ts';

/** The first that is there is taken: a field with the whole line goes before one that may hold a part of it. */
const TEXTS = [
  'event.original',
  'rawmsg',
  '_raw',
  'message',
  'MESSAGE',
  'log',
  'line',
  '@message',
  'msg',
  'short_message',
  'textPayload',
  'body',
  'body.stringValue',
];
const TIMES = [
  '@timestamp',
  'timestamp',
  'ts',
  'time',
  'date',
  '_time',
  'timereported',
  'ISODATE',
  'R_ISODATE',
  'DATE',
  'eventTime',
  'timeUnixNano',
];
const HOSTS = [
  'log.syslog.hostname',
  'syslog_hostname',
  'hostname',
  'host.name',
  'host.hostname',
  'host',
  'HOST',
  'logsource',
  '_HOSTNAME',
  'source_host',
  'labels.hostname',
  'labels.host',
  'labels.instance',
  'labels.nodename',
  'kubernetes.pod_name',
  'kubernetes.pod.name',
  'agent.hostname',
  'beat.hostname',
];
const PROGRAMS = [
  'SYSLOG_IDENTIFIER',
  'log.syslog.appname',
  'process.name',
  'programname',
  'program',
  'PROGRAM',
  'appname',
  'app_name',
  'app-name',
  'application_name',
  '_application_name',
  'ident',
  'process.program',
  'syslogtag',
  'syslog_program',
  'labels.syslog_identifier',
  'labels.app_name',
];
const PIDS = [
  'SYSLOG_PID',
  'log.syslog.procid',
  'process.pid',
  'procid',
  'PID',
  'pid',
  '_PID',
  'process_id',
  'syslog_pid',
  'labels.proc_id',
];
/** objects around the record of a line: Elasticsearch's hits, Splunk's results, Cloud Logging's entries, Fluent Bit's Loki output */
const ENVELOPES = ['_source', 'result', 'jsonPayload', 'logEvent'];

const COLON = 0x3a;
const OPEN = 0x5b;
const LESS = 0x3c;
const BRACE = 0x7b;

export class Gathered {
  program: Field | undefined;
  pid: Field | undefined;
  host: Field | undefined;
  text: Field | undefined;
  /** the time of a record that tells none itself */
  outer: Instant = Number.NaN;

  private readonly named: Field | undefined;
  private readonly texts: readonly Field[];
  private readonly times: readonly Field[];
  private readonly hosts: readonly Field[];
  private readonly programs: readonly Field[];
  private readonly pids: readonly Field[];
  private readonly worker: Field;
  private readonly id: Field;
  private readonly module: Field;
  private readonly function: Field;
  private readonly stamp = new Stamp();
  private readonly rebuilt = new Scratch();

  /** `named`: what is looked at first, for a collector whose names nobody knows. */
  constructor(scan: JsonScan, named?: JsonFields) {
    const fields = (paths: readonly string[], first?: string): Field[] =>
      (first === undefined ? paths : [first, ...paths]).map((path) => scan.field(path));
    this.texts = fields(TEXTS, named?.text);
    this.times = fields(TIMES, named?.time);
    this.hosts = fields(HOSTS, named?.host);
    this.programs = fields(PROGRAMS, named?.program);
    this.pids = fields(PIDS, named?.pid);
    this.named = named === undefined ? undefined : this.texts[0];
    this.worker = scan.field('worker_type');
    this.id = scan.field('id');
    this.module = scan.field('module');
    this.function = scan.field('function');
    for (const name of ENVELOPES) scan.envelope(name);
  }

  /** Finds the fields of the object that was scanned last. False where none of them is a line's text. */
  find(): boolean {
    this.text = this.texts.find((field) => field.isFound && !field.isNull && (field.isText || field.isDecoded));
    if (this.text === undefined) return false;
    this.program = firstTold(this.programs);
    this.pid = firstTold(this.pids);
    this.host = this.hosts.find((field) => field.isTold && (field.isText || field.isDecoded));
    return true;
  }

  /** Whether the object that was scanned last has the line where the configuration says. */
  get hasNamed(): boolean {
    return this.named?.isTold === true;
  }

  /** Whether Rspamd itself wrote it. */
  get isRspamd(): boolean {
    return this.worker.isTold && this.function.isTold && this.pid !== undefined;
  }

  /** The line as Rspamd writes it where it writes no JSON: `<a1b2c3>; task; rspamd_task_write_log: …`. */
  rspamdLine(of: (field: Field) => Buffer): Scratch {
    const { rebuilt, id, module, text } = this;
    rebuilt.clear();
    if (id.isTold) this.put('<', of(id), id, '>; ');
    if (module.isTold) this.put('', of(module), module, '; ');
    this.put('', of(this.function), this.function, ': ');
    if (text !== undefined) this.put('', of(text), text, '');
    return rebuilt;
  }

  private put(before: string, b: Buffer, field: Field, after: string): void {
    for (let i = 0; i < before.length; i++) this.rebuilt.push(before.charCodeAt(i));
    this.rebuilt.append(b, field.a, field.b);
    for (let i = 0; i < after.length; i++) this.rebuilt.push(after.charCodeAt(i));
  }

  /** When the collector says that the line was written or read; NaN where it does not say, or not with a zone. */
  time(of: (field: Field) => Buffer): Instant {
    for (const field of this.times) {
      if (!field.isTold) continue;
      const at = this.instant(of(field), field.a, field.b);
      if (!Number.isNaN(at)) return at;
    }
    return this.outer;
  }

  /** A time stamp with a zone, or a number of seconds, ms, µs or ns; else NaN. */
  instant(b: Buffer, a: number, z: number): Instant {
    const { stamp } = this;
    if (readIsoStamp(b, a, z, stamp) > 0) return zonedInstant(stamp);
    return readUnix(b, a, z);
  }
}

/** The stamp as an instant, NaN where it has no zone. */
export function zonedInstant(stamp: Stamp): Instant {
  if (stamp.zone === NO_ZONE) return Number.NaN;
  return Date.UTC(stamp.year, stamp.month - 1, stamp.day) + stamp.tod - stamp.zone * 60_000;
}

function firstTold(fields: readonly Field[]): Field | undefined {
  return fields.find((field) => field.isTold);
}

/** Where a program's name ends: `postfix/smtpd[812]:` and `postfix/smtpd:` have more behind it. */
export function tagEnd(b: Uint8Array, a: number, z: number): number {
  let i = a;
  while (i < z && b[i] !== OPEN && b[i] !== 0x20) i++;
  return i > a && i === z && b[i - 1] === COLON ? i - 1 : i;
}

/**
 * Whether a whole line stands at a, with stamp or priority. `isTold`: its program is told beside it; then a stamp like
 * Exim's is what an Exim that writes to syslog puts before its text.
 */
export function isWholeLine(b: Uint8Array, a: number, z: number, stamp: Stamp, isTold: boolean): boolean {
  const c = b[a];
  if (a >= z) return false;
  if (c === LESS) return skipPriority(b, a, z) > a;
  if (c === BRACE) return true;
  if (readBsdStamp(b, a, z, stamp) > 0) return true;
  return readIsoStamp(b, a, z, stamp) > 0 && !(isTold && stamp.isSpaced);
}

/** Seconds (with a fraction), ms, µs or ns since 1970: told apart by their size. NaN where it is no such number. */
function readUnix(b: Uint8Array, a: number, z: number): Instant {
  let whole = 0;
  let i = a;
  for (; i < z && ((b[i] as number) - 0x30) >>> 0 <= 9; i++) whole = whole * 10 + (b[i] as number) - 0x30;
  if (i - a < 9 || i - a > 19) return Number.NaN;
  let fraction = 0;
  if (b[i] === 0x2e && i < z) {
    let unit = 1;
    for (i++; i < z && unit < 1e9 && ((b[i] as number) - 0x30) >>> 0 <= 9; i++) {
      fraction = fraction * 10 + (b[i] as number) - 0x30;
      unit *= 10;
    }
    fraction /= unit;
  }
  const scale = whole < 1e11 ? 1000 : whole < 1e14 ? 1 : whole < 1e17 ? 1e-3 : 1e-6;
  // microseconds are what stamps are kept to
  return Math.round((whole + fraction) * scale * 1000) / 1000;
}
