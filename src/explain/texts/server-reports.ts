/**
 * What qmail, Exim with cPanel, Sendmail, Notes, GroupWise, IMail, hMailServer and Postfix put into their reports.
 * Source: the page or source file in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

export const SERVER_REPORT_ROWS: readonly TextRow[] = [
  ...rowsOf('cPanel', 'https://docs.cpanel.net/', [
    [
      'cpanel-sender-verify',
      'bad-sender',
      ['account or domain may not exist, they may be blacklisted*sender verify failed'],
      '550-The mail server could not deliver mail to bob@example.net. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries. 550 Sender verify failed',
    ],
    [
      'cpanel-may-not-exist',
      'dns',
      ['account or domain may not exist, they may be blacklisted'],
      'The mail server could not deliver mail to bob@example.net. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.',
    ],
  ]),
  ...rowsOf('DragonFly Mail Agent', 'https://github.com/corecode/dma/blob/master/dma.c', [
    [
      'dma-expired',
      'expired',
      ['could not deliver for the last', 'multiple retries, giving up'],
      'Could not deliver for the last 432000 seconds. Giving up.',
    ],
  ]),
  ...rowsOf('OpenSMTPD', 'https://github.com/OpenSMTPD/OpenSMTPD/blob/master/usr.sbin/smtpd/mta.c', [
    ['opensmtpd-network', 'network', ['network error on destination mxs'], 'Network error on destination MXs'],
    ['opensmtpd-no-mx', 'dns', ['no mx found for domain', 'no mx found for destination'], 'No MX found for domain'],
  ]),
  ...rowsOf('qmail', 'https://github.com/notqmail/notqmail/blob/main/qmail-remote.c', [
    [
      'qmail-name-rejected',
      'bad-helo',
      ['but my name was rejected'],
      'Connected to 192.0.2.112 but my name was rejected.',
    ],
    [
      'qmail-cannot-run',
      'system',
      ['unable to run qmail-remote', 'qmail-remote crashed', 'qmail-remote produced no output'],
      'Unable to run qmail-remote.',
      { source: 'https://github.com/notqmail/notqmail/blob/main/qmail-rspawn.c' },
    ],
    [
      'qmail-ldap',
      'system',
      ['unable to contact ldap server'],
      'Unable to contact LDAP server. (#4.4.3)',
      { source: 'https://www.qmail-ldap.org/' },
    ],
  ]),
  ...rowsOf('qmail', 'https://github.com/notqmail/notqmail/blob/main/qmail-remote.c', [
    [
      'qmail-no-mailbox',
      'user-unknown',
      ['no mailbox here by that name', 'sorry, no mailbox here'],
      'Sorry, no mailbox here by that name. (#5.1.1)',
      { source: 'https://github.com/notqmail/notqmail/blob/main/qmail-local.c' },
    ],
    [
      'qmail-dislikes',
      'user-unknown',
      ['does not like recipient'],
      '192.0.2.135 does not like recipient.',
      { weak: true },
    ],
    [
      'qmail-no-host',
      'dns',
      [
        "couldn't find any host named",
        "couldn't find any host by that name",
        'cname lookup failed',
        "couldn't find a mail exchanger",
      ],
      "Sorry, I couldn't find any host named example.invalid. (#5.1.2)",
    ],
    [
      'qmail-no-connection',
      'network',
      [
        "wasn't able to establish an smtp connection",
        'connected to*but connection died',
        'but greeting failed',
        'possible duplicate',
      ],
      "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)",
    ],
    [
      'qmail-too-long',
      'expired',
      ['been in the queue too long', 'not going to try again'],
      "I'm not going to try again; this message has been in the queue too long.",
      { weak: true },
    ],
    [
      'qmail-looping',
      'loop',
      [
        'already has my delivered-to line',
        'this message is looping',
        'listed as a best-preference mx or a for that host',
        'best-preference mx',
      ],
      'This message is looping: it already has my Delivered-To line. (#5.4.6)',
      { source: 'https://github.com/notqmail/notqmail/blob/main/qmail-local.c' },
    ],
    [
      'qmail-rcpthosts',
      'relay-denied',
      ["domain isn't in my list of allowed rcpthosts", 'allowed rcpthosts', 'in my list of allowed'],
      "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    ],
    [
      'qmail-badmailfrom',
      'policy',
      ['envelope sender is in my badmailfrom', 'badmailfrom'],
      '553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)',
    ],
    [
      'qmail-databytes',
      'too-big',
      ['message size exceeds my databytes', 'my databytes limit'],
      '552 sorry, that message size exceeds my databytes limit (#5.3.4)',
    ],
    [
      'vpopmail-quota',
      'mailbox-full',
      [
        'users mailfolder is over',
        'mailfolder is over the allowed quota',
        'user is over quota',
        'message would exceed your mailbox',
      ],
      'The users mailfolder is over the allowed quota (size). (#5.2.2)',
    ],
    [
      'vpopmail-inactive',
      'mailbox-disabled',
      [
        'vpopmail*account is inactive',
        'account is locked',
        'this account has been disabled or discontinued',
        'mailbox is inactive',
      ],
      '554 delivery error: This account has been disabled or discontinued [#101].',
    ],
    [
      'chkuser',
      'user-unknown',
      ['no mailbox by that name is currently available', 'no mailbox by that name'],
      '550 5.1.1 sorry, no mailbox by that name is currently available here (#5.1.1 - chkuser)',
    ],
  ]),
  ...rowsOf('Exim', 'https://github.com/Exim/exim/blob/master/src/src/deliver.c', [
    [
      'exim-no-smtp-service',
      'dns',
      [
        'an mx or srv record indicated no smtp service',
        'all relevant mx records point to non-existent hosts',
        'all relevant mx records',
      ],
      'an MX or SRV record indicated no SMTP service',
    ],
    [
      'exim-imposed-quota',
      'mailbox-full',
      ['mta-imposed quota exceeded', 'child*returned 0 (could mean*user over quota'],
      'mailbox is full (MTA-imposed quota exceeded while writing to tmp/1.M2P3.exim.example.com)',
    ],
    [
      'exim-self',
      'loop',
      ['remote host address is the local host', 'host is the local host'],
      'remote host address is the local host: example.com',
    ],
    [
      'exim-suspected-loop',
      'loop',
      ['suspected mail loop', 'too many "received" headers'],
      '550 Too many "Received" headers - suspected mail loop',
    ],
    [
      'exim-callout',
      'bad-sender',
      ['callback setup failed while verifying', 'could not complete sender verify'],
      '550-Callback setup failed while verifying <alice@example.org>',
    ],
    [
      'cpanel-limits',
      'rate-limited',
      [
        'has exceeded the max emails per hour',
        'has exceeded the max defers and failures',
        'max emails per hour',
        'messages per hour allowed',
      ],
      'Domain example.com has exceeded the max emails per hour (150/150 (100%)) allowed. Message will be reattempted later',
      { source: 'https://docs.cpanel.net/whm/server-configuration/tweak-settings/', side: 'sender' },
    ],
    [
      'cpanel-suspended',
      'sender-blocked',
      [
        'outgoing mail from',
        'sender has been suspended',
        'has an outgoing mail suspension',
        'has an outgoing mail hold',
      ],
      'Outgoing mail from "alice@example.com" has been suspended.',
      { source: 'https://docs.cpanel.net/' },
    ],
    [
      'cpanel-no-relay',
      'relay-denied',
      [
        'please turn on smtp authentication in your mail client',
        'not permitted to relay through this server without authentication',
      ],
      '550-Please turn on SMTP Authentication in your mail client. mail.example.org [192.0.2.1] is not permitted to relay through this server without authentication.',
      { source: 'https://docs.cpanel.net/' },
    ],
    [
      'cpanel-no-person',
      'user-unknown',
      ['no such person at this address'],
      '550 No such person at this address',
      { source: 'https://docs.cpanel.net/' },
    ],
  ]),
  ...rowsOf('Sendmail', 'https://ftp.sendmail.org/', [
    [
      'sendmail-loops-back',
      'loop',
      ['mail loops back to me', 'mx problem?', 'local configuration error: loops'],
      '553 5.3.5 mx.example.com. config error: mail loops back to me (MX problem?)',
    ],
    [
      'sendmail-cannot-send',
      'expired',
      ['could not send message for past', 'cannot send message for', 'message could not be delivered for'],
      'Message could not be delivered for 5 days',
      { weak: true },
    ],
    [
      'sendmail-rewrite',
      'system',
      ['unknown mailer error', 'local mailer', 'cannot mail directly to'],
      '554 5.3.0 unknown mailer error 1',
      { weak: true },
    ],
    [
      'sendmail-real-domain',
      'bad-sender',
      ['real domain name required'],
      '553 5.5.4 <alice@localhost>... Real domain name required for sender address',
    ],
    [
      'sendmail-user-address',
      'bad-address',
      ['user address required', 'domain name required', 'list:; syntax illegal', 'hostname required'],
      '553 5.5.4 alice... Domain name required for sender address alice',
    ],
  ]),
  ...rowsOf('HCL Notes', 'https://help.hcl-software.com/domino/14.0.0/admin/tshoot_mailroutingtroubleshooting_c.html', [
    [
      'notes-not-listed',
      'user-unknown',
      [
        'not listed in public name',
        'not listed in domino directory',
        'no matching*in address book',
        'not listed in*address book',
        'no route found to*user',
        'ambiguous*not unique*address book',
      ],
      'User bob (bob@example.com) not listed in Domino Directory',
    ],
    [
      'notes-unresponsive',
      'network',
      ['remote system no longer responding', 'router: failed to connect to smtp host', 'router: unable to open'],
      'Router: Failed to connect to SMTP host MX.EXAMPLE.COM because : Remote system no longer responding',
    ],
    [
      'notes-hops',
      'loop',
      ['maximum hop count exceeded', 'exceeded maximum number of hops'],
      'Maximum hop count exceeded. Message probably in a routing loop.',
    ],
    [
      'notes-quota',
      'mailbox-full',
      ['database has exceeded its*quota', 'database disk quota', 'over its size quota'],
      'Cannot store document: database has exceeded its disk quota.',
    ],
    [
      'notes-route',
      'dns',
      ['no route found to domain'],
      'No route found to domain EXAMPLE from server MAIL. Check Server, Connection and Domain documents in Domino Directory.',
    ],
  ]),
  ...rowsOf('GroupWise', 'https://www.novell.com/documentation/groupwise/', [
    [
      'groupwise-user',
      'user-unknown',
      ['mailbox/user not found', 'd0 user not found', 'user not on post office'],
      'Mailbox/user not found: bob',
    ],
  ]),
  ...rowsOf('IMail', 'https://www.progress.com/imail', [
    [
      'imail-unknown',
      'user-unknown',
      ['unknown user:', 'undeliverable to unknown', 'invalid final delivery userid'],
      'Invalid final delivery userid: bob',
    ],
    [
      'imail-size',
      'mailbox-full',
      ['exceeds allowed size', 'user mailbox exceeds', 'maximum mailbox size'],
      'User mailbox exceeds allowed size: bob@example.com',
    ],
    [
      'imail-tries',
      'expired',
      ['delivery failed 0 attempts', 'delivery attempts*exhausted', 'maximum*delivery attempts'],
      'Delivery failed 20 attempts: bob@example.com',
    ],
  ]),
  ...rowsOf('hMailServer', 'https://www.hmailserver.com/documentation/latest/?page=reference_servermessages', [
    [
      'hmail-no-answer',
      'network',
      [
        'the remote server did not respond',
        'unable to connect to the recipient',
        'remote server did not respond',
        'host name was not resolved',
      ],
      'Error Type: SMTP Connection to recipients server failed. Error: Host name: mx.example.com, message: Unable to connect to the recipient server',
    ],
    [
      'hmail-quota',
      'mailbox-full',
      ['delivery failed: inbox is full', 'inbox is full'],
      'Delivery failed: Inbox is full',
    ],
    [
      'hmail-no-mx',
      'dns',
      ['no mail servers appear to exist', 'no mail servers could be found'],
      'No mail servers appear to exists for the recipients address. Please check that you have not misspelled the recipients email address.',
    ],
  ]),
  ...rowsOf('Postfix', 'https://github.com/vdukhovni/postfix/blob/master/postfix/src/smtp/smtp_addr.c', [
    ['postfix-null-mx', 'dns', ['does not accept mail (nullmx)'], 'Domain example.com does not accept mail (nullMX)'],
    [
      'postfix-multiple',
      'loop',
      ['mail for*loops back to myself', 'unable to find primary relay'],
      'mail for example.com loops back to myself',
    ],
    [
      'postfix-transport',
      'system',
      ['mail transport unavailable', 'mail transport "', 'mail system configuration error'],
      'mail transport unavailable',
      { source: 'https://github.com/vdukhovni/postfix/blob/master/postfix/src/qmgr/qmgr_deliver.c' },
    ],
    [
      'postfix-alias',
      'loop',
      ['mail forwarding loop for', 'alias expansion loop', 'too many aliases'],
      'mail forwarding loop for bob@example.com',
      { source: 'https://github.com/vdukhovni/postfix/blob/master/postfix/src/local/recipient.c' },
    ],
  ]),
];
