/**
 * Lines that stand in several streams (Exim's rejectlog beside its mainlog, a host's own log beside the central one).
 * Rules:  equal lines are equal in every byte. A line counts as often as in the stream that has it most often: the nth copy
 *         in a stream is a duplicate if some stream has already given n. Equal lines within one stream are different lines.
 *         A line without a stamp is taken together with all it follows, back to the line with the stamp: it is a duplicate
 *         only of the same line after the same lines. (The headers under a refusal stand in rejectlog alone: they are none,
 *         although the refusal above them is.)
 * Bounds: copies are looked for within the last ten minutes of the merge (clocks of hosts differ, so copies need not come
 *         at the same moment), or the last million lines where those are fewer; at most 70 MB.
 */
import type { Frame } from '../model/frame.ts';
import { hashLine } from './hash-line.ts';
import type { LineStream } from './line-stream.ts';

const WINDOW_MS = 10 * 60_000;
const MAX_ENTRIES = 1 << 20;
/** several streams have the line: each has a count of its own */
const SHARED = -1;

export class Dedupe {
  /** of this window, and of the one before it */
  #now = new Counts();
  #before = new Counts();
  #since = -Infinity;
  /** per stream: hash of its line with all it follows */
  readonly #chains: number[] = [];

  /** Call it once for each line, in the order of the merge. */
  isDuplicate(stream: LineStream): boolean {
    const { frame, key } = stream;
    if (key - this.#since > WINDOW_MS || this.#now.size >= MAX_ENTRIES) this.#turn(key);
    const own = frame.stream;
    const seed = Number.isNaN(frame.at) ? (this.#chains[own] ?? 0) : 0;
    // a byte order mark belongs to its file, not to the line
    const hash = frame.isJoined
      ? hashJoined(frame)
      : hashLine(
          stream.view,
          stream.lineStart + (frame.line === 1 ? markLength(stream.bytes, stream.lineStart) : 0),
          stream.lineEnd,
          seed,
        );
    this.#chains[own] = hash;

    const now = this.#now;
    const slot = this.#find(hash, own);
    const given = now.counts[slot] as number;
    const owner = now.owners[slot] as number;
    if (owner === own) {
      // mostly: no other stream has it (yet), and this one has given all its copies (none, if it is new)
      now.counts[slot] = given + 1;
      return false;
    }
    if (owner !== SHARED) {
      now.owners[slot] = SHARED;
      now.counts[this.#find(ofStream(hash, owner), SHARED)] = given;
    }
    // each find may move the slots of those before it
    const copiesSlot = this.#find(ofStream(hash, own), SHARED);
    const copies = (now.counts[copiesSlot] as number) + 1;
    now.counts[copiesSlot] = copies;
    if (copies <= given) return true;
    now.counts[this.#find(hash, SHARED)] = copies;
    return false;
  }

  /** The slot of this hash in `#now`, made there, with what `#before` knows, if it is new. */
  #find(hash: number, owner: number): number {
    const now = this.#now;
    const slot = now.find(hash);
    if (now.owners[slot] !== FREE) return slot;
    const old = this.#before.find(hash);
    return this.#before.owners[old] === FREE
      ? now.add(slot, hash, 0, owner)
      : now.add(slot, hash, this.#before.counts[old] as number, this.#before.owners[old] as number);
  }

  #turn(key: number): void {
    const old = this.#before;
    this.#before = this.#now;
    old.clear();
    this.#now = old;
    this.#since = key;
  }
}

/** The hash for one stream: another number, as well spread. */
function ofStream(hash: number, stream: number): number {
  const low = ((hash >>> 0) ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0;
  return Math.floor(hash / 4294967296) * 4294967296 + low;
}

const FREE = -2;
const FIRST_SIZE = 1 << 12;

/** Hash -> count and owner: open addressing in typed arrays. */
class Counts {
  size = 0;
  counts = new Uint32Array(FIRST_SIZE);
  owners = new Int32Array(FIRST_SIZE).fill(FREE);
  #hashes = new Float64Array(FIRST_SIZE);

  /** The slot of the hash, or the free one where it would be added. */
  find(hash: number): number {
    const { owners } = this;
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    let slot = hash & mask;
    while (owners[slot] !== FREE && hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  /** Fills a free slot that `find` gave; returns where the entry is now. */
  add(slot: number, hash: number, count: number, owner: number): number {
    this.size += 1;
    this.#hashes[slot] = hash;
    this.counts[slot] = count;
    this.owners[slot] = owner;
    if (this.size * 2 <= this.owners.length) return slot;
    this.#grow();
    return this.find(hash);
  }

  clear(): void {
    this.owners.fill(FREE);
    this.size = 0;
  }

  #grow(): void {
    const { counts, owners } = this;
    const hashes = this.#hashes;
    const length = hashes.length * 2;
    this.#hashes = new Float64Array(length);
    this.counts = new Uint32Array(length);
    this.owners = new Int32Array(length).fill(FREE);
    for (let i = 0; i < hashes.length; i++) {
      if (owners[i] === FREE) continue;
      const hash = hashes[i] as number;
      const slot = this.find(hash);
      this.#hashes[slot] = hash;
      this.counts[slot] = counts[i] as number;
      this.owners[slot] = owners[i] as number;
    }
  }
}

function hashJoined({ bytes, body, end }: Frame): number {
  return hashLine(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), body, end, 0);
}

function markLength(bytes: Buffer, at: number): number {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0;
}
