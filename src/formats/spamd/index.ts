/**
 * SpamAssassin's spamd: its judgement of a mail, which names the mail by its Message-ID alone.
 *
 * Source: spamassassin spamd/spamd.raw check().
 *
 *   spamd: result: Y 12 - BAYES_99,HTML scantime=1.0,size=2048,user=bob,uid=1001,required_score=5.0,…,mid=<m@x>,bayes=0.99,autolearn=no
 *   spamd: identified spam (12.3/5.0) for bob:1001 in 1.0 seconds, 2048 bytes.       the same mail, by the child's pid
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { readDecimal } from '../values.ts';
import { readSpampd } from './spampd.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const LESS = 0x3c;
const GREATER = 0x3e;
const YES = 0x59;

const PREFIX = lit('spamd: ');
const RESULT = lit('result: ');
const DASH = lit(' - ');
const SCANTIME = lit(' scantime=');
const SIZE = lit(',size=');
const USER = lit(',user=');
const REQUIRED = lit(',required_score=');
const MID = lit(',mid=');
const RMID = lit(',rmid=');
const BAYES = lit(',bayes=');
const AUTOLEARN = lit(',autolearn=');
const UNKNOWN = lit('(unknown)');
/** first words of lines about a mail that say less than its result line */
const LESS_SAID = ['identified spam (', 'clean message (', 'processing message ', 'checking message '].map(lit);

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  if (frame.program === 'spampd') return readSpampd(frame, event, emit);
  let i = frame.body;
  if (startsAt(bytes, i, end, PREFIX)) i += PREFIX.length;
  if (startsAt(bytes, i, end, RESULT)) return readResult(frame, i + RESULT.length, event, emit);
  const word = LESS_SAID.find((one) => startsAt(bytes, i, end, one));
  if (word === undefined || bytes[i + word.length] !== LESS) return 'ignored';
  const a = i + word.length + 1;
  const close = indexOfByte(bytes, a, end, GREATER);
  if (close < 0) return 'ignored';
  event.reset('mention', frame);
  event.system = 'spamassassin';
  event.set(F.messageId, a, close);
  emit(event);
  return 'event';
}

/** spamd writes `_` for every space, comma and control character of a mail's own texts: its separators are its own. */
function readResult(frame: Frame, a: number, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, end } = frame;
  const score = a + 2;
  const dash = indexOf(bytes, score, end, DASH);
  if (dash < 0) return 'unknown';
  event.reset('verdict', frame);
  event.system = 'spamassassin';
  event.engine = 'spamassassin';
  const isSpam = bytes[a] === YES;
  event.what = isSpam ? 'spam' : 'clean';
  event.action = isSpam ? 'tagged' : 'accepted';
  event.score = readDecimal(bytes, score, dash);
  const rules = dash + DASH.length;
  const tail = indexOf(bytes, rules, end, SCANTIME);
  const rulesEnd = tail < 0 ? end : tail;
  if (rulesEnd > rules) event.set(F.rules, rules, rulesEnd);
  if (tail >= 0) readTail(event, tail, end);
  emit(event);
  return 'event';
}

function readTail(event: LogEvent, tail: number, end: number): void {
  const { bytes } = event.frame;
  const value = (key: Uint8Array): number => {
    const at = indexOf(bytes, tail, end, key);
    return at < 0 ? -1 : at + key.length;
  };
  const size = value(SIZE);
  if (size >= 0) event.size = readNumber(bytes, size, end);
  const required = value(REQUIRED);
  if (required >= 0) event.threshold = readDecimal(bytes, required, end);
  const user = value(USER);
  const userEnd = user < 0 ? -1 : indexOfByte(bytes, user, end, COMMA);
  if (userEnd > user && !startsAt(bytes, user, userEnd, UNKNOWN)) event.set(F.recipient, user, userEnd);
  const mid = value(MID);
  if (mid < 0) return;
  let stop = end;
  for (const key of [RMID, BAYES, AUTOLEARN]) {
    const at = lastIndexOf(bytes, mid, end, key);
    if (at >= 0 && at < stop) stop = at;
  }
  if (startsAt(bytes, mid, stop, UNKNOWN)) event.set(F.messageId, mid, mid);
  else if (bytes[mid] === LESS && bytes[stop - 1] === GREATER && stop - mid >= 2)
    event.set(F.messageId, mid + 1, stop - 1);
  else if (indexOfByte(bytes, mid, stop, SPACE) < 0) event.set(F.messageId, mid, stop);
}

const spamd: LogFormat = {
  name: 'spamd',
  title: 'SpamAssassin spamd',
  docs: 'https://spamassassin.apache.org/full/4.0.x/doc/spamd.html',
  versions: '3.0 to 4.0',
  claims: (program) => program === 'spamd' || program === 'spamassassin' || program === 'spampd',
  createContext: () => ({}),
  parse,
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'spamd') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default spamd;
