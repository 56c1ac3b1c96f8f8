/**
 * How far the clocks of two hosts are apart, as mails show it whose id, sender and Message-ID all agree on both sides.
 * What has less evidence is then judged with that in mind.
 */
import type { HostSkew } from '../model/run.ts';

interface Offset {
  /** ms that the next host's first line stands after the line that names it; clocks that agree: a little below zero */
  min: number;
  max: number;
}

/** Less than this is no skew: the next hop logs its arrival before the reply comes back, minutes before at worst. */
const USUAL_MS = 2_000;

/** A next hop that always begins so long before the line that names it was not kept waiting: its clock is behind. */
const SURE_MS = 60_000;

export class Skews {
  private readonly pairs = new Map<string, Offset>();
  /** something that fits but for its time was left out: mails that were not looked at might show a skew that explains it */
  isDoubted = false;

  /** A sure join: the next hop began `d` ms after the line that names it. */
  learn(from: string | undefined, to: string | undefined, d: number): void {
    if (from === to) return;
    const key = keyOf(from, to);
    const known = this.pairs.get(key);
    if (known === undefined) {
      if (this.pairs.size < 10_000) this.pairs.set(key, { min: d, max: d });
    } else {
      if (d < known.min) known.min = d;
      if (d > known.max) known.max = d;
    }
  }

  /** Pairs of hosts whose clocks surely differ: how far after the line that names it a next hop begins, ms. */
  get told(): HostSkew[] {
    return [...this.pairs].flatMap(([key, { min, max }]) => {
      if (max <= USUAL_MS && max >= -SURE_MS) return [];
      const [from = '', to = ''] = key.split('\n');
      return [{ from, to, min, max }];
    });
  }

  /** What to add to a time of host `from` to have it on the clock of host `to`, ms: least and most; 0, 0 where nothing is known. */
  between(from: string | undefined, to: string | undefined): readonly [number, number] {
    const known = this.pairs.get(keyOf(from, to));
    if (known === undefined) return NONE;
    return [Math.min(0, known.min), known.max > USUAL_MS ? known.max : 0];
  }
}

const NONE = [0, 0] as const;

function keyOf(from: string | undefined, to: string | undefined): string {
  return `${from ?? ''}\n${to ?? ''}`;
}
