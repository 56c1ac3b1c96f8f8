/** What is told of a chain beside its JSON: the pairs of sender and recipient, for links of attempts to retries. */
import { type i32, ld, st, take } from '../count/memory.ts';
import { hashHigh, hashLow32, hashPair } from './put.ts';

/** More recipients than a chain has. */
const MOST_LASTS = 256;
let lasts: i32 = 0;

/** a pair: two words of hash, 1 = it was refused for now */
export const PAIR_BYTES = 12;
export let pairs: i32 = 0;
export let pairCount: i32 = 0;

export function openResults(mostPairs: i32): void {
  lasts = take(MOST_LASTS * 4);
  pairs = take(mostPairs * PAIR_BYTES);
  pairCount = 0;
}

/** Where the mail of the recipient number i ended. */
export function noteLast(i: i32, end: i32): void {
  st(lasts + i * 4, end);
}

export function lastOf(i: i32): i32 {
  return ld(lasts + i * 4);
}

export function notePair(a: i32, b: i32, c: i32, d: i32, isOpen: boolean): void {
  hashPair(a, b, c, d);
  const pair = pairs + pairCount * PAIR_BYTES;
  st(pair, hashLow32);
  st(pair + 4, hashHigh);
  st(pair + 8, isOpen ? 1 : 0);
  pairCount++;
}

export function forgetPairs(count: i32): void {
  pairCount = count;
}
