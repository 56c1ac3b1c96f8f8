/**
 * Undoing what Exim does to a text before it logs it.
 *
 * string_printing() (src/string.c) writes what does not print as `\n` `\r` `\t` `\b` `\f` `\v` or three octal digits; before it
 * the subject (receive.c) and the answer in C="…" (deliver.c) had a backslash put before `"` and `\`.
 */
import { isUtf8 } from 'node:buffer';
import { BACKSLASH, findByte } from './scan.ts';

const SHORT: Readonly<Record<number, number>> = { 0x6e: 10, 0x72: 13, 0x74: 9, 0x62: 8, 0x66: 12, 0x76: 11 };

/** Whether bytes[a, b) has a backslash at all; most texts have none and stay spans. */
export function isEscaped(bytes: Uint8Array, a: number, b: number): boolean {
  return findByte(bytes, a, b, BACKSLASH) >= 0;
}

/** Text of a quoted field (the subject) without its escapes. Exim cuts at 100 bytes, so a character may be cut at the end: it is left out. */
export function unescapeQuoted(bytes: Buffer, a: number, b: number): string {
  return decode(unescape(bytes, a, b));
}

/** An answer with its line ends (`\n`, `\\n` inside C="…") as spaces, as Postfix logs an answer of several lines. */
export function unescapeReply(bytes: Buffer, a: number, b: number): string {
  let out = unescape(bytes, a, b);
  if (findByte(out, 0, out.length, BACKSLASH) >= 0) out = unescape(out, 0, out.length);
  for (let i = 0; i < out.length; i++) if ((out[i] as number) < 0x20) out[i] = 0x20;
  return decode(out);
}

function unescape(bytes: Buffer, a: number, b: number): Buffer {
  const out = Buffer.allocUnsafe(b - a);
  let n = 0;
  for (let i = a; i < b; i++) {
    const c = bytes[i] as number;
    if (c !== BACKSLASH || i + 1 >= b) {
      out[n++] = c;
      continue;
    }
    const octal = octalAt(bytes, i + 1, b);
    if (octal >= 0) {
      out[n++] = octal;
      i += 3;
    } else {
      const next = bytes[++i] as number;
      out[n++] = SHORT[next] ?? next;
    }
  }
  return out.subarray(0, n);
}

function octalAt(bytes: Uint8Array, i: number, b: number): number {
  if (i + 3 > b) return -1;
  let n = 0;
  for (let k = 0; k < 3; k++) {
    const d = (bytes[i + k] as number) - 0x30;
    if (d < 0 || d > 7) return -1;
    n = n * 8 + d;
  }
  return n <= 255 ? n : -1;
}

/** UTF-8, without a character cut at the end; else Latin-1. */
function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut++) {
    const head = bytes.subarray(0, bytes.length - cut);
    if ((bytes[head.length] as number) >= 0xc0 && isUtf8(head)) return head.toString('utf8');
  }
  return bytes.toString('latin1');
}
