/**
 * Who writes to whom: local users, remote domains with their mail servers, clients. Zipf, so that
 * a few write most. Only names and networks reserved for documentation and tests (RFC 2606,
 * RFC 5737, RFC 2544, RFC 3849) and private networks.
 */
import { type Prng, Zipf } from './prng.ts';

/** What is planted (`LogOptions`). */
export interface Planted {
  rare: string;
  wide: string;
  wideShare: number;
}

/**
 * How many domains are drawn for a message: for several recipients more than one, for mail of this
 * machine none. Counted on logs of this generator.
 */
const DRAWS = 0.97;

const DOMAINS = 800;
export const LOCAL_DOMAIN = 'corp.example';

const FIRST =
  'anna ben carla dmitri elena farid gesa hiro ines jonas katya liam mona nils olga pavel quinn rosa sven tara ugo vera wim xenia yusuf zoe adam berta cem dora emil fritz greta hans ida jan karl lena max nora otto paul rita saskia tom ute viktor wanda'.split(
    ' ',
  );
const LAST =
  'aberg bauer costa dahl ekman fuchs grant hahn ito jansen klein lopez meyer novak olsen petrov quist rossi sato tanaka ulmer voss weber yilmaz zeller almeida brandt conti dubois engel fischer garcia hoffmann ivanov jensen kowalski lang moreau nowak ortega popescu richter schmidt tran vogel wagner young zimmer'.split(
    ' ',
  );
const WORDS =
  'invoice order meeting minutes agenda report offer contract draft release server backup schedule newsletter travel request project account delivery feedback budget interview holiday lunch question update review password quarterly expenses'.split(
    ' ',
  );

/** A mail server that connects to us or that we connect to. */
export interface Peer {
  name: string;
  ip: string;
}

export interface RemoteDomain {
  name: string;
  mx: Peer[];
  /** Which software's words its servers answer with (replies.ts). */
  flavour: number;
  /** Its servers answer nothing: mail to it waits and expires. */
  dead: boolean;
}

export class People {
  readonly localUsers: string[];
  readonly domains: RemoteDomain[];
  private readonly prng: Prng;
  private readonly localRank: Zipf;
  private readonly domainRank: Zipf;
  private readonly userRank: Zipf;
  private readonly rare: string;
  private readonly wide: RemoteDomain | undefined;
  private readonly wideChance: number;

  constructor(prng: Prng, planted: Planted) {
    this.prng = prng;
    this.rare = planted.rare;
    this.localUsers = [];
    const seen = new Set([planted.rare]);
    while (this.localUsers.length < 3000) {
      const [first, last] = [prng.pick(FIRST), prng.pick(LAST)];
      const suffix = prng.chance(0.4) ? String(prng.int(100)) : '';
      const user = `${prng.chance(0.3) ? first[0] : `${first}.`}${last}${suffix}@${LOCAL_DOMAIN}`;
      if (!seen.has(user)) this.localUsers.push(user);
      seen.add(user);
    }
    this.domains = [];
    for (let i = 0; i < DOMAINS; i += 1) this.domains.push(makeDomain(prng, i));
    const wide = makeDomain(prng, 2, planted.wide);
    this.wide = planted.wide === '' ? undefined : wide;
    if (this.wide !== undefined) this.domains.push(this.wide);
    this.wideChance = planted.wideShare / DRAWS;
    this.localRank = new Zipf(this.localUsers.length, 0.9);
    this.domainRank = new Zipf(DOMAINS, 0.95);
    this.userRank = new Zipf(5000, 0.8);
  }

  local(): string {
    return this.localUsers[this.localRank.draw(this.prng)] as string;
  }

  /** A local address that does not exist. */
  ghost(): string {
    return `${this.prng.pick(WORDS)}.${this.prng.pick(LAST)}${this.prng.int(10000)}@${LOCAL_DOMAIN}`;
  }

  domain(): RemoteDomain {
    if (this.prng.chance(this.wideChance) && this.wide !== undefined) return this.wide;
    return this.domains[this.domainRank.draw(this.prng)] as RemoteDomain;
  }

  /** True of an address of this site. */
  isLocal(address: string): boolean {
    return address.endsWith(`@${LOCAL_DOMAIN}`) || address === this.rare;
  }

  /** An address in a remote domain. */
  remote(domain: RemoteDomain): string {
    const n = this.userRank.draw(this.prng);
    const first = FIRST[n % FIRST.length] as string;
    const last = LAST[(n * 7) % LAST.length] as string;
    const tag = this.prng.chance(0.03) ? `+${this.prng.pick(WORDS)}` : '';
    if (n % 3 === 0) return `${first}.${last}${n}${tag}@${domain.name}`;
    return n % 3 === 1 ? `${first[0]}${last}${n}${tag}@${domain.name}` : `${first}_${n}${tag}@${domain.name}`;
  }

  /** A sender of bulk mail: long, unlike any other (VERP). */
  verp(to: string, domain: RemoteDomain): string {
    return `bounces+${this.prng.int(1e9)}-${to.replace('@', '=')}@news.${domain.name}`;
  }

  /** A client that no one knows: home machines and robots. */
  stranger(): Peer {
    const ip = address(this.prng);
    if (this.prng.chance(0.6)) return { name: 'unknown', ip };
    return { name: `host-${ip.replaceAll('.', '-')}.dyn.isp${this.prng.int(50)}.example`, ip };
  }

  subject(): string {
    const words = Array.from({ length: this.prng.between(1, 7) }, () => this.prng.pick(WORDS));
    const text = words.join(' ');
    if (this.prng.chance(0.08)) return `=?UTF-8?B?${Buffer.from(`${text} für März`).toString('base64')}?=`;
    return `${this.prng.chance(0.25) ? 'Re: ' : ''}${text[0]?.toUpperCase()}${text.slice(1)}`;
  }

  /** A Message-ID without its angle brackets, unique in practice. */
  messageId(domain: string): string {
    const p = this.prng;
    const kind = p.int(4);
    if (kind === 0) return `CA+${p.text(BASE64, 26)}=${p.text(BASE64, 14)}@mail.${domain}`;
    if (kind === 1) return `${p.between(1e8, 9e8)}.${p.int(1e6)}.${p.between(1e12, 9e12)}@app${p.int(9)}.${domain}`;
    if (kind === 2) return `${hex(p, 8)}-${hex(p, 4)}-${hex(p, 4)}-${hex(p, 4)}-${hex(p, 12)}@${domain}`;
    return `${p.text(UPPER, 10)}${p.text(UPPER, 12)}${p.int(1e6)}@EX${p.int(9)}.${domain}`;
  }
}

export const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export function hex(prng: Prng, length: number): string {
  return prng.text('0123456789abcdef', length);
}

/** An IPv4 address of 198.18.0.0/15. */
export function address(prng: Prng): string {
  return `198.${18 + prng.int(2)}.${prng.int(256)}.${prng.between(1, 254)}`;
}

function makeDomain(prng: Prng, rank: number, fixed = ['outlike.example', 'web-post.example'][rank]): RemoteDomain {
  const name = fixed ?? `${prng.pick(LAST)}-${prng.pick(WORDS)}${rank}.example`;
  const mx: Peer[] = [];
  for (let i = 1; i <= (rank < 20 ? 5 : 2); i += 1) {
    const v6 = `2001:db8:${rank.toString(16)}::${(i + 24).toString(16)}`;
    mx.push({ name: `mx${i}.${name}`, ip: prng.chance(0.12) ? v6 : address(prng) });
  }
  return { name, mx, flavour: rank < 4 ? rank : prng.int(6), dead: rank > 40 && prng.chance(0.03) };
}
