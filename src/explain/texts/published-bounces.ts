/**
 * Exact words of servers as they stand in bounces that people published, in documents of old servers and in sources: each
 * would be misread by general words, or says its cause in words of its own. Tried before the general rows.
 * Source: the page or source file in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const KNOWLEDGE_BASE = 'https://jeffpar.github.io/kbarchive/kb';
const GREYLISTING = 'https://www.rfc-editor.org/rfc/rfc6647';

export const PUBLISHED_ROWS: readonly TextRow[] = [
  ...rowsOf('Exchange', `${KNOWLEDGE_BASE}/145/Q145585/`, [
    [
      'exchange-postal-address',
      'bad-address',
      ['postal address was incorrect'],
      'The message was undelivered because the specified recipient postal address was incorrect',
      {
        todo: 'Choose the recipient anew from the address book, or write the address by hand, and send the mail again.',
      },
    ],
  ]),
  ...rowsOf('Debian', 'https://salsa.debian.org/exim-team/exim4', [
    [
      'debian-local-only',
      'relay-denied',
      ['mailing to remote domains not supported'],
      'Mailing to remote domains not supported',
      {
        meaning: 'The sending server is set up to deliver to local mailboxes only.',
        todo: 'Set the server up for mail to the internet (dpkg-reconfigure exim4-config), or let it hand mail to a smarthost.',
      },
    ],
  ]),
  ...rowsOf('ZMailer', 'https://github.com/zmailer/zmailer', [
    [
      'zmailer-user',
      'user-unknown',
      ['; nosuchuser'],
      '554 5.0.0 unresolvable address: <bob@example.net>; nosuchuser; bob@example.net',
    ],
  ]),
  ...rowsOf('policyd', GREYLISTING, [
    [
      'policyd-greylist',
      'greylisted',
      ['policy rejection- please try later'],
      '450 4.7.1 <bob@example.net>: Recipient address rejected: Policy Rejection- Please try later.',
    ],
    [
      'policyd-quota',
      'rate-limited',
      ['policy rejection- quota exceeded'],
      '450 4.7.1 <bob@example.net>: Recipient address rejected: Policy Rejection- Quota Exceeded.',
    ],
  ]),
  ...rowsOf('Microsoft', 'https://mid.mail-archive.com/debian-user@lists.debian.org/msg683187.html', [
    [
      'outlook-owner-policy',
      'auth-failed',
      ['due to domain owner policy restrictions'],
      '550 5.7.0 (COL004-MC1F52) Unfortunately, messages from (192.0.2.1) on behalf of (example.com) could not be delivered due to domain owner policy restrictions.',
    ],
  ]),
  ...rowsOf('Forpsi', 'https://support.forpsi.com/kb/a3899/konfigurace-smtp-serveru-kontrola-dns-zaznamu.aspx', [
    ['forpsi-domain', 'dns', ['invalid destination domain'], '550 5.1.1 piWs1j001 invalid destination domain'],
  ]),
  ...rowsOf(
    'IONOS',
    'https://www.ionos.com/help/email/troubleshooting-mail-basicmail-business/error-messages-caused-by-undeliverable-email/',
    [['ionos-login', 'login-failed', ['must be authenticated'], '550 must be authenticated', { weak: true }]],
  ),
  ...rowsOf(
    'any',
    'https://help-atosmartdocs.theaccessgroup.com/en/articles/13791357-reasons-for-client-emails-not-being-delivered',
    [['says-spammer', 'spam', ['says spammer'], '550 5.7.1 DDNS says spammer, 20191030-1', { weak: true }]],
  ),
  ...rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc5321', [
    ['line-too-long', 'protocol', ['line too long'], '500 Line too long', { codes: ['500', '5.5.2'] }],
    [
      'mailbox-or-access',
      'user-unknown',
      ['mailbox unavailable or access denied - @'],
      '550 Mailbox unavailable or access denied - <bob@example.net>',
      { source: 'https://github.com/mysociety/commonlib/tree/master/perllib/mySociety/t/examples' },
    ],
  ]),
  ...rowsOf('any', 'https://gitlab.com/mailman/mailman/-/tree/master/src/mailman/templates/en', [
    [
      'list-held',
      'policy',
      [
        'held until the list moderator',
        'held until the moderator',
        'awaits moderator approval',
        'waiting for moderator approval',
        'held for moderation',
        'held for moderator',
        'pending moderation',
        'awaiting moderation',
        'pending approval~moderator',
        'submitted to the moderator',
        'forwarded to the moderator',
        'has been forwarded to editor',
      ],
      "Your mail to 'Users' is being held until the list moderator can review it for approval.",
      {
        meaning: 'The mailing list has the mail and keeps it until a moderator lets it through or refuses it.',
        side: 'recipient',
        todo: 'Wait for the word of the moderator; members of the list mostly need none.',
      },
    ],
  ]),
];
