/**
 * The report of a spam check: `spam, SBL+XBL, SpamAssassin (not cached, score=25.5, required 4, BAYES_99 5.00, …)`.
 *
 * Source: MailScanner Message.pm IsSpam(), SA.pm; words as reports/en/languages.conf has them. In other languages the
 * numbers alone tell.
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { decodeText } from '../../model/frame.ts';
import { indexOf, indexOfByte, lit, startsAt } from '../postfix/bytes.ts';
import { decimalEnd, readDecimal } from '../values.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const CLOSE = 0x29;
const EQUALS = 0x3d;

const SPAM = lit('spam');
const NOT_SPAM = lit('not spam');
const BANNED = lit('banned');
const SA = lit('SpamAssassin (');
/** A report names hundreds of rules at most. */
const MOST_BYTES = 8192;

/** Fills `what`, `action`, score, threshold, rules and reason from the report [a, b). */
export function readReport(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const isHam = startsAt(bytes, a, b, NOT_SPAM);
  const isSpam = startsAt(bytes, a, b, SPAM);
  const sa = indexOf(bytes, a, b, SA);
  if (sa >= 0) readAssassin(event, sa + SA.length, b);
  if (isSpam || isHam) judge(event, isSpam);
  else if (startsAt(bytes, a, b, BANNED)) {
    event.what = 'policy';
    event.action = 'tagged';
  } else if (!Number.isNaN(event.score) && !Number.isNaN(event.threshold)) judge(event, event.score >= event.threshold);
  // what stands between the word and SpamAssassin's part: block lists, `(blacklisted)`, a custom scanner
  let from = a + (isSpam ? SPAM.length : isHam ? NOT_SPAM.length : 0);
  while (from < b && (bytes[from] === SPACE || bytes[from] === COMMA)) from++;
  let to = sa < 0 ? b : sa;
  while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === COMMA)) to--;
  if (to > from) event.set(F.reason, from, to);
}

function judge(event: LogEvent, isSpam: boolean): void {
  event.what = isSpam ? 'spam' : 'clean';
  event.action = isSpam ? 'tagged' : 'accepted';
}

/** `not cached, score=25.5, required 4, BAYES_99 5.00, autolearn=spam)`. A line that was cut has no `)`. */
function readAssassin(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const close = indexOfByte(bytes, a, b, CLOSE);
  const end = Math.min(close < 0 ? b : close, a + MOST_BYTES);
  const equals = indexOfByte(bytes, a, end, EQUALS);
  if (equals < 0) return;
  event.score = readDecimal(bytes, equals + 1, end);
  const comma = indexOfByte(bytes, decimalEnd, end, COMMA);
  if (comma < 0) return;
  const space = indexOfByte(bytes, comma + 2, end, SPACE);
  if (space < 0) return;
  event.threshold = readDecimal(bytes, space + 1, end);
  const rules = decodeText(bytes, decimalEnd, end)
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '' && !rule.startsWith('autolearn='));
  if (rules.length > 0) event.setText(F.rules, rules.map((rule) => rule.replace(' ', '=')).join(','));
}
