/** Cyrus' names: mailboxes (`user.bob.Junk`, `example.org!user.bob^x`), Message-IDs with `<>`. */
import type { LogEvent } from '../../model/log-event.ts';
import { F } from '../../model/log-event.ts';
import { decodeText } from '../../model/frame.ts';
import { equals, lit } from '../postfix/bytes.ts';

const NO_ID = lit('<nomsgid>');
const LESS = 0x3c;
const GREATER = 0x3e;
const OWN = /^(?:([^!]*)!)?user[./]([^./]+)(?:[./](.*))?$/s;

/** Internal mailbox names: the owner is the second part (dots in it are `^`), the folder what follows; alone it is the INBOX. */
export function setMailbox(event: LogEvent, a: number, b: number): void {
  const name = decodeText(event.frame.bytes, a, b);
  const own = OWN.exec(name);
  if (own === null) return event.setText(F.mailbox, name);
  const [, domain, user = '', folder] = own;
  event.setText(F.mailbox, folder === undefined || folder === '' ? 'INBOX' : folder);
  if (event.has(F.recipient)) return;
  const login = user.replaceAll('^', '.');
  event.setText(F.recipient, domain === undefined || domain === '' ? login : `${login}@${domain}`);
}

export function setMessageId(event: LogEvent, a: number, b: number): void {
  const { bytes } = event.frame;
  // a mail without one (lmtp_sieve.c)
  if (equals(bytes, a, b, NO_ID)) return;
  if (b - a > 2 && bytes[a] === LESS && bytes[b - 1] === GREATER) event.set(F.messageId, a + 1, b - 1);
}
