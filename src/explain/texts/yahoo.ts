/**
 * Texts of Yahoo and AOL.
 * Source: the page in each row. Order: the first row that fits wins.
 */
import type { TextRow } from '../advice.ts';

const YAHOO = 'https://senders.yahooinc.com/smtp-error-codes';
const FIX_AUTH = 'Publish SPF and sign with DKIM so that one of them passes for the domain of the From address.';
const CHECK_ADDRESS = 'Check the spelling of the address, or remove it from the address book.';

export const YAHOO_ROWS: readonly TextRow[] = [
  {
    id: 'yahoo-permanent-deferral',
    provider: 'Yahoo',
    texts: ['will be permanently deferred'],
    meaning: 'Yahoo takes no more mail from the sending server; trying again does not help.',
    side: 'sending-server',
    todo: 'Find the cause of the complaints, then write to Yahoo sender support.',
    reason: 'blocklist',
    source: YAHOO,
  },
  {
    id: 'yahoo-from-domain',
    provider: 'Yahoo',
    texts: ['due to unresolvable rfc.0 from domain'],
    meaning: "Yahoo finds no MX or address record for the domain of the sender's address.",
    side: 'sender',
    todo: "Check the sender's address, and the MX and address records of its domain.",
    reason: 'bad-sender',
    source: YAHOO,
  },
  {
    id: 'yahoo-deferred',
    provider: 'Yahoo',
    texts: ['temporarily deferred due to', 'temporarily deferred - 0', '[tss01]', '[ts01]'],
    meaning: 'Yahoo slows down the sending server because of the amount of its mail or of complaints.',
    side: 'sending-server',
    todo: 'Send more slowly and stop mail that users complain about.',
    reason: 'rate-limited',
    source: YAHOO,
  },
  {
    id: 'yahoo-policy',
    provider: 'Yahoo',
    texts: ['not accepted for policy reasons'],
    meaning: 'Yahoo refused the mail, mostly because it failed DMARC or looks harmful.',
    side: 'sending-server',
    todo: FIX_AUTH,
    reason: 'policy',
    source: YAHOO,
  },
  {
    id: 'yahoo-unknown',
    provider: 'Yahoo',
    texts: ["this user doesn't have a"],
    meaning: 'The address does not exist at {domain}.',
    side: 'sender',
    todo: CHECK_ADDRESS,
    reason: 'user-unknown',
    source: YAHOO,
  },
  {
    id: 'yahoo-closed',
    provider: 'Yahoo',
    texts: ['delivery error: dd*is no longer valid', 'this mailbox is disabled (5'],
    meaning: "The recipient's account is closed.",
    side: 'recipient',
    todo: 'Remove the address from the address book.',
    reason: 'mailbox-disabled',
    source: YAHOO,
  },
];
