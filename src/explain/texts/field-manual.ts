/**
 * Answers that other programs' and providers' published lists name with their cause, and that no row above reads: Postmark's
 * field manual of answers, the list of ZoneMTA, pages of providers.
 * Source: the page in each row, opened in November 2026; the words of each row stand in it.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const FIELD_MANUAL = 'https://github.com/ActiveCampaign/smtp-field-manual/tree/main/data/codes';
const ZONE_MTA = 'https://github.com/zone-eu/zone-mta/blob/master/config/bounces.txt';
const KOREA = 'https://puffinknight.tistory.com/102';
const SLOW = 'Send more slowly, and look for a misused account if the amount is not usual.';

const OF_RECIPIENTS = rowsOf('any', ZONE_MTA, [
  [
    'rejected-by-user',
    'policy',
    ['rejected by this user and was not delivered'],
    '550-Your message was rejected by this user and was not delivered',
    {
      meaning: 'The recipient does not take mail from this sender.',
      side: 'recipient',
      todo: 'Ask the recipient by other means to take the sender off the list of blocked addresses.',
    },
  ],
  [
    'risky-file',
    'content',
    ['blacklisted*file extension', 'blacklisted*attachment', 'vba macros', 'macros found'],
    '552 MS-Office file containing VBA macros found inside of the email',
    { source: 'https://knowledge.broadcom.com/external/article/162445/outbound-mail-returned-by-mailerdaemonme.html' },
  ],
  [
    'backscatter-protection',
    'policy',
    ['backscatter protection detected'],
    '550 Backscatter Protection detected an invalid or expired email address',
    {
      source: 'https://github.com/sisimai/go-sisimai/blob/main/reason/why-rejected.go',
      meaning: 'The server takes no bounce for a mail that it did not send (it looks for its own mark in the address).',
      side: 'nobody',
      todo: 'Nothing, where the mail was a bounce or an automatic answer to a forged sender.',
    },
  ],
  [
    'denied-mode',
    'content',
    ['denied (mode: normal)'],
    '554 Denied (Mode: normal)',
    { source: 'https://knowledge.broadcom.com/external/article/162445/outbound-mail-returned-by-mailerdaemonme.html' },
  ],
  [
    'reject-list',
    'policy',
    ["by user's reject list"],
    "550 You are registered as spammer (by user's reject list)",
    {
      source: KOREA,
      meaning: 'The recipient has put this sender on the own list of refused senders.',
      side: 'recipient',
      todo: 'Ask the recipient by other means to take the sender off that list.',
    },
  ],
  [
    'google-not-an-address',
    'bad-address',
    ['is not a valid rfc-5321 address'],
    '553 5.1.2 The recipient address <bob@example> is not a valid RFC-5321 address. - gsmtp',
    { source: FIELD_MANUAL },
  ],
]);

const OF_SENDERS = rowsOf('any', FIELD_MANUAL, [
  [
    'barracuda-spoofed',
    'auth-failed',
    ['rejecting spoofed message'],
    '550 rejecting spoofed message',
    {
      meaning: 'The filter of {domain} took the mail for one with a forged sender.',
      todo: 'Check SPF, DKIM and DMARC of the sender domain, and the name in the From field.',
    },
  ],
  [
    'spf-check-failed',
    'auth-failed',
    ['spf-check failed', "doesn't allow sending mails from"],
    "550-SPF-check failed: 550 example.com doesn't allow sending mails from 192.0.2.1",
  ],
  [
    'mailru-no-sending',
    'sender-blocked',
    ['message sending for this account is disabled'],
    '550 message sending for this account is disabled',
    { source: 'https://mailout.ru/2015/09' },
  ],
  [
    'postfix-not-logged-in',
    'login-failed',
    ['sender address rejected: not logged in'],
    '553 5.7.1 <alice@example.com>: Sender address rejected: not logged in',
    {
      source: 'https://github.com/vdukhovni/postfix/blob/master/postfix/src/smtpd/smtpd_check.c',
      meaning: "This sender's address may be used only after logging in.",
      todo: 'Switch on logging in for outgoing mail in the mail program.',
    },
  ],
  [
    'coremail-local-only',
    'login-failed',
    ['local user only'],
    '550 Requested action not taken: Local user only or Authentication mechanism',
    { source: 'https://www.icoremail.vip/support/index.php?cate_id=84&page=5&start=0' },
  ],
  [
    'm365-authentication-level',
    'auth-failed',
    ['does not meet the required authentication level'],
    '550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level.',
    {
      source:
        'https://support.microsoft.com/en-au/topic/fix-ndr-error-550-5-7-515-in-outlook-com-34cfe8f8-6fbf-457e-9e8b-9e4dbaf4e0ef',
      meaning: 'Outlook.com asks senders of much mail for SPF and DKIM that pass, and for DMARC.',
      todo: 'Publish SPF, DKIM and DMARC for the domain of the From address, and see that they pass.',
    },
  ],
  [
    'yahoo-spamhaus',
    'blocklist',
    ["because the ip is in spamhaus's list"],
    "553 5.7.1 [TSS07] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
    {
      source: ZONE_MTA,
      todo: 'Look the address up at check.spamhaus.org, stop the cause, then ask for removal there.',
    },
  ],
  [
    'submit-access',
    'reputation',
    ['your access to submit messages to this e-mail system has been rejected'],
    '550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.',
    { source: ZONE_MTA },
  ],
  ['bad-ip', 'reputation', ['rejected because bad ip'], '554 5.7.1 Rejected because Bad IP', { source: ZONE_MTA }],
  [
    'ip-filtered',
    'reputation',
    ['is filtered and this connection will be closed'],
    '421 4.3.2 Your IP(192.0.2.1) is filtered and this connection will be closed.',
    {
      source: KOREA,
      todo: 'Stop unwanted mail from this address, then register it on the page that the answer names.',
    },
  ],
  [
    'naver-busy',
    'reputation',
    ['server is busy(rt)'],
    '421 4.4.5 CCRT 192.0.2.1: Connection refused. Server is busy(RT)',
    {
      source: 'https://oliveit.tistory.com/39',
      meaning: 'The provider took the sending server for a source of spam and blocks it for a while.',
    },
  ],
  ['spam-suspect', 'spam', ['(spam_suspect:'], '550 Transaction failed. (SPAM_SUSPECT:IP_CONTROL)', { source: KOREA }],
]);

const OF_SYSTEMS = rowsOf('any', FIELD_MANUAL, [
  [
    'm365-organization-queue',
    'rate-limited',
    ['organization queue quota exceeded'],
    '450 4.7.3 Organization queue quota exceeded. [outlook.com]',
    { meaning: '{domain} gets more mail than it can take at present.', todo: 'Wait for the next attempt.' },
  ],
  [
    'm365-sender-to-recipient',
    'rate-limited',
    ['limit for the number of messages they can send to this recipient'],
    '554 5.2.121 The sender has exceeded the limit for the number of messages they can send to this recipient per hour.',
    { side: 'sender', todo: 'Wait an hour, and send this recipient less.' },
  ],
  [
    'barracuda-license',
    'system',
    ['license expired'],
    '422 License Expired',
    { meaning: 'The licence of the mail filter of {domain} has run out.', todo: 'Tell the administrator of {domain}.' },
  ],
  [
    'improvmx-forward',
    'system',
    ['unable to correctly read the forwarding recipient'],
    '551 5.7.1 Unable to correctly read the forwarding recipient (where to forward the email to) (#id-5.9.5)',
    { todo: 'Tell the administrator of {domain} that the forwarding of this address is set up wrongly.' },
  ],
  [
    'sendmail-exit',
    'system',
    ["can't create output", 'operating system error', 'system file missing', 'cannot open input'],
    "550 5.0.0 <bob@example.net>... Can't create output",
    { source: 'https://github.com/deepin-community/sendmail/blob/master/libsm/strexit.c' },
  ],
  [
    'dns-resolving',
    'dns',
    ['no mx or a for domain', 'dns resolving error'],
    '454 4.4.4 [internal] no MX or A for domain',
    { source: 'https://github.com/mailgun/flanker/blob/master/tests/fixtures/messages/bounce/no-mx.eml' },
  ],
  [
    'attach-type',
    'content',
    ['disallowed attach'],
    'Disallowed Attach Type',
    {
      source:
        'https://www.uniroma3.it/servizi/servizi-al-personale/servizi-informatici-e-telematici/posta-elettronica-di-ateneo/guida-ai-messaggi-di-errore/',
    },
  ],
  [
    'considers-spam',
    'spam',
    ['considers this message spam'],
    '550 5.7.1 Spamassassin considers this message SPAM. In case you disagree, send the ENTIRE message as an attachment',
    { source: 'https://spamassassin.apache.org/' },
  ],
  [
    'too-many-mails-sent',
    'rate-limited',
    ['since you sent too many'],
    '550 5.7.1 Error.your access was denied. Since you sent too many e-mails',
    { source: KOREA, todo: SLOW },
  ],
]);

export const FIELD_MANUAL_ROWS: readonly TextRow[] = [...OF_RECIPIENTS, ...OF_SENDERS, ...OF_SYSTEMS];
