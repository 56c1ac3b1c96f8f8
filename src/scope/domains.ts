/**
 * Domains to the question whether an address is of one of them.
 * Shape:  `example.com` is that domain alone, `.example.com` also those below it; compared in lower case, as NFC, and in ASCII
 *         (IDNA, RFC 5890). An address without a domain is of none.
 */
import { domainToASCII } from 'node:url';
import { withoutEnd } from '../util/trim.ts';

/** An address in the form that is compared. */
export function folded(address: string): string {
  const low = address.trim().normalize('NFC').toLowerCase();
  const bare = low.startsWith('<') && low.endsWith('>') ? low.slice(1, -1) : low;
  const at = bare.lastIndexOf('@');
  return at < 0 ? bare : bare.slice(0, at + 1) + foldedDomain(bare.slice(at + 1));
}

function foldedDomain(domain: string): string {
  const bare = withoutEnd(domain, '.');
  if (!/[^\0-\x7f]/.test(bare)) return bare;
  const ascii = domainToASCII(bare);
  return ascii === '' ? bare : ascii;
}

/** Whether an address is of a domain of each list. */
export function domainTest(lists: readonly (readonly string[])[]): (address: string | undefined) => boolean {
  const tests = lists.map(ofOne);
  return (address) => {
    if (address === undefined) return false;
    const text = folded(address);
    const at = text.lastIndexOf('@');
    if (at <= 0) return false;
    const domain = text.slice(at + 1);
    return tests.every((test) => test(domain));
  };
}

function ofOne(domains: readonly string[]): (domain: string) => boolean {
  const whole = new Set<string>();
  const below: string[] = [];
  for (const typed of domains) {
    const low = typed.trim().normalize('NFC').toLowerCase();
    const isBelow = low.startsWith('.');
    const domain = foldedDomain(isBelow ? low.slice(1) : low);
    whole.add(domain);
    if (isBelow) below.push(`.${domain}`);
  }
  return (domain) => whole.has(domain) || below.some((end) => domain.endsWith(end));
}
