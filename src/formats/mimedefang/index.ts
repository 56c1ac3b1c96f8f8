/**
 * MIMEDefang: what its filter logged of a mail, by the server's queue id.
 *
 * Source: MIMEDefang modules/lib/Mail/MIMEDefang.pm md_graphdefang_log(), md_syslog() (the queue id first); the events are the
 * filter's own words, those of the filters that come with it are known.
 *
 *   v15CGChQ029546: MDLOG,v15CGChQ029546,spam,11.4,192.0.2.7,<a@b>,<c@d>,Subject%2C with a comma
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { equals, indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { queueIdEnd } from '../milter-id.ts';
import { readDecimal } from '../values.ts';

const COMMA = 0x2c;
const LESS = 0x3c;
const GREATER = 0x3e;
const MDLOG = lit('MDLOG,');
const SENDER = lit(',<');
const SPAM = lit('spam');
const NON_SPAM = lit('non-spam');
const VIRUS = lit('virus');
const BAD_FILENAME = lit('bad_filename');

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const idEnd = queueIdEnd(bytes, body, end);
  if (idEnd < 0) return 'ignored';
  event.reset('verdict', frame);
  event.system = 'mimedefang';
  event.engine = 'mimedefang';
  event.set(F.queueId, body, idEnd);
  const text = idEnd + 2;
  if (startsAt(bytes, text, end, MDLOG)) readRecord(event, text + MDLOG.length, end);
  emit(event);
  return 'event';
}

/** `ID,event,value1,value2,<sender>,<recipient>,subject`: commas within a field are `%2C`. */
function readRecord(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const word = indexOfByte(bytes, a, b, COMMA) + 1;
  if (word <= 0) return;
  const wordEnd = indexOfByte(bytes, word, b, COMMA);
  if (wordEnd < 0) return;
  const value = wordEnd + 1;
  const comma = indexOfByte(bytes, value, b, COMMA);
  const valueEnd = comma < 0 ? b : comma;
  if (equals(bytes, word, wordEnd, SPAM) || equals(bytes, word, wordEnd, NON_SPAM)) {
    event.what = bytes[word] === SPAM[0] ? 'spam' : 'clean';
    event.action = event.what === 'spam' ? 'tagged' : 'accepted';
    event.score = readDecimal(bytes, value, valueEnd);
  } else if (equals(bytes, word, wordEnd, VIRUS)) {
    event.what = 'virus';
    event.action = 'tagged';
    if (valueEnd > value) event.set(F.reason, value, valueEnd);
  } else if (equals(bytes, word, wordEnd, BAD_FILENAME)) {
    event.what = 'banned';
    event.action = 'modified';
    if (valueEnd > value) event.set(F.reason, value, valueEnd);
  } else {
    event.what = 'other';
    event.set(F.reason, word, wordEnd);
  }
  const sender = indexOf(bytes, wordEnd, b, SENDER);
  if (sender < 0) return;
  const from = sender + SENDER.length;
  const close = indexOfByte(bytes, from, b, GREATER);
  if (close < 0) return;
  event.set(F.sender, from, close);
  const rcpt = close + 2;
  if (bytes[close + 1] !== COMMA || bytes[rcpt] !== LESS) return;
  const rcptEnd = indexOfByte(bytes, rcpt, b, GREATER);
  if (rcptEnd > 0) event.set(F.recipient, rcpt + 1, rcptEnd);
}

const mimedefang: LogFormat = {
  name: 'mimedefang',
  title: 'MIMEDefang',
  docs: 'https://mimedefang.org/',
  versions: '2.63 to 3.6',
  claims: (program) => program.startsWith('mimedefang'),
  createContext: () => ({}),
  parse,
  // of a mail that the server refused it names the recipients
  besides: { signs: ['MDLOG,'], byQueueId: true },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program.startsWith('mimedefang')) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default mimedefang;
