/**
 * IP addresses and networks as bytes of a log: what every spelling of them shows.
 * Shape:  IPv4 dotted, or in an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, `::ffff:c000:201`; RFC 4291 section 2.5.5.2);
 *         IPv6 compressed or not, in either case.
 */
import { isIP } from 'node:net';
import type { Query } from './query.ts';

const SHORTEST_GROUP = 3;

/** undefined where some address has nothing that each spelling shows. */
export function ipQuery(values: readonly string[]): Query | undefined {
  const pieces: string[] = [];
  const whole: string[] = [];
  for (const value of values) {
    const [typed = '', prefix] = value.split('/');
    const address = typed.replace(/^\[(?:IPv6:)?(.*)\]$/i, '$1').replace(/%[^]*$/, '');
    if (isIP(address) === 4) {
      const length = prefix === undefined ? 32 : Number(prefix);
      if (length < 16) return undefined;
      const octets = address.split('.').map(Number);
      if (length === 32) {
        pieces.push(address, hexOf(octets));
        whole.push(address);
      } else pieces.push(`${octets.slice(0, Math.floor(length / 8)).join('.')}.`, `${group(octets[0], octets[1])}:`);
    } else {
      const piece = longestGroup(address, prefix === undefined ? 128 : Number(prefix));
      if (piece === undefined) return undefined;
      pieces.push(piece);
    }
  }
  const accepts = (bytes: Buffer, start: number, end: number): boolean => {
    const text = bytes.toString('latin1', start, end).toLowerCase();
    if (whole.length * 2 < pieces.length) return pieces.some((piece) => text.includes(piece));
    return whole.some((address) => standsIn(text, address)) || /:[0-9a-f]{1,4}:[0-9a-f]{1,4}(?![0-9a-f:])/i.test(text);
  };
  return { needles: pieces.map((piece) => Buffer.from(piece)), accepts, acceptsForeign: accepts };
}

/** Not as a part of a longer number. */
function standsIn(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    const end = at + address.length;
    if (!/[0-9.]/.test(text[at - 1] ?? '') && !/^(?:[0-9]|\.[0-9])/.test(text.slice(end, end + 2))) return true;
  }
  return false;
}

function group(high = 0, low = 0): string {
  return (high * 256 + low).toString(16);
}

/** `c000:201` */
function hexOf(octets: readonly number[]): string {
  return `${group(octets[0], octets[1])}:${group(octets[2], octets[3]).replace(/^0+(?=.)/, '')}`;
}

/** The longest group of the network's part; its leading zeros may be written or not. */
function longestGroup(address: string, prefix: number): string | undefined {
  if (address.includes('.')) return undefined;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  // the last two may be written as an IPv4 address
  const sure = groups.slice(0, Math.min(6, Math.floor(prefix / 16))).map((one) => one.replace(/^0+(?=.)/, ''));
  const best = sure.reduce((a, b) => (b.length > a.length ? b : a), '');
  return best.length < SHORTEST_GROUP ? undefined : best;
}
