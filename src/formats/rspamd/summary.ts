/**
 * The text of rspamd_task_write_log(): `key: value, ` in the order of the administrator's log_format, and the metric's block.
 *
 *   id: <m@x>, qid: <Q>, ip: 192.0.2.7, user: ann, from: <a@b>, (default: T (reject): [16.20/15.00] [SYM(1.0){opt;},…]),
 *   len: 2048, time: 2ms, dns req: 0, digest: <…>, rcpts: <b@c,d@e>, mime_rcpts: <…>, forced: reject "text"; score=nan (set by m)
 *
 * It is read from the left, value by value, so that no text of a stranger is taken for a key: a Message-ID holds no space
 * (mime_headers.c), addresses are read as addresses.ts says. Options of symbols hold any text: where the block's end is found
 * in two places with the default format's values behind both, nothing behind it is read.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import type { VerdictAction } from '../../model/words.ts';
import { endsWith, equals, indexOf, indexOfByte, lastIndexOf, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { decimalEnd, readDecimal } from '../values.ts';
import { hasBarePiece, isStrange, quotedList, valueEnd } from './addresses.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const LESS = 0x3c;
const GREATER = 0x3e;
const LEFT = 0x28;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const SLASH = 0x2f;
const QUOTE = 0x22;
const QUESTION = 0x3f;

type Key = 'id' | 'qid' | 'ip' | 'user' | 'from' | 'len' | 'rcpts' | 'forced' | 'other';
const KEYS: readonly (readonly [Uint8Array, Key])[] = (
  [
    ['id', 'id'],
    ['mid', 'id'],
    ['message-id', 'id'],
    ['qid', 'qid'],
    ['queue-id', 'qid'],
    ['ip', 'ip'],
    ['user', 'user'],
    ['from', 'from'],
    ['smtp_from', 'from'],
    ['len', 'len'],
    ['rcpts', 'rcpts'],
    ['rcpt', 'rcpts'],
    ['smtp_rcpts', 'rcpts'],
    ['smtp_rcpt', 'rcpts'],
    ['forced', 'forced'],
  ] as const
).map(([word, key]) => [lit(word), key]);

/** cfg_utils.cxx rspamd_action_to_str(). `greylist` asks for greylisting: a milter lets such a mail pass, others defer it. */
const ACTIONS: readonly (readonly [Uint8Array, VerdictAction])[] = (
  [
    ['no action', 'accepted'],
    ['reject', 'rejected'],
    ['add header', 'tagged'],
    ['add_header', 'tagged'],
    ['rewrite subject', 'subject-modified'],
    ['rewrite_subject', 'subject-modified'],
    ['soft reject', 'tempfailed'],
    ['soft_reject', 'tempfailed'],
    ['greylist', 'greylisted'],
    ['quarantine', 'quarantined'],
    ['discard', 'discarded'],
  ] as const
).map(([word, action]) => [lit(word), action]);

const SCANNERS = ['clam', 'antivirus', 'fprot', 'sophos', 'savapi', 'kaspersky', 'avast', 'virustotal', 'icap'].map(
  lit,
);
const AUTHENTICATION = ['dmarc', 'spf', 'dkim', 'arc'].map(lit);
const GREYLIST = lit('greylist');
const GTUBE = lit('GTUBE');
const UNKNOWN_REASON = lit('unknown reason');
const SET_BY = lit('(set by ');
const UNDEF = lit('undef');
const ETC = lit(',...');
const LABEL_END = lit(': ');
const ACTION_END = lit('): [');
const BLOCK_END = lit('])');
/** What stands behind the block, with a number after each but the last. */
const BEHIND_BLOCK = [', len: ', ', time: ', ', dns req: ', ', digest: <', '>'].map(lit);
const KEY_MAX = 24;

/** Reads the line's text from `at` to its end into the event. */
export function readSummary(event: LogEvent, at: number): void {
  const { bytes, end } = event.frame;
  let i = at;
  while (i >= 0 && i < end) {
    while (i < end && (bytes[i] === SPACE || bytes[i] === COMMA)) i++;
    i = bytes[i] === LEFT ? readMetric(event, i, end) : readPair(event, i, end);
  }
}

/** `key: value` or `key=value` at `a`: where the value ended; -1 where the rest of the line cannot be trusted. */
function readPair(event: LogEvent, a: number, end: number): number {
  const { bytes } = event.frame;
  let z = a;
  const limit = Math.min(end, a + KEY_MAX);
  while (z < limit && bytes[z] !== COLON && bytes[z] !== EQUALS && bytes[z] !== COMMA) z++;
  if (z >= end) return -1;
  // a word without a value
  if (bytes[z] === COMMA) return z;
  if (z >= limit) return nextPair(bytes, a, end);
  let value = z + 1;
  if (bytes[value] === SPACE) value++;
  const key = keyOf(bytes, a, z);
  if (key === 'forced') return readForced(event, value, end);
  if (bytes[value] === LESS) {
    const close = key === 'id' ? idEnd(bytes, value + 1, end) : valueEnd(bytes, value + 1, end);
    if (close < 0) return -1;
    take(event, key, value + 1, close);
    // behind a list of hostile addresses nothing is trusted
    return key === 'rcpts' && isStrange(bytes, value + 1, close) ? -1 : close + 1;
  }
  const stop = nextPair(bytes, value, end);
  take(event, key, value, stop);
  return stop;
}

function keyOf(bytes: Uint8Array, a: number, b: number): Key {
  for (const [word, key] of KEYS) if (equals(bytes, a, b, word)) return key;
  return 'other';
}

/** Where a value without brackets ends: before `, `, or at the end. */
function nextPair(bytes: Uint8Array, a: number, end: number): number {
  let i = a;
  while (i < end && !(bytes[i] === COMMA && (bytes[i + 1] === SPACE || i + 1 === end))) i++;
  return i;
}

/** The last `>` before the first space: a Message-ID may hold `>`, never a space. */
function idEnd(bytes: Uint8Array, a: number, end: number): number {
  let z = a;
  while (z < end && bytes[z] !== SPACE) z++;
  while (z > a && bytes[z - 1] !== GREATER) z--;
  return z > a ? z - 1 : -1;
}

function take(event: LogEvent, key: Key, a: number, b: number): void {
  const { bytes } = event.frame;
  switch (key) {
    case 'id':
      setId(event, F.messageId, a, b);
      return;
    case 'qid':
      setId(event, F.queueId, a, b);
      return;
    case 'ip':
      if (!equals(bytes, a, b, UNDEF)) event.set(F.clientIp, a, b);
      return;
    case 'user':
      if (!equals(bytes, a, b, UNDEF)) event.set(F.user, a, b);
      return;
    case 'from':
      event.set(F.sender, a, b);
      return;
    case 'len':
      event.size = readNumber(bytes, a, b);
      return;
    case 'rcpts':
      takeRecipients(event, a, endsWith(bytes, a, b, ETC) ? b - ETC.length : b);
      return;
    default:
  }
}

/** `…`: log_task_max_elts were written. */
function takeRecipients(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const isPlain = !isStrange(bytes, a, b) && (b <= a || !hasBarePiece(bytes, a, b));
  if (!isPlain && bytes[a] !== QUOTE) event.setText(F.recipients, quotedList(event.frame.text(a, b)));
  else event.set(F.recipients, a, b);
}

/** `(default: T (reject): [16.20/15.00] [SYMBOLS])` at `a`. */
function readMetric(event: LogEvent, a: number, end: number): number {
  const { bytes } = event.frame;
  const label = indexOf(bytes, a, Math.min(end, a + 64), LABEL_END);
  if (label < 0 || bytes[label + 4] !== LEFT) return -1;
  const isSpam = bytes[label + 2];
  const action = label + 5;
  const actionEnd = indexOf(bytes, action, Math.min(end, action + 128), ACTION_END);
  if (actionEnd < 0) return -1;
  for (const [word, known] of ACTIONS) if (equals(bytes, action, actionEnd, word)) event.action = known;
  // S: the task's checks were skipped (settings, own networks), or what forced the action needed none
  const isSkipped = isSpam === 0x53;
  event.what = isSpam === 0x54 || (isSkipped && event.action !== 'accepted') ? 'spam' : 'clean';
  if (event.action === 'tempfailed' || event.action === 'greylisted') event.what = 'policy';
  if (isSkipped && event.action === 'accepted') event.action = 'bypassed';
  let i = actionEnd + ACTION_END.length;
  event.score = readDecimal(bytes, i, end);
  i = decimalEnd;
  if (bytes[i] === SLASH) event.threshold = readDecimal(bytes, i + 1, end);
  i = indexOfByte(bytes, i, end, CLOSE);
  if (i < 0 || bytes[i + 2] !== OPEN) return i < 0 ? -1 : i + 2;
  const symbols = i + 3;
  const close = blockEnd(bytes, symbols, end);
  if (close < 0) {
    // the line was cut off within the symbols
    event.set(F.rules, symbols, end);
    return -1;
  }
  if (close >= end) return -1;
  if (close > symbols) event.set(F.rules, symbols, close);
  return close + BLOCK_END.length;
}

/**
 * Place of the `])` that ends the block. Options of symbols are any text, and an attachment's name stands behind the block: of
 * several the one that the default format's values follow (conf/logging.inc: `, len: 2048, time: 2ms, dns req: 0, digest: <…>`),
 * if there is one alone. -1: there is none; `end`: nobody can tell.
 */
function blockEnd(bytes: Uint8Array, from: number, end: number): number {
  const first = indexOf(bytes, from, end, BLOCK_END);
  if (first < 0) return -1;
  const after = bytes[first + 2];
  const isAlone = lastIndexOf(bytes, first + 1, end, BLOCK_END) < 0;
  if (isAlone) return first + 2 >= end || after === COMMA ? first : end;
  let found = end;
  for (let at = first; at >= 0; at = indexOf(bytes, at + 1, end, BLOCK_END)) {
    if (!isFollowed(bytes, at + BLOCK_END.length, end)) continue;
    if (found < end) return end;
    found = at;
  }
  return found;
}

/** Whether the default format's values stand at `at`. */
function isFollowed(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at;
  for (const word of BEHIND_BLOCK) {
    if (!startsAt(bytes, i, end, word)) return false;
    i += word.length;
    while (i < end && isOfNumber(bytes[i] as number)) i++;
  }
  return true;
}

/** Digits and letters of a number, a time, a digest. */
function isOfNumber(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x7a) || c === 0x2e;
}

/** `reject "text"; score=nan (set by module)` at `a`; it may be cut at 128 bytes (task.c numbuf). */
function readForced(event: LogEvent, a: number, end: number): number {
  const { bytes } = event.frame;
  if (equals(bytes, a, Math.min(end, a + UNDEF.length), UNDEF)) return a + UNDEF.length;
  const open = indexOfByte(bytes, a, end, QUOTE);
  if (open < 0) return -1;
  const by = lastIndexOf(bytes, open, end, SET_BY);
  let textEnd = end;
  if (by >= 0) {
    textEnd = by;
    while (textEnd > open + 1 && bytes[textEnd - 1] !== QUOTE) textEnd--;
    textEnd--;
  }
  if (textEnd > open + 1 && !equals(bytes, open + 1, textEnd, UNKNOWN_REASON)) event.set(F.reason, open + 1, textEnd);
  if (by < 0) return -1;
  const module = by + SET_BY.length;
  if (startsAt(bytes, module, end, GREYLIST)) {
    event.action = 'greylisted';
    event.what = 'policy';
  } else if (SCANNERS.some((word) => startsAt(bytes, module, end, word))) event.what = 'virus';
  else if (AUTHENTICATION.some((word) => startsAt(bytes, module, end, word))) event.what = 'auth';
  else if (!startsAt(bytes, module, end, GTUBE)) event.what = 'policy';
  return -1;
}

/**
 * `undef` is Rspamd's word for none: of a Message-ID, that the mail has none; of a queue id, that the server told none. A
 * Message-ID with `?` is not told: that stands for each space and each byte that is no text (mime_headers.c
 * rspamd_mime_header_check_special()), so that it is equal to no other program's.
 */
export function setId(event: LogEvent, field: typeof F.messageId | typeof F.queueId, a: number, b: number): void {
  const isNone = b - a === UNDEF.length && startsAt(event.frame.bytes, a, b, UNDEF);
  if (!isNone) {
    if (field !== F.messageId || indexOfByte(event.frame.bytes, a, b, QUESTION) < 0) event.set(field, a, b);
  } else if (field === F.messageId) event.set(field, a, a);
}
