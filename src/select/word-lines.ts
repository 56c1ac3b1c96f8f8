/**
 * Lines of programs that may know mails by their envelopes alone (traps.ts), as the first pass met them: those that name a
 * sender or a client are read once a mail of the search has one.
 * Rules:  addresses stand as they are in these lines, in any case. One that may be written in several ways takes all lines.
 * Bounds: their text is kept, up to MOST_WORD_BYTES: beyond that `isTooMuch`, and they are looked for like other lines.
 */
import type { Kernel } from '../kernel/index.ts';
import type { LinePack } from './line-pack.ts';
import type { Place } from './places.ts';
import { isSafe } from './wants.ts';

export const MOST_WORD_BYTES = 16 * 1024 * 1024;
const NEEDLES_AT_ONCE = 64;

/** Some lines. */
interface Piece {
  readonly pack: LinePack;
  /** lines of the file before those that the pack counts */
  readonly before: number;
  /** by index of a line */
  readonly isTaken: Set<number>;
}

export class WordLines {
  isTooMuch = false;
  count = 0;
  #pieces: Piece[] = [];
  #bytes = 0;

  /** `before`: added to their numbers. */
  add(packs: readonly LinePack[], before: number): void {
    for (const pack of packs) {
      if (this.isTooMuch) return;
      this.#pieces.push({ pack, before, isTaken: new Set() });
      this.count += pack.ends.length;
      this.#bytes += pack.bytes.length;
      if (this.#bytes > MOST_WORD_BYTES) this.forget();
    }
  }

  /** They are looked for like other lines. */
  forget(): void {
    this.isTooMuch = true;
    this.#pieces = [];
    this.count = 0;
  }

  /** Calls `take` with those that have one of these names, each once. */
  taking(names: readonly string[], kernel: Kernel, take: (place: Place) => void): void {
    const isAny = names.some((name) => !isSafe(name));
    for (let from = 0; from < (isAny ? 1 : names.length); from += NEEDLES_AT_ONCE) {
      const some = names.slice(from, from + NEEDLES_AT_ONCE).map((name) => Buffer.from(name, 'latin1'));
      const isSet = !isAny && kernel.setNeedles(some);
      for (const piece of this.#pieces) {
        const { bytes, ends } = piece.pack;
        const takeLine = (index: number): void => {
          if (piece.isTaken.has(index)) return;
          piece.isTaken.add(index);
          take(placeOf(piece, index));
        };
        if (!isSet) {
          for (const index of ends.keys()) takeLine(index);
          continue;
        }
        kernel.buffer.set(bytes);
        const { indexes, count } = kernel.findNeedles(bytes.length);
        for (let i = 0; i < count; i++) takeLine(indexes[i] as number);
      }
    }
  }
}

function placeOf({ pack: { ends, offsets, lines }, before }: Piece, index: number): Place {
  const start = index === 0 ? 0 : (ends[index - 1] as number) + 1;
  const length = (ends[index] as number) - start;
  return { offset: offsets[index] as number, length, line: before + (lines[index] as number) };
}
