/**
 * Sessions of a process found by walking from a line that is known to both sides, up to the lines that begin and end it:
 * a process serves many clients, and its id is used again.
 * Rules:  all lines of the process in some pieces of the file around the line are read; where these do not show both ends of
 *         the session, more pieces are. Where that leads too far, or to an end of one of several files, its lines are looked for
 *         everywhere (`lost`).
 * Source: correlate/apply-session.ts: a session ends with its disconnect line or the next connect line; a connect line that
 *         comes again in the same second belongs to the session.
 */
import type { Blocks } from './blocks.ts';
import type { Rec } from './record.ts';

/** Pieces of a block. */
const PIECES = 16;
/** How far is read at first before a line and behind it, and before a connect line for another of the same session. */
const BEFORE = 4;
const BEHIND = 2;
const DOUBLED = 2;
/** Pieces that are read more, by turns. */
const STEPS = [8, 16, 32, 64, 256, 1024];

/** Bytes [from, to) of a file: lines of a process that begin there are looked for. */
export interface Walk {
  readonly pid: number;
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

interface Anchor {
  readonly rec: Rec;
  step: number;
}

export interface WalkOptions {
  /** the blocks of the file of this index */
  blocksOf(file: number): Blocks;
  isOnlyFile(): boolean;
  /** size of the blocks */
  blockBytes: number;
}

export class Walks {
  readonly #options: WalkOptions;
  /** bytes of a piece */
  readonly #piece: number;
  readonly #known = new Set<Rec>();
  readonly #open = new Map<string, Anchor[]>();
  /** by session key and file: pieces that were read */
  readonly #covered = new Map<string, Set<number>>();
  #next: Walk[] = [];

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#piece = Math.max(1, Math.floor(options.blockBytes / PIECES));
  }

  /** The session of this line is looked for. */
  want(rec: Rec): void {
    if (this.#known.has(rec)) return;
    this.#known.add(rec);
    const key = rec.session as string;
    const list = this.#open.get(key);
    if (list === undefined) this.#open.set(key, [{ rec, step: 0 }]);
    else list.push({ rec, step: 0 });
  }

  /** What to read now. */
  next(): Walk[] {
    const out = this.#next;
    this.#next = [];
    return out;
  }

  /** Looks at the lines found so far, by session key; gives the keys of sessions that must be looked for everywhere. */
  settle(recsOf: (key: string) => readonly Rec[]): { key: string; pid: number }[] {
    const lost: { key: string; pid: number }[] = [];
    for (const [key, anchors] of this.#open) {
      const files = new Map<number, Rec[]>();
      for (const rec of recsOf(key)) {
        const list = files.get(rec.file);
        if (list === undefined) files.set(rec.file, [rec]);
        else list.push(rec);
      }
      for (const list of files.values()) list.sort((a, b) => a.offset - b.offset);
      const open = anchors.filter((anchor) => this.#walk(anchor, files.get(anchor.rec.file) ?? []) !== 'whole');
      const isLost = open.some(({ step }) => step > STEPS.length);
      if (isLost) lost.push({ key, pid: (open[0] as Anchor).rec.pid });
      if (isLost || open.length === 0) this.#open.delete(key);
      else this.#open.set(key, open);
    }
    return lost;
  }

  /** Asks for more pieces, unless the whole session is known. */
  #walk(anchor: Anchor, recs: readonly Rec[]): 'whole' | 'more' {
    const { rec } = anchor;
    const { end } = this.#options.blocksOf(rec.file);
    const bytes = this.#piece;
    const last = Math.max(0, Math.ceil(end / bytes) - 1);
    const name = `${rec.file} ${rec.session}`;
    let covered = this.#covered.get(name);
    if (covered === undefined) this.#covered.set(name, (covered = new Set()));
    const piece = Math.floor(rec.offset / bytes);
    if (!covered.has(piece))
      return this.#cover(anchor, covered, Math.max(0, piece - BEFORE), Math.min(last, piece + BEHIND));
    let low = piece;
    let high = piece;
    while (covered.has(low - 1)) low--;
    while (covered.has(high + 1)) high++;
    const from = low * bytes;
    const to = (high + 1) * bytes;
    const own = recs.filter(({ offset }) => offset >= from && offset < to);
    const isOnly = this.#options.isOnlyFile();
    const hasStart = hasBegin(own, rec, from, bytes * DOUBLED) || (from === 0 && isOnly);
    const hasStop = hasEnd(own, rec) || (to >= end && isOnly);
    if (hasStart && hasStop) return 'whole';
    if ((!hasStart && from === 0) || (!hasStop && to >= end)) {
      anchor.step = STEPS.length + 1;
      return 'more';
    }
    const many = STEPS[anchor.step];
    anchor.step++;
    if (many === undefined) return 'more';
    const first = hasStart ? low : Math.max(0, low - many);
    return this.#cover(anchor, covered, first, hasStop ? high : Math.min(last, high + many));
  }

  /** Asks for these pieces, those that were read left out. */
  #cover({ rec: { pid, file } }: Anchor, covered: Set<number>, first: number, last: number): 'more' {
    for (let piece = first; piece <= last; piece++) {
      if (covered.has(piece)) continue;
      const from = piece;
      while (piece <= last && !covered.has(piece)) covered.add(piece++);
      this.#next.push({ pid, file, from: from * this.#piece, to: piece * this.#piece });
    }
    return 'more';
  }
}

/**
 * Whether the line that begins the session is among these, of which the first may be at `from`: a connect line that comes
 * again is not farther away than `doubled` bytes.
 */
function hasBegin(recs: readonly Rec[], anchor: Rec, from: number, doubled: number): boolean {
  for (let i = lastUpTo(recs, anchor.offset); i >= 0; i--) {
    const rec = recs[i] as Rec;
    const before = recs[i - 1];
    if (rec.kind === 'disconnect' && rec.offset < anchor.offset) return true;
    if (rec.kind !== 'connect') continue;
    if (before === undefined) return from === 0 || rec.offset - from >= doubled;
    if (before.kind !== 'connect') return true;
  }
  return false;
}

/** Whether the line that ends the session is among these. */
function hasEnd(recs: readonly Rec[], anchor: Rec): boolean {
  for (let i = Math.max(0, lastUpTo(recs, anchor.offset)); i < recs.length; i++) {
    const rec = recs[i] as Rec;
    if (rec.offset < anchor.offset) continue;
    if (rec.kind === 'disconnect') return true;
    if (rec.kind === 'connect' && i > 0 && rec.offset > anchor.offset && recs[i - 1]?.kind !== 'connect') return true;
  }
  return false;
}

/** Index of the last of them that is not behind `offset`; -1 where there is none. */
function lastUpTo(recs: readonly Rec[], offset: number): number {
  let low = 0;
  let high = recs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((recs[middle] as Rec).offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
