/**
 * Words, numbers and structured data of an RFC 5424 line, by position.
 * Source: RFC 5424 section 6 (SYSLOG-MSG), 6.3 (STRUCTURED-DATA), 6.4 (a BOM before MSG).
 */
const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;

/** The position behind the word at p and its space, or -1 where the line ends before. -1 goes through. */
export function nextWord(b: Uint8Array, p: number, end: number): number {
  if (p < 0) return -1;
  let i = p;
  while (i < end && b[i] !== SPACE) i++;
  return i < end && i > p ? i + 1 : -1;
}

/** Whether b[a, z) is the nil value `-`. */
export function isNilWord(b: Uint8Array, a: number, z: number): boolean {
  return z - a === 1 && b[a] === DASH;
}

/** The decimal number b[a, z), or -1. */
export function readNumber(b: Uint8Array, a: number, z: number): number {
  if (z <= a || z - a > 10) return -1;
  let value = 0;
  for (let i = a; i < z; i++) {
    const digit = (b[i] as number) - 0x30;
    if (digit >>> 0 > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The first byte of MSG: behind structured data at p, its space, a BOM and one space more (rsyslog's %msg% begins with
 * the space that followed the tag).
 */
export function skip5424Data(b: Uint8Array, p: number, end: number): number {
  let i = p;
  if (b[i] === DASH && i < end) i++;
  else {
    while (i < end && b[i] === OPEN) {
      const after = skipElement(b, i, end);
      // an element that never ends is text
      if (after < 0) return p;
      i = after;
    }
  }
  if (i < end && b[i] === SPACE) i++;
  if (end - i >= 3 && b[i] === 0xef && b[i + 1] === 0xbb && b[i + 2] === 0xbf) i += 3;
  return i < end && b[i] === SPACE ? i + 1 : i;
}

/** `[id name="value" …]` at p: the position after it, or -1. */
function skipElement(b: Uint8Array, p: number, end: number): number {
  let isQuoted = false;
  for (let i = p + 1; i < end; i++) {
    const c = b[i];
    if (isQuoted && c === BACKSLASH) i++;
    else if (c === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && c === CLOSE) return i + 1;
  }
  return -1;
}
