/**
 * What Sieve did. Up to 3.12:
 *   sieve redirected: <m@x> to: a@b · sieve discarded: <m@x> · sieve LMTP rejected: <m@x> · sieve rejected: <m@x> to: a@b
 *   sieve: discarded reject to <> for bob id <m@x>
 * later (xsyslog):
 *   sieve redirect: message-id=<m@x> target=<a@b> · sieve discard: … · sieve LMTP reject: … · sieve reject: …
 *   sieve discard-reject: userid=<bob> message-id=<m@x> · sieve autoresponded: in.msgid=<m@x> out.msgid=<…> from=<…> to=<a@b>
 * Source: cyrus-imapd imap/lmtp_sieve.c sieve_redirect(), sieve_discard(), sieve_reject(), send_response().
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { setMessageId } from './names.ts';

const GREATER = 0x3e;
const SPACE = 0x20;

/** The Message-ID follows at once. */
const PLAIN = [
  { word: lit('sieve redirected: '), what: 'forwarded' },
  { word: lit('sieve discarded: '), what: 'discarded' },
  { word: lit('sieve LMTP rejected: '), what: 'rejected' },
  { word: lit('sieve rejected: '), what: 'rejected' },
];
const TO = lit(' to: ');
const NOBODY = lit('sieve: discarded reject to <> for ');
const ID = lit(' id ');

const KEYED = [
  { word: lit('sieve redirect: '), what: 'forwarded' },
  { word: lit('sieve discard-reject: '), what: 'discarded' },
  { word: lit('sieve discard: '), what: 'discarded' },
  { word: lit('sieve LMTP reject: '), what: 'rejected' },
  { word: lit('sieve reject: '), what: 'rejected' },
  { word: lit('sieve autoresponded: '), what: 'replied' },
];
const IDS = [lit('message-id='), lit('in.msgid=')];
const USER = lit('userid=<');
const TARGETS = [lit(' target=<'), lit(' to=<')];

/** False where the line tells nothing of a mail. */
export function readSieve(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  for (const { word, what } of PLAIN)
    if (startsAt(bytes, a, b, word)) return readPlain(event, what, a + word.length, b);
  for (const { word, what } of KEYED)
    if (startsAt(bytes, a, b, word)) return readKeyed(event, what, a + word.length, b);
  return startsAt(bytes, a, b, NOBODY) && readUnanswered(event, a + NOBODY.length, b);
}

/** `<m@x>`, `<m@x> to: a@b`: the Message-ID is a stranger's, the address the script's. */
function readPlain(event: LogEvent, what: string, a: number, b: number): boolean {
  event.what = what;
  const to = lastIndexOf(event.frame.bytes, a, b, TO);
  setMessageId(event, a, to < 0 ? b : to);
  if (to >= 0 && to + TO.length < b) event.set(F.target, to + TO.length, b);
  return true;
}

/** A rejection that nobody can be told of: the mail has no sender. */
function readUnanswered(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  const id = indexOf(bytes, a, b, ID);
  if (id <= a) return false;
  event.what = 'discarded';
  event.set(F.recipient, a, id);
  setMessageId(event, id + ID.length, b);
  return true;
}

function readKeyed(event: LogEvent, what: string, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.what = what;
  for (const key of IDS) {
    const at = indexOf(bytes, a, b, key);
    if (at < 0) continue;
    const from = at + key.length;
    const space = indexOfByte(bytes, from, b, SPACE);
    setMessageId(event, from, space < 0 ? b : space);
    break;
  }
  const user = indexOf(bytes, a, b, USER);
  const userEnd = user < 0 ? -1 : indexOfByte(bytes, user, b, GREATER);
  if (userEnd > user + USER.length) event.set(F.recipient, user + USER.length, userEnd);
  for (const key of TARGETS) {
    const at = lastIndexOf(bytes, a, b, key);
    const close = at < 0 ? -1 : indexOfByte(bytes, at, b, GREATER);
    if (close > at + key.length) event.set(F.target, at + key.length, close);
  }
  return true;
}
