/**
 * Whose mail it is: by the configured domains and networks, else from the message's own chain.
 * From the chain: the sender is ours where it logged in, was handed in on the machine, or where the server's configuration lets its client relay; a recipient is ours where the mail
 * was stored here, or where a stranger's RCPT was accepted. Everything else is unknown, never guessed.
 */
import type { Client } from '../model/message.ts';
import type { Own } from '../model/own.ts';
import type { Direction } from '../model/words.ts';
import type { Entry } from './entry.ts';
import type { Hop } from './hop.ts';

function senderIsOurs(root: Hop, own: Own): boolean | undefined {
  if (root.origin === 'local' || root.origin === 'internal') return true;
  const ip = root.origClientIp ?? root.clientIp;
  if (root.user !== undefined || (own.isNetwork !== undefined && ip !== undefined))
    return clientIsOurs(root.user, ip, own);
  if (root.session?.marks?.includes('own') === true) return true;
  if (root.origin === 'smtp') return isPrivate(root.clientIp) ? undefined : false;
  return undefined;
}

function clientIsOurs(user: string | undefined, ip: string | undefined, own: Own): boolean | undefined {
  if (user !== undefined) return true;
  if (ip === undefined) return undefined;
  if (own.isNetwork !== undefined) return own.isNetwork(ip);
  return isPrivate(ip) ? undefined : false;
}

function byDomain(ours: boolean, address: string, isDomain: (address: string) => boolean): Direction {
  // an address without a domain is a user of the machine
  const isOurs = !address.includes('@') || isDomain(address);
  if (ours) return isOurs ? 'internal' : 'outbound';
  return isOurs ? 'inbound' : 'transit';
}

/** Of a mail that was never taken only the configuration tells whose its recipients are. */
export function refusedDirection(client: Client | undefined, address: string | undefined, own: Own): Direction {
  if (own.isDomain === undefined || address === undefined) return 'unknown';
  const ours = clientIsOurs(client?.user, client?.ip, own);
  return ours === undefined ? 'unknown' : byDomain(ours, address, own.isDomain);
}

export function directionOf(root: Hop, entry: Entry, own: Own): Direction {
  const ours = senderIsOurs(root, own);
  const { address } = entry;
  if (own.isDomain !== undefined && address !== undefined && ours !== undefined)
    return byDomain(ours, address, own.isDomain);
  return fromChain(root, entry, ours);
}

function fromChain(root: Hop, entry: Entry, ours: boolean | undefined): Direction {
  const stored = entry.status === 'delivered';
  if (stored) return ours === true ? 'internal' : 'inbound';
  const foreign =
    entry.status === 'relayed' ||
    (entry.relayIp !== undefined &&
      (entry.status === 'bounced' || entry.status === 'deferred' || entry.status === 'expired'));
  if (ours === true)
    return foreign && (entry.finalAddress === undefined || entry.address === undefined) ? 'outbound' : 'unknown';
  const accepted = entry.status !== 'rejected' && entry.status !== 'greylisted' && entry.status !== 'aborted';
  // A stranger from outside, without a login: only mail for our own addresses is taken.
  if (ours === false && accepted && root.arrived) return 'inbound';
  return 'unknown';
}

export function overall(directions: readonly Direction[]): Direction {
  const [first = 'unknown'] = directions;
  if (directions.every((direction) => direction === first)) return first;
  // ours to any foreign is outbound
  if (directions.includes('outbound')) return 'outbound';
  return directions.includes('unknown') ? 'unknown' : first;
}

/** of every address that isPrivate knows: `10.`, `::1`, `fd00:` */
const PRIVATE_BEGINNINGS = '1:fF';

/** Loopback, private and link-local networks: a client there may be ours or a relay's, the log does not tell. */
function isPrivate(ip: string | undefined): boolean {
  if (ip === undefined || !PRIVATE_BEGINNINGS.includes(ip.charAt(0))) return false;
  const v4 = ip.startsWith('::ffff:') ? ip.slice(7) : ip;
  if (v4.startsWith('127.') || v4.startsWith('10.') || v4.startsWith('192.168.') || v4.startsWith('169.254.'))
    return true;
  if (v4.startsWith('172.')) {
    const second = Number(v4.split('.')[1]);
    return second >= 16 && second <= 31;
  }
  const v6 = ip.toLowerCase();
  return v6 === '::1' || v6.startsWith('fe80:') || v6.startsWith('fc') || v6.startsWith('fd');
}
