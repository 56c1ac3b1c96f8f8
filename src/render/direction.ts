/**
 * Why a mail is called inbound or outbound: which domains and networks of the configuration decided, or which of the mail's
 * own lines (output.md: `direction`).
 */
import type { Message } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import { visible } from '../util/visible.ts';
import { listed } from './prose.ts';

const MOST_NAMED = 3;
const UNTOLD = 'the logs do not tell whose it is; name your domains and networks in a configuration';

/** `inbound: example.com is a domain of the configuration, and 192.0.2.7 is in none of its networks.` */
export function directionText(message: Message, own: Own): string {
  const parts = [...recipientParts(message, own), senderPart(message, own)].filter((part) => part !== undefined);
  if (message.direction === 'unknown' && own.isDomain === undefined) return `unknown: ${UNTOLD}.`;
  const why = parts.length === 0 ? 'the lines of the mail tell' : listed(parts);
  return `${message.direction}: ${why}.`;
}

function senderPart({ kind, client, direction }: Message, own: Own): string | undefined {
  if (client?.user !== undefined) return 'the client logged in';
  const ip = client?.ip;
  if (ip !== undefined && own.networkOf !== undefined) {
    const network = own.networkOf(ip);
    return network === undefined
      ? `${visible(ip)} is in none of the configured networks`
      : `${visible(ip)} is in the configured network ${visible(network)}`;
  }
  if (direction === 'internal' || direction === 'outbound')
    return kind === 'mail' || client !== undefined ? 'it was handed in on the server' : 'the server wrote it';
  if (direction === 'unknown') return 'no line tells whether the client is ours';
  return ip === undefined ? undefined : 'the client did not log in';
}

function recipientParts(message: Message, own: Own): string[] {
  const { recipients, direction } = message;
  const { domainOf } = own;
  const addressed = recipients.filter((r) => r.added === undefined);
  if (domainOf === undefined) {
    if (direction === 'outbound') return ['another server took it or was to take it'];
    if (addressed.some((r) => r.status === 'delivered')) return ['it was stored here'];
    return direction === 'inbound' ? ['it was accepted from a stranger'] : [];
  }
  const ours = new Set<string>();
  const foreign = new Set<string>();
  for (const { address } of addressed) {
    if (address === undefined) continue;
    const name = domainOf(address);
    if (name !== undefined) ours.add(name);
    else if (address.includes('@')) foreign.add(address.slice(address.lastIndexOf('@') + 1));
  }
  return [
    ...named(ours, 'is a configured domain', 'are configured domains'),
    ...named(foreign, 'is no configured domain', 'are no configured domains'),
  ];
}

function named(names: ReadonlySet<string>, one: string, many: string): string[] {
  if (names.size === 0) return [];
  const shown = [...names].slice(0, MOST_NAMED).map(visible);
  const more = names.size - shown.length;
  return [`${listed(more === 0 ? shown : [...shown, `${more} more`])} ${names.size === 1 ? one : many}`];
}
