/**
 * `--ip`: the first client or the final relay, by IPv4, IPv6 or CIDR.
 * IPv4-mapped IPv6 (`::ffff:192.0.2.1`) is the IPv4 address (RFC 4291 section 2.5.5.2): node's BlockList does that.
 * Errors: UsageError for what is no address or no network.
 */
import { BlockList, isIP } from 'node:net';
import { UsageError } from '../errors.ts';
import type { Test } from './test.ts';

/** A test of an address as logged: false for what is no IP address. */
export type IpTest = (ip: string) => boolean;

/** The address without brackets and zone. */
function plainIp(text: string): string {
  return text.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1').replace(/%[^]*$/, '');
}

/** Whether a text is an IP address or a CIDR network, so that a filter takes it as one. */
export function isIpPattern(text: string): boolean {
  const [address = '', prefix, more] = text.split('/');
  const version = isIP(plainIp(address));
  if (version === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

export function parseIp(typed: string, where: string): IpTest {
  const text = typed.trim();
  if (!isIpPattern(text)) {
    throw new UsageError({
      where,
      what: `'${typed}' is no IP address`,
      help: 'give 192.0.2.1, 2001:db8::1, or a network: 192.0.2.0/24, 2001:db8::/32',
    });
  }
  const [address = '', prefix] = text.split('/');
  const plain = plainIp(address);
  const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(plain, family);
  else list.addSubnet(plain, Number(prefix), family);
  // Most lines name the address as it was typed: the list is asked only for the others, each distinct one once.
  const known = new Map<string, boolean>();
  return (ip) => {
    const seen = known.get(ip);
    if (seen !== undefined) return seen;
    const logged = plainIp(ip);
    const version = isIP(logged);
    const result = version !== 0 && list.check(logged, version === 4 ? 'ipv4' : 'ipv6');
    if (known.size > 10_000) known.clear();
    known.set(ip, result);
    return result;
  };
}

export function ipFilter(values: readonly string[], where: string): Test {
  const tests = values.map((value) => parseIp(value, where));
  const matches = (ip: string | undefined): boolean => ip !== undefined && tests.some((test) => test(ip));
  return {
    of: 'message',
    message: (message) =>
      matches(message.client?.ip) || message.recipients.some((recipient) => matches(recipient.relay?.ip)),
  };
}
