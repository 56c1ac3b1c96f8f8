/**
 * What the same causes are called by the many servers that no page documents: less common words, tried after all others that
 * name a cause, so that no documented text is read by them.
 * Source: collections of bounces that people published, with the reason that their readers found for each; the words of
 * each row stand in them.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const SISIMAI = 'https://github.com/sisimai/go-sisimai/tree/main/reason';

const OF_RECIPIENTS = rowsOf('any', SISIMAI, [
  [
    'other-unknown',
    'user-unknown',
    [
      '#0.0.0 bad address',
      'address invalid',
      'mailbox invalid',
      'not present in directory',
      'mailbox not present',
      "can't accept user",
      'no one at this address',
      'nobody here by that name',
      'mailbox unavaiable',
      'account unavailable',
      'my validrcptto',
      'badrcptto',
      'badrecipientto',
      'missing home directory',
      'unknown virtual user',
      'recipient is not local',
      'recipient not exist',
      'recipient not ok',
      'recipient is not accepted',
      'invalid-recipient',
      'userunknown',
      'in name directory',
      'addresses were unknown',
      'server rejected recipients',
      'address could not be found',
      'address~could not be found',
      "address~couldn't be found",
      'name is not found',
      'recipients was undeliverable',
      'recipient refuses to accept',
      'recipient has been denied',
      'e-mail address unknown',
      'unknown e-mail address',
      'unknown email address',
      'user*was not found',
      'user*not found',
      'recipient*was not found',
      'recipient @ not found',
      'user @ unknown',
      'recipient notfound',
      'nessun utente simile',
      'no existe ese usuario',
      'no existe dicha persona',
      'not currently in service',
    ],
    '550 There is no one at this address',
  ],
  [
    'other-disabled',
    'mailbox-disabled',
    [
      'is currently suspended',
      'inactive account',
      'inactive user',
      'user is terminated',
      'suspend the service',
      'user not active',
      'user is not active',
      'archived recipient',
    ],
    '550 invalid/inactive user',
  ],
  [
    'other-full',
    'mailbox-full',
    [
      'not have enough space',
      'not sufficient disk space',
      'not enough disk space',
      'space has been used up',
      'the allowed quota',
      'maximum allowed storage',
      'diskspace quota',
      'exceeding receiving limits',
    ],
    "552 The user's space has been used up",
  ],
  [
    'other-big',
    'too-big',
    ['maximum inbound message size', 'taille limite du message', 'message size limit'],
    '552 Exceeded maximum inbound message size',
  ],
]);

const OF_ORIGIN = rowsOf('any', SISIMAI, [
  [
    'dynamic-range',
    'policy',
    ['dynamic ip', 'use the smtp server of your isp', 'not currently accepting mail from your ip'],
    '550 We do not accept mail from dynamic IPs',
    {
      meaning: 'The server takes no mail from addresses that are meant for homes or that it does not know.',
      side: 'sending-server',
      todo: "Send through the provider's mail server, or from a fixed address with a reverse DNS name of its own.",
    },
  ],
  [
    'other-listed',
    'blocklist',
    ['open proxy', 'open relay', 'listed as abusive', ' rbl on ', 'bad sender ip', 'see*orbs'],
    '550 Server IP 192.0.2.25 listed as abusive',
  ],
  [
    'other-reputation',
    'reputation',
    ['bad ip profile', 'suspiciously like spammer', 'too many unwanted messages have been sent'],
    '550 Sorry, your remotehost looks suspiciously like spammer',
  ],
  [
    'greeting-refused',
    'policy',
    ['esmtp not accepting connections', 'sender ip address rejected', 'ip*has been rejected', 'go away'],
    '554 mx.example.net ESMTP not accepting connections',
    {
      meaning: 'The server takes no connection from the sending server.',
      side: 'sending-server',
      todo: 'Look for misuse and block list entries of the sending address, then ask the administrator of {domain}.',
    },
  ],
  [
    'other-reverse',
    'reverse-dns',
    [
      'reverse dns name',
      'ptr record',
      'ptr-record',
      'forward dns entry',
      'cannot resolve your address',
      'relay host name',
    ],
    '550 please get a custom reverse DNS name from your ISP for your host',
  ],
  [
    'other-relay',
    'relay-denied',
    ['as a relay', "we don't handle mail for", 'not local host', 'relaying mail to', 'send to a non-local'],
    "550 We don't handle mail for example.net",
  ],
  [
    'other-login',
    'login-failed',
    ['authentication turned on', 'authentification invalide', 'authentification requise'],
    '550 Authentification requise',
  ],
  ['dead-domain', 'bad-sender', ['is a dead domain'], '550 domain example.com is a dead domain'],
]);

const OF_WAYS = rowsOf('any', SISIMAI, [
  [
    'other-dns',
    'dns',
    [
      'recipient domain must exist',
      'unknown domain name',
      'mentioned in email address is unknown',
      'dns records for the destination computer could not be found',
      'unable to resolve route',
    ],
    '553 recipient domain must exist',
  ],
  [
    'other-loop',
    'loop',
    ['forwarding loop', 'loop count exceeded', 'duplicated message-id'],
    '554 maximum forwarding loop count exceeded',
  ],
  [
    'other-content',
    'content',
    [
      'invalid mime headers',
      '8-bit data in message header',
      'improperly-formatted',
      'header is missing or invalid',
      'maximum allowed line length',
      'base64 encoding',
      'rfcmessagenoncompliant',
    ],
    '550 This message contain invalid MIME headers',
  ],
  [
    'list-refused',
    'policy',
    [
      'closed mailing list',
      'members-only list',
      'not subscribed to this group',
      'not subscribed~group',
      'not subscribed~list',
      'not a member of this mailing list',
      'not allowed to post to this',
    ],
    'You are not a member of this mailing list',
    {
      meaning: 'The mailing list takes mail only of its members or of those whom its owner allows.',
      side: 'sender',
      todo: 'Subscribe with the address that sends, or ask the owner of the list.',
      source: 'https://gitlab.com/mailman/mailman/-/tree/master/src/mailman/templates/en',
    },
  ],
  [
    'other-rate',
    'rate-limited',
    ['try again slower', 'too many smtp sessions', 'without solving a captcha'],
    '450 Please try again slower',
  ],
  [
    'other-expired',
    'expired',
    ['delivery expired', 'after a long failure period', 'after multiple retries'],
    'retry time not reached for any host after a long failure period',
    { weak: true },
  ],
  ['other-room', 'system', ['mail system full'], '431 The mail system full'],
  [
    'other-not-exist',
    'user-unknown',
    ['does not exist', "doesn't exist", 'mailbox is unavailable', 'recipient rejected'],
    '550 This spectator does not exist',
    { weak: true, codes: ['550', '551', '553', '554', '5.1.1'] },
  ],
  ['other-suspended', 'mailbox-disabled', ['has been suspended'], '550 bob has been suspended', { weak: true }],
]);

export const OTHER_ROWS: readonly TextRow[] = [...OF_RECIPIENTS, ...OF_ORIGIN, ...OF_WAYS];
