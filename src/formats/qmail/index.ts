/**
 * qmail 1.03, netqmail 1.06, notqmail 1.08 and later: qmail-send through multilog or splogger. README.md tells what is read.
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { Line } from './line.ts';
import { Queue } from './queue.ts';
import { readSend } from './send.ts';
import { readSession } from './session.ts';
import { readSimscan } from './simscan.ts';

/** A stream may hold lines of several hosts. */
const MOST_HOSTS = 256;

class Context {
  readonly line = new Line();
  private readonly queues = new Map<string, Queue>();
  private host = '';
  private queue = new Queue();

  queueOf(host = ''): Queue {
    if (host === this.host) return this.queue;
    this.queues.set(this.host, this.queue);
    if (this.queues.size > MOST_HOSTS) this.queues.clear();
    this.queue = this.queues.get(host) ?? new Queue();
    this.host = host;
    return this.queue;
  }
}

/** splogger's usual name, and what writes to standard error of the server under multilog. */
const TAGS = new Set([
  'qmail',
  'qmail-send',
  'qmail-smtpd',
  'qmail-smtp',
  'notqmail',
  'multilog',
  'tcpserver',
  'rblsmtpd',
  'simscan',
]);

const PLUS = 0x2b;

const qmail: LogFormat<Context> = {
  name: 'qmail',
  title: 'qmail',
  docs: 'https://github.com/notqmail/notqmail/blob/main/qmail-log.5',
  versions: 'qmail 1.03, netqmail 1.06, notqmail 1.08 to 1.09',

  claims(program: string): boolean {
    return TAGS.has(program);
  },

  createContext(): Context {
    return new Context();
  },

  parse(frame: Frame, event: LogEvent, emit: Emit, context: Context): ParseResult {
    const { line } = context;
    line.begin(frame, event, emit);
    if (line.a >= line.b || line.bytes[line.a] === PLUS) return 'ignored';
    const queue = context.queueOf(frame.host);
    return readSend(line, queue) ?? readSimscan(line, queue) ?? readSession(line) ?? 'unknown';
  },

  // qmail-send.c del_dochan()
  refusedSigns: [': deferral: ', ': failure: '],

  /** What became of a delivery names its number alone. */
  isContextual(): boolean {
    return true;
  },

  detect(sample: readonly Frame[]): number {
    if (sample.length === 0) return 0;
    let ours = 0;
    for (const frame of sample) if (TAGS.has(frame.program)) ours++;
    return ours / sample.length;
  },
};

export default qmail;
