/**
 * Amavis (amavisd-new 2.4 to Amavis 2.13): what it did with each mail.
 *
 * Source: amavisd.conf-default and amavisd ($log_templ, $log_recip_templ), Amavis::Log write_log() (lines in pieces),
 *         Amavis::In::Message action words; README.md says what is read.
 *
 *   (20417-03-2) Passed CLEAN {RelayedInbound}, [192.0.2.7]:4711 [192.0.2.7] <a@b> -> <c@d>, Queue-ID: …, Message-ID: <…>, …
 */
import { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { endsWith, isDigit, lit, startsAt } from '../postfix/bytes.ts';
import { readVerdict } from './verdict.ts';

const LEFT = 0x28;
const RIGHT = 0x29;
const DOT = 0x2e;
const SPACE = 0x20;
const DASH = 0x2d;
const PASSED = lit('Passed ');
const BLOCKED = lit('Blocked ');
const DOTS = lit('...');
/** its names, some with the path of the executable */
const TAG = /^(?:\S*\/)?amavis(?:d|d-new|-new|d-milter)?$/;
const ID_MAX = 40;
/** a hostile log may begin any number of lines in pieces */
const MAX_HELD = 64;
const MAX_BYTES = 64 * 1024;

/** Lines in pieces: `(id) Passed … Mess...`, `(id) ...age-ID: <…>`. */
class AmavisContext {
  /** by pid and id of the mail */
  readonly held = new Map<string, Frame>();
}

function parse(frame: Frame, event: LogEvent, emit: Emit, context: AmavisContext): ParseResult {
  const { bytes, body, end } = frame;
  if (bytes[body] !== LEFT) return 'ignored';
  const idEnd = mailIdEnd(bytes, body + 1, end);
  if (idEnd < 0) return 'ignored';
  const text = Math.min(end, idEnd + 2);
  if (startsAt(bytes, text, end, DOTS)) return readPiece(frame, idEnd, text + DOTS.length, event, emit, context);
  const isPassed = startsAt(bytes, text, end, PASSED);
  const isVerdict = isPassed || startsAt(bytes, text, end, BLOCKED);
  if (isVerdict && endsWith(bytes, text, end, DOTS)) {
    hold(frame, idEnd, end - DOTS.length, context);
    return mention(frame, idEnd, event, emit);
  }
  if (!isVerdict) return mention(frame, idEnd, event, emit);
  return tell(frame, idEnd, event, emit);
}

/** `20417-03-2` of `(20417-03-2)`: pid, count of the child, and a number for further mails of a session. */
function mailIdEnd(bytes: Uint8Array, a: number, end: number): number {
  const limit = Math.min(end, a + ID_MAX);
  let i = a;
  while (i < limit && isDigit(bytes[i])) i++;
  if (i === a || bytes[i] !== DASH) return -1;
  while (i < limit && bytes[i] !== RIGHT && bytes[i] !== SPACE) i++;
  return i < limit && bytes[i] === RIGHT && (i + 1 >= end || bytes[i + 1] === SPACE) ? i : -1;
}

function mention(frame: Frame, idEnd: number, event: LogEvent, emit: Emit): ParseResult {
  event.reset('mention', frame);
  event.system = 'amavis';
  event.set(F.filterId, frame.body + 1, idEnd);
  emit(event);
  return 'event';
}

function tell(frame: Frame, idEnd: number, event: LogEvent, emit: Emit): ParseResult {
  event.reset('verdict', frame);
  event.system = 'amavis';
  event.engine = 'amavis';
  event.set(F.filterId, frame.body + 1, idEnd);
  const text = idEnd + 2;
  const isPassed = startsAt(frame.bytes, text, frame.end, PASSED);
  readVerdict(event, text + (isPassed ? PASSED.length : BLOCKED.length), isPassed);
  emit(event);
  return 'event';
}

function keyOf(frame: Frame, idEnd: number): string {
  return `${frame.pid} ${frame.text(frame.body + 1, idEnd)}`;
}

function hold(frame: Frame, idEnd: number, end: number, context: AmavisContext): void {
  if (context.held.size >= MAX_HELD) {
    const oldest = context.held.keys().next();
    if (!oldest.done) context.held.delete(oldest.value);
  }
  const copy = Object.assign(new Frame(), frame);
  copy.bytes = Buffer.from(frame.bytes.subarray(frame.body, Math.min(end, frame.body + MAX_BYTES)));
  copy.body = 0;
  copy.end = copy.bytes.length;
  context.held.set(keyOf(frame, idEnd), copy);
}

/** A further piece; the line is told in the place of the piece that completes it. */
function readPiece(
  frame: Frame,
  idEnd: number,
  text: number,
  event: LogEvent,
  emit: Emit,
  context: AmavisContext,
): ParseResult {
  const key = keyOf(frame, idEnd);
  const first = context.held.get(key);
  if (first === undefined) return mention(frame, idEnd, event, emit);
  const isLast = !endsWith(frame.bytes, text, frame.end, DOTS);
  const stop = isLast ? frame.end : Math.max(text, frame.end - DOTS.length);
  const room = Math.max(0, MAX_BYTES - first.end);
  const whole = Object.assign(new Frame(), frame);
  whole.bytes = Buffer.concat([first.bytes, frame.bytes.subarray(text, Math.min(stop, text + room))]);
  whole.body = 0;
  whole.end = whole.bytes.length;
  if (!isLast) {
    context.held.set(key, whole);
    return mention(frame, idEnd, event, emit);
  }
  context.held.delete(key);
  return tell(whole, idEnd - frame.body, event, emit);
}

/** The rest of a line in pieces never came: what there is of it is told. */
function finish(event: LogEvent, emit: Emit, context: AmavisContext): void {
  for (const frame of context.held.values()) tell(frame, mailIdEnd(frame.bytes, 1, frame.end), event, emit);
  context.held.clear();
}

function isDots(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === DOT && bytes[at + 1] === DOT && bytes[at + 2] === DOT;
}

const amavis: LogFormat<AmavisContext> = {
  name: 'amavis',
  title: 'Amavis (amavisd-new)',
  docs: 'https://www.ijs.si/software/amavisd/amavisd-new-docs.html',
  versions: '2.4 to 2.13',
  claims: (program) => program.includes('amavis') && TAG.test(program),
  createContext: () => new AmavisContext(),
  parse,
  finish,
  /** A long line comes in pieces, which end and go on with dots. */
  isContextual(frame) {
    const { bytes, body, end } = frame;
    if (isDots(bytes, end - 3)) return true;
    const close = bytes[body] === LEFT ? bytes.indexOf(RIGHT, body) : -1;
    return close > 0 && close + 5 <= end && isDots(bytes, close + 2);
  },
  besides: {
    signs: ['Blocked', 'Discarded', 'Bounced', 'Rejected', 'TempFailed', 'uarantine'],
    byQueueId: true,
    mids: ['amavis'],
  },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (TAG.test(program)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default amavis;
