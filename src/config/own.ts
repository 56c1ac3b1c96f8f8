/** A configuration -> questions that the correlator asks. */
import { BlockList, isIP } from 'node:net';
import type { Own } from '../model/own.ts';
import type { Config } from './shape.ts';

export function ownOf(config: Config): Own {
  const { domains, networks, filters, added } = config;
  return {
    ...(domains === undefined ? {} : { isDomain: domainTest(domains), domainOf: firstOf(domains, domainTest) }),
    ...(networks === undefined ? {} : { isNetwork: networkTest(networks), networkOf: firstOf(networks, networkTest) }),
    ...(filters === undefined ? {} : { isFilter: filterTest(filters) }),
    ...(added === undefined ? {} : { isAdded: memberTest(added) }),
  };
}

/** The first of what was configured that holds; asked for single messages alone. */
function firstOf(
  all: readonly string[],
  test: (names: readonly string[]) => (text: string) => boolean,
): (text: string) => string | undefined {
  return (text) => all.find((one) => test([one])(text));
}

/** `example.com` is that domain alone, `.example.com` also those below it. */
function domainTest(domains: readonly string[]): (address: string) => boolean {
  const whole = new Set<string>();
  const below: string[] = [];
  for (const domain of domains) {
    const low = domain.toLowerCase();
    if (low.startsWith('.')) {
      whole.add(low.slice(1));
      below.push(low);
    } else whole.add(low);
  }
  return (address) => {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    return whole.has(domain) || below.some((end) => domain.endsWith(end));
  };
}

function networkTest(networks: readonly string[]): (ip: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [ip = '', prefix] = network.split('/');
    const family = isIP(ip) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(ip, family);
    else list.addSubnet(ip, Number(prefix), family);
  }
  return (ip) => {
    const version = isIP(ip);
    return version !== 0 && list.check(ip, version === 4 ? 'ipv4' : 'ipv6');
  };
}

/** `host`, `host:port`, `ip`, `ip:port`, `[ipv6]:port`. */
function filterTest(
  filters: readonly string[],
): (name: string | undefined, ip: string | undefined, port: number) => boolean {
  const known = new Set(filters.map((filter) => filter.toLowerCase().replaceAll(/[[\]]/g, '')));
  return (name, ip, port) =>
    [name, ip].some(
      (one) => one !== undefined && (known.has(one.toLowerCase()) || known.has(`${one.toLowerCase()}:${port}`)),
    );
}

function memberTest(addresses: readonly string[]): (address: string) => boolean {
  const known = new Set(addresses.map((address) => address.toLowerCase()));
  return (address) => known.has(address.toLowerCase());
}
