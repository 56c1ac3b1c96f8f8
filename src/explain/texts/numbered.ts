/**
 * Causes that providers number: Spectrum's `AUP#In-1310`, Orange's `OFR006_102`, La Poste's `LPN007_510` and AOL's `HVU:B1`.
 * Shape:  a text `aup#1310`, `ofr_102`, `lpn_510` stands for the number in whatever form the answer has it (numberedCause).
 * Source: Spectrum's page of error codes, and Orange's and La Poste's, as Sisimai quotes them beside each number (November 2026,
 *         rhost/for-spectrum.go and rhost/for-franceptt.go of go-sisimai); AOL's page, and the list of ZoneMTA.
 */
import type { TextRow } from '../advice.ts';
import { type Line, rowsOf } from './row.ts';

const SPECTRUM = 'https://www.spectrum.net/support/internet/understanding-email-error-codes';
const ORANGE = 'https://www.postmastery.com/orange-postmaster-smtp-error-codes-ofr/';
/** As it was until 2018, when Yahoo took over: reports of that time have these codes. */
const AOL = 'https://github.com/zone-eu/zone-mta/blob/master/config/bounces.txt';
const SLOW = 'Send more slowly, with fewer connections, and look for a misused account if the amount is not usual.';
const EXPIRES = 'Stop the cause; the block ends by itself.';

/** The numbers from `first` to `last`, in steps of ten, as Spectrum gives them. */
function aup(first: number, last = first): string[] {
  const numbers: string[] = [];
  for (let number = first; number <= last; number += 10) numbers.push(`aup#${number}`);
  return numbers;
}

/** A number that Orange and La Poste share. */
const french = (...numbers: readonly number[]): string[] => numbers.flatMap((each) => [`ofr_${each}`, `lpn_${each}`]);

const rejected = (number: number): string => `550 5.1.0 <alice@example.com> sender rejected. AUP#In-${number}`;

const SPECTRUM_LINES: readonly Line[] = [
  [
    'spectrum-ip',
    'blocklist',
    aup(1000),
    '554 impin004 cmsmtp 192.0.2.1 blocked. AUP#In-1000',
    { meaning: 'Spectrum blocks the sending address because of suspicious activity.', todo: EXPIRES },
  ],
  [
    'spectrum-sender',
    'sender-blocked',
    aup(1010, 1080),
    rejected(1010),
    {
      meaning: "Spectrum blocks or limits mail of this sender's address because of suspicious activity.",
      todo: 'Change the password of the account and look for misuse; the block ends by itself.',
    },
  ],
  ['spectrum-later', 'system', aup(1090), rejected(1090)],
  ['spectrum-ptr', 'reverse-dns', aup(1100, 1150), '554 impin004 cmsmtp 192.0.2.1 blocked. AUP#In-1100'],
  [
    'spectrum-domain-policy',
    'policy',
    aup(1160, 1190),
    rejected(1160),
    {
      meaning: "The mail goes against what the sender's own domain says of its mail.",
      side: 'sending-server',
      todo: "Check the SPF, DKIM and DMARC records of the sender's domain.",
    },
  ],
  [
    'spectrum-cloudmark',
    'blocklist',
    aup(1200, 1210),
    '554 impin004 cmsmtp 192.0.2.1 blocked. AUP#In-1200',
    { meaning: 'Cloudmark lists the sending address.', todo: 'Ask Cloudmark for a reset, after the cause is stopped.' },
  ],
  [
    'spectrum-spamhaus',
    'blocklist',
    aup(1220, 1250),
    '554 p-impin020 cmsmtp Connection Rejected - see http://www.spamhaus.org/query/ip/192.0.2.1 AUP#In-1240',
    {
      meaning: 'Spamhaus lists the sending address.',
      todo: 'Look the address up at check.spamhaus.org, stop the cause, then ask for removal there.',
    },
  ],
  [
    'spectrum-ipv6',
    'network',
    aup(1260),
    '554 impin004 cmsmtp AUP#In-1260',
    { meaning: 'Spectrum takes no mail over IPv6.', side: 'sending-server', todo: 'Send to Spectrum over IPv4.' },
  ],
  [
    'spectrum-connections',
    'rate-limited',
    aup(1300, 1340),
    '421 impin004 cmsmtp 192.0.2.1 blocked. AUP#In-1340',
    { meaning: 'The sending address has too many connections to Spectrum for its reputation.', todo: SLOW },
  ],
  [
    'spectrum-amount',
    'rate-limited',
    aup(1350, 1490),
    '421 impin004 cmsmtp 192.0.2.1 blocked. AUP#In-1370',
    { todo: SLOW },
  ],
  [
    'spectrum-not-own',
    'bad-sender',
    aup(1500, 1520),
    '550 5.1.0 <alice@example.com> sender rejected. AUP#Out-1500',
    {
      meaning: 'The sender is another address than the one that logged in, or is of no domain hosted there.',
      todo: 'Send from the address of the account that logs in.',
    },
  ],
  ['spectrum-size', 'too-big', aup(1530), '552 5.3.4 AUP#Out-1530'],
  ['spectrum-session', 'rate-limited', aup(1540), '452 4.5.3 AUP#Out-1540', { todo: SLOW }],
  ['spectrum-recipients', 'too-many-recipients', aup(1550), '452 4.5.3 AUP#Out-1550'],
  [
    'spectrum-invalid',
    'rate-limited',
    aup(1560, 1580),
    '550 5.1.1 AUP#Out-1560',
    {
      meaning: 'The mail went to too many recipients, or to too many that do not exist.',
      todo: 'Clean the list of recipients, and send more slowly.',
    },
  ],
];

const FRENCH_LINES: readonly Line[] = [
  [
    'orange-abusix',
    'blocklist',
    ['bloquee par abusix', ...french(100)],
    '550 opmta1mti07aub smtp.orange.fr Adresse IP source bloquee par Abusix. IP blocked by Abusix, OFR006_100 please visit https://lookup.abusix.com/search?q=192.0.2.66 [100]',
    { meaning: 'Abusix lists the sending address.', todo: 'Look the address up at lookup.abusix.com.' },
  ],
  [
    'orange-spamhaus',
    'blocklist',
    french(101),
    '550 opmta1mti33nd1 smtp.orange.fr Adresse IP source bloquee pour incident de spam. OFR006_101 [101]',
    {
      meaning: 'Spamhaus lists the sending address.',
      todo: 'Look the address up at check.spamhaus.org, stop the cause, then ask for removal there.',
    },
  ],
  [
    'orange-own-list',
    'blocklist',
    french(103),
    '550 mwinf5c10 ME Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR006_103 192.0.2.1 [103]',
    {
      meaning: 'The provider itself lists the sending address.',
      todo: "Stop the cause, then use the provider's contact form.",
    },
  ],
  ['orange-ptr', 'reverse-dns', french(107), '421 4.2.1 Service refused, please try later. LPN006_107'],
  ['orange-messages', 'rate-limited', french(109), '421 Veuillez essayer plus tard. LPN003_109', { todo: SLOW }],
  ['orange-helo', 'bad-helo', french(201), '421 Veuillez essayer plus tard. OFR004_201'],
  [
    'orange-login',
    'login-failed',
    french(305, 402),
    '550 5.5.0 Authentification requise. Authentication Required. LPN105_402',
  ],
  [
    'orange-spf',
    'auth-failed',
    ['spf/dns de votre nom de domaine', ...french(390, 391, 392, 393, 394, 395, 401, 519)],
    '550 5.5.0 SPF: 192.0.2.1 is not allowed to send mail. LPN004_401',
  ],
  [
    'orange-not-own',
    'bad-sender',
    french(421),
    '550 5.5.3 Mail from not owned by user. LPN105_421',
    { todo: 'Send from the address of the account that logs in.' },
  ],
  [
    'orange-domain-listed',
    'blocklist',
    french(425),
    '550 5.1.0 Emetteur invalide. Invalid Sender. OFR_425 [425]',
    {
      meaning: "Abusix or Spamhaus lists the sender's domain.",
      todo: 'Look the domain up at lookup.abusix.com and check.spamhaus.org.',
    },
  ],
  ['orange-size', 'too-big', french(514), '552 Taille limite du message atteinte. LPN007_514'],
  [
    'orange-dmarc',
    'auth-failed',
    french(515, 517),
    '571 5.7.1 Message refused, DMARC verification Failed. Message refuse, verification DMARC en echec LPN007_517',
  ],
  [
    'orange-behaviour',
    'rate-limited',
    french(990, 991, 992, 993, 994, 995, 996, 997, 998, 999),
    '421 mwinf5c77 ME Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR_999 [999]',
    { todo: SLOW },
  ],
];

const AOL_LINES: readonly Line[] = [
  [
    'aol-dynamic',
    'blocklist',
    ['rtr:bb', 'rtr:du', 'rly:ir', 'no longer accepts connections from dynamically assigned'],
    '554 RTR:DU http://postmaster.info.aol.com/errors/554rtrdu.html',
    {
      meaning: 'The sending address is of a range for home users, from which AOL takes no mail.',
      todo: "Send through the provider's mail server.",
    },
  ],
  [
    'aol-infected',
    'reputation',
    ['rtr:ch', 'rly:ch'],
    '554 (RTR:CH) http://postmaster.info.aol.com/errors/554rtrch.html',
    { meaning: 'Mail like known spam came from the sending address.', todo: 'Look for misused machines and accounts.' },
  ],
  ['aol-ptr', 'reverse-dns', ['rtr:rd'], '554 (RTR:RD) http://postmaster.info.aol.com/errors/554rtrrd.html'],
  [
    'aol-address',
    'blocklist',
    ['rtr:sc', 'rtr:bl', 'rly:bl', 'con:b0'],
    '554 5.7.1 (CON:B1) https://postmaster.aol.com',
  ],
  [
    'aol-complaints',
    'reputation',
    ['rly:b0', 'dyn:t0'],
    '421 mtain-mp05.r1000.mx.aol.com Service unavailable - try again later (DYN:T1) http://postmaster.info.aol.com/errors/421dynt1.html',
    {
      meaning: 'AOL users complained about too much mail of the sending address; the block ends by itself.',
      todo: EXPIRES,
    },
  ],
  [
    'aol-url',
    'spam',
    ['hvu:b0', 'rly:bd'],
    '554 TRANSACTION FAILED (HVU:B1) http://postmaster.info.aol.com/errors/554hvub1.html',
    {
      meaning: 'AOL blocks what the mail holds, mostly a link that its users complained about.',
      todo: 'Look at the links of the mail, and send it without them.',
    },
  ],
  ['aol-sender', 'sender-blocked', ['rly:sn'], '554 (RLY:SN) http://postmaster.info.aol.com/errors/554rlysn.html'],
  ['aol-trouble', 'system', ['rtr:ge'], '554 (RTR:GE) http://postmaster.info.aol.com/errors/554rtrge.html'],
];

export const NUMBERED_ROWS: readonly TextRow[] = [
  ...rowsOf('Spectrum', SPECTRUM, SPECTRUM_LINES),
  ...rowsOf('Orange, La Poste', ORANGE, FRENCH_LINES),
  ...rowsOf('AOL', AOL, AOL_LINES),
];
