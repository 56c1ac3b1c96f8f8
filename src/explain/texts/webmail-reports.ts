/**
 * What reports and answers of Gmail and Yahoo say to people.
 * Source: the page or source file in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

export const WEBMAIL_ROWS: readonly TextRow[] = [
  ...rowsOf('Google', 'https://support.google.com/groups/answer/46601', [
    [
      'google-groups',
      'policy',
      ['//groups.google.com/support'],
      'If you have questions related to this or any other Google Group, visit the Help Center at https://groups.google.com/support/.',
      {
        meaning: 'The group does not exist, or does not let this sender write to it.',
        side: 'recipient',
        todo: 'Check the name of the group, or ask its owner to allow the sender.',
      },
    ],
  ]),
  ...rowsOf('Microsoft', 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx', [
    [
      'outlook-not-sent',
      'blocklist',
      ['unfortunately, messages from'],
      "550 SC-004 (COL0-MC1-F1) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your Internet service provider.",
    ],
  ]),
  ...rowsOf('Google', 'https://support.google.com/mail/answer/6596', [
    [
      'gmail-not-found',
      'user-unknown',
      [
        "because the address couldn't be found",
        "because the address couldn't be found",
        'is unable to receive mail',
        "couldn't be found, or is unable to receive",
      ],
      "Your message wasn't delivered to bob@example.com because the address couldn't be found, or is unable to receive mail.",
    ],
    [
      'gmail-no-domain',
      'dns',
      [
        "because the domain*couldn't be found",
        'dns error:',
        'domain name not found',
        'responded with code nxdomain',
        'no mx record*nxdomain',
      ],
      "DNS Error: DNS type 'mx' lookup of example.com responded with code NXDOMAIN Domain name not found: example.com",
    ],
    [
      'gmail-not-accept',
      'network',
      [
        'did not accept our requests to connect',
        'the recipient server did not accept',
        'timed out while*google tried',
        'connection refused*google tried',
      ],
      'The recipient server did not accept our requests to connect. Learn more at https://support.google.com/mail/answer/7720',
    ],
    [
      'gmail-inbox-full',
      'mailbox-full',
      ["recipient's inbox is full", 'inbox is full, or', "recipient's inbox"],
      "Message not delivered: the recipient's inbox is full, or it's getting too much mail right now.",
    ],
    [
      'gmail-group',
      'policy',
      [
        'may not exist, or you may not have permission to post',
        'you tried to contact*may not exist',
        'group you tried to contact',
      ],
      "We're writing to let you know that the group you tried to contact (sales) may not exist, or you may not have permission to post messages to the group.",
      { side: 'recipient' },
    ],
    [
      'gmail-blocked',
      'spam',
      ['your message*has been blocked', 'message blocked'],
      'Message blocked. Your message to bob@example.com has been blocked. See technical details below for more information.',
      { weak: true },
    ],
    [
      'gmail-forwarding',
      'rate-limited',
      ['you have reached a limit for sending mail', 'reached a limit for sending'],
      'You have reached a limit for sending mail. Your message was not sent.',
      { side: 'sender' },
    ],
  ]),
  ...rowsOf('Yahoo', 'https://senders.yahooinc.com/smtp-error-codes', [
    [
      'yahoo-not-valid',
      'user-unknown',
      [
        'not a valid recipient',
        'requested mail action aborted, mailbox not found',
        'delivery error: dd requested mail action aborted',
      ],
      '554 delivery error: dd Not a valid recipient - bob@yahoo.example',
    ],
    [
      'yahoo-over',
      'mailbox-full',
      ['user is over the quota', "user's mailbox is over", 'mailbox over quota'],
      '552 user is over the quota. You can try again later.',
    ],
    [
      'yahoo-blocked-ip',
      'blocklist',
      ['[bl0]', 'connections will not be accepted from', 'ph0]', '[ph0]'],
      '553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in a list; see http://postmaster.yahoo.com/errors/550-bl21.html',
    ],
    [
      'yahoo-unacceptable',
      'spam',
      [
        'message content rejected due to unacceptable',
        'message not allowed - [',
        'message not accepted due to unacceptable',
      ],
      '554 Message not allowed - [299]',
    ],
    [
      'yahoo-dmarc',
      'auth-failed',
      ['message*dmarc*yahoo', 'unable to authenticate sender'],
      '554 5.7.9 Message not accepted: unable to authenticate sender',
    ],
    [
      'yahoo-server',
      'system',
      [
        'resources temporarily unavailable. please try again later',
        '#0.0.0 resources',
        'resources unavailable temporarily',
        'insufficient system storage*yahoo',
      ],
      '451 4.3.2 Resources temporarily unavailable. Please try again later [#4.16.5].',
    ],
  ]),
];
