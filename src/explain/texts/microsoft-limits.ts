/**
 * Answers of Microsoft 365 that its page documents and that other rows, or their codes' general meaning, would misread.
 * Source: Microsoft's table of non-delivery reports in Exchange Online.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const NDR =
  'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online';
const SISIMAI = 'https://github.com/sisimai/go-sisimai/blob/main/rhost/for-microsoft.go';

export const MICROSOFT_LIMIT_ROWS: readonly TextRow[] = rowsOf('Microsoft', NDR, [
  [
    'm365-ipv6',
    'policy',
    ['does not accept email over ipv0'],
    '550 5.7.510 Access denied, example.com does not accept email over IPv6',
    {
      meaning: '{domain} takes no mail over IPv6.',
      side: 'sending-server',
      todo: 'Send to {domain} over IPv4.',
    },
  ],
  [
    'm365-address-not-valid',
    'user-unknown',
    ['recipient address rejected: access denied', 'access denied, banned recipient'],
    '550 5.7.505 Access denied, banned recipient',
    { codes: ['5.7.504', '5.7.505'] },
  ],
  [
    'm365-banned-sender',
    'blocklist',
    ['access denied, banned []', 'request removal from this list please forward'],
    '550 5.7.511 Access denied, banned sender[192.0.2.1]. To request removal from this list please forward this message to delist@microsoft.com.',
    {
      source:
        'https://learn.microsoft.com/en-us/microsoft-365/security/office-365-security/external-senders-mail-flow-troubleshooting',
      todo: 'Forward the bounce to delist@microsoft.com, as its text asks.',
    },
  ],
  [
    'm365-range-limit',
    'rate-limited',
    ['has exceeded permitted limits within'],
    '550 5.7.508 Access denied, 2001:db8::1 has exceeded permitted limits within /64 range',
  ],
  [
    'm365-recipient-limit',
    'rate-limited',
    [
      'per hour message receive limit exceeded',
      'recipient has exceeded their limit',
      'resolver.rst.recipientratelimit',
      "recipient's hourly limit",
    ],
    "550 5.2.122 Recipient's per hour message receive limit exceeded.",
    { side: 'recipient', todo: 'Wait an hour, and send this recipient less.' },
  ],
  [
    'm365-daily-recipients',
    'rate-limited',
    ["message can't be sent because you*limit", 'submission quota exceeded'],
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    {
      side: 'sender',
      meaning: 'The sender has used up the daily allowance of recipients.',
      todo: 'Wait a day; if the sender did not send that much, look for misuse of the account.',
    },
  ],
  [
    'm365-dg-ref',
    'content',
    ['x-dg-ref header is too long'],
    '550 5.0.350 x-dg-ref header is too long',
    { meaning: 'A header that Outlook writes is too long for {domain}.', todo: 'Send the mail as HTML or plain text.' },
  ],
  ['m365-server-busy', 'rate-limited', ['server busy'], '451 4.7.500 Server busy', { codes: ['4.7.500-699'] }],
  [
    'exchange-submission-rate',
    'rate-limited',
    ['message submission rate for this client has exceeded'],
    '421 4.4.2 Message submission rate for this client has exceeded the configured limit',
    { source: 'https://support.mailprotector.com/hc/en-us/articles/360048244891-Common-Email-Bouncebacks' },
  ],
  ['m365-starttls', 'tls', ['starttls is required to send mail'], '451 4.4.317 STARTTLS is required to send mail'],
  [
    'm365-depth',
    'loop',
    ['agent generated message depth exceeded'],
    '550 5.4.11 Agent generated message depth exceeded',
    { source: SISIMAI },
  ],
  [
    'm365-filter-quarantine',
    'spam',
    ['content filter agent quarantined this message'],
    '550 5.2.1 Content Filter agent quarantined this message',
    { source: SISIMAI },
  ],
  [
    'm365-outbound-spam',
    'sender-blocked',
    ['outboundspamexception', 'wascl useraction verdict'],
    '554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception',
    {
      meaning: 'Microsoft 365 keeps this account from sending, because its mail looks like spam or is too much.',
      source:
        'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online',
    },
  ],
  [
    'm365-temporary',
    'system',
    ['temporary server error. please try again later attr', 'pfa agent busy', 'no healthy secondary server available'],
    '451 4.4.3 Temporary server error. Please try again later ATTR18',
    { source: SISIMAI },
  ],
  [
    'm365-reserved-domain',
    'bad-address',
    ['recipient address reserved by rfc', 'recipient addresses in single label domains not accepted'],
    '550 5.1.6 Recipient addresses in single label domains not accepted',
    { source: SISIMAI },
  ],
  [
    'm365-sender-denied',
    'policy',
    ['sender denied'],
    '550 5.1.0 Sender denied',
    { codes: ['5.1.0'], side: 'receiving-server' },
  ],
]);
