/**
 * Exact words of single servers and programs that general words would misread (`blacklisted URL` is no block list of
 * servers, `too many messages on the server` no rate): they are tried before the general rows.
 * Source: the page, the program's source, or a published bounce in which the words stand, in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

/** Published bounces, each with the reason that its library's tests expect of it. */
const BOUNCE_PARSER = 'https://github.com/gitpan/Mail-DeliveryStatus-BounceParser/tree/master/t/corpus';
const SET_OF_EMAILS = 'https://github.com/sisimai/set-of-emails/tree/master/maildir/bsd';
const MAILMAN = 'https://github.com/jaredmauch/mailman2-python3/tree/main/tests/bounces';
const BOUNCE_EMAIL = 'https://github.com/mitio/bounce_email/tree/master/test/bounces';
const SISIMAI = 'https://github.com/sisimai/go-sisimai/tree/main/reason';
const CRISP = 'https://github.com/crisp-oss/email-bounce-parser/tree/master/test/fixtures';

const RECIPIENTS = rowsOf('any', BOUNCE_PARSER, [
  [
    'no-attachments-taken',
    'content',
    ['not accepting mail with attachments'],
    'Your mail could not be delivered because they are not accepting mail with attachments or embedded images: bob',
    { meaning: 'The recipient takes no mail with attachments or pictures.', todo: 'Send the mail as plain text.' },
  ],
  [
    'sender-not-taken',
    'policy',
    ['not accepting mail from'],
    'Your mail could not be delivered because they are not accepting mail from alice@example.com: bob',
    {
      source: MAILMAN,
      meaning: 'The recipient does not take mail from this sender.',
      side: 'recipient',
      todo: 'Ask the recipient by other means to take the sender off the list of blocked addresses.',
    },
  ],
  [
    'address-unknown-here',
    'user-unknown',
    [
      'user mail-box not found',
      'no mail box available for this user',
      'bad_recipient',
      'is not an active address',
      'not a valid user here',
      'user @ does not exist',
      'rcpt @ does not exist',
      'recipient @ does not exist',
    ],
    '554 Rcpt <bob@example.net> does not exist',
  ],
  [
    'address-unknown-there',
    'user-unknown',
    ['user not @', 'mailbox @ unavailable'],
    '550 User not found:bob@example.net',
    { source: CRISP },
  ],
  [
    'address-invalid-there',
    'user-unknown',
    ['at least one invalid address', 'no matches to nameserver query'],
    'The message contained at least one invalid address in the example.edu domain.',
    { source: 'https://github.com/LoneStarInternet/mail_manager/tree/master/spec/test_app/spec/support/files' },
  ],
  [
    'mailbox-deactivated',
    'mailbox-disabled',
    ['deactivated mailbox'],
    '551 <bob@example.net> is a deactivated mailbox',
  ],
  [
    'size-class',
    'too-big',
    ['class=size limit', 'max message size exceeded'],
    '554 5.7.1 Message Rejected Class=size limit=15728640 Subclass=reject size=18571048',
  ],
  [
    'too-many-stored',
    'mailbox-full',
    ['too many messages on the server', 'zuviele mails auf dem server'],
    '550 Benutzer hat zuviele Mails auf dem Server. / User has too many messages on the server.',
  ],
  [
    'maildir-overdrawn',
    'mailbox-full',
    ['overdrawn his diskspace quota', 'reached disk quota'],
    "maildir delivery failed: Sorry, the user's maildir has overdrawn his diskspace quota, please try again later.",
    { source: BOUNCE_EMAIL },
  ],
  [
    'several-matches',
    'bad-address',
    ['several matches found in'],
    'Recipient user name bob (bob@example.com ) not unique.  Several matches found in Domino Directory.',
    {
      source: BOUNCE_EMAIL,
      meaning: 'More than one person of {domain} fits this address.',
      todo: 'Ask the recipient for the full address.',
    },
  ],
  [
    'not-available-to-take',
    'mailbox-disabled',
    ['recipient was unavailable to take delivery'],
    'The recipient was unavailable to take delivery of the message',
    { source: BOUNCE_EMAIL },
  ],
  [
    'not-collected',
    'expired',
    ['has not been collected after'],
    "The following message, addressed to 'bob@example.net', failed because it has not been collected after 30 days",
    {
      source: MAILMAN,
      meaning: 'Nobody fetched the mail from its mailbox in the time allowed.',
      side: 'recipient',
      todo: 'Reach the recipient by other means and ask whether the address is still in use.',
    },
  ],
  [
    'mobile-restricted',
    'policy',
    ['has restricted sms e-mail'],
    'bob@example.net has restricted SMS e-mail',
    {
      source: 'https://github.com/mikel/mail/tree/master/spec/fixtures/emails/multipart_report_emails',
      meaning: 'The mobile number takes no mail from outside.',
      side: 'recipient',
      todo: 'Reach the recipient by other means.',
    },
  ],
  [
    'mms-no-recipient',
    'user-unknown',
    ['no valid recipients for this mm'],
    'Error: No valid recipients for this MM',
    { source: SET_OF_EMAILS },
  ],
]);

const SENDERS = rowsOf('any', BOUNCE_PARSER, [
  [
    'asks-to-confirm',
    'policy',
    ['requires confirmation', 'sender not pre-approved', 'includes this authorisation key'],
    '550 Your server requires confirmation. Visit http://www.example.net/Whitelist.aspx?IP=192.0.2.45',
    {
      meaning: 'The other side takes mail of new senders only after they confirm it.',
      side: 'sender',
      todo: 'Follow the page that the answer names, or ask the recipient to allow the sender.',
    },
  ],
  [
    'address-not-of-domain',
    'auth-failed',
    ['is not allowed to send mail from'],
    '550 192.0.2.68 is not allowed to send mail from example.com',
  ],
  [
    'trying-to-relay',
    'relay-denied',
    ['trying to use me*as a relay'],
    '553-you are trying to use me [server-9.tower-181.example.net] as a relay, but I have not been configured to let you',
  ],
  [
    'taken-for-spam',
    'spam',
    [
      'antispam checks',
      'content filter rejection',
      'content reject:',
      'using a mass mailer',
      'spamming not allowed',
      'spamprofiler',
      'rejected - bulk',
      'spam pattern',
    ],
    '554 5.7.1 Your message failed several antispam checks (SCORING) and it was rejected.',
  ],
  [
    'url-listed',
    'spam',
    ['blacklisted url', 'blacklisted link'],
    '550-REJECTED - Blacklisted URL in message. (example.com) in [black]. See http://lookup.uribl.com.',
    {
      source: SET_OF_EMAILS,
      meaning: 'A link in the mail is on a list of addresses that spam points to.',
      todo: 'Take the link out of the mail, or ask the list named in the answer to remove it.',
    },
  ],
  [
    'address-barred-there',
    'policy',
    ['an address that has been blacklisted'],
    '"Sorry, you are sending to/from an address that has been blacklisted"',
    { source: SET_OF_EMAILS },
  ],
  [
    'open-relay-barred',
    'blocklist',
    ['which is an open relay', 'insecure mail relay'],
    '501 no access from mail server [192.0.2.55] which is an open relay.',
    {
      source: SET_OF_EMAILS,
      meaning: 'The sending server is taken for an open relay.',
      todo: 'Test whether the sending server passes on mail of strangers, close that, then ask {domain} to look again.',
    },
  ],
  [
    'host-not-let-in',
    'policy',
    ['your host is not allowed to connect'],
    '550 Your host is not allowed to connect to this server.',
    { source: CRISP, side: 'sending-server' },
  ],
]);

const READ_BEFORE_LISTS = rowsOf('any', SISIMAI, [
  [
    'other-sender-listed',
    'policy',
    [
      'sender blacklisted',
      'sender address has been blacklisted',
      'email address has been blacklisted',
      'sender is in my black list',
    ],
    '550 Your email address has been blacklisted',
    {
      meaning: "The sender's address is on a list of unwanted senders of {domain}.",
      side: 'receiving-server',
      todo: "Ask the administrator of {domain} to take the sender's address off that list.",
    },
  ],
  [
    'other-spam',
    'spam',
    [
      'spam-like',
      'possible spam',
      'spam or virus',
      'spam/virus',
      'no spam please',
      'bulk.advertising',
      'rejecting mail content',
      'unacceptable content',
      'recurrent pattern detection',
      'breaches local uribl policy',
      'mail score',
      'blocked by our filter',
      'drbl.imedia.ru',
    ],
    '550 message was rejected for possible spam/virus content',
  ],
]);

const SERVERS: readonly TextRow[] = [
  ...rowsOf('Sendmail', 'https://ftp.sendmail.org/', [
    [
      'sendmail-name-server',
      'dns',
      ['host name lookup failure'],
      'Name server: mx.example.net.: host name lookup failure',
    ],
  ]),
  ...rowsOf('Cisco Secure Email', SET_OF_EMAILS, [
    ['esa-address-rejected', 'user-unknown', ['#0.0.0 address rejected'], '550 #5.1.0 Address rejected.'],
  ]),
  ...rowsOf('GoDaddy', 'https://www.godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685', [
    [
      'godaddy-hourly',
      'rate-limited',
      ['too many recipients this hour'],
      '550 5.1.1 192.0.2.222 has sent to too many recipients this hour. IB607',
    ],
    [
      'godaddy-from',
      'bad-sender',
      ['please provide a valid from:'],
      '550 From: Domain is invalid. Please provide a valid From: IB506',
    ],
    [
      'godaddy-no-name',
      'reverse-dns',
      ['reverse dns for this ip'],
      '421 Temporarily rejected. Reverse DNS for this IP failed. IB108',
    ],
    ['godaddy-listed', 'blocklist', ['rbl reject'], '554 RBL Reject.'],
    ['godaddy-full', 'mailbox-full', ['account storage limit'], '552 Account storage limit'],
    ['godaddy-timeout', 'expired', ['delivery timeout'], '451 Delivery timeout', { weak: true }],
  ]),
  ...rowsOf('MessageLabs', SET_OF_EMAILS, [
    ['messagelabs-address', 'user-unknown', ['@ rejected'], '542 bob@example.net Rejected', { codes: ['542'] }],
  ]),
  ...rowsOf('KDDI', SET_OF_EMAILS, [
    [
      'ezweb-filter',
      'policy',
      ['each of the following recipients was rejected by a remote mail server'],
      'Each of the following recipients was rejected by a remote mail server.',
      {
        meaning: "The recipient's own filter at the mobile provider does not let this sender's domain in.",
        side: 'recipient',
        todo: "Ask the recipient to allow the sender's domain in the settings of the mailbox.",
      },
    ],
  ]),
  ...rowsOf('Google', SET_OF_EMAILS, [
    [
      'google-group-spam',
      'spam',
      ['rejected due to spam classification', 'message rejected by google groups'],
      'Your email to group team@example.com was rejected due to spam classification.',
    ],
    [
      'gmail-no-tls',
      'tls',
      ['remote server does not support tls'],
      '500 Remote server does not support TLS (state 6).',
    ],
  ]),
];

export const EXACT_ROWS: readonly TextRow[] = [...RECIPIENTS, ...SENDERS, ...READ_BEFORE_LISTS, ...SERVERS];
