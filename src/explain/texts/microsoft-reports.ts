/**
 * What reports of Exchange and Microsoft 365 say to people.
 * Source: the page or source file in each row.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const NDR =
  'https://learn.microsoft.com/en-us/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages';
const ONLINE =
  'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online';

export const EXCHANGE_ROWS: readonly TextRow[] = [
  ...rowsOf('Exchange', NDR, [
    [
      'exchange-not-exist',
      'user-unknown',
      [
        'e-mail account does not exist at the organization',
        'recipient name is not recognized',
        'recipient was not found in',
        "recipient's e-mail address was not found",
        'ndr*recipient name',
        'adr.recipnotfound',
        'recipnotfound',
        'mailbox*recipient*unknown to mailer',
        'the email address*does not exist at the destination',
      ],
      'The e-mail account does not exist at the organization this message was sent to. Check the e-mail address, or contact the recipient directly to find out the correct address. <mx.example.com #5.1.1>',
    ],
    [
      'exchange-unreachable',
      'dns',
      [
        'destination server for this recipient could not be found in domain name service',
        'could not be found in domain name service (dns)',
        'destination system not*found',
      ],
      'The destination server for this recipient could not be found in Domain Name Service (DNS). Please verify the email address and retry.',
    ],
    [
      'exchange-no-contact',
      'network',
      [
        'destination computer was not reachable',
        "could not connect to the recipient's e-mail system",
        'could not deliver the message in the time limit specified',
        "recipient's e-mail system*not responding",
      ],
      'Could not deliver the message in the time limit specified. Please retry or contact your administrator. <mx.example.com #4.4.7>',
    ],
    [
      'exchange-permission',
      'policy',
      ['you do not have permission to send to this recipient', 'do not have permission to send'],
      'You do not have permission to send to this recipient. For assistance, contact your system administrator.',
      { side: 'recipient' },
    ],
    [
      'exchange-smtp-error',
      'protocol',
      ['smtp protocol error occurred', 'a smtp communication problem', 'an smtp protocol error'],
      "There was a SMTP communication problem with the recipient's email server. Please contact your system administrator.",
      { weak: true },
    ],
    [
      'exchange-storage',
      'mailbox-full',
      ['storage limit*recipient', 'user has exceeded*storage', 'mailbox has reached its limit'],
      "This message wasn't delivered: recipient storage limit exceeded: the mailbox has reached its limit",
    ],
    [
      'exchange-big',
      'too-big',
      [
        'this message is larger than the current system limit',
        'message was larger than the current system limit',
        "recipient's mailbox is full or*message size",
      ],
      "This message is larger than the current system limit or the recipient's mailbox is full. Create a shorter message body or remove attachments and try sending it again.",
    ],
  ]),
  ...rowsOf('Microsoft', ONLINE, [
    [
      'm365-not-found',
      'user-unknown',
      [
        "wasn't found at",
        "couldn't be found at",
        'unknown to address',
        "the email address you entered couldn't be found",
        "email address wasn't found at the destination",
      ],
      "Your message to bob@example.com couldn't be delivered. bob wasn't found at example.com.",
    ],
    [
      'm365-domain',
      'dns',
      [
        "recipient's domain name*doesn't exist",
        'infodomainnonexistent',
        'dnsdomaindoesnotexist',
        'domain does not exist in dns',
        "the domain name system (dns) reported that the recipient's domain does not exist",
        'dns query failed',
      ],
      '550 5.4.310 DNS domain example.com does not exist [Message=InfoDomainNonexistent]',
    ],
    [
      'm365-full',
      'mailbox-full',
      [
        'mailbox is full and can',
        "recipient's mailbox is full",
        'mailbox full; cannot accept',
        'quotaexceededexception',
        'storedrv.deliver; mailbox full',
        'mailbox has exceeded the maximum mailbox size',
      ],
      "The recipient's mailbox is full and can't accept messages now. 554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
    ],
    [
      'm365-size',
      'too-big',
      [
        'message is larger than the size limit',
        'message is too large for',
        'rst.sendsizelimit',
        'rst.recipsizelimit',
        'rst.submitsizelimit',
        'sendsizelimit',
        'recipsizelimit',
        "exceeds the recipient's limit",
        'message size exceeds a size limit',
      ],
      '550 5.3.4 RESOLVER.RST.RecipSizeLimit; message too large for this recipient',
    ],
    [
      'm365-not-allowed',
      'policy',
      [
        "doesn't have permission",
        'only accepts messages from people in its organization',
        'group only accepts',
        "your email address isn't on the list of allowed senders",
        "isn't allowed to send to",
        'notauthorized',
        'rst.restrictedtorecipientspermission',
      ],
      "Your message couldn't be delivered because you don't have permission to send to it: the group only accepts messages from people in its organization",
      { side: 'recipient', todo: 'Ask the administrator of {domain} to allow the sender.' },
    ],
    [
      'm365-send-as',
      'bad-sender',
      [
        'sendasdenied',
        'not allowed to send as',
        'send as denied',
        'client does not have permissions to send as this sender',
      ],
      '554 5.2.252 SendAsDenied; alice@example.com not allowed to send as bob@example.com; STOREDRV.Submission.Exception:SendAsDeniedException',
    ],
    [
      'm365-submission-quota',
      'rate-limited',
      [
        'submissionquotaexceeded',
        "message can't be submitted because the sender's submission quota",
        'exceeded the recipient rate limit',
      ],
      "550 5.1.90 Message can't be submitted because the sender's submission quota was exceeded",
    ],
    [
      'm365-too-many',
      'too-many-recipients',
      ['adr.reciplimit', 'too many recipients in the message', 'rcptcountlimit', 'recipient limit exceeded'],
      '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients',
    ],
    [
      'm365-address',
      'bad-address',
      [
        'resolver.adr.badprimary',
        'invalid smtp address',
        'ex_badaddress',
        'recipient address syntax',
        'storedrv.submit; invalid recipient',
      ],
      '550 5.1.0 RESOLVER.ADR.BadPrimary; recipient primary SMTP address is missing or invalid',
    ],
    [
      'm365-connect',
      'network',
      [
        'cannot connect to remote server',
        'target host responded with error',
        'failed to connect. winsock error code',
        'lasterrordetails=socket',
        'socket error code 0',
        'connection dropped due to connectionreset',
        'unable to connect to remote server',
      ],
      '451 4.4.0 Primary target IP address responded with: "421 4.2.1 Unable to connect." Attempted failover to alternate host. Failed to connect. Winsock error code: 10060',
    ],
    [
      'm365-expired',
      'expired',
      ['queue.expired', 'the server has tried to deliver this message, without success'],
      '#550 4.4.7 QUEUE.Expired; message expired ##',
    ],
    [
      'm365-journal',
      'system',
      ['storedrv.submit', 'storedrv.deliver; missing or bad', 'storedrv.deliver.exception', 'transport rules agent'],
      '554 5.6.0 STOREDRV.Deliver.Exception:ConversionFailedException; Failed to process message due to a permanent exception',
      { weak: true },
    ],
    [
      'm365-transport-rule',
      'policy',
      [
        'transport.rules.reject',
        'organization rejected your message',
        'a custom mail flow rule',
        'mail flow rule*restricted',
        'rejected by an administrator-created mail',
      ],
      '550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy',
      { side: 'recipient', todo: 'Ask the administrator of {domain} to allow the sender.' },
    ],
    [
      'm365-spam',
      'spam',
      [
        'message content rejected due to spam',
        'spam filter rejected',
        'message rejected as spam by content filtering',
        'sclthresholdexceeded',
        'unacceptable or looks like spam',
        'high confidence phish',
        'outbound spam',
      ],
      '550 5.7.1 Message rejected as spam by Content Filtering.',
    ],
  ]),
];
