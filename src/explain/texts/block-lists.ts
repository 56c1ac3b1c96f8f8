/**
 * Texts that name a block list.
 * Source: the page in each row. Order: the first row that fits wins.
 */
import type { TextRow } from '../advice.ts';

const OUTLOOK = 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx';
const SPAMHAUS = 'https://www.spamhaus.org/faqs/dnsbl-usage/';
const SPECTRUM = 'https://www.spectrum.net/support/internet/understanding-email-error-codes';

export const LIST_ROWS: readonly TextRow[] = [
  {
    id: 'spamhaus-query-error',
    provider: 'Spamhaus',
    texts: ['spamhaus*open resolver', 'spamhaus*returnc/', 'spamhaus*excessive number of queries'],
    meaning: '{domain} asks the block list in a way that the list does not answer; nobody is listed.',
    side: 'receiving-server',
    todo: 'Tell the administrator of {domain} that the Spamhaus query goes through a public resolver.',
    reason: 'system',
    source: SPAMHAUS,
  },
  {
    id: 'spamhaus-pbl',
    provider: 'Spamhaus',
    texts: ['pbl.spamhaus', 'spamhaus*/pbl'],
    meaning: "The sending server's address is in a range meant for home users, which must not send mail directly.",
    side: 'sending-server',
    todo: "Send through the provider's mail server, or have the address taken off the Spamhaus PBL.",
    reason: 'blocklist',
    source: 'https://www.spamhaus.org/blocklists/policy-blocklist/',
  },
  {
    id: 'spamhaus',
    provider: 'Spamhaus',
    texts: ['spamhaus'],
    meaning: "The sending server's address or domain is on a Spamhaus block list.",
    side: 'sending-server',
    todo: 'Look the address up at check.spamhaus.org, stop the cause, then ask for removal there.',
    reason: 'blocklist',
    source: SPAMHAUS,
  },
  {
    id: 'spamcop',
    provider: 'SpamCop',
    texts: ['spamcop.net'],
    meaning: "The sending server's address is on the SpamCop block list.",
    side: 'sending-server',
    todo: 'Stop the cause; the entry ends by itself about a day after the last report.',
    reason: 'blocklist',
    source: 'https://www.spamcop.net/bl.shtml',
  },
  {
    id: 'barracuda',
    provider: 'Barracuda',
    texts: ['barracudacentral', 'barracuda reputation'],
    meaning: "The sending server's address has a poor reputation at Barracuda.",
    side: 'sending-server',
    todo: 'Stop the cause, then ask for removal at barracudacentral.org.',
    reason: 'blocklist',
    source: 'https://www.barracudacentral.org/rbl/removal-request',
  },
  {
    id: 'spectrum-aup',
    provider: 'Spectrum',
    texts: ['aup#'],
    meaning: 'The provider refused the mail by its rules of use; the AUP number in the answer says which.',
    side: 'sending-server',
    todo: "Look the AUP number up on the provider's page.",
    reason: 'policy',
    source: SPECTRUM,
  },
  {
    id: 'outlook-policy-code',
    provider: 'Microsoft',
    texts: ['(ou-00', '(sc-00', '(dy-00'],
    meaning: 'Outlook.com refused the sending server because of its reputation or its kind of address.',
    side: 'sending-server',
    todo: "Look the code in the answer up on Outlook.com's postmaster page.",
    reason: 'reputation',
    source: OUTLOOK,
  },
];
