/**
 * Texts of mail gateways and filters: Proofpoint, Mimecast, Barracuda, Cisco, Sophos, Trend Micro, Symantec.cloud, Fortinet,
 * Cloudmark, Vade, Hornetsecurity, SpamExperts, Rspamd, SpamAssassin, Amavis, MailScanner.
 * Source: the vendor's page, or the program's source, in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const ASK = 'Ask the administrator of {domain} to allow the sender.';

export const GATEWAY_ROWS: readonly TextRow[] = [
  ...rowsOf('Amavis', 'https://gitlab.com/amavis/amavis', [
    [
      'amavis-ube',
      'spam',
      ['rejected, ube', 'bounce, ube', 'ube, id='],
      '550 5.7.1 Message content rejected, UBE, id=00000-22-225',
    ],
  ]),
  ...rowsOf('Fortinet', 'https://docs.fortinet.com/document/fortigate', [
    [
      'fortiguard-ip',
      'blocklist',
      ['fortiguard - antispam black ip'],
      '554 5.7.1 This message has been blocked because the message/connection is from a FortiGuard - AntiSpam black IP address.(from 192.0.2.1)',
    ],
    [
      'fortiguard-url',
      'spam',
      ['fortiguard - antispam blocking url'],
      '554 5.7.1 This message has been blocked because it contains FortiGuard - AntiSpam blocking URL(s).',
    ],
  ]),
  ...rowsOf(
    'Mimecast',
    'https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691-Policies-Mimecast-SMTP-Error-Codes',
    [
      [
        'mimecast-content',
        'content',
        ['message bounced due to content examination'],
        '550 Message bounced due to Content Examination Policy',
      ],
      [
        'mimecast-threads',
        'rate-limited',
        ['exceeding outbound thread limit'],
        '550 Exceeding outbound thread limit',
        { side: 'sender', todo: 'Send the mail to fewer recipients at a time.' },
      ],
      [
        'mimecast-encryption',
        'tls',
        ['this route requires encryption', 'this route requires high-strength ciphers', 'invalid for this certificate'],
        '553 This route requires encryption (TLS)',
      ],
      ['mimecast-submitter', 'login-failed', ['submitter failed to'], '550 Submitter failed to authenticate'],
      [
        'mimecast-network',
        'policy',
        ['host network, not allowed', 'host network not allowed'],
        '554 Host network not allowed',
        { side: 'recipient', todo: ASK },
      ],
      ['mimecast-email-size', 'too-big', ['maximum email size exceeded'], '554 Maximum email size exceeded'],
    ],
  ),
  ...rowsOf('Proofpoint', 'https://ipcheck.proofpoint.com/', [
    [
      'proofpoint-blocked',
      'blocklist',
      ['ipcheck.proofpoint.com', 'support.proofpoint.com', 'blocked - see https://ipcheck'],
      '554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1',
      { todo: 'Look the address up at ipcheck.proofpoint.com, stop the cause, and ask for removal there.' },
    ],
  ]),
  ...rowsOf(
    'Mimecast',
    'https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691-Policies-Mimecast-SMTP-Error-Codes',
    [
      [
        'mimecast-spoofing',
        'auth-failed',
        ['anti-spoofing policy', 'anti-spoofing lockout', 'header based anti-spoofing'],
        '550 Rejected by header based Anti-Spoofing policy: alice@example.com - https://community.mimecast.com/docs/DOC-1369#550',
        {
          meaning: 'The mail says that it comes from inside {domain}, but came from outside.',
          todo: ASK,
          side: 'recipient',
        },
      ],
      [
        'mimecast-lockout',
        'policy',
        [
          'administrative lockout',
          'administrative prohibition - envelope blocked',
          'envelope blocked - user entry',
          'envelope blocked',
          'local ct ip address',
        ],
        '550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550',
        { side: 'recipient', todo: ASK },
      ],
      [
        'mimecast-greylisted',
        'greylisted',
        ['internal resources are temporarily unavailable', 'internal resource temporarily unavailable'],
        '451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
      ],
      [
        'mimecast-recipient',
        'user-unknown',
        ['invalid recipient - https://community.mimecast', 'recipient email address is possibly incorrect'],
        '550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550',
      ],
      [
        'mimecast-recipient-check',
        'system',
        [
          'recipient temporarily unavailable',
          'unable to process connection at this time',
          'unable to process command at this time',
        ],
        '451 Recipient temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
      ],
      [
        'mimecast-blocked',
        'blocklist',
        ['sender address blocked', 'rejected by*rbl policy', 'local rbl', 'ip found in rbl'],
        '550 Administrative prohibition: sender address blocked - https://community.mimecast.com',
      ],
      [
        'mimecast-virus',
        'virus',
        ['virus signature detected'],
        '554 Email rejected due to security policies - Virus Signature Detected - MCSpamSignature.x.x',
      ],
      [
        'mimecast-signature',
        'spam',
        [
          'mcspamsignature',
          'email rejected due to security policies',
          'greater than*spam score',
          'rejected by spam scan',
        ],
        '554 Email rejected due to security policies - MCSpamSignature.sa.67.3',
      ],
      [
        'mimecast-spf',
        'auth-failed',
        ['spf sender invalid', 'dkim sender invalid', 'dmarc sender invalid'],
        '550 SPF Sender Invalid - envelope rejected - https://community.mimecast.com/docs/DOC-1369#550',
      ],
      [
        'mimecast-open-relay',
        'relay-denied',
        ['open relay not allowed'],
        '550 Open relay not allowed - https://community.mimecast.com/docs/DOC-1369',
      ],
      [
        'mimecast-size',
        'too-big',
        ['message size limit exceeded', 'exceeds the maximum size*mimecast'],
        '552 Message size limit exceeded - mimecast',
      ],
      [
        'mimecast-lookups',
        'rate-limited',
        ['ip temporarily blacklisted', 'too many failed authentication', 'account service is temporarily unavailable'],
        '451 IP temporarily blacklisted - https://community.mimecast.com/docs/DOC-1369#451',
      ],
    ],
  ),
  ...rowsOf('Barracuda', 'https://campus.barracuda.com/product/emailsecuritygateway/', [
    [
      'barracuda-blocked',
      'policy',
      ['permanent failure for one or more recipients'],
      '550 permanent failure for one or more recipients (bob@example.com:blocked)',
      { todo: ASK, side: 'recipient', weak: true },
    ],
    [
      'barracuda-dnsbl',
      'blocklist',
      ['barracudanetworks.com/reputation', 'client host [*] blocked using barracuda'],
      '554 Service unavailable; Client host [mx.example.org] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.1',
    ],
  ]),
  ...rowsOf(
    'Cisco Secure Email',
    'https://www.cisco.com/c/en/us/support/docs/security/email-security-appliance/117853-technote-esa-00.html',
    [
      [
        'cisco-senderbase',
        'reputation',
        [
          'your access to this mail system has been rejected due to the sending mta',
          "sending mta's poor reputation",
          'senderbase',
        ],
        "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.",
        { todo: 'Look the address up at talosintelligence.com, and stop the cause.' },
      ],
      [
        'cisco-hat',
        'rate-limited',
        ['too many messages*for this session', 'too many recipients received this hour'],
        '452 Too many recipients received this hour',
      ],
    ],
  ),
  ...rowsOf('Trend Micro', 'https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/', [
    [
      'trend-listed',
      'blocklist',
      ['ers.trendmicro', 'trend micro*reputation', 'rbl-plus', 'mail-abuse.', 'trend micro email reputation'],
      '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using Trend Micro Email Reputation database. Please see <http://www.mail-abuse.com/cgi-bin/lookup?192.0.2.1>',
    ],
  ]),
  ...rowsOf(
    'Symantec.cloud',
    'https://knowledge.broadcom.com/external/article/162445/outbound-mail-returned-by-mailerdaemonme.html',
    [
      [
        'symantec-filtered',
        'spam',
        ['message filtered. please see', '0-message filtered', 'message filtered'],
        '553-Message filtered. Refer to the Troubleshooting page at 553-http://www.symanteccloud.com/troubleshooting for more 553 information. (#5.7.1)',
      ],
      [
        'symantec-recipient',
        'user-unknown',
        ['invalid recipient*messagelabs', 'symanteccloud*invalid recipient', 'not in symantec'],
        '550-Invalid recipient bob@example.com (#5.1.1) messagelabs',
      ],
      [
        'symantec-connection',
        'blocklist',
        ['connection rejected by policy', 'ipremoval.sms.symantec'],
        '501 Connection rejected by policy [7.7] 38712, please visit www.messagelabs.com/support for more details about this error message.',
      ],
    ],
  ),
  ...rowsOf('Cloudmark', 'https://csi.cloudmark.com/en/reset/', [
    [
      'cloudmark-csi',
      'blocklist',
      ['ip blacklisted by csi', 'csi.cloudmark', 'cloudmark sender intelligence', 'cloudmark.com'],
      '550 5.7.1 IP blacklisted by CSI. For remediation please use http://csi.cloudmark.com/reset-request/?ip=192.0.2.1',
    ],
  ]),
  ...rowsOf(
    'Hornetsecurity',
    'https://support.everycloud.com/support/solutions/articles/4000007755-workspace-classification-codes',
    [
      [
        'hornet-spam',
        'spam',
        [
          'e-mail rejected spam',
          'spam ip rejected',
          'spam body rejected',
          'spam link rejected',
          'spam header rejected',
          'hornetsecurity*spam',
        ],
        '554 5.6.3 Spam Body rejected',
      ],
      [
        'hornet-attachment',
        'content',
        ['e-mail rejected content attachment', 'e-mail rejected content filter'],
        '554 5.5.7 e-mail Rejected Content Attachment',
      ],
    ],
  ),
  ...rowsOf('SpamExperts', 'https://documentation.n-able.com/mail-assure/', [
    [
      'spamexperts-listed',
      'blocklist',
      ['spamrl.com', 'sender has been blacklisted', 'your server*is in our blacklist', 'antispamcloud.com'],
      '550 Your IP address 192.0.2.1 has been blacklisted, see spamrl.com',
    ],
    [
      'spamexperts-spam',
      'spam',
      ['high probability of spam', 'this message is considered spam', 'this message has been classified as spam'],
      '550 High probability of spam',
      {},
    ],
  ]),
  ...rowsOf('Rspamd', 'https://github.com/rspamd/rspamd/blob/master/conf/worker-proxy.conf', [
    [
      'rspamd-gtube',
      'spam',
      ['gtube pattern', 'spam message rejected by rspamd'],
      '554 5.7.1 Gtube pattern',
      { source: 'https://github.com/rspamd/rspamd/blob/master/src/libmime/message.c' },
    ],
    [
      'rspamd-matched',
      'policy',
      ['matched map:'],
      '554 5.7.1 Matched map: IP_BLACKLIST',
      { source: 'https://github.com/rspamd/rspamd/blob/master/src/plugins/lua/multimap.lua' },
    ],
    [
      'rspamd-ratelimit',
      'rate-limited',
      ['ratelimit "', 'rate limit exceeded, retry'],
      '451 4.7.1 Ratelimit "to" exceeded',
      { source: 'https://github.com/rspamd/rspamd/blob/master/src/plugins/lua/ratelimit.lua' },
    ],
  ]),
  ...rowsOf('SpamAssassin', 'https://spamassassin.apache.org/', [
    [
      'spamassassin-blocked',
      'spam',
      [
        'blocked by spamassassin',
        'spam score (',
        'spamassassin score',
        'your message scored',
        'spamd score',
        'considered to be spam',
        'looks like spam',
        'identified as spam',
        'classified as spam',
        'detected as spam',
        'was judged to be spam',
        'appears to be spam',
        'tagged as spam',
        'spam detected',
        'marked as spam',
        'rejected as spam',
      ],
      '550 5.7.1 Blocked by SpamAssassin',
    ],
    [
      'clamav-found',
      'virus',
      [
        'this message contains a virus',
        'this message contains malware',
        'heuristics.phishing',
        'sanesecurity.',
        'clamav',
        'found infected',
        'this message was infected',
      ],
      '550 5.7.1 This message contains malware (Heuristics.Phishing.Email.SpoofedDomain)',
    ],
    [
      'amavis-banned',
      'content',
      ['banned:', '- banned'],
      '554-5.7.0 Bounce, id=11520-02-39 - BANNED: 554 5.7.0 application/octet-stream,.asc,setup 3.exe',
      { source: 'https://gitlab.com/amavis/amavis' },
    ],
    [
      'amavis-bad-header',
      'content',
      ['bad_header', '- bad header'],
      '554 5.6.0 Reject, id=12345-01 - BAD_HEADER',
      { source: 'https://gitlab.com/amavis/amavis' },
    ],
    [
      'policyd-weight',
      'reputation',
      ['your mta is listed in too many', 'correct helo and dns mx settings'],
      '550 5.7.1 Mail appeared to be SPAM or forged. Ask your Mail/DNS-Administrator to correct HELO and DNS MX settings or to get removed from DNSBLs; your MTA is listed in too many DNSBLs',
      { source: 'https://www.policyd-weight.org/' },
    ],
  ]),
];
