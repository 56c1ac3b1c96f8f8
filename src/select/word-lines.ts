/**
 * Lines of programs that may know mails by their envelopes alone (traps.ts), as the first pass met them: those that name a
 * sender or a client are read once a mail of the search has one.
 * Rules:  addresses stand as they are in these lines, in any case. One that may be written in several ways takes all lines.
 * Bounds: their text is kept, up to MOST_BYTES: beyond that `isTooMuch`, and they are looked for like other lines.
 */
import type { Place } from './places.ts';
import { isSafe } from './wants.ts';

const MOST_BYTES = 16 * 1024 * 1024;

interface WordLine extends Place {
  text: string;
}

export class WordLines {
  isTooMuch = false;
  #lines: WordLine[] = [];
  #bytes = 0;

  get count(): number {
    return this.#lines.length;
  }

  /** `text`: the line, in small letters. */
  add(offset: number, line: number, text: string): void {
    if (this.isTooMuch) return;
    this.#lines.push({ offset, length: text.length, line, text });
    this.#bytes += text.length;
    if (this.#bytes > MOST_BYTES) this.forget();
  }

  /** They are looked for like other lines. */
  forget(): void {
    this.isTooMuch = true;
    this.#lines = [];
  }

  /** Calls `take` with those that have one of these names, each once. */
  taking(names: readonly string[], take: (place: Place) => void): void {
    const isAny = names.some((name) => !isSafe(name));
    const rest: WordLine[] = [];
    for (const line of this.#lines) {
      if (isAny || names.some((name) => line.text.includes(name))) take(line);
      else rest.push(line);
    }
    this.#lines = rest;
  }
}
