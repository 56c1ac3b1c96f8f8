/**
 * Walking over the bytes of an Exim line: every search is bounded by the end of the line and makes no object.
 * Offsets are indexes into the frame's bytes; a search that finds nothing gives -1.
 */

export const SPACE = 0x20;
export const TAB = 0x09;
export const QUOTE = 0x22;
export const LPAREN = 0x28;
export const RPAREN = 0x29;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const LBRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RBRACKET = 0x5d;

/** Whether bytes[i, end) begins with the ASCII word. */
export function hasAt(bytes: Uint8Array, i: number, end: number, word: string): boolean {
  const n = word.length;
  if (i + n > end) return false;
  for (let k = 0; k < n; k++) if (bytes[i + k] !== word.charCodeAt(k)) return false;
  return true;
}

/** First place of the ASCII word in bytes[from, end). */
export function find(bytes: Uint8Array, from: number, end: number, word: string): number {
  const first = word.charCodeAt(0);
  const last = end - word.length;
  for (let i = from; i <= last; i++) if (bytes[i] === first && hasAt(bytes, i, end, word)) return i;
  return -1;
}

/** First place of the ASCII word, given in lower case, in bytes[from, end); letters of any case match. */
export function findFolded(bytes: Uint8Array, from: number, end: number, word: string): number {
  const n = word.length;
  for (let i = from; i + n <= end; i++) {
    let k = 0;
    while (k < n && lower(bytes[i + k] as number) === word.charCodeAt(k)) k++;
    if (k === n) return i;
  }
  return -1;
}

/** First place of byte c in bytes[from, end). */
export function findByte(bytes: Uint8Array, from: number, end: number, c: number): number {
  for (let i = from; i < end; i++) if (bytes[i] === c) return i;
  return -1;
}

/** First space at or after i, or end. */
export function tokenEnd(bytes: Uint8Array, i: number, end: number): number {
  while (i < end && bytes[i] !== SPACE) i++;
  return i;
}

export function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39;
}

export function isAlnum(c: number | undefined): boolean {
  return c !== undefined && ((c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a));
}

export function lower(c: number): number {
  return c >= 0x41 && c <= 0x5a ? c + 0x20 : c;
}

/** Decimal digits of bytes[i, end) up to the first other byte; -1 where there is none or they pass 15 digits. */
export function digits(bytes: Uint8Array, i: number, end: number): number {
  let n = 0;
  const from = i;
  while (i < end && isDigit(bytes[i])) n = n * 10 + (bytes[i++] as number) - 0x30;
  return i === from || i - from > 15 ? -1 : n;
}

/**
 * Length of the queue id that begins at i and is a word of its own: 16 (`1xUhBW-000CXd-DU`, before 4.97), 23 (6-11-4), 0 for none.
 * Exim src/local_scan.h, MESSAGE_ID_LENGTH and MESSAGE_ID_LENGTH_OLD; base 62, base 36 on macOS and Cygwin.
 */
export function queueIdLength(bytes: Uint8Array, i: number, end: number): number {
  if (bytes[i + 6] !== 0x2d || i + 16 > end) return 0;
  const n = bytes[i + 13] === 0x2d ? 16 : bytes[i + 18] === 0x2d && i + 23 <= end ? 23 : 0;
  if (n === 0) return 0;
  const second = n === 16 ? 13 : 18;
  for (let k = 0; k < n; k++) if (k !== 6 && k !== second && !isAlnum(bytes[i + k])) return 0;
  return i + n < end && isAlnum(bytes[i + n]) ? 0 : n;
}

/**
 * End of the address that begins at i, outside of <>: a quoted local part may hold spaces. Ends at a space, at `end`,
 * or at a colon that a space or nothing follows.
 */
export function addressEnd(bytes: Uint8Array, i: number, end: number): number {
  if (bytes[i] === QUOTE) i = closingQuote(bytes, i + 1, end) + 1;
  while (i < end && bytes[i] !== SPACE) {
    if (bytes[i] === COLON && (i + 1 >= end || bytes[i + 1] === SPACE)) return i;
    i++;
  }
  return Math.min(i, end);
}

/**
 * Place of the `>` that closes the address after a `<`, quoted local parts skipped; -1 where it was cut off (the log shows
 * 100 characters of a command, and then free text that may hold quotes and angles too).
 */
export function closingAngle(bytes: Uint8Array, i: number, end: number): number {
  if (bytes[i] !== QUOTE) return findByte(bytes, i, end, GREATER);
  const quote = closingQuote(bytes, i + 1, end);
  const close = findByte(bytes, quote, tokenEnd(bytes, quote, end), GREATER);
  return close === quote + 1 || bytes[quote + 1] === 0x40 ? close : -1;
}

/** Place of the first `"` at or after i that no backslash escapes, or end. */
export function closingQuote(bytes: Uint8Array, i: number, end: number): number {
  while (i < end && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return Math.min(i, end);
}
