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
