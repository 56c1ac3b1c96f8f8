/**
 * Inputs that say the same: how many lines of one stand in another, by what the daemons wrote and the second they did (the
 * stamps may be written in two ways).
 * Memory: at most MOST fingerprints; of longer logs the first part tells. One line of four is looked at.
 */
import type { Frame } from '../model/frame.ts';

const MOST = 400_000;
const BYTES = 64;
/** of fewer lines nobody can say that they are copies and no chance */
const LEAST = 5;
const SHARE = 0.9;

export interface Copy {
  /** indexes of the inputs: of this one (nearly) every line stands in that one */
  readonly source: number;
  readonly of: number;
  /** 0.9 to 1 */
  readonly share: number;
}

export class Copies {
  /** fingerprint -> the input that had it first */
  readonly #first = new Map<number, number>();
  /** looked at, by input */
  readonly #looked: number[] = [];
  /** lines of the one that the other had before, by both */
  readonly #shared = new Map<string, number>();

  see(frame: Frame): void {
    if (Number.isNaN(frame.at) || frame.end <= frame.body || this.#first.size >= MOST) return;
    const mark = markOf(frame);
    if ((mark & 3) !== 0) return;
    const { source } = frame;
    this.#looked[source] = (this.#looked[source] ?? 0) + 1;
    const first = this.#first.get(mark);
    if (first === undefined) this.#first.set(mark, source);
    else if (first !== source) {
      const key = first < source ? `${first} ${source}` : `${source} ${first}`;
      this.#shared.set(key, (this.#shared.get(key) ?? 0) + 1);
    }
  }

  /** Each once: of two that say the same the later one. */
  found(): Copy[] {
    return [...this.#shared].flatMap(([key, count]) => {
      const [a = 0, b = 0] = key.split(' ').map(Number);
      const [ofA, ofB] = [this.#looked[a] ?? 0, this.#looked[b] ?? 0];
      const [source, of, looked] = ofA < ofB ? [a, b, ofA] : [b, a, ofB];
      const share = Math.min(1, count / looked);
      return looked >= LEAST && share >= SHARE ? [{ source, of, share }] : [];
    });
  }
}

/** FNV-1a (draft-eastlake-fnv) of the second, the length and the first bytes of what the daemon wrote. */
function markOf({ bytes, body, end, at }: Frame): number {
  let hash = Math.imul(0x811c9dc5 ^ Math.floor(at / 1000), 0x01000193) ^ (end - body);
  const stop = Math.min(end, body + BYTES);
  for (let i = body; i < stop; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash ^= hash >>> 15;
  return hash >>> 0;
}
