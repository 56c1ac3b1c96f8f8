/**
 * spampd, the SMTP proxy that asks SpamAssassin: its judgement of a mail on its way from Postfix back to Postfix.
 * The server's answer to the proxy is passed on as it is (`250 2.0.0 Ok: queued as 7C1D`), so the hops join by that id.
 *
 * Source: spampd 2.53 spampd.pl process_message().
 *
 *   clean message <m@x> (2.30/5.00) from <a@x> for <b@y> ORCPT=rfc822;b@y,<c@y> in 0.53s, 1054 bytes.
 *   identified spam (unknown) (12.30/5.00) from <> for <b@y> in 0.53s, 1054 bytes.
 *   rules hit for <m@x>: BAYES_99,HTML_MESSAGE         of the same mail, by the same child, where --log-rules-hit is set
 */
import { decodeText, type Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readDecimal } from '../values.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;

const CLEAN = lit('clean message ');
const SPAM = lit('identified spam ');
const RULES = lit('rules hit for ');
const PROCESSING = lit('processing message ');
const WARNING = lit('WARNING!! SpamAssassin error on message ');
const UNKNOWN = lit('(unknown)');
const SCORE = lit(' (');
const FROM = lit(') from ');
const FOR = lit(' for ');
const TOOK = lit(' in ');
const COLON = lit('>: ');
/** Children that are remembered: a hostile log may name any number of pids. */
const MOST_CHILDREN = 256;
/** A mail may have any number of recipients. */
const MOST_RECIPIENTS = 1000;

/** the judgement that a child told last */
interface Last {
  what: string;
  name: string;
  messageId: string;
}

interface SpampdContext {
  readonly last: Map<number, Last>;
  /** judgements so far: what makes two of one mail two */
  count: number;
}

function parse(frame: Frame, event: LogEvent, emit: Emit, context: SpampdContext): ParseResult {
  const { bytes, body, end } = frame;
  if (startsAt(bytes, body, end, CLEAN)) return readVerdict(frame, body + CLEAN.length, false, event, emit, context);
  if (startsAt(bytes, body, end, SPAM)) return readVerdict(frame, body + SPAM.length, true, event, emit, context);
  if (startsAt(bytes, body, end, RULES)) return readRules(frame, body + RULES.length, event, emit, context);
  for (const word of [PROCESSING, WARNING]) {
    if (!startsAt(bytes, body, end, word)) continue;
    const a = body + word.length;
    const stop = idEnd(bytes, a, end);
    if (stop < 0 || bytes[a] !== LESS) return 'ignored';
    start(event, 'mention', frame);
    event.set(F.messageId, a + 1, stop - 1);
    emit(event);
    return 'event';
  }
  return 'ignored';
}

/** End of `<id>` or `(unknown)`: spampd writes `?` for every bracket, space and control character inside an id. */
function idEnd(bytes: Uint8Array, a: number, end: number): number {
  if (startsAt(bytes, a, end, UNKNOWN)) return a + UNKNOWN.length;
  const close = bytes[a] === LESS ? indexOfByte(bytes, a, end, GREATER) : -1;
  return close < 0 ? -1 : close + 1;
}

function start(event: LogEvent, kind: 'verdict' | 'mention', frame: Frame): void {
  event.reset(kind, frame);
  event.system = 'spampd';
  event.engine = kind === 'verdict' ? 'spamassassin' : '';
}

function readVerdict(
  frame: Frame,
  a: number,
  isSpam: boolean,
  event: LogEvent,
  emit: Emit,
  context: SpampdContext,
): ParseResult {
  const { bytes, end } = frame;
  const stop = idEnd(bytes, a, end);
  if (stop < 0 || !startsAt(bytes, stop, end, SCORE)) return 'unknown';
  const score = stop + SCORE.length;
  const slash = indexOfByte(bytes, score, end, SLASH);
  const from = slash < 0 ? -1 : indexOf(bytes, slash, end, FROM);
  if (from < 0) return 'unknown';
  start(event, 'verdict', frame);
  judged(event, isSpam ? 'spam' : 'clean');
  event.score = readDecimal(bytes, score, slash);
  event.threshold = readDecimal(bytes, slash + 1, from);
  const messageId = bytes[a] === LESS ? decodeText(bytes, a + 1, stop - 1) : '';
  if (bytes[a] === LESS) event.set(F.messageId, a + 1, stop - 1);
  else event.set(F.messageId, a, a);
  readEnvelope(event, from + FROM.length);
  const name = `spampd ${frame.host ?? ''} ${frame.pid} ${++context.count} ${messageId}`;
  event.setText(F.filterId, name);
  remember(context, frame.pid, { what: event.what, name, messageId });
  emit(event);
  return 'event';
}

function judged(event: LogEvent, what: string): void {
  event.what = what;
  event.action = what === 'spam' ? 'tagged' : 'accepted';
}

/** `<a@x> for <b@y> ORCPT=rfc822;b@y,<c@y> in 0.53s, 1054 bytes.` */
function readEnvelope(event: LogEvent, a: number): void {
  const { bytes, end } = event.frame;
  const took = lastIndexOf(bytes, a, end, TOOK);
  const stop = took < 0 ? end : took;
  const whom = indexOf(bytes, a, stop, FOR);
  if (whom < 0) return;
  if (bytes[a] === LESS && bytes[whom - 1] === GREATER) event.set(F.sender, a + 1, whom - 1);
  const names: string[] = [];
  for (let i = whom + FOR.length; i < stop && names.length < MOST_RECIPIENTS;) {
    const open = indexOfByte(bytes, i, stop, LESS);
    const close = open < 0 ? -1 : indexOfByte(bytes, open, stop, GREATER);
    if (close < 0) break;
    names.push(decodeText(bytes, open + 1, close));
    i = close + 1;
  }
  if (names.length > 0) event.setText(F.recipients, names.join(','));
}

function remember(context: SpampdContext, pid: number, last: Last): void {
  context.last.delete(pid);
  context.last.set(pid, last);
  if (context.last.size <= MOST_CHILDREN) return;
  for (const oldest of context.last.keys()) {
    context.last.delete(oldest);
    return;
  }
}

/** The rules of the judgement that the same child told just before. */
function readRules(frame: Frame, a: number, event: LogEvent, emit: Emit, context: SpampdContext): ParseResult {
  const { bytes, end } = frame;
  const stop = idEnd(bytes, a, end);
  if (stop < 0) return 'unknown';
  const isNamed = bytes[a] === LESS;
  const last = context.last.get(frame.pid);
  const messageId = isNamed ? decodeText(bytes, a + 1, stop - 1) : '';
  const rules = startsAt(bytes, stop - 1, end, COLON) || !isNamed ? stop + 2 : end;
  const isSame = last !== undefined && last.messageId === messageId;
  if (!isNamed && !isSame) return 'ignored';
  start(event, isSame ? 'verdict' : 'mention', frame);
  if (isSame) judged(event, last.what);
  if (isSame) event.setText(F.filterId, last.name);
  if (isNamed) event.set(F.messageId, a + 1, stop - 1);
  else event.set(F.messageId, a, a);
  if (rules < end && isSame) event.set(F.rules, rules, end);
  emit(event);
  return 'event';
}

const spampd: LogFormat<SpampdContext> = {
  name: 'spampd',
  title: 'spampd (SpamAssassin proxy)',
  docs: 'https://github.com/mpaperno/spampd',
  versions: '2.30 to 2.62',
  claims: (program) => program === 'spampd',
  createContext: () => ({ last: new Map(), count: 0 }),
  parse,
  isContextual: (frame) => startsAt(frame.bytes, frame.body, frame.end, RULES),
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (program === 'spampd') ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default spampd;
