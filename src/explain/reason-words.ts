/**
 * The words that say why a mail did not arrive, and what each means in general.
 * Source: the output contract, field `recipients[].reason`; a word, once published, keeps its meaning.
 */
import type { Advice } from './advice.ts';

/** Every value of `recipients[].reason`. The order has no meaning. */
export const REASONS = [
  'user-unknown',
  'bad-address',
  'mailbox-full',
  'mailbox-disabled',
  'mailbox-moved',
  'bad-sender',
  'sender-blocked',
  'policy',
  'spam',
  'virus',
  'content',
  'blocklist',
  'reputation',
  'auth-failed',
  'login-failed',
  'relay-denied',
  'rate-limited',
  'greylisted',
  'reverse-dns',
  'bad-helo',
  'network',
  'dns',
  'tls',
  'too-big',
  'too-many-recipients',
  'loop',
  'protocol',
  'system',
  'expired',
  'handed-to-filter',
  'refused',
] as const;

/** One stable word for why; `auth-failed` is SPF, DKIM or DMARC, `login-failed` a user name or password. */
export type Reason = (typeof REASONS)[number];

/** What each reason means when nothing more exact is known of a mail (reports, `--group-by reason`). */
export const REASON_ADVICE: Readonly<Record<Reason, Advice>> = {
  'user-unknown': {
    meaning: 'The address does not exist at {domain}.',
    side: 'sender',
    todo: 'Check the spelling of the address, or remove it from the address book.',
  },
  'bad-address': {
    meaning: 'The address is not written as a mail address must be.',
    side: 'sender',
    todo: 'Correct the address and send the mail again.',
  },
  'mailbox-full': {
    meaning: "The recipient's mailbox is full.",
    side: 'recipient',
    todo: 'Ask the recipient by other means to make room, then send the mail again.',
  },
  'mailbox-disabled': {
    meaning: "The recipient's mailbox is switched off or takes no mail at present.",
    side: 'recipient',
    todo: 'Reach the recipient by other means and ask whether the address is still in use.',
  },
  'mailbox-moved': {
    meaning: 'The recipient has moved to another address.',
    side: 'sender',
    todo: 'Ask the recipient for the new address.',
  },
  'bad-sender': {
    meaning: "The sender's address was not accepted.",
    side: 'sender',
    todo: "Check that the sender's address exists and that its domain can receive mail.",
  },
  'sender-blocked': {
    meaning: "The sender's account or organisation is barred from sending.",
    side: 'sender',
    todo: "Check the sender's account for misuse, then ask its provider to open it again.",
  },
  policy: {
    meaning: 'A rule of {domain} does not allow this mail.',
    side: 'receiving-server',
    todo: 'Read the exact words of the answer; if they do not help, ask the administrator of {domain}.',
  },
  spam: {
    meaning: 'The mail was taken for spam.',
    side: 'sender',
    todo: 'Look at the content and links of the mail; if it is wanted mail, ask {domain} to allow the sender.',
  },
  virus: {
    meaning: 'A virus or other harmful content was found in the mail.',
    side: 'sender',
    todo: "Check the sender's computer and the attachment before sending again.",
  },
  content: {
    meaning: 'The content or an attachment of the mail is not accepted.',
    side: 'sender',
    todo: 'Send the mail without the attachment or in another form.',
  },
  blocklist: {
    meaning: 'The address of the sending server is on a block list.',
    side: 'sending-server',
    todo: 'Find and stop the cause, then ask the named block list to remove the address.',
  },
  reputation: {
    meaning: 'The sending server or domain has a poor reputation at {domain}.',
    side: 'sending-server',
    todo: 'Look for misused accounts and unwanted bulk mail, then send less until trust returns.',
  },
  'auth-failed': {
    meaning: "The mail could not be proved to come from the sender's domain (SPF, DKIM or DMARC).",
    side: 'sending-server',
    todo: "Check the SPF, DKIM and DMARC records of the sender's domain.",
  },
  'login-failed': {
    meaning: 'The sending program did not log in, or its login was refused.',
    side: 'sender',
    todo: 'Check user name, password and the login settings of the mail program.',
  },
  'relay-denied': {
    meaning: 'The server does not take mail for this domain from this sender.',
    side: 'sending-server',
    todo: "Check the MX record of the recipient's domain, and that the sender logs in.",
  },
  'rate-limited': {
    meaning: 'Too much mail came in too short a time.',
    side: 'sending-server',
    todo: 'Send more slowly, and look for a misused account if the amount is not usual.',
  },
  greylisted: {
    meaning: 'Mail from a sender not seen before is put off once on purpose.',
    side: 'nobody',
    todo: 'Wait: the sending server tries again by itself, usually within minutes.',
  },
  'reverse-dns': {
    meaning: "The sending server's address has no valid name (reverse DNS).",
    side: 'sending-server',
    todo: 'Set a PTR record for the sending address and a matching address record for that name.',
  },
  'bad-helo': {
    meaning: 'The name that the sending server gave in its greeting was not accepted.',
    side: 'sending-server',
    todo: "Set the sending server's own name to a full name that exists in DNS.",
  },
  network: {
    meaning: 'The mail server of {domain} could not be reached or the connection broke.',
    side: 'network',
    todo: 'Test whether its port 25 answers; if other mail arrives there, just wait for the next attempt.',
  },
  dns: {
    meaning: 'The mail server of {domain} could not be found in DNS.',
    side: 'sender',
    todo: 'Check the spelling of the domain, then its MX record.',
  },
  tls: {
    meaning: 'The encrypted connection that is required did not come about.',
    side: 'sending-server',
    todo: 'Check the TLS settings and certificates of both servers.',
  },
  'too-big': {
    meaning: 'The mail is larger than {domain} accepts.',
    side: 'sender',
    todo: 'Make the attachments smaller or send a link to them.',
  },
  'too-many-recipients': {
    meaning: 'The mail has more recipients than {domain} accepts at once.',
    side: 'sender',
    todo: 'Send the mail to fewer recipients at a time.',
  },
  loop: {
    meaning: 'The mail went round in a circle between servers.',
    side: 'receiving-server',
    todo: 'Tell the administrator of {domain}: a forwarding rule or MX record leads back to an earlier server.',
    ownTodo: 'Look for forwarding rules or MX records that lead back to an earlier server.',
  },
  protocol: {
    meaning: 'One of the two servers did not follow the rules of mail transfer.',
    side: 'sending-server',
    todo: 'Check firewalls and filters between the servers, and the software of both.',
  },
  system: {
    meaning: 'The mail system of {domain} has a technical problem.',
    side: 'receiving-server',
    todo: 'Wait for the next attempt; if it lasts more than a day, tell the administrator of {domain}.',
  },
  expired: {
    meaning: 'The mail could not be delivered in the time allowed, so the server gave up.',
    side: 'network',
    todo: 'Look at the earlier attempts for the cause, then send the mail again.',
  },
  'handed-to-filter': {
    meaning: 'The mail was handed to a content filter and has not come back.',
    side: 'us',
    todo: 'Look at the log and the queue of the content filter.',
  },
  refused: {
    meaning: 'The server refused the mail and did not say why in words known here.',
    side: 'receiving-server',
    todo: 'Read the exact words of the answer, and send them to the administrator of {domain}.',
  },
};

/** What a reason looks like in the wild. `-`: no server says it. */
export interface ReasonExample {
  readonly codes: string;
  readonly example: string;
  /** where such an answer, or its code, is defined */
  readonly source: string;
}

/** The usual codes of each reason, and an answer that has it. */
export const REASON_EXAMPLES: Readonly<Record<Reason, ReasonExample>> = {
  'user-unknown': {
    codes: '5.1.1, 550',
    example: '550 5.1.1 User unknown',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'bad-address': {
    codes: '5.1.3, 501',
    example: '501 5.1.3 Bad recipient address syntax',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'mailbox-full': {
    codes: '5.2.2, 4.2.2, 552',
    example: '552 5.2.2 Mailbox full',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'mailbox-disabled': {
    codes: '5.2.1',
    example: '550 5.2.1 The account is disabled',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'mailbox-moved': {
    codes: '5.1.6, 551',
    example: '551 User not local; please try <bob@example.org>',
    source: 'https://www.rfc-editor.org/rfc/rfc5321',
  },
  'bad-sender': {
    codes: '5.1.7, 5.1.8',
    example: '553 5.1.8 Domain of sender address does not exist',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'sender-blocked': {
    codes: '5.7.501, 5.1.8',
    example: '550 5.1.8 Access denied, bad outbound sender',
    source:
      'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online',
  },
  policy: {
    codes: '5.7.1, 554',
    example: '550 5.7.1 Message rejected due to local policy',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  spam: {
    codes: '5.7.1, 554',
    example: '554 5.7.1 Spam message rejected',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  virus: {
    codes: '5.7.0, 554',
    example: '554 5.7.0 Virus found in the message',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  content: {
    codes: '5.6.0, 5.7.0',
    example: '552 5.7.0 This message was blocked because its content presents a potential security issue',
    source: 'https://support.google.com/mail/answer/6590',
  },
  blocklist: {
    codes: '5.7.1, 554',
    example: '554 5.7.1 Client host blocked using zen.spamhaus.org',
    source: 'https://www.rfc-editor.org/rfc/rfc5782',
  },
  reputation: {
    codes: '5.7.1, 4.7.650',
    example: '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation',
    source:
      'https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online',
  },
  'auth-failed': {
    codes: '5.7.23, 5.7.26',
    example: "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy",
    source: 'https://www.rfc-editor.org/rfc/rfc7372',
  },
  'login-failed': {
    codes: '5.7.8, 535, 530',
    example: '535 5.7.8 Username and Password not accepted',
    source: 'https://www.rfc-editor.org/rfc/rfc4954',
  },
  'relay-denied': {
    codes: '5.7.1, 554',
    example: '554 5.7.1 Relay access denied',
    source: 'https://www.postfix.org/SMTPD_ACCESS_README.html',
  },
  'rate-limited': {
    codes: '4.7.28, 421',
    example: '421 4.7.28 Our system has detected an unusual rate of unsolicited mail',
    source: 'https://support.google.com/mail/answer/81126',
  },
  greylisted: {
    codes: '4.7.1, 450',
    example: '450 4.2.0 Greylisted, try again later',
    source: 'https://www.rfc-editor.org/rfc/rfc6647',
  },
  'reverse-dns': {
    codes: '5.7.25',
    example: '550 5.7.25 The IP address sending this message does not have a PTR record',
    source: 'https://www.rfc-editor.org/rfc/rfc7372',
  },
  'bad-helo': {
    codes: '5.7.1, 504',
    example: '504 5.5.2 Helo command rejected: need fully-qualified hostname',
    source: 'https://www.postfix.org/postconf.5.html',
  },
  network: {
    codes: '4.4.1, 4.4.2',
    example: 'connect to mx.example.net[192.0.2.1]:25: Connection timed out',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  dns: {
    codes: '5.1.2, 5.4.4',
    example: 'Host or domain name not found',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  tls: {
    codes: '4.7.5, 5.7.10',
    example: '454 4.7.0 TLS not available due to local problem',
    source: 'https://www.rfc-editor.org/rfc/rfc3207',
  },
  'too-big': {
    codes: '5.3.4, 552',
    example: '552 5.3.4 Message size exceeds fixed limit',
    source: 'https://www.rfc-editor.org/rfc/rfc1870',
  },
  'too-many-recipients': {
    codes: '4.5.3, 452',
    example: '452 4.5.3 Too many recipients',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  loop: {
    codes: '5.4.6, 554',
    example: '554 5.4.6 Too many hops',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  protocol: {
    codes: '5.5.1, 503',
    example: '503 5.5.1 Bad sequence of commands',
    source: 'https://www.rfc-editor.org/rfc/rfc5321',
  },
  system: {
    codes: '4.3.0, 451',
    example: '451 4.3.0 Temporary lookup failure',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  expired: {
    codes: '4.4.7, 5.4.7',
    example: '550 4.4.7 Message expired',
    source: 'https://www.rfc-editor.org/rfc/rfc3463',
  },
  'handed-to-filter': {
    codes: '-',
    example: 'no answer: a filter took the mail, and it did not come back',
    source: 'https://www.postfix.org/FILTER_README.html',
  },
  refused: {
    codes: '550, 554',
    example: '550 Transaction failed',
    source: 'https://www.rfc-editor.org/rfc/rfc5321',
  },
};
