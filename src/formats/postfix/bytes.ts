/**
 * Small looks into bytes, without strings and without regular expressions.
 * All take a half-open range [a, b) of `bytes`; an index that is not found is -1.
 */

/** ASCII text as bytes, made once when a module loads. */
export function lit(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Whether the word stands at `at` and ends by `b`. */
export function startsAt(bytes: Uint8Array, at: number, b: number, word: Uint8Array): boolean {
  const n = word.length;
  if (at + n > b || at < 0) return false;
  for (let i = 0; i < n; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** Whether bytes[a, b) is the word. */
export function equals(bytes: Uint8Array, a: number, b: number, word: Uint8Array): boolean {
  return b - a === word.length && startsAt(bytes, a, b, word);
}

export function endsWith(bytes: Uint8Array, a: number, b: number, word: Uint8Array): boolean {
  return b - word.length >= a && startsAt(bytes, b - word.length, b, word);
}

export function indexOf(bytes: Uint8Array, a: number, b: number, word: Uint8Array): number {
  const first = word[0] as number;
  const last = b - word.length;
  for (let i = a; i <= last; i++) {
    if (bytes[i] === first && startsAt(bytes, i, b, word)) return i;
  }
  return -1;
}

export function lastIndexOf(bytes: Uint8Array, a: number, b: number, word: Uint8Array): number {
  const first = word[0] as number;
  for (let i = b - word.length; i >= a; i--) {
    if (bytes[i] === first && startsAt(bytes, i, b, word)) return i;
  }
  return -1;
}

export function indexOfByte(bytes: Uint8Array, a: number, b: number, byte: number): number {
  for (let i = a; i < b; i++) if (bytes[i] === byte) return i;
  return -1;
}

/** As indexOf; ASCII letters in any case. `word` is lower case. */
export function indexOfFolded(bytes: Uint8Array, a: number, b: number, word: Uint8Array): number {
  const n = word.length;
  for (let i = a; i + n <= b; i++) {
    let k = 0;
    while (k < n && fold(bytes[i + k] as number) === word[k]) k++;
    if (k === n) return i;
  }
  return -1;
}

function fold(c: number): number {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}

export function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39;
}

/** Number at `at`, of at most 15 digits; -1 where there is none. `numberEnd` is where it ended. */
export function readNumber(bytes: Uint8Array, at: number, b: number): number {
  let n = 0;
  let i = at;
  while (i < b && i - at < 15 && isDigit(bytes[i])) n = n * 10 + ((bytes[i++] as number) - 0x30);
  numberEnd = i;
  return i === at ? -1 : n;
}

/** One past the last digit that readNumber took. */
export let numberEnd = 0;

/** Seconds with a fraction (`0.12`, `86400`) as ms; -1 where there are none. */
export function readSeconds(bytes: Uint8Array, at: number, b: number): number {
  const whole = readNumber(bytes, at, b);
  if (whole < 0) return -1;
  let ms = whole * 1000;
  if (bytes[numberEnd] === 0x2e) {
    let unit = 100;
    for (let i = numberEnd + 1; i < b && isDigit(bytes[i]); i++) {
      ms += ((bytes[i] as number) - 0x30) * unit;
      unit /= 10;
    }
  }
  return Math.round(ms);
}
