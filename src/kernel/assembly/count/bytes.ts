/** Small looks into bytes. A position may be read past the line: its LF is no byte of any word here. */
import { find, type i32, ld8, stands } from './memory.ts';

/** Whether the word stands at p. ASCII only. */
// @inline
export function is(p: i32, word: string): boolean {
  return stands(p, word);
}

/** As `is`; letters in any case. `word` is lower case. */
export function isFolded(p: i32, word: string): boolean {
  const n = word.length;
  for (let i = 0; i < n; i++) if (fold(ld8(p + i)) !== word.charCodeAt(i)) return false;
  return true;
}

// @inline
export function fold(c: i32): i32 {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}

// @inline
export function isDigit(c: i32): boolean {
  return c >= 0x30 && c <= 0x39;
}

// @inline
export function isAlnum(c: i32): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}

/** First place of the word in [a, b), -1 = none. */
export function indexOf(a: i32, b: i32, word: string): i32 {
  const first = word.charCodeAt(0);
  const last = b - word.length;
  for (let i = a; i <= last; i++) {
    i = find(first, i, last + 1);
    if (i <= last && is(i, word)) return i;
  }
  return -1;
}

export function indexOfByte(a: i32, b: i32, byte: i32): i32 {
  const at = find(byte, a, b);
  return at < b ? at : -1;
}

/** What token hashes begin and go on with. */
export const SEED_1: i32 = -2128831035;
export const SEED_2: i32 = 1540483477;
export const STEP_1: i32 = -1640531535;
export const STEP_2: i32 = 1597334677;
