/**
 * Enhanced status codes `class.subject.detail` in plain words.
 * Source: IANA "SMTP Enhanced Status Codes" registry (RFC 5248); each row names the RFC that defines it.
 * Keys: `x.S.D` for any class, `4.S.D` or `5.S.D` where the class changes the meaning, `x.S` for a subject.
 */
import type { CodeRow, TableSide } from './advice.ts';
import type { Reason } from './reason-words.ts';

/** The registry itself, the source of rows without an RFC of their own. */
export const REGISTRY_URL =
  'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml';

const rfc = (n: number): string => `https://www.rfc-editor.org/rfc/rfc${n}`;

function row(
  side: TableSide,
  reason: Reason | undefined,
  meaning: string,
  todo: string,
  source: string = rfc(3463),
  ownTodo?: string,
): CodeRow {
  return { meaning, side, todo, reason, source, ...(ownTodo === undefined ? {} : { ownTodo }) };
}

const WAIT = 'Wait for the next attempt; if it lasts more than a day, tell the administrator of {domain}.';
const READ = 'Read the exact words of the answer; if they do not help, ask the administrator of {domain}.';
const CHECK_ADDRESS = 'Check the spelling of the address, or remove it from the address book.';
const LOGIN = 'Check user name, password and the login settings of the mail program.';

/** Rows by exact code; look up `class.S.D` first, then `x.S.D`. */
export const ENHANCED_CODES: ReadonlyMap<string, CodeRow> = new Map([
  ['x.1.0', row('sender', 'bad-address', 'Something is wrong with an address of the mail.', CHECK_ADDRESS)],
  ['x.1.1', row('sender', 'user-unknown', 'The address does not exist at {domain}.', CHECK_ADDRESS)],
  [
    'x.1.2',
    row(
      'sender',
      'dns',
      'The domain {domain} does not exist or takes no mail.',
      'Check the spelling of the domain, then its MX record.',
    ),
  ],
  [
    'x.1.3',
    row(
      'sender',
      'bad-address',
      "The recipient's address is not written as a mail address must be.",
      'Correct the address and send the mail again.',
    ),
  ],
  [
    'x.1.4',
    row(
      'sender',
      'bad-address',
      'The address fits more than one mailbox at {domain}.',
      'Use the full address of the recipient.',
    ),
  ],
  ['2.1.5', row('nobody', undefined, 'The address is valid and was accepted.', 'Nothing needs to be done.')],
  ['x.1.5', row('nobody', undefined, 'The address is valid.', 'Nothing needs to be done.')],
  [
    'x.1.6',
    row(
      'sender',
      'mailbox-moved',
      'The mailbox has moved and leaves no forwarding address.',
      'Ask the recipient for the new address.',
    ),
  ],
  [
    'x.1.7',
    row(
      'sender',
      'bad-sender',
      "The sender's address is not written as a mail address must be.",
      "Correct the sender's address in the program that sent the mail.",
    ),
  ],
  [
    'x.1.8',
    row(
      'sender',
      'bad-sender',
      "The domain of the sender's address does not exist or cannot take mail.",
      "Check the sender's address and that its domain has an MX or address record.",
    ),
  ],
  [
    'x.1.9',
    row(
      'nobody',
      undefined,
      'The mail went on to a system that cannot report on its delivery.',
      'Nothing needs to be done.',
      rfc(3886),
    ),
  ],
  [
    'x.1.10',
    row(
      'sender',
      'dns',
      'The domain {domain} says in DNS that it takes no mail at all.',
      'Correct the address; nobody at this domain can get mail.',
      rfc(7505),
    ),
  ],
  ['x.2.0', row('recipient', 'refused', "The recipient's mailbox has a problem that was not named.", READ)],
  [
    'x.2.1',
    row(
      'recipient',
      'mailbox-disabled',
      "The recipient's mailbox is switched off.",
      'Reach the recipient by other means and ask whether the address is still in use.',
    ),
  ],
  [
    '4.2.1',
    row(
      'recipient',
      'mailbox-disabled',
      "The recipient's mailbox takes no mail at present.",
      'Wait for the next attempt, or reach the recipient by other means.',
    ),
  ],
  [
    'x.2.2',
    row(
      'recipient',
      'mailbox-full',
      "The recipient's mailbox is full.",
      'Ask the recipient by other means to make room, then send the mail again.',
    ),
  ],
  [
    'x.2.3',
    row(
      'sender',
      'too-big',
      "The mail is larger than the recipient's mailbox accepts.",
      'Make the attachments smaller or send a link to them.',
    ),
  ],
  [
    'x.2.4',
    row(
      'receiving-server',
      'system',
      'The recipient is a list, and its members could not be worked out.',
      'Tell the owner of the list.',
    ),
  ],
  ['x.3.0', row('receiving-server', 'system', 'The mail system of {domain} has a technical problem.', WAIT)],
  ['x.3.1', row('receiving-server', 'system', 'The mail system of {domain} has no room left to store mail.', WAIT)],
  ['x.3.2', row('receiving-server', 'system', 'The mail system of {domain} takes no mail at present.', WAIT)],
  [
    'x.3.3',
    row('receiving-server', 'system', 'The mail system of {domain} cannot do something that this mail needs.', READ),
  ],
  [
    'x.3.4',
    row(
      'sender',
      'too-big',
      'The mail is larger than {domain} accepts.',
      'Make the attachments smaller or send a link to them.',
    ),
  ],
  [
    'x.3.5',
    row(
      'receiving-server',
      'system',
      'The mail system of {domain} is set up wrongly.',
      'Tell the administrator of {domain}.',
    ),
  ],
  [
    'x.3.6',
    row(
      'nobody',
      undefined,
      'The mail was accepted with another priority than asked for.',
      'Nothing needs to be done.',
      rfc(6710),
    ),
  ],
  [
    'x.4.0',
    row(
      'network',
      'network',
      'The mail server of {domain} could not be reached.',
      'Test the connection to its port 25, then wait for the next attempt.',
    ),
  ],
  [
    'x.4.1',
    row(
      'network',
      'network',
      'The mail server of {domain} does not answer.',
      'Test whether its port 25 answers; if it does not, tell the administrator of {domain}.',
    ),
  ],
  [
    'x.4.2',
    row(
      'network',
      'network',
      'The connection to {domain} broke during the transfer.',
      'Wait for the next attempt; if it happens each time, check the firewalls between the servers.',
    ),
  ],
  [
    'x.4.3',
    row(
      'network',
      'dns',
      'A name server or directory that is needed did not answer.',
      'Check the name servers that the mail server asks.',
    ),
  ],
  [
    'x.4.4',
    row(
      'sender',
      'dns',
      'No way to the mail server of {domain} could be found.',
      'Check the spelling of the domain, then its MX record.',
    ),
  ],
  ['x.4.5', row('receiving-server', 'rate-limited', 'The mail system of {domain} is overloaded.', WAIT)],
  [
    'x.4.6',
    row(
      'receiving-server',
      'loop',
      'The mail went round in a circle between servers.',
      'Tell the administrator of {domain}: a forwarding rule or MX record leads back to an earlier server.',
      rfc(3463),
      'Look for forwarding rules or MX records that lead back to an earlier server.',
    ),
  ],
  [
    'x.4.7',
    row(
      'network',
      'expired',
      'The mail could not be delivered in the time allowed, so the server gave up.',
      'Look at the earlier attempts for the cause, then send the mail again.',
    ),
  ],
  ['x.5.0', row('sending-server', 'protocol', 'The two servers did not understand each other.', READ)],
  [
    'x.5.1',
    row(
      'sending-server',
      'protocol',
      'One server sent a command that the other does not allow at that point.',
      'Check firewalls and filters between the servers that change mail traffic.',
    ),
  ],
  [
    'x.5.2',
    row(
      'sending-server',
      'protocol',
      'One server sent a command that the other could not read.',
      'Check the addresses of the mail for odd characters, and the software that sent it.',
    ),
  ],
  [
    'x.5.3',
    row(
      'sender',
      'too-many-recipients',
      'The mail has more recipients than {domain} accepts at once.',
      'Send the mail to fewer recipients at a time.',
    ),
  ],
  [
    'x.5.4',
    row('sending-server', 'protocol', 'One server sent a command with details that the other does not accept.', READ),
  ],
  [
    'x.5.5',
    row(
      'sending-server',
      'protocol',
      'The two servers use versions of the mail protocol that do not fit.',
      'Update the software of the older server.',
    ),
  ],
  ['x.5.6', row('sender', 'login-failed', 'The login data that the mail program sent are too long.', LOGIN, rfc(4954))],
  ['x.6.0', row('sender', 'content', 'The content of the mail is not accepted.', READ)],
  [
    'x.6.1',
    row(
      'sender',
      'content',
      'The kind of content of the mail is not supported at {domain}.',
      'Send the content in another form.',
    ),
  ],
  [
    'x.6.2',
    row(
      'sender',
      'content',
      'The content would have to be converted on the way, and that is not allowed.',
      'Send the content in another form.',
    ),
  ],
  [
    'x.6.3',
    row(
      'sender',
      'content',
      'The content would have to be converted on the way, and no server can do it.',
      'Send the content in another form.',
    ),
  ],
  [
    'x.6.4',
    row(
      'nobody',
      undefined,
      'The content was converted on the way and lost some of its form.',
      'Nothing needs to be done.',
    ),
  ],
  [
    'x.6.5',
    row('sender', 'content', 'The content could not be converted on the way.', 'Send the content in another form.'),
  ],
  [
    'x.6.6',
    row(
      'sender',
      'content',
      'A stored part that the mail refers to could not be fetched.',
      'Send the mail again with the part in it.',
      rfc(4468),
    ),
  ],
  [
    'x.6.7',
    row(
      'sender',
      'content',
      'An address holds letters outside ASCII, and {domain} does not allow that.',
      'Use a plain ASCII form of the address.',
      rfc(6531),
    ),
  ],
  [
    'x.6.8',
    row(
      'sending-server',
      'content',
      'The answer needs letters outside ASCII, and the sending server did not allow them.',
      'Use a plain ASCII form of the address.',
      rfc(6531),
    ),
  ],
  [
    'x.6.9',
    row(
      'sender',
      'content',
      'The mail has headers with letters outside ASCII, and {domain} cannot take them.',
      'Send the mail with plain ASCII addresses and headers.',
      rfc(6531),
    ),
  ],
  [
    'x.6.10',
    row(
      'sending-server',
      'content',
      'The answer needs letters outside ASCII, and the sending server did not allow them.',
      'Use a plain ASCII form of the address.',
      rfc(6531),
    ),
  ],
  ['x.7.0', row('receiving-server', 'policy', 'A security rule of {domain} does not allow this mail.', READ)],
  ['4.7.0', row('receiving-server', 'policy', 'A security rule of {domain} does not allow this mail for now.', READ)],
  ['x.7.1', row('receiving-server', 'policy', 'A rule of {domain} does not allow this mail.', READ)],
  ['4.7.1', row('receiving-server', 'policy', 'A rule of {domain} does not allow this mail for now.', READ)],
  [
    'x.7.2',
    row(
      'sender',
      'policy',
      'The sender is not allowed to write to this list.',
      'Ask the owner of the list for permission.',
    ),
  ],
  [
    'x.7.3',
    row(
      'sending-server',
      'tls',
      'The security that the mail asks for cannot be kept on the way on.',
      'Check the encryption settings of both servers.',
    ),
  ],
  [
    'x.7.4',
    row(
      'receiving-server',
      'tls',
      'The security that the mail asks for is not offered at {domain}.',
      'Ask the administrator of {domain} which encryption and login methods are offered.',
    ),
  ],
  [
    'x.7.5',
    row(
      'receiving-server',
      'tls',
      'A check of encryption or keys failed.',
      'Tell the administrator of {domain}; the certificates and keys of both servers must be checked.',
    ),
  ],
  [
    'x.7.6',
    row(
      'sending-server',
      'tls',
      'The encryption method that the mail uses is not supported at {domain}.',
      'Use another encryption method.',
    ),
  ],
  [
    'x.7.7',
    row(
      'network',
      'content',
      'The mail was damaged or changed on the way.',
      'Send the mail again; if it happens each time, check filters that change mail.',
    ),
  ],
  ['x.7.8', row('sender', 'login-failed', 'User name or password is wrong.', LOGIN, rfc(4954))],
  [
    'x.7.9',
    row(
      'sender',
      'login-failed',
      'The login method is too weak for this account.',
      'Choose a stronger login method in the mail program.',
      rfc(4954),
    ),
  ],
  [
    'x.7.10',
    row(
      'sender',
      'tls',
      'The server demands an encrypted connection.',
      'Turn on TLS (STARTTLS) in the sending program.',
      rfc(5248),
    ),
  ],
  [
    'x.7.11',
    row(
      'sender',
      'tls',
      'The server allows this login only over an encrypted connection.',
      'Turn on TLS (STARTTLS) in the sending program.',
      rfc(4954),
    ),
  ],
  [
    'x.7.12',
    row(
      'sender',
      'login-failed',
      'The account must log in once with its password before this login method works.',
      LOGIN,
      rfc(4954),
    ),
  ],
  [
    'x.7.13',
    row(
      'sender',
      'login-failed',
      'The account that logged in is switched off.',
      'Ask the administrator of the sending server about the account.',
      rfc(5248),
    ),
  ],
  [
    'x.7.14',
    row(
      'sending-server',
      'login-failed',
      'The server demands an agreement with another server that does not exist.',
      READ,
      rfc(5248),
    ),
  ],
  [
    'x.7.15',
    row(
      'sender',
      'policy',
      'The priority of the mail is too low to be taken now.',
      'Wait, or send the mail with a higher priority.',
      rfc(6710),
    ),
  ],
  ['x.7.16', row('sender', 'too-big', 'The mail is too large for its priority.', 'Make the mail smaller.', rfc(6710))],
  [
    'x.7.17',
    row(
      'sender',
      'user-unknown',
      'The mailbox now belongs to somebody else than the sender expects.',
      'Ask the recipient for the new address.',
      rfc(7293),
    ),
  ],
  [
    'x.7.18',
    row(
      'sender',
      'dns',
      'The domain {domain} now belongs to somebody else than the sender expects.',
      'Ask the recipient for the new address.',
      rfc(7293),
    ),
  ],
  [
    'x.7.19',
    row(
      'receiving-server',
      'system',
      'The server could not check who owns the mailbox, as the sender demands.',
      WAIT,
      rfc(7293),
    ),
  ],
  [
    'x.7.20',
    row(
      'sending-server',
      'auth-failed',
      'The mail has no valid DKIM signature.',
      'Check that the sending server signs mail and that the key in DNS is right.',
      rfc(7372),
    ),
  ],
  [
    'x.7.21',
    row(
      'sending-server',
      'auth-failed',
      'The mail has no DKIM signature that {domain} accepts.',
      'Check which domain and key the sending server signs with.',
      rfc(7372),
    ),
  ],
  [
    'x.7.22',
    row(
      'sending-server',
      'auth-failed',
      'No valid DKIM signature belongs to the domain in the From line.',
      'Sign the mail with the domain of the From address.',
      rfc(7372),
    ),
  ],
  [
    'x.7.23',
    row(
      'sending-server',
      'auth-failed',
      "The SPF record of the sender's domain does not allow the sending server.",
      "Add the sending server's address to the SPF record.",
      rfc(7372),
    ),
  ],
  [
    'x.7.24',
    row(
      'sending-server',
      'auth-failed',
      "The SPF record of the sender's domain could not be evaluated.",
      'Check the SPF record for mistakes and the name servers of the domain.',
      rfc(7372),
    ),
  ],
  [
    'x.7.25',
    row(
      'sending-server',
      'reverse-dns',
      "The sending server's address has no valid name (reverse DNS).",
      'Set a PTR record for the sending address and a matching address record for that name.',
      rfc(7372),
    ),
  ],
  [
    'x.7.26',
    row(
      'sending-server',
      'auth-failed',
      'The mail failed several checks of its origin (SPF, DKIM, DMARC).',
      'Make SPF or DKIM pass for the domain of the From address.',
      rfc(7372),
    ),
  ],
  [
    'x.7.27',
    row(
      'sender',
      'bad-sender',
      "The sender's domain says in DNS that it takes no mail, so no answer could reach it.",
      'Use a sender address in a domain that can receive mail.',
      rfc(7505),
    ),
  ],
  [
    'x.7.28',
    row(
      'sending-server',
      'rate-limited',
      'A flood of mail was noticed.',
      'Send more slowly, and look for a misused account.',
      REGISTRY_URL,
    ),
  ],
  [
    'x.7.29',
    row(
      'sending-server',
      'auth-failed',
      'The record of earlier checks (ARC) that came with the mail is not valid.',
      'Check the forwarding server that adds ARC headers.',
      rfc(8617),
    ),
  ],
  [
    'x.7.30',
    row(
      'sender',
      'tls',
      'The mail demands encryption all the way, and {domain} does not support that.',
      'Send the mail without that demand, or by another way.',
      rfc(8689),
    ),
  ],
]);

/** Rows by subject, for details that the registry does not know; the subject is the second number. */
export const ENHANCED_SUBJECTS: ReadonlyMap<number, CodeRow> = new Map([
  [1, row('sender', 'bad-address', 'Something is wrong with an address of the mail.', CHECK_ADDRESS)],
  [2, row('recipient', 'refused', "The recipient's mailbox has a problem that was not named.", READ)],
  [3, row('receiving-server', 'system', 'The mail system of {domain} has a technical problem.', WAIT)],
  [
    4,
    row(
      'network',
      'network',
      'The mail could not be brought to the mail server of {domain}.',
      'Test the connection to its port 25, then wait for the next attempt.',
    ),
  ],
  [5, row('sending-server', 'protocol', 'The two servers did not understand each other.', READ)],
  [6, row('sender', 'content', 'The content of the mail is not accepted.', READ)],
  [7, row('receiving-server', 'policy', 'A security rule of {domain} does not allow this mail.', READ)],
]);

/** Rows by class, the last resort; the class is the first number. */
export const ENHANCED_CLASSES: ReadonlyMap<number, CodeRow> = new Map([
  [2, row('nobody', undefined, 'The mail was accepted.', 'Nothing needs to be done.')],
  [
    4,
    row(
      'receiving-server',
      'refused',
      'The server refused the mail for now and did not say why in words known here.',
      'Wait: the sending server tries again by itself.',
    ),
  ],
  [
    5,
    row(
      'receiving-server',
      'refused',
      'The server refused the mail for good and did not say why in words known here.',
      READ,
    ),
  ],
]);
