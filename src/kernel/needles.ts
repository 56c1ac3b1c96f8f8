/**
 * Needles made ready: folded bytes, and the places of the two that are rarest in logs, which are looked for first.
 * Source:  the idea is that of memchr's "rare bytes"; the order below is that of bytes in mail logs of several servers.
 */
import { FOLDED, LF } from './bytes.ts';

export const MAX_NEEDLES = 64;
export const MAX_NEEDLE_BYTES = 4096;

/** Folded bytes from the most common on; what is not named is rarer than all of them. */
const COMMON = " 1eot.smai20p:nrlcx93d4865=v7/uf,[]-hgbyk<>w@q()_jz+;'%";

const RARITY = Uint8Array.from({ length: 256 }, (_, byte) => {
  const at = COMMON.indexOf(String.fromCharCode(byte));
  return at < 0 ? COMMON.length : at;
});

/** The more, the rarer is this folded byte in logs. */
function rarity(byte: number): number {
  return RARITY[byte] as number;
}

/** About which share of a log's bytes is this one. */
export function shareOf(byte: number): number {
  const folded = FOLDED[byte] as number;
  const rank = rarity(folded);
  const share = rank === COMMON.length ? RARE : COMMONEST * LESS ** rank;
  return folded === byte ? share : share * CAPITALS;
}

/** Share of the most common byte, of each next one in that of the one before, of rare ones, and of a letter's capital in its. */
const COMMONEST = 0.06;
const LESS = 0.95;
const RARE = 0.0005;
const CAPITALS = 0.15;

export interface Needle {
  /** A to Z as a to z */
  readonly bytes: Uint8Array;
  /** place of the rarest byte, and of the second (the same place in a needle of one byte) */
  readonly rarest: number;
  readonly second: number;
}

/**
 * The needles that can be found: without those that hold an LF, for no line does.
 * Undefined where they are too many, or one is empty.
 */
export function prepareNeedles(list: readonly Uint8Array[]): Needle[] | undefined {
  const bytes = list.reduce((sum, needle) => sum + needle.length, 0);
  if (list.length > MAX_NEEDLES || bytes > MAX_NEEDLE_BYTES || list.some((needle) => needle.length === 0)) {
    return undefined;
  }
  return list.filter((needle) => !needle.includes(LF)).map((needle) => prepare(needle));
}

function prepare(needle: Uint8Array): Needle {
  const bytes = Uint8Array.from(needle, (byte) => FOLDED[byte] as number);
  const rarest = rarestBut(bytes, -1);
  return { bytes, rarest, second: bytes.length === 1 ? rarest : rarestBut(bytes, rarest) };
}

/** Place of the rarest byte that is not at `taken`; of a byte unlike that one where there is any. */
function rarestBut(bytes: Uint8Array, taken: number): number {
  let best = -1;
  let score = -1;
  for (const [i, byte] of bytes.entries()) {
    if (i === taken) continue;
    const isRepeated = taken >= 0 && byte === bytes[taken];
    const own = isRepeated ? 0 : 1 + rarity(byte);
    if (own > score) [best, score] = [i, own];
  }
  return best;
}
