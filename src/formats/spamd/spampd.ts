/**
 * spampd, SpamAssassin as an SMTP proxy: `identified spam <m@x> (12.30/5.00) from <a@b> for <c@d>,<e@f> in 1.20s, 2048 bytes, with rules v1`.
 * Source: spampd.pl process_message(): the Message-ID holds neither spaces nor angle brackets there.
 */
import type { Frame } from '../../model/frame.ts';
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { Emit, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { decimalEnd, readDecimal } from '../values.ts';

const GREATER = 0x3e;
const SPAM = lit('identified spam <');
const CLEAN = lit('clean message <');
const FROM = lit(' from <');
const FOR = lit('> for ');
const IN = lit(' in ');
const BYTES = lit('s, ');

export function readSpampd(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  const isSpam = startsAt(bytes, body, end, SPAM);
  if (!isSpam && !startsAt(bytes, body, end, CLEAN)) return 'ignored';
  const mid = body + (isSpam ? SPAM.length : CLEAN.length);
  const close = indexOfByte(bytes, mid, end, GREATER);
  if (close < 0) return 'ignored';
  event.reset('verdict', frame);
  event.system = 'spamassassin';
  event.engine = 'spamassassin';
  event.what = isSpam ? 'spam' : 'clean';
  event.action = isSpam ? 'tagged' : 'accepted';
  if (close > mid) event.set(F.messageId, mid, close);
  event.score = readDecimal(bytes, close + 3, end);
  if (!Number.isNaN(event.score)) event.threshold = readDecimal(bytes, decimalEnd + 1, end);
  const from = indexOf(bytes, close, end, FROM);
  const to = from < 0 ? -1 : indexOf(bytes, from, end, FOR);
  const stop = to < 0 ? -1 : lastIndexOf(bytes, to, end, IN);
  if (stop > to) {
    event.set(F.sender, from + FROM.length, to);
    event.set(F.recipients, to + FOR.length, stop);
    const size = indexOf(bytes, stop, end, BYTES);
    if (size >= 0) event.size = readNumber(bytes, size + BYTES.length, end);
  }
  emit(event);
  return 'event';
}
