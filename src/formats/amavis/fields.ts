/**
 * `, key: value` and `, key=value` behind the envelope of an Amavis line, in the template's order.
 *
 * They are read from the left. Three values are a stranger's: the Message-ID (it ends where `mail_id` or `Hits` follows;
 * where such an end is found twice, nothing from there on is trusted), the subject (in quotes, escaped), and the From (in
 * quotes where it holds a space). Behind a key that is not known nothing is read: its value may hold any text.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { equals, indexOf, indexOfByte, lit, readNumber, startsAt } from '../postfix/bytes.ts';
import { closingQuote, decimalEnd, readDecimal } from '../values.ts';

const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x22;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const AT = 0x40;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;

const KEYS = [
  'quarantine',
  'Queue-ID',
  'Message-ID',
  'Resent-Message-ID',
  'mail_id',
  'Hits',
  'size',
  'queued_as',
  'Subject',
  'From',
  'User',
  'Tests',
  'tag',
  'tag2',
  'kill',
  'pt',
  'b',
  'dkim_sd',
  'dkim_new',
  'dkim_id',
  'dkim_a',
  'dkim_i',
].map((name) => ({ name, bytes: lit(name) }));
const MAIL_ID = lit('>, mail_id: ');
const HITS = lit('>, Hits: ');
const RESENT = lit('>, Resent-Message-ID: <');
const KEY_MAX = 24;

/** Reads the fields from `at` to the end of the line; `isKill`: the level that the score reached is kill, else tag2. */
export function readFields(event: LogEvent, at: number, isKill: boolean): void {
  const { bytes, end } = event.frame;
  let i = at;
  while (i >= 0 && i < end) {
    while (i < end && (bytes[i] === SPACE || bytes[i] === COMMA)) i++;
    i = readField(event, i, end, isKill);
  }
}

/** Reads one field at `a`: where it ended; -1 where nothing more is trusted. */
function readField(event: LogEvent, a: number, end: number, isKill: boolean): number {
  const { bytes } = event.frame;
  const limit = Math.min(end, a + KEY_MAX);
  let z = a;
  while (z < limit && bytes[z] !== COLON && bytes[z] !== EQUALS && bytes[z] !== COMMA) z++;
  // `833 ms`, `L/Y/Y/0`
  if (z >= end || bytes[z] === COMMA) return z;
  if (z >= limit) return -1;
  const key = keyOf(bytes, a, z);
  if (key === '') return -1;
  const value = bytes[z] === COLON && bytes[z + 1] === SPACE ? z + 2 : z + 1;
  if (key === 'Message-ID' || key === 'Resent-Message-ID') return readMessageId(event, key, value, end);
  const stop = valueEnd(bytes, value, end);
  if (stop < 0) return -1;
  take(event, key, value, stop, isKill);
  return stop;
}

function keyOf(bytes: Uint8Array, a: number, b: number): string {
  for (const key of KEYS) if (equals(bytes, a, b, key.bytes)) return key.name;
  return '';
}

/** A value in quotes ends with them, one in `[]` there, any other before `, `. */
function valueEnd(bytes: Uint8Array, a: number, end: number): number {
  let i = a;
  if (bytes[a] === QUOTE) i = closingQuote(bytes, a + 1, end);
  else if (bytes[a] === OPEN) i = indexOfByte(bytes, a, end, CLOSE);
  if (i < 0) return end;
  while (i < end && !(bytes[i] === COMMA && (bytes[i + 1] === SPACE || i + 1 >= end))) i++;
  return i;
}

function take(event: LogEvent, key: string, a: number, b: number, isKill: boolean): void {
  const { bytes } = event.frame;
  switch (key) {
    case 'quarantine':
      // a mailbox that quarantined mails are sent to names no mail
      event.set(indexOfByte(bytes, a, b, AT) < 0 ? F.quarantineId : F.matched, a, b);
      return;
    case 'Queue-ID':
      event.set(F.queueId, a, b);
      return;
    case 'mail_id':
      event.set(F.mailId, a, b);
      return;
    case 'Hits':
      event.score = readHits(bytes, a, b);
      return;
    case 'size':
      event.size = readNumber(bytes, a, b);
      return;
    case 'queued_as':
      // the whole answer stands here where it did not end in `queued as X`
      if (indexOfByte(bytes, a, b, SPACE) < 0) event.set(F.remoteId, a, b);
      else event.set(F.reply, a, b);
      return;
    case 'Subject':
      setQuoted(event, F.subject, a, b);
      return;
    case 'From':
      event.set(F.headerFrom, a, b);
      return;
    case 'User':
      event.set(F.user, a, b);
      return;
    case 'Tests':
      if (b - a > 2) event.set(F.rules, a + 1, b - 1);
      return;
    case 'tag2':
      if (!isKill) event.threshold = readDecimal(bytes, a, b);
      return;
    case 'kill':
      if (isKill) event.threshold = readDecimal(bytes, a, b);
      return;
    default:
  }
}

/** `7.912`, `-`, `5.1+2` (SpamAssassin's score and a boost of Amavis'). */
function readHits(bytes: Uint8Array, a: number, b: number): number {
  const score = readDecimal(bytes, a, b);
  const next = decimalEnd;
  if (bytes[next] !== PLUS || next >= b) return score;
  const boost = readDecimal(bytes, next + 1, b);
  return Number.isNaN(boost) ? score : score + boost;
}

function setQuoted(event: LogEvent, field: typeof F.subject, a: number, b: number): void {
  const { bytes } = event.frame;
  const isQuoted = b - a >= 2 && bytes[a] === QUOTE && bytes[b - 1] === QUOTE;
  const from = isQuoted ? a + 1 : a;
  const to = isQuoted ? b - 1 : b;
  if (!isQuoted || indexOfByte(bytes, from, to, BACKSLASH) < 0) event.set(field, from, to);
  else event.setText(field, event.frame.text(from, to).replaceAll(/\\(["\\])/g, '$1'));
}

/** `<m@x>` at `a`; it is the raw header field, and may hold spaces, `>` and whatever looks like our own fields. */
function readMessageId(event: LogEvent, key: string, a: number, end: number): number {
  const { bytes } = event.frame;
  let next = MAIL_ID;
  let close = indexOf(bytes, a, end, next);
  if (close < 0) {
    next = HITS;
    close = indexOf(bytes, a, end, next);
  }
  const isSure = close >= 0 && indexOf(bytes, close + 1, end, next) < 0;
  if (close < 0) close = bytes[end - 1] === GREATER ? end - 1 : firstPlainEnd(bytes, a, end);
  else if (!isSure) return -1;
  if (close < 0) return -1;
  const resent = key === 'Message-ID' ? indexOf(bytes, a, close, RESENT) : -1;
  if (key === 'Message-ID') {
    const stop = resent < 0 ? close : resent;
    const from = bytes[a] === LESS ? a + 1 : a;
    if (stop >= from) event.set(F.messageId, from, stop);
  }
  return isSure ? close + 1 : -1;
}

/** `>` before the first space. */
function firstPlainEnd(bytes: Uint8Array, a: number, end: number): number {
  let z = a;
  while (z < end && bytes[z] !== SPACE) z++;
  while (z > a && bytes[z - 1] !== GREATER) z--;
  return z > a && startsAt(bytes, z - 1, end, lit('>')) ? z - 1 : -1;
}
