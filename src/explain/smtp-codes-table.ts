/**
 * Basic SMTP reply codes (three digits) in plain words.
 * Source: RFC 5321 section 4.2 and the extensions named in each row.
 */
import type { CodeRow, TableSide } from './advice.ts';
import type { Reason } from './reason-words.ts';

const rfc = (n: number): string => `https://www.rfc-editor.org/rfc/rfc${n}`;

function row(
  side: TableSide,
  reason: Reason | undefined,
  meaning: string,
  todo: string,
  source: string = rfc(5321),
): CodeRow {
  return { meaning, side, todo, reason, source };
}

const NOTHING = 'Nothing needs to be done.';
const WAIT = 'Wait for the next attempt; if it lasts more than a day, tell the administrator of {domain}.';
const READ = 'Read the exact words of the answer, and send them to the administrator of {domain}.';
const LOGIN = 'Check user name, password and the login settings of the mail program.';
const SOFTWARE = 'Check firewalls and filters between the servers, and the software of both.';

/** Rows by reply code, 211 to 556. */
export const SMTP_CODES: ReadonlyMap<string, CodeRow> = new Map([
  ['211', row('nobody', undefined, 'The server tells its state.', NOTHING)],
  ['214', row('nobody', undefined, 'The server gives help.', NOTHING)],
  ['220', row('nobody', undefined, 'The server is ready.', NOTHING)],
  ['221', row('nobody', undefined, 'The server ends the connection as asked.', NOTHING)],
  ['235', row('nobody', undefined, 'The login succeeded.', NOTHING, rfc(4954))],
  ['250', row('nobody', undefined, 'The server accepted it.', NOTHING)],
  ['251', row('nobody', undefined, 'The recipient is elsewhere; the server sends the mail on.', NOTHING)],
  ['252', row('nobody', undefined, 'The server cannot check the address but takes the mail.', NOTHING)],
  ['253', row('nobody', undefined, 'The server has mail waiting and starts to send it.', NOTHING, rfc(1985))],
  ['334', row('nobody', undefined, 'The server asks for the next part of the login.', NOTHING, rfc(4954))],
  ['354', row('nobody', undefined, 'The server waits for the content of the mail.', NOTHING)],
  [
    '421',
    row(
      'receiving-server',
      'system',
      'The mail server of {domain} is not available now and ended the connection.',
      WAIT,
    ),
  ],
  [
    '432',
    row('sender', 'login-failed', 'The account must change its password before this login works.', LOGIN, rfc(4954)),
  ],
  ['450', row('receiving-server', 'refused', "The recipient's mailbox cannot be reached now.", WAIT)],
  ['451', row('receiving-server', 'system', 'The mail server of {domain} met a problem of its own.', WAIT)],
  [
    '452',
    row('receiving-server', 'system', 'The mail server of {domain} has too little room or too many tasks now.', WAIT),
  ],
  ['453', row('nobody', 'refused', 'The server has no mail waiting for this client.', NOTHING, rfc(2645))],
  [
    '454',
    row('receiving-server', 'login-failed', 'Login or encryption does not work at the server now.', WAIT, rfc(4954)),
  ],
  ['455', row('sending-server', 'protocol', 'The server cannot deal with the details of a command now.', WAIT)],
  ['458', row('receiving-server', 'system', 'The server cannot start to send its waiting mail.', WAIT, rfc(1985))],
  [
    '459',
    row('receiving-server', 'policy', 'The server does not send its waiting mail to this client.', READ, rfc(1985)),
  ],
  ['500', row('sending-server', 'protocol', 'The server did not know a command, or it was too long.', SOFTWARE)],
  [
    '501',
    row(
      'sending-server',
      'protocol',
      'The server could not read the details of a command.',
      'Check the addresses of the mail for odd characters, and the software that sent it.',
    ),
  ],
  ['502', row('sending-server', 'protocol', 'The server does not support a command.', SOFTWARE)],
  ['503', row('sending-server', 'protocol', 'Commands came in the wrong order.', SOFTWARE)],
  ['504', row('sending-server', 'protocol', 'The server does not support the details of a command.', SOFTWARE)],
  [
    '521',
    row(
      'sender',
      'dns',
      'This host takes no mail at all.',
      'Check the spelling of the domain, then its MX record.',
      rfc(7504),
    ),
  ],
  [
    '523',
    row(
      'sender',
      'tls',
      'The server demands encryption before this step.',
      'Turn on TLS (STARTTLS) in the sending program.',
      rfc(5248),
    ),
  ],
  [
    '524',
    row(
      'sender',
      'login-failed',
      'The account must log in once with its password before this login works.',
      LOGIN,
      rfc(5248),
    ),
  ],
  [
    '525',
    row(
      'sender',
      'login-failed',
      'The account that logged in is switched off.',
      'Ask the administrator of the sending server about the account.',
      rfc(5248),
    ),
  ],
  [
    '530',
    row(
      'sender',
      'login-failed',
      'The server demands a login or encryption first.',
      'Turn on login and TLS in the sending program.',
      rfc(4954),
    ),
  ],
  [
    '533',
    row(
      'sending-server',
      'login-failed',
      'The server demands an agreement with another server that does not exist.',
      READ,
      rfc(5248),
    ),
  ],
  [
    '534',
    row(
      'sender',
      'login-failed',
      'The login method is too weak for this account.',
      'Choose a stronger login method in the mail program.',
      rfc(4954),
    ),
  ],
  ['535', row('sender', 'login-failed', 'User name or password is wrong.', LOGIN, rfc(4954))],
  [
    '538',
    row(
      'sender',
      'tls',
      'The server allows this login only over an encrypted connection.',
      'Turn on TLS (STARTTLS) in the sending program.',
      rfc(4954),
    ),
  ],
  [
    '550',
    row(
      'receiving-server',
      'refused',
      '{domain} refused the mail: the mailbox does not exist or a rule forbids it.',
      READ,
    ),
  ],
  [
    '551',
    row('sender', 'mailbox-moved', 'The recipient is not at this server.', 'Ask the recipient for the right address.'),
  ],
  [
    '552',
    row(
      'recipient',
      'mailbox-full',
      'The mail needs more room than the recipient has left.',
      'Ask the recipient to make room, or send a smaller mail.',
    ),
  ],
  [
    '553',
    row(
      'sender',
      'bad-address',
      'An address of the mail is not allowed at {domain}.',
      'Check the addresses of the sender and the recipient.',
    ),
  ],
  ['554', row('receiving-server', 'refused', '{domain} refused the mail.', READ)],
  ['555', row('sending-server', 'protocol', 'The server does not know the details given with an address.', SOFTWARE)],
  [
    '556',
    row(
      'sender',
      'dns',
      "The recipient's domain takes no mail.",
      'Check the spelling of the domain; nobody there can get mail if it is right.',
      rfc(7504),
    ),
  ],
]);
