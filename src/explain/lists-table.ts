/**
 * Block and reputation lists that answers name, and where one asks to be taken off.
 * `texts`: any one of them in the answer, in lower case, names the list; the first row that fits wins.
 * Source: the list's own page in each row (`source`; left out where `delist` is that page).
 */

interface ListRow {
  readonly name: string;
  readonly texts: readonly string[];
  /** where the entry is looked up and removed */
  readonly delist: string;
  readonly source?: string;
  /** what one should know of it before asking */
  readonly note?: string;
}

export const LISTS: readonly ListRow[] = [
  {
    name: 'Spamhaus PBL',
    texts: ['pbl.spamhaus', 'spamhaus.org/pbl', 'spamhaus pbl'],
    delist: 'https://check.spamhaus.org/',
    source: 'https://www.spamhaus.org/blocklists/policy-blocklist/',
    note: 'It lists ranges meant for home users: send through the provider, or take a fixed mail server off it yourself.',
  },
  {
    name: 'Spamhaus XBL',
    texts: ['xbl.spamhaus', 'abuseat.org', 'spamhaus.org/xbl'],
    delist: 'https://check.spamhaus.org/',
    source: 'https://www.spamhaus.org/blocklists/exploits-blocklist/',
    note: 'It lists machines that are misused: find the infected one behind the address first.',
  },
  {
    name: 'Spamhaus DBL',
    texts: ['dbl.spamhaus', 'spamhaus.org/dbl'],
    delist: 'https://check.spamhaus.org/',
    source: 'https://www.spamhaus.org/blocklists/domain-blocklist/',
    note: 'It lists domains, not addresses: a link or the sender domain of the mail is on it.',
  },
  {
    name: 'Spamhaus',
    texts: ['spamhaus'],
    delist: 'https://check.spamhaus.org/',
    source: 'https://www.spamhaus.org/blocklists/',
  },
  { name: 'SpamCop', texts: ['spamcop.net', 'spamcop'], delist: 'https://www.spamcop.net/bl.shtml' },
  {
    name: 'Barracuda Reputation Block List',
    texts: ['barracudacentral', 'barracuda reputation', 'barracudanetworks.com/reputation'],
    delist: 'https://www.barracudacentral.org/rbl/removal-request',
  },
  {
    name: 'SORBS',
    texts: ['sorbs.net'],
    delist: 'https://www.sorbs.net/',
    note: 'It closed in June 2024: tell the administrators of the other server to stop asking it.',
  },
  {
    name: 'UCEPROTECT',
    texts: ['uceprotect'],
    delist: 'https://www.uceprotect.net/en/rblcheck.php',
    note: 'Its levels 2 and 3 list whole networks and providers; entries end by themselves after seven days.',
  },
  { name: 'Backscatterer', texts: ['backscatterer'], delist: 'https://www.backscatterer.org/' },
  { name: 'PSBL', texts: ['psbl.surriel', 'psbl.org'], delist: 'https://psbl.org/remove' },
  { name: 'Mailspike', texts: ['mailspike'], delist: 'https://mailspike.org/iplookup.html' },
  { name: 'Abusix', texts: ['abusix', 'mail.abusix.zone', 'combined.mail'], delist: 'https://lookup.abusix.com/' },
  { name: 'SpamRATS', texts: ['spamrats'], delist: 'https://www.spamrats.com/removal.php' },
  { name: 'invaluement', texts: ['invaluement'], delist: 'https://www.invaluement.com/removal/' },
  { name: 'SURBL', texts: ['surbl'], delist: 'https://surbl.org/surbl-analysis' },
  { name: 'URIBL', texts: ['uribl'], delist: 'https://admin.uribl.com/' },
  { name: 'DroneBL', texts: ['dronebl'], delist: 'https://dronebl.org/lookup' },
  { name: 'blocklist.de', texts: ['blocklist.de'], delist: 'https://www.blocklist.de/en/delist.html' },
  { name: 'GBUdb Truncate', texts: ['truncate.gbudb'], delist: 'https://www.gbudb.com/truncate/index.jsp' },
  { name: 'Junk Email Filter', texts: ['junkemailfilter'], delist: 'https://ipadmin.junkemailfilter.com/remove.php' },
  {
    name: 's5h.net',
    texts: ['s5h.net'],
    delist: 'https://www.usenix.org.uk/content/rblremove',
    source: 'https://www.usenix.org.uk/content/rbl.html',
    note: 'The page takes off the address that opens it: open it from the listed machine.',
  },
  {
    name: 'NiX Spam',
    texts: ['dnsbl.manitu.net', 'nixspam'],
    delist: 'https://heise.de/-10248714',
    note: 'It closed in January 2025: tell the administrators of the other server to stop asking it.',
  },
  {
    name: 'Cloudmark Sender Intelligence',
    texts: ['cloudmark', 'csi.cloudmark'],
    delist: 'https://csi.cloudmark.com/en/reset/',
  },
  {
    name: 'Proofpoint Dynamic Reputation',
    texts: [
      'ipcheck.proofpoint',
      'proofpoint dynamic reputation',
      'blocked - see https://ipcheck',
      'support.proofpoint.com/dnsbl',
    ],
    delist: 'https://ipcheck.proofpoint.com/',
  },
  {
    name: 'Trend Micro Email Reputation',
    texts: ['ers.trendmicro', 'mail-abuse.com', 'mail-abuse.org', 'rbl-plus', 'trendmicro.com/reputation'],
    delist: 'https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/',
  },
  {
    name: 'Symantec / Broadcom IP reputation',
    texts: ['ipremoval.sms.symantec', 'sms.symantec.com', 'symantec'],
    delist: 'https://ipremoval.sms.symantec.com/',
  },
  {
    name: 'Cisco Talos (SenderBase)',
    texts: ['senderbase', 'talosintelligence'],
    delist: 'https://talosintelligence.com/reputation_center',
  },
  {
    name: 'Validity Sender Score',
    texts: ['senderscore', 'returnpath', 'sender score'],
    delist: 'https://senderscore.org/',
  },
  { name: 'FortiGuard', texts: ['fortiguard', 'fortinet'], delist: 'https://www.fortiguard.com/faq/antispam' },
  { name: 'Sophos', texts: ['sophos'], delist: 'https://support.sophos.com/' },
  {
    name: 'Mimecast',
    texts: ['mimecast'],
    delist: 'https://community.mimecast.com/s/article/email-security-cloud-gateway-mimecast-smtp-error-codes',
  },
  {
    name: 'Microsoft 365 delist portal',
    texts: ['banned sending ip', 'sender.office.com', 'delist.messaging.microsoft'],
    delist: 'https://sender.office.com/',
  },
  {
    name: 'Outlook.com block list',
    texts: [
      'is on our block list (s',
      'part of their network is on our block list',
      'mail.live.com/mail/troubleshooting',
      'postmaster.live.com',
      'postmaster.msn.com',
    ],
    delist: 'https://olcsupport.office.com/',
    source: 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx',
  },
  { name: 'T-Online', texts: ['t-online.de', 'tosa@rx'], delist: 'https://postmaster.t-online.de/' },
  {
    name: 'GMX / WEB.DE / 1&1',
    texts: [
      'postmaster.gmx',
      'gmx.net',
      'web.de/error',
      'postmaster.web.de',
      '1und1.de/e-mail-error',
      'kundenserver.de',
    ],
    delist: 'https://postmaster.gmx.net/en/contact',
  },
  { name: 'Comcast', texts: ['comcast.net', 'postmaster.comcast'], delist: 'https://spa.xfinity.com/report' },
  {
    name: 'AT&T',
    texts: ['att.net/blocks', 'worldnet.att', 'abuse_rbl', 'att.com/esupport'],
    delist: 'https://www.att.com/esupport/postmaster/',
    source: 'https://wordtothewise.com/2017/06/delisting-at-att/',
    note: 'Its form at att.net/blocks is gone: send the whole answer to abuse_rbl@abuse-att.net.',
  },
  {
    name: 'Apple iCloud',
    texts: ['postmaster.info.icloud', 'icloud.com', 'apple.com/ht204137', 'support.apple.com'],
    delist: 'https://support.apple.com/en-us/102322',
  },
  { name: 'Free', texts: ['postmaster.free.fr'], delist: 'https://postmaster.free.fr/' },
  {
    name: 'Mail.ru',
    texts: ['postmaster.mail.ru', 'help.mail.ru'],
    delist: 'https://help.mail.ru/developers/mailing_rules/',
  },
];

/** The list that an answer names. */
export interface NamedList {
  readonly name: string;
  readonly delist?: string;
  readonly note?: string;
}

/** Postfix smtpd(8) "blocked using ZONE", Exim and others "listed at ZONE": a list that the table does not know. */
const ZONE =
  /(?:blocked using|blocked by|listed (?:at|in|on|by)|rejected by|found in)\s+((?:[a-z0-9_-]{1,63}\.){1,6}[a-z]{2,24})\b/i;
const PAGE = /https?:\/\/[\w.~:/?#@!$&*+,;=%-]{4,200}[\w/=]/;

/** The list that an answer names; undefined for none. Of one that the table does not know, the page that the answer itself names. */
export function listIn(reply: string): NamedList | undefined {
  const head = reply.slice(0, 2000);
  const text = head.toLowerCase();
  const known = LISTS.find(({ texts }) => texts.some((piece) => text.includes(piece)));
  if (known !== undefined) return known;
  const name = ZONE.exec(head)?.[1];
  const page = PAGE.exec(head)?.[0];
  return name === undefined ? undefined : { name, ...(page === undefined ? {} : { delist: page }) };
}
