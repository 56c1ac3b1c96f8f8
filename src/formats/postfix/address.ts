/**
 * Addresses between `<` and `>`. Both styles of info_log_address_format (3.5): `<"a, b"@c>` and the older `<a, b@c>`.
 * Such an address may hold spaces, commas, `>` and `=`: it ends at a `>` that a known key follows.
 */
import { startsAt } from './bytes.ts';

/**
 * End of the address that begins at `a`: the `>` before the first of `next` (words that begin with `>`), looked for
 * after a leading quoted local part. -1 where none follows.
 */
export function addressEnd(bytes: Uint8Array, a: number, b: number, next: readonly Uint8Array[]): number {
  const from = quotedEnd(bytes, a, b);
  const end = firstOf(bytes, from, b, next);
  return end < 0 && from > a ? firstOf(bytes, a, b, next) : end;
}

function firstOf(bytes: Uint8Array, a: number, b: number, words: readonly Uint8Array[]): number {
  for (let i = a; i < b; i++) {
    if (bytes[i] !== 0x3e) continue;
    for (let k = 0; k < words.length; k++) if (startsAt(bytes, i, b, words[k] as Uint8Array)) return i;
  }
  return -1;
}

const QUOTE_AT = Buffer.from('"@');

/** One past a quoted local part at `a` (RFC 5321 Quoted-string), or `a`. */
export function quotedEnd(bytes: Uint8Array, a: number, b: number): number {
  if (bytes[a] !== 0x22) return a;
  for (let i = a + 1; i < b; i++) {
    const c = bytes[i];
    if (c === 0x5c) i++;
    else if (c === 0x22) return startsAt(bytes, i, b, QUOTE_AT) ? i + 1 : a;
  }
  return a;
}

/** As addressEnd where the address may also be the last thing: the end of the line, or its final `>`. */
export function addressEndOrLast(bytes: Uint8Array, a: number, b: number, next: readonly Uint8Array[]): number {
  const end = addressEnd(bytes, a, b, next);
  if (end >= 0) return end;
  return b > a && bytes[b - 1] === 0x3e ? b - 1 : b;
}
