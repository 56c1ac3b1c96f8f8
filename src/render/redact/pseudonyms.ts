/**
 * Names, hosts and addresses to keyed pseudonyms: the same original gives the same token, nobody without the key can tell
 * which, and the token has the shape of what it stands for, so that redacted lines are still lines of a mail log.
 * Shape:  `user-x7k2mqa`; `host-….dom-….example`, label by label, the last two labels as one (RFC 2606 reserves .example);
 *         IPv4: networks keep their kind (127/8, 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10), all others go to
 *         240/4 (RFC 1112, never in use), one /24 to one /24; IPv6: 2001:db8::/32 (RFC 3849), one /64 to one /64.
 * Source: HMAC-SHA-256 (RFC 2104) of the folded text, cut to 35 bits: two persons of ten thousand share a token in one of
 *         seven hundred runs.
 * Memory: tokens are kept up to MOST, then forgotten and made again, the same.
 */
import { createHmac } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { withoutEnd } from '../../util/trim.ts';

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const LETTERS = 7;
const MOST = 100_000;

/** What a token stands for; it is the token's beginning, too. */
export type TokenKind = 'user' | 'host' | 'dom' | 'subject' | 'name' | 'text' | 'tag' | 'file';

/** What is kept of a name, and how it is replaced. */
export interface PseudonymOptions {
  readonly key: Uint8Array;
  /** domain and host names stay (`--redact=users`) */
  readonly keepsHosts: boolean;
}

/** An address of four numbers within a longer name: `dsl-192-0-2-7`, `host7.2.0.192`. */
const NUMBERS_IN_NAME = /\d{1,3}(?:[.-]\d{1,3}){3}/;

export class Pseudonyms {
  readonly keepsHosts: boolean;
  readonly #key: Uint8Array;
  readonly #tokens = new Map<string, string>();
  readonly #hosts = new Map<string, string>();
  readonly #ips = new Map<string, string>();

  constructor({ key, keepsHosts }: PseudonymOptions) {
    this.#key = key;
    this.keepsHosts = keepsHosts;
  }

  /** `subject-x7k2mqa`; a `tag` is the letters alone. Upper and lower case are the same. */
  token(kind: TokenKind, text: string): string {
    const folded = `${kind}\0${text.toLowerCase()}`;
    const known = this.#tokens.get(folded);
    if (known !== undefined) return known;
    const letters = this.#letters(folded);
    const token = kind === 'tag' ? letters : `${kind}-${letters}`;
    if (this.#tokens.size >= MOST) this.#tokens.clear();
    this.#tokens.set(folded, token);
    return token;
  }

  /** A host or domain name, with or without dots. */
  host(name: string): string {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const token = this.#host(name);
    if (this.#hosts.size >= MOST) this.#hosts.clear();
    this.#hosts.set(name, token);
    return token;
  }

  #host(name: string): string {
    const bare = withoutEnd(name, '.');
    if (bare === '') return name;
    if (isIPv4(bare)) return this.ip(bare);
    const labels = bare.split('.');
    if (this.keepsHosts) {
      if (!NUMBERS_IN_NAME.test(bare)) return name;
      return labels.map((label) => (/\d/.test(label) ? this.token('host', label) : label)).join('.');
    }
    if (labels.length === 1) return this.token('host', bare);
    const parts = labels.slice(0, -2).map((label) => this.token('host', label));
    return [...parts, this.token('dom', labels.slice(-2).join('.')), 'example'].join('.');
  }

  /** An address of the Internet Protocol, as `isIP` knows it; other text is given back. */
  ip(text: string): string {
    const known = this.#ips.get(text);
    if (known !== undefined) return known;
    const token = this.#ip(text);
    if (this.#ips.size >= MOST) this.#ips.clear();
    this.#ips.set(text, token);
    return token;
  }

  #ip(text: string): string {
    if (isIPv4(text)) return this.#ipv4(text.split('.').map(Number));
    if (!isIPv6(text)) return text;
    const mapped = /^(::ffff:)(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
    if (mapped !== null) return `${mapped[1] ?? ''}${this.ip(mapped[2] ?? '')}`;
    const words = wordsOf(text);
    const net = this.#hash(`net\0${words.slice(0, 4).join(':')}`);
    const node = this.#hash(`node\0${words.join(':')}`);
    return `2001:db8:${[hexOf(net, 0), hexOf(net, 2), hexOf(node, 0), hexOf(node, 2), hexOf(node, 4), hexOf(node, 6)].join(':')}`;
  }

  #ipv4(octets: number[]): string {
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    const kept =
      a === 127 || a === 10
        ? [a]
        : a === 192 && b === 168
          ? [a, b]
          : a === 169 && b === 254
            ? [a, b]
            : a === 172 && b >= 16 && b < 32
              ? [a, 16 + this.#shuffled('172', b - 16, 16)]
              : a === 100 && b >= 64 && b < 128
                ? [a, 64 + this.#shuffled('100', b - 64, 64)]
                : this.#outside(a, b);
    const out = [...kept];
    for (let i = kept.length; i < 4; i++)
      out.push(this.#shuffled(octets.slice(0, i).join('.'), [a, b, c, d][i] ?? 0, 256));
    return out.join('.');
  }

  /** The first two numbers of an address that is in use anywhere. */
  #outside(a: number, b: number): [number, number] {
    const hash = this.#hash(`v4\0${a}.${b}`);
    return [240 + ((hash[0] ?? 0) & 15), hash[1] ?? 0];
  }

  /** A number of 0 to size - 1 (a power of two), another for each: x -> odd * x + n. */
  #shuffled(prefix: string, value: number, size: number): number {
    const hash = this.#hash(`octet\0${prefix}`);
    return (((hash[0] ?? 0) | 1) * value + (hash[1] ?? 0)) & (size - 1);
  }

  #letters(text: string): string {
    const hash = this.#hash(text);
    let letters = '';
    for (let i = 0; i < LETTERS; i++) letters += ALPHABET[(hash[i] ?? 0) & 31];
    return letters;
  }

  #hash(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** Two bytes as a word of an IPv6 address. */
function hexOf(bytes: Buffer, at: number): string {
  return bytes.readUInt16BE(at).toString(16);
}

/** The eight words of an IPv6 address (zone and mapped IPv4 aside), in their shortest form. */
function wordsOf(text: string): string[] {
  const [head = '', tail] = text
    .toLowerCase()
    .replace(/%[^]*$/, '')
    .split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array.from({ length: gap }, () => '0'), ...back].map((word) => word.replace(/^0+(?=.)/, ''));
}
