/**
 * Values that more than one product writes in the same shape: decimal numbers, addresses in `<>`, lists of them.
 * All take a half-open range [a, b) of `bytes`; what is not found is -1 (NaN for numbers).
 */
import { isDigit } from './postfix/bytes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;
const COMMA = 0x2c;
const SPACE = 0x20;

/** One past the last byte that readDecimal took. */
export let decimalEnd = 0;

/** `7`, `-0.21`, `+3.5` at `a`; NaN where there is none. At most 15 digits count on each side of the point. */
export function readDecimal(bytes: Uint8Array, a: number, b: number): number {
  let i = a;
  const sign = bytes[i] === 0x2d ? -1 : 1;
  if (i < b && (bytes[i] === 0x2d || bytes[i] === 0x2b)) i++;
  const first = i;
  let whole = 0;
  while (i < b && i - first < 15 && isDigit(bytes[i])) whole = whole * 10 + (bytes[i++] as number) - 0x30;
  let digits = i - first;
  let part = 0;
  let unit = 1;
  if (i < b && bytes[i] === 0x2e) {
    const point = ++i;
    while (i < b && i - point < 15 && isDigit(bytes[i])) {
      part = part * 10 + (bytes[i++] as number) - 0x30;
      unit *= 10;
    }
    digits += i - point;
  }
  decimalEnd = i;
  if (digits === 0) return Number.NaN;
  // one division is exact to the last bit: 4 + 472/1000 is printed as 4.4719999999999995
  const value = digits <= 15 ? (whole * unit + part) / unit : whole + part / unit;
  // -0 is no score
  return sign * value || 0;
}

/** Place of the `>` that closes the address (or the list of addresses) which begins at `a`, behind `<`; quoted local parts may hold one. */
export function closingAngle(bytes: Uint8Array, a: number, b: number): number {
  for (let i = a; i < b; i++) {
    const c = bytes[i];
    if (c === GREATER) return i;
    // a quoted local part begins an address
    if (c === QUOTE && (i === a || bytes[i - 1] === COMMA || bytes[i - 1] === SPACE)) {
      i = closingQuote(bytes, i + 1, b);
      if (i < 0) return -1;
    }
  }
  return -1;
}

/** Place of the first `"` that no backslash escapes. */
export function closingQuote(bytes: Uint8Array, a: number, b: number): number {
  for (let i = a; i < b; i++) {
    if (bytes[i] === QUOTE) return i;
    if (bytes[i] === BACKSLASH) i++;
  }
  return -1;
}

/** `<a@b>,<c@d>` at `a` (spaces may follow a comma): where it ends; -1 where no `<` stands there or one is not closed. */
export function angleListEnd(bytes: Uint8Array, a: number, b: number): number {
  let i = a;
  for (;;) {
    if (bytes[i] !== LESS) return -1;
    i = closingAngle(bytes, i + 1, b) + 1;
    if (i <= 0) return -1;
    if (bytes[i] !== COMMA || i + 1 >= b) return i;
    const next = bytes[i + 1] === SPACE ? i + 2 : i + 1;
    if (next >= b || bytes[next] !== LESS) return i;
    i = next;
  }
}
