/**
 * Cyrus' lmtpd: what became of a mail in the mail store, by its Message-ID. The session that later versions name is of the
 * connection, which may bring several mails: it tells none of them.
 *
 * Source: cyrus-imapd imap/lmtpd.c deliver_mailbox(), imap/duplicate.c duplicate_log(), imap/lmtp_sieve.c.
 *
 *   Delivered: <m@x> to mailbox: user.bob.Junk                                                                       2.3 to 3.8
 *   Delivered: sessionid=<s> action=<fileinto> target=<set> messageid=<m@x> userid=<bob> mailbox=<user.bob.Junk> uniqueid=<…>   3.10
 *   dupelim: eliminated duplicate message to user.bob id <m@x> date … (delivery)
 */
import type { Frame } from '../../model/frame.ts';
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import type { Emit, LogFormat, ParseResult } from '../../model/log-format.ts';
import { indexOf, indexOfByte, lastIndexOf, lit, startsAt } from '../postfix/bytes.ts';
import { readSieve } from './sieve.ts';
import { setMailbox, setMessageId } from './names.ts';

const GREATER = 0x3e;
const DELIVERED = lit('Delivered: ');
const TO_MAILBOX = lit(' to mailbox: ');
const MESSAGE_ID = lit('messageid=');
const USER = lit(' userid=<');
const MAILBOX = lit(' mailbox=<');
const DUPLICATE = lit('dupelim: eliminated duplicate message to ');
const ID = lit(' id ');
const DATE = lit(' date ');
const SIEVE = lit('sieve');

const LMTP = /^(?:cyrus\/lmtp|cyrus\/lmtpunix|cyrus\/lmtpd|lmtpunix|lmtpd)$/;

function parse(frame: Frame, event: LogEvent, emit: Emit): ParseResult {
  const { bytes, body, end } = frame;
  event.reset('stored', frame);
  event.system = 'cyrus';
  event.engine = 'cyrus';
  let isRead = false;
  if (startsAt(bytes, body, end, DELIVERED)) isRead = readDelivered(event, body + DELIVERED.length, end);
  else if (startsAt(bytes, body, end, DUPLICATE)) isRead = readDuplicate(event, body + DUPLICATE.length, end);
  else if (startsAt(bytes, body, end, SIEVE)) isRead = readSieve(event, body, end);
  if (!isRead) return 'ignored';
  emit(event);
  return 'event';
}

function readDelivered(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  event.what = 'stored';
  // the Message-ID is the sender's: what we say of the mailbox stands behind it
  const mailbox = lastIndexOf(bytes, a, b, MAILBOX);
  const user = mailbox < 0 ? -1 : lastIndexOf(bytes, a, mailbox, USER);
  if (user >= 0) {
    const close = indexOfByte(bytes, mailbox, b, GREATER);
    if (close < 0) return false;
    setMailbox(event, mailbox + MAILBOX.length, close);
    const userEnd = indexOfByte(bytes, user, mailbox, GREATER);
    if (userEnd > user + USER.length) event.set(F.recipient, user + USER.length, userEnd);
    const id = indexOf(bytes, a, user, MESSAGE_ID);
    if (id >= 0) setMessageId(event, id + MESSAGE_ID.length, user);
    return true;
  }
  const to = lastIndexOf(bytes, a, b, TO_MAILBOX);
  if (to < 0) return false;
  setMessageId(event, a, to);
  setMailbox(event, to + TO_MAILBOX.length, b);
  return true;
}

function readDuplicate(event: LogEvent, a: number, b: number): boolean {
  const { bytes } = event.frame;
  const id = indexOf(bytes, a, b, ID);
  const date = id < 0 ? -1 : lastIndexOf(bytes, id, b, DATE);
  if (date < 0) return false;
  event.what = 'duplicate';
  event.set(F.reason, a - DUPLICATE.length, id);
  setMessageId(event, id + ID.length, date);
  return true;
}

const cyrus: LogFormat = {
  name: 'cyrus',
  title: 'Cyrus IMAP: lmtpd',
  docs: 'https://www.cyrusimap.org/imap/reference/manpages/systemcommands/lmtpd.html',
  versions: '2.3 to 3.12',
  claims: (program) => LMTP.test(program),
  createContext: () => ({}),
  parse,
  besides: {
    signs: ['Delivered: ', 'sieve', 'dupelim: '],
    byQueueId: false,
    mids: ['lmtpunix', 'lmtpd[', 'cyrus/lmtp'],
    // mails that Sieve writes or hands on: nothing names them
    traps: ['sieve redirect', 'sieve reject', 'sieve autoresponded'],
  },
  detect(sample: readonly Frame[]): number {
    let ours = 0;
    for (const { program } of sample) if (LMTP.test(program)) ours++;
    return sample.length === 0 ? 0 : ours / sample.length;
  },
};

export default cyrus;
