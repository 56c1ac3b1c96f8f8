/**
 * `--format raw` of everything: each line of the log that belongs to a queue id is printed, and no other
 * line with one. Lines are compared by a hash of 53 bits, so that a log of 1 GB needs 100 MB.
 */
import type { Verdict } from '../row.ts';
import { eachLine } from './lines.ts';

/** @param out our output @param log the plain log */
export function checkEveryChain(out: string, log: string): Verdict {
  const mine = idLines(out);
  const all = idLines(log);
  let [missing, strange, a, b] = [0, 0, 0, 0];
  while (a < all.length || b < mine.length) {
    const [want, is] = [all[a] ?? Infinity, mine[b] ?? Infinity];
    if (want < is) missing += 1;
    if (is < want) strange += 1;
    if (want <= is) a = next(all, a);
    if (is <= want) b = next(mine, b);
  }
  return missing + strange === 0
    ? {}
    : { wrong: `of the lines with a queue id ${missing} are missing, ${strange} are not in the log` };
}

/** The first index of another value. */
function next(sorted: Float64Array, at: number): number {
  let to = at + 1;
  while (to < sorted.length && sorted[to] === sorted[at]) to += 1;
  return to;
}

/** Hashes of the lines whose text begins with a queue id, sorted. */
function idLines(file: string): Float64Array {
  let hashes = new Float64Array(1 << 16);
  let count = 0;
  eachLine(file, (block, a, b) => {
    if (!hasQueueId(block, a, b)) return;
    if (count === hashes.length) {
      const larger = new Float64Array(count * 2);
      larger.set(hashes);
      hashes = larger;
    }
    hashes[count++] = hash(block, a, b);
  });
  return hashes.subarray(0, count).sort();
}

/** `…]: 4F2D31A0C: …`, and a digit in it: NOQUEUE is none. */
function hasQueueId(block: Buffer, a: number, b: number): boolean {
  let at = a;
  while (at < b - 2 && !(block[at] === 0x5d && block[at + 1] === 0x3a && block[at + 2] === 0x20)) at += 1;
  const begin = at + 3;
  let digit = false;
  for (at = begin; at < b && isWord(block[at] as number); at += 1) digit ||= (block[at] as number) < 0x3a;
  return digit && at - begin >= 6 && block[at] === 0x3a && block[at + 1] === 0x20;
}

function isWord(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Two hashes in the manner of FNV-1a, joined to an integer of 53 bits. */
function hash(block: Buffer, a: number, b: number): number {
  let [h, g] = [0x811c9dc5, 0x1b873593];
  for (let at = a; at < b; at += 1) {
    const byte = block[at] as number;
    h = Math.imul(h ^ byte, 0x01000193);
    g = Math.imul(g ^ byte, 0x85ebca6b) + (g >>> 15);
  }
  return (h >>> 0) * 0x200000 + ((g >>> 0) & 0x1fffff);
}
