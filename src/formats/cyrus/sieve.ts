/**
 * What Sieve did: `sieve redirect: message-id=<m> target=<a@b>`, `sieve discard`, `sieve reject`, `sieve LMTP reject`,
 * `sieve autoresponded: in.msgid=<m> out.msgid=<…> from=<…> to=<a@b>`.
 * Source: cyrus-imapd imap/lmtp_sieve.c (xsyslog: `words: key=<value> …`).
 */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { setMessageId } from './names.ts';

const GREATER = 0x3e;
const SPACE = 0x20;
const WHATS = [
  { word: lit('sieve redirect'), what: 'forwarded' },
  { word: lit('sieve discard-reject'), what: 'discarded' },
  { word: lit('sieve discard'), what: 'discarded' },
  { word: lit('sieve LMTP reject'), what: 'rejected' },
  { word: lit('sieve reject'), what: 'rejected' },
  { word: lit('sieve autoresponded'), what: 'replied' },
];
const IDS = [lit('message-id='), lit('in.msgid=')];
const USER = lit('userid=<');
const TARGETS = [lit(' target=<'), lit(' to=<')];

export function readSieve(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  const found = WHATS.find(({ word }) => startsAt(bytes, a, b, word));
  if (found === undefined) return false;
  event.what = found.what;
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
