/**
 * Rspamd 1.9 to 4.x: the line that sums up a task, in its own file, syslog, journal and containers.
 *
 * Source: rspamd src/libserver/task.c rspamd_task_write_log(), logger/logger.c rspamd_log_fill_iov(),
 *         logger/logger_syslog.c, conf/logging.inc (log_format), libmime/message.c rspamd_message_parse().
 *
 * Every line is `<tag>; module; function: text`; the function tells what it is. README.md says what is read.
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { readSummary, setId } from './summary.ts';

const SPACE = 0x20;
const LESS = 0x3c;
const GREATER = 0x3e;
const LEFT = 0x28;
const RIGHT = 0x29;

const WRITE_LOG = lit('rspamd_task_write_log: ');
const PARSED = lit('rspamd_message_parse: loaded message; id: <');
const PASSTHROUGH = lit('rspamd_add_passthrough_result: <');
const QUEUE_ID = lit('; queue-id: <');
const GREYLIST = lit('greylist.lua:');
const SEPARATOR = lit('; ');
/** longest tag (MEMPOOL_UID_LEN) and module that are looked at */
const WORD_MAX = 64;

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  let i = frame.body;
  // log_type console under systemd: the worker's type alone
  if (bytes[i] === LEFT) {
    const z = indexOfByte(bytes, i, Math.min(end, i + WORD_MAX), RIGHT);
    if (z < 0) return 'unknown';
    i = bytes[z + 1] === SPACE ? z + 2 : z + 1;
  }
  let tag = -1;
  let tagEnd = -1;
  if (i < end && bytes[i] === LESS) {
    tag = i + 1;
    tagEnd = indexOfByte(bytes, tag, Math.min(end, tag + WORD_MAX), GREATER);
    if (tagEnd < 0 || !startsAt(bytes, tagEnd + 1, end, SEPARATOR)) return 'unknown';
    i = tagEnd + 3;
  }
  const module = indexOf(bytes, i, Math.min(end, i + WORD_MAX), SEPARATOR);
  if (module < 0) return indexOfByte(bytes, i, end, SPACE) < 0 ? 'unknown' : 'ignored';
  i = module + 2;
  // r: rspamd_…, g: greylist.lua; all else is talk
  const first = bytes[i];
  if (first === 0x72) {
    if (startsAt(bytes, i, end, WRITE_LOG)) {
      start('verdict', frame, event, tag, tagEnd);
      readSummary(event, i + WRITE_LOG.length);
      emit(event);
      return 'event';
    }
    if (startsAt(bytes, i, end, PARSED)) return readParsed(frame, event, emit, i + PARSED.length, tag, tagEnd);
    if (startsAt(bytes, i, end, PASSTHROUGH)) {
      start('mention', frame, event, tag, tagEnd);
      readId(event, F.messageId, i + PASSTHROUGH.length);
      emit(event);
      return 'event';
    }
  } else if (first === 0x67 && tagEnd > tag && startsAt(bytes, i, end, GREYLIST)) {
    start('mention', frame, event, tag, tagEnd);
    emit(event);
    return 'event';
  }
  return 'ignored';
}

function start(kind: 'verdict' | 'mention', frame: Frame, event: LogEvent, tag: number, tagEnd: number): void {
  event.reset(kind, frame);
  event.system = 'rspamd';
  if (kind === 'verdict') event.engine = 'rspamd';
  if (tagEnd > tag) event.set(F.filterId, tag, tagEnd);
}

/** `loaded message; id: <m>; queue-id: <q>; size: …` (without a queue id where the server told none). */
function readParsed(frame: Frame, event: LogEvent, emit: Emit, at: number, tag: number, tagEnd: number): ParseResult {
  start('mention', frame, event, tag, tagEnd);
  const next = readId(event, F.messageId, at);
  if (next >= 0 && startsAt(frame.bytes, next, frame.end, QUEUE_ID)) readId(event, F.queueId, next + QUEUE_ID.length);
  emit(event);
  return 'event';
}

/**
 * An id that begins at `a`, up to a `>` before `;`, `:`, `,` or the end: Rspamd puts `?` for every space in a Message-ID
 * (mime_headers.c). `undef`: there is none. Returns where it ended, behind the `>`; -1 where it was cut off.
 */
function readId(event: LogEvent, field: typeof F.messageId | typeof F.queueId, a: number): number {
  const { bytes, end } = event.frame;
  let z = a;
  while (z < end && bytes[z] !== SPACE) z++;
  while (z > a && bytes[z - 1] !== GREATER) z--;
  if (z <= a) return -1;
  setId(event, field, a, z - 1);
  return z;
}

const rspamd: LogFormat = {
  name: 'rspamd',
  title: 'Rspamd',
  docs: 'https://docs.rspamd.com/configuration/logging/',
  versions: '1.9 to 4.1',
  claims: (program) => program === 'rspamd' || program === 'rspamd_proxy',
  createContext: () => ({}),
  parse,
  besides: { signs: ['reject', 'discard', 'uarantine', 'reylist'], byQueueId: true },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const frame of sample) if (frame.program === 'rspamd') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default rspamd;
