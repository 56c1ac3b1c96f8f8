/**
 * Texts of mailbox providers of Europe: United Internet (GMX, WEB.DE, IONOS), T-Online, Orange, La Poste, Free, SFR, Libero,
 * Seznam, Mail.ru, Yandex and others.
 * Source: the postmaster page in each row; where a provider has none, a page that shows the answer.
 */
import type { TextRow } from '../advice.ts';
import { rowsOf } from './row.ts';

const SLOW = 'Send more slowly, with fewer connections, and look for a misused account if the amount is not usual.';

export const EUROPEAN_ROWS: readonly TextRow[] = [
  ...rowsOf('GMX, WEB.DE, IONOS', 'https://postmaster.gmx.net/en/error-messages', [
    [
      'gmx-listed',
      'blocklist',
      ['ip address is block listed', 'ip address is black listed'],
      '554-gmx.net (mxgmx104) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is block listed.',
    ],
    [
      'gmx-ptr',
      'reverse-dns',
      ['bad dns ptr resource record', 'invalid dns ptr resource record', 'ptr resource record'],
      '554-kundenserver.de (mxeue110) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record.',
    ],
    [
      'gmx-spf',
      'auth-failed',
      ['reject due to spf policy'],
      '550-Reject due to SPF policy. 550 The originating IP of the message is not permitted by the domain owner',
    ],
    [
      'gmx-policy',
      'policy',
      ['reject due to policy restrictions', 'reject due to policy violations'],
      '554-Transaction failed 554-Reject due to policy restrictions.',
    ],
    [
      'gmx-sender-syntax',
      'bad-sender',
      [
        'invalid dns mx resource record',
        'invalid dns a/aaaa resource record',
        'invalid dns mx or a/aaaa resource record',
        'sender address is not allowed',
      ],
      '550-Requested action not taken: mailbox unavailable 550-Invalid DNS MX resource record.',
    ],
    [
      'gmx-no-service',
      'policy',
      ['no smtp service'],
      '554-gmx.net (mxgmx010) Nemesis ESMTP Service not available 554-No SMTP service',
      { weak: true },
    ],
  ]),
  ...rowsOf('T-Online', 'https://postmaster.t-online.de/index.en.html', [
    [
      't-online-reputation',
      'reputation',
      ['none/bad reputation', 'postmaster for help or to contact', 'rx.t-online.de'],
      '554 IP=192.0.2.1 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset. (NOWL)',
      {
        source: 'https://timmehosting.de/leitfaden-wenn-t-online-e-mails-blockiert-ursachen-und-loesungen',
        todo: "Meet section 4.1 of T-Online's rules (a name that leads to a website with an address), then write to the address in the answer.",
      },
    ],
    [
      't-online-dialup',
      'policy',
      ['dialup/transient ip not allowed', 'a dialup/transient ip'],
      '554 IP=192.0.2.1 - Dialup/transient IP not allowed. Use a mailgateway/smarthost instead.',
      {
        side: 'sending-server',
        todo: "Send through the provider's mail server, or meet section 4.1 of T-Online's rules and ask to be let in.",
        source: 'https://help.creoline.com/de/doc/t-online-554-dialuptransient-ip-not-allowed-zVwMz4z866',
      },
    ],
  ]),
  ...rowsOf('Orange', 'https://postmaster.orange.fr/', [
    [
      'orange-connections',
      'rate-limited',
      ['trop de connexions', 'too many connections, slow down', 'ofr_104', 'lpn_104'],
      '421 opmta1mti02nd1 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]',
      { todo: SLOW },
    ],
    [
      'orange-spamming',
      'blocklist',
      [
        'client host blocked for spamming',
        'adresse ip source bloquee',
        'bloquee pour incident de spam',
        'ofr_102',
        'lpn_102',
      ],
      '554 opmta1mti20nd1 ME Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues. OFR006_102',
    ],
    [
      'orange-recipient',
      'user-unknown',
      ['adresse d au moins un destinataire invalide', 'adresse d au moins*destinataire', 'ofr_416', 'lpn_416'],
      '550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]',
    ],
    [
      'orange-full',
      'mailbox-full',
      [
        'boite du destinataire pleine',
        "boite d'un destinataire pleine",
        'quota*destinataire depasse',
        'ofr_417',
        'lpn_417',
      ],
      '552 5.2.2 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]',
    ],
    [
      'orange-closed',
      'mailbox-disabled',
      [
        'boite du destinataire archivee',
        'archived recipient',
        'boite du destinataire suspendue',
        'ofr_420',
        'lpn_420',
        'ofr_426',
        'lpn_426',
      ],
      '550 5.2.1 Boite du destinataire archivee. Archived recipient. OFR_420 [420]',
    ],
    [
      'orange-refused-mail',
      'spam',
      ['mail rejete. mail rejected', 'ofr_506', 'lpn_506'],
      '550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]',
    ],
    [
      'orange-service',
      'reputation',
      ['service refuse. veuillez essayer plus tard', 'service refused, please try later'],
      '421 mwinf5c04 ME Service refuse. Veuillez essayer plus tard. service refused, please try later. OFR004_105',
    ],
    [
      'orange-sender',
      'bad-sender',
      ['emetteur invalide', 'expediteur invalide', 'domaine de l emetteur', 'adresse email expediteur'],
      '550 5.1.0 Emetteur invalide. Invalid Sender. OFR_405 [405]',
    ],
  ]),
  ...rowsOf('Free', 'https://postmaster.free.fr/', [
    [
      'free-spam',
      'reputation',
      ['too many spams from your ip'],
      '421 Too many spams from your IP (192.0.2.1), please visit http://postmaster.free.fr/',
    ],
    [
      'free-mails',
      'rate-limited',
      ['too many mails from your ip', 'too many errors from your ip', 'too many connections from your ip'],
      '451 too many errors from your ip (192.0.2.1), please visit http://postmaster.free.fr/',
    ],
  ]),
  ...rowsOf('Mail.ru', 'https://help.mail.ru/developers/mailing_rules/smtp_errors/', [
    [
      'mailru-spam',
      'spam',
      ['spam message rejected', 'your message contains suspicious', 'message looks like spam'],
      '550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abcdef',
    ],
    [
      'mailru-disabled',
      'mailbox-disabled',
      ['is unavailable: account is disabled', 'mailbox*blocked for inactivity'],
      '550 Message was not accepted -- Local mailbox bob@mail.ru is unavailable: account is disabled',
    ],
    [
      'mailru-recipient',
      'user-unknown',
      [
        'message was not accepted -- invalid mailbox',
        'invalid mailbox. local mailbox',
        'local mailbox*is unavailable: user not found',
      ],
      '550 Message was not accepted -- invalid mailbox. Local mailbox bob@mail.ru is unavailable: user not found',
    ],
    [
      'mailru-dmarc',
      'auth-failed',
      ['was not accepted due to domain owner dmarc policy'],
      '550 5.7.1 This message was not accepted due to domain owner DMARC policy (RFC 7489) https://help.mail.ru/mail-help/postmaster/dmarc',
    ],
    [
      'mailru-host',
      'blocklist',
      ['access from ip address*blocked'],
      '550 Access from ip address 192.0.2.1 blocked. Visit http://help.mail.ru/notspam-support/ip?c=abc',
    ],
  ]),
  ...rowsOf('Yandex', 'https://yandex.com/support/mail/bounces/', [
    [
      'yandex-spam',
      'spam',
      ['message rejected under suspicion of spam'],
      '554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1234567890-abcdef',
    ],
    [
      'yandex-statistics',
      'blocklist',
      ['blocked by spam statistics'],
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked by spam statistics - see https://feedback.yandex.com',
    ],
    [
      'yandex-policy',
      'mailbox-disabled',
      ['policy rejection on the target address'],
      '550 5.7.1 Policy rejection on the target address',
      {
        source: 'https://yandex.com/support/mail/bounces/yandex/policy-rejection-on-the-target-address.html?lang=en',
        meaning: "Yandex closed the recipient's account because its owner broke the user agreement.",
      },
    ],
    ['yandex-full', 'mailbox-full', ['mailbox size limit exceeded'], '552 5.2.2 Mailbox size limit exceeded'],
    [
      'yandex-sender',
      'bad-sender',
      ['sender address rejected: not owned by auth user'],
      '553 5.7.1 Sender address rejected: not owned by auth user.',
    ],
    [
      'yandex-callout',
      'bad-sender',
      ['callout verification failed', 'sender verification failed'],
      '550 Callout verification failed',
    ],
    [
      'yandex-no-mailbox',
      'user-unknown',
      ['no such user!', 'rcpt to no mailbox', 'non-local recipient verification failed'],
      '550 5.7.1 No such user!',
    ],
  ]),
  ...rowsOf('Seznam', 'https://o-seznam.cz/napoveda/email/', [
    [
      'seznam-spam',
      'spam',
      ['mail appears to be unsolicited', 'email byl oznacen jako spam'],
      '554 5.7.1 mail appears to be unsolicited - send error reports to postmaster',
    ],
  ]),
  ...rowsOf('Strato', 'https://www.strato.de/faq/mail/', [
    [
      'strato-content',
      'spam',
      ['no spam please! (b-'],
      '554 5.7.1 Refused by local policy. No SPAM please! (B-EX 49.34)',
      {
        meaning: "Strato's filter found links, words or an attachment in the mail that it takes for spam or a virus.",
        todo: 'Look at the links, the words and the attachments of the mail, and send it without them.',
      },
    ],
    [
      'strato-words',
      'spam',
      ['b-url', 'b-text'],
      '554 5.7.1 B-URL',
      { wholeWords: true, source: 'https://www.strato.de/faq/mail/fehlermeldungen-bei-e-mails/' },
    ],
    [
      'strato-refused',
      'policy',
      ['refused by local policy. no spam please'],
      '554 5.7.1 Refused by local policy. No SPAM please!',
      { todo: 'Ask the recipient to write to the support of Strato, and look at the content and links of the mail.' },
    ],
  ]),
];
