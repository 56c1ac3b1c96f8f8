/**
 * SpamAssassin's spamd: its judgement of a mail, which names the mail by its Message-ID alone.
 *
 * Source: spamassassin spamd/spamd.raw check().
 *
 *   spamd: result: Y 12 - BAYES_99,HTML scantime=1.0,size=2048,user=bob,uid=1001,required_score=5.0,…,mid=<m@x>,bayes=0.99,autolearn=no
 *   spamd: processing message <m@x> for bob:1001                                    the same mail, by the child's pid
 *   spamd: identified spam (12.3/5.0) for bob:1001 in 1.0 seconds, 2048 bytes.       likewise: the score with its decimals
 */
import { decodeText, type Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { readDecimal } from '../values.ts';

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
const NAMING = ['processing message ', 'checking message '].map(lit);
const JUDGING = ['identified spam (', 'clean message ('].map(lit);
const SLASH = 0x2f;
const CLOSE = 0x29;
const AT = 0x40;
/** Children that are remembered: a hostile log may name any number of pids. */
const MOST_CHILDREN = 256;

/** what a child's lines before its result say of the mail at hand */
interface Child {
  messageId: string;
  score: number;
}

interface SpamdContext {
  readonly children: Map<number, Child>;
}

function parse(frame: Frame, event: LogEvent, emit: Emit, context: SpamdContext): ParseResult {
  const { bytes, end } = frame;
  let i = frame.body;
  if (startsAt(bytes, i, end, PREFIX)) i += PREFIX.length;
  if (startsAt(bytes, i, end, RESULT)) return readResult(frame, i + RESULT.length, event, emit, context);
  const judging = JUDGING.find((one) => startsAt(bytes, i, end, one));
  if (judging !== undefined) return readScore(frame, i + judging.length, event, emit, context);
  const naming = NAMING.find((one) => startsAt(bytes, i, end, one));
  if (naming === undefined) return 'ignored';
  const a = i + naming.length;
  const close = bytes[a] === LESS ? indexOfByte(bytes, a, end, GREATER) : -1;
  remember(context, frame.pid, { messageId: close < 0 ? '' : decodeText(bytes, a + 1, close), score: Number.NaN });
  if (close < 0) return 'ignored';
  mention(event, frame).set(F.messageId, a + 1, close);
  emit(event);
  return 'event';
}

function mention(event: LogEvent, frame: Frame): LogEvent {
  event.reset('mention', frame);
  event.system = 'spamd';
  return event;
}

function remember(context: SpamdContext, pid: number, child: Child): void {
  const { children } = context;
  children.delete(pid);
  children.set(pid, child);
  if (children.size <= MOST_CHILDREN) return;
  for (const oldest of children.keys()) {
    children.delete(oldest);
    return;
  }
}

/** `12.3/5.0) for bob:1001 in …`: the mail is the one that the same child named before. */
function readScore(frame: Frame, a: number, event: LogEvent, emit: Emit, context: SpamdContext): ParseResult {
  const { bytes, end } = frame;
  const slash = indexOfByte(bytes, a, end, SLASH);
  const close = slash < 0 ? -1 : indexOfByte(bytes, slash, end, CLOSE);
  if (close < 0) return 'unknown';
  const child = context.children.get(frame.pid) ?? { messageId: '', score: Number.NaN };
  child.score = readDecimal(bytes, a, slash);
  remember(context, frame.pid, child);
  if (child.messageId === '') return 'ignored';
  mention(event, frame).setText(F.messageId, child.messageId);
  emit(event);
  return 'event';
}

/** spamd writes `_` for every space, comma and control character of a mail's own texts: its separators are its own. */
function readResult(frame: Frame, a: number, event: LogEvent, emit: Emit, context: SpamdContext): ParseResult {
  const { bytes, end } = frame;
  let score = a + 2;
  // `%2d`
  while (bytes[score] === SPACE && score < end) score++;
  const dash = indexOf(bytes, score, end, DASH);
  if (dash < 0) return 'unknown';
  event.reset('verdict', frame);
  event.system = 'spamd';
  event.engine = 'spamassassin';
  const isSpam = bytes[a] === YES;
  event.what = isSpam ? 'spam' : 'clean';
  event.action = isSpam ? 'tagged' : 'accepted';
  event.score = readDecimal(bytes, score, dash);
  const child = context.children.get(frame.pid);
  context.children.delete(frame.pid);
  // `%2d` cuts the decimals off; those of another mail's line are not taken
  if (child !== undefined && Math.trunc(child.score) === event.score) event.score = child.score;
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
  // the login that spamd runs for (of a filter, often the filter's own) is nobody whom the mail is for
  const isAddress = userEnd > user && user >= 0 && indexOfByte(bytes, user, userEnd, AT) > 0;
  if (isAddress) event.set(F.recipient, user, userEnd);
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

/** A result line says its score with the decimals of a line before it. */
function isContextual({ bytes, body, end }: Frame): boolean {
  const a = startsAt(bytes, body, end, PREFIX) ? body + PREFIX.length : body;
  return startsAt(bytes, a, end, RESULT) || JUDGING.some((one) => startsAt(bytes, a, end, one));
}

const spamd: LogFormat<SpamdContext> = {
  name: 'spamd',
  title: 'SpamAssassin spamd',
  docs: 'https://spamassassin.apache.org/full/4.0.x/doc/spamd.html',
  versions: '3.0 to 4.0',
  claims: (program) => program === 'spamd' || program === 'spamassassin',
  createContext: () => ({ children: new Map() }),
  parse,
  besides: { signs: [], byQueueId: false, mids: ['spamd: '] },
  isContextual,
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'spamd') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default spamd;
