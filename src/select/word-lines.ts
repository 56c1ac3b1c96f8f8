/**
 * Lines of programs that may know mails by their envelopes alone (traps.ts), as the first pass met them: those that name a
 * sender or a client are read once a mail of the search has one.
 * Rules:  addresses stand as they are in these lines, in any case. One that may be written in several ways takes all lines.
 * Bounds: their text is kept, up to MOST_WORD_BYTES: beyond that `isTooMuch`, and they are looked for like other lines.
 */
import type { Kernel } from '../kernel/index.ts';
import type { Place } from './places.ts';
import { isSafe } from './wants.ts';

export const MOST_WORD_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const NEEDLES_AT_ONCE = 64;
const LF = 10;

/** Some lines, each with a LF. */
interface Piece {
  readonly bytes: Buffer;
  used: number;
  readonly places: Place[];
  /** by index of a line */
  readonly isTaken: Set<number>;
}

export class WordLines {
  isTooMuch = false;
  count = 0;
  #pieces: Piece[] = [];
  #bytes = 0;

  /** `text`: the line's bytes as latin1. */
  add(offset: number, line: number, text: string): void {
    if (this.isTooMuch) return;
    const { length } = text;
    let piece = this.#pieces.at(-1);
    if (piece === undefined || piece.used + length >= piece.bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, length + 1));
      piece = { bytes, used: 0, places: [], isTaken: new Set() };
      this.#pieces.push(piece);
    }
    piece.bytes.write(text, piece.used, length, 'latin1');
    piece.bytes[piece.used + length] = LF;
    piece.used += length + 1;
    piece.places.push({ offset, length, line });
    this.count++;
    this.#bytes += length;
    if (this.#bytes > MOST_WORD_BYTES) this.forget();
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
        const takeLine = (index: number): void => {
          if (piece.isTaken.has(index)) return;
          piece.isTaken.add(index);
          take(piece.places[index] as Place);
        };
        if (!isSet) {
          for (const index of piece.places.keys()) takeLine(index);
          continue;
        }
        piece.bytes.copy(kernel.buffer, 0, 0, piece.used);
        const { indexes, count } = kernel.findNeedles(piece.used);
        for (let i = 0; i < count; i++) takeLine(indexes[i] as number);
      }
    }
  }
}
