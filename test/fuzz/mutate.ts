/**
 * Lines changed as damage, hostile senders and other versions change them: spliced, cut, with tokens swapped, markers put in,
 * bytes flipped, parts said again, numbers at their limits.
 */
import type { Random } from './random.ts';

const MOST = 64 * 1024;
const LIMITS = [
  '0',
  '1',
  '00',
  '-1',
  '255',
  '256',
  '65536',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
].concat(['9007199254740993', '99999999999999999999', '0.0', '1e309', '1.7976931348623157e308', '-0', '٣']);

/** Where a token begins and ends: a run of bytes that are no delimiters. */
const isToken = new Uint8Array(256);
for (let c = 0; c < 256; c++)
  isToken[c] =
    (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c >= 128 || c === 0x2d || c === 0x5f
      ? 1
      : 0;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** [start, end) of a token at or behind a place drawn; undefined where there is none. */
function tokenIn(line: Buffer, random: Random, fits: (c: number | undefined) => boolean): [number, number] | undefined {
  let a = random.below(line.length);
  while (a < line.length && !fits(line[a])) a++;
  if (a >= line.length) return undefined;
  while (a > 0 && fits(line[a - 1])) a--;
  let z = a;
  while (z < line.length && fits(line[z])) z++;
  return [a, z];
}

const inToken = (c: number | undefined): boolean => c !== undefined && isToken[c] === 1;

/** `line` with [a, z) replaced. */
function replaced(line: Buffer, a: number, z: number, by: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(line.length - (z - a) + by.length);
  line.copy(out, 0, 0, a);
  out.set(by, a);
  line.copy(out, a + by.length, z);
  return out;
}

export interface Donors {
  /** a line of anywhere */
  line(random: Random): Buffer;
  readonly markers: readonly Buffer[];
}

type Mutation = (line: Buffer, random: Random, donors: Donors) => Buffer;

const spliced: Mutation = (line, random, donors) => {
  const other = donors.line(random);
  const a = random.below(line.length + 1);
  const z = random.is(0.5) ? a : a + random.below(line.length - a + 1);
  const from = random.below(other.length + 1);
  const to = random.is(0.5) ? other.length : from + random.below(other.length - from + 1);
  return replaced(line, a, random.is(0.5) ? line.length : z, other.subarray(from, to));
};

const tokenSwapped: Mutation = (line, random, donors) => {
  const here = tokenIn(line, random, inToken);
  const other = random.is(0.3) ? line : donors.line(random);
  const there = tokenIn(other, random, inToken);
  if (here === undefined || there === undefined) return line;
  return replaced(line, here[0], here[1], other.subarray(there[0], there[1]));
};

const flipped: Mutation = (line, random) => {
  if (line.length === 0) return line;
  const out = Buffer.from(line);
  for (let n = random.few(4); n > 0; n--) {
    const at = random.below(out.length);
    out[at] = random.is(0.5) ? (out[at] as number) ^ (1 << random.below(8)) : random.below(256);
  }
  return out;
};

const marked: Mutation = (line, random, donors) => {
  const marker = random.of(donors.markers);
  const token = random.is(0.5) ? tokenIn(line, random, inToken) : undefined;
  if (token !== undefined) {
    const [a, z] = token;
    return random.is(0.5)
      ? replaced(line, a, z, marker)
      : replaced(line, random.is(0.5) ? a : z, random.is(0.5) ? a : z, marker);
  }
  const at = random.below(line.length + 1);
  return replaced(line, at, at, marker);
};

const cut: Mutation = (line, random) => {
  const a = random.below(line.length + 1);
  if (random.is(0.5)) return line.subarray(0, a);
  return replaced(line, a, Math.min(line.length, a + random.few(40)), Buffer.alloc(0));
};

const said: Mutation = (line, random) => {
  const a = random.below(line.length + 1);
  const part = line.subarray(a, Math.min(line.length, a + random.few(60)));
  if (part.length === 0) return line;
  const times = random.is(0.02) ? Math.floor(MOST / part.length) : random.few(20);
  return replaced(line, a, a, Buffer.alloc(part.length * times, part));
};

const limited: Mutation = (line, random) => {
  const token = tokenIn(line, random, isDigit);
  return token === undefined ? line : replaced(line, token[0], token[1], Buffer.from(random.of(LIMITS)));
};

const zeroed: Mutation = (line, random) => {
  if (line.length === 0) return line;
  const out = Buffer.from(line);
  const a = random.below(out.length);
  return out.fill(0, a, Math.min(out.length, a + random.few(64)));
};

const swappedHead: Mutation = (line, random, donors) => {
  // the stamp, host and tag of one line before the text of another
  const other = donors.line(random);
  const mark = other.indexOf(': ');
  const own = line.indexOf(': ');
  return mark < 0 || own < 0 ? line : Buffer.concat([other.subarray(0, mark), line.subarray(own)]);
};

const MUTATIONS: readonly Mutation[] = [
  ...[spliced, tokenSwapped, tokenSwapped, tokenSwapped, flipped, marked, marked, marked, marked],
  ...[cut, said, limited, limited, swappedHead, zeroed],
];

/** The line with one to four mutations; no LF is in it, unless the line had one. */
export function mutated(line: Buffer, random: Random, donors: Donors): Buffer {
  let out = line;
  for (let n = random.few(4); n > 0; n--) out = random.of(MUTATIONS)(out, random, donors);
  return out.length > MOST ? out.subarray(0, MOST) : out;
}
