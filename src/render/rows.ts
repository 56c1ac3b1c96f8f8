/**
 * Which recipients of a message are rows, and what their cells say.
 * Shape:  one row a recipient. Where the search matched only some entries, those alone; an address that our server added
 *         (bcc, redirect) only where it failed or was searched for; the last row says how many others there are.
 */
import type { Message, Recipient } from '../model/message.ts';
import { GROUP_OF_STATUS } from '../model/words.ts';
import { visible } from '../util/visible.ts';
import type { Cell } from './layout.ts';
import { cutEnd, cutMiddle, widthOf } from './width.ts';

export interface Row {
  message: Message;
  recipient: Recipient | undefined;
  /** ` (+3 others)`, on the message's last row; else '' */
  others: string;
  /** first row of its message */
  first: boolean;
}

function isShown(recipient: Recipient): boolean {
  return recipient.added === undefined || recipient.matched === true || GROUP_OF_STATUS[recipient.status] === 'failed';
}

function othersText(hidden: number, unnamed: number): string {
  const parts: string[] = [];
  if (hidden > 0) parts.push(`+${hidden} ${hidden === 1 ? 'other' : 'others'}`);
  if (unnamed > 0) parts.push(`+${unnamed} not named`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** The rows of a message: at least one. `everyone`: added entries too, as CSV has them. */
export function rowsOf(message: Message, everyone = false): Row[] {
  const { recipients } = message;
  const matched = recipients.filter((recipient) => recipient.matched === true);
  const candidates = matched.length > 0 ? matched : recipients;
  const visibleOnes = everyone ? candidates : candidates.filter(isShown);
  const shown = visibleOnes.length > 0 ? visibleOnes : candidates;
  const hidden = recipients.filter((recipient) => recipient.added === undefined && !shown.includes(recipient)).length;
  // An entry without an address stands for one of those that the counters tell of.
  const nameless = shown.filter((recipient) => recipient.address === undefined).length;
  const others = othersText(hidden, Math.max(0, (message.unnamedRecipients ?? 0) - nameless));
  if (shown.length === 0) return [{ message, recipient: undefined, others, first: true }];
  return shown.map((recipient, i) => ({
    message,
    recipient,
    others: i === shown.length - 1 ? others : '',
    first: i === 0,
  }));
}

/** Recipients among the rows of a message. */
export function recipientsOf(message: Message): number {
  let recipients = 0;
  for (const { recipient } of rowsOf(message)) if (recipient !== undefined) recipients++;
  return recipients;
}

/** An envelope address for people: `<>` for the null sender, `-` where the log does not say. */
export function addressText(address: string | undefined): string {
  if (address === undefined) return '-';
  return address === '' ? '<>' : visible(address);
}

function localPart(address: string): string {
  const at = address.lastIndexOf('@');
  return at <= 0 ? address : address.slice(0, at);
}

/** Whether an address is one of those that the search asks for. */
export type IsSearched = (address: string) => boolean;

/** An address on the way that was searched for, where neither the typed nor the final one was. */
function betweenOf({ address, finalAddress, via }: Recipient, isSearched: IsSearched | undefined): string | undefined {
  if (isSearched === undefined || via === undefined || via.length === 0) return undefined;
  const ends = [address, finalAddress].filter((end) => end !== undefined);
  return ends.some(isSearched) ? undefined : via.find(isSearched);
}

/** `sales@… → bob@example.com` where an alias led on (`→ …`: and on from there), `(+3 others)` behind it. */
export function recipientCell(row: Row, isSearched?: IsSearched): Cell {
  const address = row.recipient?.address;
  const between = row.recipient === undefined ? undefined : betweenOf(row.recipient, isSearched);
  // The address that was searched for is shown; what it led to is left to `show`.
  const final = between ?? row.recipient?.finalAddress;
  const more = between === undefined ? '' : ' → …';
  const { others } = row;
  // `(+3 others)` is `(+3)` where there is little room; what is left is the address.
  const short = others === '' ? '' : others.replace(/ (?:others?|not named)/g, '');
  if (final === undefined || final === address || address === undefined) {
    const text = addressText(address ?? final);
    return { text: text + others, shrink: (width) => cutMiddle(text, width - short.length) + short };
  }
  const alias = visible(localPart(address));
  const end = addressText(final);
  return {
    text: `${alias}@… → ${end}${more}${others}`,
    shrink: (width) => {
      const tail = more === '' ? short : `→…${short}`;
      const head = cutEnd(alias, Math.floor((width - tail.length) / 3));
      return `${head}→${cutMiddle(end, width - tail.length - widthOf(head) - 1)}${tail}`;
    },
  };
}

/** Refused during SMTP, but only for now: counted apart from refusals for good. */
export function isTemporaryRefusal(recipient: Recipient): boolean {
  return recipient.status === 'rejected' && recipient.action === 'tempfailed';
}

/** The status as people read it: `delivered (Junk)`, `refused for now (450)`; the code only where `withCode`. */
export function statusText(recipient: Recipient | undefined, withCode = true): string {
  if (recipient === undefined) return '-';
  if (isTemporaryRefusal(recipient)) {
    return recipient.code === undefined || !withCode
      ? 'refused for now'
      : `refused for now (${visible(recipient.code)})`;
  }
  const { mailbox } = recipient;
  if (recipient.status === 'delivered' && mailbox !== undefined && mailbox.toUpperCase() !== 'INBOX')
    return `delivered (${visible(mailbox)})`;
  return recipient.status;
}

/** `550 5.1.1`, with `full` false the shorter of what tells most: `550`. */
export function codeText(recipient: Recipient | undefined, full = true): string {
  const code = recipient?.code;
  const dsn = recipient?.dsn;
  if (code === undefined) return dsn === undefined ? '-' : visible(dsn);
  return dsn === undefined || !full ? visible(code) : visible(`${code} ${dsn}`);
}

/** `mail.example.org [192.0.2.10]`; `-` where the log does not say. */
export function hostText(host: { name?: string; ip?: string } | undefined): string {
  if (host?.ip === undefined) return host?.name === undefined ? '-' : visible(host.name);
  return host.name === undefined || host.name === host.ip
    ? `[${visible(host.ip)}]`
    : `${visible(host.name)} [${visible(host.ip)}]`;
}

/** The same as a cell: where room is short, the IP stays whole. */
export function hostCell(host: { name?: string; ip?: string } | undefined): Cell {
  const text = hostText(host);
  if (host?.ip === undefined || host.name === undefined) return { text };
  const { name } = host;
  const ip = `[${visible(host.ip)}]`;
  return {
    text,
    shrink: (width) => {
      const room = width - widthOf(ip) - 1;
      return room < 3 ? ip : `${cutEnd(visible(name), room)} ${ip}`;
    },
  };
}

/** Whether a relay is another server, and not a word for a delivery of our own (Postfix `local`, `virtual`, `none`). */
export function isServer(relay: { name?: string; ip?: string } | undefined): boolean {
  return relay?.ip !== undefined || (relay?.name ?? '').includes('.');
}
