/**
 * Small marks at the head of a line or a text, by position.
 * Source: RFC 3164 4.1.1 (priority); Exim src/log.c write_syslog() (`[%d%c%d] `); journalctl(1) (header lines).
 */
const DASH = 0x2d;
const SPACE = 0x20;
const CLOSE = 0x5d;
const GREATER = 0x3e;

/** `0` to `9`. */
export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** `<22>` at p: the position after it, or p. */
export function skipPriority(b: Uint8Array, p: number, end: number): number {
  let i = p + 1;
  while (i < end && i - p < 5 && isDigit(b[i] as number)) i++;
  return i > p + 1 && i < end && b[i] === GREATER ? i + 1 : p;
}

/** `[1/5] `, `[2\\18] ` at p (Exim's pieces): the position after it, or p. */
export function pieceMarkEnd(b: Uint8Array, p: number, end: number): number {
  let i = p + 1;
  while (i < end && isDigit(b[i] as number)) i++;
  if (i === p + 1 || i - p > 6 || i >= end || (b[i] !== 0x2f && b[i] !== 0x5c)) return p;
  const total = ++i;
  while (i < end && isDigit(b[i] as number)) i++;
  if (i === total || i - total > 5 || i + 1 >= end || b[i] !== CLOSE || b[i + 1] !== SPACE) return p;
  return i + 2;
}

/** `-- Journal begins at …`, `-- Logs begin at …`, `-- Boot 3f… --`, `-- Reboot --`, `-- No entries --`. */
export function isJournalHeader(b: Uint8Array, p: number, end: number): boolean {
  return end - p >= 3 && b[p + 1] === DASH && b[p + 2] === SPACE;
}

/** Nothing but spaces. */
export function isBlank(b: Uint8Array, p: number, end: number): boolean {
  for (let i = p; i < end; i++) if (b[i] !== SPACE) return false;
  return true;
}

/** Whether b[a, z) looks like a host name or address. */
export function isHostWord(b: Uint8Array, a: number, z: number): boolean {
  if (z <= a || z - a > 255) return false;
  for (let i = a; i < z; i++) {
    const c = b[i] as number;
    const isLetter = (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;
    // - . / : _ @ beside letters, digits and bytes of UTF-8
    if (!isLetter && !(c >= 0x2d && c <= 0x3a) && c !== 0x5f && c !== 0x40 && c < 0x80) return false;
  }
  return true;
}

/** Whether a word that ends in a colon stands at p. */
export function isTagWord(b: Uint8Array, p: number, end: number): boolean {
  let i = p;
  while (i < end && b[i] !== SPACE) i++;
  return i > p + 1 && b[i - 1] === 0x3a;
}
