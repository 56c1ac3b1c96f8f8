/** Replies that are about the sender, and those that look so; in the shape of reply-cases.ts. */
import type { Case } from './reply-cases.ts';

export const ABOUT_SENDERS: Case[] = [
  // RFC 5321 section 3.3: an answer to MAIL is about the sender, whatever its words name
  [
    'bad-sender',
    'bounced',
    '553',
    undefined,
    'host mx.example.org[192.0.2.1] said: 553 alice@example.com does not exist (in reply to MAIL FROM command)',
  ],
  [
    'user-unknown',
    'bounced',
    '553',
    undefined,
    'host mx.example.org[192.0.2.1] said: 553 bob@example.org does not exist (in reply to RCPT TO command)',
  ],
  [
    'sender-blocked',
    'bounced',
    '550',
    undefined,
    'host mx.example.org[192.0.2.1] said: 550 account has been disabled (in reply to MAIL FROM command)',
  ],
  [
    'blocklist',
    'bounced',
    '550',
    undefined,
    'host mx.example.org[192.0.2.1] said: 550 listed at bl.example.net (in reply to MAIL FROM command)',
  ],
  // Postfix src/smtpd/smtpd_check.c: the words of a table stand behind what they are about
  [
    'sender-blocked',
    'bounced',
    '550',
    '5.7.1',
    'host mx.example.org[192.0.2.1] said: 550 5.7.1 <alice@example.com>: Sender address rejected: mailbox disabled (in reply to RCPT TO command)',
  ],
  [
    'mailbox-disabled',
    'rejected',
    '550',
    '5.7.1',
    '550 5.7.1 <bob@example.org>: Recipient address rejected: mailbox disabled',
  ],
  // of two lists one is about open relays: no refusal to relay
  [
    'blocklist',
    'bounced',
    '554',
    undefined,
    '554 Service unavailable; Client host [192.0.2.1] blocked using bl.example.org; This mail was handled by an open relay',
  ],
  ['relay-denied', 'rejected', '554', undefined, '554 relay from 192.0.2.1 not allowed'],
  // the name of a relay is no refusal to relay
  ['policy', 'bounced', '550', undefined, '550 relay.example.net: sorry, you are not allowed to send mail to bob'],
];
