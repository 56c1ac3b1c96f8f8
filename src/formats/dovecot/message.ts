/**
 * What Dovecot says of one mail, behind the line's prefix: deliver_log_format (`msgid=<m@x>: ` by default) and the message.
 *
 * The message is Dovecot's own and stands at the end; before it stands the Message-ID, which a stranger wrote (and, in a
 * log format of the administrator's, the subject): a quoted string in it is printed without its quotes, with all its spaces.
 * Behind Dovecot's words may stand a sender or a folder's name, which a stranger wrote too. So the words are those after
 * which the line is what Dovecot would write, to its end: addresses go through smtp_address_encode(), which quotes and
 * escapes. Where no words are so, they are searched from the right.
 */
import { F } from '../../model/log-event.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { endsWith, indexOf, indexOfByte, lastIndexOf, lit, readNumber, numberEnd, startsAt } from '../postfix/bytes.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const APOSTROPHE = 0x27;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const AT_SIGN = 0x40;
const LEFT = 0x28;
const RIGHT = 0x29;

const SIEVE = lit('sieve: ');
const MSGID = lit('msgid=');
const UNSPECIFIED = lit('unspecified');
const ACTION = lit(' action: ');
const SENT_TO = lit('Sent message to <');
const NOT_SENT_TO = lit('Failed to send message to <');
const AT = lit('> at ');
const SAVED = lit(' Saved');
const EXECUTION = lit('Execution of script ');
const KEPT = lit(' failed, but implicit keep was successful');
const ABORTED = lit(' was aborted due to temporary failure');
const SEPARATOR = lit(': ');
const DISCARD_TAIL = lit(' if not explicitly delivered (discard action)');

/** What stands behind the words: a mailbox or program in quotes, an address in `<>`, a mailbox up to `: ` or the end, an answer, nothing. */
type Rest = 'quoted' | 'target' | 'sender' | 'mailbox' | 'reply' | 'none';
interface Phrase {
  bytes: Uint8Array;
  what: string;
  rest: Rest;
  isPipe: boolean;
}
const phrases = (rows: readonly (readonly [string, string, Rest])[]): readonly Phrase[] =>
  rows.map(([text, what, rest]) => ({ bytes: lit(text), what, rest, isPipe: text.startsWith('piped') }));

/** mail-deliver.c mail_deliver_save(), lda/main.c lda_raw_mail_deliver() */
const OF_DELIVERY = phrases([
  ['saved mail to ', 'stored', 'mailbox'],
  ['save failed to open mailbox ', 'failed', 'mailbox'],
  ['save failed to ', 'failed', 'mailbox'],
  ['rejected: ', 'rejected', 'reply'],
]);
/** pigeonhole's actions; '' adds nothing to the mail */
const OF_SIEVE = phrases([
  ["stored mail into mailbox '", 'stored', 'quoted'],
  ["left message in mailbox '", 'stored', 'quoted'],
  ["failed to store into mailbox '", 'failed', 'quoted'],
  ["piped message to program '", 'stored', 'quoted'],
  ['forwarded to <', 'forwarded', 'target'],
  ['discarded duplicate forward to <', 'duplicate', 'target'],
  ['not forwarding message to <', 'duplicate', 'target'],
  ['failed to redirect message to <', 'failed', 'target'],
  ['arked message to be discarded', 'discarded', 'none'],
  ['rejected message from <', 'rejected', 'sender'],
  ['sent vacation response to <', 'replied', 'target'],
  ['action: store into mailbox ', '', 'none'],
  ['discarded vacation reply to ', '', 'none'],
  ['discarded duplicate vacation response to <', '', 'none'],
  ['discarding vacation response ', '', 'none'],
  ['not sending vacation ', '', 'none'],
  ['failed to send ', '', 'none'],
  ['vacation action ', '', 'none'],
  ['not sending reject message ', '', 'none'],
  ['reject action aborted', '', 'none'],
  ['no means to send mail', '', 'none'],
  ["sent '", '', 'none'],
]);

/** Reads the text from `at` into the event: kind `stored`, else `mention`. False where nothing of it is known. */
export function readMessage(event: LogEvent, at: number): boolean {
  const { bytes, end } = event.frame;
  const isSieve = startsAt(bytes, at, end, SIEVE);
  const text = isSieve ? at + SIEVE.length : at;
  if (isSieve && startsAt(bytes, text, end, EXECUTION)) return readExecution(event, text, end);
  const table = isSieve ? OF_SIEVE : OF_DELIVERY;
  findWords(bytes, text, end, table);
  const { phrase: found, at: start } = words;
  if (found === undefined) {
    if (!isSieve && readProxy(event, text, end)) return true;
    readMessageId(event, text, end);
    return isSieve || event.has(F.messageId);
  }
  readMessageId(event, text, start);
  if (found.what === '') return true;
  event.kind = 'stored';
  event.what = found.what;
  readRest(event, found, start + found.bytes.length, end);
  return true;
}

/** What findWords() found. */
const words: { phrase: Phrase | undefined; at: number } = { phrase: undefined, at: -1 };

/** The first words that fit the line to its end, else the last ones. */
function findWords(bytes: Uint8Array, text: number, end: number, table: readonly Phrase[]): void {
  let last: Phrase | undefined;
  let lastAt = -1;
  let whole: Phrase | undefined;
  let wholeAt = end;
  for (const phrase of table) {
    const { length } = phrase.bytes;
    for (let p = indexOf(bytes, text, end, phrase.bytes); p >= 0; p = indexOf(bytes, p + length, end, phrase.bytes)) {
      if (!isOwn(bytes, text, p)) continue;
      if (p > lastAt) {
        lastAt = p;
        last = phrase;
      }
      if (p < wholeAt && isWhole(bytes, p + length, end, phrase)) {
        wholeAt = p;
        whole = phrase;
      }
    }
  }
  words.phrase = whole ?? last;
  words.at = whole === undefined ? lastAt : wholeAt;
}

/** Whether what stands from `a` to the end is what Dovecot writes behind the words, and nothing else can be. */
function isWhole(bytes: Uint8Array, a: number, end: number, phrase: Phrase): boolean {
  switch (phrase.rest) {
    case 'quoted':
      return end > a && bytes[end - 1] === APOSTROPHE;
    case 'target':
    case 'sender': {
      const close = encodedEnd(bytes, a, end);
      if (close < 0) return false;
      if (phrase.rest === 'target') return close + 1 === end;
      return (
        bytes[close + 1] === SPACE && bytes[close + 2] === LEFT && indexOfByte(bytes, close, end, RIGHT) === end - 1
      );
    }
    case 'none':
      return phrase.what === 'discarded' && endsWith(bytes, a, end, DISCARD_TAIL);
    default:
      return false;
  }
}

/** The `>` behind an address as smtp_address_encode() writes it (lib-smtp/smtp-address.c), or -1. */
function encodedEnd(bytes: Uint8Array, a: number, end: number): number {
  let i = a;
  if (bytes[i] === QUOTE) {
    i++;
    while (i < end && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
    i++;
    if (bytes[i] !== AT_SIGN && bytes[i] !== GREATER) return -1;
  }
  for (; i < end; i++) {
    const c = bytes[i];
    if (c === GREATER) return i;
    if (c === QUOTE || c === LESS || c === BACKSLASH || c === SPACE) return -1;
  }
  return -1;
}

/** The words begin the text, or stand behind `: `, `, ` or another separator and a space; `arked` is of `Marked` or `marked`. */
function isOwn(bytes: Uint8Array, a: number, place: number): boolean {
  return place === a || bytes[place - 1] === SPACE || ((bytes[place - 1] as number) | 0x20) === 0x6d;
}

function readRest(event: LogEvent, phrase: Phrase, a: number, end: number): void {
  const { bytes } = event.frame;
  switch (phrase.rest) {
    case 'quoted':
      readQuoted(event, phrase, a, end);
      return;
    case 'target':
    case 'sender': {
      const encoded = encodedEnd(bytes, a, end);
      const close = encoded < 0 ? indexOfByte(bytes, a, end, GREATER) : encoded;
      const stop = close < 0 ? end : close;
      event.set(phrase.rest === 'sender' ? F.sender : F.target, a, stop);
      if (close >= 0 && startsAt(bytes, close + 1, end, SEPARATOR)) {
        event.set(phrase.what === 'failed' ? F.reply : F.reason, close + 3, end);
      }
      return;
    }
    case 'mailbox': {
      const colon = phrase.what === 'failed' ? indexOf(bytes, a, end, SEPARATOR) : -1;
      event.set(F.mailbox, a, colon < 0 ? end : colon);
      if (colon >= 0) event.set(F.reply, colon + 2, end);
      return;
    }
    case 'reply':
      event.set(F.reply, a, end);
      return;
    default:
  }
}

/** `Junk'`, `Junk': Quota exceeded`; a name may hold an apostrophe. */
function readQuoted(event: LogEvent, phrase: Phrase, a: number, end: number): void {
  const { bytes } = event.frame;
  let stop = end;
  if (bytes[end - 1] === APOSTROPHE && end > a) stop = end - 1;
  else {
    for (let i = a; i + 2 < end; i++) {
      if (bytes[i] !== APOSTROPHE || bytes[i + 1] !== COLON || bytes[i + 2] !== SPACE) continue;
      stop = i;
      event.set(F.reply, i + 3, end);
      break;
    }
  }
  event.set(F.mailbox, a, stop);
  if (phrase.isPipe) event.how = 'unknown';
}

/** `msgid=<m@x>` before the message that begins at `b`; `unspecified`: the mail has none. A format may hold it elsewhere, once. */
function readMessageId(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  let i = a;
  if (!startsAt(bytes, a, b, MSGID)) {
    i = indexOf(bytes, a, b, MSGID);
    if (i < 0 || lastIndexOf(bytes, a, b, MSGID) !== i) return;
  }
  i += MSGID.length;
  if (startsAt(bytes, i, b, UNSPECIFIED)) {
    event.set(F.messageId, i, i);
    return;
  }
  if (bytes[i] !== LESS) return;
  const stop = messageIdEnd(bytes, i + 1, b, i === a + MSGID.length);
  if (stop > i) event.set(F.messageId, i + 1, stop);
}

/** The last `>` before the words of the action, or the first where other keys may follow. */
function messageIdEnd(bytes: Uint8Array, a: number, b: number, isDefault: boolean): number {
  const first = indexOfByte(bytes, a, b, GREATER);
  if (first < 0 || !isDefault || bytes[first + 1] !== COLON) return first;
  let stop = b;
  const action = lastIndexOf(bytes, first, b, ACTION);
  if (action > first) stop = action;
  while (stop > first + 1 && bytes[stop - 1] !== GREATER) stop--;
  return stop - 1;
}

/** `Execution of script X failed, but implicit keep was successful (…)`: the words stand where no stranger writes. */
function readExecution(event: LogEvent, text: number, end: number): boolean {
  const { bytes } = event.frame;
  const isKept = indexOf(bytes, text, end, KEPT) >= 0;
  if (!isKept && indexOf(bytes, text, end, ABORTED) < 0) {
    event.set(F.reason, text, end);
    return true;
  }
  event.kind = 'stored';
  event.what = isKept ? 'kept' : 'failed';
  event.set(F.reason, text, end);
  return true;
}

/** lmtp-proxy.c: `Sent message to <bob@x> at 10.0.0.7:24: 250 2.0.0 <bob@x> SESSION Saved (1/1 at 12 ms)`. */
function readProxy(event: LogEvent, text: number, end: number): boolean {
  const { bytes } = event.frame;
  const sent = indexOf(bytes, text, end, SENT_TO);
  const failed = sent < 0 ? indexOf(bytes, text, end, NOT_SENT_TO) : -1;
  if (sent < 0 && failed < 0) return false;
  const address = sent < 0 ? failed + NOT_SENT_TO.length : sent + SENT_TO.length;
  const close = indexOf(bytes, address, end, AT);
  if (close < 0) return false;
  event.kind = 'stored';
  event.what = sent < 0 ? 'failed' : 'proxied';
  event.set(F.recipient, address, close);
  const host = close + AT.length;
  const reply = indexOf(bytes, host, end, SEPARATOR);
  if (reply < 0) return true;
  const colon = lastIndexOf(bytes, host, reply, lit(':'));
  event.set(F.relayName, host, colon < 0 ? reply : colon);
  if (colon >= 0) event.port = readNumber(bytes, colon + 1, reply);
  const tail = lastIndexOf(bytes, reply, end, lit(' ('));
  const replyEnd = tail < 0 ? end : tail;
  event.set(F.reply, reply + 2, replyEnd);
  event.code = Math.max(0, readNumber(bytes, reply + 2, replyEnd));
  readReply(event, numberEnd, replyEnd);
  return true;
}

/** ` 2.0.0 <bob@x> SESSION Saved`: enhanced code and the next server's session. */
function readReply(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  const dsn = a + 1;
  let z = dsn;
  while (z < b && bytes[z] !== SPACE) z++;
  if (bytes[dsn + 1] === 0x2e && z < b) event.set(F.dsn, dsn, z);
  if (!startsAt(bytes, b - SAVED.length, b, SAVED)) return;
  const stop = b - SAVED.length;
  let from = stop;
  while (from > z && bytes[from - 1] !== SPACE) from--;
  if (from < stop) event.set(F.remoteId, from, stop);
}
