/**
 * The one door of the kernel: looks for bytes and words in blocks of whole lines, and knows nothing of formats.
 * Two implementations give the same answers: a WASM module (assembly/), and a plain TypeScript twin, its test oracle and
 * fallback.
 * Shape:  the caller reads input into `buffer[0, end)`, whole lines, each but perhaps the last with its LF; a call answers
 *         for that block. Lines are told as pairs of positions [start, end) in `buffer`, end without the LF (a CR before it
 *         belongs to the line), with the index of the line in the block.
 * Errors: none; the caller keeps to `buffer.length`.
 */

/** Lines found in a block, in the order of the block. Valid until the next call. */
export interface FoundLines {
  /** how many were found */
  count: number;
  /** lines in the block */
  lines: number;
  /** by found line: first byte, one past the last, index of the line in the block (0 = first) */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly indexes: Uint32Array;
  /**
   * By line that was found by needles: which it holds, a bit each, in the order in which they were set, those that hold an
   * LF left out; the first 32, and the others.
   */
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
}

/** What lines that are like the line before have in common. */
export interface UsualStamp {
  /** `Nov 21 ` or `2026-11-21` */
  readonly date: Uint8Array;
  /** the latest stamp behind its date, up to the space before the host: `16:48:00`, `T16:48:00.123+01:00` */
  readonly stamp: Uint8Array;
  /** how many digits its fraction has */
  readonly fraction: number;
  /** a line with an earlier time is not usual */
  readonly isOrdered: boolean;
  /** lines have no host: one with `tag[pid]:` in its first two words is not usual, for it may have one */
  readonly isBare: boolean;
}

export interface Kernel {
  /** the block; a line of 1 MiB and its LF fit in. The kernel may not move it. */
  readonly buffer: Buffer;
  /**
   * Byte strings to look for, at least one byte each. Letters A to Z match in both cases; none that holds an LF is ever
   * found. At most 64 of them with 4,096 bytes in all: false where they are too many, or one is empty, and those set
   * before stay.
   */
  setNeedles(needles: readonly Uint8Array[]): boolean;
  /**
   * Lines that hold any needle. `isWalked`: `passUsual` was asked of this block before, from its first line on, each time behind
   * the line where it had stopped: then lines are not looked for once more.
   */
  findNeedles(end: number, isWalked?: boolean): FoundLines;
  /** Hashes (see `wordHash`) of words to look for; any number. Replaces those set before. */
  setWords(hashes: Iterable<number>): void;
  /**
   * Lines that hold any of the words. A word is a longest run of the bytes 0-9 A-Z a-z and `-`, of 1 to 64 bytes; case
   * counts. Different words of one hash are taken for each other: the caller looks again.
   */
  findWords(end: number): FoundLines;
  /**
   * Adds the words of each line that may be the id it is about to the set `heads`, so that `mayHead` can say that no line
   * is about an id. Those are all words of 5 to 64 bytes that begin before the 64th byte behind the first `[digits]: ` of
   * the line or, where there is none, all of the line.
   */
  noteHeads(end: number): void;
  /** false: no line so far had this word at its head; true: perhaps. */
  mayHead(word: Uint8Array): boolean;
  /** What is noted of them: of two kernels, each bit that either has is noted by one that saw all. */
  readonly heads: Uint8Array;
  /** Marks of the words of the block (word-marks.ts), some twice, valid until the next call; undefined: there are too many. */
  noteWords(end: number): Uint32Array | undefined;
  /** Lines are usual from now on whose stamp is like this one, and whose host was added; undefined: none is. */
  setUsual(stamp: UsualStamp | undefined): void;
  /** A host, with the spaces around it; of lines without one what parts stamp and text. */
  addUsualHost(host: Uint8Array): void;
  /** No host is known, and no line usual. */
  clearUsual(): void;
  /**
   * Start of the first line from `from` (the start of a line) on that is not usual, or `end`. Lines may be called unusual
   * that are not; the twin passes none.
   */
  passUsual(from: number, end: number): number;
  /** How many lines it passed, and the start of the last of them. */
  readonly passedLines: number;
  readonly lastUsual: number;
  /** Seconds of the day of the earliest and of the latest of them, where it passed any. */
  readonly earliestUsual: number;
  readonly latestUsual: number;
}

/** Size of `buffer`: a line of 1 MiB, its LF, and more. */
export const BUFFER_BYTES = 1024 * 1024 + 64 * 1024;

/** Longest word, and the shortest that `noteHeads` notes (Postfix's shortest id has 6 bytes: five of the µs, one inode). */
export const MAX_WORD = 64;
export const MIN_HEAD = 5;
/** Bytes behind the mark `[digits]: ` in which a head may begin. */
export const HEAD_REACH = 64;
/**
 * What stands behind an id at the head of a line, or its end: `ID: ` (Postfix, Sendmail), `ID ` (Exim, OpenSMTPD), a cell of
 * a table, `[ID]`; not what stands behind pieces of addresses, host names and sessions. Behind an id of at least LONG_HEAD
 * bytes a dot too (Haraka's transactions).
 */
export const HEAD_ENDS = '\t\n\r "),:;]|';
export const LONG_HEAD = 32;

/**
 * Hash of the bytes of a word: 32 bits, unsigned, never 0. The same in every implementation.
 * Its low 6 bits are the length - 1: a run of bytes whose length no word has need not be hashed. The others are mixed four
 * bytes at a time (multiply and xorshift, the finish of MurmurHash3). Not to be kept beyond the run.
 */
export function wordHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  let h = Math.imul(length, 0x9e3779b1);
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    h = mix(
      h ^
        ((bytes[i] as number) |
          ((bytes[i + 1] as number) << 8) |
          ((bytes[i + 2] as number) << 16) |
          ((bytes[i + 3] as number) << 24)),
    );
  }
  let rest = 0;
  for (let shift = 0; i < end; i++, shift += 8) rest |= (bytes[i] as number) << shift;
  h = mix(h ^ rest);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h & ~63) | ((length - 1) & 63)) >>> 0 || 64;
}

/** One round of it. */
export function mix(h: number): number {
  const m = Math.imul(h, 0x85ebca6b);
  return m ^ (m >>> 15);
}
