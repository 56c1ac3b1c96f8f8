/**
 * Texts of mailbox providers of North America, and of those that send for others: Apple, Comcast, Spectrum, AT&T, Cox,
 * Verizon, Rackspace, Fastmail, Zoho, Proton, Amazon SES, SendGrid, Mailgun.
 * Source: the page in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const SLOW = 'Send more slowly, with fewer connections, and look for a misused account if the amount is not usual.';
const SENDS = 'https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html';

export const AMERICAN_ROWS: readonly TextRow[] = [
  ...rowsOf('Zoho', 'https://smtp.codes/zoho', [
    [
      'zoho-unreachable',
      'network',
      ['error_code :, host not reachable'],
      'Error, ERROR_CODE :421, ERROR_CODE :, Host not reachable.',
    ],
  ]),
  ...rowsOf('Apple', 'https://smtp.codes/icloud', [
    [
      'apple-local-policy',
      'policy',
      ['[cs0] message rejected due to local policy', '[hm0] message rejected due to local policy', '[hm0]', '[cs0]'],
      '550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
      {
        side: 'sending-server',
        todo: "Look at the mail's content and links and at its SPF, DKIM and DMARC; then write to Apple's postmaster.",
      },
    ],
    [
      'apple-volume',
      'rate-limited',
      ['deferred due to excessive volume'],
      '421 4.7.1 Messages to bob@icloud.com deferred due to excessive volume. Try again later - https://support.apple.com/en-us/HT204137',
      { todo: SLOW },
    ],
    [
      'apple-alias',
      'user-unknown',
      ['unknown or illegal alias'],
      '550 5.1.1 unknown or illegal alias: bob@icloud.com',
      { source: 'https://support.apple.com/en-us/102322' },
    ],
    [
      'apple-inactive',
      'mailbox-disabled',
      ['inactive email address'],
      '550 5.1.1 : inactive email address',
      { source: 'https://bentonow.com/smtp-errors/apple' },
    ],
    [
      'apple-dmarc',
      'auth-failed',
      ["was rejected due to*'s dmarc policy", 'was rejected due to*dmarc policy'],
      "550 5.7.1 Your message was rejected due to example.com's DMARC policy. See https://support.apple.com/en-us/HT204137 for info",
    ],
    [
      'apple-domain-listed',
      'blocklist',
      ['having a domain present in the spamhaus'],
      '550 5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL -- see https://www.spamhaus.org/dbl/',
      { todo: 'Look the domains of the sender and of all links up at check.spamhaus.org.' },
    ],
  ]),
  ...rowsOf('Comcast', 'https://www.xfinity.com/support/articles/email-errors', [
    [
      'comcast-dynamic',
      'policy',
      ['comcast*es0'],
      '550 5.2.0 imta03.comcast.net comcast 192.0.2.1 Comcast ES000010 Dynamic/residential IP',
      {
        side: 'sending-server',
        todo: "Send through the provider's mail server, or give the address a PTR record that does not look like a home line.",
      },
    ],
    [
      'comcast-blocked',
      'blocklist',
      ['comcast*bl0'],
      '554 resimta-po-13v.sys.comcast.net resimta-po-13v.sys.comcast.net 192.0.2.1 found on one or more DNSBLs, see http://postmaster.comcast.net/smtp-error-codes.php#BL000001',
    ],
    [
      'comcast-rate',
      'rate-limited',
      ['comcast*rl0', 'throttled - try again later. please see http://postmaster.comcast'],
      '421 imta21.westchester.pa.mail.comcast.net comcast Try again later RL000003',
      { todo: SLOW },
    ],
    [
      'comcast-ptr',
      'reverse-dns',
      ['comcast*pt0', 'reverse dns failure'],
      '554 imta14.emeryville.ca.mail.comcast.net comcast 192.0.2.1 PT000001 Reverse DNS',
      { source: 'https://postmaster.comcast.net/mail-error-codes.html' },
    ],
    [
      'comcast-dmarc',
      'auth-failed',
      ['comcast*dm0', 'not accepted due to domains dmarc'],
      '550 5.7.1 resimta comcast.net DM000001 Message rejected due to DMARC policy',
    ],
    [
      'comcast-sessions',
      'rate-limited',
      ['too many sessions opened'],
      '421 Too many sessions opened',
      { todo: SLOW, source: 'https://postmaster.comcast.net/mail-error-codes.html' },
    ],
  ]),
  ...rowsOf('Spectrum', 'https://www.spectrum.net/support/internet/understanding-email-error-codes', [
    [
      'cloudfilter-blocked',
      'blocklist',
      ['cmsmtp*blocked'],
      '550 5.7.1 cmsmtp 192.0.2.1 blocked. Please see http://csi.cloudmark.com',
      { source: 'https://csi.cloudmark.com/en/reset/' },
    ],
  ]),
  ...rowsOf('AT&T', 'https://www.att.com/esupport/postmaster/', [
    [
      'att-blocked',
      'blocklist',
      ['att.net/blocks', 'blocked by sbc', 'worldnet.att.net', 'blocked for abuse'],
      '550 Error. Blocked for abuse. See http://att.net/blocks',
    ],
    [
      'att-dnsbl',
      'blocklist',
      ['dnsbl:rbl', 'dnsbl:attrbl', '_is_blocked'],
      '550 5.7.1 Connections not accepted from servers without a valid sender domain.flph829 DNSBL:ATTRBL 521< 192.0.2.1 >_is_blocked',
    ],
    [
      'att-ptr',
      'reverse-dns',
      ['connections not accepted from servers without a valid sender domain', 'fix reverse dns for'],
      '550 5.7.1 Connections not accepted from servers without a valid sender domain.alph762 Fix reverse DNS for 192.0.2.1',
    ],
  ]),
  ...rowsOf('Cox', 'https://www.cox.com/residential/support/email-error-codes.html', [
    [
      'cox-reputation',
      'blocklist',
      ['rejected*cox*too much spam', 'cxbl'],
      '554 eastrmimpi210 cox 192.0.2.1 rejected - no rDNS - CXBL',
    ],
    [
      'cox-dns',
      'reverse-dns',
      ['cxdns', 'rejected - no rdns', 'dns check failure'],
      '554 IMP cox 192.0.2.1 rejected - no rDNS. Cox requires that all connecting hosts have valid reverse DNS. CXDNS',
    ],
    [
      'cox-auth',
      'auth-failed',
      ['aup#cxsndr'],
      '550 5.1.0 <alice@example.com> sender rejected. Refer to Error Codes section at https://www.cox.com/ AUP#CXSNDR',
    ],
    [
      'cox-temporary-block',
      'blocklist',
      ['aup#cdrbl', 'aup#ipbl'],
      '550 5.1.0 <alice@example.com> sender rejected. AUP#CDRBL',
    ],
    ['cox-url', 'spam', ['aup#urlbl'], '554 5.7.1 message rejected. AUP#URLBL1001'],
    [
      'cox-rate',
      'rate-limited',
      ['aup#cxmxrt', 'aup#cxcnct', 'message threshold exceeded'],
      '421 too many connections. AUP#CXCNCT',
      { todo: SLOW },
    ],
    [
      'cox-account',
      'sender-blocked',
      ['aup#cxmj', 'aup#cxthrt'],
      '550 5.1.0 <alice@cox.net> sender rejected. AUP#CXMJ',
    ],
    [
      'cox-protocol',
      'policy',
      ['aup#cxsmtp'],
      '550 5.1.0 <alice@example.com> sender rejected. AUP#CXSMTP',
      { side: 'sending-server' },
    ],
    [
      'cox-commands',
      'rate-limited',
      ['cox too many bad commands', 'too many invalid recipients'],
      '421 cox too many bad commands from 192.0.2.1',
    ],
  ]),
  ...rowsOf('Rackspace', 'https://postmaster.emailsrvr.com/system-info/response-codes', [
    [
      'rackspace-no-ptr',
      'reverse-dns',
      ['client host*has no ptr record'],
      '450 4.7.1 Client host 192.0.2.1 has no PTR record (G1F)',
    ],
    [
      'rackspace-mailbox-rate',
      'rate-limited',
      ['mailbox received too much email'],
      '450 4.2.1 Mailbox received too much email in a short period of time (G30)',
      { side: 'recipient' },
    ],
    [
      'rackspace-concurrent',
      'rate-limited',
      ['too many concurrent connections from this client'],
      '421 Too many concurrent connections from this client (G2)',
      { todo: SLOW },
    ],
  ]),
  ...rowsOf('Zoho', 'https://smtp.codes/zoho', [
    [
      'zoho-unusual',
      'sender-blocked',
      ['unusual sending activity detected'],
      '550 5.4.6 Unusual sending activity detected. Please try after sometime',
    ],
    [
      'zoho-destination',
      'policy',
      [
        'mail rejected by destination domain',
        'mailbox delivery restricted by policy',
        'mailbox delivery failure policy',
      ],
      '541 5.4.1 Mail rejected by destination domain',
      { side: 'recipient', todo: 'Ask the administrator of {domain} to allow the sender.' },
    ],
    ['zoho-relaying-as', 'bad-sender', ['relaying disallowed as'], '553 Relaying disallowed as alice@example.com'],
  ]),
  ...rowsOf('Proton', 'https://proton.me/support/email-bounces', [
    [
      'proton-recipient',
      'user-unknown',
      ['recipient address rejected: address does not exist', 'address does not exist (in reply'],
      '550 5.1.1 <bob@proton.me>: Recipient address rejected: Address does not exist',
    ],
  ]),
  ...rowsOf('Amazon SES', SENDS, [
    [
      'ses-suppressed',
      'user-unknown',
      ['suppressed sending to this address', 'address is on the suppression list', 'account-level suppression list'],
      '5.1.1 Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.',
      { todo: 'Correct the address; if it is right, take it off the suppression list of the sending service.' },
    ],
    [
      'ses-not-verified',
      'bad-sender',
      ['email address is not verified', 'identities failed the check'],
      '554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: alice@example.com',
    ],
    [
      'ses-paused',
      'sender-blocked',
      ['sending paused for this account', 'sending suspended for this account'],
      '554 Message rejected: Sending paused for this account.',
    ],
    [
      'ses-rate',
      'rate-limited',
      ['maximum sending rate exceeded', 'daily message quota exceeded'],
      '454 Throttling failure: Maximum sending rate exceeded',
      { source: 'https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html' },
    ],
    [
      'ses-too-long',
      'too-big',
      ['message length is more than*bytes long'],
      '552 Message length is more than 10485760 bytes long',
    ],
    [
      'ses-no-dns',
      'dns',
      ['unable to lookup dns for'],
      '554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS for example.net>',
      { source: 'https://github.com/mozilla/fxa/issues/514' },
    ],
    [
      'ses-address',
      'bad-address',
      ['missing final @', 'address contains illegal characters in user name'],
      "554 Transaction failed: Missing final '@domain'",
    ],
  ]),
  ...rowsOf('SendGrid', 'https://www.twilio.com/docs/sendgrid/ui/sending-email/deliverability-common-terms', [
    [
      'sendgrid-identity',
      'bad-sender',
      ['does not match a verified sender identity'],
      '550 The from address does not match a verified Sender Identity',
      {
        todo: 'Have the address or its domain verified in the account of the sending service, or send from one that is.',
      },
    ],
    [
      'sendgrid-suppressed',
      'user-unknown',
      ['bounced address', 'not delivering to previously bounced address', 'recipient was already on the suppression'],
      'Bounced Address',
      {
        todo: 'Correct the address; if it is right, take it off the suppression list of the sending service.',
        wholeWords: true,
      },
    ],
    [
      'mailgun-complained',
      'policy',
      ['not delivering to a user who marked your messages as spam', 'not delivering to unsubscribed'],
      '5.7.1 Not delivering to a user who marked your messages as spam',
      { side: 'sender', todo: 'Send this person no more mail.' },
    ],
  ]),
];
