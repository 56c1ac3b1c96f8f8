/**
 * What servers say in words of their own: the thing that is spoken of and what is wrong with it, a few words from each
 * other and in whichever order. General words: an exact code that names a cause goes before them.
 * Source: the subjects and details of RFC 3463 sections 3.2 to 3.8 and the replies of RFC 5321 section 4.2.3, each row by what
 *         it is about; the words are those of answers that no page documents.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

/** `things` x `faults`, each pair near each other. */
function pairs(things: readonly string[], faults: readonly string[]): string[] {
  return things.flatMap((thing) => faults.map((fault) => `${thing}~${fault}`));
}

const MESSAGES = ['message', 'mail', 'attachment', 'file', 'body', 'data'];
const SIZES = ['size', 'length'];
const HOLDERS = ['user', 'mailbox', 'account', 'mail box', 'inbox'];
const QUOTAS = ['quota', 'storage', 'space'];
const PEOPLE = [
  'recipient',
  'rcpt',
  'user',
  'userid',
  'mailbox',
  'account',
  'addressee',
  'adressee',
  'rcptto',
  'address',
];
const NOT_THERE = [
  'unknown',
  'unknowns',
  'not known',
  'not exist',
  'not exists',
  'nonexistent',
  'non-existent',
  'invalid',
  'not found',
  'not valid',
  'not recognized',
  'not recognised',
  'unavailable',
  'not available',
];
const SENDERS = ['sender', 'mail from', 'from address', 'envelope from'];

const SIZE = rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc3463', [
  [
    'near-too-big',
    'too-big',
    [
      ...pairs(MESSAGES, ['too long', 'too big', 'too large']),
      ...pairs(SIZES, ['exceed', 'violation', 'maximum threshold', 'over the limit']),
      ...pairs(['exceed'], ['message size', 'mail size', 'size limit']),
    ],
    '550 Message Size Violation',
    { weak: true },
  ],
  [
    'near-too-many-recipients',
    'too-many-recipients',
    [
      ...pairs(['too many', 'number of', 'numbers of'], ['recipients', 'rcpt', 'rcpts', 'addressees']),
      ...pairs(['rcpt', 'recipient'], ['numbers', 'number exceed', 'count exceed']),
    ],
    '452 the number of recipients exceeds what is allowed',
    { weak: true },
  ],
]);

const RECIPIENTS = rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc3463', [
  [
    'near-full',
    'mailbox-full',
    [
      ...pairs(HOLDERS, ['is full', 'full', 'over quota', 'out of space']),
      'user has exceeded',
      ...pairs(QUOTAS, ['exceed', 'full', 'reached', 'used up']),
      ...pairs(
        ['exceed', 'exceeds', 'exceeded', 'exceeding', 'over', 'not enough', 'insufficient'],
        ['quota', 'mailbox space'],
      ),
    ],
    '550 quota of this person is used up',
    { weak: true, wholeWords: true },
  ],
  [
    'near-disabled',
    'mailbox-disabled',
    [
      ...pairs(HOLDERS, [
        'locked',
        'frozen',
        'hangup',
        'terminated',
        'cancelled',
        'canceled',
        'deactivated',
        'disabled',
        'stopped',
        'barred',
        'deaktiviert',
      ]),
      ...pairs(
        ['usuario', 'cuenta', 'konto', 'indirizzo', 'casella'],
        ['inactivo', 'inactiva', 'zablokowane', 'nieaktywne', 'bloccato'],
      ),
    ],
    '550 user is locked.',
    { weak: true, wholeWords: true },
  ],
  [
    'near-unknown',
    'user-unknown',
    [
      ...pairs(PEOPLE, NOT_THERE),
      ...pairs(['unknown', 'invalid', 'bad', 'no such', 'not a valid', 'no one with that'], PEOPLE),
      'address_not_found',
      'no such mail drop',
      'not found in ldap',
      'adressat unbekannt',
      'destinatario errato',
      'sconosciuto',
    ],
    '550 rcpt invalid',
    {
      weak: true,
      wholeWords: true,
      codes: ['550', '551', '553', '554', '557', '559', '5.0.0', '5.1.0', '5.1.1', '5.7.1'],
    },
  ],
]);

const OF_SENDERS = rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc3463', [
  [
    'near-sender',
    'bad-sender',
    [
      ...pairs(SENDERS, [
        'invalid',
        'not valid',
        'unvalidated',
        'not exist',
        'unverified',
        'not verified',
        'not found',
        'unknown',
      ]),
      ...pairs(['sender domain', "sender's domain", 'from domain'], ['not exist', 'not found', 'invalid']),
      ...pairs(['from:'], ['invalid', 'not valid']),
      ...pairs(
        ['invalid', 'unknown', 'fake', 'forged', 'unroutable', 'unrouteable'],
        ['sender', 'mail from', 'from address'],
      ),
    ],
    '550 the envelope from address is not valid',
    { weak: true },
  ],
  [
    'near-sender-refused',
    'policy',
    [
      ...pairs(
        ['sender', 'your domain', 'that domain', 'your address', 'your mail', 'your email'],
        ['rejected', 'denied', 'refused', 'not welcome', 'not accepted', 'banned', 'barred'],
      ),
      ...pairs(
        ['denies', 'denied', 'rejects', 'refuses', 'banned', 'black'],
        ['sender', 'mail address', 'your domain'],
      ),
      'you are banned',
      'denied domain',
      'only registered users',
      'not in approved list',
    ],
    '553 host denies the sender.',
    { weak: true },
  ],
]);

const CONNECTIONS = rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc5321', [
  [
    'near-relay',
    'relay-denied',
    [
      ...pairs(
        ['relay', 'relaying'],
        ['denied', 'rejected', 'prohibited', 'forbidden', 'refused', 'disabled', 'check'],
      ),
      ...pairs(['denies', 'denied', 'rejects', 'no', 'refuses'], ['relay', 'relaying']),
    ],
    '553 relay check domain fail',
    { weak: true, wholeWords: true },
  ],
  [
    'near-helo',
    'bad-helo',
    pairs(
      ['helo', 'ehlo', 'helohost', 'helo host'],
      ['error', 'rejected', 'fail', 'failed', 'invalid', 'denied', 'wrong'],
    ),
    '555 helohost error.',
    { weak: true, wholeWords: true },
  ],
  [
    'near-reverse-dns',
    'reverse-dns',
    pairs(
      ['reverse dns', 'rdns', 'ptr record', 'ptr'],
      ['failed', 'fail', 'missing', 'invalid', 'not found', 'required'],
    ),
    '550 ptr of this name not found',
    { weak: true, wholeWords: true },
  ],
  [
    'near-listed',
    'blocklist',
    [
      ...pairs(
        ['ip', 'ip address', 'your host', 'client host'],
        ['blocked', 'denied', 'banned', 'black', 'listed', 'filtered'],
      ),
      ...pairs(['black', 'blocked', 'banned'], ['ip', 'ip address']),
      'remote ip is forbidden',
      ...pairs(['no access'], ['ip', 'ip address', 'host']),
      ...pairs(['rbl'], ['deny', 'denied', 'rejected', 'reject', 'listed']),
      ...pairs(['listed'], ['rbl', 'dnsbl']),
      ...pairs(['dial-up', 'dynamic', 'dynamic-ip'], ['denied', 'refused', 'rejected', 'not accepted']),
    ],
    '550 this ip address is black',
    { weak: true, wholeWords: true },
  ],
  [
    'near-rate',
    'rate-limited',
    [
      ...pairs(['too many', 'too much'], ['mail', 'mails', 'messages', 'connections', 'emails', 'requests']),
      ...pairs(
        ['send rate', 'submission rate', 'hourly', 'daily', 'frequency', 'sending limit'],
        ['exceeded', 'limited', 'reached'],
      ),
      ...pairs(['exceeded', 'exceeds'], ['per hour', 'per day', 'per minute', 'hourly limit', 'daily limit']),
    ],
    '451 the daily amount is reached',
    { weak: true },
  ],
  [
    'near-dns',
    'dns',
    [
      ...pairs(['dns'], ['error', 'failed', 'fail', 'failure', 'unable']),
      ...pairs(
        ['unable', 'cannot', 'could not'],
        ['lookup dns', 'resolve domain', 'resolve host', 'find domain', 'look up domain'],
      ),
      ...pairs(['host', 'domain', 'mx'], ['not found', 'unresolved', 'not resolved']),
    ],
    '451 mx for this name not resolved',
    { weak: true, wholeWords: true },
  ],
  [
    'near-network',
    'network',
    [
      ...pairs(['connect', 'connection'], ['refused', 'timed out', 'failed']),
      ...pairs(['unable', 'cannot', "can't", 'could not'], ['connect']),
      'communications failure',
      'unreachable',
    ],
    'Unable to deliver the message due to a communications failure',
    { weak: true, wholeWords: true },
  ],
]);

const CONTENTS = rowsOf('any', 'https://www.rfc-editor.org/rfc/rfc3463', [
  [
    'near-spam',
    'spam',
    [
      ...pairs(['rejected', 'blocked', 'refused', 'denied'], ['anti-spam', 'antispam']),
      ...pairs(['anti-spam', 'antispam'], ['rejected', 'blocked', 'refused', 'denied']),
      ...pairs(['looks like', 'considered', 'detected as', 'identified as'], ['spam', 'junk']),
      'message scored~points',
      'system antyspamowy',
      'antyspam',
    ],
    '552 message rejected by anti-spam engine.',
    { weak: true, wholeWords: true },
  ],
  [
    'near-loop',
    'loop',
    ['looping', ...pairs(['message', 'mail'], ['loop', 'loops'])],
    '552 looping message.',
    { weak: true, wholeWords: true },
  ],
  [
    'near-content',
    'content',
    [
      'invalid content',
      'format restriction',
      ...pairs(
        ['content', 'contents', 'macro', 'macros'],
        ['restriction', 'restrictions', 'found', 'denied', 'rejected', 'refused', 'not allowed'],
      ),
    ],
    '550 5.7.1 Message rejected due to content restrictions',
    { weak: true, wholeWords: true },
  ],
  [
    'near-trouble',
    'system',
    [
      'error writing message',
      'busy',
      ...pairs(['could not', 'cannot', 'unable', 'failed'], ['be stored', 'store', 'write message', 'be saved']),
      ...pairs(
        ['queue', 'database', 'backend', 'storage', 'disk'],
        ['unavailable', 'error', 'failed', 'failure', 'busy'],
      ),
    ],
    '450 queue unavailable.',
    { weak: true, wholeWords: true },
  ],
]);

export const NEAR_ROWS: readonly TextRow[] = [...OF_SENDERS, ...SIZE, ...CONTENTS, ...RECIPIENTS, ...CONNECTIONS];
