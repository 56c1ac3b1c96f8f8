/**
 * Tables to look for many needles at once: three bytes in a row of each needle, its rarest three, in 8 groups of needles.
 * Shape:  six tables of 16 bytes: for each of the three bytes one by its low and one by its high nibble; bit g is set where
 *         a needle of group g has a byte with this nibble there. A needle of fewer bytes takes any byte for the missing.
 * Source: "Teddy" of the Hyperscan library.
 */
import { FOLDED } from './bytes.ts';
import { rarity, type Needle } from './needles.ts';

const GROUPS = 8;
const ROW = 3;
export const NIBBLE_BYTES = ROW * 32;

/** Place of the first of the three bytes in a needle. */
export function trigramPlace({ bytes }: Needle): number {
  let best = 0;
  let score = -1;
  for (let at = 0; at + ROW <= bytes.length; at++) {
    const own = bytes.subarray(at, at + ROW).reduce((sum, byte) => sum + rarity(byte), 0);
    if (own > score) [best, score] = [at, own];
  }
  return best;
}

/** Those three bytes as hexadecimal digits. */
function trigram(needle: Needle): string {
  const place = trigramPlace(needle);
  return Buffer.from(needle.bytes.subarray(place, place + ROW)).toString('hex');
}

/** Needles whose three bytes are alike go into one group: it then passes fewer others. */
export function grouped(needles: readonly Needle[]): { sorted: Needle[]; groupSize: number } {
  const keyed = needles.map((needle) => ({ needle, key: trigram(needle) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return { sorted: keyed.map(({ needle }) => needle), groupSize: Math.max(1, Math.ceil(needles.length / GROUPS)) };
}

/** Writes the tables of these needles, so many in a group. */
export function putNibbles(tables: Uint8Array, needles: readonly Needle[], groupSize: number): void {
  tables.fill(0);
  for (const [i, needle] of needles.entries()) {
    const place = trigramPlace(needle);
    const group = 1 << Math.floor(i / groupSize);
    for (let k = 0; k < ROW; k++) putByte(tables.subarray(k * 32, k * 32 + 32), needle.bytes[place + k], group);
  }
}

/** Adds a byte, in both cases, or any byte if there is none. */
function putByte(tables: Uint8Array, folded: number | undefined, group: number): void {
  for (let byte = 0; byte < 256; byte++) {
    if (folded !== undefined && FOLDED[byte] !== folded) continue;
    for (const at of [byte & 15, 16 + (byte >>> 4)]) tables[at] = (tables[at] as number) | group;
  }
}
